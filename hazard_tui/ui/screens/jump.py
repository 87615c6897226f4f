"""Jump mode: a letter on every part of the screen that can have the focus."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.events import Key
from textual.geometry import Offset, Region
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Static

LETTERS = "asdfjklghqwertyuiopzxcvbnm"


def jump_targets(screen: Screen[object]) -> list[tuple[str, Widget]]:
    """Letters with the widgets that they lead to, top to bottom, left to right."""
    shown = [widget for widget in screen.focus_chain if _seen(widget).area > 0]
    shown.sort(key=lambda widget: (_seen(widget).y, _seen(widget).x))
    return list(zip(LETTERS, shown, strict=False))


def _seen(widget: Widget) -> Region:
    """What is seen of a widget where the parts around it are scrolled."""
    return widget.screen.find_widget(widget).visible_region.intersection(widget.screen.region)


class JumpScreen(ModalScreen[None]):
    """Shows the letters over the screen below; any other key closes it."""

    HANDLES = ("jump.go",)

    def __init__(self, targets: list[tuple[str, Widget]]) -> None:
        super().__init__(classes="jump")
        self._targets = targets

    def compose(self) -> ComposeResult:
        taken: set[Offset] = set()
        for letter, widget in self._targets:
            place = _seen(widget).offset
            while place in taken:
                place += Offset(4, 0)
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
