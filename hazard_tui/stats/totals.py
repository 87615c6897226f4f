"""Figures of entries: what a table, a summary line and a threshold show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2
from hazard_tui.stats.merge import (
    ABORTED,
    FAILED,
    OK,
    RECEIVED_BYTES,
    SENT_BYTES,
    STALE_REUSE,
    WARNINGS,
    FrameSum,
    Metric,
)


@dataclass(frozen=True, slots=True)
class LiveRun:
    """A run as it stands."""

    record: control_pb2.RunRecord
    totals: FrameSum
    latest: worker_pb2.Frame | None = None
    """Its newest merged frame; None before the first and after the end."""


Entries = Sequence[worker_pb2.StepEntry]

PERCENTS = (50.0, 90.0, 95.0, 99.0, 99.9)


@dataclass(frozen=True, slots=True)
class Latency:
    """Microseconds; zeros without values."""

    count: int = 0
    mean_us: float = 0.0
    min_us: float = 0.0
    p50_us: float = 0.0
    p90_us: float = 0.0
    p95_us: float = 0.0
    p99_us: float = 0.0
    p999_us: float = 0.0
    max_us: float = 0.0

    @classmethod
    def of(cls, total: FrameSum, entries: tuple[int, ...], metric: Metric) -> Latency:
        """Latency of several entries together."""
        found = total.distribution_of(entries, metric)
        if not found.count:
            return cls()
        p50, p90, p95, p99, p999 = found.percentiles(PERCENTS)
        return cls(
            found.count,
            found.mean_us,
            found.least_us,
            p50,
            p90,
            p95,
            p99,
            p999,
            float(found.max_us),
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """What one entry, or several together, did in a stretch of time."""

    seconds: float
    ok: int = 0
    failed: int = 0
    aborted: int = 0
    sent_bytes: int = 0
    received_bytes: int = 0
    stale_reuse: int = 0
    warnings: int = 0
    service: Latency = field(default_factory=Latency)
    scheduled: Latency = field(default_factory=Latency)
    """From the planned start; only arrival stages have it."""
    first_byte: Latency = field(default_factory=Latency)
    statuses: tuple[tuple[int, int], ...] = ()
    """(status, count), the most frequent first."""
    errors: tuple[tuple[str, str, int], ...] = ()
    """(kind, text, count), the most frequent first."""

    @property
    def requests(self) -> int:
        """Finished ones: ok and failed."""
        return self.ok + self.failed

    @property
    def per_s(self) -> float:
        """Finished ones per second."""
        return self.requests / self.seconds if self.seconds > 0 else 0.0

    @property
    def failed_share(self) -> float:
        """0..1 of the finished ones; 0 without any."""
        return self.failed / self.requests if self.requests else 0.0


def request_entries(entries: Entries) -> tuple[int, ...]:
    """Numbers of the entries that are requests; only these are added up to a whole."""
    return tuple(entry.entry for entry in entries if entry.kind == worker_pb2.ENTRY_KIND_REQUEST)


def figures_of(total: FrameSum, entries: tuple[int, ...], seconds: float) -> Figures:
    """Figures of several entries together."""
    known = [entry for entry in entries if entry < total.entries]
    row = total.counts[known].sum(axis=0).tolist()
    chosen = set(entries)
    statuses: dict[int, int] = {}
    for (entry, status), count in total.statuses.items():
        if entry in chosen:
            statuses[status] = statuses.get(status, 0) + count
    errors: dict[tuple[str, str], int] = {}
    for (entry, kind, text), count in total.errors.items():
        if entry in chosen:
            errors[kind, text] = errors.get((kind, text), 0) + count
    return Figures(
        seconds=seconds,
        ok=row[OK],
        failed=row[FAILED],
        aborted=row[ABORTED],
        sent_bytes=row[SENT_BYTES],
        received_bytes=row[RECEIVED_BYTES],
        stale_reuse=row[STALE_REUSE],
        warnings=row[WARNINGS],
        service=Latency.of(total, entries, Metric.SERVICE),
        scheduled=Latency.of(total, entries, Metric.SCHEDULED),
        first_byte=Latency.of(total, entries, Metric.FIRST_BYTE),
        statuses=tuple(sorted(statuses.items(), key=lambda item: -item[1])),
        errors=tuple(
            (kind, text, count)
            for (kind, text), count in sorted(errors.items(), key=lambda item: -item[1])
        ),
    )
