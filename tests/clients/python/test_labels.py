"""The Python client's lists and deletions. ADDRESSES: of a sidecar that requests half of the labels, apart by a space; without them the tests are skipped."""

import datetime
import os
import threading
import unittest

from accuracy_monitor.v1 import audit_pb2, label_pb2
from monitor_client import MonitorClient
from monitor_labels import MonitorLabels

ADDRESSES = os.environ.get("ADDRESSES", "").split()
LONG_AGO = datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc)


@unittest.skipUnless(ADDRESSES, "ADDRESSES is not set")
class LabelsTests(unittest.TestCase):
    def test_labels_are_listed_taken_back_and_forgotten_and_the_trail_says_so(self):
        for number, address in enumerate(ADDRESSES):
            model, annotator = f"python-labels-{number}", f"python-ann-{number}"
            wanted, three = [], threading.Event()

            def want(prediction_id):
                wanted.append(prediction_id)
                if len(wanted) >= 3:
                    three.set()

            client = MonitorClient(address, model, "1", 2, want)
            for i in range(50):
                client.observe([0.7, 0.3], f"p-{i}")
            self.assertTrue(three.wait(60))
            client.complete({wanted[0]: 1, wanted[1]: 0}, annotator)
            client.close()

            labels = MonitorLabels(address)
            answered = list(labels.requests(model=model, version="1", states=[label_pb2.REQUEST_STATE_ANSWERED], annotator=annotator, since=LONG_AGO))
            self.assertEqual({r.prediction_id: r.label for r in answered}, {wanted[0]: 1, wanted[1]: 0})
            self.assertFalse(answered[0].HasField("model_answer"))
            self.assertTrue(next(labels.requests(model=model, reveal=True)).HasField("model_answer"))

            self.assertEqual(labels.retract_by(annotator, LONG_AGO, model=model), (2, 0))
            self.assertEqual(labels.retract_by(annotator, LONG_AGO, model=model), (0, 0))
            forgotten, _ = labels.forget(model, "1", [wanted[0], "never seen"] + [f"unknown-{i}" for i in range(1200)])
            self.assertEqual(forgotten, 1)
            self.assertNotIn(wanted[0], [r.prediction_id for r in labels.requests(model=model)])

            actions = [entry.action for entry in labels.audit_entries(model=model, since=LONG_AGO)]
            self.assertEqual(actions[:2], [audit_pb2.AUDIT_ACTION_PREDICTIONS_FORGOTTEN, audit_pb2.AUDIT_ACTION_ANNOTATOR_RETRACTED])
            labels.close()

    def test_every_page_is_read(self):
        labels = MonitorLabels(ADDRESSES[0])
        client = MonitorClient(ADDRESSES[0], "python-pages", "1", 2, capacity=8192)
        for i in range(4000):
            client.observe([0.7, 0.3], f"p-{i}")
        client.close()
        ids = [r.prediction_id for r in labels.requests(model="python-pages")]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertGreater(len(ids), 1000)
        labels.close()

    def test_a_time_without_a_zone_is_refused(self):
        labels = MonitorLabels(ADDRESSES[0])
        with self.assertRaisesRegex(ValueError, "since is .* needs a time zone"):
            labels.retract_by("ann", datetime.datetime(2000, 1, 1))
        labels.close()


if __name__ == "__main__":
    unittest.main()
