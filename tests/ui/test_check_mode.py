"""A check of steps through the real engine: answers, saves, asserts, and rules made of values."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import psutil
import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TabbedContent

from hazard_tui.plan import edit
from hazard_tui.plan.base import Pair
from hazard_tui.plan.model import Plan, Script, Task
from hazard_tui.plan.rules import Assertion, Extractor, Target
from hazard_tui.ui.app import HazardApp
from hazard_tui.ui.flows.checking import later_places
from hazard_tui.ui.screens.check import CheckScreen
from tests.support.screen import press, until, until_true
from tests.support.serving import serving
from tests.ui.checked import to_value
from tests.ui.conftest import Opener
from tests.ui.plans import request_step

ANSWERS = {
    "/login": {"session": {"token": "t-77"}, "odd key": [{"id": 5}]},
    "/items": {"count": 2},
    "/last": {"done": True},
}


class Shop(BaseHTTPRequestHandler):
    """Answers with JSON; `/items` wants the token."""

    def do_GET(self) -> None:
        is_known = self.path in ANSWERS
        if self.path == "/items" and self.headers.get("Authorization") != "Bearer t-77":
            is_known = False
        body = json.dumps(ANSWERS[self.path] if is_known else {"error": "no"}).encode()
        self.send_response(200 if is_known else 403)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is written over the screen."""


@pytest.fixture
def shop_url() -> Iterator[str]:
    """A server for the time of a test."""
    with serving(Shop) as url:
        yield url


def three_steps(url: str) -> Plan:
    """Logs in and saves the token, lists with it, and expects the wrong thing at last."""
    login = request_step(
        "login",
        f"{url}/login",
        extractors=(Extractor(variable="token", jmespath="session.token"),),
        assertions=(Assertion(target=Target.STATUS, expected="200"),),
    )
    listing = request_step(
        "items",
        f"{url}/items",
        headers=(Pair(name="Authorization", value="Bearer {{token}}"),),
        assertions=(Assertion(target=Target.VALUE, jmespath="count", expected="2"),),
    )
    last = request_step(
        "last",
        f"{url}/last",
        assertions=(Assertion(target=Target.VALUE, jmespath="done", expected="false"),),
    )
    return Plan(name="p", tasks=(Task(id="t", name="t", steps=(login, listing, last)),))


async def checked(app: HazardApp, pilot: Pilot[int]) -> CheckScreen:
    """Presses the key for all, and waits for the summary."""
    await press(pilot, "C")
    await until(pilot, "of 3 requests are ok")
    assert isinstance(app.screen, CheckScreen)
    return app.screen


async def test_a_check_shows_each_answer_with_what_was_saved_and_which_rule_held(
    console: Opener, shop_url: str
) -> None:
    async with console(three_steps(shop_url), (120, 40)) as (app, pilot):
        screen = await checked(app, pilot)
        await until(pilot, "2 of 3 requests are ok")
        assert [step.ok for step in screen.steps] == [True, True, False]
        # The first that failed is shown.
        await until(pilot, "done: true")
        screen.query_one(TabbedContent).active = "check-rules"
        await until(pilot, "expected false, got true")
        screen.query_one("#check-steps").focus()
        await press(pilot, "home")
        shown = await until(pilot, "token = t-77")
        assert "login" in shown
        screen.query_one(TabbedContent).active = "check-exchange"
        await press(pilot, "down")
        await until(pilot, "Authorization: Bearer t-77")
        await press(pilot, "escape")
        tree = app.screen.query_one("#tree")
        assert getattr(tree, "results") == {  # noqa: B009 - the query has no type
            "s-login": True,
            "s-items": True,
            "s-last": False,
        }
        assert app.state.checked_values == {"token": "t-77"}


async def test_a_value_under_the_cursor_becomes_a_save_with_a_name(
    console: Opener, shop_url: str
) -> None:
    async with console(three_steps(shop_url), (120, 40)) as (app, pilot):
        screen = await checked(app, pilot)
        screen.query_one("#check-steps").focus()
        await press(pilot, "home")
        await until(pilot, "odd key")
        await to_value(pilot, screen, '"odd key"[0].id')
        await press(pilot, "s")
        await until(pilot, 'save "odd key"[0].id as')
        assert app.screen.query_one(Input).value == "id"
        app.screen.query_one(Input).value = "item"
        await press(pilot, "enter")
        await until(pilot, "save added to login")
        request = app.document.plan.tasks[0].steps[0].request
        assert request is not None
        assert request.extractors[1] == Extractor(variable="item", jmespath='"odd key"[0].id')
        await press(pilot, "ctrl+z")
        assert app.document.plan == three_steps(shop_url)


