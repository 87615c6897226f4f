"""What a lost worker leaves: its rows are used once or not at all, its iterations are done."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import Counter
from collections.abc import AsyncIterator

import psutil
import pytest

from hazard_tui.controller.lab import Lab, lab_up
from hazard_tui.controller.launch import ensure_controller
from hazard_tui.controller.processes import Process
from hazard_tui.plan.model import (
    DataColumn,
    DataFeed,
    FeedEnd,
    FeedOrder,
    FeedRow,
    Pause,
    Plan,
    Stage,
    StageKind,
    Step,
    Task,
    Variable,
)
from hazard_tui.plan.request import Request
from hazard_tui.rpc.clients import ControllerClient
from hazard_tui.rpc.gen.hazard.v1 import worker_pb2
from hazard_tui.settings import Settings
from tests.e2e.conftest import (
    Watched,
    Watcher,
    has_frames,
    start,
    until_ready,
    users,
    worker_process,
)

pytestmark = pytest.mark.timeout(180)
THREE = 3


@pytest.fixture
async def three(settings: Settings, lab: Lab) -> AsyncIterator[tuple[ControllerClient, Lab]]:
    """A controller that sees three workers ready."""
    bigger = await lab_up(settings, THREE, lambda text: None)
    async with ControllerClient(await ensure_controller(settings)) as client:
        await until_ready(client, THREE)
        yield client, bigger


class RowTarget:
    """A server that counts the rows that requests name, by user."""

    def __init__(self) -> None:
        self.rows: Counter[str] = Counter()
        self.by_user: dict[str, list[str]] = {}
        self.url = ""

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                _, user, row = head.split(b" ", 2)[1].decode().split("/")
                self.rows[row] += 1
                self.by_user.setdefault(user, []).append(row)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                await writer.drain()
        writer.close()

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[RowTarget]:
        """Serves on a free port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()


@pytest.fixture
async def target() -> AsyncIterator[RowTarget]:
    """A target that knows which row came."""
    async with RowTarget().serving() as one:
        yield one


def plan_with_rows(
    url: str, count: int, order: FeedOrder, end: FeedEnd, *stages: Stage, think_ms: int = 100
) -> Plan:
    """Every iteration asks for `/USER/ROW`."""
    rows = tuple(FeedRow(values=(f"r{number}",)) for number in range(count))
    feed = DataFeed(name="people", columns=("id",), rows=rows, order=order, at_end=end)
    step = Step(id="ask", name="ask", request=Request(url=url + "/{{$user}}/{{row}}"))
    return Plan(
        name="rows",
        feeds=(feed,),
        variables=(Variable(name="row", column=DataColumn(feed="people", column="id")),),
        tasks=(Task(name="t", steps=(step,), think_time=Pause(min_ms=think_ms)),),
        stages=stages,
    )


def told(seen: Watched) -> str:
    """What was said when the load went to others."""
    return "; ".join(event.text for event in seen.events if event.kind == "load-changed")


def number_before(text: str, words: str) -> int:
    """The number that stands before some words."""
    found = re.search(r"(\d+) " + re.escape(words), text)
    assert found, text
    return int(found[1])


async def lose_one(watcher: Watcher, lab: Lab) -> worker_pb2.Frame:
    """Kills a worker of the run; its last frame."""
    seen = await watcher.until(has_frames(2))
    lost = seen.record.workers[0]
    worker_process(lab, lost.address).kill()
    seen = await watcher.until(lambda seen: "worker-lost" in seen.kinds())
    return max(
        (frame for frame in seen.worker_frames if frame.worker_id == lost.worker_id),
        key=lambda frame: frame.seq,
    )


@pytest.mark.parametrize("order", [FeedOrder.UNIQUE, FeedOrder.SEQUENTIAL])
async def test_rows_that_end_are_all_used_once_at_full_speed(
    three: tuple[ControllerClient, Lab], target: RowTarget, order: FeedOrder
) -> None:
    controller, _ = three
    count = 10_000
    plan = plan_with_rows(target.url, count, order, FeedEnd.STOP, users(30, 60), think_ms=0)
    seen = await Watcher(controller, await start(controller, plan)).end()
    assert seen.state == "FINISHED"
    assert set(target.rows) == {f"r{number}" for number in range(count)}
    assert set(target.rows.values()) == {1}
    assert seen.sent() == {"ask": count}
    # Asking for rows holds nobody up: the load ends long before its planned end.
    assert len(seen.frames) < 40


