"""Workers that die under load and controllers that are cut off, as the target saw it."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import psutil
import pytest

from hazard_tui.controller.lab import Lab, lab_down, lab_up
from hazard_tui.controller.launch import ensure_controller
from hazard_tui.plan.model import Plan, Stage, StageKind, Step, Task
from hazard_tui.plan.request import Request
from hazard_tui.report.planned import planned_value
from hazard_tui.report.series import totals_of
from hazard_tui.rpc.clients import ControllerClient
from hazard_tui.settings import Settings
from tests.e2e.conftest import (
    Watcher,
    has_frames,
    start,
    until_reached,
    until_ready,
    wired_worker,
    worker_process,
)
from tests.support.engine import Target
from tests.support.wire import Wire

WORKERS = 4


@pytest.fixture
async def four(settings: Settings) -> AsyncIterator[tuple[Lab, ControllerClient]]:
    """A lab of four workers, all ready."""
    lab = await lab_up(settings, WORKERS, lambda text: None)
    try:
        async with ControllerClient(await ensure_controller(settings)) as client:
            await until_ready(client, WORKERS)
            yield lab, client
    finally:
        await lab_down(settings, lambda text: None)


def one_step(url: str, per_s: float, seconds: float) -> Plan:
    """One request per arrival."""
    step = Step(id="get", name="get", request=Request(url=url + "/static"))
    stage = Stage(kind=StageKind.ARRIVALS, to=per_s, duration_ms=round(seconds * 1000))
    return Plan(name="shop", tasks=(Task(name="t", steps=(step,)),), stages=(stage,))


@dataclass(frozen=True)
class Loss:
    """An engine is killed under load."""

    rate: int
    before_s: float
    after_s: float
    least: float
    """Share of the rate that is left from three seconds after the loss on."""
    each_second: bool
    """Judged in every second; else on the whole, for machines with other work."""


def rates(times_s: npt.NDArray[np.float64], begin_s: float, end_s: float) -> list[float]:
    """Arrivals per second in whole seconds from `begin_s` on."""
    edges = begin_s + np.arange(round(end_s - begin_s, 3) // 1 + 1)
    return [float(one) for one in np.histogram(times_s, edges)[0]]


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(Loss(400, 3, 9, 0.9, False), marks=pytest.mark.timeout(120), id="short"),
        pytest.param(
            Loss(2000, 6, 94, 0.95, True),
            marks=[pytest.mark.soak, pytest.mark.timeout(300)],
            id="full",
        ),
    ],
)
async def test_the_others_take_the_rate_of_a_killed_engine_over(
    four: tuple[Lab, ControllerClient], form: Loss
) -> None:
    lab, client = four
    target = Target(lab.target_url)
    await asyncio.to_thread(target.reset, arrivals=True)
    length_s = form.before_s + form.after_s
    watcher = Watcher(client, await start(client, one_step(lab.target_url, form.rate, length_s)))
    seen = await watcher.until(lambda seen: seen.record.started_unix_ms)
    started_s = seen.record.started_unix_ms / 1000
    await asyncio.sleep(max(started_s + form.before_s - time.time(), 0))  # the moment is chosen
    (engine,) = worker_process(lab, seen.record.workers[1].address).children()
    engine.kill()
    killed_s = time.time()
    seen = await watcher.end(length_s + 60)
    times = await asyncio.to_thread(target.arrivals)
    after = rates(times, killed_s + 3, started_s + length_s - 0.1)
    dip = rates(times, killed_s, killed_s + 3)
    planned = form.rate * length_s
    print(f"{form.rate}/s over four engines, one killed: seconds 1 to 3 {dip}, then "
          f"{min(after):.0f} .. {np.median(after):.0f} .. {max(after):.0f} per s; "
          f"{len(times)} of {planned:.0f} planned starts arrived")  # fmt: skip
    assert seen.state == "FINISHED", seen.record.reason
    left = min(after) if form.each_second else float(np.mean(after))
    assert left >= form.least * form.rate
    # The control: with one of four gone and nobody in its place a quarter would be missing.
    assert form.least > 1 - 1 / WORKERS
    assert abs(len(times) - planned) <= max(0.005 * planned, form.rate / WORKERS)
    assert "worker-lost" in seen.reasons()
    told = planned_value(seen.record, totals_of(seen.record.entries, seen.frames))
    assert told is not None
    print(f"planned starts: {told}")
    assert told["planned"] == planned
    assert told["started"] + told["dropped"] + told["lost"] == planned
    # The control: all were lost in the seconds around the kill, and most in those after it.
    assert told["lost"] > 0
    seconds = [line["second"] for line in told["lost_by_second"]]
    assert int(killed_s) - 2 <= min(seconds) <= max(seconds) <= int(killed_s) + 4
    # What arrived is what was counted, and what the killed engine sent after its last word.
    assert told["started"] <= len(times) <= told["started"] + told["lost"]


async def test_a_worker_that_its_controller_cannot_reach_is_silent_after_the_grace(
    settings: Settings, four: tuple[Lab, ControllerClient]
) -> None:
    lab, _ = four
    async with wired_worker(settings, "--orphan-grace", "3s") as wire:
        last_s, cut_s = await cut_off(settings, lab, wire)
    assert 1.0 <= last_s - cut_s <= 3 + 1 + 0.5, "the control: it went on for a while, then ended"


async def cut_off(settings: Settings, lab: Lab, wire: Wire) -> tuple[float, float]:
    """When the last request of a worker arrived whose link was cut, and when it was cut."""
    away = dataclasses.replace(
        settings,
        runtime_dir=settings.runtime_dir / "c",
        socket_path=settings.runtime_dir / "c" / "controller.sock",
        static_workers=(wire.address,),
        etcd=(lab.alive("etcd")[0].address,),
    )
    target = Target(lab.target_url)
    async with ControllerClient(await ensure_controller(away)) as client:
        try:
            await until_reached(client, wire)
            plan = one_step(lab.target_url, 200, 60)
            watcher = Watcher(client, await start(client, plan, (wire.address,)))
            await watcher.until(has_frames(2))
            await asyncio.to_thread(target.reset, arrivals=True)
            blocked = asyncio.create_task(wire.cut_for(60))
            cut_s = time.time()
            await watcher.end(40)
            await asyncio.sleep(max(cut_s + 6 - time.time(), 0))  # longer than grace and slack
            blocked.cancel()
            times = await asyncio.to_thread(target.arrivals)
            return float(times[-1]), cut_s
        finally:
            process = psutil.Process((await client.info()).pid)
            await client.shutdown()
            await asyncio.to_thread(process.wait, 10)
