"""The run screen: what a person sees of a run, and what the keys do."""

from __future__ import annotations

from statistics import median

import pytest
from textual.events import MouseEvent, MouseScrollDown, MouseScrollUp
from textual.pilot import Pilot

from hazard_tui.ui.app import HazardApp
from hazard_tui.ui.run_layout import VIEWS
from hazard_tui.ui.run_numbers import Span
from hazard_tui.ui.run_view import RunView
from hazard_tui.ui.screens.compare import CompareScreen
from hazard_tui.ui.screens.run import RunScreen
from hazard_tui.ui.step_table import DEFAULT_COLUMNS
from hazard_tui.ui.tier import Tier
from hazard_tui.ui.widgets.live_table import LiveTable
from hazard_tui.ui.widgets.spark import Spark
from tests.support.screen import press, screen_text, until, until_still, until_true
from tests.support.work import counted_work
from tests.ui.conftest import SIZES, Opener
from tests.ui.recorded import FIRST_SECOND, event, record, second, view_of

LONG_ERROR = "dial tcp 127.0.0.1:9: connect: connection refused " + "and so on " * 12


async def watch(app: HazardApp, pilot: Pilot[int], view: RunView) -> RunScreen:
    """Shows a run on the run screen."""
    app.state.run = view
    app.action_app_run()
    await pilot.pause()
    await until(pilot, "verdict")
    screen = app.screen
    assert isinstance(screen, RunScreen)
    return screen


def a_run(seconds: int = 30, **fields: object) -> RunView:
    """A run of three steps; the first fails once in a while."""
    made = record(rules=("p95<40ms", "errors<50%"))
    return view_of(made, [_second(n, **fields) for n in range(seconds)])


def _second(n: int, rate: float = 0.0, planned_us: int = 0) -> object:
    return second(
        n,
        [10_000 + 100 * n, 20_000, 30_000],
        failed=2 if n % 5 == 0 else 0,
        error=("refused", LONG_ERROR),
        rate=rate,
        planned_us=planned_us,
    )


@pytest.mark.parametrize("size", SIZES)
async def test_a_run_is_shown_with_its_numbers_and_words(
    console: Opener, size: tuple[int, int]
) -> None:
    view = a_run()
    async with console(size=size) as (app, pilot):
        await watch(app, pilot, view)
        shown = await until(pilot, "all requests")
        row = view.total_row()
        assert row.requests == 900
        for text in ("running 0:30/2:00", "30 rps", "900 requests", "verdict", "valid"):
            assert text in shown
        assert "p95<40ms ok" in shown
        line = next(one for one in shown.splitlines() if one.startswith("all requests"))
        assert line.split()[2:7] == ["900", "1.3%", "30", "20ms", "30ms"]


@pytest.mark.parametrize("size", SIZES)
async def test_both_latencies_of_an_arrival_run_are_shown(
    console: Opener, size: tuple[int, int]
) -> None:
    async with console(size=size) as (app, pilot):
        await watch(app, pilot, a_run(rate=10, planned_us=55_000))
        shown = await until(pilot, "from planned start")
        assert "30ms raw, 55ms from planned start" in shown
        header = next(line for line in shown.splitlines() if line.startswith("step"))
        assert "p99" in header.split()
        assert "p99plan" in header.split()
        assert "10/s planned, 0 dropped" in shown


@pytest.mark.parametrize("size", SIZES)
async def test_the_numbers_go_on_under_an_open_dialog(
    console: Opener, size: tuple[int, int]
) -> None:
    view = a_run(20)
    async with console(size=size) as (app, pilot):
        await watch(app, pilot, view)
        await press(pilot, "m")
        assert "620 requests" not in await until(pilot, "what happened")
        view.take_frame(_second(20))
        app.run_changed(view, "frame")
        shown = await until(pilot, "630 requests")
        assert "what happened" in shown


