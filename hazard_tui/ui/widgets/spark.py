"""A small column chart over time: zero-based, one segment per line, gaps stay gaps."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from hazard_tui.ui.glyphs import Glyphs
from hazard_tui.ui.widgets.line import changed_cells


def columns_of(
    values: Sequence[float | None], width: int, height: int, top: float, bars: str
) -> list[str]:
    """Lines of a column chart, top line first; None is a gap. The scale begins at zero."""
    steps = len(bars) - 1
    lines = []
    shown = list(values[-width:])
    pad = " " * (width - len(shown))
    for line in range(height - 1, -1, -1):
        text = []
        for value in shown:
            if value is None or top <= 0:
                text.append(" ")
                continue
            filled = value / top * height * steps - line * steps
            level = max(0, min(steps, round(filled)))
            if level == 0 and line == 0 and value > 0:
                level = 1
            text.append(bars[level])
        lines.append(pad + "".join(text))
    return lines


class Spark(Widget):
    """Title and current value on the first line, columns below. Repaints only what changed."""

    def __init__(self, title: str, glyphs: Glyphs, style: str = "", id: str | None = None) -> None:
        super().__init__(id=id, classes="spark")
        self._title = title
        self._glyphs = glyphs
        self._style = style
        self._values: list[float | None] = []
        self._ghost: list[float | None] = []
        self._now = ""
        self._top_text = ""
        self._lines: list[str] = []

    def show(
        self, values: Sequence[float | None], now: str, top: float = 0.0, top_text: str = ""
    ) -> None:
        """Shows values, oldest first, with the newest as text; `top` is the scale's end, 0: the
        greatest value."""
        self._values = list(values)
        self._now, self._top_text = now, top_text
        lines = self._draw(top)
        if len(lines) != len(self._lines):
            self._lines = lines
            self.refresh()
            return
        old, self._lines = self._lines, lines
        for number, (before, after) in enumerate(zip(old, lines, strict=True)):
            first, last = changed_cells(before, after)
            if last > first:
                self.refresh(Region(first, number, last - first, 1))

    def _draw(self, top: float) -> list[str]:
        width, height = self.size.width, self.size.height
        if width < 4 or height < 1:
            return []
        known = [value for value in self._values if value is not None]
        scale = top or max(known, default=0.0)
        head = f"{self._title} {self._now}"
        room = width - len(self._top_text) - 1
        head = set_cell_size(head, max(0, room)) + " " + self._top_text
        bars = columns_of(self._values, width, height - 1, scale, self._glyphs.bars)
        return [set_cell_size(head, width), *bars]

    def on_resize(self) -> None:
        self._lines = self._draw(0.0)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the chart."""
        width = self.size.width
        text = self._lines[y] if y < len(self._lines) else " " * width
        base = self.rich_style
        style = base + Style(bold=True) if y == 0 else base + Style.parse(self._style or "none")
        return Strip([Segment(set_cell_size(text, width), style)], width)
