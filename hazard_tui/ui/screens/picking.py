"""A dialog in which several of some options are chosen."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import SelectionList, Static
from textual.widgets.selection_list import Selection

from hazard_tui.ui import actions
from hazard_tui.ui.actions import keys_line


class PickDialog(ModalScreen[list[str] | None]):
    """Offers options (key, text), some of them chosen; the chosen keys, or None when cancelled."""

    BINDINGS = [*actions.bindings("dialog"), *actions.bindings("pick")]

    def __init__(
        self, title: str, options: Sequence[tuple[str, str]], chosen: Collection[str]
    ) -> None:
        super().__init__()
        self._title, self._options, self._chosen = title, options, chosen

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._title, classes="dialog-title", markup=False)
            yield SelectionList[str](
                *(Selection(text, key, key in self._chosen) for key, text in self._options),
                compact=True,
            )
            keys = keys_line(self.app, "space choose or leave", "pick.accept", "dialog.cancel")
            yield Static(keys, classes="dialog-keys", markup=False)

    def action_pick_accept(self) -> None:
        """Closes with what is chosen."""
        self.dismiss(list(self.query_one(SelectionList).selected))

    def action_dialog_cancel(self) -> None:
        """Closes without a choice."""
        self.dismiss(None)
