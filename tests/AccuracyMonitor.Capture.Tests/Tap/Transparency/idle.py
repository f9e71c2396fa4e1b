"""A server that ends connections after 100 ms of idleness, as uvicorn does after 5 s, and callers whose pauses are about as long."""
import http.client
import socketserver
import threading
import time

PAUSE = 0.1


class Handler(socketserver.StreamRequestHandler):
    timeout = PAUSE

    def handle(self):
        try:
            while line := self.rfile.readline():
                length = 0
                while (header := self.rfile.readline().strip()):
                    if header.lower().startswith(b"content-length:"):
                        length = int(header[15:])
                self.rfile.read(length)
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        except OSError:
            pass


class Kind:
    """A call either succeeds or finds its connection closed, as it would without the tap; it never gets an answer that the server did not give.

    The call after one that found its connection closed has a new connection and succeeds, so that no fewer than half succeed.
    """

    def __init__(self, options):
        self.calls = max(20, options.calls // 4)

    def start(self):
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self.server.server_address[1]

    def run(self, tap, random):
        differences, succeeded = [], []
        share, callers = -(-self.calls // 10), []
        for seed in [random.random() for _ in range(10)]:
            caller = threading.Thread(target=self.call, args=(tap, type(random)(seed), share, differences, succeeded))
            caller.start()
            callers.append(caller)
        for caller in callers:
            caller.join()
        made = share * len(callers)
        if 2 * len(succeeded) < made:
            differences.append(f"{len(succeeded)} of {made} calls succeeded")
        return made, differences

    @staticmethod
    def call(tap, random, calls, differences, succeeded):
        connection = http.client.HTTPConnection("127.0.0.1", tap, timeout=20)
        for number in range(calls):
            try:
                connection.request("POST", "/v2/models/m/infer", b"{}")
                answer = connection.getresponse()
                body = answer.read()
                if (answer.status, body) == (200, b"ok"):
                    succeeded.append(number)
                else:
                    differences.append(f"call {number}: status {answer.status}, {body[:100]}")
            except (ConnectionError, http.client.RemoteDisconnected):
                connection.close()
            time.sleep(PAUSE + random.uniform(-0.002, 0.002))
