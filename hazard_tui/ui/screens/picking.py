"""A dialog in which several of some options are chosen."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from hazard_tui.ui import actions
from hazard_tui.ui.actions import keys_line


class PickDialog(ModalScreen[list[str] | None]):
    """Offers options (key, text), some of them chosen; the chosen keys, or None when cancelled.

    What is chosen is told by a mark, not by colour alone as in Textual's own list.
    """

    BINDINGS = [*actions.bindings("dialog"), *actions.bindings("pick")]

    def __init__(
        self, title: str, options: Sequence[tuple[str, str]], chosen: Collection[str]
    ) -> None:
        super().__init__()
        self._title, self._options, self._chosen = title, options, set(chosen)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._title, classes="dialog-title", markup=False)
            yield OptionList(
                *(Option(self._line(key, text), id=key) for key, text in self._options),
                markup=False,
                compact=True,
            )
            keys = keys_line(self.app, "pick.toggle", "pick.accept", "dialog.cancel")
            yield Static(keys, classes="dialog-keys", markup=False)

    def _line(self, key: str, text: str) -> str:
        return f"[{'x' if key in self._chosen else ' '}] {text}"

    def action_pick_toggle(self) -> None:
        """Chooses the option under the cursor, or leaves it."""
        listing = self.query_one(OptionList)
        if listing.highlighted is not None:
            key, text = self._options[listing.highlighted]
            self._chosen ^= {key}
            listing.replace_option_prompt(key, self._line(key, text))

    def action_pick_accept(self) -> None:
        """Closes with what is chosen."""
        self.dismiss([key for key, _ in self._options if key in self._chosen])

    def action_dialog_cancel(self) -> None:
        """Closes without a choice."""
        self.dismiss(None)
