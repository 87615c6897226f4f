"""A run made of built frames, for tests of what the console shows."""

from __future__ import annotations

from collections.abc import Iterable

from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2
from hazard_tui.stats.histogram import Distribution, bucket_index
from hazard_tui.ui.run_view import RunView
from tests.unit.frames import entry

FIRST_SECOND = 1_700_000_000


def record(
    steps: int = 3, *, rules: tuple[str, ...] = (), workers: int = 2
) -> control_pb2.RunRecord:
    """A running run with `steps` requests in tasks of five."""
    made = control_pb2.RunRecord(
        run_id="20260101-120000-abcd",
        state=control_pb2.RUN_STATE_RUNNING,
        plan_name="shop",
        planned_ms=120_000,
        started_unix_ms=FIRST_SECOND * 1000,
        entries=[entry(n, f"step {n}", task=f"task {n // 5}") for n in range(steps)],
    )
    made.plan.name = "shop"
    made.verdict.status = "valid"
    for rule in rules:
        made.plan.thresholds.add(rule=rule)
    for number in range(workers):
        made.workers.add(worker_id=f"w{number}", address=f"127.0.0.1:{number + 1}", state="running")
    return made


def second(
    number: int,
    took_us: Iterable[int],
    *,
    worker: str = "",
    count: int = 10,
    failed: int = 0,
    error: tuple[str, str] = ("refused", "connection refused"),
    status: int = 200,
    rate: float = 0.0,
    planned_us: int = 0,
) -> worker_pb2.Frame:
    """Second `number` of the run: `count` requests of each step that took so long.

    `failed` of them failed in the first step.
    """
    frame = worker_pb2.Frame(
        run_id="run", worker_id=worker, second=FIRST_SECOND + number, users=4, target_rate=rate
    )
    for place, took in enumerate(took_us):
        broken = failed if place == 0 else 0
        step = frame.steps.add(entry=place, ok=count - broken, failed=broken)
        step.statuses.add(status=status if broken else 200, count=count)
        if broken:
            step.errors.add(kind=error[0], text=error[1], count=broken)
        _times(took, count).fill(step.service)
        if planned_us:
            _times(planned_us, count).fill(step.scheduled)
    return frame


def _times(took_us: int, count: int) -> Distribution:
    times = Distribution()
    times.counts[bucket_index(took_us)] = count
    times.min_us = times.max_us = took_us
    times.sum_us = took_us * count
    return times


def event(number: int, kind: str, text: str) -> control_pb2.RunEventRecord:
    """An event in second `number` of the run."""
    return control_pb2.RunEventRecord(
        at_unix_ms=(FIRST_SECOND + number) * 1000 + 500, kind=kind, text=text
    )


def view_of(record: control_pb2.RunRecord, frames: Iterable[worker_pb2.Frame]) -> RunView:
    """A view that took these frames."""
    view = RunView(record)
    for frame in frames:
        view.take(control_pb2.RunUpdate(frame=frame))
    return view
