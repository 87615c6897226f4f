"""Main screens and their states as accepted pictures, at the two usual sizes of a terminal."""

from __future__ import annotations

import time

import pytest
from textual.pilot import Pilot

from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2
from hazard_tui.ui.app import HazardApp
from hazard_tui.ui.replay import Replay
from hazard_tui.ui.run_view import RunView
from hazard_tui.ui.screens.compare import CompareScreen
from hazard_tui.ui.screens.dialogs import ConfirmDialog
from hazard_tui.ui.screens.history import HistoryScreen
from hazard_tui.ui.screens.preparing import PreparingDialog
from hazard_tui.ui.screens.run import RunScreen
from tests.support.pictures import Pictures, name_of
from tests.support.screen import press, until
from tests.ui.conftest import SIZES, Opener
from tests.ui.recorded import event, record, second, view_of

RULES = ("p95<120ms", "errors<1%")


def _frame(n: int, **fields: float) -> worker_pb2.Frame:
    """A second of eight steps whose latencies wander, the fourth with a tail."""
    took = [1500 * (k + 1) + 137 * (n * (k + 3) % 29) for k in range(8)]
    took[3] += 60_000 * (n % 11 == 0)
    options = {"count": 20 + n % 9, "failed": 3 if n % 7 == 0 else 0, **fields}
    return second(n, took, **options)  # type: ignore[arg-type]


def shop_run(seconds: int = 75, jump: bool = False, **fields: float) -> RunView:
    """A run of two tasks and two workers, one of them lost, with markers."""
    made = record(8, rules=RULES)
    made.verdict.status = "degraded"
    reason = made.verdict.reasons.add(code="worker-lost", text="worker 127.0.0.1:2 was lost")
    reason.from_second = made.started_unix_ms // 1000 + 40
    view = view_of(made, [_frame(n, **fields) for n in range(seconds)])
    for n in range(seconds, seconds + 4 if jump else 0):
        view.take_frame(second(n, [9_000] * 5 + [700_000] + [9_000] * 2, count=25, failed=12))
    for worker in ("w0", "w1"):
        for n in range(40 if worker == "w1" else seconds):
            frame = second(n, [2_000 + 10 * n] * 8, worker=worker, count=12)
            frame.generator.cpu_percent = 31
            view.take_frame(frame)
    lost = view.workers["w1"].record
    lost.last_frame_unix_ms = made.started_unix_ms + 40_000
    lost.state, lost.reason = "lost", "it said nothing for 12 s\nlast words: out of memory"
    view.take_event(event(20, "stage", "stage 2: ramp to 8 users for 30 s"))
    view.take_event(event(40, "worker-lost", "127.0.0.1:2 was lost: it said nothing for 12 s"))
    view.take_event(event(52, "marker", "deployed 1.4"))
    return view


async def watch(app: HazardApp, pilot: Pilot[int], view: RunView) -> RunScreen:
    """Shows a run on the run screen."""
    app.state.run = view
    app.action_app_run()
    await pilot.pause()
    assert isinstance(app.screen, RunScreen)
    app.screen.show_run()
    await until(pilot, "verdict")
    return app.screen


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_views_of_a_run(console: Opener, pictures: Pictures, size: tuple[int, int]) -> None:
    async with console(size=size) as (app, pilot):
        await press(pilot, "f3")
        await until(pilot, "No run yet")
        await pictures.take(pilot, name_of("run-none", size))
        screen = await watch(app, pilot, shop_run())
        for view in ("steps", "workers", "errors", "heat", "events"):
            screen.show_view(view)
            await until(pilot, f"{view} (tab)")
            if view == "heat":
                await press(pilot, "left", "left")
            await pictures.take(pilot, name_of(f"run-{view}", size))
        screen.show_view("steps")
        await press(pilot, "g", "space", "left", "left", "left")
        await until(pilot, "FROZEN -3 s")
        await pictures.take(pilot, name_of("run-frozen-tasks", size))


async def test_a_jump_with_what_changed(console: Opener, pictures: Pictures) -> None:
    async with console(size=(120, 40)) as (app, pilot):
        await watch(app, pilot, shop_run(jump=True))
        await press(pilot, "w")
        await until(pilot, "changes (tab)")
        await pictures.take(pilot, "run-changes-120x40")


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_arrivals_with_an_earlier_run_behind(
    console: Opener, pictures: Pictures, size: tuple[int, int]
) -> None:
    async with console(size=size) as (app, pilot):
        view = shop_run(rate=12, planned_us=95_000)
        view.ghost = shop_run(60)
        await watch(app, pilot, view)
        await until(pilot, "from planned start")
        await pictures.take(pilot, name_of("run-arrivals-ghost", size))


async def test_a_replay_that_is_paused(console: Opener, pictures: Pictures) -> None:
    updates = [control_pb2.RunUpdate(record=record(8, rules=RULES))]
    updates += [control_pb2.RunUpdate(frame=_frame(n)) for n in range(40)]
    player = Replay(updates)
    for _ in range(25):
        player.step()
    player.pause()
    async with console(size=(80, 24)) as (app, pilot):
        await watch(app, pilot, player.view)
        await until(pilot, "replay paused")
        await pictures.take(pilot, "run-replay-80x24")


