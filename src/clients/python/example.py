"""example.py ADDRESS [AUTHORITY_FILE TOKEN_FILE] (AUTHORITY_FILE -: without TLS): reports 300 made-up predictions, labels those the monitor asks for, and prints what became of them as JSON."""

import json
import logging
import math
import random
import sys

import grpc

from monitor_client import MonitorClient

CLASSES = 4


def softmax(logits):
    exponentials = [math.exp(x) for x in logits]
    total = sum(exponentials)
    return [e / total for e in exponentials]


def main(address, authority_file=None, token_file=None):
    truths, wanted = {}, []
    authority_file = None if authority_file == "-" else authority_file
    monitor = MonitorClient(address, "python-example", "1", CLASSES, on_wanted=wanted.append, authority_file=authority_file, token_file=token_file)
    chance = random.Random(1)
    for i in range(300):
        prediction_id = f"p-{i}"
        truths[prediction_id] = chance.randrange(CLASSES)
        vector = softmax([chance.gauss(4.0 * (c == truths[prediction_id]), 1.5) for c in range(CLASSES)])
        monitor.observe(vector, prediction_id, input=f"made-up example {i}", input_reference=f"s3://examples/{i}.txt")
    monitor.observe([0.25, 0.25, 0.25, float("nan")], "not-a-number")  # Rejected by the sidecar, alone.
    monitor.observe([0.5, 0.5], "too-short")  # Never sent.
    monitor.flush_and_stop()

    outcomes = {}
    try:
        for outcome in monitor.complete({i: truths[i] for i in wanted}, "example") if wanted else []:
            outcomes[outcome.code] = outcomes.get(outcome.code, 0) + 1
    except grpc.RpcError as error:
        print(f"labels not taken: {error.code().name}: {error.details()}", file=sys.stderr)
    monitor.close()
    print(json.dumps({**monitor.counts, "wanted": len(wanted), "labelled": outcomes.get(1, 0)}))


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    main(*sys.argv[1:])
