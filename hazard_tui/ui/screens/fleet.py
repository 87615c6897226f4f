"""The fleet screen: workers that etcd announces, with health, and which the next run uses."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from textual import on
from textual.app import ComposeResult

from hazard_tui.stats.floor import floor_text
from hazard_tui.ui import actions
from hazard_tui.ui.flows import running
from hazard_tui.ui.number_text import counted
from hazard_tui.ui.run_texts import first_line
from hazard_tui.ui.run_view import RunView
from hazard_tui.ui.screens.base import ModeScreen
from hazard_tui.ui.screens.dialogs import TextDialog, TextScreen
from hazard_tui.ui.state import BUSY, HEALTH_WORDS, READY
from hazard_tui.ui.step_table import matches
from hazard_tui.ui.widgets.line import Line
from hazard_tui.ui.widgets.live_table import Column, LiveTable, Row

COLUMNS = (
    Column("chosen", "use", 4, right=False, optional=False),
    Column("address", "address", 0, right=False, optional=False),
    Column("health", "state", 14, right=False, optional=False),
    Column("run", "in the run", 11, right=False),
    Column("cpu", "cpu %", 6),
    Column("seen", "seen", 6),
    Column("host", "host", 14, right=False),
    Column("cpus", "cpus", 4),
    Column("rss", "memory", 8),
    Column("clock", "clock", 8),
    Column("trip", "ping", 7),
    Column("version", "version", 8),
)
SORTS: dict[str, Callable[[Any], Any]] = {
    "address": lambda one: one.info.address,
    "health": lambda one: (one.health, one.info.address),
    "cpu": lambda one: (-one.info.cpu_percent, one.info.address),
    "host": lambda one: (one.info.hostname, one.info.address),
}
EMPTY = "No workers.  u starts a lab on this machine (etcd, 2 workers, a target)"
NO_FLOOR = "floor not measured yet: a worker does it once its machine is idle"
ANNOUNCED_S = 5
"""A worker that was seen within this many seconds was seen now."""


class FleetScreen(ModeScreen):
    """Shows the workers of the last list; space takes or leaves one."""

    mode = "fleet"
    BINDINGS = actions.bindings("fleet")

    def body(self) -> ComposeResult:
        self.sort = "address"
        self.pattern = ""
        yield Line(id="fleet-head")
        table = LiveTable(COLUMNS, id="fleet-table")
        table.empty_text = EMPTY
        yield table
        yield Line(id="fleet-reason")

    def on_mount(self) -> None:
        self.query_one(LiveTable).focus()
        self.set_interval(1.0, self.show_workers)
        self.show_workers()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self.show_workers()

    @on(LiveTable.Moved)
    def _moved(self) -> None:
        self.show_workers()

    def show_workers(self) -> None:
        """Shows the workers as they are now."""
        if self.app.screen is not self:
            return
        state = self.console.state
        shown = [one for one in state.workers if self._wanted(one)]
        shown.sort(key=SORTS[self.sort])
        table = self.query_one(LiveTable)
        table.empty_text = "no worker matches" if self.pattern and state.workers else EMPTY
        table.show([self._row(one) for one in shown], sorted_by=self.sort)
        glyphs = self.console.glyphs
        found = dict.fromkeys(HEALTH_WORDS.values(), 0)
        for one in state.workers:
            found[HEALTH_WORDS.get(one.health, "unknown")] += 1
        words = [f"{count} {word}" for word, count in found.items() if count]
        parts = [counted(len(state.workers), "worker"), *words]
        parts.append(f"{len(state.chosen_workers())} chosen")
        if self.pattern:
            parts.append(f"filter {self.pattern}")
        trouble = state.controller_error or state.etcd_message
        if trouble:
            parts.append(f"{glyphs.warn} {trouble}")
        self.query_one("#fleet-head", Line).show("   ".join(parts))
        one = self._chosen_record()
        reason = self._reason(one) if one is not None else ""
        text = f"{first_line(reason)}   (enter: all of it)" if reason else ""
        if one is not None and self._may_join(one):
            text = "J lets it join the run" + (
                f"   it left: {first_line(reason)}" if reason else ""
            )
        self.query_one("#fleet-reason", Line).show(text)

    def _wanted(self, record: Any) -> bool:
        info = record.info
        word = HEALTH_WORDS.get(record.health, "unknown")
        return matches(f"{info.address} {info.hostname} {word} {info.version}", self.pattern)

    @staticmethod
    def _key(record: Any) -> str:
        return str(record.info.worker_id or record.info.address)

    def _chosen_record(self) -> Any:
        key = self.query_one(LiveTable).cursor_key
        return next((one for one in self.console.state.workers if self._key(one) == key), None)

    def _run(self) -> RunView | None:
        run = self.console.state.run
        return run if run is not None and run.is_active else None

    def _reason(self, record: Any) -> str:
        """Why it is not ready, or why it left the run."""
        preparing = self.console.state.preparing.get(self._key(record))
        if preparing is not None:
            return str(preparing.reason or record.reason)
        run = self._run() or self.console.state.run
        part = run.workers.get(self._key(record)) if run is not None else None
        return str(record.reason or (part.record.reason if part is not None else ""))

    def _may_join(self, record: Any) -> bool:
        """True for a ready worker while a run goes on without it."""
        run = self._run()
        if run is None or record.health != READY or run.state_word != "running":
            return False
        part = run.workers.get(self._key(record))
        return part is None or part.record.state in ("lost", "failed")

    def _row(self, record: Any) -> Row:
        info = record.info
        glyphs = self.console.glyphs
        used = record.health == READY and info.worker_id not in self.console.state.left_out
        word = HEALTH_WORDS.get(record.health, "unknown")
        good = record.health in (READY, BUSY)
        age = max(0.0, time.time() - record.last_seen_unix_ms / 1000)
        run = self._run()
        part = run.workers.get(self._key(record)) if run is not None else None
        in_run = part.record.state if part is not None else ""
        preparing = self.console.state.preparing.get(self._key(record))
        cells = {
            "chosen": f" {glyphs.on if used else glyphs.off}",
            "address": info.address,
            "health": f"{glyphs.good if good else glyphs.lost} {word}",
            "run": str(preparing.state if preparing is not None else in_run),
            "host": info.hostname,
            "cpus": str(info.cpus or ""),
            "cpu": f"{info.cpu_percent:.0f}" if good else "",
            "rss": f"{info.rss_bytes / 1048576:.0f} MiB" if info.rss_bytes else "",
            "clock": f"{record.clock_offset_us / 1000:+.0f} ms" if good else "",
            "trip": f"{record.round_trip_us / 1000:.0f} ms" if good else "",
            "version": info.version,
            "seen": "now" if age < ANNOUNCED_S else _age_text(age),
        }
        return Row(self._key(record), cells, "" if good else "dim")

    def action_fleet_choose(self) -> None:
        """Takes the worker under the cursor for the next run, or leaves it."""
        key = self.query_one(LiveTable).cursor_key
        if key:
            self.console.state.left_out ^= {key}
            self.show_workers()
            self.console.refresh_top()

    def action_fleet_join(self) -> None:
        """Lets the worker under the cursor join the run."""
        record = self._chosen_record()
        if record is not None:
            self.console.flow(running.join_run(self.console, record.info), "join")

    def action_fleet_all(self) -> None:
        """Takes all workers."""
        self.console.state.left_out.clear()
        self.show_workers()
        self.console.refresh_top()

    def action_fleet_lab(self) -> None:
        """Starts a lab on this machine."""
        self.console.flow(running.start_lab(self.console), "lab")

    def action_fleet_sort(self) -> None:
        """Sorts by the next column."""
        names = list(SORTS)
        self.sort = names[(names.index(self.sort) + 1) % len(names)]
        self.show_workers()

    def action_fleet_filter(self) -> None:
        """Asks for a pattern; `!` before it hides what matches."""
        self.console.flow(self._ask_filter(), "dialog")

    async def _ask_filter(self) -> None:
        hint = "regular expression; ! hides what matches; empty shows all"
        text = await self.app.push_screen_wait(TextDialog("filter", self.pattern, hint))
        if text is not None:
            self.pattern = text
            self.show_workers()

    @on(LiveTable.Chosen)
    def _opened(self, event: LiveTable.Chosen) -> None:
        event.stop()
        self.action_fleet_open()

    def action_fleet_open(self) -> None:
        """Shows all about the worker under the cursor."""
        one = self._chosen_record()
        if one is not None:
            self.app.push_screen(TextScreen("worker", worker_text(one, self._reason(one))))


def worker_text(record: Any, reason: str) -> str:
    """Everything that is known of a worker, the reason of its state last."""
    info = record.info
    seen = time.strftime("%H:%M:%S", time.localtime(record.last_seen_unix_ms / 1000))
    return "\n".join(
        [
            f"address   {info.address}",
            f"id        {info.worker_id}",
            f"host      {info.hostname}, {info.cpus} cpus",
            f"version   {info.version}",
            f"state     {HEALTH_WORDS.get(record.health, 'unknown')}",
            f"last seen {seen}",
            f"run       {record.run_id or '-'}",
            (floor_text([info.floor]) if info.HasField("floor") else NO_FLOOR),
            "",
            reason or "nothing is wrong with it",
        ]
    )


def _age_text(seconds: float) -> str:
    # Steps of 5 s, so that the row of a lost worker is not painted every second.
    return f"{seconds // 5 * 5:.0f} s" if seconds < 100 else f"{seconds // 60:.0f} m"
