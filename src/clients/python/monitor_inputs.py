"""Inputs of recent predictions: held until the sidecar has said whose labels it wants, then sent. Bounded in bytes, in number and in age."""

import collections
import io
import logging
import queue
import threading
import time

import grpc

from accuracy_monitor.v1 import label_pb2

log = logging.getLogger(__name__)

HeldInput = collections.namedtuple("HeldInput", "prediction_id content_type content size since")


def encode(value, content_type, max_bytes):
    """Makes (content type, bytes) of a text, a NumPy array or an object with bytes. The bytes are a copy, unless they are `bytes`.
    Raises TypeError or ValueError when it is none of these, OverflowError when it has more than max_bytes."""
    if content_type is not None:
        content_type.encode("ascii")
    if isinstance(value, str):
        if len(value) > max_bytes:
            raise OverflowError
        content_type, content = content_type or "text/plain; charset=utf-8", value.encode()
    elif content_type is None and hasattr(value, "__array_interface__"):
        content_type, content = "application/x-npy", _npy(value, max_bytes)
    else:
        with memoryview(value) as view:
            if view.nbytes > max_bytes:
                raise OverflowError
            content_type, content = content_type or "application/octet-stream", bytes(value)
    if len(content) > max_bytes:
        raise OverflowError
    if not content:
        raise ValueError
    return content_type, content


def _npy(array, max_bytes):
    import numpy  # Only whoever has an array needs it.

    if array.nbytes > max_bytes:
        raise OverflowError
    buffer = io.BytesIO()
    numpy.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


class InputRing:
    """Thread-safe. `max_bytes` bounds what is held and what has been taken and not yet released, together."""

    # What an input takes beside its content, about.
    OVERHEAD = 1024

    def __init__(self, capacity, max_bytes, lifetime, clock=time.monotonic):
        self._capacity, self._max_bytes, self._lifetime, self._clock = capacity, max_bytes, lifetime, clock
        self._held = collections.OrderedDict()
        self._held_bytes = self._taken_bytes = 0
        self._lock = threading.Lock()

    @property
    def bytes(self):
        with self._lock:
            return self._held_bytes + self._taken_bytes

    def hold(self, prediction_id, content_type, content):
        """The oldest inputs make room. False: there is none, because inputs that wait to be sent fill the ring."""
        size, now = len(content) + self.OVERHEAD, self._clock()
        with self._lock:
            self._remove(prediction_id)
            self._let_go_of_old(now)
            if self._capacity <= 0 or self._taken_bytes + size > self._max_bytes:
                return False
            while len(self._held) >= self._capacity or self._held_bytes + self._taken_bytes + size > self._max_bytes:
                self._remove(next(iter(self._held)))
            self._held[prediction_id] = HeldInput(prediction_id, content_type, content, size, now)
            self._held_bytes += size
            return True

    def take(self, prediction_id):
        """Its bytes count until `release`. None: the ring has let go of it."""
        now = self._clock()
        with self._lock:
            self._let_go_of_old(now)
            if (taken := self._remove(prediction_id)) is not None:
                self._taken_bytes += taken.size
            return taken

    def release(self, taken):
        with self._lock:
            self._taken_bytes -= taken.size

    def _let_go_of_old(self, now):
        while self._held and now - next(iter(self._held.values())).since > self._lifetime:
            self._remove(next(iter(self._held)))

    def _remove(self, prediction_id):
        if (held := self._held.pop(prediction_id, None)) is not None:
            self._held_bytes -= held.size
        return held


class InputSender:
    """Sends the inputs of a ring from a thread of its own, which starts with the first."""

    _ATTEMPTS = 4
    _FIRST_DELAY = 0.25
    _AGAIN = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED)
    _STORED = (label_pb2.OUTCOME_CODE_OK, label_pb2.OUTCOME_CODE_UNCHANGED, label_pb2.OUTCOME_CODE_REPLACED)

    def __init__(self, ring, attach, count):
        """attach: sends one input and returns its outcome. count: is told what became of each."""
        self._ring, self._attach, self._count = ring, attach, count
        self._waiting = queue.SimpleQueue()  # Bounded by the ring, whose bytes it holds.
        self._ended = threading.Event()
        self._thread = None

    def send(self, taken):
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="accuracy-monitor-inputs", daemon=True)
            self._thread.start()
        self._waiting.put(taken)

    def close(self, timeout):
        """Sends what waits for as long as the timeout; the rest is counted."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join(timeout)
            self._ended.set()
            self._thread.join()

    def _run(self):
        while (taken := self._waiting.get()) is not None:
            try:
                self._count(self._send(taken))
            except Exception:  # The next input can still be sent.
                log.exception("input of prediction %s not attached", taken.prediction_id)
                self._count("inputs_missing_failed")
            finally:
                self._ring.release(taken)

    def _send(self, taken):
        for attempt in range(self._ATTEMPTS):
            if self._ended.wait(self._FIRST_DELAY * 2 ** (attempt - 1) if attempt > 0 else 0):
                return "inputs_missing_closed"
            try:
                outcome = self._attach(taken)
                break
            except grpc.RpcError as error:
                if error.code() not in self._AGAIN or attempt + 1 == self._ATTEMPTS:
                    log.warning("input of prediction %s not attached: %s: %s", taken.prediction_id, error.code().name, error.details())
                    return "inputs_missing_" + error.code().name.lower()
            except (OSError, ValueError) as error:
                log.warning("input of prediction %s not attached: the token can't be read: %s", taken.prediction_id, error)
                return "inputs_missing_no_token"
        if outcome.code in self._STORED:
            return "inputs_attached"
        log.warning("input of prediction %s refused: %s", taken.prediction_id, outcome.reason)
        return "inputs_missing_refused"
