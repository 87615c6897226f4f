"""What a watcher of a run is given: what was recorded, then what is published."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

from hazard_tui.controller.broadcast import Subscription
from hazard_tui.controller.journal import Journal
from hazard_tui.controller.replay import recorded_updates
from hazard_tui.controller.run import Run
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2


async def watch_active(
    run: Run, subscription: Subscription, request: control_pb2.WatchRunRequest
) -> AsyncIterator[control_pb2.RunUpdate]:
    """History, then what was published since the subscription began; nothing twice."""
    journal = run.parts.journal
    record = control_pb2.RunRecord()
    record.CopyFrom(run.refresh_record())
    events = list(run.events)
    yield control_pb2.RunUpdate(record=record)
    await journal.flush(2.0)
    newest: dict[str, int] = {}
    async for update, frame in recorded_history(journal, run.run_id, events, request):
        if frame is not None:
            newest[frame.worker_id] = max(newest.get(frame.worker_id, 0), _order(frame))
        yield update
    yield control_pb2.RunUpdate(caught_up=True)
    while (live := await subscription.next()) is not None:
        if live.WhichOneof("kind") == "frame":
            known = newest.get(live.frame.worker_id, 0)
            if _order(live.frame) <= known:
                continue
        yield live


async def recorded_history(
    journal: Journal,
    run_id: str,
    events: list[control_pb2.RunEventRecord],
    request: control_pb2.WatchRunRequest,
) -> AsyncIterator[tuple[control_pb2.RunUpdate, worker_pb2.Frame | None]]:
    """Stored events and frames in the order of their time, read in a thread of its own."""
    path = journal.recording.path
    source = recorded_updates(path, run_id, events, request.from_second, request.per_worker)
    try:
        while batch := await asyncio.to_thread(_take, source, 100):
            for item in batch:
                yield item
    finally:
        await asyncio.to_thread(source.close)  # type: ignore[attr-defined]


def _order(frame: worker_pb2.Frame) -> int:
    """What tells frames apart: the second of merged ones, the number of a worker's."""
    return frame.seq if frame.worker_id else frame.second


def _take(source: Iterator[Any], count: int) -> list[Any]:
    return [item for _, item in zip(range(count), source, strict=False)]
