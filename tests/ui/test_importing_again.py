"""A source that is imported again in the console is merged into the plan that came from it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from hazard_tui.cli import main
from hazard_tui.plan import edit
from hazard_tui.plan.import_base import read_bases
from hazard_tui.plan.model import Task
from hazard_tui.plan.store import load_plan
from hazard_tui.ui.app import HazardApp
from hazard_tui.ui.screens.dialogs import ChoiceDialog, ConfirmDialog, TextDialog
from hazard_tui.ui.screens.importing import ImportDialog
from hazard_tui.ui.screens.review import ReviewScreen
from tests.importers.builders import SAMPLES
from tests.support.screen import press, until, until_true
from tests.ui.conftest import Opener


@pytest.fixture(autouse=True)
def _same_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line keeps secrets where the console does."""
    monkeypatch.setenv("HAZARD_DATA_DIR", str(tmp_path / "data"))


async def chosen(pilot: Pilot[int], app: HazardApp, source: Path) -> None:
    """Names a file in the dialog of an import."""
    await press(pilot, "i")
    await until_true(pilot, lambda: isinstance(app.screen, ImportDialog), "the dialog")
    app.screen.query_one("#path", Input).value = str(source)
    await press(pilot, "enter")


async def accepted(pilot: Pilot[int], app: HazardApp, source: Path) -> None:
    """Imports a file and takes all of it over."""
    tasks = len(app.document.plan.tasks)
    await chosen(pilot, app, source)
    await until_true(pilot, lambda: isinstance(app.screen, ReviewScreen), "the review")
    await press(pilot, "ctrl+s")
    await until_true(pilot, lambda: len(app.document.plan.tasks) > tasks, "the import")


async def saved(pilot: Pilot[int], app: HazardApp, path: Path | None = None) -> None:
    """Saves the plan, under a name when it has none."""
    await press(pilot, "ctrl+s")
    if path is not None:
        await until_true(pilot, lambda: isinstance(app.screen, TextDialog), "the question")
        app.screen.query_one(Input).value = str(path)
        await press(pilot, "enter")
    await until_true(pilot, lambda: not app.document.is_changed, "the file")
    await pilot.app.workers.wait_for_complete()


def written(path: Path, *requests: tuple[str, str], token: str) -> Path:
    """A collection with a bearer token."""
    auth = {"type": "bearer", "bearer": [{"key": "token", "value": token}]}
    items = [
        {"name": name, "request": {"method": "GET", "url": f"http://127.0.0.1:9/{url}"}}
        for name, url in requests
    ]
    collection = {"info": {"name": path.stem}, "item": items, "auth": auth}
    path.write_text(json.dumps(collection))
    return path


async def test_an_import_of_the_console_is_imported_again_with_edits_kept(
    console: Opener, tmp_path: Path
) -> None:
    path = tmp_path / "p.hazard.yaml"
    one = written(tmp_path / "one.json", ("a", "a"), ("b", "b"), token="ey-first-token-1")
    two = written(tmp_path / "two.json", ("c", "c"), token="ey-second-token-2")
    async with console(None, (120, 40)) as (app, pilot):
        await accepted(pilot, app, one)
        await accepted(pilot, app, two)
        tokens = [step.request.auth.bearer.token for step in app.document.plan.walk()]
        assert tokens[0] != tokens[2], "each keeps its own secret"
        app.edit("weight", lambda plan: edit.change(plan, ("tasks", 1), weight=7))
        await saved(pilot, app, path)
        # The source changes, and the console is still open.
        written(two, ("c", "changed"), ("d", "d"), token="ey-second-token-2")
        await chosen(pilot, app, two)
        await until_true(pilot, lambda: isinstance(app.screen, ChoiceDialog), "the question")
        await press(pilot, "enter")
        await until_true(pilot, lambda: len(app.document.plan.tasks[1].steps) == 2, "the merge")
        merged = app.document.plan
        await saved(pilot, app)
    assert merged.tasks[1].weight == 7
    assert [step.request.url for step in merged.walk()] == [
        f"http://127.0.0.1:9/{name}" for name in ("a", "b", "changed", "d")
    ]
    assert [step.request.auth.bearer.token for step in merged.walk()] == [
        tokens[0], tokens[0], tokens[2], tokens[2],
    ]  # fmt: skip
    assert load_plan(path) == merged

    written(one, ("a", "a"), ("b", "later"), token="ey-first-token-1")
    assert main(["import", str(one), "-o", str(path)]) == 0

    again = load_plan(path)
    assert [step.request.url for step in again.walk()] == [
        f"http://127.0.0.1:9/{name}" for name in ("a", "later", "changed", "d")
    ]
    assert again.tasks[1].weight == 7
    assert [step.request.auth for step in again.walk()] == [
        step.request.auth for step in merged.walk()
    ]


