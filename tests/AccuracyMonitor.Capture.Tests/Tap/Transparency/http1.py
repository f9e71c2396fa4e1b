"""Raw HTTP/1.1 over sockets: both sides follow a script of bytes, and both record every byte they get and how the connection ended."""
import re
import socket
import ssl
import struct
import threading

from common import ID_HEADER, TARGETS, compare, pieces, some_bytes

TIMEOUT = 20
AGAIN = b"POST /v2/models/m/infer HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}"
CONTINUE = b"100 Continue\r\n\r\n"
SEEN = b"HTTP/1.1 102 Processing\r\n\r\n"
METHODS = ["POST", "POST", "POST", "GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "PURGE"]
INSERTED = re.compile(rb"(?i)" + ID_HEADER.encode() + rb": [0-9a-zA-Z-]+\r\n")


class Kind:
    def __init__(self, options):
        self.calls = options.calls
        self.scripts, self.seen = {}, {}
        self.serving = self.calling = None
        if options.tls:
            self.serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.serving.load_cert_chain(options.certificate, options.key)
            self.serving.set_alpn_protocols(["http/1.1"])
            self.calling = ssl.create_default_context(cafile=options.authority)

    def start(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        threading.Thread(target=self.accept, daemon=True).start()
        return self.listener.getsockname()[1]

    def accept(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        """Finds out whose connection it is, and follows that call's script."""
        connection.settimeout(TIMEOUT)
        if self.serving:
            connection = self.serving.wrap_socket(connection, server_side=True)
        got = b""
        while not (match := re.search(rb"x-call: (\d+)\r\n", got)):
            more = connection.recv(65536)
            if not more:
                connection.close()
                return
            got += more
        number = int(match[1])
        done, script = self.scripts[number]
        self.seen[number] = follow(connection, script, got)
        done.set()

    def run(self, tap, random):
        differences = []
        for number in range(self.calls):
            client, server = generate(random, number)
            if ("send", AGAIN) in client:
                waits = any(step == "get" and value != CONTINUE for step, value in client[:client.index(("send", AGAIN))])
                form = "reused" if waits else "pipelined"
                self.counts[form] = self.counts.get(form, 0) + 1
            records = []
            for port in (self.listener.getsockname()[1], tap):
                done = threading.Event()
                self.scripts[number] = (done, server)
                connection = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
                if self.calling and port != tap:
                    connection = self.calling.wrap_socket(connection, server_hostname="localhost")
                caller = follow(connection, client, b"")
                if not done.wait(TIMEOUT):
                    self.seen[number] = "was not done in time"
                records.append((caller, self.seen.pop(number)))
            (direct, at_server), (tapped, at_server_tapped) = records
            if self.calling and direct[1] == "ended" and ("reset", None) in server:
                # Python's ssl reports the reset of a connection as its end.
                direct = (direct[0], "reset")
            differences += compare(number, "the server saw", at_server, at_server_tapped)
            differences += compare(number, "the caller saw", direct, (INSERTED.sub(b"", tapped[0]), tapped[1]))
        return self.calls, differences


def follow(connection, script, got):
    """Returns the bytes that came, and how the connection ended."""
    got, ended = bytearray(got), "open"
    try:
        for step, value in script:
            if step == "send":
                connection.sendall(value)
            elif step == "get":
                # Up to and with a marker, which is how far a caller or a server reads before it goes on.
                while value not in got:
                    more = connection.recv(65536)
                    if not more:
                        return bytes(got), "ended early"
                    got += more
            elif step == "read slowly":
                for _ in range(value):
                    more = connection.recv(7)
                    got += more
                    if not more:
                        break
            elif step == "end of sending":
                # Not the method of a TLS connection, which would end reading too.
                socket.socket.shutdown(connection, socket.SHUT_WR)
            elif step == "get end":
                while more := connection.recv(65536):
                    got += more
                ended = "ended"
            elif step == "reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    except (ConnectionError, ssl.SSLError):
        ended = "reset"
    except TimeoutError:
        ended = "timed out"
    finally:
        connection.close()
    return bytes(got), ended


def header_lines(random, side):
    lines = [b"x-plain: a"]
    for _ in range(random.randrange(6)):
        name = random.choice([b"X-MiXed", b"accept", b"ACCEPT", b"cookie", b"Set-Cookie", b"x_under", b"via", b"x-forwarded-for", b"traceparent",
                              b"content-language", b"date", b"server", b"keep-alive", b"proxy-authorization", b"te"])
        value = random.choice([b"", b"v", b" two  spaces ", "caf\u00e9".encode(), "caf\u00e9".encode("latin-1"), "\u6a21\u578b".encode(), b"a,b;q=\"x\"",
                               b"\ttab", b"x" * random.choice([100, 9000])])
        lines.append(name + b":" + random.choice([b"", b" "]) + value)
    if random.randrange(12) == 0:
        # More than the 32 KB that servers in .NET allow by default.
        lines += [b"x-large-%d: " % i + b"l" * 8000 for i in range(5 if side == "request" else 12)]
    random.shuffle(lines)
    return lines


def chunked(random, body):
    out = b""
    for piece in pieces(random, body, 4):
        out += random.choice([b"%x", b"%X", b"0%x"]) % len(piece) + random.choice([b"", b";ext=1"]) + b"\r\n" + piece + b"\r\n"
    return out + b"0\r\n" + random.choice([b"", b"x-trailer: t\r\n", b"x-checksum: caf\xc3\xa9\r\nx-two: 2\r\n"]) + b"\r\n"


def generate(random, number):
    """One exchange as a script for each side. The markers make them wait for each other where the protocol says so."""
    method = random.choice(METHODS)
    target = random.choice(TARGETS)
    if random.randrange(20) == 0:
        target = random.choice(["http://example.org/v2/models/m/infer", "*" if method == "OPTIONS" else "/star", "/caf\u00e9"])
    version = b"HTTP/1.0" if random.randrange(15) == 0 else b"HTTP/1.1"
    head = [method.encode() + b" " + target.encode() + b" " + version, b"x-call: %d" % number,
            random.choice([b"Host: model.example", b"host: 127.0.0.1:8000", b"HOST:[::1]:80"])]
    head += header_lines(random, "request")
    body, expect = b"", False
    if method not in ("GET", "HEAD", "OPTIONS", "DELETE") or random.randrange(5) == 0:
        body = some_bytes(random, random.choice([3000, 200_000]))
        if version == b"HTTP/1.1" and random.randrange(3) == 0:
            head.append(b"Transfer-Encoding: chunked")
            body = chunked(random, body)
        else:
            head.append(random.choice([b"Content-Length: %d", b"content-length:%d"]) % len(body))
        head.append(random.choice([b"Content-Type: application/json", b"content-type: application/octet-stream", b"Content-Encoding: gzip"]))
        expect = len(body) > 0 and version == b"HTTP/1.1" and random.randrange(8) == 0
    last = random.choice([b"Connection: close", b"connection: keep-alive", b"x-last: 1"])
    head += [b"Expect: 100-continue"] if expect else []
    head.append(last)
    head_bytes = b"\r\n".join(head) + b"\r\n\r\n"
    request = head_bytes + body
    answer, closes = response(random, method, version)
    marker = answer[-16:]
    break_at = random.randrange(14)
    if break_at == 0:
        # The caller resets in the middle of the request.
        cut = random.randrange(len(head_bytes), len(request) + 1)
        return ([("send", request[:cut]), ("get", SEEN), ("reset", None)], [("get", request[:cut]), ("send", SEEN), ("get end", None)])
    if break_at == 1:
        # The server ends in the middle of its answer.
        cut = random.randrange(1, len(answer) + 1)
        return ([("send", request), ("get end", None)], [("get", request), ("send", answer[:cut])])
    if break_at == 2:
        # The server resets instead of answering.
        return ([("send", request), ("get end", None)], [("get", request), ("reset", None)])
    if break_at == 4:
        # Neither side speaks HTTP.
        request = random.choice([b"", b"POST /v2/models/m/infer HTTP/1.1\r\n"]) + b"x-call: %d\r\n" % number + random.randbytes(200) + b"\r\n\r\n"
        answer = random.choice([b"", b"HTTP/1.", b"HTTP/1.1 2", b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n"]) + random.randbytes(100)
        return ([("send", request), ("get", answer[-16:]), ("end of sending", None), ("get end", None)],
                [("get", request[-16:]), ("send", answer), ("get end", None)])
    if break_at == 3 and body and not expect:
        # The server answers before it has the body.
        return ([("send", head_bytes), ("get", marker), ("send", body), ("end of sending", None), ("get end", None)],
                [("get", head_bytes), ("send", answer), ("get", request), ("get end", None)])
    client, server = [], []
    if expect:
        client += [("send", head_bytes), ("get", CONTINUE)]
        server += [("get", head_bytes), ("send", b"HTTP/1.1 100 Continue\r\n\r\n")]
    for piece in pieces(random, body if expect else request):
        client.append(("send", piece))
    server.append(("get", request))
    server += [("send", piece) for piece in pieces(random, answer)]
    end = b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nSECOND" + b"%06d" % number
    pipelined = not expect and not closes and random.randrange(4) == 0
    if pipelined:
        # The next request is sent before the answer to this one has come.
        client.append(("send", AGAIN))
    if random.randrange(8) == 0:
        client.append(("read slowly", min(20, len(answer) // 8)))
    if closes:
        return client + [("get end", None)], server
    client.append(("get", marker))
    if pipelined:
        return (client + [("get", end[-12:]), ("end of sending", None), ("get end", None)],
                server + [("get", AGAIN), ("send", end), ("get end", None)])
    if random.randrange(2) == 0:
        return client + [("end of sending", None), ("get end", None)], server + [("get end", None)]
    # The connection is used again.
    return (client + [("send", AGAIN), ("get", end[-12:]), ("end of sending", None), ("get end", None)],
            server + [("get", AGAIN), ("send", end), ("get end", None)])


def response(random, method, version):
    status = random.choice([b"200 OK", b"200 ", b"200 Fine \xc3\xa9", b"201 Created", b"204 No Content", b"304 Not Modified", b"400 Bad Request",
                            b"404 Not Found", b"429 Too Many Requests", b"500 Internal Server Error", b"503 Service Unavailable", b"299 Odd"])
    head = [b"HTTP/1.1 " + status] + header_lines(random, "response")
    bodiless = method == "HEAD" or status[:3] in (b"204", b"304")
    body = some_bytes(random, random.choice([3000, 300_000]))
    closes = False
    if bodiless:
        head += [b"Content-Length: %d" % len(body)] if status[:3] != b"204" else []
        body = b""
    else:
        form = random.randrange(3)
        if form == 0 and version == b"HTTP/1.1":
            head.append(random.choice([b"Transfer-Encoding: chunked", b"transfer-encoding:Chunked"]))
            body = chunked(random, body)
        elif form == 1:
            head.append(b"Connection: close")
            closes = True
        else:
            head.append(b"Content-Length: %d" % len(body))
    early = random.choice([b"", b"", b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n", b"HTTP/1.1 102 Processing\r\n\r\n"])
    return early + b"\r\n".join(head) + b"\r\n\r\n" + body, closes
