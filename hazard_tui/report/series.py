"""The course of a run over time, as columns of equal length."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hazard_tui.rpc.gen.hazard.v1 import worker_pb2
from hazard_tui.stats.merge import FrameSum
from hazard_tui.stats.totals import Entries
from hazard_tui.stats.windows import COLUMNS, Windows

Values = tuple[float | None, ...]
"""None where nothing is known."""


@dataclass(frozen=True, slots=True)
class Series:
    """`columns[name][i]` covers `step_s` seconds from `first_second + i * step_s`."""

    first_second: int = 0
    step_s: int = 1
    columns: dict[str, Values] = field(default_factory=dict)

    @property
    def length(self) -> int:
        """Number of points."""
        return len(next(iter(self.columns.values()), ()))

    def value(self) -> dict[str, Any]:
        """The series as plain values, rounded to what is measured."""
        return {
            "first_second": self.first_second,
            "step_s": self.step_s,
            **{
                name: [None if one is None else round(one, 3) for one in values]
                for name, values in self.columns.items()
            },
        }


_OF_FRAMES: dict[str, tuple[Callable[[worker_pb2.Frame], float], Callable[..., float]]] = {
    "users": (lambda frame: frame.users, max),
    "target_users": (lambda frame: frame.target_users, max),
    "target_rate": (lambda frame: frame.target_rate, max),
    "dropped_per_s": (lambda frame: float(frame.arrivals_dropped), sum),
    "plan_version": (lambda frame: float(frame.plan_version), max),
    "lost_per_s": (lambda frame: 0.0, sum),
}
"""Column -> what a merged frame says, and how the frames of one point are put together."""


def series_of(entries: Entries, frames: Iterable[worker_pb2.Frame], points: int) -> Series:
    """The series of merged frames with at most `points` points; all requests together."""
    windows = Windows(entries)
    kept: list[worker_pb2.Frame] = []
    for frame in frames:
        windows.add(frame)
        kept.append(frame)
    if not kept:
        return Series()
    curves = {name: windows.curve(name, points=points) for name in COLUMNS}
    first = curves[COLUMNS[0]]
    columns: dict[str, Values] = {
        name: tuple(None if math.isnan(one) else float(one) for one in curve.values)
        for name, curve in curves.items()
    }
    count = len(first.values)
    for name, (read, put_together) in _OF_FRAMES.items():
        columns[name] = _folded(kept, first.first_second, first.step_s, count, read, put_together)
    columns["lost_per_s"] = _with_lost(
        columns["lost_per_s"], kept, first.first_second, first.step_s
    )
    for name in ("dropped_per_s", "lost_per_s"):
        rates = columns[name]
        columns[name] = tuple(None if one is None else one / first.step_s for one in rates)
    return Series(first.first_second, first.step_s, columns)


def _with_lost(
    values: Values, frames: Sequence[worker_pb2.Frame], first: int, step_s: int
) -> Values:
    """Adds lost starts at the seconds in which they were due; they are told some seconds later."""
    added = list(values)
    for frame in frames:
        for lost in frame.lost_starts:
            place = (lost.second - first) // step_s
            if 0 <= place < len(added):
                added[place] = (added[place] or 0.0) + lost.count
    return tuple(added)


def _folded(
    frames: Sequence[worker_pb2.Frame],
    first: int,
    step_s: int,
    count: int,
    read: Callable[[worker_pb2.Frame], float],
    put_together: Callable[..., float],
) -> Values:
    groups: list[list[float]] = [[] for _ in range(count)]
    for frame in frames:
        place = (frame.second - first) // step_s
        if 0 <= place < count:
            groups[place].append(read(frame))
    return tuple(put_together(group) if group else None for group in groups)


def totals_of(entries: Entries, frames: Iterable[worker_pb2.Frame]) -> FrameSum:
    """The sum of merged frames."""
    total = FrameSum(len(entries))
    for frame in frames:
        total.add(frame)
    return total
