"""Workers that join a run which goes on: nothing is lost, doubled or counted twice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from hazard_tui.controller.lab import Lab, lab_down, lab_up
from hazard_tui.controller.launch import ensure_controller
from hazard_tui.plan.model import (
    FeedEnd,
    FeedOrder,
    Pause,
    Plan,
    SetupScope,
    SetupStep,
    Stage,
    StageKind,
    Step,
    Task,
)
from hazard_tui.plan.request import Request
from hazard_tui.plan.rules import Extractor
from hazard_tui.rpc.clients import ControllerClient, LocustClient
from hazard_tui.rpc.convert import plan_message
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2
from hazard_tui.settings import Settings
from tests.e2e.conftest import (
    Watched,
    Watcher,
    has_frames,
    hits,
    plan_of,
    start,
    until_ready,
    until_workers,
    users,
    wired_worker,
    worker_process,
)
from tests.e2e.test_handover import RowTarget, lose_one, plan_with_rows
from tests.support.engine import Target, running_target
from tests.support.stock import Stock

pytestmark = pytest.mark.timeout(180)
ITERATION = worker_pb2.ENTRY_KIND_ITERATION


@pytest.fixture
async def one(settings: Settings) -> AsyncIterator[tuple[ControllerClient, Lab]]:
    """A controller that sees one ready worker."""
    lab = await lab_up(settings, 1, lambda text: None)
    try:
        async with ControllerClient(await ensure_controller(settings)) as client:
            await until_ready(client, 1)
            yield client, lab
    finally:
        await lab_down(settings, lambda text: None)


async def start_open(client: ControllerClient, plan: Plan) -> Watcher:
    """Starts a run that workers may join by themselves; its watcher."""
    request = control_pb2.StartRunRequest(
        plan=plan_message(plan), options=worker_pb2.RunOptions(mark_steps=True), join=True
    )
    return Watcher(client, (await client.start_run(request)).run_id, per_worker=True)


def arrivals(per_s: float, seconds: float) -> Stage:
    """A stage that starts iterations at a rate."""
    return Stage(kind=StageKind.ARRIVALS, to=per_s, duration_ms=int(seconds * 1000))


def with_setup(plan: Plan, url: str) -> Plan:
    """A plan whose run begins with a request that saves what every row's request says."""
    (task,) = plan.tasks
    (ask,) = task.steps
    assert ask.request is not None
    saves = (Extractor(variable="mark", constant="!"),)
    login = Step(id="login", name="login", request=Request(url=url + "/json", extractors=saves))
    request = ask.request.model_copy(update={"url": ask.request.url + "{{mark}}"})
    marked = task.model_copy(update={"steps": (ask.model_copy(update={"request": request}),)})
    setup = (SetupStep(scope=SetupScope.RUN, step=login),)
    return plan.model_copy(update={"setup": setup, "tasks": (marked,)})


def begun(seen: Watched, worker_id: str) -> int:
    """Iterations that a worker began."""
    frames = [one for one in seen.worker_frames if one.worker_id == worker_id]
    return sum(frame.iterations_started for frame in frames)


def seen_by(seen: Watched, kind: str) -> list[str]:
    """Texts of the events of a kind."""
    return [event.text for event in seen.events if event.kind == kind]


async def test_two_workers_join_one_by_themselves_and_one_that_cannot_leaves_the_run_alone(
    settings: Settings, one: tuple[ControllerClient, Lab]
) -> None:
    client, lab = one
    count = 100 + 2700
    async with RowTarget().serving() as target:
        stages = (arrivals(100, 1), arrivals(300, 9))
        plan = plan_with_rows(
            target.url, count + 3000, FeedOrder.UNIQUE, FeedEnd.STOP, *stages, think_ms=0
        )
        watcher = await start_open(client, with_setup(plan, lab.target_url))
        await watcher.until(has_frames(1))
        async with wired_worker(settings, "--allow", "192.0.2.0/24") as wire:
            await client.add_workers([wire.address])
            seen = await watcher.until(lambda seen: "join-failed" in seen.kinds())
            again = await client.join_run(seen.record.run_id, [wire.address])
        assert not again.joined
        for why in (*seen_by(seen, "join-failed"), *again.problems):
            assert why.startswith(f"worker {wire.address} cannot join: ")
            assert "not among the targets that this worker allows" in why
        await lab_up(settings, 3, lambda text: None)
        seen = await watcher.end()
    assert seen.state == "FINISHED", seen.record.reason
    assert set(target.rows.values()) == {1}
    assert {row[-1] for row in target.rows} == {"!"}, "what the setup saved did not reach all"
    assert sum(frame.iterations_started for frame in seen.frames) == count
    assert seen.sent() == {"login": 1, "ask": count}
    assert len(target.rows) == count
    assert {worker.state for worker in seen.record.workers} == {"finished"}
    assert {"locust-differs", "frames-lost", "worker-lost", "late-join"}.isdisjoint(seen.reasons())
    assert min(begun(seen, worker.worker_id) for worker in seen.record.workers) > 100
    (whole,) = [entry.entry for entry in seen.record.entries if entry.kind == ITERATION]
    assert seen.done(whole) == (count, 0, 0)
    joined = seen_by(seen, "worker-joined")
    assert len(joined) == 2
    assert joined[-1].endswith("joined: 3 workers carry the load")


