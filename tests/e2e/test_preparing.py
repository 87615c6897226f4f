"""A start in which one worker fails: the others stay ready, and that one is tried again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from hazard_tui.controller.lab import Lab
from hazard_tui.controller.processes import Process, start_detached
from hazard_tui.plan.store import save_plan
from hazard_tui.rpc.clients import ControllerClient
from hazard_tui.rpc.convert import plan_message
from hazard_tui.rpc.gen.hazard.v1 import control_pb2
from hazard_tui.settings import Settings
from hazard_tui.ui.app import HazardApp
from tests.e2e.conftest import (
    READY,
    WORKERS,
    Watcher,
    plan_of,
    until_ready,
    until_workers,
    users,
    worker_process,
)
from tests.support.screen import press, until, until_true

pytestmark = pytest.mark.timeout(120)


class Start:
    """A start whose updates are read one by one."""

    def __init__(self, client: ControllerClient, request: control_pb2.StartRunRequest) -> None:
        self.commands: asyncio.Queue[control_pb2.PrepareCommand | None] = asyncio.Queue()
        self.commands.put_nowait(control_pb2.PrepareCommand(start=request))
        self._updates = client.prepare_run(self._said())

    async def _said(self) -> AsyncIterator[control_pb2.PrepareCommand]:
        while (command := await self.commands.get()) is not None:
            yield command

    async def until(self, states: dict[str, str]) -> control_pb2.PrepareUpdate:
        """The first update in which the workers have these states."""
        seen: Any = None
        async with asyncio.timeout(20):
            async for seen in self._updates:
                if {one.worker_id: one.state for one in seen.workers} == states:
                    return seen
                assert not seen.HasField("ended"), seen
        raise AssertionError(f"the updates ended with {seen}")

    async def until_ended(self) -> control_pb2.StartRunResponse:
        """The answer to the start; an empty one when it was given up."""
        async with asyncio.timeout(30):
            async for update in self._updates:
                if update.HasField("ended"):
                    return update.ended
        return control_pb2.StartRunResponse()


async def restarted(
    controller: ControllerClient, before: control_pb2.WorkerRecord, command: list[str], log: Path
) -> Process:
    """The same worker once more, on another port; the fleet knows it."""
    child = await start_detached(command, log)
    await until_workers(
        controller,
        lambda rows: any(
            one.info.worker_id == before.info.worker_id
            and one.info.address != before.info.address
            and one.health == READY
            for one in rows
        ),
    )
    return Process.of(child.pid)


def stopped_worker(lab: Lab, address: str) -> psutil.Process:
    """A worker that takes calls and answers none."""
    process = worker_process(lab, address)
    process.suspend()
    return process


async def test_the_others_stay_ready_and_a_failed_worker_is_tried_again(
    controller: ControllerClient, lab: Lab, settings: Settings
) -> None:
    bad, good = await until_ready(controller, WORKERS)
    process = stopped_worker(lab, bad.info.address)
    command = process.cmdline()
    ids = [bad.info.worker_id, good.info.worker_id]
    plan = plan_of(lab.target_url, users(2, 3))
    start = Start(controller, control_pb2.StartRunRequest(plan=plan_message(plan), workers=ids))
    await start.until(dict(zip(ids, ["preparing", "ready"], strict=True)))
    process.kill()
    told = await start.until(dict(zip(ids, ["failed", "ready"], strict=True)))
    assert bad.info.address in told.workers[0].reason
    # Somebody else who starts now gets none of the two.
    other = await controller.start_run(control_pb2.StartRunRequest(plan=plan_message(plan)))
    assert "no worker is ready" in other.error
    again = await restarted(controller, bad, command, settings.runtime_dir / "lab" / "again.log")
    try:
        start.commands.put_nowait(control_pb2.PrepareCommand(retry=True))
        await start.until(dict.fromkeys(ids, "ready"))
        answer = await start.until_ended()
        assert answer.run_id, answer
        seen = await Watcher(controller, answer.run_id).end()
        assert seen.state == "FINISHED"
        assert {one.worker_id for one in seen.record.workers} == set(ids)
    finally:
        await again.end()


async def test_a_start_that_is_given_up_leaves_the_workers_free(
    controller: ControllerClient, lab: Lab
) -> None:
    bad, good = await until_ready(controller, WORKERS)
    process = stopped_worker(lab, bad.info.address)
    ids = [bad.info.worker_id, good.info.worker_id]
    plan = plan_message(plan_of(lab.target_url, users(2, 3)))
    start = Start(controller, control_pb2.StartRunRequest(plan=plan, workers=ids))
    await start.until(dict(zip(ids, ["preparing", "ready"], strict=True)))
    start.commands.put_nowait(None)
    answer = await start.until_ended()
    process.resume()
    assert not answer.run_id
    rows = await until_ready(controller, WORKERS)
    assert {one.info.worker_id for one in rows} == set(ids)
    assert not (await controller.info()).active_runs


async def test_the_console_shows_who_failed_and_tries_again(
    controller: ControllerClient, lab: Lab, settings: Settings, tmp_path: Path
) -> None:
    bad, good = await until_ready(controller, WORKERS)
    path = tmp_path / "shop.hazard.yaml"
    save_plan(plan_of(lab.target_url, users(2, 4)), path)
    app = HazardApp(settings, path)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await until(pilot, "2 of 2 workers")
        process = stopped_worker(lab, bad.info.address)
        command = process.cmdline()
        await press(pilot, "f5", "enter")
        await until(pilot, "preparing 2 workers")
        await until(pilot, "✔ ready")
        process.kill()
        await until(pilot, "failed")
        await until(pilot, "r try failed ones again")
        again = await restarted(
            controller, bad, command, settings.runtime_dir / "lab" / "again.log"
        )
        try:
            await press(pilot, "r")
            await until(pilot, "all requests", tries=1000)
            run = app.state.run
            assert run is not None
            assert set(run.workers) == {bad.info.worker_id, good.info.worker_id}
            await press(pilot, "ctrl+x")
            await until_true(pilot, lambda: not run.is_active, "the end", tries=1000)
        finally:
            await again.end()
