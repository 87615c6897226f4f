"""What a plan that was just imported is asked for: where its requests go, and how much load."""

from __future__ import annotations

import json

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from hazard_tui.plan.model import Plan
from hazard_tui.plan.validate import validate_plan
from hazard_tui.ui.app import HazardApp
from hazard_tui.ui.flows.importing import address_names
from hazard_tui.ui.flows.running import LOADS, ask_load
from hazard_tui.ui.flows.sample import sample_plan
from hazard_tui.ui.state import Environment
from tests.support.screen import press, until, until_true
from tests.ui.conftest import SIZES, Opener
from tests.ui.plans import request_step, shop

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
URLS = ("{{base}}/a", "{{base}}/b", "http://{{other}}/c")
COLLECTION = json.dumps(
    {
        "info": {"name": "own", "schema": SCHEMA},
        "item": [{"name": url, "request": {"method": "GET", "url": url}} for url in URLS],
    }
)


async def accept(console_app: HazardApp, pilot: Pilot[int], text: str) -> None:
    """Imports a pasted text and accepts its review."""
    console_app.import_text(text)
    await until(pilot, "space take")
    await press(pilot, "ctrl+s")


@pytest.mark.parametrize("size", SIZES)
async def test_an_import_asks_for_hosts_that_nothing_gives_a_value(
    console: Opener, size: tuple[int, int]
) -> None:
    async with console(None, size) as (app, pilot):
        await accept(app, pilot, COLLECTION)
        await until(pilot, "{{base}} has no value")
        app.screen.query_one(Input).value = "http://127.0.0.1:9/api"
        await press(pilot, "enter")
        await until(pilot, "{{other}} has no value")
        await press(pilot, "escape")
        await until(pilot, "requests imported")
        variables = {one.name: one.value for one in app.document.plan.variables}
        assert variables["base"] == "http://127.0.0.1:9/api"
        assert "other" not in variables
        await press(pilot, "ctrl+z")
        assert app.document.plan == Plan()


async def test_an_environment_that_gives_the_host_is_enough(console: Opener) -> None:
    async with console(None) as (app, pilot):
        app.state.environment = Environment("e", {"base": "http://h", "other": "h"})
        await accept(app, pilot, COLLECTION)
        await until(pilot, "requests imported")


def test_only_names_that_a_url_begins_with_are_hosts() -> None:
    urls = ["{{a}}/x", "https://{{ b }}/", "http://h/{{c}}", "{{a}}/y", "{{$guid}}/"]
    task = (
        shop()
        .tasks[0]
        .model_copy(
            update={"steps": tuple(request_step(f"{n}", url) for n, url in enumerate(urls))}
        )
    )
    assert address_names(Plan(tasks=(task,))) == ["a", "b"]


async def _asked(app: HazardApp, pilot: Pilot[int]) -> list[bool]:
    answers: list[bool] = []

    async def ask() -> None:
        answers.append(await ask_load(app))

    app.perform(ask())
    await until(pilot, "says nothing about load")
    return answers


@pytest.mark.parametrize("number", range(len(LOADS)))
async def test_a_plan_without_stages_gets_the_load_that_is_chosen_as_an_edit(
    console: Opener, number: int
) -> None:
    async with console(shop().model_copy(update={"stages": ()})) as (app, pilot):
        answers = await _asked(app, pilot)
        await press(pilot, *["down"] * number, "enter")
        await until_true(pilot, lambda: answers == [True], "an answer")
        assert app.document.plan.stages == LOADS[number][1]
        assert app.document.history.position == (1 if number else 0)


@pytest.mark.parametrize("keys", [("escape",), ("end", "enter")])
async def test_the_start_is_left_when_no_load_is_chosen(
    console: Opener, keys: tuple[str, ...]
) -> None:
    async with console(shop().model_copy(update={"stages": ()})) as (app, pilot):
        answers = await _asked(app, pilot)
        await press(pilot, *keys)
        await until_true(pilot, lambda: answers == [False], "no start")
        if "enter" in keys:
            await until_true(
                pilot, lambda: app.focused and app.focused.id == "plan-stages", "the stages"
            )


def test_the_sample_is_a_plan_without_findings() -> None:
    assert validate_plan(sample_plan("http://127.0.0.1:9/")) == []
