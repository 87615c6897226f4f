"""Merged frames as they are shown: the last second, the last ten, the whole run, and a curve."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hazard_tui.rpc.gen.hazard.v1 import worker_pb2
from hazard_tui.stats.merge import FAILED, OK, FrameSum
from hazard_tui.stats.totals import Entries, Figures, figures_of, request_entries

RECENT_S = 10
MOST_POINTS = 3600
"""Points of a curve; a longer run is folded in halves, so that memory is bounded."""

COLUMNS = ("ok_per_s", "failed_per_s", "p50_us", "p95_us", "p99_us")
_PERCENTS = (50.0, 95.0, 99.0)


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve for a chart: `values[i]` covers `step_s` seconds from `first_second + i * step_s`."""

    first_second: int
    step_s: int
    values: npt.NDArray[np.float64]
    """NaN where no frame came."""


class Windows:
    """Takes merged frames in the order of their seconds."""

    def __init__(self, entries: Entries) -> None:
        self.entries = entries
        self.total = FrameSum(len(entries))
        self.first_second = 0
        self.last_second = 0
        self._requests = request_entries(entries)
        self._recent: deque[worker_pb2.Frame] = deque()
        self._step_s = 1
        # Row 0 is the whole, row i + 1 entry i.
        self._points = np.full((64, len(entries) + 1, len(COLUMNS)), np.nan)
        self._weights = np.zeros(64)

    @property
    def seconds(self) -> int:
        """From the first second to the last, both included; 0 before any frame."""
        return self.last_second - self.first_second + 1 if self.total.frames else 0

    def add(self, frame: worker_pb2.Frame) -> None:
        """Takes the frame of a second."""
        one = FrameSum(len(self.entries))
        one.add(frame)
        if not self.total.frames:
            self.first_second = frame.second
        self.last_second = max(self.last_second, frame.second)
        self.total.merge(one)
        self._recent.append(frame)
        while self._recent[0].second <= self.last_second - RECENT_S:
            self._recent.popleft()
        self._add_point(frame.second, one)

    def last(self, entries: tuple[int, ...] | None = None) -> Figures:
        """Figures of the newest second; None: all requests."""
        return self.over(1, entries)

    def over(self, seconds: int, entries: tuple[int, ...] | None = None) -> Figures:
        """Figures of the newest seconds, at most `RECENT_S`."""
        span = min(seconds, RECENT_S, max(self.seconds, 1))
        found = FrameSum(len(self.entries))
        for frame in self._recent:
            if frame.second > self.last_second - span:
                found.add(frame)
        return figures_of(found, self._chosen(entries), span)

    def whole(self, entries: tuple[int, ...] | None = None) -> Figures:
        """Figures of the whole run so far."""
        return figures_of(self.total, self._chosen(entries), self.seconds)

    def curve(self, column: str, entry: int | None = None, points: int = MOST_POINTS) -> Curve:
        """One of `COLUMNS` over the run with at most `points` points; None: all requests.

        Folding takes the mean of rates and the largest of percentiles, so that a peak stays.
        """
        count = self.seconds // self._step_s + (self.seconds % self._step_s > 0)
        row = 0 if entry is None else entry + 1
        values = self._points[:count, row, COLUMNS.index(column)]
        fold = max(1, -(-count // max(points, 1)))
        padded = np.full(-(-count // fold) * fold, np.nan)
        padded[:count] = values
        folded = padded.reshape(-1, fold)
        empty = np.isnan(folded).all(axis=1)
        folded = np.where(empty[:, None], 0.0, folded)
        reduce = np.nanmean if column.endswith("_per_s") else np.nanmax
        result = reduce(folded, axis=1) if len(folded) else np.zeros(0)
        return Curve(self.first_second, self._step_s * fold, np.where(empty, np.nan, result))

    def _chosen(self, entries: tuple[int, ...] | None) -> tuple[int, ...]:
        return self._requests if entries is None else entries

    def _add_point(self, second: int, one: FrameSum) -> None:
        place = (second - self.first_second) // self._step_s
        while place >= MOST_POINTS:
            self._fold()
            place = (second - self.first_second) // self._step_s
        if place < 0:
            return
        if place >= len(self._points):
            more = min(max(len(self._points), place + 1 - len(self._points)), MOST_POINTS)
            self._points = np.concatenate(
                (self._points, np.full((more, *self._points.shape[1:]), np.nan))
            )
            self._weights = np.concatenate((self._weights, np.zeros(more)))
        self._join(place, self._point(one))

    def _point(self, one: FrameSum) -> npt.NDArray[np.float64]:
        point = np.zeros((len(self.entries) + 1, len(COLUMNS)))
        groups = [self._requests, *((entry.entry,) for entry in self.entries)]
        for row, group in enumerate(groups):
            known = [entry for entry in group if entry < one.entries]
            counts = one.counts[known].sum(axis=0)
            point[row, 0], point[row, 1] = counts[OK], counts[FAILED]
            if counts[OK] or counts[FAILED]:
                point[row, 2:] = one.distribution_of(group).percentiles(_PERCENTS)
        return point

    def _join(self, place: int, point: npt.NDArray[np.float64]) -> None:
        weight = self._weights[place]
        if weight:
            old = self._points[place]
            point[:, :2] = (old[:, :2] * weight + point[:, :2]) / (weight + 1)
            point[:, 2:] = np.maximum(old[:, 2:], point[:, 2:])
        self._points[place] = point
        self._weights[place] = weight + 1

    def _fold(self) -> None:
        """Halves the resolution of the curve."""
        points, weights = self._points, self._weights
        self._points = np.full_like(points, np.nan)
        self._weights = np.zeros_like(weights)
        self._step_s *= 2
        for place in np.flatnonzero(weights).tolist():
            self._join(place // 2, points[place].copy())
