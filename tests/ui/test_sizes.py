"""Terminals of every size: what fits, and the message of one that is too small."""

from __future__ import annotations

import pytest
from textual.events import Paste
from textual.widgets import Input

from hazard_tui.ui.app import HazardApp
from hazard_tui.ui.screens.dialogs import TextDialog
from tests.support.screen import press, screen_text, until, until_still, until_true
from tests.ui.conftest import Opener
from tests.ui.plans import shop


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (200, 60), (70, 20)])
async def test_every_line_of_the_screen_fits_and_keys_are_at_the_bottom(
    console: Opener, size: tuple[int, int]
) -> None:
    async with console(shop(), size) as (app, pilot):
        shown = await until(pilot, "browse")
        lines = shown.split("\n")
        assert len(lines) == size[1]
        assert max(map(len, lines)) <= size[0]
        assert "F1 Plan" in lines[0]
        assert "no findings" in lines[-2] or "warning" in lines[-2] or "error" in lines[-2]
        assert "Edit" in lines[-1]
        assert "Start" in lines[-1] or size[0] < 80
        assert "too small" not in screen_text(app)


@pytest.mark.parametrize("theme", ["hazard-dark", "ansi-dark"])
@pytest.mark.parametrize("small", [(60, 16), (120, 12)])
async def test_an_open_dialog_gives_way_to_the_size_message_and_comes_back_as_it_was(
    console: Opener, small: tuple[int, int], theme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pressed: list[str] = []
    monkeypatch.setattr(HazardApp, "action_app_stop", lambda self: pressed.append("stop"))
    async with console(shop(), theme=theme) as (app, pilot):
        assert app.theme == theme
        await press(pilot, "down", "r")
        await until(pilot, "enter accept")
        await press(pilot, "'x")
        dialog, field = app.screen, app.focused
        assert isinstance(field, Input)
        typed = field.value
        before = await until_still(pilot)
        await pilot.resize_terminal(*small)
        shown = await until(pilot, "too small")
        assert f"{small[0]}x{small[1]}" in shown
        assert "enter accept" not in shown
        app.post_message(Paste("unseen"))
        await press(pilot, "'y", "enter", "escape", "f2", "ctrl+x")
        assert pressed == ["stop"]
        assert app.screen is dialog
        await pilot.resize_terminal(80, 24)
        await until_true(
            pilot, lambda: screen_text(app) == before, f"the screen as it was\n{before}"
        )
        assert app.focused is field
        assert field.value == typed
        await press(pilot, "'z", "enter")
        await until_true(pilot, lambda: app.document.plan.tasks[0].name == f"{typed}z", "the name")


async def test_the_screen_below_is_seen_in_jump_mode_with_the_terminals_own_colours(
    console: Opener,
) -> None:
    async with console(shop(), theme="ansi-dark") as (_, pilot):
        await until(pilot, "POST login")
        await press(pilot, "ctrl+o")
        await until(pilot, " a ")
        await until(pilot, "POST login")


async def test_a_dialog_that_opens_while_the_terminal_is_too_small_is_seen_once_it_grows(
    console: Opener,
) -> None:
    async with console(shop(), (60, 16)) as (app, pilot):
        await until(pilot, "too small")
        await app.push_screen(TextDialog("a question"))
        assert "a question" not in await until_still(pilot)
        assert "too small" in screen_text(app)
        await pilot.resize_terminal(80, 24)
        await until(pilot, "a question")
        await until_true(pilot, lambda: isinstance(app.focused, Input), "the focus on its field")


@pytest.mark.parametrize("key", ["ctrl+p", "f7"])
async def test_the_palette_and_the_file_list_give_way_to_the_size_message_too(
    console: Opener, key: str
) -> None:
    async with console(shop()) as (app, pilot):
        if key == "f7":
            await press(pilot, "i")
        await press(pilot, key)
        await until_true(pilot, lambda: app.screen.focused, "the focus")
        opened, before = app.screen, await until_still(pilot)
        await pilot.resize_terminal(60, 16)
        lines = (await until(pilot, "too small")).split("\n")
        assert [line.strip() for line in lines if line.strip()] == [
            "too small: 60x16",
            "needs more than 60x16",
        ]
        await pilot.resize_terminal(80, 24)
        await until_true(
            pilot, lambda: screen_text(app) == before, f"the screen as it was\n{before}"
        )
        assert app.screen is opened
        assert app.focused is not None


@pytest.mark.parametrize("size", [(60, 16), (59, 30), (120, 12), (20, 5)])
async def test_a_terminal_that_is_too_small_says_how_large_it_must_be(
    console: Opener, size: tuple[int, int]
) -> None:
    async with console(shop(), size) as (app, pilot):
        shown = await until(pilot, "too small")
        assert "60x16" in shown
        await pilot.resize_terminal(80, 24)
        await until(pilot, "browse")
        assert "too small" not in screen_text(app)


async def test_the_smallest_usable_terminal_shows_tree_editor_and_dialogs(console: Opener) -> None:
    async with console(shop(), (61, 17)) as (app, pilot):
        shown = await until(pilot, "POST login")
        assert "too small" not in shown
        assert max(map(len, shown.split("\n"))) <= 61
        await press(pilot, "down", "down", "g")
        await until(pilot, "h  headers")
        await press(pilot, "u")
        await until(pilot, "{{host}}/login")
        await press(pilot, "escape", "question_mark")
        await until(pilot, "esc close")
        await press(pilot, "escape", "i")
        await until(pilot, "f7 browse")
        await press(pilot, "escape")
        assert "too small" not in screen_text(app)


async def test_a_narrow_terminal_shows_the_tree_or_the_editor(console: Opener) -> None:
    async with console(shop(), (70, 20)) as (app, pilot):
        await press(pilot, "down", "down")
        await until(pilot, "POST login")
        assert "{{host}}/login" not in screen_text(app)
        await press(pilot, "enter")
        shown = await until(pilot, "{{host}}/login")
        assert "browse" not in shown.split("\n", 3)[3]
        await press(pilot, "escape")
        await until(pilot, "browse")
