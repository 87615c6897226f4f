"""Broken connections between controller and worker, and a Locust master without a controller."""

from __future__ import annotations

import asyncio
import dataclasses
import random
from pathlib import Path

import pytest

from hazard_tui.controller.lab import Lab, lab_up
from hazard_tui.controller.launch import ensure_controller
from hazard_tui.controller.locust_child import start_locust
from hazard_tui.rpc.clients import ControllerClient
from hazard_tui.settings import Settings
from tests.e2e.conftest import (
    READY,
    Watcher,
    has_frames,
    hits,
    plan_of,
    start,
    until_reached,
    until_workers,
    users,
)
from tests.support.wire import Wire

pytestmark = pytest.mark.timeout(120)


@pytest.mark.parametrize("outage_s", [0.0, 1.2])
async def test_frames_survive_a_broken_connection(
    settings: Settings, lab: Lab, wire: Wire, outage_s: float
) -> None:
    wired = dataclasses.replace(settings, static_workers=(wire.address,))
    async with ControllerClient(await ensure_controller(wired)) as client:
        await until_reached(client, wire)
        plan = plan_of(lab.target_url, users(4, 6))
        watcher = Watcher(client, await start(client, plan, (wire.address,)))
        await watcher.until(has_frames(2))
        await wire.cut_for(outage_s)
        seen = await watcher.end()
    assert seen.state == "FINISHED", seen.record.reason
    assert seen.sent() == await hits(lab)
    assert {"frames-lost", "worker-lost"}.isdisjoint(seen.reasons())
    (worker,) = seen.record.workers
    assert worker.state == "finished"


@pytest.mark.parametrize(
    ("cuts", "seconds"),
    [
        pytest.param(8, 6, id="short"),
        pytest.param(50, 40, marks=[pytest.mark.soak, pytest.mark.timeout(240)], id="full"),
    ],
)
async def test_a_connection_that_breaks_again_and_again_loses_and_doubles_nothing(
    settings: Settings, lab: Lab, wire: Wire, cuts: int, seconds: int
) -> None:
    chance = random.Random(5)
    wired = dataclasses.replace(settings, static_workers=(wire.address,))
    async with ControllerClient(await ensure_controller(wired)) as client:
        await until_reached(client, wire)
        plan = plan_of(lab.target_url, users(4, seconds))
        watcher = Watcher(client, await start(client, plan, (wire.address,)))
        await watcher.until(has_frames(1))
        carried = wire.connections
        for _ in range(cuts):
            wire.cut()
            await asyncio.sleep(chance.uniform(0.3, 0.9) * (seconds - 2) / cuts)
        carried = wire.connections - carried
        seen = await watcher.end()
    assert seen.state == "FINISHED", seen.record.reason
    assert carried >= cuts / 2, "the control: the connection was not made again and again"
    assert seen.sent() == await hits(lab)
    assert {"frames-lost", "worker-lost"}.isdisjoint(seen.reasons())


async def test_a_worker_that_stays_away_is_lost(settings: Settings, lab: Lab, wire: Wire) -> None:
    wired = dataclasses.replace(settings, static_workers=(wire.address,))
    async with ControllerClient(await ensure_controller(wired)) as client:
        await until_workers(client, lambda rows: sum(one.health == READY for one in rows) == 3)
        watcher = Watcher(client, await start(client, plan_of(lab.target_url, users(6, 8))))
        await watcher.until(has_frames(2))
        away = asyncio.create_task(wire.cut_for(30))
        seen = await watcher.until(lambda seen: "worker-lost" in seen.kinds(), timeout_s=6)
        seen = await watcher.end()
        away.cancel()
    states = {worker.address: worker.state for worker in seen.record.workers}
    assert states.pop(wire.address) == "lost"
    assert set(states.values()) == {"finished"}
    assert seen.state == "FINISHED"


async def test_a_locust_master_without_workers_refuses_and_without_a_controller_ends(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAZARD_ORPHAN_GRACE", "2")
    locust = await start_locust(settings.runtime_dir / "l.sock", tmp_path / "locust.log")
    assert locust.socket_path.stat().st_mode & 0o077 == 0
    assert await locust.client.set_users(3) == "no worker is connected to Locust"
    totals = await locust.client.state(with_entries=True)
    assert (totals.known, totals.requests, totals.workers) == (True, 0, 0)
    assert locust.child is not None
    assert await asyncio.wait_for(locust.child.wait(), 20) == 0
    assert "nobody asked" in (tmp_path / "locust.log").read_text("utf-8")
    await locust.end()
    assert not locust.socket_path.exists()


async def test_a_lab_without_a_worker_program_says_what_is_missing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hazard_tui.errors import SetupError

    monkeypatch.setenv("HAZARD_WORKER_BIN", "/nowhere/hazard-worker")
    with pytest.raises(SetupError, match="HAZARD_WORKER_BIN"):
        await lab_up(settings, 1, lambda text: None)
