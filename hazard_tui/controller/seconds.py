"""Merges the frames of all workers second by second, and says when a second may be shown."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from hazard_tui.rpc.gen.hazard.v1 import worker_pb2
from hazard_tui.stats.merge import FrameSum

PATIENCE_S = 1.5
"""How long after its end a second waits for slow workers."""


class SecondMerger:
    """Takes frames of workers, gives merged frames in ascending order, each second once.

    A frame that comes after its second was given is counted in the next one, so totals stay exact.
    """

    def __init__(self, run_id: str, entries: int, last_given: int = 0) -> None:
        self.total = FrameSum(entries)
        """Everything that was taken, given or not."""
        self._run_id = run_id
        self._entries = entries
        self._waiting: dict[int, FrameSum] = {}
        self._late: FrameSum | None = None
        self._reported: dict[str, int] = {}
        self._given = last_given
        self._number = 0

    def take(self, frame: worker_pb2.Frame) -> None:
        """Takes a worker's frame, its second in the controller's clock."""
        self._reported[frame.worker_id] = max(frame.second, self._reported.get(frame.worker_id, 0))
        self.total.add(frame)
        if frame.second <= self._given:
            self._take_late(frame)
            return
        if frame.second not in self._waiting:
            self._waiting[frame.second] = FrameSum(self._entries)
        self._waiting[frame.second].add(frame)

    def _take_late(self, frame: worker_pb2.Frame) -> None:
        if self._late is None:
            self._late = FrameSum(self._entries)
        self._late.add(frame)

    def give(self, live: Collection[str], now_s: float) -> Iterator[worker_pb2.Frame]:
        """Merged frames that are complete, or old enough."""
        for second in sorted(self._waiting):
            complete = all(self._reported.get(worker, 0) >= second for worker in live)
            if not complete and now_s < second + 1 + PATIENCE_S:
                return
            yield self._pop(second)

    def give_all(self) -> Iterator[worker_pb2.Frame]:
        """Everything that is left, at the end of a run."""
        for second in sorted(self._waiting):
            yield self._pop(second)
        if self._late is not None:
            self._waiting[self._given + 1] = FrameSum(self._entries)
            yield self._pop(self._given + 1)

    def _pop(self, second: int) -> worker_pb2.Frame:
        merged = self._waiting.pop(second)
        if self._late is not None:
            figures = merged.figures
            late, self._late = self._late, None
            users = (figures.users, figures.in_flight, figures.target_users, figures.target_rate)
            late.merge(merged)
            late.figures.users, late.figures.in_flight = users[0], int(users[1])
            late.figures.target_users, late.figures.target_rate = users[2], users[3]
            merged = late
        self._given = second
        self._number += 1
        frame = merged.frame()
        frame.run_id, frame.second, frame.seq = self._run_id, second, self._number
        return frame


def merge_all(
    run_id: str, entries: int, frames: Iterator[worker_pb2.Frame]
) -> tuple[SecondMerger, list[worker_pb2.Frame]]:
    """The merged frames of a recorded run, and a merger that goes on from there.

    `frames` come in the order of their seconds.
    """
    merger = SecondMerger(run_id, entries)
    merged: list[worker_pb2.Frame] = []
    newest = 0
    for frame in frames:
        if frame.second > newest and newest:
            merged.extend(merger.give((), float("inf")))
        newest = max(newest, frame.second)
        merger.take(frame)
    merged.extend(merger.give((), float("inf")))
    return merger, merged