@pytest.mark.parametrize("answer", ["use", "leave"])
async def test_a_saved_value_is_sent_where_later_steps_hold_it_literally(
    console: Opener, shop_url: str, answer: str
) -> None:
    literal = edit.replace(
        three_steps(shop_url),
        ("tasks", 0, "steps", 1, "request", "headers"),
        (Pair(name="Authorization", value="Bearer t-77"),),
    )
    plan = edit.replace(literal, ("tasks", 0, "steps", 0, "request", "extractors"), ())
    async with console(plan, (120, 40)) as (app, pilot):
        screen = await checked(app, pilot)
        screen.query_one("#check-steps").focus()
        await press(pilot, "home")
        await until(pilot, "odd key")
        await to_value(pilot, screen, "session.token")
        await press(pilot, "s")
        await until(pilot, "save session.token as")
        await press(pilot, "enter")
        await until(pilot, "later steps hold this value in 1 place")
        await press(pilot, *(["enter"] if answer == "use" else ["down", "enter"]))
        await until_true(pilot, lambda: len(app.screen_stack) == 1, "an answer")
        headers = edit.at(app.document.plan, ("tasks", 0, "steps", 1, "request", "headers"))
        sent = "Bearer {{token}}" if answer == "use" else "Bearer t-77"
        assert headers == (Pair(name="Authorization", value=sent),)
        await press(pilot, *["ctrl+z"] * (2 if answer == "use" else 1))
        assert app.document.plan == plan


def test_only_values_of_what_later_steps_of_the_task_send_are_found() -> None:
    plan = three_steps("http://t-77/")
    at = ("tasks", 0, "steps")
    assert later_places(plan, (*at, 1), "t-77") == [(*at, 2, "request", "url")]
    assert later_places(plan, (*at, 2), "t-77") == []
    assert later_places(plan, (*at, 0), "t-7") == []


async def test_a_value_under_the_cursor_becomes_an_assert_that_holds(
    console: Opener, shop_url: str
) -> None:
    async with console(three_steps(shop_url), (120, 40)) as (app, pilot):
        screen = await checked(app, pilot)
        await until(pilot, "done: true")
        await to_value(pilot, screen, "done")
        await press(pilot, "e")
        await until(pilot, "assert added to last")
        place = ("tasks", 0, "steps", 2, "request", "assertions")
        rules = edit.at(app.document.plan, place)
        assert rules[1] == Assertion(target=Target.VALUE, jmespath="done", expected="true")
        app.edit("keep the new one", lambda plan: edit.replace(plan, place, rules[1:]))
        await checked(app, pilot)
        await until(pilot, "3 of 3 requests are ok")


async def test_tests_of_scripts_are_shown_by_name_with_why_and_what_the_script_cost(
    console: Opener, shop_url: str
) -> None:
    source = """
        pm.test("it answers", () => pm.response.to.have.status(200));
        pm.test("three items", () => pm.expect(pm.response.json().count).to.equal(3));
        """
    step = request_step("last", f"{shop_url}/last", after=Script(source=source))
    plan = Plan(name="p", tasks=(Task(id="t", name="t", steps=(step,)),))
    async with console(plan, (120, 40)) as (app, pilot):
        await press(pilot, "C")
        await until(pilot, "0 of 1 requests are ok, 1 of 2 tests hold")
        app.screen.query_one(TabbedContent).active = "check-rules"
        shown = await until(pilot, "expected undefined to equal 3")
        assert [line for line in shown.splitlines() if "it answers" in line]
        assert re.search(r"script after \d+\.\d ms", shown), shown


async def test_a_step_is_checked_with_what_it_needs_before_it(
    console: Opener, shop_url: str
) -> None:
    async with console(three_steps(shop_url), (120, 40)) as (app, pilot):
        await press(pilot, "down", "down", "down")
        await until(pilot, f"{shop_url}/items")
        await press(pilot, "c")
        await until(pilot, "requests are ok")
        screen = app.screen
        assert isinstance(screen, CheckScreen)
        assert all(step.ok for step in screen.steps)
        assert screen.steps[-1].name == "items"
        await press(pilot, "escape")
        await until_true(pilot, lambda: app.screen is not screen, "closed")


async def test_closing_the_answers_ends_a_check_that_goes_on(console: Opener) -> None:
    waiting, asked = threading.Event(), threading.Event()

    class Waits(BaseHTTPRequestHandler):
        """Answers when the test ends."""

        def do_GET(self) -> None:
            asked.set()
            waiting.wait(60)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with serving(Waits) as url:
        steps = (request_step("a", url), request_step("b", url))
        plan = Plan(name="p", tasks=(Task(id="t", name="t", steps=steps),))
        async with console(plan, (120, 40)) as (app, pilot):
            await press(pilot, "C")
            await until_true(pilot, asked.is_set, "the first request")
            checks = [one for one in psutil.Process().children() if "check" in one.cmdline()]
            assert len(checks) == 1
            await press(pilot, "escape")
            await until_true(pilot, lambda: not isinstance(app.screen, CheckScreen), "closed")
            await until_true(pilot, lambda: not checks[0].is_running(), "the end of the check")
            waiting.set()


async def test_a_target_that_is_not_there_is_told_in_the_answer(console: Opener) -> None:
    async with console(three_steps("http://127.0.0.1:1"), (120, 40)) as (app, pilot):
        screen = await checked(app, pilot)
        await until(pilot, "0 of 3 requests are ok")
        assert all(step.error for step in screen.steps)
