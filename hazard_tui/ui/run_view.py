"""A run as the console sees it: merged frames in, series and rows out.

Live runs, ended runs and replays are the same to it: a `RunRecord` and frames in order. What is
asked with `until` is answered as of that second; 0 is the newest.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from hazard_tui.plan.model import Plan, Threshold
from hazard_tui.stats.histogram import Counts
from hazard_tui.stats.merge import FrameSum, Metric
from hazard_tui.stats.plan_versions import plan_title
from hazard_tui.ui.bands import band_counts
from hazard_tui.ui.number_text import clock
from hazard_tui.ui.past_sums import PastSums
from hazard_tui.ui.run_numbers import (
    KEPT_FRAMES,
    KIND_REQUEST,
    EntryRow,
    Point,
    Span,
    WorkerView,
    distribution_of_all,
    entry_rows,
)
from hazard_tui.ui.what_changed import ChangeWatch

if TYPE_CHECKING:
    from hazard_tui.ui.replay import Replay

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
KEPT_EVENTS = 500
RECENT_S = 10
"""Seconds that the rate of the table looks back."""


class RunView:
    """Takes the updates of one run."""

    def __init__(self, record: Any) -> None:
        self.record = record
        self.caught_up = False
        self.is_paused = False
        self.total = FrameSum(len(record.entries))
        self.points: deque[Point] = deque(maxlen=24 * 3600)
        self.bands: deque[Counts] = deque(maxlen=24 * 3600)
        """Requests by latency band, of every second of `points`."""
        self.frames: deque[Any] = deque(maxlen=KEPT_FRAMES)
        self.events: deque[Any] = deque(maxlen=KEPT_EVENTS)
        self.workers: dict[str, WorkerView] = {}
        self.thresholds: tuple[Threshold, ...] = ()
        self.ghost: RunView | None = None
        """An earlier run that the charts show behind this one."""
        self.replay: Replay | None = None
        """What plays this run again; None: it is live, or was read as a whole."""
        self._entries: dict[int, Any] = {}
        self._requests: tuple[int, ...] = ()
        self._request_set: frozenset[int] = frozenset()
        self._seen_events: set[tuple[int, str, str, str]] = set()
        self.changes = ChangeWatch()
        self._total_row: tuple[tuple[int, int], EntryRow] | None = None
        self._rates: tuple[tuple[int, int], dict[int, float]] | None = None
        self._past = PastSums(len(record.entries), self.frames)
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
        """False once the run has ended, and in a replay."""
        return self.state_word in ACTIVE and self.replay is None

    @property
    def state_text(self) -> str:
        """State with the elapsed time."""
        return self.state_text_at(0)

    def state_text_at(self, until: int) -> str:
        """State with the elapsed time as of a second."""
        word = "paused" if self.is_paused and self.is_active else self.state_word
        if self.replay is not None:
            word = f"replay {self.replay.text}"
        if not self.points:
            return word
        planned = self.record.planned_ms // 1000
        done = (until or self.points[-1].second) - self.points[0].second + 1
        return f"{word} {clock(done)}" + (f"/{clock(planned)}" if planned else "")

    @property
    def plan_name(self) -> str:
        """Name of the plan; with its version when it was replaced during the run."""
        return plan_title(self.record)

    @property
    def first_second(self) -> int:
        """The first second with a frame; 0 before any."""
        return self.points[0].second if self.points else 0

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
            self.take_frame(update.frame)
        elif kind == "event":
            self.take_event(update.event)
        elif kind == "caught_up":
            self.caught_up = True

    def _take_record(self, record: Any) -> None:
        plan = record.plan if record.HasField("plan") else self.record.plan
        self.record = record
        if not record.HasField("plan"):
            self.record.plan.CopyFrom(plan)
        self.thresholds = tuple(
            Threshold(rule=one.rule, task=one.task, step=one.step, tag=one.tag)
            for one in record.plan.thresholds
        )
        self._entries = {one.entry: one for one in record.entries}
        self._requests = tuple(one.entry for one in record.entries if one.kind == KIND_REQUEST)
        self._request_set = frozenset(self._requests)
        for worker in record.workers:
            self.workers.setdefault(worker.worker_id, WorkerView(worker)).record = worker

    def take_event(self, event: Any) -> None:
        """Takes an event; one that came before, on another connection, is left out."""
        key = (event.at_unix_ms, event.kind, event.text, event.worker_id)
        if key not in self._seen_events:
            self._seen_events.add(key)
            self.events.append(event)

    def take_frame(self, frame: Any) -> None:
        """Takes the frame of a worker, or a merged one of a second that is not there yet."""
        if frame.worker_id:
            view = self.workers.get(frame.worker_id)
            if view is not None and (not view.seconds or view.seconds[-1].second < frame.second):
                view.take(frame, self._request_set)
            return
        if frame.second < self.next_second:
            return
        self.total.add(frame)
        if len(self.frames) == KEPT_FRAMES:
            self._past.forget(self.frames[0])
        self.frames.append(frame)
        self.points.append(self._point(frame))
        self.changes.look(self)

    def _point(self, frame: Any) -> Point:
        steps = [step for step in frame.steps if step.entry in self._request_set]
        service = distribution_of_all(step.service for step in steps)
        self.bands.append(band_counts(service.counts).astype(np.int32))
        planned = distribution_of_all(step.scheduled for step in steps)
        p50, p95, p99 = service.percentiles((50, 95, 99))
        failed = sum(step.failed for step in steps)
        return Point(
            second=int(frame.second),
            rps=float(failed + sum(step.ok for step in steps)),
            failed=float(failed),
            users=float(frame.users),
            p50=p50,
            p95=p95,
            p99=p99,
            scheduled_p99=planned.percentile(99),
            dropped=int(frame.arrivals_dropped),
            target_users=float(frame.target_users),
            target_rate=float(frame.target_rate),
        )

    # seconds

    def point_at(self, until: int) -> Point | None:
        """The newest second that is not after `until`; None before any."""
        if not until:
            return self.points[-1] if self.points else None
        return next((point for point in reversed(self.points) if point.second <= until), None)

    def points_of(self, span: Span) -> list[Point]:
        """Points inside a span."""
        if not self.points:
            return []
        last = span.until or self.points[-1].second
        first = last - span.window_s + 1 if span.window_s else 0
        found = []
        for point in reversed(self.points):
            if point.second < first:
                break
            if point.second <= last:
                found.append(point)
        return found[::-1]

    def bounds(self, width: int, span: Span) -> tuple[int, int, int]:
        """First and last second of a chart of `width` columns, and the seconds of a column.

        Columns begin at multiples of their length, so that a full one never changes.
        """
        last = span.until or self.points[-1].second
        start = self.first_second
        first = max(start, last - span.window_s + 1) if span.window_s else start
        fold = max(1, -(-(last - first + 1) // max(1, width)))
        while last // fold - first // fold + 1 > max(1, width):
            fold += 1
        return first, last, fold

    def series(self, name: str, width: int, span: Span) -> list[float | None]:
        """Values of one field of the points for a chart of `width` columns, oldest first.

        A column of several seconds shows the largest value; one without a frame is None.
        """
        if not self.points:
            return []
        first, last, fold = self.bounds(width, span)
        columns = _folded(self.points_of(span), name, fold, 0)
        return [columns.get(column) for column in range(first // fold, last // fold + 1)]

    def ghost_series(self, name: str, width: int, span: Span) -> list[float | None]:
        """The same of the earlier run, by seconds since its start; empty without one."""
        ghost = self.ghost
        if ghost is None or not self.points or not ghost.points:
            return []
        first, last, fold = self.bounds(width, span)
        shift = self.first_second - ghost.first_second
        columns = _folded(ghost.points, name, fold, shift)
        return [columns.get(column) for column in range(first // fold, last // fold + 1)]

    def events_until(self, until: int) -> list[Any]:
        """Events up to the end of a second, oldest first."""
        if not until:
            return list(self.events)
        return [event for event in self.events if event.at_unix_ms < (until + 1) * 1000]

    def elapsed_s(self, until: int = 0) -> float:
        """Seconds from the first one to `until`."""
        if not self.points:
            return 0.0
        return float((until or self.points[-1].second) - self.first_second + 1)

    # rows

    def total_until(self, until: int) -> FrameSum:
        """Everything from the start to a second."""
        if not until or not self.points or until >= self.points[-1].second:
            return self.total
        return self._past.until(until)

    def rows(self, until: int = 0, *, times: bool = True) -> list[EntryRow]:
        """One row per entry that has numbers, in the order of the plan."""
        total = self.total_until(until)
        used = frozenset(np.flatnonzero(total.counts.any(axis=1)).tolist())
        return self.rows_of([entry for entry in self._entries if entry in used], until, times=times)

    def rows_of(self, entries: list[int], until: int = 0, *, times: bool = True) -> list[EntryRow]:
        """One row per entry; without `times` their latencies are left 0."""
        total = self.total_until(until)
        known = [self._entries[entry] for entry in entries]
        labels = [(one.name, one.task_name, one.kind, one.method) for one in known]
        groups = [(entry,) for entry in entries]
        rates = self._recent_rates(until)
        return entry_rows(total, groups, labels, rates, single=True, times=times)

    def task_rows(self, until: int = 0) -> list[EntryRow]:
        """One row per task: its requests together."""
        tasks: dict[str, list[int]] = {}
        for entry in self._requests:
            tasks.setdefault(self._entries[entry].task_name, []).append(entry)
        labels = [(name, name, KIND_REQUEST, "") for name in tasks]
        groups = [tuple(entries) for entries in tasks.values()]
        rates = self._recent_rates(until)
        return entry_rows(self.total_until(until), groups, labels, rates, single=False)

    def total_row(self, until: int = 0) -> EntryRow:
        """All requests together."""
        key = (until, self.next_second)
        if self._total_row is None or self._total_row[0] != key:
            label = ("all requests", "", KIND_REQUEST, "")
            total, rates = self.total_until(until), self._recent_rates(until)
            row = entry_rows(total, [self._requests], [label], rates, single=False)[0]
            self._total_row = (key, row)
        return self._total_row[1]

    def _recent_rates(self, until: int) -> dict[int, float]:
        """Finished requests per second of every entry over the last seconds."""
        key = (until, self.next_second)
        if self._rates is not None and self._rates[0] == key:
            return self._rates[1]
        last = until or (self.points[-1].second if self.points else 0)
        span = max(1, min(RECENT_S, last - self.first_second + 1))
        done: Counter[int] = Counter()
        for frame in reversed(self.frames):
            if frame.second <= last - span:
                break
            if frame.second <= last:
                for step in frame.steps:
                    done[step.entry] += step.ok + step.failed
        rates = {entry: count / span for entry, count in done.items()}
        self._rates = (key, rates)
        return rates

    def errors(self, until: int = 0) -> list[tuple[str, str, str, int]]:
        """(step, kind, text, count) of every error, most frequent first."""
        found = [
            (self.name_of(entry), kind, text, count)
            for (entry, kind, text), count in self.total_until(until).errors.items()
        ]
        return sorted(found, key=lambda one: -one[3])

    def statuses(self, until: int = 0) -> list[tuple[int, int]]:
        """(status, count) over all entries, by status."""
        counted: Counter[int] = Counter()
        for (_, status), count in self.total_until(until).statuses.items():
            counted[status] += count
        return sorted(counted.items())

    def name_of(self, entry: int) -> str:
        """Name of an entry."""
        known = self._entries.get(entry)
        return str(known.name) if known is not None else f"#{entry}"

    @property
    def request_entries(self) -> tuple[int, ...]:
        """Entries that are requests: only these add up to a whole."""
        return self._requests

    @property
    def has_arrivals(self) -> bool:
        """True when the newest second, or the plan, gives arrivals per second."""
        return bool(self.rate_now) or bool(self.total.buckets[Metric.SCHEDULED].any())

    def plan(self) -> Plan:
        """The plan of the run."""
        from hazard_tui.rpc.convert import plan_model

        return plan_model(self.record.plan)


def _folded(points: Iterable[Point], name: str, fold: int, shift: int) -> dict[int, float]:
    columns: dict[int, float] = {}
    for point in points:
        column = (point.second + shift) // fold
        columns[column] = max(columns.get(column, 0.0), float(getattr(point, name)))
    return columns
