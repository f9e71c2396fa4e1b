"""Raw HTTP/2 (python h2) on both sides: several streams on one connection, compared frame by frame as far as frames have a meaning."""
import select
import socket
import threading
import time

import h2.config
import h2.connection
import h2.exceptions
import h2.events
import h2.settings
from hpack import NeverIndexedHeaderTuple

from common import ID_HEADER, TARGETS, compare, some_bytes

TIMEOUT = 20
INFER = "/inference.GRPCInferenceService/ModelInfer"
STREAM = "/inference.GRPCInferenceService/ModelStreamInfer"


class Peer:
    """One end of a connection. What comes is recorded for each stream."""

    def __init__(self, sock, is_client, settings):
        self.sock, self.records, self.ended, self.backlog = sock, {}, set(), []
        self.connection = h2.connection.H2Connection(h2.config.H2Configuration(
            client_side=is_client, header_encoding=None, validate_inbound_headers=False, validate_outbound_headers=False,
            normalize_inbound_headers=False, normalize_outbound_headers=False))
        self.connection.local_settings = h2.settings.Settings(client=is_client, initial_values=settings)
        self.connection.decoder.max_allowed_table_size = settings[h2.settings.SettingCodes.HEADER_TABLE_SIZE]
        self.connection.max_inbound_frame_size = settings.get(h2.settings.SettingCodes.MAX_FRAME_SIZE, 16384)
        self.connection.initiate_connection()
        self.flush()

    def flush(self):
        data = self.connection.data_to_send()
        if data:
            self.sock.sendall(data)

    def next_events(self, timeout):
        """Those that came while something was being sent, or new ones."""
        if self.backlog:
            events, self.backlog = self.backlog, []
            return events
        return self.pump(timeout)

    def pump(self, timeout):
        """Takes what has come; returns the events, or None at the connection's end."""
        ready, _, _ = select.select([self.sock], [], [], timeout)
        if not ready:
            return []
        data = self.sock.recv(65536)
        if not data:
            return None
        try:
            events = self.connection.receive_data(data)
        except h2.exceptions.ProtocolError as e:
            self.records.setdefault(0, []).append(("refused", str(e)))
            self.flush()
            return None
        for event in events:
            self.record(event)
        self.flush()
        return events

    def record(self, event):
        if isinstance(event, h2.events.PingAckReceived):
            self.records.setdefault(0, []).append(("pong", event.ping_data))
        if isinstance(event, h2.events.ConnectionTerminated):
            self.records.setdefault(0, []).append(("goaway", int(event.error_code), event.additional_data))
        stream = getattr(event, "stream_id", None)
        if not stream or isinstance(event, (h2.events.WindowUpdated, h2.events.PriorityUpdated)):
            return
        record = self.records.setdefault(stream, [])
        ended = getattr(event, "stream_ended", None) is not None
        if isinstance(event, (h2.events.StreamEnded, h2.events.StreamReset)):
            self.ended.add(stream)
        if isinstance(event, h2.events.DataReceived):
            if record and record[-1][0] == "data" and not ended:
                record[-1] = ("data", record[-1][1] + event.data, record[-1][2])
            elif record and record[-1][0] == "data":
                record[-1] = ("data", record[-1][1] + event.data, "ended, the last frame empty" if not event.data else "ended")
            else:
                record.append(("data", event.data, "ended" if ended else "open"))
            try:
                self.connection.acknowledge_received_data(event.flow_controlled_length, stream)
            except h2.exceptions.StreamClosedError:
                pass
        elif isinstance(event, h2.events.StreamReset):
            record.append(("reset", int(event.error_code)))
        elif hasattr(event, "headers"):
            fields = [(bytes(n), bytes(v), isinstance(f, NeverIndexedHeaderTuple)) for f in event.headers for n, v in [f]]
            record.append((type(event).__name__, fields, "ended" if ended else "open"))

    def send_data(self, stream, data, end, deadline, pad=None):
        """All of it, as the windows allow."""
        while True:
            room = min(self.connection.local_flow_control_window(stream), self.connection.max_outbound_frame_size) - (0 if pad is None else pad + 1)
            if data and room <= 0:
                events = self.pump(0.2)
                if events is None or time.monotonic() > deadline:
                    return
                self.backlog += events
                continue
            piece, data = data[:room], data[room:]
            self.connection.send_data(stream, piece, end_stream=end and not data, pad_length=pad)
            self.flush()
            if not data:
                return


