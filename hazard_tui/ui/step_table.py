"""The table of the steps of a run: columns, and rows made of a `RunView` as of a second."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from hazard_tui.ui.number_text import change_text, count_text, share_text, time_text
from hazard_tui.ui.run_numbers import KIND_REQUEST, EntryRow
from hazard_tui.ui.run_view import RunView
from hazard_tui.ui.widgets.live_table import Column, Row

STEP_COLUMNS = (
    Column("name", "step", 0, right=False, optional=False),
    Column("requests", "requests", 8, optional=False),
    Column("fail", "fail", 6, optional=False),
    Column("rps", "rps", 6, optional=False),
    Column("mean", "mean", 6),
    Column("p50", "p50", 6, optional=False),
    Column("p75", "p75", 6),
    Column("p90", "p90", 6),
    Column("p95", "p95", 6, optional=False),
    Column("p99", "p99", 6, optional=False),
    Column("p999", "p99.9", 6),
    Column("planned", "p99plan", 7, optional=False),
    Column("ghost", "p95 was", 12),
    Column("max", "max", 6),
    Column("aborted", "cut", 5),
)
ALWAYS = frozenset({"name", "planned", "ghost"})
"""Columns of the steps that a person does not choose: the last two come with the run."""
OPTIONAL_COLUMNS = tuple(one for one in STEP_COLUMNS if one.key not in ALWAYS)
DEFAULT_COLUMNS = (
    "requests", "fail", "rps", "p50", "p95", "p99", "max", "aborted",
)  # fmt: skip
GROUPINGS = ("steps", "tree", "tasks")
"""Steps one by one, under their tasks, or tasks alone."""
SORTS = ("plan", "requests", "fail", "p95", "rps")

_KIND_MARKS = {1: "[group] ", 2: "[task] ", 3: "[script] "}
_SORT_KEYS: dict[str, Callable[[EntryRow], float]] = {
    "requests": lambda row: row.requests,
    "fail": lambda row: row.failed,
    "p95": lambda row: row.p95,
    "rps": lambda row: row.rps,
}


def step_columns(run: RunView | None, chosen: Collection[str]) -> list[Column]:
    """Columns that this run fills and that were chosen."""
    shown = {"name", *chosen}
    if run is not None and run.has_arrivals:
        shown.add("planned")
    if run is not None and run.ghost is not None:
        shown.add("ghost")
    return [column for column in STEP_COLUMNS if column.key in shown]


def step_rows(
    run: RunView,
    until: int,
    *,
    grouping: str,
    pattern: str,
    sort: str,
    folded: Collection[str] = (),
    visible: range,
) -> tuple[list[Row], Row | None]:
    """Rows of the steps or tasks that match, and the one of all requests.

    `grouping` is one of `GROUPINGS`; steps of `folded` tasks are left out of the tree. Latencies
    are worked out for the `visible` places only: a plan may have hundreds of steps.
    """
    light = sort != "p95" and grouping != "tasks"
    rows = run.task_rows(until) if grouping == "tasks" else run.rows(until, times=not light)
    if not rows:
        return [], None
    rows = [row for row in rows if matches(f"{row.method} {row.name}", pattern)]
    if sort in _SORT_KEYS:
        rows.sort(key=_SORT_KEYS[sort], reverse=True)
    if grouping == "tree":
        rows = _under_tasks(rows, run.task_rows(until), sort, folded)
    places = range(max(0, visible.start), min(len(rows), visible.stop))
    if light:
        steps = [place for place in places if rows[place].entry >= 0]
        timed = run.rows_of([rows[place].entry for place in steps], until)
        for place, row in zip(steps, timed, strict=True):
            rows[place] = row
    earlier = _earlier(run)
    shown = [
        _step_row(row, earlier, _indent(row, grouping, folded))
        if place in places
        else Row(_step_key(row))
        for place, row in enumerate(rows)
    ]
    return shown, _step_row(run.total_row(until), earlier, "")


def _indent(row: EntryRow, grouping: str, folded: Collection[str]) -> str:
    if grouping != "tree":
        return "" if row.entry < 0 else " "
    if row.entry < 0:
        return "+ " if row.task in folded else "- "
    return "   "


def _under_tasks(
    steps: list[EntryRow], tasks: list[EntryRow], sort: str, folded: Collection[str]
) -> list[EntryRow]:
    """Every task that has steps left, with them behind it unless it is folded."""
    if sort in _SORT_KEYS:
        tasks = sorted(tasks, key=_SORT_KEYS[sort], reverse=True)
    members: dict[str, list[EntryRow]] = {}
    for step in steps:
        members.setdefault(step.task, []).append(step)
    named = {task.name for task in tasks}
    rows = [row for name, found in members.items() if name not in named for row in found]
    for task in tasks:
        if task.name in members:
            rows += [task, *(members[task.name] if task.name not in folded else ())]
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
        "mean": time_text(row.mean),
        "p50": time_text(row.p50),
        "p75": time_text(row.p75),
        "p90": time_text(row.p90),
        "p95": time_text(row.p95),
        "p99": time_text(row.p99),
        "p999": time_text(row.p999),
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


def task_of(run: RunView, key: str) -> str:
    """Task of the step or task that has this key in `step_rows`; empty for another key."""
    rows = (*run.task_rows(), *run.rows(times=False))
    return next((row.task for row in rows if _step_key(row) == key), "")


def task_key(task: str) -> str:
    """Key of a task in `step_rows`."""
    return f"{task}/{task}/-1"
