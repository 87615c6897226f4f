"""Values of answers of any kind: what is offered is read by the engine, saved or asserted."""

from __future__ import annotations

import dataclasses
import urllib.request
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from textual.widgets import Tree

from hazard_tui.plan.inputs import collect_inputs
from hazard_tui.plan.model import Plan, Task
from hazard_tui.rpc.engine_check import check
from hazard_tui.rpc.payload import check_request
from hazard_tui.ui.answer_values import (
    PickableValue,
    cookie_values,
    header_values,
    page_values,
    status_value,
)
from hazard_tui.ui.screens.check import CheckedStep, CheckScreen
from hazard_tui.ui.screens.dialogs import TextDialog
from tests.support.screen import press, until, until_true
from tests.support.serving import serving
from tests.ui.checked import to_value
from tests.ui.conftest import Opener
from tests.ui.plans import request_step

PAGES = {
    "/page": (
        "text/html; charset=utf-8",
        b"<html><head><meta name='csrf' content='m-1'></head><body><form action='/go'>"
        b"<input name='token' value='f-22'><input name='token' value='f-23'></form>"
        b"<p id='who'>Ann</p></body></html>",
    ),
    "/xml": ("application/xml", b"<order xmlns='urn:o'><id>o-5</id><id>o-6</id></order>"),
    "/text": ("text/plain", b"state = ready\nid: 77\n"),
}


OFFERED = {
    "/page": {
        'input[name="token"]@value: f-22', 'input[name="token"]@value: f-23',
        'meta[name="csrf"]@content: m-1', "text of #who: Ann", "X-Request: r-9", "sid: c-4",
        "status: 200",
    },
    "/xml": {"//*[local-name()='id']: o-5", "//*[local-name()='id']: o-6"},
    "/text": {"line state: ready", "line id: 77", "whole answer: state = ready id: 77"},
}  # fmt: skip
EMPTY_STEP = CheckedStep("s-a", "a", True, "", (), b"", "", (), b"", "", "", (), ())


class Site(BaseHTTPRequestHandler):
    """Answers with a page, XML and text, and with a header and a cookie."""

    def do_GET(self) -> None:
        kind, body = PAGES[self.path]
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Request", "r-9")
        self.send_header("Set-Cookie", "sid=c-4; Path=/; HttpOnly")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is written over the screen."""


def answered(url: str) -> CheckedStep:
    """What a GET is answered with, as a check shows it."""
    with urllib.request.urlopen(url, timeout=5) as answer:
        headers = tuple(answer.headers.items())
        return dataclasses.replace(
            EMPTY_STEP, response_headers=headers, response_body=answer.read()
        )


def offered(step: CheckedStep) -> list[PickableValue]:
    """Every value of an answer that a person can pick and that stays the same."""
    status = status_value("HTTP/1.1 200 OK")
    assert status is not None
    page = [value for _, value in page_values(step.response_headers, step.response_body)]
    headers = header_values(step.response_headers)
    cookies = cookie_values(step.response_headers)
    return [status, *(one for one in headers if one.name != "Date"), *cookies, *page]


@pytest.mark.parametrize("path", PAGES)
async def test_every_value_that_is_offered_is_read_by_the_engine(path: str, tmp_path: Path) -> None:
    with serving(Site) as url:
        values = offered(answered(url + path))
        step = request_step(
            "a",
            url + path,
            extractors=tuple(
                one.save.model_copy(update={"variable": f"v{number}"})
                for number, one in enumerate(values)
            ),
            assertions=tuple(one.check for one in values if one.check is not None),
        )
        plan = Plan(name="p", tasks=(Task(id="t", name="t", steps=(step,)),))
        request = check_request(plan, collect_inputs(plan, tmp_path, tmp_path / "secrets.yaml"))
        (sent,) = [event.step async for event in check(request) if event.HasField("step")]
    assert {one.variable: one.value for one in sent.saves} == {
        f"v{number}": one.text for number, one in enumerate(values)
    }
    assert [one.ok for one in sent.asserts] == [True] * len(step.request.assertions)
    assert {one.label for one in values} >= OFFERED[path]


@pytest.mark.parametrize(("path", "place"), [("/page", "X-Request"), ("/text", "line id")])
async def test_a_value_of_any_answer_becomes_a_save_or_an_assert(
    console: Opener, path: str, place: str
) -> None:
    with serving(Site) as url:
        plan = Plan(
            name="p", tasks=(Task(id="t", name="t", steps=(request_step("a", url + path),)),)
        )
        async with console(plan, (120, 40)) as (app, pilot):
            for key, added in (("s", "save added"), ("e", "assert added")):
                await press(pilot, "C")
                await until(pilot, "of 1 requests are ok")
                assert isinstance(app.screen, CheckScreen)
                app.screen.query_one("#check-values", Tree).root.expand_all()
                await to_value(pilot, app.screen, place)
                await press(pilot, key)
                if key == "s":
                    await until_true(pilot, lambda: isinstance(app.screen, TextDialog), "a name")
                    await press(pilot, "enter")
                await until(pilot, f"{added} to a")


async def test_a_later_match_can_be_saved_and_not_asserted(console: Opener) -> None:
    with serving(Site) as url:
        step = request_step("a", f"{url}/xml")
        plan = Plan(name="p", tasks=(Task(id="t", name="t", steps=(step,)),))
        async with console(plan, (120, 40)) as (app, pilot):
            await press(pilot, "C")
            await until(pilot, "1 of 1 requests are ok")
            screen = app.screen
            assert isinstance(screen, CheckScreen)
            await to_value(pilot, screen, "//*[local-name()='id']")
            await press(pilot, "down", "e")
            await until(pilot, "an assert reads the first match")
            await press(pilot, "s")
            await until(pilot, "save //*")
            await press(pilot, "enter")
            await until(pilot, "save added to a")
            await press(pilot, "C")
            await until(pilot, "1 of 1 requests are ok")
            assert isinstance(app.screen, CheckScreen)
            assert app.screen.steps[0].saves[0][1] == "o-6"
