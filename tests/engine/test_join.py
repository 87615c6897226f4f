"""Engines that join a Locust master in the middle of a test."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

import numpy as np
import pytest

from hazard_tui.controller.locust_child import LocustChild, start_locust
from hazard_tui.plan.model import Pause, Plan
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2
from tests.support.engine import Engine, Target, plan_for

USERS, THINK_MS = 80, 200
CONNECTED = worker_pb2.ENGINE_STATUS_CONNECTED


def thinking_plan(url: str) -> Plan:
    """One quick request per iteration, then a fixed pause."""
    plan = plan_for(url + "/static")
    task = plan.tasks[0].model_copy(update={"think_time": Pause(min_ms=THINK_MS)})
    return plan.model_copy(update={"tasks": (task,)})


async def until_state(
    locust: LocustChild, workers: int, users: int, timeout_s: float = 20
) -> control_pb2.LocustTotals:
    """Waits until the master counts so many workers and users."""
    async with asyncio.timeout(timeout_s):
        while True:
            state = await locust.client.state()
            if state.workers == workers and state.users == users and state.state == "running":
                return state
            await asyncio.sleep(0.05)


async def answers_of(locust: LocustChild, stop: asyncio.Event) -> list[tuple[float, int]]:
    """(seconds an answer took, users) of the master's only loop, asked again and again."""
    found = []
    while not stop.is_set():
        asked = time.perf_counter()
        state = await locust.client.state()
        found.append((time.perf_counter() - asked, state.workers))
        await asyncio.sleep(0.02)
    return found


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("joining", "after_s", "off", "lag_s"),
    [
        pytest.param(3, 3, 0.25, 3.0, id="short"),
        pytest.param(8, 15, 0.05, 0.25, marks=pytest.mark.soak, id="full"),
    ],
)
async def test_engines_that_join_within_a_second_change_neither_rate_nor_patience(
    target: Target, tmp_path: Path, joining: int, after_s: int, off: float, lag_s: float
) -> None:
    locust = await start_locust(tmp_path / "l.sock", tmp_path / "locust.log")
    async with AsyncExitStack() as cleanup:
        cleanup.push_async_callback(locust.end)
        engines = cleanup.enter_context(ExitStack())
        plan = thinking_plan(target.url)
        joined: list[Engine] = []

        async def join(index: int) -> None:
            engine = await asyncio.to_thread(Engine, plan, index=index, follow_port=locust.port)
            engines.enter_context(engine)
            joined.append(engine)
            await asyncio.to_thread(engine.event, lambda event: event.state.status == CONNECTED)

        await asyncio.gather(join(0), join(1))
        assert await locust.client.set_users(USERS) == ""
        await until_state(locust, 2, USERS)
        await asyncio.to_thread(target.reset, arrivals=True)
        stop = asyncio.Event()
        asking = asyncio.create_task(answers_of(locust, stop))
        await asyncio.sleep(3)  # the rate before
        began_s = time.time()
        await asyncio.gather(*(join(2 + index) for index in range(joining)))
        joined_s = time.time()
        await until_state(locust, 2 + joining, USERS)
        settled_s = time.time()
        await asyncio.sleep(max(joined_s + after_s - time.time(), 0))  # the rate after
        stop.set()
        answers = await asking
        times = await asyncio.to_thread(target.arrivals)
        for engine in joined:
            engine.send(stop=worker_pb2.Stop(force=True))
        await locust.client.stop_test()
    assert not [one for one in (tmp_path / "locust.log").read_text().splitlines()
                if "missing" in one.lower()]  # fmt: skip
    planned = USERS * 1000 / THINK_MS
    edges = np.arange(began_s - 2, joined_s + after_s, 1.0)
    rates = np.histogram(times, edges)[0] / planned
    lag = float(np.percentile([took for took, _ in answers], 99))
    print(f"{joining} engines joined in {joined_s - began_s:.2f} s: {rates.min():.3f} .. "
          f"{rates.max():.3f} of the rate in single seconds, {rates.mean():.3f} on the whole; "
          f"the master answered in p99 {lag * 1000:.0f} ms")  # fmt: skip
    assert joined_s - began_s < 3
    assert lag <= lag_s
    assert abs(rates.mean() - 1) <= off
    # Single seconds also tell of other work on the machine: every one counts in the long form only.
    each = off <= 0.05
    assert np.percentile(rates, 0 if each else 50) >= 1 - off, "the rate dipped"
    # Locust shares its users anew at every join, and a user that it moves to another worker begins
    # there with a request at once: one more for each, in the seconds of the joins.
    moving = (edges[1:] > began_s) & (edges[:-1] < settled_s)
    moved = sum(USERS / (3 + index) for index in range(joining)) / planned
    assert rates[moving].max() <= 1 + moved + 2 * off
    assert np.percentile(rates[~moving], 100 if each else 50) <= 1 + off
