"""Every key does something or says why not, wherever it is pressed."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest
from textual.binding import Binding
from textual.dom import DOMNode
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from hazard_tui import ui
from hazard_tui.plan import edit
from hazard_tui.ui.actions import ACTIONS, AREAS, BY_ID, Action, key_text, keymap_faults
from hazard_tui.ui.app import HazardApp
from hazard_tui.ui.palette import ActionProvider, help_text
from hazard_tui.ui.screens.dialogs import (
    ConfirmDialog,
    TextScreen,
)
from hazard_tui.ui.screens.plan import PlanScreen
from tests.support.screen import press, screen_text, until, until_true
from tests.ui.conftest import SIZES, Opener
from tests.ui.dialogs import dialogs
from tests.ui.plans import shop

MODES = {"f1": "Plan", "f2": "Fleet", "f3": "Run", "f4": "History"}


async def until_mode(app: HazardApp, pilot: Pilot[int], title: str) -> None:
    await until_true(pilot, lambda: app.current_mode == title.lower(), title)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("start", MODES)
async def test_the_four_modes_are_a_key_away_from_each_other(
    console: Opener, size: tuple[int, int], start: str
) -> None:
    async with console(shop(), size) as (app, pilot):
        for key, title in MODES.items():
            await press(pilot, start, key)
            await until_mode(app, pilot, title)
            assert f"{key.upper()} {title}" in screen_text(app).split("\n")[0]


async def test_the_mode_keys_work_while_typing(console: Opener) -> None:
    async with console(shop()) as (app, pilot):
        for key, title in list(MODES.items())[1:]:
            await press(pilot, "f1", "down", "down")
            await until_true(pilot, lambda: app.screen.query("#url"), "the URL came")
            app.screen.query_one("#url").focus()
            await press(pilot, key)
            await until_mode(app, pilot, title)


def test_ids_are_frozen_words_and_every_action_is_explained() -> None:
    assert len(BY_ID) == len(ACTIONS)
    for action in ACTIONS:
        assert action.area in AREAS, action.id
        assert action.label, action.id
        assert action.help.endswith((".", "…")), action.id
        assert action.keys, action.id


def _console_classes() -> list[type[DOMNode]]:
    """Every class of `hazard_tui.ui` that can have keys."""
    for module in pkgutil.walk_packages(ui.__path__, f"{ui.__name__}."):
        importlib.import_module(module.name)
    found, stack = [], [DOMNode]
    while stack:
        one = stack.pop()
        stack += one.__subclasses__()
        if one.__module__.startswith(f"{ui.__name__}."):
            found.append(one)
    return list(dict.fromkeys(found))


def _takes_keys(one: type[DOMNode]) -> bool:
    """True for a class with a handler of its own for keys."""
    return any(
        re.fullmatch(r"_?on_key|key_\w+", name)
        or any(kind is Key for kind, _ in getattr(method, "_textual_on", ()))
        for name, method in vars(one).items()
    )


def test_every_key_of_every_screen_dialog_and_widget_is_in_the_registry() -> None:
    reached = set()
    for one in _console_classes():
        given = vars(one).get("BINDINGS", [])
        assert all(isinstance(each, Binding) for each in given), f"{one}: bindings(area) makes keys"
        for binding in given:
            action = BY_ID.get(binding.id or "")
            assert action is not None, f"{one.__name__}: {binding.key} is no action of the registry"
            assert (binding.key, binding.description) == (action.keys, action.label), binding
            reached.add(action.id)
        if _takes_keys(one):
            handled = getattr(one, "HANDLES", ())
            assert handled, f"{one.__name__} takes keys and names no action in HANDLES"
            assert not any(BY_ID[name].bound for name in handled), one
        reached |= set(vars(one).get("HANDLES", ()))
    assert reached == set(BY_ID)


def test_no_key_of_an_area_has_two_actions() -> None:
    for area in AREAS:
        keys = [key for one in ACTIONS if one.area == area for key in one.keys.split(",")]
        assert len(set(keys)) == len(keys), (area, sorted(keys))


async def test_palette_help_and_registry_hold_the_same_actions(console: Opener) -> None:
    async with console(shop()) as (app, _):
        provider = ActionProvider(app.screen)
        hits = [str(hit.prompt) async for hit in provider.discover()]
        assert sorted(hits) == sorted(provider.title(action) for action in ACTIONS)
        told = [" ".join(line.split()) for line in help_text([], {}).split("\n")]
        lines = [one for one in told if one and one not in AREAS.values()]
        assert sorted(lines) == sorted(
            " ".join(f"{key_text(one)} {one.label} {one.help}".split()) for one in ACTIONS
        )


async def test_the_palette_does_actions_of_the_dialog_that_is_open(console: Opener) -> None:
    async with console(shop()) as (app, pilot):
        dialog = ConfirmDialog("t", "text")
        answers: list[bool | None] = []
        await app.push_screen(dialog, answers.append)
        await press(pilot, "ctrl+p")
        await until_true(pilot, lambda: app.screen is not dialog, "the palette")
        await press(pilot, "'Yes or no: Yes")
        await until(pilot, "Agree.")
        await press(pilot, "enter")
        await until_true(pilot, lambda: answers == [True], "yes")


async def test_the_palette_says_where_an_action_of_another_dialog_works(console: Opener) -> None:
    async with console(shop()) as (app, pilot):
        app.run_registered(BY_ID["review.accept"])
        await until(pilot, "Accept works in review of an import")
        await app.push_screen(ConfirmDialog("t", "text"))
        app.run_registered(BY_ID["tree.rename"])
        await until(pilot, "Rename works when")


async def test_a_keymap_changes_the_keys_of_dialogs_and_the_line_at_their_foot(
    console: Opener,
) -> None:
    async with console(shop(), keymap={"confirm.yes": "j"}) as (app, pilot):
        answers: list[bool | None] = []
        await app.push_screen(ConfirmDialog("t", "text"), answers.append)
        await until(pilot, "j yes   esc no")
        await press(pilot, "j")
        await until_true(pilot, lambda: answers == [True], "yes")


def test_a_keymap_for_keys_that_cannot_be_changed_is_told() -> None:
    assert "keymap: the keys of jump.go cannot be changed" in keymap_faults({"jump.go": "x"})


ELSEWHERE = {
    "app.quit",
    "app.plan",
    "app.stop",
    "app.start",
    "app.back",
    "plan.check",
    "plan.check_all",
}
"""Actions that have tests of their own, or need a controller or a worker."""


@pytest.mark.parametrize(
    "action",
    [one for one in ACTIONS if one.area in ("app", "plan", "tree") and one.id not in ELSEWHERE],
    ids=lambda one: one.id,
)
async def test_each_key_does_something_or_says_why_not(console: Opener, action: Action) -> None:
    async with console(shop()) as (app, pilot):
        assert isinstance(app.screen, PlanScreen)
        for name in ("first", "second"):
            app.document.do("rename", edit.replace(app.document.plan, ("name",), name))
        app.document.undo()
        app.screen.plan_tree.select(("tasks", 0, "steps", 1))
        await until(pilot, "{{host}}/items")

        def state() -> tuple[object, ...]:
            return screen_text(app), app.focused, app.document.plan, app.current_mode

        before = state()
        key = action.keys.split(",")[0]
        await press(pilot, key)
        await until_true(
            pilot, lambda: before != state() or app._notifications, f"an effect of {key}"
        )


async def test_quitting_leaves_with_success(console: Opener) -> None:
    async with console(shop()) as (app, pilot):
        await press(pilot, "ctrl+q")
        assert app.return_value == 0


@pytest.mark.parametrize("mode", ["f2", "f3", "f4"])
async def test_escape_leads_back_to_the_plan(console: Opener, mode: str) -> None:
    async with console(shop()) as (app, pilot):
        await press(pilot, mode, "escape")
        await until_true(pilot, lambda: app.current_mode == "plan", "the plan")


@pytest.mark.parametrize("size", SIZES)
async def test_help_is_about_what_has_the_focus(console: Opener, size: tuple[int, int]) -> None:
    async with console(shop(), size) as (app, pilot):
        await press(pilot, "question_mark")
        shown = await until(pilot, "Plan tree")
        assert "(here)" in shown
        await press(pilot, "escape", "down", "down")
        await until_true(pilot, lambda: app.screen.query("#url"), "the URL came")
        app.screen.query_one("#url").focus()
        await press(pilot, "ctrl+g")
        await until(pilot, "variable")
        await press(pilot, "escape")
        app.screen.query_one("#list-headers").focus()
        await press(pilot, "question_mark")
        assert "Lists  (here)" in await until(pilot, "Lists")


@pytest.mark.parametrize("mode", MODES)
async def test_help_opens_from_every_screen(console: Opener, mode: str) -> None:
    async with console(shop()) as (_, pilot):
        await press(pilot, mode, "question_mark")
        await until(pilot, "Plan tree  (here)" if mode == "f1" else f"{MODES[mode]}  (here)")
        await press(pilot, "escape")


async def test_the_palette_does_actions_of_other_areas(console: Opener) -> None:
    async with console(shop()) as (app, pilot):
        await press(pilot, "f4", "ctrl+p")
        await until_true(pilot, lambda: app.focused, "the palette")
        await press(pilot, "'Plan tree: Duplicate")
        await until(pilot, "Copy this one")
        await press(pilot, "enter")
        await until_true(pilot, lambda: app.current_mode == "plan", "the plan")


async def test_a_keymap_changes_keys_in_help_and_on_the_screen(console: Opener) -> None:
    async with console(shop(), keymap={"tree.rename": "n"}) as (_, pilot):
        await press(pilot, "down", "n")
        await until(pilot, "enter accept")
        await press(pilot, "escape", "question_mark")
        await until(pilot, "n              Rename")


async def test_a_keymap_with_a_clash_is_told_and_left_out(console: Opener) -> None:
    keymap = {"tree.rename": "a", "tree.nothing": "x"}
    faults = keymap_faults(keymap)
    assert any("tree.rename" in one and "tree.add" in one for one in faults)
    async with console(shop(), (120, 40), keymap=keymap) as (_, pilot):
        shown = await until(pilot, "is bound to both")
        assert "tree.nothing" in shown
        await press(pilot, "down", "r")
        await until(pilot, "enter accept")


@pytest.mark.parametrize("number", range(11))
async def test_the_stop_key_works_from_every_dialog_and_escape_closes_it(
    console: Opener, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    pressed: list[str] = []
    monkeypatch.setattr(HazardApp, "action_app_stop", lambda self: pressed.append("stop"))
    async with console(shop()) as (app, pilot):
        dialog = dialogs()[number]
        await app.push_screen(dialog)
        await press(pilot, "ctrl+x")
        assert pressed == ["stop"]
        await press(pilot, "escape")
        await until_true(pilot, lambda: app.screen is not dialog, "the dialog is closed")


@pytest.mark.parametrize("number", [1, 3, 9, 10])
async def test_a_question_mark_tells_the_keys_of_the_dialog_that_is_open(
    console: Opener, number: int
) -> None:
    async with console(shop(), (120, 40)) as (app, pilot):
        dialog = dialogs()[number]
        await app.push_screen(dialog)
        await press(pilot, "question_mark")
        await until_true(pilot, lambda: isinstance(app.screen, TextScreen), "the help")
        await until(pilot, "(here)")


async def test_enter_on_a_finding_goes_to_its_element_and_field(console: Opener) -> None:
    plan = shop()
    step = plan.tasks[0].steps[1]
    assert step.request
    broken = step.model_copy(update={"request": step.request.model_copy(update={"url": ""})})
    task = plan.tasks[0].model_copy(update={"steps": (plan.tasks[0].steps[0], broken)})
    async with console(plan.model_copy(update={"tasks": (task,)})) as (app, pilot):
        await until(pilot, "has no URL")
        await press(pilot, "f8")
        await until(pilot, "enter go there")
        await press(pilot, "enter")
        await until_true(pilot, lambda: app.focused and app.focused.id == "url", "the URL field")
        assert isinstance(app.focused, Input)


async def test_a_finding_in_a_list_goes_to_its_row(console: Opener) -> None:
    from hazard_tui.plan.model import Threshold

    rules = (Threshold(rule="p95<1s"), Threshold(rule="nonsense"))
    async with console(shop().model_copy(update={"thresholds": rules})) as (app, pilot):
        await press(pilot, "f8")
        await until(pilot, "enter go there")
        assert app.screen.query_one(OptionList).option_count == 1
        await press(pilot, "enter")
        await until_true(
            pilot, lambda: app.focused and app.focused.id == "plan-thresholds", "the list"
        )
        await until_true(pilot, lambda: getattr(app.focused, "cursor_row", 0) == 1, "its row")


async def test_a_plan_with_errors_is_not_started_and_the_reason_is_shown(console: Opener) -> None:
    plan = shop().model_copy(update={"tasks": ()})
    async with console(plan) as (_, pilot):
        await press(pilot, "f5")
        await until(pilot, "the plan cannot be started")
        await until(pilot, "the plan has no tasks")
