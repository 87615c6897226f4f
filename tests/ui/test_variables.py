"""Variables where they are typed: what is offered, what is marked, what each is now."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TabbedContent, TextArea

from hazard_tui.plan import edit
from hazard_tui.plan.base import Pair
from hazard_tui.plan.model import SecretRef, Variable
from hazard_tui.plan.request import Body, Request, TextBody
from hazard_tui.ui.app import HazardApp
from hazard_tui.ui.offers import Offers, open_name, preview
from hazard_tui.ui.screens.plan import PlanScreen
from hazard_tui.ui.widgets.variable_field import UNKNOWN_STYLE
from tests.support.screen import press, screen_text, until, until_true
from tests.ui.conftest import SIZES, Opener
from tests.ui.plans import shop


async def show_listing(app: HazardApp, pilot: Pilot[int]) -> PlanScreen:
    """Opens the second request, before which `token` is saved."""
    await press(pilot, "down", "down", "down")
    await until(pilot, "{{host}}/items")
    assert isinstance(app.screen, PlanScreen)
    return app.screen


async def open_tab(app: HazardApp, pilot: Pilot[int], tab: str, inside: str) -> None:
    app.screen.query_one("#request-tabs", TabbedContent).active = f"tab-{tab}"
    await until_true(pilot, lambda: app.screen.query(inside), f"{inside} in {tab}")
    await until_true(
        pilot, lambda: app.screen.query(inside).first().region.area > 0, f"{inside} is shown"
    )
    app.screen.query(inside).first().focus()
    await pilot.pause()


async def type_name(pilot: Pilot[int]) -> None:
    await press(pilot, "end", "'{{to")
    shown = await until(pilot, "saved by login")
    line = next(one for one in shown.split("\n") if "saved by login" in one)
    assert "token" in line


@pytest.mark.parametrize("size", SIZES)
async def test_names_are_offered_in_the_url_and_taken_with_enter(
    console: Opener, size: tuple[int, int]
) -> None:
    async with console(shop(), size) as (app, pilot):
        screen = await show_listing(app, pilot)
        field = screen.query_one("#url", Input)
        field.focus()
        await type_name(pilot)
        await press(pilot, "enter")
        assert field.value == "{{host}}/items{{token}}"
        assert field.cursor_position == len(field.value)
        assert "saved by login" not in screen_text(app)


@pytest.mark.parametrize("column", ["name", "value"])
@pytest.mark.parametrize(
    ("tab", "inside"), [("headers", "#list-headers"), ("query", "#list-query")]
)
async def test_names_are_offered_in_rows_of_lists(
    console: Opener, tab: str, inside: str, column: str
) -> None:
    async with console(shop()) as (app, pilot):
        await show_listing(app, pilot)
        await open_tab(app, pilot, tab, inside)
        await press(pilot, "a")
        await until(pilot, "enter accept")
        if column == "value":
            await press(pilot, "tab")
        await type_name(pilot)
        await press(pilot, "tab", "enter")
        await until(pilot, "{{token}}")


async def test_names_are_offered_in_form_fields_of_a_body(console: Opener) -> None:
    async with console(shop()) as (app, pilot):
        await show_listing(app, pilot)
        await open_tab(app, pilot, "body", "#body-content ElementList")
        await press(pilot, "a")
        await until(pilot, "enter accept")
        await type_name(pilot)
        await press(pilot, "escape")
        assert "saved by login" not in screen_text(app)
        await until(pilot, "enter accept")


async def test_names_are_offered_in_a_body_s_text_at_the_cursor(console: Opener) -> None:
    plan = shop()
    body = edit.at(plan, ("tasks", 0, "steps", 0, "request", "body"))
    plan = edit.replace(plan, ("tasks", 0, "steps", 1, "request", "body"), body)
    async with console(plan) as (app, pilot):
        await show_listing(app, pilot)
        await open_tab(app, pilot, "body", "#body-text")
        area = app.screen.query_one("#body-text", TextArea)
        await type_name(pilot)
        await press(pilot, "down", "up", "tab")
        assert area.text == '{"user": "{{user}}"}{{token}}'
        await press(pilot, "escape")
        await until_true(
            pilot,
            lambda: "{{token}}" in str(app.document.plan.tasks[0].steps[1].request),
            "the edit",
        )


async def test_names_are_offered_in_auth_and_rules(console: Opener) -> None:
    plan = edit.replace(
        shop(), ("tasks", 0, "steps", 1, "request", "auth"), {"bearer": {"token": ""}}
    )
    async with console(plan) as (app, pilot):
        await show_listing(app, pilot)
        await open_tab(app, pilot, "auth", "#tab-auth VariableInput")
        await type_name(pilot)
        await press(pilot, "enter", "escape")
        await until_true(
            pilot, lambda: "{{token}}" in str(app.document.plan.tasks[0].steps[1]), "the edit"
        )
        await open_tab(app, pilot, "assertions", "#list-assertions")
        await press(pilot, "a")
        await until(pilot, "new assert")
        app.screen.query(Input).last().focus()
        await press(pilot, "'{{")
        await until(pilot, "saved by login")


async def test_a_name_saved_only_later_is_not_offered_and_moving_is_warned_of(
    console: Opener,
) -> None:
    async with console(shop()) as (app, pilot):
        await press(pilot, "down", "down")
        await until(pilot, "{{host}}/login")
        app.screen.query_one("#url").focus()
        await press(pilot, "end", "'{{")
        shown = await until(pilot, "host")
        assert "token" not in "".join(one for one in shown.split("\n") if "saved by" in one)
        await press(pilot, "escape", "backspace", "backspace", "escape")
        await press(pilot, "alt+down")
        shown = await until(pilot, "saves later")
        assert "'list' uses {{token}}, which 'login' saves later" in shown


async def test_an_unknown_name_is_marked_in_the_field_and_named_below_it(console: Opener) -> None:
    async with console(shop()) as (app, pilot):
        screen = await show_listing(app, pilot)
        field = screen.query_one("#url", Input)
        field.focus()
        await press(pilot, "end", "'/{{nope}}")
        spans = [span for span in field._value.spans if str(span.style) == UNKNOWN_STYLE]
        assert [field.value[span.start : span.end] for span in spans] == ["{{nope}}"]
        await until(pilot, "{{nope}} has no value and")
        await press(pilot, "ctrl+z")
        await until_true(pilot, lambda: "nope" not in screen_text(app), "the mark is gone")


async def test_an_unknown_name_is_marked_in_a_body(console: Opener) -> None:
    path = ("tasks", 0, "steps", 0, "request", "body", "text", "content")
    async with console(edit.replace(shop(), path, "{{user}} {{nope}}")) as (app, pilot):
        await press(pilot, "down", "down")
        await until(pilot, "{{host}}/login")
        await open_tab(app, pilot, "body", "#body-text")
        line = app.screen.query_one("#body-text", TextArea).get_line(0)
        assert [(one.start, one.end) for one in line.spans] == [(9, 17)]


async def test_the_values_tab_says_what_each_variable_is_now(console: Opener) -> None:
    plan = shop()
    secret = Variable(name="key", secret=SecretRef(key="api"))
    plan = plan.model_copy(update={"variables": (*plan.variables, secret)})
    url = ("tasks", 0, "steps", 1, "request", "url")
    plan = edit.replace(plan, url, "{{host}}/{{key}}/{{nope}}/{{$guid}}")
    async with console(plan, (120, 40)) as (app, pilot):
        await press(pilot, "down", "down", "down")
        await until(pilot, "{{host}}/{{key}}")
        await open_tab(app, pilot, "values", "#values")
        shown = await until(pilot, "as it would be sent")
        assert "GET http://127.0.0.1:9/******/{{nope}}/{{$guid}}?page=1" in shown
        assert "Authorization: Bearer {{token}}" in shown
        assert "a=b" in shown
        assert "******   (secret api)" in shown
        assert "(saved by login)" in shown
        assert "has no value: is sent literally" in shown


def test_what_the_last_check_saved_is_in_the_preview() -> None:
    plan = shop()
    checked = {"token": "t-1"}
    offers = Offers(lambda: (plan, ("tasks", 0, "steps", 1)), dict, lambda: checked)
    request = plan.tasks[0].steps[1].request
    assert request is not None
    assert preview(request, offers).split("\n") == [
        "GET http://127.0.0.1:9/items?page=1",
        "Authorization: Bearer t-1",
        "",
        "a=b",
    ]
    assert offers.value_now("token") == "t-1   (saved by login in the last check)"


def test_path_variables_disabled_rows_and_long_bodies_are_previewed() -> None:
    request = Request(
        method="PUT",
        url="http://h/:id/:idea?x=1",
        path_variables=(Pair(name="id", value="{{user}}"),),
        query=(Pair(name="y", value="2"), Pair(name="z", value="3", disabled=True)),
        headers=(Pair(name="A", value="b", disabled=True),),
        body=Body(text=TextBody(content="x" * 5000)),
    )
    lines = preview(request, Offers(lambda: (shop(), ()))).split("\n")
    assert lines[0] == "PUT http://h/ann/:idea?x=1&y=2"
    assert lines[1] == ""
    assert lines[-1] == "… 904 more characters"


async def test_the_url_with_its_values_follows_what_is_typed(console: Opener) -> None:
    async with console(shop()) as (app, pilot):
        await press(pilot, "down", "down")
        await until(pilot, "http://127.0.0.1:9/login")
        await press(pilot, "enter")
        await until_true(pilot, lambda: app.focused and app.focused.id == "url", "the URL")
        await press(pilot, "end", "'/v2")
        await until(pilot, "http://127.0.0.1:9/login/v2")


def test_an_environment_gives_values_and_offers_names() -> None:
    offers = Offers(lambda: (shop(), ("tasks", 0, "steps", 0)), lambda: {"host": "h", "extra": "e"})
    assert [(one.name, one.origin) for one in offers.matching("ext")] == [("extra", "environment")]
    assert offers.filled_in("{{host}}/{{ user }}/{{x}}") == "h/ann/{{x}}"
    assert offers.value_now("host") == "h   (environment)"
    assert list(offers.unknown_spans("{{extra}}{{no}}")) == [(9, 15)]


@pytest.mark.parametrize(
    ("before", "name"),
    [("a{{to", "to"), ("{{", ""), ("{{a}}b", None), ("{{a}}{{b", "b"), ("{", None), ("", None)],
)
def test_a_name_is_open_behind_two_braces(before: str, name: str | None) -> None:
    assert open_name(before) == name


def test_values_that_need_each_other_end() -> None:
    circle = (Variable(name="a", value="{{b}}"), Variable(name="b", value="{{a}}x"))
    plan = shop().model_copy(update={"variables": circle})
    assert len(Offers(lambda: (plan, ())).filled_in("{{a}}")) < 50