@pytest.mark.parametrize("glyphs", ["ascii", "blocks"])
async def test_the_heat_map_in_other_characters(
    console: Opener, pictures: Pictures, monkeypatch: pytest.MonkeyPatch, glyphs: str
) -> None:
    monkeypatch.setenv("HAZARD_GLYPHS", glyphs)
    async with console(size=(80, 24)) as (app, pilot):
        screen = await watch(app, pilot, shop_run())
        screen.show_view("heat")
        await until(pilot, "heat (tab)")
        await pictures.take(pilot, f"run-heat-{glyphs}-80x24")


def fleet() -> list[control_pb2.WorkerRecord]:
    """Workers in five states."""
    made = []
    for number, health in enumerate((1, 2, 3, 4, 5)):
        one = control_pb2.WorkerRecord(health=health)  # type: ignore[arg-type]
        one.last_seen_unix_ms = round(time.time() * 1000) if health < 3 else 1_700_000_000_000
        one.info.worker_id, one.info.address = f"w{number}", f"10.0.0.{number + 1}:4040"
        one.info.hostname, one.info.cpu_percent = f"load{number}", 12.0 * number
        one.info.cpus, one.info.version, one.info.rss_bytes = 8, "1.0.0", 50 << 20
        one.reason = ["", "", "it said nothing for 12 s", "protocol 9", "connection refused"][
            number
        ]
        made.append(one)
    return made


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_fleet(console: Opener, pictures: Pictures, size: tuple[int, int]) -> None:
    async with console(size=size) as (app, pilot):
        await press(pilot, "f2")
        await until(pilot, "No workers")
        await pictures.take(pilot, name_of("fleet-none", size))
        app.state.controller_error, app.state.workers = "", fleet()[:2]
        app.workers_changed()
        await press(pilot, "down")
        await until(pilot, "10.0.0.2")
        await pictures.take(pilot, name_of("fleet", size))


async def test_workers_being_prepared(console: Opener, pictures: Pictures) -> None:
    reason = "worker 10.0.0.2:4040 cannot be reached: connection refused"
    rows = [
        control_pb2.RunWorker(worker_id="w0", address="10.0.0.1:4040", state="ready"),
        control_pb2.RunWorker(
            worker_id="w1", address="10.0.0.2:4040", state="failed", reason=reason
        ),
        control_pb2.RunWorker(worker_id="w2", address="10.0.0.3:4040", state="preparing"),
    ]
    async with console(size=(80, 24)) as (app, pilot):
        await press(pilot, "f2")
        dialog = PreparingDialog(3, app.glyphs)
        dialog.show(rows, asks=True)
        app.push_screen(dialog)
        await until(pilot, "try failed ones again")
        await press(pilot, "down")
        await until(pilot, "connection refused")
        await pictures.take(pilot, "preparing-80x24")


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_history(console: Opener, pictures: Pictures, size: tuple[int, int]) -> None:
    async with console(size=size) as (app, pilot):
        await press(pilot, "f4")
        await pilot.pause()
        assert isinstance(app.screen, HistoryScreen)
        runs = [record(), record(), record()]
        for number, (one, state) in enumerate(zip(runs, (3, 5, 8), strict=True)):
            one.run_id = f"20260101-12000{number}-abc{number}"
            one.state, one.requests, one.failed = state, 12_345 * (number + 1), 7 * number
            one.created_unix_ms = one.started_unix_ms
            one.load_ms = 120_000
            one.ended_unix_ms = one.started_unix_ms + 121_000 * (number > 0)
        runs[2].verdict.status, runs[1].note = "invalid", "before the fix"
        app.screen._runs = runs
        app.screen.show_runs()
        await press(pilot, "c", "down")
        await until(pilot, "is marked")
        await pictures.take(pilot, name_of("history", size))


async def test_two_runs_compared(console: Opener, pictures: Pictures) -> None:
    async with console(size=(120, 40)) as (app, pilot):
        before = view_of(record(8), [_frame(n) for n in range(30)])
        after = view_of(
            record(8), [second(n, [2_500 * (k + 1) for k in range(8)]) for n in range(30)]
        )
        await press(pilot, "f4")
        app.push_screen(CompareScreen(before, after))
        await until(pilot, "11 worse")
        await pictures.take(pilot, "compare-120x40")


async def test_a_start_on_a_protected_environment(console: Opener, pictures: Pictures) -> None:
    text = "targets   shop.example:443\nload      hold 50 users for 5m\nworkers   2"
    async with console(size=(80, 24)) as (app, pilot):
        await press(pilot, "f3")
        app.push_screen(ConfirmDialog("start the run?", text, "prod"))
        await until(pilot, "Type prod to go on")
        await pictures.take(pilot, "start-protected-80x24")


async def test_a_terminal_that_is_too_small(console: Opener, pictures: Pictures) -> None:
    async with console(size=(60, 16)) as (_, pilot):
        await until(pilot, "too small")
        await pictures.take(pilot, "too-small-60x16")
