"""The history screen: what is listed, and marking two runs."""

from __future__ import annotations

import pytest

from hazard_tui.ui.screens.history import HistoryScreen
from tests.support.screen import press, until
from tests.ui.conftest import SIZES, Opener
from tests.ui.recorded import record


@pytest.mark.parametrize("size", SIZES)
async def test_runs_are_listed_and_one_is_marked_for_a_comparison(
    console: Opener, size: tuple[int, int]
) -> None:
    first, other = record(), record()
    first.requests, first.failed, first.note = 12_345, 7, "before"
    other.run_id = "20260101-130000-ffff"
    other.verdict.status = "invalid"
    async with console(size=size) as (app, pilot):
        await press(pilot, "f4")
        screen = app.screen
        assert isinstance(screen, HistoryScreen)
        await pilot.pause()
        screen._runs = [first, other]
        screen.show_runs()
        shown = await until(pilot, "2 runs")
        for text in ("12.3k", "shop", "running", first.run_id, other.run_id):
            assert text in shown
        await press(pilot, "c")
        await until(pilot, "is marked: c on another compares")
        assert screen.marked == first.run_id
        await press(pilot, "c")
        assert screen.marked == ""


async def test_one_run_is_one_run(console: Opener) -> None:
    async with console() as (app, pilot):
        await press(pilot, "f4")
        await pilot.pause()
        assert isinstance(app.screen, HistoryScreen)
        app.screen._runs = [record()]
        app.screen.show_runs()
        shown = await until(pilot, "1 run")
        assert "1 runs" not in shown
