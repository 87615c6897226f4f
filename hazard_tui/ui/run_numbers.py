"""What the console keeps of a run: seconds for charts, rows for tables, workers over time."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hazard_tui.stats.histogram import BUCKETS, NO_MINIMUM, Distribution
from hazard_tui.stats.merge import ABORTED, FAILED, OK, FrameSum, Metric

KIND_REQUEST, KIND_GROUP, KIND_ITERATION, KIND_SCRIPT = range(4)

PERCENTS = (50.0, 75.0, 90.0, 95.0, 99.0, 99.9)
"""Percentiles of a row."""
NO_TIMES = (0.0,) * len(PERCENTS)
KEPT_FRAMES = 4000
"""Seconds that can be looked at again; older ones are in the totals only."""


@dataclass(frozen=True, slots=True)
class Point:
    """One second of the run, for charts. Latencies in microseconds."""

    second: int
    rps: float
    failed: float
    users: float
    p50: float
    p95: float
    p99: float
    scheduled_p99: float
    dropped: int
    target_users: float
    target_rate: float


@dataclass(frozen=True, slots=True)
class EntryRow:
    """Numbers of one entry, or of several together, over a span."""

    name: str
    task: str
    entry: int
    """-1: several entries."""
    kind: int
    ok: int
    failed: int
    aborted: int
    rps: float
    p50: float
    p75: float
    p90: float
    p95: float
    p99: float
    p999: float
    max: float
    mean: float
    scheduled_p99: float
    method: str = ""

    @property
    def requests(self) -> int:
        """Requests in all."""
        return self.ok + self.failed + self.aborted

    @property
    def fail_share(self) -> float:
        """Failed requests as a share of the finished ones, 0 to 1."""
        done = self.ok + self.failed
        return self.failed / done if done else 0.0


@dataclass(frozen=True, slots=True)
class WorkerSecond:
    """What one worker did in one second."""

    second: int
    users: float
    done: int
    failed: int
    mean: float
    """Microseconds; 0 without values."""
    generator: Any


@dataclass(slots=True)
class WorkerView:
    """One worker of the run."""

    record: Any
    seconds: deque[WorkerSecond] = field(default_factory=lambda: deque(maxlen=KEPT_FRAMES))

    @property
    def is_lost(self) -> bool:
        """True when it went before the run's end."""
        return self.record.state in ("lost", "failed")

    def take(self, frame: Any, requests: frozenset[int]) -> None:
        """Takes a frame of this worker; `requests` are the entries that count."""
        done = failed = values = total = 0
        for step in frame.steps:
            if step.entry in requests:
                done += step.ok + step.failed
                failed += step.failed
                total += step.service.sum_us
                values += step.ok + step.failed
        mean = total / values if values else 0.0
        self.seconds.append(
            WorkerSecond(frame.second, frame.users, done, failed, mean, frame.generator)
        )

    def at(self, until: int) -> WorkerSecond | None:
        """Its newest second that is not after `until`; 0: its newest."""
        if not until:
            return self.seconds[-1] if self.seconds else None
        return next((one for one in reversed(self.seconds) if one.second <= until), None)


@dataclass(slots=True)
class Span:
    """What the picture covers: everything up to `until`, or the last seconds before it."""

    window_s: int = 60
    """0: the whole run."""
    until: int = 0
    """Second that is shown as now; 0: the newest."""


Label = tuple[str, str, int, str]
"""Name, task, kind and method of a row."""


def distribution_of_all(histograms: Iterable[Any]) -> Distribution:
    """The distribution of many histogram messages, added up at once."""
    index, count = array("q"), array("q")
    least, most, total = int(NO_MINIMUM), 0, 0
    for one in histograms:
        if len(one.index):
            index.extend(one.index)
            count.extend(one.count)
            least, most = min(least, one.min_us), max(most, one.max_us)
            total += one.sum_us
    if not len(index):
        return Distribution()
    places = np.minimum(np.frombuffer(index, np.int64), BUCKETS - 1)
    counts = np.zeros(int(places.max()) + 1, np.int64)
    np.add.at(counts, places, np.frombuffer(count, np.int64))
    return Distribution(counts, least, most, total)


def entry_rows(
    total: FrameSum,
    groups: Sequence[tuple[int, ...]],
    labels: Sequence[Label],
    rates: Mapping[int, float],
    *,
    single: bool,
    times: bool = True,
) -> list[EntryRow]:
    """One row per group of entries; `rates` are requests per second of each entry.

    `single`: a group is one entry, not several added up. Without `times` latencies are left 0,
    which is all that counting, filtering and sorting hundreds of rows needs.
    """
    found = []
    for group, (name, task, kind, method) in zip(groups, labels, strict=True):
        known = tuple(entry for entry in group if entry < total.entries)
        rows = total.counts[known[0] : known[0] + 1] if single else total.counts[list(known)]
        counts = rows.sum(axis=0).tolist()
        service = total.distribution_of(known) if times else Distribution()
        planned = total.distribution_of(known, Metric.SCHEDULED) if times else Distribution()
        p50, p75, p90, p95, p99, p999 = service.percentiles(PERCENTS) if times else NO_TIMES
        found.append(
            EntryRow(
                name=name,
                task=task,
                entry=group[0] if single else -1,
                kind=kind,
                ok=counts[OK],
                failed=counts[FAILED],
                aborted=counts[ABORTED],
                rps=sum(rates.get(entry, 0.0) for entry in group),
                p50=p50,
                p75=p75,
                p90=p90,
                p95=p95,
                p99=p99,
                p999=p999,
                max=float(service.max_us),
                mean=service.mean_us,
                scheduled_p99=planned.percentile(99) if planned.max_us else 0.0,
                method=method,
            )
        )
    return found
