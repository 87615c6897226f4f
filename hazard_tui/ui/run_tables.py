"""The tables of the run screen: columns, and rows made of a `RunView` as of a second."""

from __future__ import annotations

import time

from hazard_tui.stats.floor import floor_text, known_floors
from hazard_tui.ui.glyphs import Glyphs
from hazard_tui.ui.number_text import count_text, time_text
from hazard_tui.ui.run_numbers import WorkerView
from hazard_tui.ui.run_texts import first_line
from hazard_tui.ui.run_view import RunView
from hazard_tui.ui.widgets.live_table import Column, Row

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
MOST_ERRORS = 200


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
    lines.append(floor_text(known_floors([record])) or "floor not measured before the run")
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