async def test_what_was_not_taken_over_or_was_undone_is_not_added_later(
    console: Opener, tmp_path: Path
) -> None:
    path = tmp_path / "p.hazard.yaml"
    one = written(tmp_path / "one.json", ("a", "a"), ("b", "b"), token="ey-first-token-1")
    two = written(tmp_path / "two.json", ("c", "c"), token="ey-second-token-2")
    async with console(None, (120, 40)) as (app, pilot):
        await chosen(pilot, app, one)
        await until_true(pilot, lambda: isinstance(app.screen, ReviewScreen), "the review")
        await press(pilot, "down", "down", "space", "ctrl+s")
        await until_true(pilot, lambda: bool(app.document.plan.tasks), "the import")
        assert [step.name for step in app.document.plan.walk()] == ["a"]
        await accepted(pilot, app, two)
        await press(pilot, "ctrl+z")
        await until_true(pilot, lambda: len(app.document.plan.tasks) == 1, "the undo")
        await saved(pilot, app, path)
    written(one, ("a", "changed"), ("b", "b"), token="ey-first-token-1")
    assert main(["import", str(one), "-o", str(path)]) == 0
    assert [step.request.url for step in load_plan(path).walk()] == ["http://127.0.0.1:9/changed"]
    assert [one.sources for one in read_bases(path)] == [(str(one),)]


async def test_a_plan_in_the_place_of_another_has_nothing_of_its_imports(
    console: Opener, tmp_path: Path
) -> None:
    path = tmp_path / "p.hazard.yaml"
    one = written(tmp_path / "one.json", ("a", "a"), token="ey-first-token-1")
    assert main(["import", str(one), "-o", str(path)]) == 0
    async with console(None, (120, 40)) as (app, pilot):
        app.edit("task", lambda plan: plan.model_copy(update={"tasks": (Task(name="own"),)}))
        await press(pilot, "ctrl+s")
        await until_true(pilot, lambda: isinstance(app.screen, TextDialog), "the question")
        app.screen.query_one(Input).value = str(path)
        await press(pilot, "enter")
        await until_true(pilot, lambda: isinstance(app.screen, ConfirmDialog), "the warning")
        await press(pilot, "y")
        await until_true(pilot, lambda: not app.document.is_changed, "the file")
        await pilot.app.workers.wait_for_complete()
    assert read_bases(path) == ()


async def test_an_import_into_its_own_plan_keeps_edits(console: Opener, tmp_path: Path) -> None:
    source, path = tmp_path / "c.json", tmp_path / "p.hazard.yaml"
    sample = SAMPLES / "postman" / "conduit.postman_collection.json"
    collection = json.loads(sample.read_text())
    source.write_text(json.dumps(collection))
    assert main(["import", str(source), "-o", str(path)]) == 0
    collection["item"].append({"name": "Feed", "request": {"method": "GET", "url": "http://x/f"}})
    source.write_text(json.dumps(collection))
    async with console(path, (120, 40)) as (app, pilot):
        await until_true(pilot, lambda: bool(app.document.plan.tasks), "the plan")
        app.edit("weight", lambda plan: edit.change(plan, ("tasks", 0), weight=7))
        await press(pilot, "i")
        await until_true(pilot, lambda: isinstance(app.screen, ImportDialog), "the dialog")
        app.screen.query_one("#path", Input).value = str(source)
        await press(pilot, "enter")
        await until_true(pilot, lambda: isinstance(app.screen, ChoiceDialog), "the question")
        await until(pilot, "was imported into this plan before")
        await press(pilot, "enter")
        await until_true(
            pilot, lambda: app.document.plan.tasks[0].steps[-1].name == "Feed", "the merge"
        )
        plan = app.document.plan
        assert (len(plan.tasks), plan.tasks[0].weight) == (1, 7)
        await press(pilot, "ctrl+z")
        await until_true(
            pilot, lambda: app.document.plan.tasks[0].steps[-1].name == "Tags", "the undo"
        )
    assert load_plan(path).tasks[0].weight == 1
