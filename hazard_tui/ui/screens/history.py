"""The history screen: recorded runs, newest first; open, compare, export, replay, delete."""

from __future__ import annotations

import time
from typing import Any

from textual import on
from textual.app import ComposeResult

from hazard_tui.errors import HazardError
from hazard_tui.stats.plan_versions import plan_title
from hazard_tui.ui import actions
from hazard_tui.ui.flows import reviewing
from hazard_tui.ui.number_text import count_text, counted
from hazard_tui.ui.run_view import STATE_WORDS
from hazard_tui.ui.screens.base import ModeScreen
from hazard_tui.ui.widgets.kinds import duration_text
from hazard_tui.ui.widgets.line import Line
from hazard_tui.ui.widgets.live_table import Column, LiveTable, Row

COLUMNS = (
    Column("mark", "", 1, right=False, optional=False),
    Column("id", "run", 20, right=False, optional=False),
    Column("plan", "plan", 0, right=False, optional=False),
    Column("state", "state", 8, right=False, optional=False),
    Column("requests", "requests", 8, optional=False),
    Column("failed", "failed", 6, optional=False),
    Column("verdict", "verdict", 10, right=False),
    Column("length", "length", 8),
    Column("when", "started", 16, right=False),
    Column("workers", "workers", 7),
    Column("note", "note", 12, right=False),
)


class HistoryScreen(ModeScreen):
    """Shows the list of runs; everything else is a flow."""

    mode = "history"
    BINDINGS = actions.bindings("history")

    def body(self) -> ComposeResult:
        self._runs: list[Any] = []
        self.marked = ""
        yield Line(id="history-head")
        table = LiveTable(COLUMNS, id="history-table")
        table.empty_text = "No runs yet.  F1 shows the plan, F5 starts it"
        yield table

    def on_mount(self) -> None:
        self.query_one(LiveTable).focus()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self.console.flow(self.load(), "history")

    async def load(self) -> None:
        """Reads the list from the controller."""
        head = self.query_one("#history-head", Line)
        try:
            self._runs = await self.console.link.call("list runs", lambda one: one.list_runs())
        except HazardError as exc:
            head.show(f"{self.console.glyphs.warn} {exc}")
            return
        self.show_runs()

    def show_runs(self) -> None:
        """Shows the list as it was read last."""
        marked = f"   {self.marked} is marked: c on another compares" if self.marked else ""
        self.query_one("#history-head", Line).show(f"{counted(len(self._runs), 'run')}{marked}")
        self.query_one(LiveTable).show([self._row(run) for run in self._runs])

    def _row(self, run: Any) -> Row:
        started = run.started_unix_ms or run.created_unix_ms
        length = (run.ended_unix_ms or time.time() * 1000) - started
        glyphs = self.console.glyphs
        verdict = run.verdict.status
        glyph = {"valid": glyphs.good, "degraded": glyphs.warn, "invalid": glyphs.bad}.get(
            verdict, ""
        )
        cells = {
            "mark": glyphs.on if run.run_id == self.marked else "",
            "id": run.run_id,
            "when": time.strftime("%Y-%m-%d %H:%M", time.localtime(started / 1000)),
            "plan": plan_title(run),
            "state": STATE_WORDS.get(run.state, "unknown"),
            "length": duration_text(max(0, round(length / 1000) * 1000)),
            "requests": count_text(run.requests),
            "failed": count_text(run.failed),
            "verdict": f"{glyph} {verdict}".strip(),
            "workers": str(len(run.workers)),
            "note": run.note,
        }
        return Row(run.run_id, cells)

    @property
    def chosen(self) -> str:
        """Id of the run under the cursor."""
        return self.query_one(LiveTable).cursor_key

    @on(LiveTable.Chosen)
    def _chosen(self, event: LiveTable.Chosen) -> None:
        event.stop()
        self.action_history_open()

    def action_history_open(self) -> None:
        """Shows the run under the cursor on the run screen."""
        if self.chosen:
            self.console.link.follow(self.chosen)
            self.console.action_app_run()

    def action_history_compare(self) -> None:
        """Marks the run, or compares it with the marked one."""
        if not self.chosen:
            return
        if self.marked in ("", self.chosen):
            self.marked = "" if self.marked else self.chosen
            self.show_runs()
            return
        flow = reviewing.compare(self.console, self.marked, self.chosen)
        self.console.flow(flow, "dialog")

    def action_history_report(self) -> None:
        """Writes a report of the run."""
        if self.chosen:
            flow = reviewing.export_report(self.console, self.chosen)
            self.console.flow(flow, "dialog")

    def action_history_replay(self) -> None:
        """Plays the run again on the run screen."""
        if self.chosen:
            flow = reviewing.replay(self.console, self.chosen)
            self.console.flow(flow, "replay")

    def action_history_ghost(self) -> None:
        """Draws the run behind the charts of the one that is open."""
        if self.chosen:
            self.console.flow(reviewing.show_ghost(self.console, self.chosen), "ghost")

    def action_history_delete(self) -> None:
        """Deletes the run after asking."""
        if self.chosen:
            flow = reviewing.delete_run(self.console, self.chosen)
            self.console.flow(flow, "dialog")
