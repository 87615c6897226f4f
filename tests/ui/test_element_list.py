"""Lists of elements: the cursor goes where it was sent, whenever the rows come."""

from __future__ import annotations

from textual.app import App, ComposeResult

from hazard_tui.plan.model import Threshold
from hazard_tui.ui.widgets.element_list import ElementList
from hazard_tui.ui.widgets.kinds import THRESHOLDS


class ListApp(App[None]):
    """One list."""

    def __init__(self) -> None:
        super().__init__()
        self.rules = ElementList(THRESHOLDS, (Threshold(rule="a"), Threshold(rule="b")))

    def compose(self) -> ComposeResult:
        yield self.rules


async def test_a_row_that_is_wanted_before_the_list_has_rows_is_chosen_later() -> None:
    app = ListApp()
    app.rules.go_to_row(1)
    async with app.run_test():
        assert app.rules.cursor_row == 1


async def test_a_row_that_is_wanted_of_a_filled_list_is_chosen_at_once() -> None:
    app = ListApp()
    async with app.run_test():
        app.rules.go_to_row(1)
        assert app.rules.cursor_row == 1
