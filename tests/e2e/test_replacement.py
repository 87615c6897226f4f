"""Plans that are replaced while they run: other steps, tasks, feeds and targets; exact numbers."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from hazard_tui.controller.lab import Lab, lab_up
from hazard_tui.controller.launch import ensure_controller
from hazard_tui.controller.processes import Process
from hazard_tui.plan.model import (
    DataColumn,
    DataFeed,
    FeedOrder,
    HostMapping,
    Pause,
    Plan,
    SetupScope,
    SetupStep,
    Stage,
    StageKind,
    Step,
    Task,
    Threshold,
    Variable,
)
from hazard_tui.plan.request import Body, FileBody, FileRef, Request
from hazard_tui.rpc.clients import ControllerClient
from hazard_tui.rpc.convert import plan_message
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2
from hazard_tui.settings import Settings
from hazard_tui.stats.compare import locust_differences
from hazard_tui.stats.merge import FrameSum
from tests.e2e.conftest import (
    Watched,
    Watcher,
    has_frames,
    start,
    until_ready,
    users,
    wired_worker,
)
from tests.e2e.logging_target import LoggingTarget, logging_target

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
async def target() -> AsyncIterator[LoggingTarget]:
    """A target that logs."""
    async with logging_target() as made:
        yield made


def ask(target: LoggingTarget, name: str, rest: str = "x") -> Step:
    """A step of this name that asks for it."""
    return Step(
        id=name, name=name, request=Request(url=f"{target.url}/{{{{$user}}}}/{name}/{rest}")
    )


def task(name: str, *steps: Step, **fields: Any) -> Task:
    """A task that has its name as id."""
    return Task(id=name, name=name, steps=steps, **fields)


def changed(plan: Plan, **fields: Any) -> Plan:
    """The plan with other fields."""
    return plan.model_copy(update=fields)


async def replace(
    controller: ControllerClient, run_id: str, plan: Plan, folder: Path | str = "."
) -> control_pb2.ReplaceRunPlanResponse:
    """Lets the run go on with a plan, or tells why not."""
    return await controller.replace_run_plan(run_id, plan_message(plan), str(folder))


def assert_exact(seen: Watched, target: LoggingTarget) -> FrameSum:
    """Every request that the target saw is counted under its name, and Locust counts the same."""
    total = FrameSum(len(seen.record.entries))
    for frame in seen.frames:
        total.add(frame)
    sent: Counter[str] = Counter()
    for entry in seen.record.entries:
        if entry.kind == worker_pb2.ENTRY_KIND_REQUEST:
            sent[entry.name] += sum(seen.done(entry.entry))
    assert +sent == target.count()
    assert seen.record.locust.known
    assert locust_differences(seen.record.entries, total, seen.record.locust) == []
    assert "locust-differs" not in seen.reasons()
    return total


def first_seconds(target: LoggingTarget, name: str, workers: int) -> list[float]:
    """When the first request of a name came from each worker; user v belongs to one of them."""
    found: dict[int, float] = {}
    for one in target.log:
        if one.name == name:
            found.setdefault(one.user % workers, one.at_s)
    assert len(found) == workers
    return [found[worker] for worker in range(workers)]


def write_rows(path: Path, rows: range) -> None:
    """Writes the table of a feed with one column."""
    path.write_text("id\n" + "".join(f"r{number}\n" for number in rows))


async def test_steps_tasks_and_rows_change_while_they_run_and_every_number_stays_exact(
    controller: ControllerClient, target: LoggingTarget, tmp_path: Path
) -> None:
    look, buy, leave, help_ = (ask(target, name) for name in ("look", "buy", "leave", "help"))
    row = ask(target, "row", "{{row}}")
    people = DataFeed(name="people", path="people.csv", order=FeedOrder.UNIQUE)
    rest = Pause(min_ms=20)
    plan = Plan(
        name="shape",
        feeds=(people,),
        variables=(Variable(name="row", column=DataColumn(feed="people", column="id")),),
        tasks=(
            task("shop", look, buy, leave, row, think_time=rest),
            task("rare", help_, disabled=True),
        ),
        stages=(users(8, 60),),
    )
    write_rows(tmp_path / "people.csv", range(5000))
    run_id = await start(controller, plan, base_dir=str(tmp_path))
    watcher = Watcher(controller, run_id, per_worker=True)
    await target.until("row", 60)

    # Steps come, go and move, a task begins, the table grows.
    write_rows(tmp_path / "people.csv", range(6000))
    shop = task("shop", leave, ask(target, "pay"), look, row, weight=3, think_time=rest)
    rows_too = row.model_copy(update={"id": "row of rare"})
    second = changed(plan, tasks=(shop, task("rare", help_, rows_too, think_time=rest)))
    answer = await replace(controller, run_id, second, tmp_path)
    assert (answer.plan_version, list(answer.findings)) == (2, [])
    assert "data feed people has another content" in answer.changes
    assert {"look", "buy", "leave", "row"} == {one.name for one in target.log[:30]}
    for name in ("pay", "help"):
        await target.until(name, 40)

    # Rows that moved may have been used: nobody switches.
    write_rows(tmp_path / "people.csv", range(1, 6000))
    refused = await replace(controller, run_id, second, tmp_path)
    (finding,) = (one for one in refused.findings if one.code == "feed-goes-on")
    assert refused.plan_version == 0
    assert "row 1 of its new table stood in another row before" in finding.what

    # Everything as it was, with another table.
    bought = target.count()["buy"]
    write_rows(tmp_path / "people.csv", range(10_000, 16_000))
    third = changed(plan, tasks=plan.tasks[:1], thresholds=(Threshold(rule="requests>50"),))
    answer = await replace(controller, run_id, third, tmp_path)
    assert answer.plan_version == 3
    await target.until("buy", bought + 40)
    again = await replace(controller, run_id, third, tmp_path)
    assert [one.code for one in again.findings] == ["no-change"]
    await controller.stop_run(run_id)
    seen = await watcher.end()

    assert_exact(seen, target)
    rows = Counter(one.rest for one in target.log if one.name == "row")
    assert set(rows.values()) == {1}, "a row was used again"
    assert {"r0", "r1", "r10000", "r10001"} <= set(rows)
    assert [(one.rule, one.ok) for one in seen.record.thresholds] == [("requests>50", True)]
    assert_told(seen, await controller.get_run(run_id))


def assert_told(seen: Watched, recorded: control_pb2.RunRecord) -> None:
    """Entries, record, events and frames tell the three versions."""
    labels = [
        (one.task_name, one.name, one.plan_version_from, one.plan_version_to)
        for one in seen.record.entries
        if one.kind == worker_pb2.ENTRY_KIND_REQUEST
    ]
    assert labels == [
        ("shop", "look", 0, 0), ("shop", "buy", 0, 0), ("shop", "leave", 0, 0),
        ("shop", "row", 0, 0), ("shop", "pay", 2, 2), ("rare", "help", 2, 2), ("rare", "row", 2, 2),
    ]  # fmt: skip
    assert (seen.record.plan_version, len(seen.record.plan_versions)) == (3, 2)
    assert recorded.entries == seen.record.entries
    assert recorded.plan_versions == seen.record.plan_versions
    marks = [event.text for event in seen.events if event.kind == "plan-replaced"]
    assert [mark.partition(";")[0] for mark in marks] == [
        "plan version 2: new: pay, help, row", "plan version 3: taken out: pay, help, row",
    ]  # fmt: skip
    assert "taken out: buy" in marks[0]
    for frames in (seen.frames, seen.worker_frames):
        versions = [frame.plan_version for frame in sorted(frames, key=lambda one: one.second)]
        assert versions == sorted(versions)
        assert versions[-1] == 3


async def test_when_one_worker_refuses_a_plan_nobody_switches(
    controller: ControllerClient, target: LoggingTarget, settings: Settings, tmp_path: Path
) -> None:
    plan = Plan(name="hosts", tasks=(task("t", ask(target, "old")),), stages=(users(6, 60),))
    allowed = target.url.removeprefix("http://")
    async with (
        wired_worker(settings, "--allow", allowed) as narrow,
        logging_target() as other,
    ):
        await controller.add_workers([narrow.address])
        await until_ready(controller, 3)
        run_id = await start(controller, plan)
        watcher = Watcher(controller, run_id)
        await target.until("old", 30)
        elsewhere = changed(plan, tasks=(task("t", ask(other, "new")),))
        refused = await replace(controller, run_id, elsewhere)
        (finding,) = refused.findings
        assert (refused.plan_version, finding.code) == (0, "denied-target")
        assert finding.where == "tasks[0].steps[0].request.url"
        assert finding.what.startswith(f"worker {narrow.address}: ")
        assert "is not among the targets that this worker allows" in finding.what
        upload = Request(url=target.url, body=Body(file=FileBody(file=FileRef(path="none.bin"))))
        missing = changed(plan, tasks=(task("t", Step(id="up", name="up", request=upload)),))
        refused = await replace(controller, run_id, missing, tmp_path)
        assert "none.bin" in " ".join(one.what for one in refused.findings)
        late = SetupStep(scope=SetupScope.RUN, step=ask(target, "late"))
        refused = await replace(controller, run_id, changed(plan, setup=(late,)))
        assert [(one.code, one.where) for one in refused.findings] == [
            ("setup-is-over", "setup[0]")
        ]
        before = target.count()["old"]
        await target.until("old", before + 30)
        assert other.log == []
        # What is allowed everywhere goes through, the worker's list staying in force.
        mapped = HostMapping(recorded="shop.example", test=allowed)
        step = Step(id="m", name="m", request=Request(url="http://shop.example/{{$user}}/m/x"))
        answer = await replace(
            controller, run_id, changed(plan, tasks=(task("t", step),), host_map=(mapped,))
        )
        assert answer.plan_version == 2, answer.findings
        await target.until("m", 30)
        await controller.stop_run(run_id)
        seen = await watcher.end()
        assert_exact(seen, target)


@pytest.mark.soak
async def test_a_worker_that_is_out_of_reach_keeps_the_plan_or_comes_along(
    controller: ControllerClient, target: LoggingTarget, settings: Settings
) -> None:
    def version(number: int) -> Plan:
        return Plan(
            name="far",
            tasks=(task("t", ask(target, f"v{number}"), think_time=Pause(min_ms=20)),),
            stages=(users(6, 120),),
        )

    async with wired_worker(settings) as wire:
        await controller.add_workers([wire.address])
        await until_ready(controller, 3)
        run_id = await start(controller, version(1))
        watcher = Watcher(controller, run_id, per_worker=True)
        await target.until("v1", 60)
        # A connection that breaks while the plan is handed over is opened again in time.
        _, answer = await asyncio.gather(wire.cut_for(0.8), replace(controller, run_id, version(2)))
        assert answer.plan_version == 2, answer.findings
        await target.until("v2", 200)
        assert {one.user % 3 for one in target.log if one.name == "v2"} == {0, 1, 2}
        # One that stays away is lost, and nobody has switched.
        outage = asyncio.create_task(wire.cut_for(8))
        await asyncio.sleep(0)
        refused = await replace(controller, run_id, version(3))
        assert refused.plan_version == 0
        assert f"worker {wire.address}" in " ".join(one.what for one in refused.findings)
        assert target.count()["v3"] == 0
        await outage
        assert (await replace(controller, run_id, version(3))).plan_version == 3
        await target.until("v3", 100)
        await controller.stop_run(run_id)
        seen = await watcher.end()
    assert "worker-lost" in seen.reasons()
    assert seen.frames[-1].plan_version == 3


@pytest.mark.soak
async def test_a_controller_that_took_the_run_over_knows_every_version(
    controller: ControllerClient, target: LoggingTarget, settings: Settings
) -> None:
    plan = Plan(name="v", tasks=(task("t", ask(target, "one")),), stages=(users(4, 60),))
    run_id = await start(controller, plan)
    await target.until("one", 30)
    second = changed(plan, tasks=(task("t", ask(target, "two")),))
    assert (await replace(controller, run_id, second)).plan_version == 2
    await target.until("two", 30)
    process = Process.of((await controller.info()).pid)
    psutil.Process(process.pid).kill()
    assert await process.end()
    async with ControllerClient(await ensure_controller(settings)) as again:
        watcher = Watcher(again, run_id)
        await watcher.until(lambda seen: seen.caught_up and seen.record.plan_version == 2)
        frames = len(watcher.seen.frames)
        await watcher.until(has_frames(frames + 2))
        third = changed(plan, tasks=(task("t", ask(target, "three"), ask(target, "one")),))
        assert (await replace(again, run_id, third)).plan_version == 3
        await target.until("three", 30)
        await again.stop_run(run_id)
        seen = await watcher.end()
    sent: Counter[str] = Counter()
    for entry in seen.record.entries:
        if entry.kind == worker_pb2.ENTRY_KIND_REQUEST:
            sent[entry.name] += sum(seen.done(entry.entry))
    assert sent == target.count()
    assert seen.frames[-1].plan_version == 3


@pytest.mark.soak
async def test_four_workers_switch_within_twenty_milliseconds(
    settings: Settings, lab: Lab, target: LoggingTarget
) -> None:
    """Measured on the target's own log: the first request of the new plan from each worker."""
    await lab_up(settings, 4, lambda text: None)
    rate, workers = 800, 4
    plan = Plan(
        name="spread",
        tasks=(task("t", ask(target, "v1")),),
        stages=(Stage(kind=StageKind.ARRIVALS, to=rate, duration_ms=60_000),),
    )
    spreads, overlaps = [], []
    async with ControllerClient(await ensure_controller(settings)) as client:
        await until_ready(client, workers)
        run_id = await start(client, plan)
        watcher = Watcher(client, run_id)
        await watcher.until(has_frames(2))
        for version in range(2, 12):
            edited = changed(plan, tasks=(task("t", ask(target, f"v{version}")),))
            assert (await replace(client, run_id, edited)).plan_version == version
            await target.until(f"v{version}", rate)
            firsts = first_seconds(target, f"v{version}", workers)
            spreads.append((max(firsts) - min(firsts)) * 1000)
            last = max(one.at_s for one in target.log if one.name == f"v{version - 1}")
            overlaps.append((last - min(firsts)) * 1000)
        await client.stop_run(run_id)
        seen = await watcher.end()
    pace = longest_pause_ms(target, workers)
    print(f"first request of the new plan, spread over {workers} workers: "
          f"{min(spreads):.1f} .. {sorted(spreads)[5]:.1f} .. {max(spreads):.1f} ms in "
          f"{len(spreads)} switches; the last request of the old plan came at most "
          f"{max(overlaps):.1f} ms after the first of the new; a worker plans one every "
          f"{1000 * workers / rate:.0f} ms, its longest pause was {pace:.1f} ms")  # fmt: skip
    assert max(spreads) <= 20
    assert max(overlaps) <= 20
    assert_exact(seen, target)


def longest_pause_ms(target: LoggingTarget, workers: int) -> float:
    """The control: how uneven the load itself is, whatever plan it follows."""
    longest = 0.0
    for worker in range(workers):
        times = [one.at_s for one in target.log if one.user % workers == worker]
        longest = max(longest, *(after - at for at, after in itertools.pairwise(times)))
    return longest * 1000
