"""How the workers of a run come along before it starts, and what to do about one that failed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from hazard_tui.ui import actions
from hazard_tui.ui.actions import keys_line
from hazard_tui.ui.glyphs import Glyphs
from hazard_tui.ui.number_text import counted
from hazard_tui.ui.screens.passing import PassingDialog
from hazard_tui.ui.widgets.live_table import Column, LiveTable, Row

COLUMNS = (
    Column("address", "worker", 21, right=False, optional=False),
    Column("state", "state", 12, right=False, optional=False),
    Column("reason", "reason", 0, right=False, optional=False),
)
WAITING_KEYS = ("preparing.leave",)
ASKING_KEYS = ("preparing.again", "preparing.without", "preparing.leave")


class PreparingDialog(PassingDialog):
    """Shows every worker with its state; `choice` tells what the person wants."""

    BINDINGS = actions.bindings("preparing")

    def __init__(self, workers: int, glyphs: Glyphs) -> None:
        super().__init__()
        self.asks = False
        """Some failed, and a choice is waited for."""
        self.chosen = ""
        """The last choice: `again`, `without` or `leave`."""
        self._title = f"preparing {counted(workers, 'worker')}"
        self._glyphs = glyphs
        self._workers: list[Any] = []
        self._is_laid_out = False
        self._choices: asyncio.Queue[str] = asyncio.Queue()

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide preparing"):
            yield Static(self._title, classes="dialog-title", markup=False)
            yield LiveTable(COLUMNS, id="preparing-table")
            yield Static("", id="preparing-reason", classes="hint", markup=False)
            keys = keys_line(self.app, *WAITING_KEYS)
            yield Static(keys, classes="dialog-keys", markup=False)

    def on_mount(self) -> None:
        self.query_one(LiveTable).focus()
        self._is_laid_out = True
        self._show()

    def on_live_table_moved(self) -> None:
        """The reason of the worker under the cursor is shown as a whole."""
        self._show()

    def on_live_table_chosen(self, event: LiveTable.Chosen) -> None:
        """Enter tries again, as the key line says of `r`."""
        event.stop()
        self.action_choose("again")

    @property
    def failed(self) -> list[str]:
        """Ids of the workers that failed."""
        return [one.worker_id for one in self._workers if one.state == "failed"]

    def show(self, workers: Sequence[Any], *, asks: bool) -> None:
        """Shows the workers as they are now."""
        self._workers, self.asks = list(workers), asks
        if self._is_laid_out:
            self._show()

    async def choice(self) -> str:
        """The next choice of the person."""
        return await self._choices.get()

    def action_choose(self, word: str) -> None:
        """Takes a choice; only giving up is possible while nothing is asked."""
        if not self.asks and word != "leave":
            return
        self.asks = False
        self.chosen = word
        self._choices.put_nowait(word)
        self._show()

    def _show(self) -> None:
        glyphs = self._glyphs
        marks = {"ready": glyphs.good, "failed": glyphs.bad, "preparing": glyphs.on}
        rows = [
            Row(
                one.worker_id,
                {
                    "address": one.address,
                    "state": f"{marks.get(one.state, ' ')} {one.state}",
                    "reason": one.reason.partition("\n")[0],
                },
                "red" if one.state == "failed" else "",
            )
            for one in self._workers
        ]
        table = self.query_one(LiveTable)
        table.show(rows)
        key = table.cursor_key
        reason = next((one.reason for one in self._workers if one.worker_id == key), "")
        self.query_one("#preparing-reason", Static).update(reason)
        keys = ASKING_KEYS if self.asks else WAITING_KEYS
        self.query_one(".dialog-keys", Static).update(keys_line(self.app, *keys))
