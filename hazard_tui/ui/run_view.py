"""A run as the console sees it: merged frames in, series and rows out.

Live runs, ended runs and replays are the same to it: a `RunRecord` and frames in order.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from typing import Any

from hazard_tui.plan.model import Plan
from hazard_tui.stats.histogram import Distribution
from hazard_tui.stats.merge import ABORTED, FAILED, OK, FrameSum, Metric

STATE_WORDS = {
    0: "unknown",
    1: "preparing",
    2: "starting",
    3: "running",
    4: "stopping",
    5: "finished",
    6: "stopped",
    7: "failed",
    8: "aborted",
}
ACTIVE = frozenset({"preparing", "starting", "running", "stopping"})
KIND_REQUEST, KIND_GROUP, KIND_ITERATION, KIND_SCRIPT = range(4)

KEPT_FRAMES = 4000
"""Seconds whose histograms are kept for scrubbing and heat; older ones are in the totals only."""
KEPT_EVENTS = 500
RECENT_S = 10
"""Seconds that the "now" columns of the table look back."""


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
    p95: float
    p99: float
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


@dataclass(slots=True)
class WorkerView:
    """One worker of the run."""

    record: Any
    last: Any = None
    """Its newest frame."""
    rps: float = 0.0


@dataclass(slots=True)
class Span:
    """What the picture covers: everything up to `until`, or the last seconds before it."""

    window_s: int = 60
    """0: the whole run."""
    until: int = 0
    """Second that is shown as now; 0: the newest."""


class RunView:
    """Takes the updates of one run."""

    def __init__(self, record: Any) -> None:
        self.record = record
        self.caught_up = False
        self.is_paused = False
        self.total = FrameSum(len(record.entries))
        self.points: deque[Point] = deque(maxlen=24 * 3600)
        self.frames: deque[Any] = deque(maxlen=KEPT_FRAMES)
        self.events: deque[Any] = deque(maxlen=KEPT_EVENTS)
        self.workers: dict[str, WorkerView] = {}
        self._entries: dict[int, Any] = {}
        self._requests: list[int] = []
        self._take_record(record)

    # identity and state

    @property
    def run_id(self) -> str:
        """Id of the run."""
        return str(self.record.run_id)

    @property
    def state_word(self) -> str:
        """`running`, `finished` …"""
        return STATE_WORDS.get(self.record.state, "unknown")

    @property
    def is_active(self) -> bool:
        """False once the run has ended."""
        return self.state_word in ACTIVE

    @property
    def state_text(self) -> str:
        """State with the elapsed time."""
        word = "paused" if self.is_paused and self.is_active else self.state_word
        if not self.points:
            return word
        planned = self.record.planned_ms // 1000
        done = self.points[-1].second - self.points[0].second + 1
        return f"{word} {clock(done)}" + (f"/{clock(planned)}" if planned else "")

    @property
    def plan_name(self) -> str:
        """Name of the plan."""
        return str(self.record.plan_name or self.record.plan_path)

    @property
    def next_second(self) -> int:
        """Second after the newest one: where a broken stream goes on."""
        return self.points[-1].second + 1 if self.points else 0

    @property
    def users_now(self) -> float:
        """Users of the newest second."""
        return self.points[-1].users if self.points else 0.0

    @property
    def rate_now(self) -> float:
        """Planned arrivals per second of the newest second; 0 in user stages."""
        return self.points[-1].target_rate if self.points else 0.0

    @property
    def load_now_text(self) -> str:
        """The load as a person would type it."""
        return f"{self.rate_now:g}/s" if self.rate_now else f"{self.users_now:g}"

    # taking updates

    def take(self, update: Any) -> None:
        """Takes one `RunUpdate`."""
        kind = update.WhichOneof("kind")
        if kind == "record":
            self._take_record(update.record)
        elif kind == "frame":
            self._take_frame(update.frame)
        elif kind == "event":
            self._take_event(update.event)
        elif kind == "caught_up":
            self.caught_up = True

    def _take_record(self, record: Any) -> None:
        plan = record.plan if record.HasField("plan") else self.record.plan
        self.record = record
        if not record.HasField("plan"):
            self.record.plan.CopyFrom(plan)
        self._entries = {one.entry: one for one in record.entries}
        self._requests = [one.entry for one in record.entries if one.kind == KIND_REQUEST]
        for worker in record.workers:
            view = self.workers.setdefault(worker.worker_id, WorkerView(worker))
            view.record = worker

    def _take_event(self, event: Any) -> None:
        self.events.append(event)

    def _take_frame(self, frame: Any) -> None:
        if frame.worker_id:
            view = self.workers.get(frame.worker_id)
            if view is not None:
                view.last = frame
                view.rps = float(sum(self._done(step) for step in frame.steps))
            return
        # Seconds without any frame stay visible as gaps.
        self.total.add(frame)
        self.total.figures = _latest(self.total.figures, frame)
        self.frames.append(frame)
        self.points.append(self._point(frame))

    def _done(self, step: Any) -> int:
        entry = self._entries.get(step.entry)
        counted = entry is None or entry.kind == KIND_REQUEST
        return int(step.ok + step.failed) if counted else 0

    def _point(self, frame: Any) -> Point:
        one = FrameSum(len(self.record.entries))
        one.add(frame)
        wanted = tuple(self._requests)
        service = one.distribution_of(wanted)
        planned = one.distribution_of(wanted, Metric.SCHEDULED)
        p50, p95, p99 = service.percentiles((50, 95, 99))
        rows = one.counts[self._requests] if self._requests else one.counts
        return Point(
            second=int(frame.second),
            rps=float(rows[:, OK].sum() + rows[:, FAILED].sum()),
            failed=float(rows[:, FAILED].sum()),
            users=float(frame.users),
            p50=p50,
            p95=p95,
            p99=p99,
            scheduled_p99=planned.percentile(99),
            dropped=int(frame.arrivals_dropped),
            target_users=float(frame.target_users),
            target_rate=float(frame.target_rate),
        )

    # reading

    def series(self, name: str, width: int, span: Span) -> list[float | None]:
        """Values of one field of the points for a chart of `width` columns, oldest first.

        A window longer than the chart is folded: each column shows the largest value of its
        seconds. Columns begin at multiples of their length, so that a full one never changes.
        Seconds without a frame are None.
        """
        shown = self.points_of(span)
        if not shown:
            return []
        last = span.until or shown[-1].second
        first = max(shown[0].second, last - span.window_s + 1) if span.window_s else shown[0].second
        fold = max(1, -(-(last - first + 1) // max(1, width)))
        columns: dict[int, float] = {}
        for point in shown:
            column = point.second // fold
            value = float(getattr(point, name))
            columns[column] = max(columns.get(column, 0.0), value)
        return [columns.get(column) for column in range(first // fold, last // fold + 1)][-width:]

    def points_of(self, span: Span) -> list[Point]:
        """Points inside a span."""
        if not self.points:
            return []
        last = span.until or self.points[-1].second
        first = last - span.window_s + 1 if span.window_s else 0
        return [point for point in self.points if first <= point.second <= last]

    def sum_of(self, span: Span) -> tuple[FrameSum, float]:
        """Sum of the frames of a span, and its length in seconds."""
        whole = not span.window_s and not span.until
        if whole:
            return self.total, self.elapsed_s
        points = self.points_of(span)
        if not points:
            return FrameSum(len(self.record.entries)), 0.0
        first, last = points[0].second, points[-1].second
        total = FrameSum(len(self.record.entries))
        for frame in self.frames:
            if first <= frame.second <= last:
                total.add(frame)
        return total, float(last - first + 1)

    @property
    def elapsed_s(self) -> float:
        """Seconds from the first to the newest frame."""
        return float(self.points[-1].second - self.points[0].second + 1) if self.points else 0.0

    def rows(self, span: Span) -> list[EntryRow]:
        """One row per entry that has numbers, in the order of the plan."""
        total, seconds = self.sum_of(span)
        return [
            self._row(total, (one.entry,), seconds, one.name, one.task_name, one.kind, one.method)
            for one in sorted(self.record.entries, key=lambda one: one.entry)
            if one.entry < total.entries and total.counts[one.entry].any()
        ]

    def task_rows(self, span: Span) -> list[EntryRow]:
        """One row per task: its requests together."""
        total, seconds = self.sum_of(span)
        tasks: dict[str, list[int]] = {}
        for one in self.record.entries:
            if one.kind == KIND_REQUEST:
                tasks.setdefault(one.task_name, []).append(one.entry)
        return [
            self._row(total, tuple(entries), seconds, name, name, KIND_REQUEST)
            for name, entries in tasks.items()
        ]

    def total_row(self, span: Span) -> EntryRow:
        """All requests together."""
        total, seconds = self.sum_of(span)
        return self._row(total, tuple(self._requests), seconds, "all requests", "", KIND_REQUEST)

    def _row(
        self,
        total: FrameSum,
        entries: tuple[int, ...],
        seconds: float,
        name: str,
        task: str,
        kind: int,
        method: str = "",
    ) -> EntryRow:
        known = [entry for entry in entries if entry < total.entries]
        counts = total.counts[known].sum(axis=0) if known else total.counts[:0].sum(axis=0)
        service: Distribution = total.distribution_of(tuple(known))
        p50, p95, p99 = service.percentiles((50, 95, 99))
        planned = total.distribution_of(tuple(known), Metric.SCHEDULED)
        ok, failed = int(counts[OK]), int(counts[FAILED])
        return EntryRow(
            name=name,
            task=task,
            entry=entries[0] if len(entries) == 1 else -1,
            kind=kind,
            ok=ok,
            failed=failed,
            aborted=int(counts[ABORTED]),
            rps=(ok + failed) / seconds if seconds else 0.0,
            p50=p50,
            p95=p95,
            p99=p99,
            max=float(service.max_us),
            mean=service.mean_us,
            scheduled_p99=planned.percentile(99),
            method=method,
        )

    def errors(self) -> list[tuple[str, str, str, int]]:
        """(step, kind, text, count) of every error, most frequent first."""
        found = [
            (self._name(entry), kind, text, count)
            for (entry, kind, text), count in self.total.errors.items()
        ]
        return sorted(found, key=lambda one: -one[3])

    def statuses(self) -> list[tuple[int, int]]:
        """(status, count) over all entries, by status."""
        counted: Counter[int] = Counter()
        for (_, status), count in self.total.statuses.items():
            counted[status] += count
        return sorted(counted.items())

    def _name(self, entry: int) -> str:
        known = self._entries.get(entry)
        return str(known.name) if known is not None else f"#{entry}"

    @property
    def has_arrivals(self) -> bool:
        """True when some second was planned in arrivals."""
        return any(point.target_rate for point in self.points)

    def plan(self) -> Plan:
        """The plan of the run."""
        from hazard_tui.rpc.convert import plan_model

        return plan_model(self.record.plan)


def _latest(figures: Any, frame: Any) -> Any:
    """Figures in which what is a state, not a count, is the frame's."""
    figures.users, figures.in_flight = frame.users, frame.in_flight
    figures.target_users, figures.target_rate = frame.target_users, frame.target_rate
    return figures


def clock(seconds: float) -> str:
    """`0:07`, `12:40`, `1:02:03`."""
    whole = int(seconds)
    if whole >= 3600:
        return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
    return f"{whole // 60}:{whole % 60:02d}"


def time_text(microseconds: float) -> str:
    """A latency with 3 significant digits, so that noise does not repaint rows."""
    if microseconds <= 0:
        return "-"
    if microseconds < 1000:
        return f"{microseconds:.0f}us"
    milliseconds = microseconds / 1000
    if milliseconds < 1000:
        return f"{milliseconds:.3g}ms" if milliseconds < 100 else f"{milliseconds:.0f}ms"
    return f"{milliseconds / 1000:.3g}s"


def count_text(value: float) -> str:
    """A number with 3 to 4 significant digits: `950`, `12.3k`, `4.56M`."""
    if value < 10:
        return f"{value:.3g}"
    if value < 10_000:
        return f"{value:.0f}"
    if value < 1_000_000:
        return f"{value / 1000:.1f}k"
    return f"{value / 1_000_000:.2f}M"
