"""Adding up frames of many workers, without a Python loop over buckets.

`FrameSum` is both a second that is being merged and the totals of a run: counts per entry, dense
histograms per metric and entry, and counters by status and error.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from hazard_tui.rpc.gen.hazard.v1 import worker_pb2
from hazard_tui.stats.histogram import BUCKETS, LOWER_US, NO_MINIMUM, Counts, Distribution

COUNTS = (
    "ok",
    "failed",
    "aborted",
    "sent_bytes",
    "received_bytes",
    "stale_reuse",
    "warnings",
)
"""Columns of `FrameSum.counts`."""
OK, FAILED, ABORTED, SENT_BYTES, RECEIVED_BYTES, STALE_REUSE, WARNINGS = range(len(COUNTS))


class Metric(IntEnum):
    """What a histogram measures."""

    SERVICE = 0
    SCHEDULED = 1
    FIRST_BYTE = 2


_METRICS = len(Metric)
_FIRST_WIDTH = 1024
_MIN, _MAX, _SUM = range(3)
OTHER_TEXT = "other"
MOST_TEXTS = 50
"""Different error texts per entry; further ones count under `other`."""


@dataclass(slots=True)
class RunFigures:
    """Numbers of a frame that belong to no entry."""

    users: float = 0.0
    in_flight: int = 0
    target_users: float = 0.0
    target_rate: float = 0.0
    iterations_started: int = 0
    arrivals_dropped: int = 0
    arrivals_late: int = 0
    plan_version: int = 0
    """The newest that a worker followed; 0: not known."""
    arrivals_due: int = 0
    arrivals_started: int = 0
    arrivals_given_up: int = 0
    arrivals_reached: int = 0
    """Planned starts of the whole run that had come due: the highest that any worker told."""


_ADDED = (
    "iterations_started",
    "arrivals_dropped",
    "arrivals_late",
    "arrivals_due",
    "arrivals_started",
    "arrivals_given_up",
)
"""Figures that are added up; of the others a sum of seconds has the latest."""


@dataclass
class FrameSum:
    """A sum of frames. `entries` is how many entries the run has; it grows when one is unknown."""

    entries: int = 0
    frames: int = 0
    statuses: Counter[tuple[int, int]] = field(default_factory=Counter)
    """(entry, status) -> count."""
    errors: Counter[tuple[int, str, str]] = field(default_factory=Counter)
    """(entry, kind, text) -> count."""
    figures: RunFigures = field(default_factory=RunFigures)
    lost_starts: Counter[tuple[int, str]] = field(default_factory=Counter)
    """(second, id of the lost worker) -> planned starts that no frame tells of. A worker that was
    asked about has an entry, be it 0."""

    def __post_init__(self) -> None:
        self.counts: Counts = np.zeros((self.entries, len(COUNTS)), np.int64)
        self.buckets: Counts = np.zeros((_METRICS, self.entries, _FIRST_WIDTH), np.int64)
        self.extremes: Counts = np.zeros((_METRICS, self.entries, 3), np.int64)
        self.extremes[:, :, _MIN] = NO_MINIMUM
        self._texts: Counter[int] = Counter()

    def add(self, frame: worker_pb2.Frame) -> None:
        """Adds what one worker did in one second."""
        self.frames += 1
        self._add_figures(frame)
        rows: list[tuple[int, ...]] = []
        marks: list[tuple[int, ...]] = []
        index, count, lengths = array("q"), array("q"), []
        for step in frame.steps:
            entry = step.entry
            rows.append(
                (
                    entry,
                    step.ok,
                    step.failed,
                    step.aborted,
                    step.sent_bytes,
                    step.received_bytes,
                    step.stale_reuse,
                    step.warnings,
                )
            )
            for metric, histogram in enumerate((step.service, step.scheduled, step.first_byte)):
                length = len(histogram.index)
                if length:
                    index.extend(histogram.index)
                    count.extend(histogram.count)
                    lengths.append(length)
                    marks.append(
                        (metric, entry, histogram.min_us, histogram.max_us, histogram.sum_us)
                    )
            for status in step.statuses:
                self.statuses[entry, status.status] += status.count
            for error in step.errors:
                self._add_error(entry, error.kind, error.text, error.count)
        if rows:
            self._add_rows(np.array(rows, np.int64))
        if marks:
            self._add_buckets(index, count, lengths, np.array(marks, np.int64))

    def _add_figures(self, frame: worker_pb2.Frame) -> None:
        figures = self.figures
        figures.users += frame.users
        figures.in_flight += frame.in_flight
        figures.target_users += frame.target_users
        figures.target_rate += frame.target_rate
        figures.plan_version = max(figures.plan_version, frame.plan_version)
        for name in _ADDED:
            setattr(figures, name, getattr(figures, name) + getattr(frame, name))
        figures.arrivals_reached = max(figures.arrivals_reached, frame.arrivals_reached)
        for lost in frame.lost_starts:
            self.lost_starts[lost.second, lost.worker_id] += lost.count

    def _add_error(self, entry: int, kind: str, text: str, count: int) -> None:
        if (entry, kind, text) not in self.errors:
            if self._texts[entry] >= MOST_TEXTS:
                text = OTHER_TEXT
            self._texts[entry] += 1
        self.errors[entry, kind, text] += count

    def _add_rows(self, rows: Counts) -> None:
        self._make_room(int(rows[:, 0].max()) + 1, 0)
        np.add.at(self.counts, rows[:, 0], rows[:, 1:])

    def _add_buckets(
        self, index: array[int], count: array[int], lengths: list[int], marks: Counts
    ) -> None:
        places = np.minimum(np.frombuffer(index, np.int64), BUCKETS - 1)
        self._make_room(int(marks[:, 1].max()) + 1, int(places.max()) + 1)
        width = self.buckets.shape[2]
        base = (marks[:, 0] * self.entries + marks[:, 1]) * width
        flat = self.buckets.reshape(-1)
        np.add.at(flat, np.repeat(base, lengths) + places, np.frombuffer(count, np.int64))
        where = (marks[:, 0], marks[:, 1])
        np.minimum.at(self.extremes[:, :, _MIN], where, marks[:, 2])
        np.maximum.at(self.extremes[:, :, _MAX], where, marks[:, 3])
        np.add.at(self.extremes[:, :, _SUM], where, marks[:, 4])

    def _make_room(self, entries: int, width: int) -> None:
        now = self.buckets.shape[2]
        if entries <= self.entries and width <= now:
            return
        entries = max(entries, self.entries)
        width = min(max(now, 1 << max(width - 1, 0).bit_length()), BUCKETS) if width > now else now
        buckets = np.zeros((_METRICS, entries, width), np.int64)
        buckets[:, : self.entries, :now] = self.buckets
        extremes = np.zeros((_METRICS, entries, 3), np.int64)
        extremes[:, :, _MIN] = NO_MINIMUM
        extremes[:, : self.entries] = self.extremes
        counts = np.zeros((entries, len(COUNTS)), np.int64)
        counts[: self.entries] = self.counts
        self.buckets, self.extremes, self.counts, self.entries = buckets, extremes, counts, entries

    def merge(self, other: FrameSum) -> None:
        """Adds another sum; the figures of the run become the other's, counts are added."""
        self._make_room(other.entries, other.buckets.shape[2])
        self.frames += other.frames
        self.counts[: other.entries] += other.counts
        self.buckets[:, : other.entries, : other.buckets.shape[2]] += other.buckets
        mine, theirs = self.extremes[:, : other.entries], other.extremes
        np.minimum(mine[:, :, _MIN], theirs[:, :, _MIN], out=mine[:, :, _MIN])
        np.maximum(mine[:, :, _MAX], theirs[:, :, _MAX], out=mine[:, :, _MAX])
        mine[:, :, _SUM] += theirs[:, :, _SUM]
        self.statuses.update(other.statuses)
        for (entry, kind, text), count in other.errors.items():
            self._add_error(entry, kind, text, count)
        figures, latest = self.figures, other.figures
        figures.users, figures.in_flight = latest.users, latest.in_flight
        figures.target_users, figures.target_rate = latest.target_users, latest.target_rate
        figures.plan_version = max(figures.plan_version, latest.plan_version)
        for name in _ADDED:
            setattr(figures, name, getattr(figures, name) + getattr(latest, name))
        figures.arrivals_reached = max(figures.arrivals_reached, latest.arrivals_reached)
        self.lost_starts.update(other.lost_starts)

    def distribution(self, entry: int, metric: Metric = Metric.SERVICE) -> Distribution:
        """Copy of one entry's distribution."""
        return self.distribution_of((entry,), metric)

    def distribution_of(
        self, entries: tuple[int, ...], metric: Metric = Metric.SERVICE
    ) -> Distribution:
        """Distribution over several entries."""
        known = [entry for entry in entries if entry < self.entries]
        if not known:
            return Distribution()
        # A stretch without gaps is read in place; a list of numbers would copy every row first.
        span = range(known[0], known[-1] + 1)
        chosen = slice(span.start, span.stop) if known == list(span) else known
        extremes = self.extremes[metric, chosen]
        return Distribution(
            self.buckets[metric, chosen].sum(axis=0),
            int(extremes[:, _MIN].min()),
            int(extremes[:, _MAX].max()),
            int(extremes[:, _SUM].sum()),
        )

    def below(
        self, entries: Sequence[int], limits_us: Sequence[float]
    ) -> tuple[Counts, Counts, Counts]:
        """Service times of known entries: how many, how many below each limit, their sum.

        Shapes (entries), (entries, limits), (entries); microseconds.
        """
        chosen = list(entries)
        counts = self.buckets[Metric.SERVICE, chosen]
        lower, upper = LOWER_US[: counts.shape[1]], LOWER_US[1 : counts.shape[1] + 1]
        limits = np.asarray(limits_us)[None, :]
        inside = np.clip((limits - lower[:, None]) / (upper - lower)[:, None], 0.0, 1.0)
        below = np.rint(counts.astype(np.float64) @ inside).astype(np.int64)
        return counts.sum(axis=1), below, self.extremes[Metric.SERVICE, chosen, _SUM]

    def frame(self) -> worker_pb2.Frame:
        """The sum as a frame of no worker."""
        figures = self.figures
        frame = worker_pb2.Frame(
            users=figures.users,
            in_flight=figures.in_flight,
            target_users=figures.target_users,
            target_rate=figures.target_rate,
            plan_version=figures.plan_version,
            arrivals_reached=figures.arrivals_reached,
            **{name: getattr(figures, name) for name in _ADDED},
        )
        for (second, worker_id), count in self.lost_starts.items():
            frame.lost_starts.add(second=second, worker_id=worker_id, count=count)
        steps = {}
        for entry in np.flatnonzero(self.counts.any(axis=1)).tolist():
            row = dict(zip(COUNTS, self.counts[entry].tolist(), strict=True))
            step = steps[entry] = frame.steps.add(entry=entry, **row)
            self.distribution(entry, Metric.SERVICE).fill(step.service)
            self.distribution(entry, Metric.SCHEDULED).fill(step.scheduled)
            self.distribution(entry, Metric.FIRST_BYTE).fill(step.first_byte)
        for (entry, status), count in self.statuses.items():
            if entry in steps:
                steps[entry].statuses.add(status=status, count=count)
        for (entry, kind, text), count in self.errors.items():
            if entry in steps:
                steps[entry].errors.add(kind=kind, text=text, count=count)
        return frame
