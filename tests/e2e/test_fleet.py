"""Workers that come, go and come back; etcd that is away; the lab itself."""

from __future__ import annotations

import asyncio
import shutil
import time
from dataclasses import replace

import psutil
import pytest

from hazard_tui.controller.lab import Lab, lab_down, lab_status, lab_up
from hazard_tui.controller.launch import controller_answers, ensure_controller
from hazard_tui.controller.processes import Process, start_detached
from hazard_tui.controller.server import serve
from hazard_tui.errors import RemoteError, UsageError
from hazard_tui.fleet.fleet import Fleet
from hazard_tui.plan.model import Plan
from hazard_tui.rpc.binaries import find_binary
from hazard_tui.rpc.clients import ControllerClient
from hazard_tui.rpc.convert import plan_message
from hazard_tui.rpc.gen.hazard.v1 import control_pb2
from hazard_tui.settings import Settings
from tests.e2e.conftest import (
    READY,
    WORKERS,
    Watcher,
    has_frames,
    hits,
    plan_of,
    start,
    until_ready,
    until_workers,
    users,
    worker_process,
)

pytestmark = pytest.mark.timeout(120)
LOST = control_pb2.WORKER_HEALTH_LOST
BUSY = control_pb2.WORKER_HEALTH_BUSY


def etcd_of(lab: Lab) -> psutil.Process:
    return psutil.Process(lab.alive("etcd")[0].process.pid)


async def start_etcd_again(settings: Settings, address: str) -> Process:
    """The same etcd on the same address with its data."""
    folder = settings.runtime_dir / "lab"
    command = [str(find_binary("hazard-lab")), "etcd", "--client", address]
    child = await start_detached(
        [*command, "--data", str(folder / "etcd")], folder / "etcd-again.log"
    )
    return Process.of(child.pid)


async def test_a_run_does_not_notice_that_etcd_is_away(
    controller: ControllerClient, lab: Lab, settings: Settings
) -> None:
    watcher = Watcher(controller, await start(controller, plan_of(lab.target_url, users(4, 7))))
    await watcher.until(has_frames(1))
    address = lab.alive("etcd")[0].address
    etcd_of(lab).kill()
    async with asyncio.timeout(10):
        async for listing in controller.watch_workers():
            if not listing.etcd_connected:
                assert [one.health for one in listing.workers] == [BUSY] * WORKERS
                assert address in listing.etcd_message
                break
    pid = (await controller.info()).pid
    before, since = psutil.Process(pid).cpu_times(), time.monotonic()
    seen = await watcher.end()
    after = psutil.Process(pid).cpu_times()
    share = (after.user + after.system - before.user - before.system) / (time.monotonic() - since)
    assert share < 0.5, "the controller spins while etcd is away"
    assert seen.state == "FINISHED"
    assert seen.sent() == await hits(lab)
    assert {"worker-lost", "frames-lost"}.isdisjoint(seen.reasons())
    again = await start_etcd_again(settings, address)
    try:
        async with asyncio.timeout(25):
            async for listing in controller.watch_workers():
                if listing.etcd_connected:
                    break
        rows = await until_ready(controller, WORKERS)
        assert len(rows) == WORKERS
    finally:
        await again.end()


async def test_a_worker_that_leaves_is_shown_as_lost_and_is_one_row_when_it_comes_back(
    controller: ControllerClient, lab: Lab, settings: Settings
) -> None:
    first, other = await until_ready(controller, WORKERS)
    process = worker_process(lab, first.info.address)
    command = process.cmdline()
    process.terminate()
    rows = await until_workers(controller, lambda rows: any(one.health == LOST for one in rows))
    (lost,) = [one for one in rows if one.health == LOST]
    assert lost.info.worker_id == first.info.worker_id
    assert lost.reason
    assert lost.last_seen_unix_ms
    child = await start_detached(command, settings.runtime_dir / "lab" / "again.log")
    again = Process.of(child.pid)
    try:
        rows = await until_ready(controller, WORKERS)
        ids = {first.info.worker_id, other.info.worker_id}
        assert {one.info.worker_id for one in rows} == ids
        assert len(rows) == WORKERS
        assert all(abs(one.clock_offset_us) < 50_000 for one in rows)
    finally:
        await again.end()


async def test_workers_are_used_without_etcd(settings: Settings, lab: Lab) -> None:
    addresses = [one.address for one in lab.alive("worker")]
    async with Fleet(lambda: (), addresses) as fleet:
        with fleet.changes() as changed:
            async with asyncio.timeout(10):
                while [one.health for one in fleet.records()] != [READY] * WORKERS:
                    changed.clear()
                    await changed.wait()
        chosen = fleet.choose([addresses[1]])
        assert [one.info.address for one in chosen] == [addresses[1]]
        with pytest.raises(RemoteError, match="there is no worker"):
            fleet.choose(["nobody"])


