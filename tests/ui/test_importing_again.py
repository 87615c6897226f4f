"""A source that is imported again in the console is merged into the plan that came from it."""

from __future__ import annotations

import json
from pathlib import Path

from textual.widgets import Input

from hazard_tui.cli import main
from hazard_tui.plan import edit
from hazard_tui.plan.store import load_plan
from hazard_tui.ui.screens.dialogs import ChoiceDialog
from hazard_tui.ui.screens.importing import ImportDialog
from tests.importers.builders import SAMPLES
from tests.support.screen import press, until, until_true
from tests.ui.conftest import Opener


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
