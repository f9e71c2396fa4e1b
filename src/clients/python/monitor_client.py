"""Reports softmax outputs to an Accuracy Monitor sidecar from a background thread: serving never waits for it and never meets its errors."""

import collections
import logging
import queue
import struct
import threading
import time

import grpc

from accuracy_monitor.v1 import label_pb2, label_pb2_grpc, prediction_pb2, prediction_pb2_grpc

__version__ = "0.1.0"

log = logging.getLogger(__name__)


def _channel(address, authority_file, token_file):
    options = [("grpc.max_send_message_length", 64 << 20)]
    if address.startswith("unix:"):
        # grpcio from 1.57 on sends the escaped path as the name of the server, which HTTP servers refuse.
        options.append(("grpc.default_authority", "localhost"))
    if authority_file is not None:
        with open(authority_file, "rb") as file:
            return grpc.secure_channel(address, grpc.ssl_channel_credentials(file.read()), options=options)
    host = address.rpartition(":")[0]
    if token_file is not None:
        if not address.startswith("unix:") and host not in ("localhost", "127.0.0.1", "[::1]"):
            raise ValueError(f"address is {address!r}; a token is sent with authority_file (TLS), over a Unix socket or to this machine only")
        # The proxy of the environment variable http_proxy would get the token in clear text.
        options.append(("grpc.enable_http_proxy", 0))
    return grpc.insecure_channel(address, options=options)


class MonitorClient:
    """One for each model version. `counts` says what became of the predictions: accepted, rejected, dropped_<reason>."""

    def __init__(self, address, model, version, classes, on_wanted=lambda prediction_id: None,
                 capacity=8192, batch=256, interval=0.005, timeout=10.0, authority_file=None, token_file=None):
        """address: unix:///path or host:port. on_wanted: called on the background thread with the id of each prediction whose label is wanted.
        authority_file: PEM file of the authorities that signed the sidecar's certificate; the connection is then TLS. token_file: file with a bearer
        token, read again for every call because Kubernetes replaces it."""
        self._model, self._version, self._classes = model, version, classes
        self._on_wanted, self._batch, self._interval, self._timeout = on_wanted, batch, interval, timeout
        self._token_file = token_file
        self._channel = _channel(address, authority_file, token_file)
        self._predictions = prediction_pb2_grpc.PredictionServiceStub(self._channel)
        self._labels = label_pb2_grpc.LabelServiceStub(self._channel)
        self._queue = queue.Queue(capacity)
        self._closing = threading.Event()
        self.counts = collections.Counter()
        self._thread = threading.Thread(target=self._run, name="accuracy-monitor", daemon=True)
        self._thread.start()

    def observe(self, softmax, prediction_id):
        """Hands over one vector of K numbers. Never blocks or raises; False: dropped and counted."""
        try:
            # Little-endian float32. With NumPy: numpy.asarray(softmax, "<f4").tobytes()
            row = (struct.pack(f"<{self._classes}f", *softmax), str(prediction_id), time.time_ns() // 1000)
            self._queue.put_nowait(row)
            return True
        except queue.Full:
            self.counts["dropped_queue_full"] += 1
        except (struct.error, TypeError, OverflowError):
            self.counts["dropped_invalid"] += 1
        return False

    def complete(self, labels, annotator):
        """Gives labels ({prediction id: true class}) and returns the outcomes. Raises grpc.RpcError, or OSError or ValueError when the
        token file is unusable: a label must not be lost in silence."""
        answers = [label_pb2.Answer(model=self._model, version=self._version, prediction_id=i, label=c, annotator=annotator)
                   for i, c in labels.items()]
        return self._labels.Complete(label_pb2.CompleteRequest(answers=answers), timeout=self._timeout, metadata=self._metadata()).outcomes

    def flush_and_stop(self):
        """Sends what is queued. `complete` still works afterwards, until `close`."""
        self._closing.set()
        self._thread.join()

    def close(self):
        self.flush_and_stop()
        self._channel.close()

    def _metadata(self):
        """Raises OSError or ValueError when the file can't be read or is not one token of printable ASCII characters."""
        if self._token_file is None:
            return None
        with open(self._token_file, encoding="ascii") as file:
            token = file.read().strip()
        if not token or any(not "!" <= c <= "~" for c in token):
            raise ValueError(f"{self._token_file} must hold one token of printable ASCII characters, and nothing else")
        return (("authorization", "Bearer " + token),)

    def _run(self):
        while not (self._closing.is_set() and self._queue.empty()):
            rows = self._take()
            if rows:
                self._send(rows)

    def _take(self):
        rows, until = [], time.monotonic() + 0.1
        while len(rows) < self._batch:
            try:
                rows.append(self._queue.get(timeout=max(0.0, until - time.monotonic())))
            except queue.Empty:
                break
            if len(rows) == 1:
                until = time.monotonic() + self._interval
        return rows

    def _send(self, rows):
        values, ids, times = zip(*rows)
        batch = prediction_pb2.PredictionBatch(
            model=self._model, version=self._version, class_count=self._classes, form=prediction_pb2.OUTPUT_FORM_PROBABILITIES,
            values=b"".join(values), ids=ids, times_unix_us=times)
        try:
            metadata = self._metadata()
        except (OSError, ValueError) as error:
            self.counts["dropped_no_token"] += len(rows)
            log.warning("%d predictions not taken: the token can't be read: %s", len(rows), error)
            return
        try:
            answer = self._predictions.Score(prediction_pb2.ScoreRequest(batch=batch), timeout=self._timeout, metadata=metadata)
        except grpc.RpcError as error:
            # UNAVAILABLE: not there. RESOURCE_EXHAUSTED: overloaded. Sending the same again would only add to it; the next batch is the retry.
            self.counts["dropped_" + error.code().name.lower()] += len(rows)
            log.warning("%d predictions not taken: %s: %s", len(rows), error.code().name, error.details())
            return
        self.counts["accepted"] += answer.accepted
        self.counts["rejected"] += answer.rejected
        for item in answer.items:
            if item.reason:
                log.warning("prediction %s rejected: %s", item.id, item.reason)
            if item.label_requested:
                self._tell(item.id)

    def _tell(self, prediction_id):
        try:
            self._on_wanted(prediction_id)
        except Exception:  # The application's own; reporting goes on.
            log.exception("on_wanted failed for prediction %s", prediction_id)
