"""Everything of a request and of the plan is at most three keys from the tree."""

from __future__ import annotations

import pytest

from hazard_tui.ui.plan_places import PLAN_PARTS, REQUEST_PARTS, parts_at
from hazard_tui.ui.screens.dialogs import LetterDialog
from hazard_tui.ui.screens.plan import PlanScreen
from hazard_tui.ui.widgets.plan_editor import PlanEditor
from tests.support.screen import press, until, until_true
from tests.ui.conftest import Opener
from tests.ui.plans import shop

TABS = {
    "u": "url",
    "h": "tab-headers",
    "q": "tab-query",
    "b": "tab-body",
    "a": "tab-auth",
    "s": "tab-extractors",
    "t": "tab-assertions",
    "c": "tab-scripts",
    "p": "tab-policies",
    "v": "tab-values",
    "L": "tab-stages",
    "V": "tab-variables",
    "T": "tab-thresholds",
    "D": "tab-feeds",
    "H": "tab-host_map",
    "F": "tab-defaults",
    "P": "tab-own",
}


@pytest.mark.parametrize("letter", TABS)
async def test_two_keys_lead_from_the_tree_into_every_part(console: Opener, letter: str) -> None:
    async with console(shop()) as (app, pilot):
        await press(pilot, "down", "down")
        await until(pilot, "{{host}}/login")
        await press(pilot, "g")
        await until_true(pilot, lambda: isinstance(app.screen, LetterDialog), "the letters")
        await press(pilot, letter)
        await until_true(
            pilot,
            lambda: (
                app.focused is not None
                and any(node.id == TABS[letter] for node in app.focused.ancestors_with_self)
            ),
            f"the focus in {TABS[letter]}",
        )
        assert isinstance(app.screen, PlanScreen)


def test_every_part_has_a_letter_of_its_own() -> None:
    letters = [*REQUEST_PARTS, *PLAN_PARTS]
    assert len(set(letters)) == len(letters)
    assert set(letters) == set(TABS)
    assert set(parts_at(shop(), ("tasks", 0))) == {"u", *PLAN_PARTS}
    assert set(parts_at(shop(), ())) == set(PLAN_PARTS)


async def test_the_letters_are_a_list_as_well(console: Opener) -> None:
    async with console(shop()) as (app, pilot):
        await press(pilot, "down", "down", "g")
        shown = await until(pilot, "h  headers")
        assert "T  plan: thresholds" in shown
        await press(pilot, "down", "enter")
        await until_true(
            pilot,
            lambda: app.focused is not None and app.focused.id == "list-headers",
            "the headers",
        )
        assert app.screen.query_one(PlanEditor)
