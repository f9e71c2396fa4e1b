"""@grpc/grpc-js, started as a process of its own, calls the server of grpcio.py."""
import base64
import json
import pathlib
import subprocess

import grpcio
from common import ID_HEADER, compare


class Kind(grpcio.Kind):
    def __init__(self, options):
        super().__init__(options)
        self.modules = options.grpc_js

    def run(self, tap, random):
        plans = [grpcio.generate(random, n) for n in range(self.calls)]
        differences, records = [], []
        for plan in plans:
            plan["hangs"] = False
            self.handler.plans[plan["number"]] = plan
        sent = json.dumps([{"number": p["number"], "streams": p["streams"], "method": p["method"], "requests": [encoded(r) for r in p["requests"]],
                            "metadata": [[n, encoded(v)] for n, v in p["metadata"]]} for p in plans])
        for port in (self.port, tap):
            script = pathlib.Path(__file__).with_name("grpcjs.mjs")
            run = subprocess.run(["node", script, self.modules, str(port)], input=sent.encode(), capture_output=True, check=False, timeout=120)
            if run.returncode != 0:
                return 0, [run.stderr.decode()]
            records.append((json.loads(run.stdout), dict(self.handler.seen)))
            self.handler.seen.clear()
        (direct, at_server), (tapped, at_server_tapped) = records
        differences += compare("all", "calls", len(direct), len(tapped))
        for number, (one, other) in enumerate(zip(direct, tapped)):
            other["initial"].pop(ID_HEADER, None)
            differences += compare(number, "the caller saw", one, other)
            differences += compare(number, "the server saw", at_server.get(number), at_server_tapped.get(number))
        self.server.stop(None)
        return len(direct), differences


def encoded(value):
    return base64.b64encode(value if isinstance(value, bytes) else value.encode()).decode()
