"""Builders of frames, entries and records for tests."""

from __future__ import annotations

from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2
from hazard_tui.stats.histogram import Distribution, bucket_index


def entry(
    number: int,
    name: str = "read",
    *,
    task: str = "browse",
    method: str = "GET",
    kind: worker_pb2.EntryKind = worker_pb2.ENTRY_KIND_REQUEST,
    tags: tuple[str, ...] = (),
) -> worker_pb2.StepEntry:
    """An entry of the numbers."""
    return worker_pb2.StepEntry(
        entry=number, name=name, task_name=task, method=method, kind=kind, tags=tags
    )


def frame(
    second: int = 100,
    *,
    worker: str = "w1",
    seq: int = 1,
    ok: int = 0,
    failed: int = 0,
    aborted: int = 0,
    entry: int = 0,
    took_us: int = 10_000,
    users: float = 0.0,
    status: int = 200,
    error: tuple[str, str] = ("", ""),
    run_id: str = "run",
) -> worker_pb2.Frame:
    """A frame with one entry; every request took the same time."""
    made = worker_pb2.Frame(run_id=run_id, worker_id=worker, second=second, seq=seq, users=users)
    if ok or failed or aborted:
        step = made.steps.add(entry=entry, ok=ok, failed=failed, aborted=aborted)
        if ok + failed:
            step.statuses.add(status=status, count=ok + failed)
            times = Distribution()
            times.counts[bucket_index(took_us)] = ok + failed
            times.min_us = times.max_us = took_us
            times.sum_us = took_us * (ok + failed)
            times.fill(step.service)
        if failed and error[0]:
            step.errors.add(kind=error[0], text=error[1], count=failed)
    return made


def record(run_id: str = "run", created: int = 1) -> control_pb2.RunRecord:
    """The record of a running run."""
    made = control_pb2.RunRecord(
        run_id=run_id,
        state=control_pb2.RUN_STATE_RUNNING,
        created_unix_ms=created,
        entries=[entry(0)],
    )
    made.plan.name = "shop"
    return made
