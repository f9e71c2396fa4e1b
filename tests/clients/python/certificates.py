"""Reports one prediction with a known, no and an unknown client certificate, and prints what became of it."""

import logging
import os

from monitor_client import MonitorClient


def report(name, **files):
    client = MonitorClient(os.environ["ADDRESS"], "python", "1", 2, authority_file=os.environ["AUTHORITY"], **files)
    client.observe([0.7, 0.3], name)
    client.close()
    print(f"{name}:", *(f"{what} {count}" for what, count in client.counts.items() if count), flush=True)


logging.basicConfig(level=logging.WARNING)
report("known", certificate_file=os.environ["CERTIFICATE"], key_file=os.environ["KEY"])
report("none")
report("unknown", certificate_file=os.environ["UNKNOWN"], key_file=os.environ["UNKNOWN_KEY"])
for name, files in {"half": {"certificate_file": "a.crt"}, "missing": {"certificate_file": "/nowhere.crt", "key_file": os.environ["KEY"]}}.items():
    try:
        report(name, **files)
    except ValueError as error:
        print(f"{name}:", str(error).split("; ")[1])
