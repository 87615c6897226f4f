"""The plan screen: the tree, its editors, and what a person does with them."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from hazard_tui.plan.model import Group, Plan
from hazard_tui.plan.store import load_plan
from hazard_tui.ui.app import HazardApp
from hazard_tui.ui.screens.plan import PlanScreen
from hazard_tui.ui.widgets.element_list import ElementList
from tests.support.screen import press, screen_text, until, until_true
from tests.ui.conftest import SIZES, Opener
from tests.ui.plans import many_steps, shop

TWELVE_EDITS = """\
hazard: 1
name: shop
variables:
- name: host
  value: http://127.0.0.1:9
- name: user
  value: ann
tasks:
- id: t-browse
  name: look
  weight: 7
  steps:
  - id: s-list
    name: list
    request:
      method: GET
      url: '{{host}}/items'
      query:
      - name: page
        value: '1'
      headers:
      - name: Authorization
        value: Bearer {{token}}
      body:
        urlencoded:
          fields:
          - name: a
            value: b
  - id: s-login
    name: login
    disabled: true
    request:
      method: POST
      url: '{{host}}/login'
      body:
        text:
          content: '{"user": "{{user}}"}'
      extractors:
      - variable: token
        jmespath: token
- id: t-buy
  name: buy
  steps:
  - id: s-pay
    name: pay
    request:
      method: GET
      url: http://127.0.0.1:9/
  - id: COPY
    name: pay
    request:
      method: GET
      url: http://127.0.0.1:9/
stages:
- to: 3.0
  duration_ms: 5000
