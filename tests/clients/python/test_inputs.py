"""The Python client's inputs. ADDRESSES: of a sidecar that requests half of the labels, apart by a space; without them those tests are skipped."""

import itertools
import os
import random
import threading
import unittest

import grpc
import numpy

import monitor_channel
from accuracy_monitor.v1 import label_pb2, label_pb2_grpc
from monitor_client import MonitorClient
from monitor_inputs import InputRing, InputSender, encode

ADDRESSES = os.environ.get("ADDRESSES", "").split()
RUNS = itertools.count()


class InputRingTests(unittest.TestCase):
    def test_the_bound_holds_over_what_is_held_and_what_waits_to_be_sent(self):
        chance, bound = random.Random(7), 100_000
        ring, taken, held_once = InputRing(50, bound, 60), [], []
        for i in range(5000):
            ring.hold(f"p-{i}", "text/plain", bytes(chance.randrange(1, 20_000)))
            held_once.append(f"p-{i}")
            if chance.random() < 0.5 and (one := ring.take(chance.choice(held_once[-20:]))) is not None:
                taken.append(one)
            if taken and chance.random() < 0.4:
                ring.release(taken.pop(0))
            self.assertLessEqual(ring.bytes, bound)
        self.assertGreater(ring.bytes, 0)

    def test_inputs_that_wait_to_be_sent_do_not_make_room(self):
        ring = InputRing(10, 3000, 60)
        self.assertTrue(ring.hold("a", "t", bytes(1500)))
        taken = ring.take("a")
        self.assertFalse(ring.hold("b", "t", bytes(1500)))
        ring.release(taken)
        self.assertTrue(ring.hold("b", "t", bytes(1500)))

    def test_the_oldest_goes_first_by_number_and_by_age(self):
        now = [0.0]
        ring = InputRing(2, 1 << 20, 10, clock=lambda: now[0])
        for prediction_id in "abc":
            ring.hold(prediction_id, "t", b"x")
        self.assertIsNone(ring.take("a"))
        self.assertIsNotNone(ring.take("b"))
        now[0] = 10.5
        self.assertIsNone(ring.take("c"))

    def test_an_input_that_never_fits_lets_the_others_stay(self):
        ring = InputRing(10, 5000, 60)
        ring.hold("a", "t", b"x")
        self.assertFalse(ring.hold("b", "t", bytes(5000)))
        self.assertIsNotNone(ring.take("a"))


class EncodeTests(unittest.TestCase):
    def test_texts_bytes_and_arrays(self):
        self.assertEqual(encode("Grüße", None, 100), ("text/plain; charset=utf-8", "Grüße".encode()))
        self.assertEqual(encode(bytearray(b"abc"), "image/png", 100), ("image/png", b"abc"))
        self.assertEqual(encode(memoryview(b"abcdef")[::2], None, 100), ("application/octet-stream", b"ace"))
        content_type, content = encode(numpy.arange(6, dtype="<f4").reshape(2, 3), None, 1000)
        self.assertEqual((content_type, content[:6]), ("application/x-npy", b"\x93NUMPY"))

    def test_what_can_not_be_sent(self):
        for value in (b"", "", 5, {}, object(), "\ud800", numpy.array([object()])):
            with self.assertRaises((TypeError, ValueError)):
                encode(value, None, 1000)
        for value in (bytes(11), "x" * 11, "ü" * 6, numpy.zeros(11)):
            with self.assertRaises(OverflowError):
                encode(value, None, 10)


class Away(grpc.RpcError):
    def code(self):
        return grpc.StatusCode.UNAVAILABLE

    def details(self):
        return "away"


class InputSenderTests(unittest.TestCase):
    def test_a_sidecar_that_is_away_is_tried_four_times(self):
        tries, counts = [], []

        def attach(taken):
            tries.append(taken.prediction_id)
            raise Away

        ring, sender = self.sender_of(attach, counts)
        sender._FIRST_DELAY = 0
        sender.send(ring.take("a"))
        sender.close(10)
        self.assertEqual((tries, counts, ring.bytes), (["a"] * 4, ["inputs_missing_unavailable"], InputRing.OVERHEAD + len("x")))

    def test_what_waits_when_the_time_to_close_is_over_is_counted(self):
        counts, reached = [], threading.Event()

        def attach(taken):
            reached.set()
            raise Away

        ring, sender = self.sender_of(attach, counts)
        sender._FIRST_DELAY = 3600
        sender.send(ring.take("a"))
        sender.send(ring.take("b"))
        reached.wait()
        sender.close(0)
        self.assertEqual((counts, ring.bytes), (["inputs_missing_closed"] * 2, 0))

    def test_a_defect_does_not_end_the_thread(self):
        counts, defects = [], iter([True, False])

        def attach(taken):
            if next(defects):
                raise RuntimeError("a defect")
            return label_pb2.ItemOutcome(code=label_pb2.OUTCOME_CODE_OK)

        ring, sender = self.sender_of(attach, counts)
        with self.assertLogs("monitor_inputs", "ERROR"):
            sender.send(ring.take("a"))
            sender.send(ring.take("b"))
            sender.close(10)
        self.assertEqual((counts, ring.bytes), (["inputs_missing_failed", "inputs_attached"], 0))

    @staticmethod
    def sender_of(attach, counts):
        ring = InputRing(10, 1 << 20, 60)
        ring.hold("a", "t", b"x")
        ring.hold("b", "t", b"x")
        return ring, InputSender(ring, attach, counts.append)


