"""What the four main screens share: the top line, the footer, the way to the app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from textual.app import ComposeResult
from textual.events import Resize
from textual.geometry import Size
from textual.screen import Screen
from textual.widgets import Static

from hazard_tui.ui.widgets.key_line import KeyLine
from hazard_tui.ui.widgets.top_bar import TopBar, TopLine

if TYPE_CHECKING:
    from hazard_tui.ui.app import HazardApp


LARGEST_TOO_SMALL = (60, 16)
"""Columns and lines up to which no screen is right. The style sheet hides what is on a screen then,
and of a dialog everything: the message of the main screen below it is seen."""
TOO_SMALL_CLASSES = ("-too-narrow", "-too-low")
"""Of every screen and dialog, by the breakpoints of the application."""


def is_too_small(size: Size) -> bool:
    """Whether a terminal of this size shows the message instead of a screen."""
    columns, lines = LARGEST_TOO_SMALL
    return size.width <= columns or size.height <= lines


class ModeScreen(Screen[None]):
    """A main screen; `mode` is its name in the app's modes."""

    mode = ""

    @property
    def console(self) -> HazardApp:
        """The application, with its own type."""
        return cast("HazardApp", self.app)

    def compose(self) -> ComposeResult:
        yield TopBar()
        yield from self.body()
        yield KeyLine()
        yield Static("", id="too-small", markup=False)

    def on_resize(self, event: Resize) -> None:
        if is_too_small(event.size):
            columns, lines = LARGEST_TOO_SMALL
            width, height = event.size
            text = f"too small: {width}x{height}\nneeds more than {columns}x{lines}"
            self.query_one("#too-small", Static).update(text)

    def body(self) -> ComposeResult:
        """Widgets between the top line and the footer."""
        yield from ()

    def state_to_keep(self) -> dict[str, Any]:
        """What the screen looks like, for the next session; JSON values."""
        return {}

    def restore_state(self, state: dict[str, Any]) -> None:
        """Makes the screen look as `state_to_keep` said."""

    def show_top(self, line: TopLine) -> None:
        """Updates the top line."""
        for bar in self.query(TopBar):
            bar.show(line)

    def on_screen_resume(self) -> None:
        self.console.refresh_top()
