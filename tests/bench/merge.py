"""Cost of merging 200 workers x 100 names once a second: `python -m tests.bench.merge`.

Prints the processor seconds that one second of such a run takes; more than half a core fails.
"""

from __future__ import annotations

import random
import sys
import time

from hazard_tui.rpc.gen.hazard.v1 import worker_pb2
from hazard_tui.stats.histogram import Distribution, bucket_index
from hazard_tui.stats.merge import FrameSum

WORKERS, NAMES, SAMPLES, SECONDS = 200, 100, 60, 3
LIMIT_S = 0.5


def frame_bytes(seed: int) -> bytes:
    """A frame with two histograms per name, lognormal around 20 ms."""
    chance = random.Random(seed)
    frame = worker_pb2.Frame(run_id="bench", worker_id=str(seed), second=1, seq=1)
    for entry in range(NAMES):
        step = frame.steps.add(entry=entry, ok=SAMPLES, sent_bytes=1, received_bytes=1)
        step.statuses.add(status=200, count=SAMPLES)
        for histogram in (step.service, step.first_byte):
            found = Distribution()
            for _ in range(SAMPLES):
                value = int(chance.lognormvariate(9.9, 0.5))
                found.counts[bucket_index(value)] += 1
                found.sum_us += value
                found.min_us, found.max_us = min(found.min_us, value), max(found.max_us, value)
            found.fill(histogram)
    return frame.SerializeToString()


def main() -> int:
    """Prints the figures; 1 when the limit is broken."""
    payloads = [frame_bytes(seed) for seed in range(20)] * (WORKERS // 20)
    totals = FrameSum(NAMES)
    started = time.process_time()
    for _ in range(SECONDS):
        second = FrameSum(NAMES)
        for payload in payloads:
            second.add(worker_pb2.Frame.FromString(payload))
        totals.merge(second)
        merged = second.frame().SerializeToString()
    cost_s = (time.process_time() - started) / SECONDS
    assert totals.counts[:, 0].sum() == SECONDS * WORKERS * NAMES * SAMPLES
    buckets = sum(
        len(step.service.index) for step in worker_pb2.Frame.FromString(payloads[0]).steps
    )
    print(
        f"{WORKERS} workers x {NAMES} names, {buckets / NAMES:.0f} buckets per histogram: "
        f"{cost_s:.3f} core-seconds per second; a merged frame has {len(merged)} bytes"
    )
    return 0 if cost_s < LIMIT_S else 1


if __name__ == "__main__":
    sys.exit(main())
