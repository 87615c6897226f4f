"""The line at the foot: keys that work here. One widget, so that a change of focus costs little."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.app import RenderResult
from textual.events import Click
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

GAP = 1


@dataclass(frozen=True, slots=True)
class ShownKey:
    """One key with its word."""

    key: str
    """What Textual calls it; a click presses it."""
    text: str
    word: str
    is_on: bool

    @property
    def width(self) -> int:
        """Cells with the space between both."""
        return cell_len(self.text) + 1 + cell_len(self.word)


class KeyLine(Widget):
    """Shows the bindings of the screen and its focus that are for the footer; what fits of them."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-line--key"}

    def __init__(self) -> None:
        super().__init__(classes="key-line")
        self._keys: tuple[ShownKey, ...] = ()

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._look)

    def _look(self, screen: Screen[object]) -> None:
        if not self.is_attached or screen is not self.screen:
            return
        shown: dict[str, ShownKey] = {}
        for _, binding, is_on, _ in screen.active_bindings.values():
            if binding.show and binding.action not in shown:
                text = self.app.get_key_display(binding)
                shown[binding.action] = ShownKey(binding.key, text, binding.description, is_on)
        keys = tuple(shown.values())
        if keys != self._keys:
            self._keys = keys
            self.refresh()

    def on_click(self, event: Click) -> None:
        for first, one in self._places():
            if first <= event.x < first + one.width and one.is_on:
                self.app.simulate_key(one.key)

    def _places(self) -> list[tuple[int, ShownKey]]:
        """First cell of each key that fits."""
        x, places = 0, []
        for one in self._keys:
            if x + one.width > self.size.width:
                break
            places.append((x, one))
            x += one.width + GAP
        return places

    def render(self) -> RenderResult:
        """Lines are made by `render_line`."""
        return ""

    def render_line(self, y: int) -> Strip:
        """The keys in their colour, each with its word."""
        base, key_style = self.rich_style, self.get_component_rich_style("key-line--key")
        segments = []
        for _, one in self._places():
            word = f" {one.word}{' ' * GAP}"
            segments += [Segment(one.text, key_style if one.is_on else base), Segment(word, base)]
        return Strip(segments).adjust_cell_length(self.size.width, base)
