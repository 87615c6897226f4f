"""Jump mode: a letter on every part of the screen that can have the focus."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.events import Key
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Static

LETTERS = "asdfjklghqwertyuiopzxcvbnm"


def jump_targets(screen: Screen[object]) -> list[tuple[str, Widget]]:
    """Letters with the widgets that they lead to, top to bottom, left to right."""
    shown = [
        widget
        for widget in screen.focus_chain
        if widget.region.area > 0 and screen.region.overlaps(widget.region)
    ]
    shown.sort(key=lambda widget: (widget.region.y, widget.region.x))
    return list(zip(LETTERS, shown, strict=False))


class JumpScreen(ModalScreen[None]):
    """Shows the letters over the screen below; any other key closes it."""

    HANDLES = ("jump.go",)

    def __init__(self, below: Screen[object]) -> None:
        super().__init__(classes="jump")
        self._targets = jump_targets(below)

    def compose(self) -> ComposeResult:
        taken: set[tuple[int, int]] = set()
        for letter, widget in self._targets:
            place = (widget.region.x, widget.region.y)
            while place in taken:
                place = (place[0] + 4, place[1])
            taken.add(place)
            label = Static(Text(f" {letter} ", "bold reverse"), classes="jump-label", markup=False)
            label.styles.offset = place
            yield label

    def on_key(self, event: Key) -> None:
        event.stop()
        self.dismiss(None)
        for letter, widget in self._targets:
            if event.key == letter:
                widget.focus()
