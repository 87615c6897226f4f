"""Whole runs with the real programs: every request is counted once, whatever breaks meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import urllib.parse
import urllib.request

import psutil
import pytest

from hazard_tui.controller.lab import Lab
from hazard_tui.controller.launch import ensure_controller
from hazard_tui.controller.processes import Process
from hazard_tui.plan.model import Stage, StageKind, StageShape, Threshold
from hazard_tui.rpc.clients import ControllerClient
from hazard_tui.rpc.gen.hazard.v1 import control_pb2
from hazard_tui.settings import Settings
from tests.e2e.conftest import (
    Watcher,
    has_frames,
    hits,
    plan_of,
    start,
    users,
    worker_process,
)
from tests.support.engine import Target

pytestmark = pytest.mark.timeout(180)


async def test_every_request_is_counted_once_and_locust_agrees(
    controller: ControllerClient, lab: Lab
) -> None:
    stages = (Stage(shape=StageShape.LINEAR, to=6, duration_ms=2000), users(6, 2), users(2, 1))
    run_id = await start(controller, plan_of(lab.target_url, *stages))
    seen = await Watcher(controller, run_id, per_worker=True).end()
    assert seen.state == "FINISHED", seen.record.reason
    assert seen.sent() == await hits(lab)
    assert sum(seen.sent().values()) > 100
    assert seen.record.requests == sum(seen.sent().values())
    locust = {entry.name: entry.requests for entry in seen.record.locust.entries}
    assert locust == seen.sent()
    assert {"locust-differs", "frames-lost", "worker-lost"}.isdisjoint(seen.reasons())
    assert [event.text for event in seen.events if event.kind == "stage"] == [
        "stage 1 of 3: linear 6 users in 2 s",
        "stage 2 of 3: constant 6 users in 2 s",
        "stage 3 of 3: constant 2 users in 1 s",
    ]
    assert {worker.state for worker in seen.record.workers} == {"finished"}
    assert len({frame.worker_id for frame in seen.worker_frames}) == 2


async def test_arrivals_are_exact_over_two_workers(controller: ControllerClient, lab: Lab) -> None:
    stage = Stage(kind=StageKind.ARRIVALS, to=50, duration_ms=4000)
    run_id = await start(controller, plan_of(lab.target_url, stage))
    seen = await Watcher(controller, run_id).end()
    assert sum(frame.iterations_started for frame in seen.frames) == 200
    assert seen.sent() == {"read": 200, "write": 200} == await hits(lab)


async def test_a_stop_cuts_what_is_in_flight_and_still_counts_it(
    controller: ControllerClient, lab: Lab
) -> None:
    plan = plan_of(lab.target_url, users(4, 600), path="/delay?ms=60000")
    watcher = Watcher(controller, await start(controller, plan))
    await watcher.until(has_frames(2))
    assert await controller.stop_run(force=True)
    seen = await watcher.end()
    assert (seen.state, seen.record.reason) == ("STOPPED", "stopped by a person")
    assert seen.sent() == {"read": 4, "write": 0}
    assert seen.done(0) == (0, 0, 4)


async def test_a_lost_worker_hands_its_load_to_the_other(
    controller: ControllerClient, lab: Lab
) -> None:
    watcher = Watcher(controller, await start(controller, plan_of(lab.target_url, users(8, 9))))
    seen = await watcher.until(has_frames(2))
    lost = seen.record.workers[0]
    loop = asyncio.get_running_loop()
    worker_process(lab, lost.address).kill()
    killed = loop.time()
    await watcher.until(lambda seen: "worker-lost" in seen.kinds())
    assert loop.time() - killed < 5
    seconds = len(watcher.seen.frames)
    await watcher.until(
        lambda seen: any(frame.users == 8 for frame in seen.frames[seconds:]), timeout_s=8
    )
    seen = await watcher.end()
    assert seen.state == "FINISHED"
    assert sorted(worker.state for worker in seen.record.workers) == ["finished", "lost"]
    assert seen.record.verdict.status != "valid"
    assert "worker-lost" in seen.reasons()


async def test_without_workers_a_run_is_aborted_and_keeps_its_numbers(
    controller: ControllerClient, lab: Lab
) -> None:
    watcher = Watcher(controller, await start(controller, plan_of(lab.target_url, users(2, 60))))
    seen = await watcher.until(has_frames(2))
    for worker in seen.record.workers:
        worker_process(lab, worker.address).kill()
    seen = await watcher.end()
    assert (seen.state, seen.record.reason) == ("ABORTED", "no worker is left")
    assert seen.record.requests > 0


async def test_an_engine_that_is_killed_is_named_and_the_run_goes_on(
    controller: ControllerClient, lab: Lab
) -> None:
    watcher = Watcher(controller, await start(controller, plan_of(lab.target_url, users(4, 6))))
    seen = await watcher.until(has_frames(2))
    broken = seen.record.workers[1]
    (engine,) = worker_process(lab, broken.address).children()
    engine.kill()
    seen = await watcher.until(lambda seen: "engine-exit" in seen.kinds())
    assert "code 137" in next(one.text for one in seen.events if one.kind == "engine-exit")
    seen = await watcher.end()
    states = {worker.worker_id: worker.state for worker in seen.record.workers}
    assert states[broken.worker_id] == "failed"
    assert seen.state == "FINISHED"


async def test_a_controller_that_was_killed_takes_its_run_over(
    controller: ControllerClient, lab: Lab, settings: Settings
) -> None:
    run_id = await start(controller, plan_of(lab.target_url, users(4, 8)))
    watcher = Watcher(controller, run_id)
    await watcher.until(has_frames(3))
    process = Process.of((await controller.info()).pid)
    psutil.Process(process.pid).kill()
    assert await process.end()
    await watcher.close()
    async with ControllerClient(await ensure_controller(settings)) as again:
        seen = await Watcher(again, run_id).end()
    assert seen.state == "FINISHED", seen.record.reason
    assert any("took the run over" in event.text for event in seen.events)
    assert seen.sent() == await hits(lab)
    assert "frames-lost" not in seen.reasons()
    assert [frame.second for frame in seen.frames] == sorted(
        {frame.second for frame in seen.frames}
    )


async def test_a_console_that_goes_away_touches_nothing_and_sees_all_when_it_comes_back(
    controller: ControllerClient, lab: Lab, settings: Settings
) -> None:
    run_id = await start(controller, plan_of(lab.target_url, users(2, 6)))
    async with ControllerClient(settings.socket_path) as console:
        first = Watcher(console, run_id)
        await first.until(has_frames(2))
        await first.close()
    back = Watcher(controller, run_id)
    other = Watcher(controller, run_id)
    seen, also = await back.end(), await other.end()
    assert seen.state == "FINISHED"
    assert seen.sent() == also.sent() == await hits(lab)
    recorded = await Watcher(controller, run_id).end()
    assert recorded.caught_up
    assert recorded.sent() == seen.sent()
    assert [one.text for one in recorded.events] == [one.text for one in seen.events]


async def test_the_load_can_be_changed_and_paused(controller: ControllerClient, lab: Lab) -> None:
    run_id = await start(controller, plan_of(lab.target_url, users(2, 30)))
    watcher = Watcher(controller, run_id)
    await watcher.until(has_frames(2))
    assert await controller.set_run_load(run_id, users=6) == ""
    await watcher.until(lambda seen: seen.frames[-1].users == 6, timeout_s=8)
    assert await controller.set_run_load(run_id, pause=True) == ""
    await watcher.until(lambda seen: not sum(one.ok for one in seen.frames[-1].steps))
    assert "paused already" in await controller.set_run_load(run_id, pause=True)
    assert await controller.set_run_load(run_id, resume=True) == ""
    await watcher.until(lambda seen: sum(one.ok for one in seen.frames[-1].steps) > 10)
    await controller.add_marker(run_id, "deployed")
    await controller.stop_run(run_id)
    seen = await watcher.end()
    assert seen.kinds().count("load-changed") == 3
    assert "deployed" in [event.text for event in seen.events]
    assert seen.sent() == await hits(lab)


async def test_a_threshold_aborts_the_run(controller: ControllerClient, lab: Lab) -> None:
    rules = (
        Threshold(rule="errors<1%", abort=True, abort_after_ms=1000),
        Threshold(rule="requests>0"),
    )
    plan = plan_of(lab.target_url, users(2, 60), path="/status/500", thresholds=rules)
    target = Target(lab.target_url)
    await asyncio.to_thread(target.reset, arrivals=True)
    seen = await Watcher(controller, await start(controller, plan)).end()
    assert seen.state == "ABORTED"
    (broken,) = [event.at_unix_ms for event in seen.events if event.kind == "threshold"]
    last_s = (await asyncio.to_thread(target.arrivals))[-1]
    assert last_s - broken / 1000 <= 1, "load went on after the threshold was broken"
    assert "errors<1%" in seen.record.reason
    assert [result.ok for result in seen.record.thresholds] == [False, True]


def press(url: str, **form: str) -> None:
    """What Locust's web page sends."""
    data = urllib.parse.urlencode(form).encode()
    with urllib.request.urlopen(url, data=data, timeout=10) as answer:
        answer.read()


