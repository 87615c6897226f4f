"""The plan's screens and dialogs as accepted pictures, at the two usual sizes of a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from hazard_tui.plan import edit
from hazard_tui.plan.base import Pair
from hazard_tui.plan.model import Plan
from hazard_tui.plan.rules import Assertion, Target
from hazard_tui.ui.app import HazardApp
from hazard_tui.ui.screens.check import CheckedStep, CheckScreen
from hazard_tui.ui.screens.plan import PlanScreen
from hazard_tui.ui.screens.review import ReviewScreen
from importers.detect import import_input
from importers.findings import ImportOptions, Source
from tests.support.pictures import Pictures, name_of
from tests.support.screen import press, until, until_true
from tests.ui.conftest import SIZES, Opener
from tests.ui.plans import shop

SAMPLES = Path(__file__).parents[2] / "samples"
LISTING = ("tasks", 0, "steps", 1)


def faulty_shop() -> Plan:
    """The shop with an assert, and a header that names a variable that nothing sets."""
    rules = (Assertion(target=Target.STATUS, expected="200"),)
    plan = edit.replace(shop(), (*LISTING, "request", "assertions"), rules)
    headers = (Pair(name="X-Cart", value="{{cart_id}}"), Pair(name="Accept", value="*/*"))
    return edit.replace(plan, (*LISTING, "request", "headers"), headers)


async def at(app: HazardApp, pilot: Pilot[int], path: edit.Path, text: str) -> PlanScreen:
    """Puts the tree's cursor on an element."""
    screen = app.screen
    assert isinstance(screen, PlanScreen)
    screen.plan_tree.select(path)
    await until(pilot, text)
    return screen


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_nothing_yet(console: Opener, pictures: Pictures, size: tuple[int, int]) -> None:
    async with console(size=size) as (_, pilot):
        await until(pilot, "sample")
        await pictures.take(pilot, name_of("plan-none", size))


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_elements_of_a_plan_in_the_editor(
    console: Opener, pictures: Pictures, size: tuple[int, int]
) -> None:
    async with console(faulty_shop(), size) as (app, pilot):
        for what, path, text in (
            ("plan-task", ("tasks", 0), "browse"),
            ("plan-request", LISTING, "{{host}}/items"),
            ("plan-group", ("tasks", 0, "steps", 2), "cart"),
            ("plan-pause", ("tasks", 1, "steps", 1), "think"),
        ):
            await at(app, pilot, path, text)
            await pictures.take(pilot, name_of(what, size))


async def test_parts_of_a_request(console: Opener, pictures: Pictures) -> None:
    async with console(faulty_shop(), (120, 40)) as (app, pilot):
        screen = await at(app, pilot, LISTING, "{{host}}/items")
        for part in ("headers", "body", "extractors", "assertions"):
            screen.editor.open_tab(f"tab-{part}")
            pane = screen.query_one(f"#tab-{part}")
            await until_true(
                pilot, lambda pane=pane: app.focused in pane.query("*"), f"{part} has the focus"
            )
            await pictures.take(pilot, f"plan-{part}-120x40")
            assert screen.editor.active_tab() == f"tab-{part}"


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_dialogs_over_a_plan(
    console: Opener, pictures: Pictures, size: tuple[int, int]
) -> None:
    async with console(faulty_shop(), size) as (app, pilot):
        await at(app, pilot, LISTING, "{{host}}/items")
        for what, key, text in (
            ("plan-help", "question_mark", "Plan tree"),
            ("plan-palette", "ctrl+p", "Show the workers"),
            ("plan-jump", "ctrl+o", "a"),
            ("plan-findings", "f8", "cart_id"),
            ("plan-add", "a", "enter choose"),
            ("plan-parts", "g", "headers"),
        ):
            await press(pilot, key)
            await until(pilot, text)
            await pictures.take(pilot, name_of(what, size))
            await press(pilot, "escape")
            await until(pilot, "{{host}}/items")


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_review_of_an_import(
    console: Opener, pictures: Pictures, size: tuple[int, int]
) -> None:
    path = SAMPLES / "postman" / "scripts.postman_collection.json"
    result = import_input(Source(path.name, path.read_bytes()), ImportOptions())
    async with console(size=size) as (app, pilot):
        await app.push_screen(ReviewScreen(result, path.name, app.glyphs))
        await until(pilot, "all findings")
        await pictures.take(pilot, name_of("review", size))


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_answers_of_a_check(
    console: Opener, pictures: Pictures, size: tuple[int, int]
) -> None:
    async with console(shop(), size) as (app, pilot):
        screen = CheckScreen("check of browse: 1 of 2 requests are ok", app.glyphs)
        await app.push_screen(screen)
        screen.add(
            CheckedStep(
                step_id="s-login",
                name="login",
                ok=True,
                request_line="POST http://127.0.0.1:9/login HTTP/1.1",
                request_headers=(("Content-Type", "application/json"),),
                request_body=b'{"user": "ann"}',
                status_line="HTTP/1.1 200 OK",
                response_headers=(("Content-Type", "application/json"), ("Set-Cookie", "sid=s-1")),
                response_body=b'{"token": "t-77", "roles": ["reader", {"id": 5}]}',
                timing="3.1 ms",
                error="",
                saves=(("token", "t-77", True),),
                asserts=(("status equals 200", True, "200", "200"),),
            )
        )
        screen.add(
            CheckedStep(
                step_id="s-list",
                name="list",
                ok=False,
                request_line="GET http://127.0.0.1:9/items HTTP/1.1",
                request_headers=(),
                request_body=b"",
                status_line="HTTP/1.1 500 Internal Server Error",
                response_headers=(("Content-Type", "text/html"),),
                response_body=b"<title>oops</title><input name='csrf' value='c-1'>",
                timing="2.0 ms",
                error="",
                saves=(),
                asserts=(("status equals 200", False, "500", "200"),),
            )
        )
        await until(pilot, "oops")
        await pictures.take(pilot, name_of("check-page", size))
        await press(pilot, "home")
        await until(pilot, "t-77")
        await pictures.take(pilot, name_of("check", size))
