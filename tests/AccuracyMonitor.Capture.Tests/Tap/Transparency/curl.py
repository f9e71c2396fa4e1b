"""curl, over HTTP/1.1 and HTTP/2, against the recording servers of the raw kinds."""
import re
import socket
import subprocess
import threading

from common import TARGETS, compare, some_bytes
from http1 import INSERTED, header_lines


class Kind:
    """Each call is a process, so there are fewer of them."""

    def __init__(self, options):
        self.calls = max(5, options.calls // 8)

    def start(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        threading.Thread(target=self.accept, daemon=True).start()
        return self.listener.getsockname()[1]

    def accept(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        connection.settimeout(20)
        got, continued = b"", False
        while True:
            head, separator, body = got.partition(b"\r\n\r\n")
            if separator and b"100-continue" in head.lower() and not continued:
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                continued = True
            length = int((re.search(rb"(?i)content-length: (\d+)", head) or [0, 0])[1])
            ended = body.endswith(b"0\r\n\r\n") if b"chunked" in head.lower() else len(body) >= length
            if separator and ended:
                break
            got += connection.recv(65536)
        self.seen = got
        connection.sendall(self.answer)
        connection.close()

    def run(self, tap, random):
        differences = []
        for number in range(self.calls):
            target, body = random.choice(TARGETS), some_bytes(random, random.choice([3000, 2_000_000]))
            arguments = ["curl", "--silent", "--include", "--globoff", "--path-as-is", "--max-time", "20", "--data-binary", "@-", "-H", "Host: model.example"]
            arguments += random.choice([[], ["-H", "Transfer-Encoding: chunked"], ["-H", "Expect: 100-continue"], ["--http1.0"], ["-X", "PUT"]])
            arguments += ["-H", random.choice(["x-name: caf\u00e9", "X-Empty;", "Content-Type: application/json", "Accept: */*;q=0.1"])]
            answer = some_bytes(random, 100_000)
            head = [b"HTTP/1.1 200 OK", b"Content-Length: %d" % len(answer), *header_lines(random, "response")]
            self.answer = b"\r\n".join(head) + b"\r\n\r\n" + answer
            records = []
            for port in (self.listener.getsockname()[1], tap):
                self.seen = None
                run = subprocess.run([*arguments, f"http://127.0.0.1:{port}{target.partition('#')[0]}"], input=body, capture_output=True, check=False)
                records.append(({"status": run.returncode, "output": INSERTED.sub(b"", run.stdout)}, self.seen))
            differences += compare(number, "the caller saw", records[0][0], records[1][0])
            differences += compare(number, "the server saw", records[0][1], records[1][1])
        return self.calls, differences
