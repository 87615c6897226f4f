"""The fleet screen: states with words and reasons, choosing, sorting, filtering."""

from __future__ import annotations

import time

import pytest
from textual.pilot import Pilot

from hazard_tui.rpc.gen.hazard.v1 import control_pb2
from hazard_tui.ui.app import HazardApp
from tests.support.screen import press, screen_text, until
from tests.ui.conftest import SIZES, Opener
from tests.ui.recorded import record, second, view_of

LOST_REASON = "it said nothing for 12 s\nlast words: out of memory"


def workers() -> list[control_pb2.WorkerRecord]:
    """One ready, one busy, one lost."""
    made = []
    for number, (health, cpu, reason) in enumerate(
        [
            (control_pb2.WORKER_HEALTH_READY, 5.0, ""),
            (control_pb2.WORKER_HEALTH_BUSY, 80.0, ""),
            (control_pb2.WORKER_HEALTH_LOST, 0.0, LOST_REASON),
        ]
    ):
        one = control_pb2.WorkerRecord(
            health=health, reason=reason, last_seen_unix_ms=round(time.time() * 1000)
        )
        one.info.worker_id, one.info.address = f"w{number}", f"127.0.0.1:{number + 1}"
        one.info.hostname, one.info.cpu_percent = f"host{number}", cpu
        made.append(one)
    return made


async def open_fleet(app: HazardApp, pilot: Pilot[int]) -> str:
    """Shows the fleet screen with the three workers."""
    app.state.controller_error = ""
    app.state.workers = workers()
    await press(pilot, "f2")
    return await until(pilot, "127.0.0.1:3")


def order(shown: str) -> list[str]:
    """Last digits of the addresses, from top to bottom."""
    lines = [line.split() for line in shown.splitlines() if "127.0.0.1:" in line]
    return [line[1][-1] for line in lines]


@pytest.mark.parametrize("size", SIZES)
async def test_every_state_has_a_word_and_a_lost_worker_its_reason(
    console: Opener, size: tuple[int, int]
) -> None:
    async with console(size=size) as (app, pilot):
        shown = await open_fleet(app, pilot)
        assert "3 workers" in shown
        for text in ("1 ready", "1 busy", "1 lost", "1 chosen", "✔ ready", "✝ lost"):
            assert text in shown
        await press(pilot, "down", "down")
        assert "it said nothing for 12 s" in await until(pilot, "enter: all of it")
        await press(pilot, "enter")
        assert "host2" in await until(pilot, "last words: out of memory")


@pytest.mark.parametrize(
    ("health", "text"),
    [([2, 2], "2 busy"), ([1, 2], "1 of 2 workers, 1 busy"), ([1, 3], "1 of 1 workers, 1 lost")],
)
async def test_the_top_line_says_what_the_workers_do(
    console: Opener, health: list[int], text: str
) -> None:
    async with console(size=(120, 40)) as (app, pilot):
        app.state.controller_error = ""
        app.state.workers = workers()[: len(health)]
        for one, value in zip(app.state.workers, health, strict=True):
            one.health = value
        app.workers_changed()
        shown = await until(pilot, text)
        assert f"· {text}" in shown.splitlines()[0]


async def test_workers_are_taken_left_sorted_and_filtered(console: Opener) -> None:
    async with console(size=(120, 40)) as (app, pilot):
        await open_fleet(app, pilot)
        await press(pilot, "space")
        assert app.state.left_out == {"w0"}
        await until(pilot, "0 chosen")
        await press(pilot, "a")
        await until(pilot, "1 chosen")
        assert order(screen_text(app)) == ["1", "2", "3"]
        await press(pilot, "s", "s")
        await pilot.pause()
        assert order(screen_text(app)) == ["2", "1", "3"]
        await press(pilot, "slash", "'host1", "enter")
        assert order(await until(pilot, "filter host1")) == ["2"]


async def test_the_part_of_a_worker_in_the_run_is_shown_with_why_it_failed(
    console: Opener,
) -> None:
    made = record()
    made.workers[0].state = "preparing"
    made.workers[1].state, made.workers[1].reason = "failed", "data.csv: no such file"
    async with console(size=(120, 40)) as (app, pilot):
        app.state.run = view_of(made, [second(0, [1000])])
        shown = await open_fleet(app, pilot)
        assert "preparing" in shown
        assert "failed" in shown
        await press(pilot, "down")
        await until(pilot, "data.csv: no such file")


async def test_a_ready_worker_that_is_not_in_the_run_may_be_let_in(console: Opener) -> None:
    made = record()
    made.workers[0].state, made.workers[0].reason = "lost", "it said nothing for 12 s"
    async with console(size=(120, 40)) as (app, pilot):
        app.state.run = view_of(made, [second(0, [1000])])
        await open_fleet(app, pilot)
        await until(pilot, "J lets it join the run   it left: it said nothing for 12 s")
        await press(pilot, "J")
        await until(pilot, "127.0.0.1:1 is prepared to join")
        await until(pilot, "this console is offline")
        made.state = control_pb2.RUN_STATE_FINISHED
        app.state.run = view_of(made, [second(0, [1000])])
        await press(pilot, "down", "up")
        await pilot.pause()
        assert "J lets it join" not in screen_text(app)
