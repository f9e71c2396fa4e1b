"""Debian's grpcio calls a server made with grpcio."""
import threading
from concurrent import futures

import grpc

from common import ID_HEADER, compare, some_bytes

INFER = "/inference.GRPCInferenceService/ModelInfer"
STREAM = "/inference.GRPCInferenceService/ModelStreamInfer"
OTHER = "/inference.GRPCInferenceService/ServerLive"
OPTIONS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1), ("grpc.max_metadata_size", 1 << 20), ("grpc.enable_retries", 0)]
CODES = {c.value[0]: c for c in grpc.StatusCode}


class Handler(grpc.GenericRpcHandler):
    """Answers as the call's plan says, and keeps what it saw. The plan's number is in the metadata."""

    def __init__(self):
        self.plans, self.seen = {}, {}

    def service(self, details):
        metadata = dict(details.invocation_metadata)
        plan = self.plans.get(int(metadata.get("x-call", -1)))
        if plan is None:
            return None
        if plan["streams"]:
            return grpc.stream_stream_rpc_method_handler(lambda r, c: self.stream(plan, details, r, c))
        return grpc.unary_unary_rpc_method_handler(lambda r, c: self.unary(plan, details, r, c))

    def keep(self, plan, details, messages, context):
        metadata = sorted((m.key, m.value) for m in context.invocation_metadata())
        self.seen[plan["number"]] = {"method": details.method, "metadata": metadata, "messages": messages,
                                     "has a deadline": context.time_remaining() is not None}

    @staticmethod
    def begin(plan, context):
        if plan["initial"]:
            context.send_initial_metadata(plan["initial"])
        if plan["compression"]:
            context.set_compression(grpc.Compression.Gzip)

    @staticmethod
    def finish(plan, context):
        context.set_trailing_metadata(plan["trailing"])
        if plan["code"] != 0:
            context.set_code(CODES[plan["code"]])
            context.set_details(plan["details"])

    def unary(self, plan, details, request, context):
        self.keep(plan, details, [request], context)
        if plan["hangs"]:
            ended = threading.Event()
            context.add_callback(ended.set)
            ended.wait(20)
            self.seen[plan["number"]]["was cancelled"] = ended.is_set()
            plan["done"].set()
            return b""
        self.begin(plan, context)
        self.finish(plan, context)
        return plan["messages"][0] if plan["messages"] else b""

    def stream(self, plan, details, requests, context):
        self.begin(plan, context)
        got = list(requests)
        self.keep(plan, details, got, context)
        yield from plan["messages"]
        self.finish(plan, context)


class Kind:
    def __init__(self, options):
        self.calls, self.handler, self.options = options.calls, Handler(), options

    def start(self):
        self.server = grpc.server(futures.ThreadPoolExecutor(8), handlers=[self.handler], options=OPTIONS)
        if self.options.tls:
            pair = read(self.options.key), read(self.options.certificate)
            self.port = self.server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([pair]))
        else:
            self.port = self.server.add_insecure_port("127.0.0.1:0")
        self.server.start()
        return self.port

    def run(self, tap, random):
        if self.options.tls:
            direct = grpc.secure_channel(f"127.0.0.1:{self.port}", grpc.ssl_channel_credentials(read(self.options.authority)), OPTIONS)
        else:
            direct = grpc.insecure_channel(f"127.0.0.1:{self.port}", OPTIONS)
        channels = [direct, grpc.insecure_channel(f"127.0.0.1:{tap}", OPTIONS)]
        differences = []
        for number in range(self.calls):
            plan = generate(random, number)
            self.handler.plans[number] = plan
            records = []
            for channel in channels:
                plan["done"] = threading.Event()
                caller = call(channel, plan)
                if plan["hangs"]:
                    plan["done"].wait(20)
                records.append((caller, self.handler.seen.pop(number, None)))
            (direct, at_server), (tapped, at_server_tapped) = records
            differences += compare(number, "the server saw", at_server, at_server_tapped)
            differences += compare(number, "the caller saw", direct, tapped)
        self.server.stop(None)
        return self.calls, differences


def read(path):
    with open(path, "rb") as file:
        return file.read()


def call(channel, plan):
    metadata = [("x-call", str(plan["number"])), *plan["metadata"]]
    timeout = 0.3 if plan["hangs"] else plan["timeout"]
    record = {"messages": []}
    if plan["streams"]:
        answer = channel.stream_stream(plan["method"])(iter(plan["requests"]), timeout, metadata)
    else:
        answer = channel.unary_unary(plan["method"]).future(plan["requests"][0], timeout, metadata)
    try:
        record["initial"] = sorted((m.key, m.value) for m in answer.initial_metadata() if m.key != ID_HEADER)
        record["messages"] = list(answer) if plan["streams"] else [answer.result()]
    except grpc.RpcError:
        pass
    record["code"], record["details"] = answer.code().name, answer.details()
    record["trailing"] = sorted((m.key, m.value) for m in answer.trailing_metadata() or ())
    return record


def metadata(random, most=4):
    out = []
    for _ in range(random.randrange(most)):
        out.append(random.choice([("x-plain", "v"), ("x-plain", "w"), ("x-data-bin", random.randbytes(random.randrange(40))),
                                  ("x-comma", "a,b"), ("x-empty", ""),
                                  ("x-long", "l" * random.choice([200, 6000]))]))
    return out


def generate(random, number):
    streams = random.randrange(2) == 1
    code = random.choice([0, 0, 0, 1, 2, 3, 4, 5, 8, 11, 13, 14, 16])
    messages = [some_bytes(random, random.choice([2000, 100_000])) for _ in range(random.choice([0, 1, 2, 5]) if streams else 1)]
    return {
        "number": number, "streams": streams, "method": STREAM if streams else random.choice([INFER, INFER, OTHER]), "code": code,
        "details": random.choice(["", "no such model", "na\u00efve \u6a21\u578b %", "d" * 3000]), "messages": messages,
        "requests": [some_bytes(random, random.choice([2000, 100_000])) for _ in range(random.choice([0, 1, 3]) if streams else 1)],
        "metadata": metadata(random), "initial": metadata(random) if random.randrange(2) else None, "trailing": metadata(random),
        "compression": random.randrange(5) == 0, "hangs": not streams and random.randrange(40) == 0, "timeout": random.choice([None, 30]), "done": None,
    }