async def test_unique_rows_are_used_at_most_once_and_those_of_a_lost_worker_go_on(
    three: tuple[ControllerClient, Lab], target: RowTarget
) -> None:
    controller, lab = three
    count = 3000
    plan = plan_with_rows(
        target.url, count, FeedOrder.UNIQUE, FeedEnd.STOP, users(9, 4), users(60, 60)
    )
    watcher = Watcher(controller, await start(controller, plan), per_worker=True)
    await lose_one(watcher, lab)
    seen = await watcher.end()
    assert seen.state == "FINISHED", seen.record.reason
    assert set(target.rows.values()) == {1}
    in_doubt = number_before(told(seen), "rows of people may have been used")
    assert number_before(told(seen), "rows of people go to the others") > 100
    assert count - in_doubt <= len(target.rows) <= count
    # The lost worker may have sent a few requests after its last frame.
    assert 0 <= len(target.rows) - sum(seen.sent().values()) <= in_doubt


async def test_rows_that_begin_again_are_all_used_again_after_a_loss(
    three: tuple[ControllerClient, Lab], target: RowTarget
) -> None:
    controller, lab = three
    plan = plan_with_rows(
        target.url, 30, FeedOrder.SEQUENTIAL, FeedEnd.RECYCLE, users(6, 60), think_ms=10
    )
    watcher = Watcher(controller, await start(controller, plan), per_worker=True)
    await lose_one(watcher, lab)
    await watcher.until(lambda seen: "load-changed" in seen.kinds())
    target.rows.clear()
    frames = len(watcher.seen.frames)
    await watcher.until(has_frames(frames + 3))
    await controller.stop_run()
    await watcher.end()
    assert len(target.rows) == 30
    assert max(target.rows.values()) <= 2 * min(target.rows.values())


async def test_each_user_keeps_its_row_when_another_worker_takes_it_over(
    three: tuple[ControllerClient, Lab], target: RowTarget
) -> None:
    controller, lab = three
    plan = plan_with_rows(target.url, 9, FeedOrder.PER_USER, FeedEnd.STOP, users(9, 7), think_ms=50)
    watcher = Watcher(controller, await start(controller, plan), per_worker=True)
    await lose_one(watcher, lab)
    seen = await watcher.end()
    assert seen.state == "FINISHED"
    assert {user: set(rows) for user, rows in target.by_user.items()} == {
        str(number + 1): {f"r{number}"} for number in range(9)
    }


async def test_the_iterations_of_a_lost_worker_are_done_by_the_others(
    three: tuple[ControllerClient, Lab], target: RowTarget
) -> None:
    controller, lab = three
    stage = Stage(kind=StageKind.ITERATIONS, to=900, users=6)
    plan = plan_with_rows(target.url, 900, FeedOrder.RANDOM, FeedEnd.RECYCLE, stage, think_ms=30)
    watcher = Watcher(controller, await start(controller, plan), per_worker=True)
    last = await lose_one(watcher, lab)
    seen = await watcher.end()
    assert seen.state == "FINISHED", seen.record.reason
    assert number_before(told(seen), "iterations of stage 1 go") == last.iterations_left
    assert sum(frame.iterations_started for frame in seen.frames) == 900
    (whole,) = [
        entry.entry
        for entry in seen.record.entries
        if entry.kind == worker_pb2.ENTRY_KIND_ITERATION
    ]
    ended = sum(seen.done(whole))
    aborted = re.search(r"(\d+) that it had begun were aborted", told(seen))
    assert ended == 900 - (int(aborted[1]) if aborted else 0)
    assert {worker.state for worker in seen.record.workers} == {"finished", "lost"}


async def test_a_controller_that_took_the_run_over_hands_over_as_well(
    three: tuple[ControllerClient, Lab], target: RowTarget, settings: Settings
) -> None:
    controller, lab = three
    count = 3000
    plan = plan_with_rows(
        target.url, count, FeedOrder.UNIQUE, FeedEnd.STOP, users(9, 9), users(60, 60)
    )
    run_id = await start(controller, plan)
    watcher = Watcher(controller, run_id, per_worker=True)
    await watcher.until(has_frames(2))
    process = Process.of((await controller.info()).pid)
    psutil.Process(process.pid).kill()
    assert await process.end()
    await watcher.close()
    async with ControllerClient(await ensure_controller(settings)) as again:
        watcher = Watcher(again, run_id, per_worker=True)
        frames = len((await watcher.until(lambda seen: seen.caught_up)).frames)
        await watcher.until(has_frames(frames + 1))
        await lose_one(watcher, lab)
        seen = await watcher.end()
    assert seen.state == "FINISHED", seen.record.reason
    assert set(target.rows.values()) == {1}
    in_doubt = number_before(told(seen), "rows of people may have been used")
    assert count - in_doubt <= len(target.rows) <= count
