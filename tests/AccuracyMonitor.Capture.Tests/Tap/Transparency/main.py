"""Makes the same calls directly and through the tap, and compares what caller and server saw.

Reads the seed, the number of calls of each kind, grpc-js's folder and the files of certificates from its arguments. In kinds that end with -tls the server
speaks TLS, to the tap as to the direct caller; the caller of the tap does not. Prints the upstreams' ports as one line of JSON, reads the
tap's ports from standard input, prints a report as JSON, and ends.
"""
import argparse
import json
import random
import sys
import traceback

import absent
import curl
import grpcio
import grpcjs
import http1
import http2
import idle

KINDS = {"http1": http1, "http1-tls": http1, "http2": http2, "grpcio": grpcio, "grpcio-tls": grpcio, "grpc-js": grpcjs, "curl": curl, "idle": idle, "absent": absent}


def kind_of(name, options):
    options.tls = name.endswith("-tls")
    kind = KINDS[name].Kind(options)
    kind.counts = {}
    return kind


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--grpc-js", default="")
    parser.add_argument("--kind", choices=KINDS, action="append")
    parser.add_argument("--calls", type=int, default=100)
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--authority")
    options = parser.parse_args()
    kinds = {name: kind_of(name, options) for name in options.kind or KINDS}
    print(json.dumps({name: kind.start() for name, kind in kinds.items()}), flush=True)
    taps = json.loads(sys.stdin.readline())
    report = {}
    for name, kind in kinds.items():
        try:
            calls, differences = kind.run(taps[name], random.Random(f"{options.seed} {name}"))
        except Exception:
            calls, differences = 0, [traceback.format_exc()]
        report[name] = {"calls": calls, "differing": len(differences), "differences": differences[:10], **kind.counts}
    print(json.dumps(report), flush=True)


main()