@pytest.mark.soak
async def test_a_worker_that_was_lost_and_started_again_joins_again(
    settings: Settings, controller: ControllerClient, lab: Lab
) -> None:
    watcher = await start_open(controller, plan_of(lab.target_url, users(8, 60)))
    last = await lose_one(watcher, lab)
    await watcher.until(lambda seen: "load-changed" in seen.kinds())
    await lab_up(settings, 2, lambda text: None)
    seen = await watcher.until(lambda seen: "worker-joined" in seen.kinds())
    await watcher.until(has_frames(len(seen.frames) + 3))
    await controller.stop_run()
    seen = await watcher.end()
    print(seen_by(seen, "worker-joined"))
    assert {worker.state for worker in seen.record.workers} <= {"stopped", "lost"}
    assert sum(worker.state == "stopped" for worker in seen.record.workers) == 2
    assert last.seq > 0
    assert not seen.done(0)[1]


@pytest.mark.soak
async def test_an_engine_that_was_killed_joins_again_on_the_same_agent(
    controller: ControllerClient, lab: Lab
) -> None:
    watcher = await start_open(controller, plan_of(lab.target_url, arrivals(200, 25)))
    seen = await watcher.until(has_frames(3))
    lost = seen.record.workers[0]
    (engine,) = worker_process(lab, lost.address).children()
    engine.kill()
    seen = await watcher.until(lambda seen: "worker-joined" in seen.kinds())
    (text,) = seen_by(seen, "worker-joined")
    assert text.endswith("joined again: 2 workers carry the load")
    seen = await watcher.end()
    assert {worker.state for worker in seen.record.workers} == {"finished"}
    numbers = [one.seq for one in seen.worker_frames if one.worker_id == lost.worker_id]
    assert numbers == list(range(1, len(numbers) + 1))
    began = sum(frame.iterations_started for frame in seen.frames)
    sent = await hits(lab)
    print(f"{began} of 5000 planned starts are counted, {sent} came")
    # What the killed engine had not told is not counted: less than its part of two seconds.
    assert 5000 - 200 <= began <= 5000
    assert 0 <= sent["read"] - seen.sent()["read"] <= 200


@pytest.mark.soak
async def test_a_worker_joins_with_the_edited_plan_and_its_numbers(
    controller: ControllerClient, lab: Lab
) -> None:
    rows = await until_ready(controller, 2)
    plan = plan_of(lab.target_url, users(6, 60))
    run_id = await start(controller, plan, (rows[0].info.worker_id,))
    watcher = Watcher(controller, run_id, per_worker=True)
    await watcher.until(has_frames(2))
    (task,) = plan.tasks
    more = Step(id="more", name="more", request=Request(url=lab.target_url + "/static"))
    edited = task.model_copy(update={"steps": (task.steps[1], more)})
    answer = await controller.replace_run_plan(
        run_id, plan_message(plan.model_copy(update={"tasks": (edited,)})), ""
    )
    assert answer.plan_version == 2, answer
    joined = await controller.join_run(run_id)
    assert (len(joined.joined), list(joined.problems)) == (1, [])
    seen = await watcher.until(has_frames(len(watcher.seen.frames) + 3))
    assert begun(seen, joined.joined[0]) > 0
    await controller.stop_run()
    seen = await watcher.end()
    assert {"locust-differs", "worker-lost", "frames-lost"}.isdisjoint(seen.reasons())
    sent = await hits(lab)
    assert seen.sent() == sent
    assert set(sent) == {"read", "write", "more"}


@pytest.mark.soak
async def test_counted_iterations_keep_workers_from_joining(
    controller: ControllerClient, lab: Lab
) -> None:
    rows = await until_workers(controller, lambda rows: len(rows) == 2)
    stage = Stage(kind=StageKind.ITERATIONS, to=100, users=2)
    run_id = await start(controller, plan_of(lab.target_url, stage), (rows[0].info.worker_id,))
    watcher = Watcher(controller, run_id)
    await watcher.until(lambda seen: seen.record.started_unix_ms)
    answer = await controller.join_run(run_id)
    assert not answer.joined
    assert "its load counts iterations" in answer.problems[0]
    seen = await watcher.end()
    assert (seen.state, seen.sent()) == ("FINISHED", {"read": 100, "write": 100})


