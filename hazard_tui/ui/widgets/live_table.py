"""A table for numbers that change every second: only the rows that differ are painted again.

Columns have fixed widths that fit the widget, because a table wider than its view repaints as a
whole; the table drops columns from the right until the rest fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from hazard_tui.ui import actions
from hazard_tui.ui.widgets.line import changed_cells

NAME_ROOM = 22
"""Least width of the column that takes the rest, as long as another one can be left out."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. Width 0 takes the room that is left; one column has it."""

    key: str
    title: str
    width: int
    right: bool = True
    optional: bool = True
    """May be left out when the table is narrow."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: texts by column key, and a style for the row."""

    key: str
    cells: dict[str, str] = field(default_factory=dict)
    style: str = ""


class LiveTable(ScrollView, can_focus=True):
    """Shows rows under a header line, with a cursor when it has the focus."""

    BINDINGS = actions.bindings("table")

    class Chosen(Message):
        """Enter was pressed on a row."""

        def __init__(self, table: LiveTable, key: str) -> None:
            super().__init__()
            self.table = table
            self.key = key

        @property
        def control(self) -> LiveTable:
            """The table."""
            return self.table

    class Moved(Message):
        """The cursor is on another row, or other rows came into view."""

    def __init__(
        self, columns: Sequence[Column], id: str | None = None, empty_text: str = ""
    ) -> None:
        super().__init__(id=id, classes="live-table")
        # A table wider than its view would be painted as a whole, so it never is.
        self.styles.overflow_x = "hidden"
        self._columns = list(columns)
        self._rows: list[Row] = []
        self._foot: Row | None = None
        self._cursor = 0
        self.empty_text = empty_text
        """Shown when there are no rows: what to do."""
        self.sorted_by = ""
        """Key of the column that the rows are sorted by; marked in the header."""

    @property
    def columns(self) -> list[Column]:
        """All columns, shown or not."""
        return self._columns

    @columns.setter
    def columns(self, columns: Sequence[Column]) -> None:
        if list(columns) != self._columns:
            self._columns = list(columns)
            self.refresh()

    @property
    def rows(self) -> list[Row]:
        """The rows that are shown, without the one at the foot."""
        return self._rows

    @property
    def foot(self) -> Row | None:
        """The row that stays on the last line."""
        return self._foot

    @property
    def cursor_key(self) -> str:
        """Key of the row under the cursor; empty when there are no rows."""
        return self._rows[self._cursor].key if self._rows else ""

    @property
    def cursor_text(self) -> str:
        """The whole row under the cursor, a line per column; empty when there are no rows."""
        if not self._rows:
            return ""
        titles = {column.key: column.title for column in self._columns}
        cells = self._rows[self._cursor].cells.items()
        lines = ((titles.get(name, name), text.strip()) for name, text in cells if text)
        return "\n".join(f"{title:10} {text}" for title, text in lines)

    def put_cursor(self, key: str) -> None:
        """Puts the cursor on the row with this key, where it is shown."""
        for number, row in enumerate(self._rows):
            if row.key == key:
                self.action_cursor(number - self._cursor)

    def show(self, rows: Sequence[Row], foot: Row | None = None, sorted_by: str = "") -> None:
        """Shows these rows; the cursor stays on its key. `foot` stays on the last line."""
        old, old_foot, key = self._rows, self._foot, self.cursor_key
        self._rows, self._foot = list(rows), foot
        if not (self._cursor < len(rows) and rows[self._cursor].key == key):
            places = (number for number, row in enumerate(rows) if row.key == key)
            self._cursor = next(places, self._cursor)
        self._cursor = max(0, min(self._cursor, len(self._rows) - 1))
        same = len(old) == len(self._rows) and (foot is None) == (old_foot is None)
        if not same or sorted_by != self.sorted_by:
            self.sorted_by = sorted_by
            self._fit()
            self.refresh()
            return
        top = round(self.scroll_offset.y)
        for number in range(top, min(len(rows), top + self._room)):
            self._refresh_cells(number - top + 1, old[number], self._rows[number])
        if foot is not None and old_foot is not None:
            self._refresh_cells(self._foot_line, old_foot, foot)

    @property
    def rows_in_view(self) -> range:
        """Places of the rows that are in view."""
        top = round(self.scroll_offset.y)
        return range(top, top + max(1, self.size.height))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.post_message(self.Moved())

    @property
    def _room(self) -> int:
        """Lines for rows between the header and the foot."""
        return max(1, self.size.height - 1 - (self._foot is not None))

    @property
    def _foot_line(self) -> int:
        """Line of the foot: behind the rows, or the last one."""
        return min(self.size.height - 1, len(self._rows) + 1)

    def _fit(self) -> None:
        # The foot covers a line, so that the last row must be able to scroll above it.
        height = len(self._rows) + 1 + (self._foot is not None)
        self.virtual_size = Size(self.scrollable_content_region.width, height)

    def _refresh_cells(self, line: int, before: Row, after: Row) -> None:
        if before == after or not 0 < line < self.size.height:
            return
        width = self.scrollable_content_region.width
        if before.style != after.style:
            self.refresh(Region(0, line, width, 1))
            return
        columns = self.shown_columns(width)
        if all(before.cells.get(one.key) == after.cells.get(one.key) for one, _ in columns):
            return
        first, last = changed_cells(
            self._line(columns, before.cells, width), self._line(columns, after.cells, width)
        )
        if last > first:
            self.refresh(Region(first, line, last - first, 1))

    def _refresh_row(self, number: int) -> None:
        line = number + 1 - round(self.scroll_offset.y)
        if 0 < line < self.size.height:
            self.refresh(Region(0, line, self.size.width, 1))

    def action_cursor(self, by: int) -> None:
        """Moves the cursor by rows."""
        if not self._rows:
            return
        old, self._cursor = self._cursor, max(0, min(len(self._rows) - 1, self._cursor + by))
        if old != self._cursor:
            self._refresh_row(old)
            self._refresh_row(self._cursor)
            self._keep_visible()
            self.post_message(self.Moved())

    def _keep_visible(self) -> None:
        top = round(self.scroll_offset.y)
        height = self._room
        if self._cursor < top:
            self.scroll_to(y=self._cursor, animate=False)
        elif self._cursor >= top + height:
            self.scroll_to(y=self._cursor - height + 1, animate=False)

    def action_choose(self) -> None:
        """Chooses the row under the cursor."""
        if self._rows:
            self.post_message(self.Chosen(self, self.cursor_key))

    def on_click(self, event: Click) -> None:
        number = event.y - 1 + round(self.scroll_offset.y)
        if event.y > 0 and 0 <= number < len(self._rows):
            self.action_cursor(number - self._cursor)

    def on_focus(self) -> None:
        self._refresh_row(self._cursor)

    def on_blur(self) -> None:
        self._refresh_row(self._cursor)

    def on_resize(self) -> None:
        self._fit()

    def shown_columns(self, width: int) -> list[tuple[Column, int]]:
        """Columns that fit into `width` cells, each with its width."""
        chosen = list(self._columns)
        while len(chosen) > 1:
            fixed = sum(column.width + 1 for column in chosen if column.width)
            flexible = any(not column.width for column in chosen)
            if fixed + (NAME_ROOM if flexible else 0) <= width + 1:
                break
            spare = [column for column in chosen if column.optional and column.width]
            if not spare:
                break
            chosen.remove(spare[-1])
        fixed = sum(column.width + 1 for column in chosen if column.width)
        rest = max(4, width - fixed)
        return [(column, column.width or rest) for column in chosen]

    def render_line(self, y: int) -> Strip:
        """One line: the header, then the rows from the scroll position on."""
        width = self.scrollable_content_region.width
        columns = self.shown_columns(width)
        base = self.rich_style
        if y == 0:
            titles = {one.key: self._title(one) for one, _ in columns}
            text = self._line(columns, titles, width)
            return Strip([Segment(text, base + Style(bold=True, underline=True))], width)
        if self._foot is not None and y == self._foot_line:
            style = base + Style.parse(self._foot.style or "bold")
            return Strip([Segment(self._line(columns, self._foot.cells, width), style)], width)
        number = y - 1 + round(self.scroll_offset.y)
        if number >= len(self._rows):
            if number == 0 and self.empty_text:
                text = set_cell_size(f" {self.empty_text}", width)
                return Strip([Segment(text, base + Style(dim=True))], width)
            return Strip([Segment(" " * width, base)], width)
        row = self._rows[number]
        style = base + Style.parse(row.style) if row.style else base
        if number == self._cursor and self.has_focus:
            style += Style(reverse=True)
        return Strip([Segment(self._line(columns, row.cells, width), style)], width)

    def _title(self, column: Column) -> str:
        # The mark stays inside the width that the title has already.
        return f"▾{column.title}" if column.key == self.sorted_by else column.title

    @staticmethod
    def _line(columns: Sequence[tuple[Column, int]], cells: dict[str, str], width: int) -> str:
        parts = []
        for column, room in columns:
            text = cells.get(column.key, "")
            size = len(text) if text.isascii() else cell_len(text)
            if size > room:
                text = set_cell_size(text, room - 1) + "…"
            elif column.right:
                text = " " * (room - size) + text
            else:
                text += " " * (room - size)
            parts.append(text)
        line = " ".join(parts)
        return line.ljust(width)[:width] if line.isascii() else set_cell_size(line, width)
