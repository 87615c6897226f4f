"""A recorded run as the updates that its watchers had seen."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2
from hazard_tui.stats.recording import Recording

WORKER_HISTORY_S = 300
"""Frames of single workers are shown again this far back; merged ones from the first second."""


def recorded_updates(
    path: Path,
    run_id: str,
    events: list[control_pb2.RunEventRecord],
    from_second: int,
    per_worker: bool,
) -> Iterator[tuple[control_pb2.RunUpdate, worker_pb2.Frame | None]]:
    """What was recorded of a run, in the order of its time; blocks, and closes the file at its end.

    With `per_worker` also the frames of workers of the last minutes.
    """
    recording = Recording(path)
    try:
        dated: list[Iterator[tuple[int, int, Any]]] = [
            ((event.at_unix_ms, 0, event) for event in events),
            _dated(recording.seconds(run_id, from_second), 2),
        ]
        if per_worker:
            last = recording.last_second(run_id)
            since = max(from_second, last - WORKER_HISTORY_S)
            dated.append(_dated(recording.frames(run_id, since), 1))
        for _, kind, item in heapq.merge(*dated, key=lambda one: one[:2]):
            if kind == 0:
                yield control_pb2.RunUpdate(event=item), None
            else:
                yield control_pb2.RunUpdate(frame=item), item
    finally:
        recording.close()


def _dated(frames: Iterator[worker_pb2.Frame], kind: int) -> Iterator[tuple[int, int, Any]]:
    for frame in frames:
        yield (frame.second + 1) * 1000, kind, frame
