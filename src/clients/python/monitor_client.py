"""Reports softmax outputs to an Accuracy Monitor sidecar from a background thread: serving never waits for it and never meets its errors."""

import collections
import logging
import queue
import struct
import threading
import time

import grpc

import monitor_channel
import monitor_inputs
from accuracy_monitor.v1 import label_pb2, label_pb2_grpc, prediction_pb2, prediction_pb2_grpc

__version__ = "0.1.0"

log = logging.getLogger(__name__)

Row = collections.namedtuple("Row", "values id time_unix_us input_reference input_state")

# UTF-16 characters that the sidecar takes of the input references of one batch and of one row.
_MAX_REFERENCES = 1 << 20
_MAX_REFERENCE = 2048


def _utf16_length(text):
    return len(text.encode("utf-16-le")) // 2


class MonitorClient:
    """One for each model version. `counts` says what became of the predictions: accepted, rejected, dropped_<reason>; and of the inputs of those whose
    labels are wanted: inputs_attached, inputs_missing_<reason>."""

    def __init__(self, address, model, version, classes, on_wanted=lambda prediction_id: None, *,
                 capacity=8192, batch=256, interval=0.005, timeout=10.0, max_input_bytes=1 << 20, held_input_bytes=64 << 20,
                 authority_file=None, certificate_file=None, key_file=None, token_file=None):
        """address: unix:///path or host:port. on_wanted: called on the background thread with the id of each prediction whose label is wanted.
        max_input_bytes: a larger input is not attached; the sidecar takes 1 MiB by default. held_input_bytes: of all inputs that are held or wait to be sent.
        authority_file: PEM file of the authorities that signed the sidecar's certificate; the connection is then TLS. certificate_file, key_file: PEM files
        of this client's own certificate, for a sidecar that asks for one. token_file: file with a bearer token, read again for every call because Kubernetes
        replaces it."""
        self._model, self._version, self._classes = model, version, classes
        self._on_wanted, self._batch, self._interval, self._timeout = on_wanted, batch, interval, timeout
        self._token_file, self._tls = token_file, (authority_file, certificate_file)
        self._channel = monitor_channel.connect(address, authority_file, certificate_file, key_file, token_file)
        self._predictions = prediction_pb2_grpc.PredictionServiceStub(self._channel)
        self._labels = label_pb2_grpc.LabelServiceStub(self._channel)
        self._queue = queue.Queue(capacity)
        self._closing = threading.Event()
        self.counts = collections.Counter()
        self._counting = threading.Lock()
        self._max_input_bytes = max_input_bytes
        # An answer that comes later than the timeout is not waited for.
        self._inputs = monitor_inputs.InputRing(capacity, held_input_bytes, lifetime=timeout + 5)
        self._sender = monitor_inputs.InputSender(self._inputs, self._attach, self._count)
        self._has_inputs = False
        self._thread = threading.Thread(target=self._run, name="accuracy-monitor", daemon=True)
        self._thread.start()

    def observe(self, softmax, prediction_id, input=None, content_type=None, input_reference=""):
        """Hands over one vector of K numbers. Never blocks or raises; False: dropped and counted.
        input: what the model was given: text, a NumPy array or an object with bytes, such as a picture's. It is sent if the prediction's label is wanted, and
        else let go. content_type: a media type such as image/png; text and arrays need none. input_reference: where you keep the input, a URI."""
        try:
            # Little-endian float32. With NumPy: numpy.asarray(softmax, "<f4").tobytes()
            values = struct.pack(f"<{self._classes}f", *softmax)
            prediction_id = str(prediction_id)
            prediction_id.encode()  # Half of a surrogate pair can't be sent.
            if not prediction_id or _utf16_length(input_reference) > _MAX_REFERENCE:
                raise ValueError
        except Exception:  # Whatever is wrong with what was handed over must not reach the serving application.
            self._count("dropped_invalid")
            return False
        if self._queue.full():  # Before older inputs make room for one that no prediction goes with.
            self._count("dropped_queue_full")
            return False
        state = self._hold(prediction_id, input, content_type)
        try:
            self._queue.put_nowait(Row(values, prediction_id, time.time_ns() // 1000, input_reference, state))
            return True
        except queue.Full:
            self._count("dropped_queue_full")
            return False

    def complete(self, labels, annotator):
        """Gives labels ({prediction id: true class}) and returns the outcomes. Raises grpc.RpcError, or OSError or ValueError when the
        token file is unusable: a label must not be lost in silence."""
        answers = [label_pb2.Answer(model=self._model, version=self._version, prediction_id=i, label=c, annotator=annotator)
                   for i, c in labels.items()]
        return self._labels.Complete(label_pb2.CompleteRequest(answers=answers), timeout=self._timeout, metadata=self._metadata()).outcomes

    def flush_and_stop(self):
        """Sends what is queued, then the inputs that wait. `complete` still works afterwards, until `close`."""
        self._closing.set()
        self._thread.join()
        self._sender.close(self._timeout)

    def close(self):
        self.flush_and_stop()
        self._channel.close()

    def _metadata(self):
        return monitor_channel.metadata(self._token_file)

    def _count(self, what, n=1):
        with self._counting:
            self.counts[what] += n

    def _hold(self, prediction_id, input, content_type):
        """Says what there is to attach: held, or why there is nothing."""
        if input is None:
            return "not_given"
        self._has_inputs = True
        try:
            return "held" if self._inputs.hold(prediction_id, *monitor_inputs.encode(input, content_type, self._max_input_bytes)) else "no_room"
        except OverflowError:
            return "too_large"
        except Exception:  # As in observe; the prediction itself is reported.
            return "invalid"

    def _attach(self, held):
        request = label_pb2.AttachInputRequest(
            model=self._model, version=self._version, prediction_id=held.prediction_id, content_type=held.content_type, content=held.content)
        return self._labels.AttachInput(request, timeout=self._timeout, metadata=self._metadata()).outcome

    def _run(self):
        while not (self._closing.is_set() and self._queue.empty()):
            rows = self._take()
            if rows:
                self._send(rows)

    def _take(self):
        rows, until, references = [], time.monotonic() + 0.1, 0
        while len(rows) < self._batch and references <= _MAX_REFERENCES - _MAX_REFERENCE:
            try:
                rows.append(self._queue.get(timeout=max(0.0, until - time.monotonic())))
            except queue.Empty:
                break
            references += _utf16_length(rows[-1].input_reference)
            if len(rows) == 1:
                until = time.monotonic() + self._interval
        return rows

    def _send(self, rows):
        values, ids, times, references, _ = zip(*rows)
        batch = prediction_pb2.PredictionBatch(
            model=self._model, version=self._version, class_count=self._classes, form=prediction_pb2.OUTPUT_FORM_PROBABILITIES,
            values=b"".join(values), ids=ids, times_unix_us=times, input_references=references if any(references) else ())
        try:
            metadata = self._metadata()
        except (OSError, ValueError) as error:
            self._count("dropped_no_token", len(rows))
            log.warning("%d predictions not taken: the token can't be read: %s", len(rows), error)
            return
        try:
            answer = self._predictions.Score(prediction_pb2.ScoreRequest(batch=batch), timeout=self._timeout, metadata=metadata)
        except grpc.RpcError as error:
            # UNAVAILABLE: not there. RESOURCE_EXHAUSTED: overloaded. Sending the same again would only add to it; the next batch is the retry.
            self._count("dropped_" + error.code().name.lower(), len(rows))
            log.warning("%d predictions not taken: %s: %s%s", len(rows), error.code().name, error.details(), monitor_channel.hint(error, *self._tls))
            return
        self._count("accepted", answer.accepted)
        self._count("rejected", answer.rejected)
        for row, item in zip(rows, answer.items):
            if item.reason:
                log.warning("prediction %s rejected: %s", item.id, item.reason)
            if item.label_requested:
                self._want(row)
                self._tell(item.id)

    def _want(self, row):
        held = self._inputs.take(row.id)
        if held is not None:
            self._sender.send(held)
        elif self._has_inputs and not row.input_reference:
            self._count("inputs_missing_" + ("evicted" if row.input_state == "held" else row.input_state))

    def _tell(self, prediction_id):
        try:
            self._on_wanted(prediction_id)
        except Exception:  # The application's own; reporting goes on.
            log.exception("on_wanted failed for prediction %s", prediction_id)