async def test_a_start_that_cannot_be_says_why_and_starts_nothing(
    controller: ControllerClient, lab: Lab
) -> None:
    def request(plan: Plan, *workers: str) -> control_pb2.StartRunRequest:
        return control_pb2.StartRunRequest(plan=plan_message(plan), workers=workers)

    empty = await controller.start_run(request(Plan(name="empty")))
    assert (empty.run_id, [one.code for one in empty.findings]) == ("", ["no-tasks"])
    plan = plan_of(lab.target_url, users(1, 5))
    nobody = await controller.start_run(request(plan, "nobody"))
    assert (nobody.run_id, nobody.error) == ("", "there is no worker nobody")
    assert nobody.remote_error
    watcher = Watcher(controller, await start(controller, plan))
    busy = await controller.start_run(request(plan))
    assert "no worker is ready" in busy.error
    await watcher.until(has_frames(1))
    assert (
        await controller.shutdown() == f"run {watcher.seen.record.run_id} is active; stop it first"
    )
    await controller.stop_run(force=True)
    await watcher.end()
    assert [one.state for one in await controller.list_runs()] == [control_pb2.RUN_STATE_STOPPED]


async def until_gone(process: Process) -> None:
    """Waits until a process has ended."""
    async with asyncio.timeout(10):
        while process.is_alive:  # noqa: ASYNC110  nothing tells of the end of a foreign process
            await asyncio.sleep(0.02)


async def test_the_lab_starts_only_what_is_missing(settings: Settings, lab: Lab) -> None:
    before = {one.process.pid for one in lab.members}
    again = await lab_up(settings, WORKERS, lambda text: None)
    assert {one.process.pid for one in again.members} == before
    killed = lab.alive("worker")[0]
    worker_process(lab, killed.address).kill()
    await until_gone(killed.process)
    repaired = await lab_up(settings, WORKERS, lambda text: None)
    assert len(repaired.alive("worker")) == WORKERS
    assert len({one.process.pid for one in repaired.members} - before) == 1
    assert lab_status(settings).is_up


async def test_down_without_a_lab_does_nothing(settings: Settings) -> None:
    assert await lab_down(settings, lambda text: None) == 0


async def test_there_is_one_controller(settings: Settings) -> None:
    first, second = await asyncio.gather(ensure_controller(settings), ensure_controller(settings))
    assert first == second == settings.socket_path
    assert settings.socket_path.stat().st_mode & 0o077 == 0
    with pytest.raises(UsageError, match="runs already"):
        await serve(settings)
    assert await lab_down(settings, lambda text: None) == 1
    assert not settings.runtime_dir.exists()


async def test_a_controller_that_was_killed_leaves_a_socket_that_does_not_matter(
    settings: Settings,
) -> None:
    async with ControllerClient(await ensure_controller(settings)) as client:
        process = Process.of((await client.info()).pid)
    psutil.Process(process.pid).kill()
    assert await process.end()
    assert settings.socket_path.exists()
    assert not await controller_answers(settings)
    async with ControllerClient(await ensure_controller(settings)) as client:
        assert (await client.info()).pid != process.pid
    assert await lab_down(settings, lambda text: None) == 1


async def test_down_leaves_nothing_of_a_controller_that_was_killed_within_a_run(
    controller: ControllerClient, lab: Lab, settings: Settings
) -> None:
    watcher = Watcher(controller, await start(controller, plan_of(lab.target_url, users(2, 60))))
    await watcher.until(has_frames(1))
    left = [
        Process.of(child.pid)
        for member in lab.alive("worker")
        for child in psutil.Process(member.process.pid).children(recursive=True)
    ]
    process = Process.of((await controller.info()).pid)
    left += [Process.of(one.pid) for one in psutil.Process(process.pid).children()]
    assert len(left) == WORKERS + 1
    psutil.Process(process.pid).kill()
    assert await process.end()
    await watcher.close()
    await lab_down(settings, lambda text: None)
    assert not [one for one in left if one.is_alive]
    assert not settings.runtime_dir.exists()


async def test_a_controller_that_runs_learns_of_a_worker_that_is_named(
    settings: Settings, lab: Lab
) -> None:
    alone = replace(settings, etcd=("127.0.0.1:1",))
    address = lab.alive("worker")[0].address
    async with ControllerClient(await ensure_controller(alone)) as client:
        assert (await anext(aiter(client.watch_workers()))).workers == []
        await ensure_controller(replace(alone, static_workers=(address,)))
        (row,) = await until_ready(client, 1)
        assert row.info.address == address
        run_id = await start(client, plan_of(lab.target_url, users(1, 1)))
        assert (await Watcher(client, run_id).end()).state == "FINISHED"


async def test_an_idle_controller_ends_itself(settings: Settings) -> None:
    brief = Settings(
        settings.runtime_dir,
        settings.data_dir,
        settings.socket_path,
        settings.secrets_path,
        idle_exit_s=1.0,
    )
    async with ControllerClient(await ensure_controller(brief)) as client:
        process = Process.of((await client.info()).pid)
    await until_gone(process)
    assert not settings.socket_path.exists()


async def test_a_controller_whose_folder_was_removed_ends_itself(settings: Settings) -> None:
    async with ControllerClient(await ensure_controller(settings)) as client:
        process = Process.of((await client.info()).pid)
    shutil.rmtree(settings.runtime_dir)
    await until_gone(process)