async def test_a_slow_line_gets_every_second_picture_and_one_chart(console: Opener) -> None:
    view = a_run(20)
    async with console(size=(120, 40)) as (app, pilot):
        app.tier.manual = Tier.SLOW
        await watch(app, pilot, view)
        screen_of(app).show_run()
        shown = await until(pilot, "600 requests")
        assert not set(shown.splitlines()[4][30:].strip()), "a chart of a slow line"
        # A widget that got its size late paints what the run has by then.
        await until_still(pilot)
        view.take_frame(_second(20))
        app.run_changed(view, "frame")
        await until(pilot, "630 requests")
        await until_still(pilot)
        view.take_frame(_second(21))
        app.run_changed(view, "frame")
        await pilot.pause()
        assert "630 requests" in screen_text(app)
        await until(pilot, "660 requests")


@pytest.mark.parametrize("size", SIZES)
async def test_a_frozen_picture_stays_and_scrubbing_shows_the_second(
    console: Opener, size: tuple[int, int]
) -> None:
    view = a_run(20)
    async with console(size=size) as (app, pilot):
        screen = await watch(app, pilot, view)
        await press(pilot, "space")
        frozen = await until(pilot, "FROZEN -0 s")
        for n in range(20, 50):
            view.take_frame(_second(n))
            screen.show_run()
        await pilot.pause()
        later = screen_text(app)
        assert later.splitlines()[2:-1] == frozen.splitlines()[2:-1]
        assert "FROZEN -30 s" in later
        await press(pilot, "left", "left")
        shown = await until(pilot, "FROZEN -32 s")
        assert "540 requests" in shown
        assert "running 0:18/2:00" in shown
        await press(pilot, "end")
        shown = await until(pilot, "1500 requests")
        assert "FROZEN" not in shown


async def test_every_view_is_reached_and_has_its_rows(console: Opener) -> None:
    view = a_run()
    view.take_event(event(12, "marker", "deployed"))
    lost = view.workers["w1"].record
    lost.state, lost.reason = "lost", "the engine ended with 2\npanic: boom\ngoroutine 1"
    async with console(size=(120, 40)) as (app, pilot):
        await watch(app, pilot, view)
        seen = {}
        for name in (*VIEWS[1:], VIEWS[0]):
            await press(pilot, "tab")
            seen[name] = await until(pilot, f"{name} (tab)")
            if name in ("workers", "errors", "events"):
                await press(pilot, "down", "enter")
                seen[f"{name} opened"] = screen_text(app)
                while app.screen is not screen_of(app):
                    await press(pilot, "escape")
    assert "lost" in seen["workers"]
    assert "the engine ended with 2" in seen["workers"]
    assert "panic: boom" in seen["workers opened"]
    assert "refused" in seen["errors"]
    assert seen["errors opened"].replace("│", "").split().count("so") >= 12
    assert "deployed" in seen["events"]
    assert "neither p95 nor failures jumped" in seen["changes"]


def screen_of(app: HazardApp) -> RunScreen:
    """The run screen, under whatever dialog there is."""
    return next(one for one in app.screen_stack if isinstance(one, RunScreen))


async def test_a_jump_is_told_with_what_moved_most(console: Opener) -> None:
    view = a_run()
    for n in range(30, 34):
        view.take_frame(second(n, [10_000, 20_000, 400_000]))
    async with console(size=(120, 40)) as (app, pilot):
        await watch(app, pilot, view)
        assert "0:30 p95 went from 30" in await until(pilot, "step 2 most")
        await press(pilot, "w")
        shown = await until(pilot, "changes (tab)")
        first = shown.splitlines()[[*map(_is_header, shown.splitlines())].index(True) + 1]
        assert first.split()[:3] == ["step", "step", "2"]


def _is_header(line: str) -> bool:
    return line.startswith("what ") and "before" in line


