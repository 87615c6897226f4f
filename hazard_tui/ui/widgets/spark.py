"""A small column chart over time: zero-based, one segment per line, gaps stay gaps."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from hazard_tui.ui.glyphs import Glyphs
from hazard_tui.ui.widgets.line import NewRoom, changed_cells

MARK = "▾"
"""An event, at the top of its column."""
GHOST, GHOST_COVERED = "·", "▒"
"""The earlier run, above the columns and inside them."""


@dataclass
class Zoomed(Message):
    """The mouse wheel was turned on a chart: 1 covers more seconds, -1 fewer."""

    by: int


@dataclass
class Pointed(Message):
    """A column of a chart was clicked."""

    column: int
    """0: the oldest."""
    width: int
    """Of the chart in cells, for which its columns were made."""


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
        self._marks: set[int] = set()
        self._now = ""
        self._top_text = ""
        self._lines: list[str] = []

    def show(
        self,
        values: Sequence[float | None],
        now: str,
        top_text: str = "",
        ghost: Sequence[float | None] = (),
        marks: Collection[int] = (),
    ) -> None:
        """Shows values, oldest first, with the newest and the largest as text.

        `ghost` are the values of an earlier run, as many as there are values; `marks` are the
        numbers of columns with an event.
        """
        self._values, self._ghost, self._marks = list(values), list(ghost), set(marks)
        self._now, self._top_text = now, top_text
        lines = self._draw()
        if len(lines) != len(self._lines):
            self._lines = lines
            self.refresh()
            return
        old, self._lines = self._lines, lines
        for number, (before, after) in enumerate(zip(old, lines, strict=True)):
            first, last = changed_cells(before, after)
            if last > first:
                self.refresh(Region(first, number, last - first, 1))

    def _draw(self) -> list[str]:
        width, height = self.size.width, self.size.height
        if width < 4 or height < 1:
            return []
        known = [value for value in (*self._values, *self._ghost) if value is not None]
        head = f"{self._title} {self._now}"
        top = self._top_text and f"max {self._top_text}"
        if len(head) + len(top) + 2 > width:
            top = self._top_text and f"/{self._top_text}"
        # The last cell stays free, so that neighbours do not touch.
        head = set_cell_size(head, max(0, width - len(top) - 2)) + " " + top
        scale = max(known, default=0.0)
        bars = columns_of(self._values, width, height - 1, scale, self._glyphs.bars)
        ghosts = [list(line) for line in bars]
        pad = width - len(self._values[-width:])
        if height > 1:
            self._draw_ghost(ghosts, pad, height - 1, scale)
            for column in self._marks:
                if 0 <= pad + column < width:
                    ghosts[0][pad + column] = MARK
        return [set_cell_size(head, width), *("".join(line) for line in ghosts)]

    def _draw_ghost(self, lines: list[list[str]], pad: int, height: int, scale: float) -> None:
        for column, value in enumerate(self._ghost[: len(self._values)]):
            if value is None or scale <= 0:
                continue
            line = height - 1 - min(height - 1, int(value / scale * height))
            covered = lines[line][pad + column] != " "
            lines[line][pad + column] = GHOST_COVERED if covered else GHOST

    def on_resize(self) -> None:
        self._lines = self._draw()
        self.refresh()
        self.post_message(NewRoom())

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop()
        self.post_message(Zoomed(-1))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        self.post_message(Zoomed(1))

    def on_click(self, event: Click) -> None:
        shown = len(self._values[-self.size.width :])
        column = event.x - (self.size.width - shown)
        if 0 <= column < shown:
            self.post_message(Pointed(column, self.size.width))

    def render_line(self, y: int) -> Strip:
        """One line of the chart."""
        width = self.size.width
        text = self._lines[y] if y < len(self._lines) else " " * width
        base = self.rich_style
        style = base + Style(bold=True) if y == 0 else base + Style.parse(self._style or "none")
        return Strip([Segment(set_cell_size(text, width), style)], width)
