"""Jump mode: each part of each screen has a letter that leads to it."""

from __future__ import annotations

from itertools import combinations

import pytest
from textual.pilot import Pilot
from textual.widget import Widget

from hazard_tui.ui.app import HazardApp
from hazard_tui.ui.screens.jump import JumpScreen, jump_targets
from tests.support.screen import press, until, until_still, until_true
from tests.ui.conftest import SIZES, Opener
from tests.ui.dialogs import WITHOUT_PARTS, dialogs
from tests.ui.plans import shop


async def until_focused(app: HazardApp, pilot: Pilot[int], widget: Widget) -> None:
    await until_true(pilot, lambda: app.focused is widget, f"the focus on {widget}")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("mode", ["f1", "f2", "f3", "f4"])
async def test_jump_labels_lead_to_their_targets_and_hide_no_other(
    console: Opener, size: tuple[int, int], mode: str
) -> None:
    async with console(shop(), size) as (app, pilot):
        await press(pilot, "f1", "down", "down")
        await until_true(pilot, lambda: app.screen.query("#url"), "the URL came")
        await press(pilot, mode)
        await every_label_leads(
            app, pilot, jump_targets(app.screen)[0 if size == SIZES[0] else -1 :]
        )


async def every_label_leads(
    app: HazardApp, pilot: Pilot[int], targets: list[tuple[str, Widget]]
) -> None:
    """Goes to each of these parts of the screen by its letter."""
    assert len({letter for letter, _ in targets}) == len(targets)
    for letter, widget in targets:
        await press(pilot, "ctrl+o")
        await until_true(pilot, lambda: isinstance(app.screen, JumpScreen), "labels")
        places = [label.region for label in app.screen.query(".jump-label")]
        assert all(not one.overlaps(other) for one, other in combinations(places, 2))
        assert all(app.screen.region.contains_region(place) for place in places)
        await press(pilot, letter)
        await until_focused(app, pilot, widget)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("number", range(11))
async def test_jump_labels_lead_to_every_part_of_a_dialog(
    console: Opener, number: int, size: tuple[int, int]
) -> None:
    async with console(shop(), size) as (app, pilot):
        dialog = dialogs()[number]
        await app.push_screen(dialog)
        await until_still(pilot)
        targets = jump_targets(app.screen)
        await every_label_leads(app, pilot, targets)
        assert app.screen is dialog
        if not targets:
            assert number == WITHOUT_PARTS
            await press(pilot, "ctrl+o")
            await until(pilot, "nothing here takes the focus")
