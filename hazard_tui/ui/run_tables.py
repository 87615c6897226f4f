"""The tables of the run screen: columns, and rows made of a `RunView` as of a second."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from hazard_tui.errors import PlanError
from hazard_tui.stats.thresholds import judge_all, parse_rule
from hazard_tui.ui.glyphs import Glyphs
from hazard_tui.ui.number_text import change_text, count_text, share_text, time_text
from hazard_tui.ui.run_numbers import KIND_REQUEST, EntryRow, Point, WorkerView
from hazard_tui.ui.run_view import RunView
from hazard_tui.ui.widgets.live_table import Column, Row

T = TypeVar("T")
STEP_COLUMNS = (
    Column("name", "step", 0, right=False, optional=False),
    Column("requests", "requests", 8, optional=False),
    Column("fail", "fail", 6, optional=False),
    Column("rps", "rps", 6, optional=False),
    Column("p50", "p50", 6, optional=False),
    Column("p95", "p95", 6, optional=False),
    Column("p99", "p99", 6, optional=False),
    Column("planned", "p99plan", 7, optional=False),
    Column("ghost", "p95 was", 12),
    Column("max", "max", 6),
    Column("aborted", "cut", 5),
)
WORKER_COLUMNS = (
    Column("address", "worker", 0, right=False, optional=False),
    Column("state", "state", 11, right=False, optional=False),
    Column("users", "users", 6),
    Column("rps", "rps", 7),
    Column("fail", "fail/s", 6),
    Column("cpu", "cpu %", 6),
    Column("lag", "lag", 6),
    Column("gc", "gc", 6),
    Column("rss", "memory", 8),
    Column("seen", "seen", 5),
)
LOST_COLUMNS = (
    Column("address", "worker", 24, right=False, optional=False),
    Column("state", "state", 11, right=False, optional=False),
    Column("rps", "rps", 7),
    Column("seen", "seen", 5),
    Column("reason", "reason (enter: all of it)", 0, right=False, optional=False),
)
"""Of the workers when one is gone: why matters more than how the others feel."""
ERROR_COLUMNS = (
    Column("count", "count", 8, optional=False),
    Column("kind", "kind", 12, right=False, optional=False),
    Column("step", "step", 20, right=False),
    Column("text", "text", 0, right=False, optional=False),
)
CHANGE_COLUMNS = (
    Column("kind", "what", 7, right=False, optional=False),
    Column("name", "name", 0, right=False, optional=False),
    Column("before", "before", 12, optional=False),
    Column("after", "after", 12, optional=False),
    Column("part", "moved", 6),
)
EVENT_COLUMNS = (
    Column("time", "time", 8, right=False, optional=False),
    Column("kind", "what", 12, right=False, optional=False),
    Column("text", "text", 0, right=False, optional=False),
)
GROUPINGS = ("steps", "tree", "tasks")
"""Steps one by one, under their tasks, or tasks alone."""
SORTS = ("plan", "requests", "fail", "p95", "rps")
MOST_ERRORS = 200
AT_RISK = 0.1
"""A threshold is at risk when less than this share of its limit is left."""
MARKED_KINDS = frozenset(
    {
        "stage",
        "worker-lost",
        "worker-joined",
        "load-changed",
        "plan-replaced",
        "marker",
        "threshold",
        "engine-exit",
    }
)
"""Events that the charts show."""

_KIND_MARKS = {1: "[group] ", 2: "[task] ", 3: "[script] "}
_SORT_KEYS: dict[str, Callable[[EntryRow], float]] = {
    "requests": lambda row: row.requests,
    "fail": lambda row: row.failed,
    "p95": lambda row: row.p95,
    "rps": lambda row: row.rps,
}


def after(choice: T, choices: Sequence[T]) -> T:
    """The choice behind this one; the first behind the last."""
    return choices[(choices.index(choice) + 1) % len(choices)]


def step_columns(run: RunView) -> list[Column]:
    """Columns that this run fills."""
    hidden = set() if run.has_arrivals else {"planned"}
    if run.ghost is None:
        hidden.add("ghost")
    return [column for column in STEP_COLUMNS if column.key not in hidden]


def step_rows(
    run: RunView,
    until: int,
    *,
    grouping: str,
    pattern: str,
    sort: str,
    visible: range,
) -> tuple[list[Row], Row | None]:
    """Rows of the steps or tasks that match, and the one of all requests.

    `grouping` is one of `GROUPINGS`. Latencies are worked out for the `visible` places only: a
    plan may have hundreds of steps.
    """
    light = sort != "p95" and grouping != "tasks"
    rows = run.task_rows(until) if grouping == "tasks" else run.rows(until, times=not light)
    if not rows:
        return [], None
    rows = [row for row in rows if matches(f"{row.method} {row.name}", pattern)]
    if sort in _SORT_KEYS:
        rows.sort(key=_SORT_KEYS[sort], reverse=True)
    if grouping == "tree":
        rows = _under_tasks(rows, run.task_rows(until), sort)
    places = range(max(0, visible.start), min(len(rows), visible.stop))
    if light:
        steps = [place for place in places if rows[place].entry >= 0]
        timed = run.rows_of([rows[place].entry for place in steps], until)
        for place, row in zip(steps, timed, strict=True):
            rows[place] = row
    earlier = _earlier(run)
    shown = [
        _step_row(row, earlier, "" if row.entry < 0 else "   " if grouping == "tree" else " ")
        if place in places
        else Row(_step_key(row))
        for place, row in enumerate(rows)
    ]
    return shown, _step_row(run.total_row(until), earlier, "")


def _under_tasks(steps: list[EntryRow], tasks: list[EntryRow], sort: str) -> list[EntryRow]:
    """Every task that has steps left, with them behind it."""
    if sort in _SORT_KEYS:
        tasks = sorted(tasks, key=_SORT_KEYS[sort], reverse=True)
    members: dict[str, list[EntryRow]] = {}
    for step in steps:
        members.setdefault(step.task, []).append(step)
    named = {task.name for task in tasks}
    rows = [row for name, found in members.items() if name not in named for row in found]
    for task in tasks:
        if task.name in members:
            rows += [task, *members[task.name]]
    return rows


def _earlier(run: RunView) -> dict[tuple[str, str, bool], EntryRow]:
    if run.ghost is None:
        return {}
    rows = (*run.ghost.rows(), *run.ghost.task_rows(), run.ghost.total_row())
    return {_place(row): row for row in rows}


def _place(row: EntryRow) -> tuple[str, str, bool]:
    """What a row of another run must have in common: a step may be called as its task is."""
    return row.task, row.name, row.entry >= 0


def matches(text: str, pattern: str) -> bool:
    """Whether a regular expression is found; with `!` before it, whether it is not."""
    if not pattern:
        return True
    try:
        found = re.search(pattern.removeprefix("!"), text, re.IGNORECASE)
    except re.error:
        return True
    return bool(found) != pattern.startswith("!")


def _step_row(row: EntryRow, earlier: dict[tuple[str, str, bool], EntryRow], indent: str) -> Row:
    name = f"{indent}{_KIND_MARKS.get(row.kind, '')}{row.name}"
    if row.kind == KIND_REQUEST and row.method and not row.name.startswith(row.method):
        name = f"{indent}{row.method} {row.name}"
    cells = {
        "name": name,
        "requests": count_text(row.requests),
        "fail": share_text(row.fail_share),
        "rps": count_text(row.rps),
        "p50": time_text(row.p50),
        "p95": time_text(row.p95),
        "p99": time_text(row.p99),
        "planned": time_text(row.scheduled_p99) if row.scheduled_p99 else "",
        "max": time_text(row.max),
        "aborted": str(row.aborted) if row.aborted else "",
    }
    before = earlier.get(_place(row))
    if before is not None and before.p95:
        cells["ghost"] = f"{time_text(before.p95)} {change_text(row.p95 / before.p95 - 1)}"
    words = ("bold" if row.entry < 0 else "", "red" if row.failed else "")
    return Row(_step_key(row), cells, " ".join(words).strip())


def _step_key(row: EntryRow) -> str:
    return f"{row.task}/{row.name}/{row.entry}"


def worker_columns(run: RunView) -> list[Column]:
    """Columns for the workers as they are."""
    return list(
        LOST_COLUMNS if any(one.is_lost for one in run.workers.values()) else WORKER_COLUMNS
    )


def worker_rows(run: RunView, until: int, glyphs: Glyphs) -> list[Row]:
    """One row per worker of the run; lost ones with their reason."""
    rows = []
    for key, one in run.workers.items():
        record, second = one.record, one.at(until)
        state = str(record.state)
        if until and one.is_lost and second is not None and second.second >= until:
            state = "running"
        lost = state in ("lost", "failed")
        glyph = glyphs.lost if lost else glyphs.on
        cells = {
            "address": f"{record.address} {record.hostname}".strip(),
            "state": f"{glyph} {state}",
            "reason": first_line(record.reason) if lost else "",
        }
        if lost and record.last_frame_unix_ms:
            cells["seen"] = time.strftime("%H:%M", time.localtime(record.last_frame_unix_ms / 1000))
        elif second is not None:
            health = second.generator
            cells |= {
                "users": f"{second.users:g}",
                "rps": count_text(second.done),
                "fail": count_text(second.failed),
                "cpu": f"{health.cpu_percent:.0f}",
                "lag": time_text(health.schedule_lag_max_us),
                "gc": time_text(health.gc_pause_us),
                "rss": f"{health.rss_bytes / 1048576:.0f} MiB",
            }
        rows.append(Row(key, cells, "red" if lost else ""))
    return rows


def worker_text(one: WorkerView) -> str:
    """Everything about a worker of a run, the tail of its stderr last."""
    record = one.record
    lines = [
        f"address  {record.address} {record.hostname}",
        f"id       {record.worker_id}",
        f"state    {record.state}",
    ]
    if one.seconds:
        lines.append(f"seconds  {len(one.seconds)}, the last with {one.seconds[-1].done} requests")
    return "\n".join([*lines, "", record.reason or "nothing to tell"])


def error_rows(run: RunView, until: int) -> list[Row]:
    """One row per step, kind and text, most frequent first."""
    return [
        Row(
            f"{number}/{step}/{kind}/{text}",
            {
                "count": count_text(count),
                "kind": kind,
                "step": step,
                "text": text.replace("\n", " "),
            },
        )
        for number, (step, kind, text, count) in enumerate(run.errors(until)[:MOST_ERRORS])
    ]


def error_text(run: RunView, until: int, key: str) -> str:
    """The whole of the error that has this key in `error_rows`."""
    number = int(key.partition("/")[0])
    step, kind, text, count = run.errors(until)[number]
    return f"step   {step}\nkind   {kind}\ncount  {count}\n\n{text}"


def event_rows(run: RunView, until: int) -> list[Row]:
    """Events, newest first."""
    return [
        Row(
            f"{number}",
            {
                "time": time.strftime("%H:%M:%S", time.localtime(event.at_unix_ms / 1000)),
                "kind": event.kind,
                "text": event.text.replace("\n", " "),
            },
            {"error": "red", "warn": "yellow"}.get(event.level, ""),
        )
        for number, event in reversed(list(enumerate(run.events_until(until))))
    ]


def change_rows(run: RunView, until: int) -> list[Row]:
    """What moved in the last jump, the most first."""
    change = run.changes.last(until)
    if change is None:
        return []
    return [
        Row(
            f"{one.kind}/{one.name}",
            {
                "kind": one.kind,
                "name": one.name,
                "before": one.before,
                "after": one.after,
                "part": f"{one.score:.0%}",
            },
        )
        for one in change.movers
    ]


def marked_columns(run: RunView, width: int, span: Any) -> set[int]:
    """Columns of a chart of `width` in which an event happened that belongs on the charts."""
    if not run.points:
        return set()
    first, last, fold = run.bounds(width, span)
    seconds = (event.at_unix_ms // 1000 for event in run.events if event.kind in MARKED_KINDS)
    return {second // fold - first // fold for second in seconds if first <= second <= last}


def threshold_texts(run: RunView, until: int, glyphs: Glyphs) -> list[str]:
    """`ok`, `at risk` or `broken` for every threshold, with its value."""
    if run.record.thresholds and not until and run.replay is None:
        results: Iterable[Any] = run.record.thresholds
    else:
        total = run.total_until(until)
        try:
            results = judge_all(
                run.thresholds, total, run.record.entries, max(1.0, run.elapsed_s(until))
            )
        except PlanError as exc:
            return [f"{glyphs.warn} {exc}"]
    return [_threshold_text(one, glyphs) for one in results]


def _threshold_text(result: Any, glyphs: Glyphs) -> str:
    value = str(result.text).rpartition("(")[2].rstrip(")")
    rule = parse_rule(result.rule)
    if not result.ok:
        glyph, word = glyphs.bad, "broken"
    elif _room(rule.sign, rule.limit, result.actual) < AT_RISK:
        glyph, word = glyphs.warn, "at risk"
    else:
        glyph, word = glyphs.good, "ok"
    return f"{glyph} {result.rule} {word} ({value})"


def _room(sign: str, limit: float, actual: float) -> float:
    """Share of the limit that is left."""
    if not limit:
        return 1.0
    return (limit - actual) / limit if sign.startswith("<") else (actual - limit) / limit


def verdict_text(run: RunView, until: int, glyphs: Glyphs) -> str:
    """The verdict about the generator with its reasons, as far as they were known."""
    verdict = run.record.verdict
    reasons = [one for one in verdict.reasons if not until or 0 < one.from_second <= until]
    status = verdict.status
    if until and verdict.reasons and not reasons:
        status = "valid"
    glyph = {"valid": glyphs.good, "degraded": glyphs.warn, "invalid": glyphs.bad}.get(status, "")
    texts = [f"verdict {glyph} {status or 'none yet'}".replace("  ", " ")]
    return "   ".join([*texts, *(one.text for one in reasons[:2])])


def first_line(text: str) -> str:
    """The first line of a text."""
    return str(text).strip().partition("\n")[0]


def load_text(now: Point) -> str:
    """Users of a second, or its planned arrivals."""
    if now.target_rate:
        return f"{count_text(now.target_rate)}/s planned, {now.dropped} dropped"
    target = f" of {now.target_users:g}" if now.target_users > now.users else ""
    return f"{now.users:g}{target} users"
