"""Text fields that know variables: a list of names below an open `{{`, unknown tokens marked.

Inputs and areas share the list; it lies over the screen that the field is on. Cursors never
blink, since each blink costs a remote line bytes.
"""

from __future__ import annotations

from typing import Any

from rich.highlighter import Highlighter
from rich.text import Text
from textual.events import Key
from textual.geometry import Offset
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from hazard_tui.ui.offers import Offer, Offers, open_name

UNKNOWN_STYLE = "bold red underline"
"""Underlined as well, so that the mark is seen without colour."""
SHOWN_OFFERS = 8


class OfferList(Static, can_focus=False):
    """Names below the cursor of a field; the field moves the choice."""

    def __init__(self) -> None:
        super().__init__("", classes="offer-list", markup=False)
        self.offers: list[Offer] = []
        self.chosen = 0

    def show(self, offers: list[Offer], place: Offset) -> None:
        """Shows names below a place of the screen."""
        if offers != self.offers:
            self.chosen = 0
        self.offers = offers
        self.absolute_offset = place
        self._draw()
        self.display = True

    def move(self, by: int) -> None:
        """Chooses another name."""
        self.chosen = (self.chosen + by) % len(self.offers)
        self._draw()

    def _draw(self) -> None:
        first = max(0, min(self.chosen - SHOWN_OFFERS + 1, len(self.offers) - SHOWN_OFFERS))
        shown = self.offers[first : first + SHOWN_OFFERS]
        width = max(len(one.name) for one in shown)
        lines = [
            Text(
                f" {one.name:{width}}  {one.origin} ",
                "reverse" if first + number == self.chosen else "",
                no_wrap=True,
            )
            for number, one in enumerate(shown)
        ]
        if len(self.offers) > len(shown):
            lines.append(Text(f" {len(self.offers) - len(shown)} more", "italic"))
        self.update(Text("\n").join(lines))


class _Completing(Widget):
    """What both kinds of field share; `self` is the field."""

    HANDLES = ("offers.previous", "offers.next", "offers.take", "offers.close")

    offers: Offers | None = None
    _list: OfferList | None = None

    def text_before_cursor(self) -> str:
        """The line up to the cursor."""
        raise NotImplementedError

    def take_name(self, typed: str, name: str) -> None:
        """Puts a name in place of what is typed of it, and closes the braces."""
        raise NotImplementedError

    def place_below(self) -> Offset:
        """Where the list goes."""
        raise NotImplementedError

    @property
    def is_offering(self) -> bool:
        """True while the list is shown."""
        return self._list is not None and self._list.display

    def offer(self) -> None:
        """Shows the names that fit, or hides the list."""
        typed = open_name(self.text_before_cursor()) if self.has_focus and self.offers else None
        found = self.offers.matching(typed) if self.offers and typed is not None else []
        if not found:
            self.hide_offers()
            return
        if self._list is None or not self._list.is_attached:
            self._list = OfferList()
            self.screen.mount(self._list)
        self._list.show(found, self.place_below())

    def hide_offers(self) -> None:
        """Hides the list."""
        if self._list is not None:
            self._list.display = False

    def take_key(self, event: Key) -> None:
        """Keys that belong to the list while it is shown."""
        if not self.is_offering or self._list is None:
            return
        if event.key in ("up", "down"):
            self._list.move(1 if event.key == "down" else -1)
        elif event.key in ("enter", "tab"):
            typed = open_name(self.text_before_cursor()) or ""
            name = self._list.offers[self._list.chosen].name
            self.hide_offers()
            self.take_name(typed, name)
        elif event.key == "escape":
            self.hide_offers()
        else:
            if event.key in ("left", "right", "home", "end"):
                self.hide_offers()
            return
        event.stop()
        event.prevent_default()


class _TokenHighlighter(Highlighter):
    def __init__(self, offers: Offers) -> None:
        self._offers = offers

    def highlight(self, text: Text) -> None:
        for start, end in self._offers.unknown_spans(text.plain):
            text.stylize(UNKNOWN_STYLE, start, end)


class VariableInput(Input, _Completing):
    """One line of text with variables."""

    about = (
        "A field: type {{ for a list of the variables that have a value here. Names that have "
        "none are underlined. Escape goes back, ^z takes back what was typed."
    )

    def __init__(self, value: str = "", *, offers: Offers | None = None, **options: Any) -> None:
        super().__init__(
            value,
            compact=True,
            select_on_focus=False,
            highlighter=_TokenHighlighter(offers) if offers is not None else None,
            **options,
        )
        self.offers = offers

    def on_mount(self) -> None:
        self.cursor_blink = False

    def text_before_cursor(self) -> str:
        return self.value[: self.cursor_position]

    def place_below(self) -> Offset:
        return self.cursor_screen_offset + Offset(0, 1)

    def take_name(self, typed: str, name: str) -> None:
        end = self.cursor_position
        rest = self.value[end:]
        close = "" if rest.startswith("}}") else "}}"
        self.value = f"{self.value[: end - len(typed)]}{name}{close}{rest}"
        self.cursor_position = end - len(typed) + len(name) + 2

    def on_key(self, event: Key) -> None:
        self.take_key(event)

    def on_blur(self) -> None:
        self.hide_offers()

    def on_input_changed(self) -> None:
        self.offer()

    def on_unmount(self) -> None:
        if self._list is not None and self._list.is_attached:
            self._list.remove()


class VariableArea(TextArea, _Completing):
    """Several lines of text with variables."""

    about = (
        "A text: type {{ for a list of the variables that have a value here. f6 edits it in your "
        "editor. Escape goes back."
    )

    def __init__(self, text: str = "", *, offers: Offers | None = None, **options: Any) -> None:
        # The area reads its lines while it is made.
        self.offers = offers
        super().__init__(text, compact=True, **options)

    def on_mount(self) -> None:
        self.cursor_blink = False

    def get_line(self, line_index: int) -> Text:
        """The line with unknown tokens marked."""
        line = super().get_line(line_index)
        if self.offers is not None:
            for start, end in self.offers.unknown_spans(line.plain):
                line.stylize(UNKNOWN_STYLE, start, end)
        return line

    def text_before_cursor(self) -> str:
        row, column = self.cursor_location
        return self.document.get_line(row)[:column]

    def place_below(self) -> Offset:
        return self.cursor_screen_offset + Offset(0, 1)

    def take_name(self, typed: str, name: str) -> None:
        row, column = self.cursor_location
        rest = self.document.get_line(row)[column:]
        close = "" if rest.startswith("}}") else "}}"
        start = (row, column - len(typed))
        self.replace(f"{name}{close}", start, (row, column))
        self.move_cursor((row, column - len(typed) + len(name) + 2))

    def on_key(self, event: Key) -> None:
        self.take_key(event)

    def on_blur(self) -> None:
        self.hide_offers()

    def on_text_area_changed(self) -> None:
        self.offer()

    def on_unmount(self) -> None:
        if self._list is not None and self._list.is_attached:
            self._list.remove()


class UnknownNames(Static):
    """A line that names what nothing gives a value; hidden when there is nothing to say."""

    def __init__(self, glyph: str = "!", id: str | None = None) -> None:
        super().__init__("", markup=False, classes="warning", id=id)
        self._glyph = glyph
        self.display = False

    def show(self, names: list[str]) -> None:
        """Says which names are unknown."""
        self.display = bool(names)
        if names:
            listed = ", ".join(f"{{{{{name}}}}}" for name in names)
            verb = "has" if len(names) == 1 else "have"
            self.update(f"{self._glyph} {listed} {verb} no value and would be sent literally")