class AwayTests(unittest.TestCase):
    def test_nothing_is_raised_and_all_is_counted(self):
        with self.assertLogs("monitor_client", "WARNING"):
            client = MonitorClient("unix:///nowhere/at/all.sock", "m", "1", 2, held_input_bytes=1 << 20)
            for i in range(300):
                client.observe([0.5, 0.5], f"p-{i}", input=bytes(20_000), content_type="image/png")
            client.close()
        self.assertLessEqual(client._inputs.bytes, 1 << 20)
        self.assertEqual(dict(client.counts), {"dropped_unavailable": 300})


@unittest.skipUnless(ADDRESSES, "no sidecar")
class SidecarTests(unittest.TestCase):
    def test_the_inputs_of_requested_predictions_alone_are_attached(self):
        for address in ADDRESSES:
            model, wanted = f"python-inputs-{next(RUNS)}", []
            client = MonitorClient(address, model, "1", 2, on_wanted=wanted.append)
            for i in range(100):
                client.observe([0.6, 0.4], f"漢字-😀-{i}", input=f"given {i}".encode(), content_type="text/plain", input_reference=f"s3://b/{i}")
            client.close()

            self.assertIn(len(wanted), range(20, 80))
            self.assertEqual(dict(client.counts), {"accepted": 100, "rejected": 0, "inputs_attached": len(wanted)})
            labels = label_pb2_grpc.LabelServiceStub(monitor_channel.connect(address))
            for i in range(100):
                request = label_pb2.GetInputRequest(model=model, version="1", prediction_id=f"漢字-😀-{i}")
                if request.prediction_id in wanted:
                    self.assertEqual(labels.GetInput(request).content, f"given {i}".encode())
                else:
                    with self.assertRaises(grpc.RpcError):
                        labels.GetInput(request)
            leased = labels.Lease(label_pb2.LeaseRequest(model=model)).items[0]
            self.assertEqual(leased.input_reference, f"s3://b/{leased.prediction_id.split('-')[-1]}")

    def test_what_is_missing_is_counted_by_reason(self):
        wanted = []
        client = MonitorClient(ADDRESSES[0], f"python-missing-{next(RUNS)}", "1", 2, on_wanted=wanted.append, max_input_bytes=2000)
        given = {
            "not_given": {}, "too_large": {"input": bytes(2001)}, "invalid": {"input": 5}, "reference": {"input_reference": "s3://b/1"},
            "attached": {"input": b"x"}, "invalid_argument": {"input": b"x", "content_type": "no media type"},
        }
        for i in range(40):
            for kind, arguments in given.items():
                client.observe([0.6, 0.4], f"{kind}-{i}", **arguments)
        with self.assertLogs("monitor_inputs", "WARNING"):
            client.close()

        expected = {"accepted": 40 * len(given), "rejected": 0}
        for kind in given:
            if (count := sum(i.startswith(kind + "-") for i in wanted)) and kind != "reference":
                expected["inputs_attached" if kind == "attached" else f"inputs_missing_{kind}"] = count
        self.assertEqual(dict(client.counts), expected)

    def test_whatever_is_handed_over_reporting_goes_on(self):
        class NoText:
            def __str__(self):
                raise RuntimeError("no text")

        client = MonitorClient(ADDRESSES[0], f"python-odd-{next(RUNS)}", "1", 2)
        odd = [
            (([0.5, 0.5], "\ud800"), {}), (([0.5, 0.5], ""), {}), (([0.5, 0.5], NoText()), {}), ((None, "a"), {}), (("ab", "a"), {}), (([0.5], "a"), {}),
            (([0.5, 1e300], "a"), {}), (([0.5, 0.5], "a"), {"input_reference": None}), (([0.5, 0.5], "a"), {"input_reference": "😀" * 1025}),
            (([0.5, 0.5], "a"), {"input_reference": "\udc00"}),
        ]
        for arguments, named in odd:
            self.assertFalse(client.observe(*arguments, **named))
        self.assertTrue(client.observe([0.5, 0.5], "b", input="\ud800", content_type=7))
        self.assertTrue(client.observe([0.5, 0.5], 17, input_reference="😀" * 1024))
        client.close()
        self.assertEqual((client.counts["dropped_invalid"], client.counts["accepted"]), (len(odd), 2))

    def test_references_that_fill_a_message_are_sent_in_several(self):
        client = MonitorClient(ADDRESSES[0], f"python-references-{next(RUNS)}", "1", 2, batch=2000)
        for i in range(1500):
            client.observe([0.6, 0.4], f"p-{i}", input_reference="s3://" + "x" * 2043)
        client.close()
        self.assertEqual(client.counts["accepted"], 1500)


if __name__ == "__main__":
    unittest.main()
