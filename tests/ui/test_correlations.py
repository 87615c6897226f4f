"""Correlations of a recording are proposals: taken or left one by one, and undone like an edit."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from hazard_tui.plan.model import Plan
from hazard_tui.plan.secrets import read_secrets
from hazard_tui.ui.app import HazardApp
from hazard_tui.ui.screens.review import DiffScreen, ReviewScreen
from importers.findings import ImportResult
from tests.importers.builders import revealed
from tests.importers.correlation.measure import record
from tests.importers.correlation.modules import header_token, nested_id
from tests.importers.correlation.site import Site
from tests.importers.correlation.test_correlation import complaints_of
from tests.support.screen import press, until, until_true
from tests.ui.conftest import SIZES, Opener

TOKEN, ORDER = "access_token", "ticket_id"
"""Variables of the two values that the site makes anew for each session."""


@pytest.fixture
def site() -> Iterator[Site]:
    """An application with a login token and an id in a path; every session gets new ones."""
    with Site(seed=5) as one:
        yield one


@asynccontextmanager
async def reviewing(
    console: Opener, site: Site, folder: Path, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[HazardApp, Pilot[int], ReviewScreen]]:
    """A console that reviews a recording of the site, as the import dialog opens it."""
    browser = record(site, [header_token(site, 1), nested_id(site, 1)])
    path = folder / "session.har"
    path.write_text(json.dumps(browser.recording()))
    async with console(None, size) as (app, pilot):
        await press(pilot, "i")
        await until(pilot, "or paste")
        app.screen.query_one("#path", Input).value = str(path)
        await press(pilot, "enter")
        await until_true(pilot, lambda: isinstance(app.screen, ReviewScreen), "the review")
        assert isinstance(app.screen, ReviewScreen)
        await until(pilot, "made anew by the server")
        yield app, pilot, app.screen


async def accept(pilot: Pilot[int]) -> None:
    await press(pilot, "ctrl+s")
    await until(pilot, "requests imported")


async def refused_by(site: Site, app: HazardApp) -> list[str]:
    """Paths that the site refuses when the plan of the console runs as another session."""
    site.forget()
    secrets = read_secrets(app.settings.secrets_path)
    plan = revealed(ImportResult(plan=app.document.plan, format="har", secrets=secrets))
    return [one.partition(":")[0] for one in await complaints_of(plan)]


def variables_saved(plan: Plan) -> list[str]:
    """Variables of all saves."""
    steps = [step.request for step in plan.walk() if step.request is not None]
    return [rule.variable for request in steps for rule in request.extractors]


@pytest.mark.parametrize("size", SIZES)
async def test_a_correlation_shows_where_the_value_comes_from_and_what_it_changes(
    console: Opener, site: Site, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with reviewing(console, site, tmp_path, size) as (app, pilot, screen):
        assert {one.variable for one in screen.result.correlations} == {TOKEN, ORDER}
        await press(pilot, "home", "down")
        await until(pilot, f"[x] {TOKEN}")
        await press(pilot, "enter")
        await until_true(pilot, lambda: isinstance(app.screen, DiffScreen), "the diff")
        shown = await until(pilot, "% sure")
        assert f"{TOKEN}: saved from POST /auth/login" in shown
        assert f"+ save: {TOKEN}  from body jmespath auth.access_token" in shown
        assert "GET /auth/me" in shown
        assert "- header Authorization: Bearer {{authorization}}" in shown
        assert f"+ header Authorization: Bearer {{{{{TOKEN}}}}}" in shown
        assert "the recorded value, kept with the secrets" in shown
        assert not any(value in shown for value in site.valid if len(value) > 8)


async def test_an_accepted_plan_runs_green_and_undo_brings_the_recorded_values_back(
    console: Opener, site: Site, tmp_path: Path
) -> None:
    async with reviewing(console, site, tmp_path) as (app, pilot, _):
        await accept(pilot)
        assert sorted(variables_saved(app.document.plan)) == [TOKEN, ORDER]
        assert await refused_by(site, app) == []
        await press(pilot, "ctrl+z")
        await until(pilot, "undone: correlate 2 values")
        assert variables_saved(app.document.plan) == []
        refused = await refused_by(site, app)
        assert refused[:2] == ["GET /auth/me", "GET /auth/me"]
        assert refused[2].startswith("GET /api/tickets/")
        assert len(refused) == 3
        await press(pilot, "ctrl+z")
        await until(pilot, "The plan is empty")
        await press(pilot, "ctrl+y", "ctrl+y")
        await until(pilot, "done again: correlate 2 values")
        assert await refused_by(site, app) == []


async def test_a_refused_correlation_leaves_the_recorded_value_and_fails_where_it_is_sent(
    console: Opener, site: Site, tmp_path: Path
) -> None:
    async with reviewing(console, site, tmp_path) as (app, pilot, screen):
        await press(pilot, "home", "down", "enter")
        await until_true(pilot, lambda: isinstance(app.screen, DiffScreen), "the diff")
        await press(pilot, "space")
        await until(pilot, f"[ ] {TOKEN}")
        assert screen.requests.taken == {ORDER}
        await accept(pilot)
        assert variables_saved(app.document.plan) == [ORDER]
        assert await refused_by(site, app) == ["GET /auth/me", "GET /auth/me"]


async def test_the_branch_takes_and_leaves_all_of_them_and_no_request(
    console: Opener, site: Site, tmp_path: Path
) -> None:
    async with reviewing(console, site, tmp_path) as (app, pilot, screen):
        await press(pilot, "home", "n")
        await until(pilot, "0 of 2")
        assert len(screen.requests.ticked) == len(screen.items)
        await press(pilot, "a")
        await until(pilot, "2 of 2")
        await press(pilot, "space")
        await until(pilot, "0 of 2")
        await accept(pilot)
        assert variables_saved(app.document.plan) == []
        assert app.document.history.position == 1
        assert len(await refused_by(site, app)) == 3


async def test_a_value_whose_request_is_left_stays_as_it_was_recorded(
    console: Opener, site: Site, tmp_path: Path
) -> None:
    async with reviewing(console, site, tmp_path) as (app, pilot, screen):
        login = next(one for one in screen.items if "/auth/login" in one.title)
        screen.requests.ticked.discard(login.path)
        screen.requests.refresh()
        await press(pilot, "home", "down")
        await until(pilot, "its request is left")
        await accept(pilot)
        assert variables_saved(app.document.plan) == [ORDER]
        assert await refused_by(site, app) == ["GET /auth/me", "GET /auth/me"]
