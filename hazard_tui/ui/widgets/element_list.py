"""An ordered list of elements of one kind: headers, query, saves, asserts, stages and the like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rich.text import Text
from textual import on, work
from textual.events import Paste
from textual.message import Message
from textual.widgets import DataTable

from hazard_tui.plan.base import Element, Pair
from hazard_tui.ui import actions
from hazard_tui.ui.offers import Offers
from hazard_tui.ui.widgets.form import FormDialog


@dataclass(frozen=True, slots=True)
class ListKind:
    """What a list holds and how a row looks."""

    title: str
    """One element: `header`."""
    make: Callable[[], Element]
    """A new element for the form."""
    columns: tuple[str, ...]
    cells: Callable[[Any], tuple[str, ...]]
    only: tuple[str, ...] = ()
    """Fields that the form offers; empty: all."""


class ElementList(DataTable[Text]):
    """Rows of elements. Posts `Changed` with the whole new list; the owner makes it an edit."""

    BINDINGS = actions.bindings("list")
    about = (
        "A list: enter edits the row, a adds one, d deletes it, space turns it off or on. "
        "Lines such as `Name: value` can be pasted into headers, query and form fields."
    )

    class Changed(Message):
        """The person changed the list."""

        def __init__(self, control: ElementList, label: str, items: tuple[Element, ...]) -> None:
            super().__init__()
            self.list = control
            self.label = label
            self.items = items

        @property
        def control(self) -> ElementList:
            """The list itself."""
            return self.list

    def __init__(
        self,
        kind: ListKind,
        items: tuple[Element, ...] = (),
        *,
        offers: Offers | None = None,
        id: str | None = None,
    ) -> None:
        super().__init__(cursor_type="row", zebra_stripes=False, id=id)
        self.kind = kind
        self.items = items
        self._offers = offers
        self._first_row = 0

    def go_to_row(self, row: int) -> None:
        """Puts the cursor on a row; a list that is only being made does it when it has its rows."""
        self._first_row = row
        if self.row_count:
            self.move_cursor(row=row)

    def on_mount(self) -> None:
        self.add_columns("", *self.kind.columns)
        self._fill()
        self.move_cursor(row=self._first_row)

    def show(self, items: tuple[Any, ...]) -> None:
        """Shows other items, keeping the cursor's row."""
        if items != self.items:
            self.items = items
            if self.is_mounted:
                self._fill()

    def _fill(self) -> None:
        row = self.cursor_row
        self.clear()
        for item in self.items:
            off = bool(getattr(item, "disabled", False))
            style = "dim" if off else ""
            cells = [Text("off" if off else "", style=style)]
            cells += [
                Text(cell.replace("\n", "⏎"), style=style, overflow="ellipsis", no_wrap=True)
                for cell in self.kind.cells(item)
            ]
            self.add_row(*cells)
        if not self.items:
            empty = [Text("")] * len(self.kind.columns)
            empty[0] = Text(f"no {self.kind.title} yet: press a", style="dim italic")
            self.add_row(Text(""), *empty)
        self.move_cursor(row=min(row, max(0, len(self.items) - 1)))

    def _change(self, label: str, items: tuple[Element, ...], cursor: int) -> None:
        self.items = items
        self._fill()
        self.move_cursor(row=cursor)
        self.post_message(self.Changed(self, f"{label} {self.kind.title}", items))

    @property
    def position(self) -> int | None:
        """Index of the item under the cursor; None when the list is empty."""
        return self.cursor_row if self.items and self.cursor_row < len(self.items) else None

    @on(DataTable.RowSelected)
    def _selected(self, event: DataTable.RowSelected) -> None:
        event.stop()
        self.action_list_edit()

    def on_paste(self, event: Paste) -> None:
        """Lines `Name: value` or `name=value` become rows, where rows are names and values."""
        if self.kind.make is not Pair:
            return
        event.stop()
        pairs = tuple(filter(None, map(_pair_of, event.text.splitlines())))
        if pairs:
            at = 0 if not self.items else self.cursor_row + 1
            self._change("paste", (*self.items[:at], *pairs, *self.items[at:]), at)

    def action_list_add(self) -> None:
        """Asks for a new element and puts it behind the cursor."""
        self._ask(None)

    def action_list_edit(self) -> None:
        """Edits the element under the cursor, or adds the first one."""
        self._ask(self.position)

    @work(group="form", exclusive=True)
    async def _ask(self, position: int | None) -> None:
        new = position is None
        element = self.kind.make() if position is None else self.items[position]
        title = f"{'new' if new else 'edit'} {self.kind.title}"
        dialog = FormDialog(title, element, self.kind.only, self._offers)
        result = await self.app.push_screen_wait(dialog)
        if result is None:
            return
        if position is None:
            at = 0 if not self.items else self.cursor_row + 1
            self._change("add", (*self.items[:at], result, *self.items[at:]), at)
        elif result != element:
            items = (*self.items[:position], result, *self.items[position + 1 :])
            self._change("edit", items, position)

    def action_list_delete(self) -> None:
        """Deletes the row under the cursor; undo brings it back."""
        at = self.position
        if at is not None:
            self._change("delete", (*self.items[:at], *self.items[at + 1 :]), max(0, at - 1))

    def action_list_toggle(self) -> None:
        """Turns the row under the cursor off or on."""
        at = self.position
        if at is None or not hasattr(self.items[at], "disabled"):
            return
        off = bool(getattr(self.items[at], "disabled"))  # noqa: B009 - not every element has it
        item = self.items[at].model_copy(update={"disabled": not off})
        self._change("toggle", (*self.items[:at], item, *self.items[at + 1 :]), at)

    def action_list_move_up(self) -> None:
        """Moves the row up."""
        self._move(-1)

    def action_list_move_down(self) -> None:
        """Moves the row down."""
        self._move(1)

    def _move(self, by: int) -> None:
        at = self.position
        if at is None or not 0 <= at + by < len(self.items):
            return
        items = list(self.items)
        items[at], items[at + by] = items[at + by], items[at]
        self._change("move", tuple(items), at + by)


def _pair_of(line: str) -> Pair | None:
    """A name and a value from a pasted line; None for a line that holds none."""
    places = [line.find(sign) for sign in (":", "=") if sign in line]
    at = min(places, default=-1)
    name = line[:at].strip()
    return Pair(name=name, value=line[at + 1 :].strip()) if at > 0 and name else None
