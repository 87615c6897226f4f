"""What the four main screens share: the top line, the footer, the way to the app."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Footer

from hazard_tui.ui.widgets.top_bar import TopBar, TopLine

if TYPE_CHECKING:
    from hazard_tui.ui.app import HazardApp


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
        yield Footer(show_command_palette=False, compact=True)

    def body(self) -> ComposeResult:
        """Widgets between the top line and the footer."""
        yield from ()

    def show_top(self, line: TopLine) -> None:
        """Updates the top line."""
        for bar in self.query(TopBar):
            bar.show(line)

    def on_screen_resume(self) -> None:
        self.console.refresh_top()
