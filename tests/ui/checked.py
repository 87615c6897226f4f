"""The answers of a check under the cursor."""

from __future__ import annotations

from textual.pilot import Pilot
from textual.widgets import Tree

from hazard_tui.ui.screens.check import CheckScreen
from tests.support.screen import press


async def to_value(pilot: Pilot[int], screen: CheckScreen, path: str) -> None:
    """Puts the cursor on a value of the answer."""
    tree = screen.query_one("#check-values", Tree)
    tree.focus()
    await press(pilot, "home")
    for _ in range(60):
        value = tree.cursor_node.data if tree.cursor_node is not None else None
        if value is not None and path in (value.save.jmespath, value.label.split(": ")[0]):
            return
        await press(pilot, "down")
    raise AssertionError(f"{path} is not in the answer")