"""


def plan_screen(app: object) -> PlanScreen:
    screen = getattr(app, "screen")  # noqa: B009 - the app's screens have no common type
    assert isinstance(screen, PlanScreen)
    return screen


@pytest.mark.parametrize("size", SIZES)
async def test_twelve_edits_in_the_tree_make_the_plan_that_is_saved(
    console: Opener, size: tuple[int, int], tmp_path: Path
) -> None:
    async with console(shop(), size) as (app, pilot):
        await until(pilot, "browse  3 = 75%")
        tree = plan_screen(app).plan_tree
        await press(pilot, "down", "r")
        await until(pilot, "enter accept")
        app.screen.query_one(Input).value = "look"
        await press(pilot, "enter")
        await until(pilot, "look  3 = 75%")
        await press(pilot, "number_sign")
        await until(pilot, "weight")
        app.screen.query_one(Input).value = "7"
        await press(pilot, "enter")
        await until(pilot, "look  7 = 88%")
        await press(pilot, "down", "space")
        await until(pilot, "login off")
        await press(pilot, "alt+down")
        await until_true(pilot, lambda: tree.place.path[-1] == 1, "the step moved down")
        await press(pilot, "down", "d")
        await until_true(pilot, lambda: "cart" not in screen_text(app), "the group is gone")
        tree.select(("tasks", 1, "steps", 0))
        await until_true(pilot, lambda: tree.place.key == "s-pay", "the cursor is on pay")
        await press(pilot, "D")
        await until_true(pilot, lambda: screen_text(app).count("GET pay") == 2, "a copy")
        tree.select(("tasks", 1, "steps", 2))
        await until_true(pilot, lambda: tree.place.key == "s-pause", "the cursor is on the pause")
        await press(pilot, "delete")
        await until_true(pilot, lambda: "think" not in screen_text(app), "the pause is gone")
        tree.select(("tasks", 1))
        await until_true(pilot, lambda: tree.place.key == "t-buy", "the cursor is on the task")
        await press(pilot, "space")
        await until(pilot, "buy off")
        await press(pilot, "ctrl+z")
        await until(pilot, "buy  1 = 12%")
        await press(pilot, "a")
        await until(pilot, "group of steps")
        await press(pilot, "down", "enter")
        await until(pilot, "group")
        await press(pilot, "ctrl+z", "ctrl+s")
        await until(pilot, "saved")
        plan = load_plan(tmp_path / "shop.hazard.yaml")
        copy = plan.tasks[1].steps[1].id
        text = (tmp_path / "shop.hazard.yaml").read_text().replace(copy, "COPY")
        assert text == TWELVE_EDITS


async def test_moving_through_many_steps_reuses_the_editor(console: Opener) -> None:
    async with console(many_steps(100), (120, 40)) as (app, pilot):
        await press(pilot, "down", "down")
        screen = plan_screen(app)
        await until_true(pilot, lambda: screen.query("#url"), "the editor came")
        editor = screen.query_one(".request-editor")
        made = len(screen.query("*"))
        for number in range(1, 40):
            await pilot.press("down")
            if number % 13 == 0:
                url = f"http://127.0.0.1:9/{number}"
                await until(pilot, url)
        assert screen.query_one(".request-editor") is editor
        assert len(screen.query("*")) <= made + 2


@pytest.mark.parametrize("size", SIZES)
async def test_what_is_typed_becomes_an_edit_of_the_step_it_was_typed_for(
    console: Opener, size: tuple[int, int]
) -> None:
    async with console(shop(), size) as (app, pilot):
        await press(pilot, "down", "down")
        await until(pilot, "{{host}}/login")
        await press(pilot, "enter")
        await until_true(pilot, lambda: app.focused and app.focused.id == "url", "the URL")
        await press(pilot, "end", "'/v2", "escape", "down")
        await until(pilot, "{{host}}/items")
        urls = [one.request.url for one in app.document.plan.tasks[0].steps if one.request]
        assert urls == ["{{host}}/login/v2", "{{host}}/items"]
        await press(pilot, "ctrl+z")
        assert app.document.plan == load_plan(app.document.path or Path())


async def test_undo_while_typing_takes_back_what_is_typed(console: Opener) -> None:
    async with console(shop()) as (app, pilot):
        await press(pilot, "down", "down")
        await until(pilot, "{{host}}/login")
        await press(pilot, "enter")
        await until_true(pilot, lambda: app.focused and app.focused.id == "url", "the URL")
        await press(pilot, "end", "'/x", "ctrl+z")
        field = app.focused
        await until_true(
            pilot, lambda: isinstance(field, Input) and field.value == "{{host}}/login", "old URL"
        )
        assert app.focused is field


async def test_a_header_is_added_edited_and_turned_off_in_its_list(console: Opener) -> None:
    async with console(shop()) as (app, pilot):
        await press(pilot, "down", "down", "down")
        await until(pilot, "Authorization")
        plan_screen(app).query_one("#list-headers").focus()
        await press(pilot, "a")
        await until(pilot, "new header")
        await press(pilot, "'X-Id", "tab", "'7", "enter")
        await until(pilot, "X-Id")
        await press(pilot, "space")
        request = app.document.plan.tasks[0].steps[1].request
        assert request is not None
        assert [(one.name, one.value, one.disabled) for one in request.headers] == [
            ("Authorization", "Bearer {{token}}", False),
            ("X-Id", "7", True),
        ]
        await until(pilot, "off")


async def test_pasted_lines_become_headers(console: Opener) -> None:
    async with console(shop()) as (app, pilot):
        await press(pilot, "down", "down")
        await until_true(pilot, lambda: app.screen.query("#list-headers"), "the list came")
        app.screen.query_one("#list-headers", ElementList).focus()
        await pilot.pause()
        await paste(app, "Accept: text/html\nX-A: 1: 2\n")
        await until(pilot, "text/html")
        request = app.document.plan.tasks[0].steps[0].request
        assert request is not None
        assert [(one.name, one.value) for one in request.headers] == [
            ("Accept", "text/html"),
            ("X-A", "1: 2"),
        ]


async def paste(app: object, text: str) -> None:
    getattr(app, "post_message")(Paste(text))  # noqa: B009 - see above


@pytest.mark.parametrize("size", SIZES)
async def test_a_pasted_curl_command_becomes_a_step_after_its_review(
    console: Opener, size: tuple[int, int]
) -> None:
    async with console(None, size) as (app, pilot):
        await until(pilot, "The plan is empty")
        await paste(
            app,
            "curl 'http://127.0.0.1:9/orders' \\\n  -H 'Accept: a/b' \\\n"
            "  --data-raw '{\"a\": 1}'\n",
        )
        await until(pilot, "space take")
        await press(pilot, "ctrl+s")
        await until(pilot, "POST")
        step = next(one for one in app.document.plan.walk() if one.request)
        assert step.request
        assert step.request.url == "http://127.0.0.1:9/orders"
        assert ("Accept", "a/b") in [(one.name, one.value) for one in step.request.headers]
        await press(pilot, "ctrl+z")
        assert not app.document.plan.tasks


async def until_listed(app: HazardApp, pilot: Pilot[int], name: str) -> OptionList:
    await until(pilot, name)
    await until_true(pilot, lambda: isinstance(app.focused, OptionList), "the focus on the list")
    assert isinstance(app.focused, OptionList)
    return app.focused


async def test_a_file_that_is_chosen_in_the_file_list_is_imported(
    console: Opener, tmp_path: Path
) -> None:
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "orders.txt").write_text("curl http://127.0.0.1:9/orders -H 'A: b'\n")
    async with console(None) as (app, pilot):
        await until(pilot, "The plan is empty")
        await press(pilot, "i")
        await until(pilot, "f7 browse")
        await press(pilot, "f7")
        listed = await until_listed(app, pilot, "exports")
        listed.highlighted = next(
            number
            for number, one in enumerate(listed.options)
            if "exports" in str(getattr(one, "location", ""))
        )
        await press(pilot, "enter")
        await until(pilot, "orders.txt")
        await press(pilot, "end", "enter")
        chosen = app.screen.query_one("Input")
        await until_true(pilot, lambda: app.focused is chosen, "the name of the file")
        await press(pilot, "enter")
        path = str(tmp_path / "exports" / "orders.txt")
        await until(pilot, "f7 browse")
        field = app.screen.query_one("#path", Input)
        await until_true(pilot, lambda: field.has_focus and field.value == path, path)
        await press(pilot, "enter")
        await until(pilot, "space take")
        await press(pilot, "ctrl+s")
        await until_true(pilot, lambda: app.document.plan.tasks, "the imported step")
        step = next(one for one in app.document.plan.walk() if one.request)
        assert step.request
        assert step.request.url == "http://127.0.0.1:9/orders"
        assert step.provenance
        assert step.provenance.file == path


async def test_several_marked_steps_get_a_header_in_one_edit(console: Opener) -> None:
    async with console(shop()) as (app, pilot):
        await press(pilot, "down", "down", "m", "m", "b")
        await until(pilot, "edit 2 elements")
        await press(pilot, "enter")
        await until(pilot, "set a header")
        app.screen.query_one(Input).value = "X-Run: 1"
        await press(pilot, "enter")
        await until_true(pilot, lambda: app.document.history.position == 1, "one edit")
        steps = app.document.plan.tasks[0].steps[:2]
        headers = [one.request.headers for one in steps if one.request]
        assert all(("X-Run", "1") in [(one.name, one.value) for one in some] for some in headers)


async def test_find_and_replace_changes_all_places_and_is_one_edit(console: Opener) -> None:
    async with console(shop()) as (app, pilot):
        await press(pilot, "slash")
        await until(pilot, "find in the plan")
        await press(pilot, "'127.0.0.1", "enter")
        shown = await until(pilot, "replace in 3 places")
        assert "buy > pay > url: http://127.0.0.1:9/" in shown
        assert "variables value: http" in shown
        await press(pilot, "enter")
        await until(pilot, "replace '127.0.0.1' by")
        app.screen.query_one(Input).value = "localhost"
        await press(pilot, "enter")
        await until(pilot, "replaced in")
        assert "127.0.0.1" not in str(app.document.plan)
        await press(pilot, "ctrl+z")
        assert app.document.plan == shop()


async def test_markup_in_names_is_shown_as_it_is(console: Opener) -> None:
    plan = shop()
    named = plan.model_copy(update={"name": "[red]x[/red] [/b]"})
    async with console(named) as (_, pilot):
        await until(pilot, "[red]x[/red] [/b]")


async def test_empty_states_say_what_to_press(console: Opener) -> None:
    async with console(None) as (_, pilot):
        shown = await until(pilot, "The plan is empty")
        assert "i import" in shown
        assert "a add" in shown
    plan = Plan(name="x", tasks=(shop().tasks[0].model_copy(update={"steps": ()}),))
    async with console(plan) as (app, pilot):
        await press(pilot, "a")
        await until(pilot, "request")
        await press(pilot, "enter")
        await until(pilot, "no header yet: press a")
        assert app.document.plan.tasks[0].steps[0].request


async def test_a_group_can_be_filled(console: Opener) -> None:
    async with console(shop()) as (app, pilot):
        tree = plan_screen(app).plan_tree
        await until(pilot, "cart")
        tree.select(("tasks", 0, "steps", 2))
        await until_true(pilot, lambda: tree.place.key == "s-group", "the cursor is on the group")
        await press(pilot, "a")
        await until(pilot, "group of steps")
        await press(pilot, "enter")
        await until_true(pilot, lambda: app.document.history.position == 1, "an edit")
        group = app.document.plan.tasks[0].steps[2].group
        assert isinstance(group, Group)
        assert len(group.steps) == 2
