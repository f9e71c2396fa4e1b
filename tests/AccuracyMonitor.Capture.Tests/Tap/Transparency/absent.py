"""Calls of grpcio and grpc-js to a model server that is not there: through the tap they fail in the same way as directly."""
import json
import pathlib
import socket
import subprocess

import grpc

import grpcio
from common import compare


class Kind:
    def __init__(self, options):
        self.modules, self.calls = options.grpc_js, max(2, options.calls // 30)

    def start(self):
        # Bound, so that nobody else gets it, and not listening.
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        return self.socket.getsockname()[1]

    def run(self, tap, random):
        ports = (self.socket.getsockname()[1], tap)
        differences = []
        for name, call in ("grpcio", of_grpcio), ("grpc-js", self.of_grpcjs):
            direct, tapped = [call(port, self.calls) for port in ports]
            differences += compare("all", f"status codes of {name}", direct, tapped)
        return 2 * self.calls, differences

    def of_grpcjs(self, port, calls):
        plans = [{"number": n, "streams": False, "method": grpcio.INFER, "requests": [""], "metadata": []} for n in range(calls)]
        script = pathlib.Path(__file__).with_name("grpcjs.mjs")
        run = subprocess.run(["node", script, self.modules, str(port)], input=json.dumps(plans).encode(), capture_output=True, check=True, timeout=60)
        return [grpcio.CODES[r["code"]].name for r in json.loads(run.stdout)]


def of_grpcio(port, calls):
    codes = []
    with grpc.insecure_channel(f"127.0.0.1:{port}", grpcio.OPTIONS) as channel:
        for _ in range(calls):
            try:
                channel.unary_unary(grpcio.INFER)(b"", timeout=20)
                codes.append("OK")
            except grpc.RpcError as error:
                codes.append(error.code().name)
    return codes