async def test_locusts_web_page_cannot_change_the_load_but_can_stop_it(
    controller: ControllerClient, lab: Lab, settings: Settings
) -> None:
    watcher = Watcher(controller, await start(controller, plan_of(lab.target_url, users(4, 60))))
    seen = await watcher.until(has_frames(2))
    url = seen.record.locust_url
    await asyncio.to_thread(press, f"{url}/swarm", user_count="40", spawn_rate="40")
    (log,) = (settings.data_dir / "logs").glob("*-locust.log")
    await watcher.until(lambda seen: "setting it back" in log.read_text("utf-8"), timeout_s=10)
    await watcher.until(lambda seen: seen.record.locust.users == 4, timeout_s=15)
    assert max(frame.users for frame in watcher.seen.frames) <= 4
    # The controller may end Locust before the page has its answer.
    with contextlib.suppress(OSError):
        await asyncio.to_thread(press, f"{url}/stop")
    seen = await watcher.end()
    assert (seen.state, seen.record.reason) == ("STOPPED", "stopped in Locust's web page")
    assert seen.sent() == await hits(lab)


async def test_runs_are_listed_found_and_deleted(controller: ControllerClient, lab: Lab) -> None:
    run_id = await start(controller, plan_of(lab.target_url, users(1, 1)))
    assert [run.run_id for run in await controller.list_runs()] == [run_id]
    await Watcher(controller, run_id).end()
    record = await controller.get_run(run_id[:12])
    assert (record.run_id, record.plan.name) == (run_id, "shop")
    assert record.options.seed
    assert record.state == control_pb2.RUN_STATE_FINISHED
    await controller.delete_run(run_id)
    assert await controller.list_runs() == []