class Kind:
    def __init__(self, options):
        self.calls = options.calls
        self.plans, self.seen = {}, {}

    def start(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        threading.Thread(target=self.accept, daemon=True).start()
        return self.listener.getsockname()[1]

    def accept(self):
        while True:
            connection, _ = self.listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            plan, done = self.current
            threading.Thread(target=self.serve, args=(connection, plan, done), daemon=True).start()

    def serve(self, sock, plan, done):
        peer, deadline = Peer(sock, False, plan["server settings"]), time.monotonic() + TIMEOUT
        answered = set()
        try:
            while (events := peer.next_events(TIMEOUT)) is not None and time.monotonic() < deadline:
                for event in events:
                    stream = getattr(event, "stream_id", None)
                    call = plan["calls"].get(stream)
                    at_once = call and call["answer at once"]
                    due = isinstance(event, h2.events.RequestReceived) if at_once else isinstance(event, h2.events.StreamEnded)
                    if call and due and stream not in answered:
                        answered.add(stream)
                        try:
                            self.answer(peer, stream, call, deadline)
                        except h2.exceptions.ProtocolError:
                            # The caller has reset the stream.
                            peer.flush()
        except OSError as e:
            peer.records.setdefault(0, []).append(("broken", type(e).__name__))
        finally:
            self.seen = peer.records
            sock.close()
            done.set()

    @staticmethod
    def answer(peer, stream, call, deadline):
        connection = peer.connection
        for fields in call["early"]:
            connection.send_headers(stream, fields)
        if call["caller resets"] is not None:
            connection.send_headers(stream, call["response"])
        elif call["server resets"] is not None and not call["response"]:
            connection.reset_stream(stream, call["server resets"])
        elif call["response"]:
            connection.send_headers(stream, call["response"], end_stream=not call["data"] and call["trailers"] is None and call["server resets"] is None
                                    and not call["empty data frame"])
            peer.flush()
            for i, piece in enumerate(call["data"]):
                end = i == len(call["data"]) - 1 and call["trailers"] is None and call["server resets"] is None and not call["empty data frame"]
                peer.send_data(stream, piece, end, deadline, call["pad"])
            if call["empty data frame"]:
                connection.send_data(stream, b"", end_stream=call["trailers"] is None and call["server resets"] is None)
            if call["server resets"] is not None:
                connection.reset_stream(stream, call["server resets"])
            elif call["trailers"] is not None:
                connection.send_headers(stream, call["trailers"], end_stream=True)
        peer.flush()

    def run(self, tap, random):
        differences, number = [], 0
        while number < self.calls:
            plan = generate(random, random.choice([1, 1, 2, 3, 7]))
            number += len(plan["calls"])
            records = []
            for port in (self.listener.getsockname()[1], tap):
                done = threading.Event()
                self.current = (plan, done)
                caller = self.call(port, plan)
                self.seen = self.seen if done.wait(TIMEOUT) else "was not done in time"
                records.append((caller, self.seen))
                self.seen = {}
            (direct, at_server), (tapped, at_server_tapped) = records
            differences += compare(number, "the server saw", at_server, at_server_tapped)
            differences += compare(number, "the caller saw", direct, without_id(tapped))
        return number, differences

    def call(self, port, plan):
        sock = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        deadline = time.monotonic() + TIMEOUT
        peer = Peer(sock, True, plan["client settings"])
        try:
            # Until the server's settings are there, as its table's size has to be known for the same bytes to be sent.
            waiting = True
            while waiting:
                events = peer.pump(TIMEOUT)
                if events is None:
                    return {0: [("ended before the settings",)]}
                waiting = not any(isinstance(e, h2.events.RemoteSettingsChanged) for e in events)
            if plan["ping"]:
                peer.connection.ping(plan["ping"])
            for stream, call in plan["calls"].items():
                peer.connection.send_headers(stream, call["request"], end_stream=not call["body"] and call["request trailers"] is None)
                peer.flush()
                for i, piece in enumerate(call["body"]):
                    if call["answer at once"] and i == 1:
                        # Half of the request waits for the answer's beginning.
                        while not peer.records.get(stream):
                            if (events := peer.pump(TIMEOUT)) is None:
                                return peer.records
                            peer.backlog += events
                    try:
                        peer.send_data(stream, piece, i == len(call["body"]) - 1 and call["request trailers"] is None, deadline, call["pad"])
                    except h2.exceptions.ProtocolError:
                        break
                if call["request trailers"] is not None:
                    try:
                        peer.connection.send_headers(stream, call["request trailers"], end_stream=True)
                    except h2.exceptions.ProtocolError:
                        pass
                peer.flush()
            while (left := set(plan["calls"]) - peer.ended) and time.monotonic() < deadline:
                events = peer.next_events(TIMEOUT)
                if events is None:
                    break
                for event in events:
                    stream = getattr(event, "stream_id", None)
                    call = plan["calls"].get(stream)
                    if call and call["caller resets"] is not None and isinstance(event, h2.events.ResponseReceived):
                        peer.connection.reset_stream(stream, call["caller resets"])
                        peer.flush()
                        peer.ended.add(stream)
            if left:
                peer.records.setdefault(0, []).append(("not answered in time", sorted(left)))
            peer.connection.close_connection(error_code=plan["goaway"])
            peer.flush()
            sock.shutdown(socket.SHUT_WR)
            while sock.recv(65536):
                pass
        except (OSError, h2.exceptions.ProtocolError) as e:
            peer.records.setdefault(0, []).append(("broken", type(e).__name__))
        finally:
            sock.close()
        return peer.records


def without_id(records):
    own = ID_HEADER.encode()
    return {s: [(e[0], [f for f in e[1] if f[0] != own], *e[2:]) if len(e) == 3 and isinstance(e[1], list) else e for e in events]
            for s, events in records.items()}


def fields(random, pseudo, large):
    out = list(pseudo)
    for _ in range(random.randrange(7)):
        name = random.choice(["x-plain", "cookie", "user-agent", "grpc-timeout", "custom-bin", "traceparent", "accept-encoding", "via",
                              "x-long-name-" + "n" * 60])
        value = random.choice([b"", b"v", "caf\u00e9".encode(), "caf\u00e9".encode("latin-1"), b"AAEC", b"a, b", b"%41", b"x" * random.choice([30, 300, 5000]),
                               b"%d" % random.randrange(10)])
        field = (name.encode(), value)
        out.append(NeverIndexedHeaderTuple(*field) if random.randrange(5) == 0 else field)
    if large:
        out += [(b"x-large-%d" % i, random.choice([b"l", b"\xe9"]) * 8000) for i in range(5)]
    return out


def generate(random, streams):
    sizes = h2.settings.SettingCodes
    plan = {
        "server settings": {sizes.HEADER_TABLE_SIZE: random.choice([0, 100, 4096, 4096, 65536]),
                            sizes.INITIAL_WINDOW_SIZE: random.choice([1000, 65535, 1 << 20])},
        "client settings": {sizes.HEADER_TABLE_SIZE: random.choice([0, 100, 4096, 4096, 65536]),
                            sizes.INITIAL_WINDOW_SIZE: random.choice([1000, 65535, 1 << 20]),
                            sizes.MAX_FRAME_SIZE: random.choice([16384, 16384, 100_000])},
        "ping": random.choice([b"", b"", random.randbytes(8)]), "goaway": random.choice([0, 0, 2]), "calls": {},
    }
    for i in range(streams):
        grpc = random.randrange(3) > 0
        method = "POST" if grpc else random.choice(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PURGE"])
        path = random.choice([INFER, INFER, STREAM, "/grpc.health.v1.Health/Check"]) if grpc else random.choice(TARGETS)
        request = [(b":method", method.encode()), (b":scheme", b"http"), (b":path", path.encode()),
                   (b":authority", random.choice([b"model.example:80", b"127.0.0.1", b"%2Ftmp%2Fa.sock"]))]
        if grpc:
            request += [(b"te", b"trailers"), (b"content-type", random.choice([b"application/grpc", b"application/grpc+proto"]))]
        message = some_bytes(random, random.choice([2000, 200_000]))
        frame = b"\0" + len(message).to_bytes(4, "big") + message
        body = random.choice([[], [frame], [frame[:3], frame[3:]], [frame, frame]])
        response = [(b":status", random.choice([b"200", b"200", b"200", b"404", b"503"]))] + ([(b"content-type", b"application/grpc")] if grpc else [])
        form = 8 if method == "HEAD" else random.randrange(8)
        status = [(b"grpc-status", b"%d" % random.choice([0, 0, 2, 5, 8, 13, 14])), (b"grpc-message", "na\u00efve %25".encode())]
        call = {"request": fields(random, request, random.randrange(25) == 0), "body": body, "pad": random.choice([None, None, 0, 17]),
                "request trailers": [(b"x-request-trailer", b"1")] if body and random.randrange(8) == 0 else None,
                "answer at once": len(body) == 2 and random.randrange(4) == 0,
                "early": [[(b":status", b"103"), (b"link", b"</a>")]] if random.randrange(10) == 0 else [],
                "response": fields(random, response, random.randrange(25) == 0),
                "data": random.choice([[], [frame], [frame, frame, frame], [frame[:7], frame[7:]]]),
                "empty data frame": random.randrange(10) == 0, "trailers": fields(random, status, False),
                "server resets": None, "caller resets": None}
        if form == 0:
            # A status without a body: gRPC's "trailers only".
            call.update(data=[], trailers=None, response=fields(random, response + status, False))
        elif form == 8:
            call.update({"data": [], "trailers": None, "empty data frame": False})
        elif form == 1 and not grpc:
            call.update(trailers=None)
        elif form == 2:
            call.update({"data": [], "empty data frame": False})
        elif form == 3:
            call.update({"answer at once": False, "server resets": random.choice([0, 1, 2, 7, 8, 11]), "response": random.choice([[], call["response"]])})
            if not call["response"]:
                call["early"] = []
        elif form == 4 and not call["answer at once"]:
            call["caller resets"] = random.choice([2, 8])
        plan["calls"][2 * i + 1] = call
    return plan
