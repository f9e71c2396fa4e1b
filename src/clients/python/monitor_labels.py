"""Lists label requests and the audit trail of an Accuracy Monitor sidecar, takes labels back, and forgets predictions."""

import datetime

from google.protobuf import timestamp_pb2

import monitor_channel
from accuracy_monitor.v1 import audit_pb2, audit_pb2_grpc, label_pb2, label_pb2_grpc

# Of one call.
_MAX_PREDICTIONS = 1000


def _timestamp(field, time):
    if time is None:
        return None
    if time.tzinfo is None:
        raise ValueError(f"{field} is {time!r}; it needs a time zone, such as datetime.timezone.utc")
    stamp = timestamp_pb2.Timestamp()
    stamp.FromDatetime(time.astimezone(datetime.timezone.utc))
    return stamp


class MonitorLabels:
    """Each method raises grpc.RpcError, or OSError or ValueError when the token file can't be used. Times are datetimes with a time zone."""

    def __init__(self, address, *, timeout=10.0, authority_file=None, certificate_file=None, key_file=None, token_file=None):
        """As of MonitorClient."""
        self._timeout, self._token_file = timeout, token_file
        self._channel = monitor_channel.connect(address, authority_file, certificate_file, key_file, token_file)
        self._labels = label_pb2_grpc.LabelServiceStub(self._channel)
        self._audit = audit_pb2_grpc.AuditServiceStub(self._channel)

    def requests(self, *, model="", version="", states=(), since=None, until=None, annotator="", reveal=False):
        """Yields label requests (ListedRequest), newest first, page by page. states: of label_pb2.RequestState; none: every state. reveal: also what the
        model said, which whoever labels should not see. Needs the role label."""
        request = label_pb2.ListRequestsRequest(
            model=model, version=version, states=states, since=_timestamp("since", since), until=_timestamp("until", until), annotator=annotator,
            reveal=reveal)
        return self._pages(self._labels.ListRequests, request, "requests")

    def audit_entries(self, *, model="", version="", since=None):
        """Yields entries of the audit trail (AuditEntry), newest first, page by page. Needs the role administer."""
        request = audit_pb2.ListAuditEntriesRequest(model=model, version=version, since=_timestamp("since", since))
        return self._pages(self._audit.ListAuditEntries, request, "entries")

    def retract_by(self, annotator, since, *, model="", version=""):
        """Takes back all labels and opinions that an annotator gave at or after a time, and returns how many of each. If it raises, call it again: what was
        taken back stays so. Needs the role administer."""
        request = label_pb2.RetractByRequest(annotator=annotator, model=model, version=version, since=_timestamp("since", since))
        labels = opinions = 0
        while True:
            response = self._call(self._labels.RetractBy, request)
            labels, opinions = labels + response.retracted, opinions + response.retracted_opinions
            if not response.more:
                return labels, opinions

    def forget(self, model, version, prediction_ids):
        """Deletes all that is kept of predictions. Returns of how many something was kept, and whether nothing of them is left in the database's files; if
        not, call it again later. Needs the role administer."""
        ids, forgotten, erased = list(prediction_ids), 0, True
        for start in range(0, len(ids), _MAX_PREDICTIONS):
            request = label_pb2.ForgetRequest(model=model, version=version, prediction_ids=ids[start:start + _MAX_PREDICTIONS])
            response = self._call(self._labels.Forget, request)
            forgotten, erased = forgotten + response.forgotten, response.erased
        return forgotten, erased

    def close(self):
        self._channel.close()

    def _pages(self, method, request, items):
        while True:
            response = self._call(method, request)
            yield from getattr(response, items)
            if not response.next_page_token:
                return
            request.page_token = response.next_page_token

    def _call(self, method, request):
        return method(request, timeout=self._timeout, metadata=monitor_channel.metadata(self._token_file))
