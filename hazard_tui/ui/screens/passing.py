"""Dialogs that their work closes, not the person."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from hazard_tui.ui import actions
from hazard_tui.ui.actions import keys_line

SHOWN_EVERY_S = 0.25


class PassingDialog(ModalScreen[None]):
    """Goes away when its work is over; below another screen as soon as that one is gone."""

    _is_over = False
    _is_gone = False

    def close(self) -> None:
        """Tells that the work is over."""
        self._is_over = True
        self._go()

    def on_screen_resume(self) -> None:
        """The screen that lay over this one was closed."""
        self._go()

    def _go(self) -> None:
        if self._is_over and not self._is_gone and self.app.screen is self:
            self._is_gone = True
            self.dismiss(None)


class WaitDialog(PassingDialog):
    """Says how far a work is; escape leaves it."""

    BINDINGS = actions.bindings("wait")

    def __init__(self, text: Callable[[], str], leave: Callable[[], None]) -> None:
        super().__init__()
        self._text = text
        self._leave = leave

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide"):
            yield Static(self._text(), id="wait-text", markup=False)
            yield Static(keys_line(self.app, "wait.leave"), classes="dialog-keys", markup=False)

    def on_mount(self) -> None:
        self.set_interval(SHOWN_EVERY_S, self._show)

    def _show(self) -> None:
        self.query_one("#wait-text", Static).update(self._text())

    def action_wait_leave(self) -> None:
        """Gives the work up."""
        self._leave()
        self.close()
