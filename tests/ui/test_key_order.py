"""Keys that arrive together, as they do over a slow line, do what they would do one by one."""

from __future__ import annotations

import pytest
from textual import events
from textual.widgets import Input

from hazard_tui.ui.app import HazardApp
from hazard_tui.ui.run_view import RunView
from tests.support.screen import press, screen_text, until, until_true
from tests.ui.conftest import Opener
from tests.ui.plans import shop
from tests.ui.recorded import record, second, view_of

SPECIAL = {"<": "backspace", "=": "ctrl+u", "{": "left", "\r": "enter"}
PRINTABLE = {"/": "slash", " ": "space"}


def at_once(app: HazardApp, keys: str) -> None:
    """Posts keys without waiting for any of them; `<` deletes, `=` clears, `{` goes left."""
    for key in keys:
        if key in SPECIAL:
            app.post_message(events.Key(SPECIAL[key], None))
        else:
            app.post_message(events.Key(PRINTABLE.get(key, key), key))


@pytest.mark.parametrize(
    ("typed", "value"), [("ab<c", "ac"), ("abc{{x", "axbc"), ("abc=de", "de"), ("a<<<b", "b")]
)
async def test_keys_in_a_field_do_not_overtake_each_other(
    console: Opener, typed: str, value: str
) -> None:
    async with console(shop(), (120, 40)) as (app, pilot):
        await press(pilot, "slash")
        await until_true(pilot, lambda: isinstance(app.focused, Input), "the field")
        at_once(app, typed)
        field = app.focused
        assert isinstance(field, Input)
        await until_true(pilot, lambda: field.value == value, f"{field.value!r} is {value!r}")


def a_run() -> RunView:
    """A run of five steps."""
    return view_of(record(5), [second(n, [1000] * 5) for n in range(5)])


async def test_what_is_typed_ahead_reaches_the_dialog_that_opens(console: Opener) -> None:
    async with console(size=(120, 40)) as (app, pilot):
        app.state.run = a_run()
        await press(pilot, "f3")
        await until(pilot, "all requests")
        at_once(app, "/step 3\r")
        await until(pilot, "filter step 3")
        assert "step 4" not in screen_text(app)
        at_once(app, "/=\rs")
        await until(pilot, "sorted by requests")
        assert "filter" not in screen_text(app)


async def test_keys_go_on_when_a_widget_that_had_one_is_gone(console: Opener) -> None:
    async with console(shop(), (120, 40)) as (app, pilot):
        await press(pilot, "slash")
        await until_true(pilot, lambda: isinstance(app.focused, Input), "the field")
        app.post_message(events.Key("escape", None))
        at_once(app, "r")
        await until(pilot, "enter accept")


async def test_a_pasted_text_keeps_its_place_among_keys(console: Opener) -> None:
    async with console(shop(), (120, 40)) as (app, pilot):
        await press(pilot, "slash")
        await until_true(pilot, lambda: isinstance(app.focused, Input), "the field")
        field = app.focused
        assert isinstance(field, Input)
        at_once(app, "ab<")
        app.post_message(events.Paste("XY"))
        at_once(app, "<c")
        await until_true(pilot, lambda: field.value == "aXc", f"{field.value!r}")