@pytest.mark.parametrize("size", SIZES)
async def test_the_table_is_sorted_filtered_and_grouped(
    console: Opener, size: tuple[int, int]
) -> None:
    made = record(12)
    view = view_of(made, [second(n, [1000 * (k + 1) for k in range(12)]) for n in range(5)])
    async with console(size=size) as (app, pilot):
        screen = await watch(app, pilot, view)
        await press(pilot, "s", "s", "s")
        shown = await until(pilot, "sorted by p95")
        names = [line.split()[2] for line in shown.splitlines() if line.startswith(" GET step")]
        assert names[:3] == ["11", "10", "9"]
        screen.look.pattern = "!step 1"
        await press(pilot, "s", "s")
        shown = await until(pilot, "filter !step 1")
        names = [line.split()[2] for line in shown.splitlines() if line.startswith(" GET step")]
        assert names == ["0", *map(str, range(2, 10))]
        screen.look.pattern = "step 1"
        await press(pilot, "g")
        shown = await until(pilot, "task 2")
        tree = [
            line[:14].strip("- ").split()
            for line in shown.splitlines()
            if line[:6].strip() in ("- task", "GET")
        ]
        assert tree == [
            ["task", "0"], ["GET", "step", "1"],
            ["task", "2"], ["GET", "step", "10"], ["GET", "step", "11"],
        ]  # fmt: skip
        screen.look.pattern = ""
        await press(pilot, "g")
        shown = await until(pilot, "task 1")
        assert "step 10" not in shown
        rows = {row.name: row.requests for row in view.task_rows()}
        assert rows == {"task 0": 250, "task 1": 250, "task 2": 100}
        assert sum(rows.values()) == view.total_row().requests


async def test_windows_and_the_heat_map_go_through_the_run(console: Opener) -> None:
    async with console(size=(120, 40)) as (app, pilot):
        screen = await watch(app, pilot, a_run(90))
        for window in ("5:00", "15:00", "all", "1:00"):
            await press(pilot, "t")
            await until(pilot, f"charts {window}")
        screen.show_view("heat")
        await until(pilot, "arrows read a cell")
        await press(pilot, "left")
        assert "1:29  18ms to 32ms: 30 requests" in screen_text(app)


async def test_one_task_is_folded_and_shown_again(console: Opener) -> None:
    view = view_of(record(12), [second(n, [1000] * 12) for n in range(3)])
    async with console(size=(120, 40)) as (app, pilot):
        screen = await watch(app, pilot, view)
        table = screen.query_one("#steps", LiveTable)
        await press(pilot, "down", "down", "f")
        shown = await until(pilot, "+ task 0")
        lines = [line for line in shown.splitlines() if line[2:6] == "task"]
        assert [line.split()[2] for line in lines] == ["0", "1", "2"]
        names = [row.cells["name"].strip() for row in table.rows]
        assert names[:3] == ["+ task 0", "- task 1", "GET step 5"]
        assert table.cursor_key == "task 0/task 0/-1"
        kept = screen.state_to_keep()
        await press(pilot, "f")
        await until(pilot, "- task 0")
        screen.restore_state(kept)
        await until(pilot, "+ task 0")


async def test_columns_are_chosen_and_kept(console: Opener) -> None:
    async with console(size=(120, 40)) as (app, pilot):
        screen = await watch(app, pilot, a_run())
        assert "p99.9" not in screen_text(app)
        await press(pilot, "o")
        shown = await until(pilot, "columns of the steps")
        marked = [line.split("[x] ")[1].split()[0] for line in shown.splitlines() if "[x]" in line]
        assert marked == ["requests", "fail", "rps", "p50", "p95", "p99", "max", "cut"]
        await press(pilot, "space", *["down"] * 9, "space", "enter")
        await until_true(pilot, lambda: app.screen is screen, "the dialog is closed")
        shown = await until(pilot, "p99.9")
        header = next(line for line in shown.splitlines() if line.startswith("step"))
        assert header.split() == ["step", "fail", "rps", "p50", "p95", "p99", "p99.9", "max", "cut"]
        row = next(line for line in shown.splitlines() if line.startswith(" GET step 2"))
        assert row.split()[7] == "30ms"
        kept = screen.state_to_keep()
    async with console(size=(120, 40)) as (app, pilot):
        screen = await watch(app, pilot, a_run())
        screen.restore_state(kept)
        await until(pilot, "p99.9")


