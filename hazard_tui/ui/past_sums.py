"""Totals of a run as they were at an earlier second.

Histograms cannot be taken off a sum, so a past total is added up from the start; a checkpoint a
minute before the last question makes the next question, a second further, cheap.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any

from hazard_tui.stats.merge import FrameSum

BEFORE_S = 60
"""How far before the wanted second a new checkpoint is."""


class PastSums:
    """Reads the frames that are kept, and the sum of those that are not."""

    def __init__(self, entries: int, frames: deque[Any]) -> None:
        self._frames = frames
        self._older = FrameSum(entries)
        self._mark = FrameSum(entries)
        self._mark_second = 0
        self._last: tuple[int, FrameSum] | None = None

    def forget(self, frame: Any) -> None:
        """A frame is about to be dropped from those that are kept."""
        self._older.add(frame)
        if self._mark_second <= frame.second:
            self._mark_second = 0

    def until(self, second: int) -> FrameSum:
        """The total of everything up to a second, that one included."""
        if self._last is not None and self._last[0] == second:
            return self._last[1]
        start = second - BEFORE_S
        if not self._mark_second or not start - BEFORE_S <= self._mark_second <= second:
            self._mark = self._copy_of(self._older)
            self._mark_second = max(start, 1)
            self._add(self._mark, self._between(0, self._mark_second))
        found = self._copy_of(self._mark)
        self._add(found, self._between(self._mark_second, second))
        self._last = (second, found)
        return found

    def _between(self, after: int, last: int) -> Iterable[Any]:
        return (frame for frame in self._frames if after < frame.second <= last)

    @staticmethod
    def _add(total: FrameSum, frames: Iterable[Any]) -> None:
        for frame in frames:
            total.add(frame)

    @staticmethod
    def _copy_of(total: FrameSum) -> FrameSum:
        found = FrameSum(total.entries)
        found.merge(total)
        return found
