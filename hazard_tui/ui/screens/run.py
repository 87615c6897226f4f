"""The run screen: how the run is going, second by second, and what went wrong."""

from __future__ import annotations

import re
import time
from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import ContentSwitcher

from hazard_tui.ui import actions
from hazard_tui.ui.flows import running
from hazard_tui.ui.run_view import (
    KIND_REQUEST,
    EntryRow,
    RunView,
    Span,
    clock,
    count_text,
    time_text,
)
from hazard_tui.ui.screens.base import ModeScreen
from hazard_tui.ui.screens.dialogs import TextDialog
from hazard_tui.ui.widgets.heat import Heat, heat_columns
from hazard_tui.ui.widgets.line import Line
from hazard_tui.ui.widgets.live_table import Column, LiveTable, Row
from hazard_tui.ui.widgets.spark import Spark

STEP_COLUMNS = (
    Column("name", "step", 0, right=False, optional=False),
    Column("requests", "requests", 8, optional=False),
    Column("fail", "fail", 6, optional=False),
    Column("rps", "rps", 6, optional=False),
    Column("p50", "p50", 7, optional=False),
    Column("p95", "p95", 7, optional=False),
    Column("p99", "p99", 7),
    Column("planned", "p99 plan", 8),
    Column("max", "max", 7),
    Column("aborted", "cut", 5),
)
WORKER_COLUMNS = (
    Column("address", "worker", 0, right=False, optional=False),
    Column("state", "state", 11, right=False, optional=False),
    Column("users", "users", 6),
    Column("rps", "rps", 7),
    Column("cpu", "cpu %", 6),
    Column("lag", "lag", 7),
    Column("gc", "gc", 7),
    Column("rss", "memory", 8),
    Column("seen", "seen", 5),
)
ERROR_COLUMNS = (
    Column("count", "count", 8, optional=False),
    Column("kind", "kind", 16, right=False, optional=False),
    Column("step", "step", 24, right=False),
    Column("text", "text", 0, right=False, optional=False),
)
EVENT_COLUMNS = (
    Column("time", "time", 8, right=False, optional=False),
    Column("kind", "what", 12, right=False, optional=False),
    Column("text", "text", 0, right=False, optional=False),
)
VIEWS = ("steps", "workers", "errors", "heat", "events")
WINDOWS = (60, 300, 900, 0)
SORTS = ("plan", "requests", "fail", "p95", "rps")
EMPTY = "No run yet.  F5 starts the plan, F4 shows earlier runs"


