"""One line of text that paints only the cells that changed."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget


class NewRoom(Message):
    """A chart has another size: what it shows must be folded anew."""


def changed_cells(before: str, after: str) -> tuple[int, int]:
    """Cells from the first to behind the last that differ; (0, 0) when none does."""
    if before == after:
        return 0, 0
    short = min(len(before), len(after))
    first = next((n for n in range(short) if before[n] != after[n]), short)
    back = next((n for n in range(1, short - first + 1) if before[-n] != after[-n]), None)
    if len(before) != len(after) or back is None:
        back = 1
    start = cell_len(after[:first])
    width = cell_len(after[first : len(after) - back + 1])
    old = cell_len(before[first : len(before) - back + 1])
    return start, start + max(width, old)


class Line(Widget):
    """Shows one line, cut with an ellipsis where it is too long."""

    def __init__(self, id: str | None = None, classes: str = "run-line") -> None:
        super().__init__(id=id, classes=classes)
        self._text = ""
        self._style = ""

    @property
    def text(self) -> str:
        """What the line says, uncut."""
        return self._text

    def show(self, text: str, style: str = "") -> None:
        """Shows a text; nothing is painted when it is there already."""
        before, self._text = self._text, text
        if style != self._style:
            self._style = style
            self.refresh()
            return
        width = self.size.width
        first, last = changed_cells(_cut(before, width), _cut(text, width))
        if last > first:
            self.refresh(Region(first, 0, last - first, 1))

    def show_or_hide(self, text: str) -> None:
        """Shows a text; without one the line takes no room."""
        self.show(text)
        self.display = bool(text)

    def render_line(self, y: int) -> Strip:
        """The text in one segment."""
        width = self.size.width
        text = _cut(self._text, width) if y == 0 else ""
        style = self.rich_style + Style.parse(self._style or "none")
        return Strip([Segment(set_cell_size(text, width), style)], width)


def _cut(text: str, width: int) -> str:
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(0, width - 1)) + "…"
