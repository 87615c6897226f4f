"""Work that takes long: how far it is, the way out of it, and dialogs that their work closes."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from hazard_tui.ui.app import HazardApp
from hazard_tui.ui.flows import reading_sources
from hazard_tui.ui.flows.reading_sources import SourcesReading
from hazard_tui.ui.glyphs import BRAILLE
from hazard_tui.ui.screens.dialogs import TextScreen
from hazard_tui.ui.screens.importing import ImportDialog
from hazard_tui.ui.screens.passing import PassingDialog, WaitDialog
from hazard_tui.ui.screens.preparing import PreparingDialog
from hazard_tui.ui.screens.review import ReviewScreen
from tests.importers.recordings import write_large
from tests.support.screen import press, until, until_true
from tests.ui.conftest import Opener
from tests.ui.plans import shop


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Holds a reading behind its first piece until it is opened."""
    made = threading.Event()
    told = SourcesReading._progress

    def hold(self: SourcesReading, name: str, done: int, size: int) -> None:
        told(self, name, done, size)
        assert made.wait(60)

    monkeypatch.setattr(SourcesReading, "_progress", hold)
    monkeypatch.setattr(reading_sources, "SHOWN_AFTER_S", 0.01)
    return made


async def begun(app: HazardApp, pilot: Pilot[int], folder: Path) -> None:
    """Begins to import a large file, up to the dialog that says how far it is."""
    path = folder / "large.har"
    write_large(path, 5)
    await press(pilot, "i")
    await until_true(pilot, lambda: isinstance(app.screen, ImportDialog), "the dialog")
    app.screen.query_one("#path", Input).value = str(path)
    await press(pilot, "enter")
    await until_true(pilot, lambda: isinstance(app.screen, WaitDialog), "how far it is")


async def test_a_long_import_says_how_far_it_is_and_comes_to_its_review(
    console: Opener, tmp_path: Path, gate: threading.Event
) -> None:
    async with console(shop(), (120, 40)) as (app, pilot):
        await begun(app, pilot, tmp_path)
        await until(pilot, "% of 5.0 MB")
        gate.set()
        await until_true(pilot, lambda: isinstance(app.screen, ReviewScreen), "the review")
        await press(pilot, "escape")
        assert not any(isinstance(one, WaitDialog) for one in app.screen_stack)


async def test_escape_leaves_a_long_import_and_changes_nothing(
    console: Opener, tmp_path: Path, gate: threading.Event
) -> None:
    async with console(shop(), (120, 40)) as (app, pilot):
        await begun(app, pilot, tmp_path)
        await press(pilot, "escape")
        await until(pilot, "was left; nothing was changed")
        gate.set()
        assert app.document.plan == shop()
        assert not app.document.is_changed


def dialog_of(kind: str) -> PassingDialog:
    if kind == "preparing":
        return PreparingDialog(2, BRAILLE)
    return WaitDialog(lambda: "reading", lambda: None)


@pytest.mark.parametrize("kind", ["preparing", "wait"])
async def test_a_dialog_whose_work_is_over_goes_with_the_help_that_lies_over_it(
    console: Opener, kind: str
) -> None:
    async with console(shop(), (120, 40)) as (app, pilot):
        dialog = dialog_of(kind)
        await app.push_screen(dialog)
        await press(pilot, "question_mark")
        await until_true(pilot, lambda: isinstance(app.screen, TextScreen), "the help")
        dialog.close()
        await pilot.pause()
        assert isinstance(app.screen, TextScreen)
        await press(pilot, "escape")
        await until_true(pilot, lambda: dialog not in app.screen_stack, "the dialog is closed")
        await until(pilot, "browse")
