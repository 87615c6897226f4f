"""Latency over time as a heat map: a column per second or more, a row per latency band."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from hazard_tui.stats.histogram import Counts
from hazard_tui.ui import actions
from hazard_tui.ui.bands import BANDS_US
from hazard_tui.ui.glyphs import Glyphs
from hazard_tui.ui.number_text import clock, time_text
from hazard_tui.ui.run_view import RunView
from hazard_tui.ui.widgets.line import NewRoom, changed_cells
from hazard_tui.ui.widgets.spark import Zoomed

LABEL_WIDTH = 8


def shade_level(count: int, top: int, shades: int) -> int:
    """Which of `shades` a count has: 0 for none, the last for `top`, on a logarithmic scale.

    Most requests fall into few bands; on a linear scale the tail, which matters, would be faint.
    """
    if count <= 0:
        return 0
    part = math.log1p(count) / math.log1p(max(top, 1))
    return 1 + min(shades - 2, int(part * (shades - 1)))


class Heat(Widget, can_focus=True):
    """Shows columns of band counts; the cursor reads one cell."""

    BINDINGS = actions.bindings("heat")

    def __init__(self, glyphs: Glyphs, id: str | None = None) -> None:
        super().__init__(id=id, classes="heat")
        self._glyphs = glyphs
        self._columns: list[Counts] = []
        self._seconds: list[int] = []
        self._first = 0
        self._low, self._high = 0, len(BANDS_US)
        self._cursor: tuple[int, int] | None = None

    def show(self, columns: Sequence[Counts], seconds: Sequence[int], start: int) -> None:
        """Shows columns, oldest first, each for the second that it begins with.

        `start` is the first second of the run, from which the cursor's time counts.
        """
        before = self._lines()
        room = max(1, self.size.width - LABEL_WIDTH)
        self._columns = list(columns)[-room:]
        self._seconds = list(seconds)[-room:]
        self._first = start
        if self._columns:
            used = np.flatnonzero(np.sum(self._columns, axis=0))
            rows = max(1, self.size.height - 1)
            low = int(used[0]) if len(used) else 0
            high = int(used[-1]) + 1 if len(used) else rows
            self._low = max(0, min(low, high - rows))
            self._high = min(len(BANDS_US), max(high, self._low + min(rows, len(BANDS_US))))
        after = self._lines()
        if len(before) != len(after):
            self.refresh()
            return
        for y, (old, new) in enumerate(zip(before, after, strict=True)):
            first, last = changed_cells(old, new)
            if last > first:
                self.refresh(Region(first, y, last - first, 1))

    def on_resize(self) -> None:
        self.post_message(NewRoom())

    def _lines(self) -> list[str]:
        return [self.render_line(y).text for y in range(self.size.height)]

    @property
    def cell_text(self) -> str:
        """What the cell under the cursor holds; the scale when there is no cursor."""
        if self._cursor is None or not self._columns:
            top = max((int(column.max()) for column in self._columns), default=0)
            scale = "".join(self._glyphs.shades[1:])
            return f"{scale} 1 to {top} requests, logarithmic   arrows read a cell"
        column, band = self._cursor
        column = min(column, len(self._columns) - 1)
        low = BANDS_US[band - 1] if band else 0.0
        count = int(self._columns[column][band])
        since = clock(self._seconds[column] - self._first)
        return f"{since}  {time_text(low)} to {time_text(BANDS_US[band])}: {count} requests"

    def action_move(self, columns: int, bands: int) -> None:
        """Moves the cursor; the first key puts it on the newest column."""
        if not self._columns:
            return
        if self._cursor is None:
            newest = self._columns[-1]
            self._cursor = (len(self._columns) - 1, int(np.argmax(newest)))
        else:
            column = max(0, min(len(self._columns) - 1, self._cursor[0] + columns))
            band = max(self._low, min(self._high - 1, self._cursor[1] + bands))
            self._cursor = (column, band)
        self.refresh()

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop()
        self.post_message(Zoomed(-1))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        self.post_message(Zoomed(1))

    def on_click(self, event: Click) -> None:
        column, band = event.x - LABEL_WIDTH, self._high - 1 - event.y
        if 0 <= column < len(self._columns) and self._low <= band < self._high:
            self._cursor = (column, band)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """One band; the last line tells the cell under the cursor."""
        width, base = self.size.width, self.rich_style
        if y == self.size.height - 1:
            text = set_cell_size(f" {self.cell_text}", width)
            return Strip([Segment(text, base + Style(dim=True))], width)
        band = self._high - 1 - y
        if band < self._low or not self._columns:
            return Strip([Segment(" " * width, base)], width)
        label = set_cell_size(f"{time_text(BANDS_US[band]):>7} ", LABEL_WIDTH)
        segments = [Segment(label, base + Style(dim=True))]
        top = max(int(column.max()) for column in self._columns) or 1
        shades = self._glyphs.shades
        text = ""
        for number, column in enumerate(self._columns):
            level = shade_level(int(column[band]), top, len(shades))
            if self._cursor == (number, band):
                segments += [
                    Segment(text, base),
                    Segment(shades[level], base + Style(reverse=True)),
                ]
                text = ""
            else:
                text += shades[level]
        rest = max(0, width - LABEL_WIDTH - len(self._columns))
        segments.append(Segment(text + " " * rest, base))
        return Strip(segments).adjust_cell_length(width, base)


def heat_columns(
    view: RunView, first: int, last: int, width: int
) -> tuple[list[Counts], list[int]]:
    """Band counts of the requests of a run, folded into at most `width` columns."""
    fold = max(1, -(-(last - first + 1) // max(1, width)))
    while last // fold - first // fold + 1 > max(1, width):
        fold += 1
    numbers = range(first // fold, last // fold + 1)
    columns = [np.zeros(len(BANDS_US), np.int64) for _ in numbers]
    for point, bands in zip(reversed(view.points), reversed(view.bands), strict=True):
        if point.second < first:
            break
        if point.second <= last:
            columns[point.second // fold - numbers.start] += bands
    return columns, [max(first, number * fold) for number in numbers]
