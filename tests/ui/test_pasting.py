"""Pasting into the URL of a request: a curl command becomes the request, an URL stays one."""

from __future__ import annotations

import pytest
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Input

from hazard_tui.plan.model import Plan
from hazard_tui.plan.request import Request
from hazard_tui.plan.rules import Extractor
from hazard_tui.ui.app import HazardApp
from tests.support.screen import press, screen_text, until, until_true
from tests.ui.conftest import SIZES, Opener
from tests.ui.plans import shop

COMMAND = (
    "$ curl -k 'http://127.0.0.1:9/orders?a=1' \\\r  -X PUT -H 'Accept: a/b' \\\r"
    "  --data-raw '{\"a\": 1}'\r"
)


async def in_url(app: HazardApp, pilot: Pilot[int], text: str) -> None:
    """Pastes a text into the URL of the first step."""
    await press(pilot, "down", "down")
    await until(pilot, "{{host}}/login")
    await press(pilot, "enter")
    await until_true(pilot, lambda: app.focused and app.focused.id == "url", "the URL")
    app.post_message(Paste(text))
    await pilot.pause()


def first(app: HazardApp) -> Request:
    """The request of the first step."""
    request = app.document.plan.tasks[0].steps[0].request
    assert request is not None
    return request


@pytest.mark.parametrize("size", SIZES)
async def test_a_curl_command_pasted_into_the_url_becomes_the_request(
    console: Opener, size: tuple[int, int]
) -> None:
    async with console(shop(), size) as (app, pilot):
        await in_url(app, pilot, COMMAND)
        await until(pilot, "PUT login")
        request = first(app)
        assert request.url == "http://127.0.0.1:9/orders?a=1"
        assert request.method == "PUT"
        assert ("Accept", "a/b") in [(one.name, one.value) for one in request.headers]
        assert request.body is not None
        assert request.body.text is not None
        assert request.body.text.content == '{"a": 1}'
        assert request.policies is not None
        assert request.policies.verify_tls is False
        assert request.policies.cookies is None
        assert request.extractors == (Extractor(variable="token", jmespath="token"),)
        field = app.focused
        assert isinstance(field, Input)
        await until_true(pilot, lambda: field.value == request.url, "the field shows it")
        await press(pilot, "ctrl+z")
        assert app.document.plan == shop()
        await until_true(pilot, lambda: field.value == "{{host}}/login", "the old URL")


async def test_what_was_typed_before_the_paste_is_an_edit_of_its_own(console: Opener) -> None:
    async with console(shop()) as (app, pilot):
        await press(pilot, "down", "down")
        await until(pilot, "{{host}}/login")
        await press(pilot, "enter", "end", "'/x")
        app.post_message(Paste(COMMAND))
        await until(pilot, "PUT login")
        await press(pilot, "ctrl+z")
        assert first(app).url == "{{host}}/login/x"


async def test_secrets_of_a_pasted_command_are_variables_of_the_plan(console: Opener) -> None:
    async with console(shop()) as (app, pilot):
        await in_url(app, pilot, "curl http://127.0.0.1:9/ -u ann:pw -b session=1")
        await until_true(pilot, lambda: first(app).url == "http://127.0.0.1:9/", "the request")
        names = {one.name for one in app.document.plan.variables}
        assert {"host", "user"} <= names
        assert not [one for one in app.document.findings() if one.code == "unknown-variable"]


async def test_several_commands_go_through_the_review(console: Opener) -> None:
    async with console(shop(), (120, 40)) as (app, pilot):
        await in_url(app, pilot, "curl http://127.0.0.1:9/a; curl http://127.0.0.1:9/b")
        await until(pilot, "2 requests")
        await press(pilot, "escape")
        assert app.document.plan == shop()


async def test_a_command_that_curl_refuses_changes_nothing_and_says_why(console: Opener) -> None:
    async with console(shop(), (120, 40)) as (app, pilot):
        await in_url(app, pilot, "curl --foo http://127.0.0.1:9/")
        await until(pilot, "curl refuses this command")
        assert app.document.plan == shop()


async def test_a_pasted_url_is_text(console: Opener) -> None:
    async with console(shop()) as (app, pilot):
        await press(pilot, "down", "down")
        await until(pilot, "{{host}}/login")
        await press(pilot, "enter")
        await until_true(pilot, lambda: app.focused and app.focused.id == "url", "the URL")
        field = app.focused
        assert isinstance(field, Input)
        field.clear()
        app.post_message(Paste("http://curl.test/\n"))
        await until_true(pilot, lambda: field.value == "http://curl.test/", "the text")
        assert "imported" not in screen_text(app)


async def test_a_new_request_takes_the_name_of_the_command(console: Opener) -> None:
    async with console(Plan()) as (app, pilot):
        await press(pilot, "a", "down", "down", "enter")
        await until_true(pilot, lambda: app.focused and app.focused.id == "url", "the URL")
        app.post_message(Paste("curl http://127.0.0.1:9/things"))
        await until(pilot, "GET /things")