@dataclass(frozen=True)
class Mass:
    """Eight workers join two."""

    stage: Stage
    per_s: float


async def answers_of(locust: LocustClient, stop: asyncio.Event) -> list[float]:
    """Seconds that the master's only loop took to answer, asked again and again."""
    found = []
    while not stop.is_set():
        asked = time.perf_counter()
        await locust.state()
        found.append(time.perf_counter() - asked)
        await asyncio.sleep(0.02)
    return found


@pytest.mark.soak
@pytest.mark.parametrize(
    "form",
    [
        pytest.param(Mass(arrivals(500, 25), 500), id="arrivals"),
        pytest.param(Mass(users(400, 25), 1000), id="users"),
    ],
)
async def test_eight_workers_that_join_within_a_second_leave_the_rate_and_locust_alone(
    settings: Settings, one: tuple[ControllerClient, Lab], form: Mass
) -> None:
    client, lab = one
    await lab_up(settings, 10, lambda text: None)
    ids = [row.info.worker_id for row in await until_ready(client, 10)]
    step = Step(id="get", name="get", request=Request(url=lab.target_url + "/static"))
    task = Task(name="t", steps=(step,), think_time=Pause(min_ms=200, max_ms=600))
    plan = Plan(name="shop", tasks=(task,), stages=(form.stage,))
    target = Target(lab.target_url)
    await asyncio.to_thread(target.reset, arrivals=True)
    run_id = await start(client, plan, tuple(ids[:2]))
    watcher = Watcher(client, run_id, per_worker=True)
    seen = await watcher.until(has_frames(5))
    stop = asyncio.Event()
    async with LocustClient(settings.runtime_dir / f"locust-{run_id[-11:]}.sock") as locust:
        asking = asyncio.create_task(answers_of(locust, stop))
        began_s = time.time()
        answer = await client.join_run(run_id, ids[2:])
        took_s = time.time() - began_s
        assert (len(answer.joined), list(answer.problems)) == (8, [])
        await watcher.until(has_frames(len(seen.frames) + 10))
        stop.set()
        answers = await asking
    seen = await watcher.end()
    times = await asyncio.to_thread(target.arrivals)
    first_s = seen.record.started_unix_ms / 1000
    edges = first_s + np.arange(1, 25)
    rates = np.histogram(times, edges)[0] / form.per_s
    lag_s = float(np.percentile(answers, 99))
    print(f"8 workers joined in {took_s:.2f} s: {rates.min():.3f} .. {rates.max():.3f} of the rate "
          f"in single seconds, {rates.mean():.3f} on the whole; the master answered in p99 "
          f"{lag_s * 1000:.0f} ms; reasons {seen.reasons()}")  # fmt: skip
    log = (settings.data_dir / "logs" / f"{run_id}-locust.log").read_text()
    assert not [line for line in log.splitlines() if "missing" in line.lower()]
    assert lag_s < 0.25
    assert abs(rates.mean() - 1) <= 0.05
    assert rates.min() >= 0.95
    assert rates.max() <= 1.05
    assert {"locust-differs", "frames-lost", "worker-lost", "late-join"}.isdisjoint(seen.reasons())
    assert seen.sent() == await hits(lab)
    if form.stage.kind is StageKind.ARRIVALS:
        assert sum(seen.sent().values()) == 25 * form.per_s


@pytest.mark.soak
async def test_the_control_lets_locust_with_its_defaults_stall_at_every_join(
    stock_boomer: Path, tmp_path: Path
) -> None:
    with running_target() as target, Stock(stock_boomer, tmp_path / "stock") as stock:
        url = target.url + "/static"
        for _ in range(2):
            await asyncio.to_thread(stock.join, url, "-pacing", "200ms")
        await asyncio.to_thread(stock.swarm, 80, 80)
        await asyncio.to_thread(stock.until, lambda state: state["user_count"] == 80)
        began_s = time.time()
        await asyncio.gather(
            *(asyncio.to_thread(stock.join, url, "-pacing", "200ms") for _ in range(8))
        )
        took_s = time.time() - began_s
    print(f"Locust with its defaults: 8 stock workers were in after {took_s:.1f} s")
    # The engines of tests/engine/test_join.py are in after 0.2 s.
    assert took_s > 8 / 4, "the control does not stall for a quarter of a second at each join"