class RunScreen(ModeScreen):
    """Shows the state's run. One tick per second; widgets repaint only what differs."""

    mode = "run"
    BINDINGS = actions.bindings("run")

    def body(self) -> ComposeResult:
        self.span = Span()
        self.frozen_at = 0
        self.sort = "plan"
        self.pattern = ""
        self.tasks_only = False
        self._shown: RunView | None = None
        glyphs = self.console.glyphs
        yield Line(id="run-head")
        with Horizontal(classes="sparks"):
            yield Spark("rps", glyphs, "green", id="spark-rps")
            yield Spark("failed/s", glyphs, "red", id="spark-failed")
            yield Spark("p95", glyphs, "yellow", id="spark-p95")
            yield Spark("users", glyphs, "cyan", id="spark-users")
        yield Line(id="run-verdict")
        with ContentSwitcher(initial="steps", id="run-views"):
            steps = LiveTable(STEP_COLUMNS, id="steps")
            steps.empty_text = EMPTY
            yield steps
            yield LiveTable(WORKER_COLUMNS, id="workers")
            errors = LiveTable(ERROR_COLUMNS, id="errors")
            errors.empty_text = "no errors"
            yield errors
            yield Heat(glyphs, id="heat")
            yield LiveTable(EVENT_COLUMNS, id="events")
        yield Line(id="run-foot")

    def on_mount(self) -> None:
        self.query_one("#steps", LiveTable).focus()
        self.show_run()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self.show_run()

    @property
    def view(self) -> str:
        """Which of `VIEWS` is shown."""
        return self.query_one("#run-views", ContentSwitcher).current or "steps"

    def show_run(self) -> None:
        """Shows the run as it is now, or as it was at the frozen second."""
        run = self.console.state.run
        if not self.is_mounted or self.app.screen is not self:
            return
        if run is None:
            self.query_one("#run-head", Line).show(EMPTY)
            return
        if run is not self._shown:
            self._shown = run
            self.frozen_at = 0
        self.span.until = self.frozen_at
        self._show_head(run)
        self._show_sparks(run)
        show = {
            "steps": self._show_steps,
            "workers": self._show_workers,
            "errors": self._show_errors,
            "heat": self._show_heat,
            "events": self._show_events,
        }[self.view]
        show(run)
        self._show_foot(run)

    def _show_head(self, run: RunView) -> None:
        points = run.points_of(Span(1, self.frozen_at))
        now = points[-1] if points else None
        parts = [run.plan_name, run.state_text]
        if now is not None:
            total = run.total_row(Span(0, 0))
            target = f" of {now.target_users:g}" if now.target_users > now.users else ""
            parts += [
                f"users {now.users:g}{target}",
                f"rps {count_text(now.rps)}",
                f"failed {total.fail_share:.2%}",
                f"{count_text(total.requests)} requests",
            ]
            if now.target_rate:
                parts.append(f"planned {now.target_rate:g}/s, {now.dropped} dropped")
        if self.frozen_at and run.points:
            behind = run.points[-1].second - self.frozen_at
            parts.insert(0, f"{self.console.glyphs.warn} FROZEN {behind} s behind")
        elif run.record.reason and not run.is_active:
            parts.append(str(run.record.reason))
        self.query_one("#run-head", Line).show("   ".join(parts))

    def _show_sparks(self, run: RunView) -> None:
        points = run.points_of(self.span)
        now = points[-1] if points else None
        for name, field, text in (
            ("rps", "rps", count_text),
            ("failed", "failed", count_text),
            ("p95", "p95", time_text),
            ("users", "users", count_text),
        ):
            spark = self.query_one(f"#spark-{name}", Spark)
            values = run.series(field, spark.size.width, self.span)
            top = max((value for value in values if value is not None), default=0.0)
            shown = text(getattr(now, field)) if now is not None else ""
            spark.show(values, shown, 0.0, f"max {text(top)}" if top else "")

    def _show_steps(self, run: RunView) -> None:
        whole = Span(0, self.frozen_at) if not self.frozen_at else self.span
        rows = run.task_rows(whole) if self.tasks_only else run.rows(whole)
        recent = {
            (one.name, one.task): one
            for one in (
                run.task_rows(Span(10, self.frozen_at))
                if self.tasks_only
                else run.rows(Span(10, self.frozen_at))
            )
        }
        rows = [row for row in rows if self._wanted(row)]
        if self.sort != "plan":
            keys = {
                "requests": lambda row: row.requests,
                "fail": lambda row: row.failed,
                "p95": lambda row: row.p95,
                "rps": lambda row: row.rps,
            }
            rows.sort(key=keys[self.sort], reverse=True)
        shown = [self._step_row(row, recent.get((row.name, row.task))) for row in rows]
        foot = None
        if rows:
            total = run.total_row(whole)
            foot = self._step_row(total, run.total_row(Span(10, self.frozen_at)))
        self.query_one("#steps", LiveTable).show(shown, foot, self.sort)

    def _wanted(self, row: EntryRow) -> bool:
        pattern = self.pattern
        if not pattern:
            return True
        inverse = pattern.startswith("!")
        try:
            found = re.search(pattern.lstrip("!"), f"{row.method} {row.name}", re.IGNORECASE)
        except re.error:
            return True
        return bool(found) != inverse

    def _step_row(self, row: EntryRow, recent: EntryRow | None) -> Row:
        marks = {1: "[group] ", 2: "[task] ", 3: "[script] "}
        indent = "" if self.tasks_only or row.entry < 0 else " "
        name = f"{indent}{marks.get(row.kind, '')}{row.name}"
        if row.kind == KIND_REQUEST and row.method and not row.name.startswith(row.method):
            name = f"{indent}{row.method} {row.name}"
        cells = {
            "name": name,
            "requests": count_text(row.requests),
            "fail": f"{row.fail_share:.1%}" if row.failed else "0",
            "rps": count_text(recent.rps) if recent else "0",
            "p50": time_text(row.p50),
            "p95": time_text(row.p95),
            "p99": time_text(row.p99),
            "planned": time_text(row.scheduled_p99) if row.scheduled_p99 else "",
            "max": time_text(row.max),
            "aborted": str(row.aborted) if row.aborted else "",
        }
        style = "bold" if row.entry < 0 and row.name == "all requests" else ""
        return Row(f"{row.task}/{row.name}/{row.entry}", cells, "red" if row.failed else style)

    def _show_workers(self, run: RunView) -> None:
        rows = []
        for key, one in run.workers.items():
            health = one.last.generator if one.last is not None else None
            lost = one.record.state in ("lost", "failed")
            glyph = self.console.glyphs.lost if lost else self.console.glyphs.on
            age = time.time() - one.record.last_frame_unix_ms / 1000
            cells = {
                "address": f"{one.record.address} {one.record.hostname}",
                "state": f"{glyph} {one.record.state}",
                "users": f"{one.last.users:g}" if one.last is not None else "",
                "rps": count_text(one.rps) if not lost else "",
                "seen": f"{age:.0f} s" if one.record.last_frame_unix_ms and lost else "",
            }
            if health is not None and not lost:
                cells["cpu"] = f"{health.cpu_percent:.0f}"
                cells["lag"] = time_text(health.schedule_lag_max_us)
                cells["gc"] = time_text(health.gc_pause_us)
                cells["rss"] = f"{health.rss_bytes / 1048576:.0f} MiB"
            rows.append(Row(key, cells, "red" if lost else ""))
        self.query_one("#workers", LiveTable).show(rows)

    def _show_errors(self, run: RunView) -> None:
        rows = [
            Row(
                f"{step}/{kind}/{text}",
                {"count": count_text(count), "kind": kind, "step": step, "text": text},
            )
            for step, kind, text, count in run.errors()[:200]
        ]
        self.query_one("#errors", LiveTable).show(rows)

    def _show_heat(self, run: RunView) -> None:
        heat = self.query_one("#heat", Heat)
        points = run.points_of(self.span)
        if points:
            width = max(1, heat.size.width - 8)
            heat.show(*heat_columns(run, points[0].second, points[-1].second, width))

    def _show_events(self, run: RunView) -> None:
        rows = [
            Row(
                f"{event.at_unix_ms}/{number}",
                {
                    "time": time.strftime("%H:%M:%S", time.localtime(event.at_unix_ms / 1000)),
                    "kind": event.kind,
                    "text": event.text.replace("\n", " "),
                },
                {"error": "red", "warn": "yellow"}.get(event.level, ""),
            )
            for number, event in enumerate(reversed(run.events))
        ]
        self.query_one("#events", LiveTable).show(rows)

    def _show_foot(self, run: RunView) -> None:
        verdict = run.record.verdict
        glyphs = self.console.glyphs
        glyph = {"valid": glyphs.good, "degraded": glyphs.warn, "invalid": glyphs.bad}
        text = f"verdict {glyph.get(verdict.status, '')} {verdict.status or 'none yet'}"
        text += "".join(f"   {reason.text}" for reason in verdict.reasons[:2])
        for one in run.record.thresholds:
            text += f"   {glyphs.good if one.ok else glyphs.bad} {one.rule}"
        self.query_one("#run-verdict", Line).show(text)
        statuses = "  ".join(f"{status}: {count_text(count)}" for status, count in run.statuses())
        errors = sum(count for *_, count in run.errors())
        window = {0: "all"}.get(self.span.window_s, clock(self.span.window_s))
        parts = [f"{self.view} (tab)", f"window {window}", f"status {statuses or '-'}"]
        if errors:
            parts.append(f"errors {count_text(errors)}")
        if self.pattern:
            parts.append(f"filter {self.pattern}")
        if self.sort != "plan":
            parts.append(f"sorted by {self.sort}")
        self.query_one("#run-foot", Line).show("   ".join(parts))

    # actions

    def action_run_users(self) -> None:
        """Changes users or rate."""
        self.console.flow(running.change_load(self.console), "dialog")

    def action_run_pause(self) -> None:
        """Pauses or resumes the load."""
        flow = running.pause_or_resume(self.console)
        self.console.flow(flow, "pause")

    def action_run_marker(self) -> None:
        """Writes a note on the time line."""
        self.console.flow(running.add_marker(self.console), "dialog")

    def action_run_freeze(self) -> None:
        """Holds the picture, or goes back to live."""
        run = self.console.state.run
        if run is not None and run.points:
            self.frozen_at = 0 if self.frozen_at else run.points[-1].second
            self.show_run()

    def _scrub(self, by: int) -> None:
        run = self.console.state.run
        if run is None or not run.points or self.view == "heat":
            return
        at = (self.frozen_at or run.points[-1].second) + by
        last = run.points[-1].second
        self.frozen_at = 0 if at > last else max(run.points[0].second, at)
        self.show_run()

    def action_run_back(self) -> None:
        """Looks one second further back."""
        self._scrub(-1)

    def action_run_forward(self) -> None:
        """Looks one second further on."""
        self._scrub(1)

    def action_run_live(self) -> None:
        """Shows the newest second again."""
        self.frozen_at = 0
        self.show_run()

    def action_run_sort(self) -> None:
        """Sorts the table by the next column."""
        self.sort = SORTS[(SORTS.index(self.sort) + 1) % len(SORTS)]
        self.show_run()

    def action_run_filter(self) -> None:
        """Asks for a pattern; `!` before it hides what matches."""
        self.console.flow(self._ask_filter(), "dialog")

    async def _ask_filter(self) -> None:
        hint = "regular expression; ! hides what matches; empty shows all"
        text = await self.app.push_screen_wait(TextDialog("filter", self.pattern, hint))
        if text is not None:
            self.pattern = text
            self.show_run()

    def action_run_window(self) -> None:
        """Shows the next longer window."""
        at = WINDOWS.index(self.span.window_s)
        self.span.window_s = WINDOWS[(at + 1) % len(WINDOWS)]
        self.show_run()

    def action_run_view(self) -> None:
        """Shows the next view."""
        views = self.query_one("#run-views", ContentSwitcher)
        views.current = VIEWS[(VIEWS.index(self.view) + 1) % len(VIEWS)]
        self.query_one(f"#{views.current}").focus()
        self.call_after_refresh(self.show_run)

    def action_run_collapse(self) -> None:
        """Shows tasks only, or their steps as well."""
        self.tasks_only = not self.tasks_only
        self.show_run()


def tick_of(screen: Any) -> None:
    """Shows the run when the screen is the run screen."""
    if isinstance(screen, RunScreen):
        screen.show_run()