async def test_the_wheel_zooms_and_a_click_on_a_chart_looks_at_its_second(
    console: Opener,
) -> None:
    async with console(size=(120, 40)) as (app, pilot):
        screen = await watch(app, pilot, a_run(90))
        chart = screen.query_one("#spark-rps", Spark)
        for window in ("5:00", "15:00", "all", "all"):
            chart.post_message(wheel(chart, MouseScrollDown))
            await until(pilot, f"charts {window}")
        chart.post_message(wheel(chart, MouseScrollUp))
        await until(pilot, "charts 15:00")
        await press(pilot, "T", "T")
        await until(pilot, "charts 1:00")
        await pilot.click(chart, offset=(chart.size.width - 3, 2))
        await until(pilot, "FROZEN")
        assert screen.run_view is not None
        _, last, fold = screen.run_view.bounds(chart.size.width, Span())
        assert screen.frozen_at == (last // fold - 2) * fold + fold - 1
        await press(pilot, "end")
        await until_true(pilot, lambda: "FROZEN" not in screen_text(app), "live")


def wheel(chart: Spark, kind: type[MouseScrollDown | MouseScrollUp]) -> MouseEvent:
    """One notch of the mouse wheel above a chart."""
    return kind(chart, 1, 1, 0, 0, 0, False, False, False)


async def test_a_worker_out_of_view_gets_its_numbers_when_it_is_scrolled_to(
    console: Opener,
) -> None:
    view = view_of(record(60), [second(n, [1000 + k for k in range(60)]) for n in range(3)])
    async with console(size=(80, 24)) as (app, pilot):
        await watch(app, pilot, view)
        assert "step 59" not in screen_text(app)
        await press(pilot, "G")
        shown = await until(pilot, "step 59")
        line = next(one for one in shown.splitlines() if "step 59" in one)
        assert line.split()[3:6] == ["30", "0", "10"]
        assert line.split()[6] == "1.06ms"
        assert shown.splitlines()[-3].startswith("all requests")


async def work_of_a_second(console: Opener, names: int) -> float:
    """Calls that one second of a run of so many names makes, drawing left out."""

    def everything(n: int) -> object:
        return second(n, [2000 + 300 * k + 7 * n for k in range(names)])

    view = view_of(record(names), [everything(n) for n in range(12)])
    async with console(size=(120, 40)) as (app, pilot):
        screen = await watch(app, pilot, view)
        costs = []
        for n in range(12, 20):
            frame = everything(n)
            with counted_work() as work:
                view.take_frame(frame)
                screen.show_run()
            costs.append(work.calls)
            await pilot.pause()
        return median(costs)


async def test_ten_times_the_names_cost_at_most_ten_times_the_work(console: Opener) -> None:
    few, many = await work_of_a_second(console, 50), await work_of_a_second(console, 500)
    assert many < 10 * few


async def test_two_runs_are_compared_and_one_is_drawn_behind_the_other(console: Opener) -> None:
    before, after = (
        a_run(),
        view_of(record(), [second(n, [10_000, 20_000, 90_000]) for n in range(30)]),
    )
    async with console(size=(120, 40)) as (app, pilot):
        app.push_screen(CompareScreen(before, after))
        shown = await until(pilot, "p95 is +200%")
        line = next(one for one in shown.splitlines() if "step 2" in one)
        assert "+200%" in line
        await press(pilot, "down", "down", "enter")
        assert "before" in await until(pilot, "30ms")
        await press(pilot, "escape", "escape")
        after.ghost = before
        await watch(app, pilot, after)
        shown = await until(pilot, "p95 was")
        assert "+200%" in shown
        assert "·" in "\n".join(shown.splitlines()[2:6])


async def test_the_view_is_kept_for_the_next_session(console: Opener) -> None:
    async with console(size=(80, 24)) as (app, pilot):
        screen = await watch(app, pilot, a_run())
        await press(pilot, "t", "s", "g", "tab")
        kept = screen.state_to_keep()
    assert kept == {
        "view": "workers", "window": 300, "sort": "requests", "filter": "", "grouping": "tree",
        "folded": [], "columns": [*DEFAULT_COLUMNS],
    }  # fmt: skip
    async with console(size=(80, 24)) as (app, pilot):
        screen = await watch(app, pilot, a_run())
        screen.restore_state(kept)
        await until(pilot, "workers (tab)")
        assert screen.state_to_keep() == kept


def test_the_first_second_of_a_built_run_is_the_first() -> None:
    assert a_run(1).first_second == FIRST_SECOND
