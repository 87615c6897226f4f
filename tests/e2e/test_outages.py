"""etcd that goes away during a run, and runs that are stopped at any moment."""

from __future__ import annotations

import asyncio
import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from hazard_tui.controller.lab import Lab, lab_up
from hazard_tui.plan.model import Stage, StageKind
from hazard_tui.rpc.binaries import find_binary
from hazard_tui.rpc.clients import ControllerClient
from hazard_tui.settings import Settings
from tests.e2e.conftest import (
    READY,
    Watcher,
    has_frames,
    hits,
    plan_of,
    start,
    until_ready,
    until_workers,
    users,
)

pytestmark = pytest.mark.timeout(300)

RATE = 20


@contextmanager
def etcd_again(settings: Settings, lab: Lab) -> Iterator[None]:
    """The lab's etcd, started again on its old port and data."""
    (member,) = [one for one in lab.members if one.role == "etcd"]
    data = settings.runtime_dir / "lab" / "etcd"
    command = [str(find_binary("hazard-lab")), "etcd", "--client", member.address,
               "--data", str(data), "--exit-with-stdin"]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert b"ready" in child.stdout.readline()
        try:
            yield
        finally:
            child.terminate()
            child.communicate(timeout=10)


def cpu_seconds(lab: Lab) -> float:
    """CPU that the agents have used, without their engines."""
    times = [psutil.Process(one.process.pid).cpu_times() for one in lab.alive("worker")]
    return sum(one.user + one.system for one in times)


async def outage(controller: ControllerClient, lab: Lab, settings: Settings, seconds: int) -> None:
    """A run over an etcd that is killed, stays away for `seconds`, and comes back."""
    load = Stage(kind=StageKind.ARRIVALS, to=RATE, duration_ms=(seconds + 8) * 1000)
    watcher = Watcher(controller, await start(controller, plan_of(lab.target_url, load)))
    await watcher.until(has_frames(2))
    (etcd,) = lab.alive("etcd")
    psutil.Process(etcd.process.pid).kill()
    before = cpu_seconds(lab)
    seen = await watcher.until(has_frames(2 + seconds), timeout_s=seconds + 30)
    idle_share = (cpu_seconds(lab) - before) / seconds / len(lab.alive("worker"))
    with etcd_again(settings, lab):
        await until_workers(
            controller,
            lambda rows: len(rows) == 2 and all(one.health != 3 for one in rows),
            timeout_s=20,
        )
        seen = await watcher.end()
        await until_workers(controller, lambda rows: all(one.health == READY for one in rows))
    assert seen.state == "FINISHED"
    iterations = RATE * (seconds + 8)
    assert sum(frame.iterations_started for frame in seen.frames) == iterations
    assert seen.sent() == {"read": iterations, "write": iterations} == await hits(lab)
    assert idle_share < 0.01 + RATE * 0.0002, f"an agent used {idle_share:.1%} of a core"


async def test_etcd_may_go_away_for_longer_than_a_lease(
    controller: ControllerClient, lab: Lab, settings: Settings
) -> None:
    await outage(controller, lab, settings, 12)


@pytest.mark.soak
async def test_etcd_may_go_away_for_half_a_minute(
    controller: ControllerClient, lab: Lab, settings: Settings
) -> None:
    await outage(controller, lab, settings, 30)


async def stopped_at_random(
    controller: ControllerClient, lab: Lab, chance: random.Random, expected: dict[str, int]
) -> None:
    """One run stopped at a random moment; adds what it sent to `expected` and compares."""
    plan = plan_of(lab.target_url, users(chance.randint(1, 20), 600))
    watcher = Watcher(controller, await start(controller, plan))
    await watcher.until(lambda seen: any(frame.steps for frame in seen.frames))
    await asyncio.sleep(chance.uniform(0, 1.5))  # the moment is what is tested
    await controller.stop_run(force=chance.random() < 0.5)
    seen = await watcher.end()
    assert seen.state == "STOPPED"
    for step, count in seen.sent().items():
        expected[step] = expected.get(step, 0) + count
    assert expected == await hits(lab)
    locust = {entry.name: entry.requests for entry in seen.record.locust.entries}
    finished = {
        entry.name: sum(seen.done(entry.entry)[:2])
        for entry in seen.record.entries
        if entry.kind == 0
    }
    assert locust == finished


async def test_runs_stopped_at_any_moment_lose_and_double_nothing(
    controller: ControllerClient, lab: Lab
) -> None:
    chance = random.Random(7)
    expected: dict[str, int] = {}
    for _ in range(3):
        await stopped_at_random(controller, lab, chance, expected)


@pytest.mark.soak
@pytest.mark.timeout(1200)
async def test_fifty_runs_on_four_workers_stopped_at_any_moment_lose_and_double_nothing(
    controller: ControllerClient, lab: Lab, settings: Settings
) -> None:
    await lab_up(settings, 4, lambda text: None)
    await until_ready(controller, 4)
    chance = random.Random(11)
    expected: dict[str, int] = {}
    for _ in range(50):
        await stopped_at_random(controller, lab, chance, expected)
