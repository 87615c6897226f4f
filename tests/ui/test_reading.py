"""Large plans: they are read while the console goes on, and stay quick to edit."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hazard_tui.errors import PlanError
from hazard_tui.plan import edit
from hazard_tui.plan.store import load_plan
from hazard_tui.ui.document import Document
from hazard_tui.ui.reading import LARGE_BYTES, Reading, is_large
from hazard_tui.ui.widgets.plan_tree import PlanTree
from tests.support.screen import press, screen_text, until, until_true
from tests.ui.conftest import Opener
from tests.ui.plans import large_file, saved, shop


async def test_the_console_answers_while_a_large_plan_is_read(
    console: Opener, tmp_path: Path
) -> None:
    path = large_file(tmp_path, 600, 100, body=10)
    async with console(path) as (app, _):
        shown = screen_text(app)
        assert "reading large.hazard.yaml" in shown
        assert f"of {path.stat().st_size / 1e6:.1f} MB" in shown
        assert "The plan is empty" not in shown
        # The pilot waits until no thread computes: here the keys are pressed beside one.
        app.simulate_key("f2")
        await comes(lambda: app.current_mode == "fleet")
        app.simulate_key("f1")
        app.simulate_key("ctrl+s")
        await comes(lambda: app._notifications)
        assert "is still being read" in next(iter(app._notifications)).message
        assert app.reading is not None


async def comes(is_so: Callable[[], object]) -> None:
    """Waits until a condition holds, without waiting for threads."""
    for _ in range(1000):
        if is_so():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came")


async def test_a_large_plan_that_was_read_is_shown_and_checked(
    console: Opener, tmp_path: Path
) -> None:
    path = large_file(tmp_path, 40, 100)
    assert is_large(path)
    async with console(path) as (app, pilot):
        await until(pilot, "large  40 tasks")
        assert app.reading is None
        assert app.document.plan == load_plan(path)
        await until(pilot, "no findings")


@pytest.mark.skipif(not hasattr(time, "pthread_getcpuclockid"), reason="no clock of a thread here")
async def test_no_piece_of_the_reading_holds_the_console_up(tmp_path: Path) -> None:
    reading = Reading(large_file(tmp_path, 40, 100))
    clocks: list[int] = []

    def read() -> Document:
        clocks.append(time.pthread_getcpuclockid(threading.get_ident()))
        return reading.open(tmp_path / "journal")

    task = asyncio.create_task(asyncio.to_thread(read))
    # Processor time of the reading thread between two turns of this loop: what others on the same
    # processors take is not in it.
    spent: list[float] = []
    before = 0.0
    while not task.done():
        await asyncio.sleep(0.01)
        if clocks and not task.done():
            now = time.clock_gettime(clocks[0])
            spent.append(now - before)
            before = now
    task.result().close()
    assert max(spent) < sum(spent) / 8, sorted(spent)[-5:]


async def test_escape_leaves_a_reading(console: Opener, tmp_path: Path) -> None:
    async with console(large_file(tmp_path, 600, 100, body=10)) as (app, pilot):
        await press(pilot, "escape")
        await until(pilot, "large.hazard.yaml was left")
        await until(pilot, "The plan is empty")
        assert app.document.path is None


def test_a_reading_that_was_left_ends(tmp_path: Path) -> None:
    reading = Reading(large_file(tmp_path, 20, 100))
    reading.leave()
    with pytest.raises(PlanError, match="was left"):
        reading.open(tmp_path / "journal")


async def test_a_large_file_that_is_no_plan_is_told_and_leaves_an_empty_plan(
    console: Opener, tmp_path: Path
) -> None:
    path = tmp_path / "wrong.hazard.yaml"
    path.write_text("hazard: 1\ntasks: 7\nname: " + "x" * LARGE_BYTES)
    async with console(path, (120, 40)) as (app, pilot):
        # The path before it is as long as the folder of the test, and wraps anywhere.
        await until(pilot, "error: tasks (line 2)")
        await until(pilot, "The plan is empty")
        assert app.reading is None


async def test_a_small_plan_is_there_at_once(console: Opener, tmp_path: Path) -> None:
    path = saved(shop(), tmp_path)
    assert not is_large(path)
    async with console(path) as (app, _):
        assert "browse" in screen_text(app)


async def test_tasks_of_a_large_plan_are_closed_and_filled_when_they_are_opened(
    console: Opener, tmp_path: Path
) -> None:
    async with console(large_file(tmp_path, 30, 100, body=200)) as (app, pilot):
        await until(pilot, "large  30 tasks")
        tree = app.screen.query_one(PlanTree)
        assert len(list(tree.walk_nodes())) == 31
        await press(pilot, "down", "right", "down")
        await until(pilot, "POST r0-0")
        await press(pilot, "m", "left", "left")
        tree.select(("tasks", 29, "steps", 99))
        await until(pilot, "POST r29-99")
        await press(pilot, "m")
        paths = tree.marked_paths()
        assert paths == [("tasks", 0, "steps", 0), ("tasks", 29, "steps", 99)]
        await press(pilot, "d")
        assert [len(task.steps) for task in app.document.plan.tasks][:2] == [99, 100]
        await press(pilot, "ctrl+z")
        await until_true(pilot, lambda: len(app.document.plan.tasks[29].steps) == 100, "undone")


async def test_a_large_plan_is_written_while_the_console_answers(
    console: Opener, tmp_path: Path
) -> None:
    path = large_file(tmp_path, 40, 100)
    async with console(path) as (app, pilot):
        await until(pilot, "large  40 tasks")
        app.edit("rename", lambda plan: edit.replace(plan, ("name",), "renamed"))
        app.action_plan_save()
        assert app.document.is_changed
        app.simulate_key("f2")
        await comes(lambda: app.current_mode == "fleet")
        await comes(lambda: not app.document.is_changed)
        assert load_plan(path).name == "renamed"


async def test_an_edit_while_the_plan_is_written_is_not_counted_as_saved(
    console: Opener, tmp_path: Path
) -> None:
    async with console(saved(shop(), tmp_path)) as (app, _):
        app.edit("rename", lambda plan: edit.replace(plan, ("name",), "first"))
        writing = asyncio.create_task(app.document.save_in_thread())
        await asyncio.sleep(0)
        app.edit("rename", lambda plan: edit.replace(plan, ("name",), "second"))
        path = await writing
        assert load_plan(path).name == "first"
        assert app.document.is_changed
