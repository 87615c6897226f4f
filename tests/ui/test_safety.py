"""Environments, what is asked before a start, imports that are reviewed, plans that are wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.widgets import Input, OptionList

from hazard_tui.plan import edit
from hazard_tui.plan.model import Plan, Step
from hazard_tui.plan.request import Request
from hazard_tui.plan.targets import target_hosts
from hazard_tui.plan.variables import plan_steps
from hazard_tui.ui.flows.importing import joined, source_of
from hazard_tui.ui.flows.replacing import confirm_replacement
from hazard_tui.ui.flows.running import confirm_start, load_text
from hazard_tui.ui.number_text import counted
from hazard_tui.ui.screens.dialogs import ConfirmDialog
from hazard_tui.ui.screens.review import Reviewed, ReviewScreen
from hazard_tui.ui.state import Environment
from importers.detect import import_input
from importers.findings import Fate, ImportOptions, Source
from tests.support.screen import press, screen_text, until, until_true
from tests.ui.conftest import SIZES, Opener
from tests.ui.plans import shop

SAMPLES = Path(__file__).parents[2] / "samples"
IMPORTS = [
    path
    for folder in ("postman", "har", "curl", "locust-hazard")
    for path in sorted((SAMPLES / folder).iterdir())
    if path.is_file() and not any(word in path.name for word in ("environment", "globals", ".csv"))
]


@pytest.mark.parametrize("size", SIZES)
async def test_the_environment_is_always_named_and_chosen_with_two_keys(
    console: Opener, size: tuple[int, int], tmp_path: Path
) -> None:
    (tmp_path / "stage.env").write_text("host=http://127.0.0.1:8\nprotected=true\n")
    async with console(shop(), size) as (app, pilot):
        assert "no env" in screen_text(app).split("\n")[0]
        await press(pilot, "e")
        await until(pilot, "stage.env")
        await press(pilot, "down", "enter")
        await until(pilot, "stage PROTECTED")
        assert app.state.environment == Environment(
            "stage", {"host": "http://127.0.0.1:8"}, protected=True
        )
        for mode in ("f2", "f3", "f4"):
            await press(pilot, mode)
            assert "stage PROTECTED" in screen_text(app).split("\n")[0]


async def test_a_start_on_a_protected_environment_needs_its_name_typed(console: Opener) -> None:
    async with console(shop()) as (app, pilot):
        app.state.environment = Environment("prod", {"host": "http://127.0.0.1:8"}, protected=True)
        answers: list[bool] = []

        async def ask() -> None:
            answers.append(await confirm_start(app, workers=2))

        app.perform(ask())
        shown = await until(pilot, "Type prod to go on")
        assert "127.0.0.1:8" in shown
        assert "3 users" in shown
        await press(pilot, "enter", "'pro", "enter")
        assert isinstance(app.screen, ConfirmDialog)
        await press(pilot, "'d", "enter")
        await until_true(pilot, lambda: answers == [True], "the start")


async def test_another_plan_for_a_run_asks_as_its_start_did_and_names_new_targets(
    console: Opener,
) -> None:
    async with console(shop()) as (app, pilot):
        app.state.environment = Environment("prod", {}, protected=True)
        step = Step(id="far", name="far", request=Request(url="http://far.example:81/x"))
        other = edit.replace(shop(), ("tasks", 0, "steps"), (step,))
        answers: list[bool] = []

        async def ask() -> None:
            answers.append(await confirm_replacement(app, shop(), other, ["new: far"]))

        app.perform(ask())
        shown = await until(pilot, "Type prod to go on")
        for text in ("go on with this plan?", "new: far", "new ones  far.example:81"):
            assert text in shown
        await press(pilot, "enter")
        assert isinstance(app.screen, ConfirmDialog)
        await press(pilot, "'prod", "enter")
        await until_true(pilot, lambda: answers == [True], "the replacement")


async def test_a_start_elsewhere_asks_once_and_can_be_refused(console: Opener) -> None:
    async with console(shop()) as (app, pilot):
        answers: list[bool] = []

        async def ask() -> None:
            answers.append(await confirm_start(app, workers=2))

        app.perform(ask())
        shown = await until(pilot, "start the run?")
        assert "127.0.0.1:9" in shown
        assert "workers   2" in shown
        await press(pilot, "escape")
        await until_true(pilot, lambda: answers == [False], "no start")


def test_targets_and_load_are_told_in_words() -> None:
    assert target_hosts(shop()) == ["127.0.0.1:9"]
    assert load_text(shop()) == "hold 3 users for 5s"
    assert target_hosts(Plan()) == []


@pytest.mark.parametrize("path", IMPORTS, ids=lambda path: path.name)
async def test_the_review_shows_every_request_and_accounts_for_every_element(
    console: Opener, path: Path
) -> None:
    result = import_input(source_of(path), ImportOptions())
    requests = [step for _, step in plan_steps(result.plan) if step.request is not None]
    async with console(None, (120, 40)) as (app, pilot):
        screen = ReviewScreen(result, path.name, app.glyphs)
        await app.push_screen(screen)
        title = await until(pilot, "all findings")
        assert len(screen.requests.shown) == len(requests)
        leaves = [one for one in screen.requests.nodes() if one.data and one.data.item]
        assert len(leaves) == len(requests)
        counts = {fate: result.total(fate) for fate in Fate}
        assert counted(len(requests), "request") in title
        assert sum(counts.values()) >= len(requests)
        lost = counts[Fate.CHANGED] + counts[Fate.DROPPED]
        assert len(result.findings) > 0 or lost == 0
        assert f"all findings ({len(result.findings)})" in title


async def test_only_ticked_requests_are_taken(console: Opener) -> None:
    path = SAMPLES / "postman" / "conduit.postman_collection.json"
    result = import_input(Source(str(path), path.read_bytes()), ImportOptions())
    async with console(None, (120, 40)) as (app, pilot):
        screen = ReviewScreen(result, path.name, app.glyphs)
        taken: list[Reviewed | None] = []
        await app.push_screen(screen, taken.append)
        total = len(screen.requests.shown)
        await press(pilot, "n", "slash")
        await until_true(pilot, lambda: isinstance(app.focused, Input), "the filter")
        await press(pilot, "'POST", "enter", "a")
        shown = len(screen.requests.shown)
        assert 0 < shown < total
        await press(pilot, "ctrl+s")
        await until_true(pilot, lambda: len(taken) == 1, "the plan")
        assert taken[0] is not None
        plan = taken[0].taken_of(result.plan)
        methods = {one.request.effective_method for one in plan.walk() if one.request}
        assert methods == {"POST"}
        assert len([one for one in plan.walk() if one.request]) == shown


def test_an_import_into_a_plan_keeps_what_is_there() -> None:
    other = Plan(name="other", tasks=(shop().tasks[1],))
    plan = joined(shop(), other)
    assert [task.name for task in plan.tasks][:2] == ["browse", "buy"]
    assert plan.stages == shop().stages
    assert joined(Plan(), other) == other


_STEP = ("tasks", 0, "steps", 0)
BAD: dict[str, Callable[[Plan], Plan]] = {
    "no-tasks": lambda plan: plan.model_copy(update={"tasks": ()}),
    "empty-task": lambda plan: edit.replace(plan, ("tasks", 0, "steps"), ()),
    "no-kind": lambda plan: edit.replace(plan, (*_STEP, "request"), None),
    "not-runnable": lambda plan: edit.replace(plan, (*_STEP, "not_runnable"), "why"),
    "no-url": lambda plan: edit.replace(plan, (*_STEP, "request", "url"), " "),
    "no-variable": lambda plan: edit.replace(plan, (*_STEP, "request", "extractors"), ({},)),
    "no-expression": lambda plan: edit.replace(
        plan, (*_STEP, "request", "extractors"), ({"variable": "a"},)
    ),
    "unknown-variable": lambda plan: edit.replace(plan, (*_STEP, "request", "url"), "{{no}}"),
    "variable-cycle": lambda plan: edit.replace(plan, ("variables", 0, "value"), "{{host}}"),
    "no-name": lambda plan: edit.replace(plan, ("variables", 0, "name"), ""),
    "no-duration": lambda plan: edit.replace(plan, ("stages", 0, "duration_ms"), 0),
    "fraction-of-user": lambda plan: edit.replace(plan, ("stages", 0, "to"), 1.5),
    "no-load": lambda plan: edit.replace(plan, ("stages", 0, "to"), 0),
    "bad-threshold": lambda plan: edit.replace(plan, ("thresholds",), ({"rule": "x"},)),
    "unknown-task": lambda plan: edit.replace(
        plan, ("thresholds",), ({"rule": "p95<1s", "task": "no"},)
    ),
    "incomplete-host-map": lambda plan: edit.replace(plan, ("host_map",), ({"recorded": "a"},)),
}


@pytest.mark.parametrize("code", BAD)
async def test_what_is_wrong_with_a_plan_is_on_the_screen_with_its_place(
    console: Opener, code: str
) -> None:
    plan = BAD[code](shop())
    async with console(plan) as (app, pilot):
        findings = app.document.findings()
        finding = next(one for one in findings if one.code == code)
        await press(pilot, "f8")
        await until(pilot, "enter go there")
        app.screen.query_one(OptionList).highlighted = findings.index(finding)
        shown = await until(pilot, finding.where)
        assert finding.what[:40] in shown
        await press(pilot, "enter")
        await until_true(pilot, lambda: app.focused is not None, "somewhere to go")
