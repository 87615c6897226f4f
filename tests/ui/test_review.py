"""The review of an import: a tree with check boxes, filters, and what was said beside each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from hazard_tui.ui.app import HazardApp
from hazard_tui.ui.review_items import facet_words, filtered, review_items
from hazard_tui.ui.screens.review import Reviewed, ReviewScreen
from importers.detect import import_input
from importers.findings import ImportOptions, ImportResult, Source
from tests.support.screen import press, screen_text, until, until_true
from tests.ui.conftest import SIZES, Opener

SAMPLES = Path(__file__).parents[2] / "samples"


def imported(name: str) -> ImportResult:
    """The import of a sample."""
    path = SAMPLES / name
    return import_input(Source(path.name, path.read_bytes()), ImportOptions())


CONDUIT = "postman/conduit.postman_collection.json"
SCRIPTS = "postman/scripts.postman_collection.json"


@asynccontextmanager
async def reviewed(
    console: Opener, name: str, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[HazardApp, Pilot[int], ReviewScreen, list[Reviewed | None]]]:
    """A console with the review of a sample, and where its result goes."""
    async with console(None, size) as (app, pilot):
        screen = ReviewScreen(imported(name), name, app.glyphs)
        taken: list[Reviewed | None] = []
        await app.push_screen(screen, taken.append)
        await until(pilot, "all findings")
        yield app, pilot, screen, taken


def requests_of(reviewed: Reviewed | None, screen: ReviewScreen) -> list[str]:
    """Methods and URLs of the requests that were taken."""
    assert reviewed is not None
    plan = reviewed.taken_of(screen.result.plan)
    steps = [one.request for one in plan.walk() if one.request is not None]
    return [f"{one.effective_method} {one.url}" for one in steps]


@pytest.mark.parametrize("size", SIZES)
async def test_space_on_a_folder_leaves_all_in_it(console: Opener, size: tuple[int, int]) -> None:
    async with reviewed(console, CONDUIT, size) as (_, pilot, screen, taken):
        total = len(screen.items)
        await press(pilot, "home", "down")
        await until(pilot, "Account: 3 requests")
        inside = set(screen.requests.entry.requests)
        assert len(inside) == 3
        await press(pilot, "space")
        await until(pilot, f"0 of {len(inside)}")
        assert "[-]" in screen_text(pilot.app)
        await press(pilot, "down", "space")
        await until(pilot, f"1 of {len(inside)}")
        await press(pilot, "ctrl+s")
        await until_true(pilot, lambda: len(taken) == 1, "the plan")
        assert len(requests_of(taken[0], screen)) == total - len(inside) + 1


async def test_branches_close_and_open(console: Opener) -> None:
    async with reviewed(console, CONDUIT) as (_, pilot, _screen, _taken):
        await press(pilot, "home")
        before = screen_text(pilot.app).count("[x]")
        await press(pilot, "left")
        await until_true(pilot, lambda: screen_text(pilot.app).count("[x]") == 1, "closed")
        await press(pilot, "right")
        await until_true(pilot, lambda: screen_text(pilot.app).count("[x]") == before, "opened")


async def test_a_facet_shows_only_its_requests_and_all_and_none_follow_the_filter(
    console: Opener,
) -> None:
    async with reviewed(console, CONDUIT) as (app, pilot, screen, taken):
        await press(pilot, "f")
        shown = await until(pilot, "show only")
        assert "method:POST  (" in shown
        assert "type:json  (" in shown
        await press(pilot, "escape")
        await press(pilot, "slash", "'method:delete", "enter")
        await until_true(
            pilot,
            lambda: (
                {item.method for item in screen.items if item.path in screen.requests.shown}
                == {"DELETE"}
            ),
            "only DELETE",
        )
        count = len(screen.requests.shown)
        await press(pilot, "n", "slash")
        app.screen.query_one("#filter", Input).value = ""
        await press(pilot, "enter", "ctrl+s")
        await until_true(pilot, lambda: len(taken) == 1, "the plan")
        assert len(requests_of(taken[0], screen)) == len(screen.items) - count
        assert not [one for one in requests_of(taken[0], screen) if one.startswith("DELETE")]


def test_filters_go_by_host_method_type_and_pattern() -> None:
    items = review_items(imported("har/shop.har"))
    assert items
    for word, count in facet_words(items):
        assert len(filtered(items, word)) >= count > 0
        assert len(filtered(items, word)) + len(filtered(items, f"!{word}")) == len(items)
    assert filtered(items, "") == items
    assert filtered(items, "no-such-thing") == []
    posts = filtered(items, "method:post type:json")
    assert all(one.method == "POST" and one.type == "json" for one in posts)
    assert filtered(items, "(") == filtered(items, "\\(")


async def test_what_was_said_about_a_request_stands_beside_it_and_nowhere_else(
    console: Opener,
) -> None:
    async with reviewed(console, SCRIPTS) as (_, pilot, screen, _taken):
        marked = [one for one in screen.items if one.findings]
        assert marked
        for item in marked[:3]:
            node = next(
                one
                for one in screen.requests.nodes()
                if one.data is not None and one.data.item is item
            )
            screen.requests.move_cursor(node)
            text = item.findings[0].what[:30]
            await until_true(
                pilot,
                lambda text=text, item=item: (
                    text  # type: ignore[misc]
                    in str(screen.query_one("#review-text").render())
                ),
                f"the finding of {item.title}",
            )
        others = [one for one in screen.items if not one.findings]
        for one in others:
            pointer = one.step.provenance.pointer if one.step.provenance else "-"
            assert not any(f"#{pointer}/" in finding.where for finding in screen.result.findings)


async def test_a_review_of_nothing_taken_says_what_to_do(console: Opener) -> None:
    async with reviewed(console, CONDUIT) as (_, pilot, _screen, taken):
        await press(pilot, "n", "ctrl+s")
        await until(pilot, "space takes a request")
        assert taken == []
        await press(pilot, "escape")
        await until_true(pilot, lambda: taken == [None], "refused")


async def test_an_accepted_import_is_one_edit_that_undo_takes_back(
    console: Opener, tmp_path: Path
) -> None:
    async with console(None, (120, 40)) as (app, pilot):
        await press(pilot, "i")
        await until(pilot, "or paste")
        app.screen.query_one("#path", Input).value = str(SAMPLES / CONDUIT)
        await press(pilot, "enter")
        await until(pilot, "space take")
        await press(pilot, "ctrl+s")
        await until(pilot, "requests imported; ^z takes it out")
        assert app.document.history.position == 1
        await press(pilot, "ctrl+z")
        await until(pilot, "The plan is empty")
        assert not app.document.plan.tasks
        assert not app.document.plan.variables
