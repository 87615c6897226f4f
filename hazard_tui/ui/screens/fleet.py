"""The fleet screen: workers that etcd announces, with health, and which the next run uses."""

from __future__ import annotations

import time
from typing import Any

from textual.app import ComposeResult

from hazard_tui.ui import actions
from hazard_tui.ui.flows import running
from hazard_tui.ui.screens.base import ModeScreen
from hazard_tui.ui.state import BUSY, HEALTH_WORDS, READY
from hazard_tui.ui.widgets.line import Line
from hazard_tui.ui.widgets.live_table import Column, LiveTable, Row

COLUMNS = (
    Column("chosen", "use", 4, right=False, optional=False),
    Column("address", "address", 0, right=False, optional=False),
    Column("health", "state", 14, right=False, optional=False),
    Column("host", "host", 14, right=False),
    Column("cpus", "cpus", 4),
    Column("cpu", "cpu %", 6),
    Column("rss", "memory", 8),
    Column("clock", "clock", 8),
    Column("trip", "ping", 7),
    Column("version", "version", 8),
    Column("seen", "seen", 6),
)

EMPTY = "No workers.  u starts a lab on this machine (etcd, 2 workers, a target)"


class FleetScreen(ModeScreen):
    """Shows the workers of the last list; space takes or leaves one."""

    mode = "fleet"
    BINDINGS = actions.bindings("fleet")

    def body(self) -> ComposeResult:
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

    def show_workers(self) -> None:
        """Shows the workers as they are now."""
        if self.app.screen is not self:
            return
        state = self.console.state
        rows = [self._row(one) for one in state.workers]
        table = self.query_one(LiveTable)
        table.show(rows)
        head = f"{len(state.workers)} workers, {len(state.chosen_workers())} chosen"
        trouble = state.controller_error or state.etcd_message
        if trouble:
            head += f"   {self.console.glyphs.warn} {trouble}"
        self.query_one("#fleet-head", Line).show(head)
        chosen = next((one for one in state.workers if self._key(one) == table.cursor_key), None)
        reason = chosen.reason if chosen is not None else ""
        self.query_one("#fleet-reason", Line).show(reason.splitlines()[0] if reason else "")

    @staticmethod
    def _key(record: Any) -> str:
        return str(record.info.worker_id or record.info.address)

    def _row(self, record: Any) -> Row:
        info = record.info
        glyphs = self.console.glyphs
        used = record.health == READY and info.worker_id not in self.console.state.left_out
        word = HEALTH_WORDS.get(record.health, "unknown")
        good = record.health in (READY, BUSY)
        age = max(0.0, time.time() - record.last_seen_unix_ms / 1000)
        cells = {
            "chosen": f" {glyphs.on if used else glyphs.off}",
            "address": info.address,
            "health": f"{glyphs.good if good else glyphs.lost} {word}",
            "host": info.hostname,
            "cpus": str(info.cpus or ""),
            "cpu": f"{info.cpu_percent:.0f}" if good else "",
            "rss": f"{info.rss_bytes / 1048576:.0f} MiB" if info.rss_bytes else "",
            "clock": f"{record.clock_offset_us / 1000:+.1f} ms" if good else "",
            "trip": f"{record.round_trip_us / 1000:.1f} ms" if good else "",
            "version": info.version,
            "seen": "now" if age < 5 else f"{age:.0f} s" if age < 100 else f"{age / 60:.0f} m",
        }
        return Row(self._key(record), cells, "" if good else "dim")

    def action_fleet_choose(self) -> None:
        """Takes the worker under the cursor for the next run, or leaves it."""
        key = self.query_one(LiveTable).cursor_key
        if key:
            self.console.state.left_out ^= {key}
            self.show_workers()
            self.console.refresh_top()

    def action_fleet_all(self) -> None:
        """Takes all workers."""
        self.console.state.left_out.clear()
        self.show_workers()
        self.console.refresh_top()

    def action_fleet_lab(self) -> None:
        """Starts a lab on this machine."""
        self.console.flow(running.start_lab(self.console), "lab")
