"""A recorded run to report on."""

from __future__ import annotations

from collections.abc import Sequence

from hazard_tui.report.series import totals_of
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2
from hazard_tui.stats.merge import FrameSum
from tests.unit.frames import entry, frame

BEGIN = 1_790_000_000
NASTY = '<script>alert("1")</script>&\x07'


def run() -> tuple[control_pb2.RunRecord, list[worker_pb2.Frame], list[control_pb2.RunEventRecord]]:
    """Ten seconds: `read` 60 times a second in 20 ms, `pay` 40 times in 50 ms, of which 4 fail in
    each; 10 iterations a second; 5 requests are aborted in the last second."""
    entries = [
        entry(0, "read"),
        entry(1, "pay", task="buy", method="POST"),
        entry(2, "buy", task="buy", method="", kind=worker_pb2.ENTRY_KIND_ITERATION),
    ]
    frames = []
    for second in range(10):
        merged = frame(BEGIN + second, worker="", ok=60, took_us=20_000, users=5.0 + second)
        paid = frame(entry=1, ok=36, took_us=50_000)
        broken = frame(
            entry=1, failed=4, took_us=50_000, status=500, error=("assert", "status is 500")
        )
        loop = frame(entry=2, ok=10, took_us=500_000)
        cut = frame(entry=1, aborted=5 if second == 9 else 0)
        for part in (paid, broken, loop, cut):
            merged.steps.extend(part.steps)
        merged.iterations_started = 10
        merged.target_users = 14
        frames.append(merged)
    for step in frames[0].steps:
        if step.entry == 2:
            del step.statuses[:]
    return _record(entries), frames, _events()


def _record(entries: list[worker_pb2.StepEntry]) -> control_pb2.RunRecord:
    record = control_pb2.RunRecord(
        run_id="run-1",
        state=control_pb2.RUN_STATE_FINISHED,
        plan_name="shop",
        plan_path="shop.hazard.yaml",
        created_unix_ms=BEGIN * 1000,
        started_unix_ms=BEGIN * 1000,
        ended_unix_ms=(BEGIN + 10) * 1000,
        load_ms=10_000,
        entries=entries,
    )
    record.plan.name = "shop"
    record.plan.thresholds.add(rule="p95<300ms")
    record.plan.thresholds.add(rule="errors<1%", task="buy", step="pay")
    record.thresholds.add(rule="p95<300ms", ok=True, actual=50, text="p95<300ms holds (50ms)")
    record.thresholds.add(
        rule="errors<1%", ok=False, actual=10, text="buy/pay: errors<1% is broken (10%)"
    )
    record.verdict.status = "degraded"
    record.verdict.reasons.add(
        code="cpu", text="the engine used 95 % of a core", worker_id="w1", from_second=BEGIN
    )
    worker = record.workers.add(worker_id="w1", hostname="node", address="127.0.0.1:1")
    worker.state = "finished"
    record.locust.known = True
    record.locust.requests, record.locust.failures = 1000, 40
    return record


def _events() -> list[control_pb2.RunEventRecord]:
    return [
        control_pb2.RunEventRecord(
            at_unix_ms=(BEGIN + 3) * 1000, kind="marker", text="deploy", level="info"
        ),
        control_pb2.RunEventRecord(
            at_unix_ms=(BEGIN + 5) * 1000,
            kind="worker-lost",
            text=f"worker {NASTY}",
            worker_id="w1",
            level="error",
        ),
    ]


def totals(record: control_pb2.RunRecord, frames: Sequence[worker_pb2.Frame]) -> FrameSum:
    """The sum of the frames."""
    return totals_of(record.entries, frames)
