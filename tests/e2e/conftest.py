"""A real lab per test: etcd, target and workers as processes, a controller in its own session."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from hazard_tui.controller.lab import Lab, lab_down, lab_up
from hazard_tui.controller.launch import ensure_controller
from hazard_tui.controller.processes import start_detached
from hazard_tui.plan.model import Pause, Plan, Stage, Step, Task
from hazard_tui.plan.request import Request
from hazard_tui.rpc.binaries import find_binary
from hazard_tui.rpc.clients import ControllerClient
from hazard_tui.rpc.convert import plan_message
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2
from hazard_tui.settings import Settings
from tests.support.wire import Wire

READY = control_pb2.WORKER_HEALTH_READY
WORKERS = 2


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """Settings of folders of their own. The runtime folder is short: it holds unix sockets."""
    runtime = Path(tempfile.mkdtemp(prefix="hz", dir="/tmp"))
    yield Settings(
        runtime_dir=runtime,
        data_dir=tmp_path / "data",
        socket_path=runtime / "controller.sock",
        secrets_path=tmp_path / "secrets.yaml",
    )
    shutil.rmtree(runtime, ignore_errors=True)


@pytest.fixture
async def lab(settings: Settings) -> AsyncIterator[Lab]:
    """etcd, target and two workers; nothing of it is left afterwards."""
    running = await lab_up(settings, WORKERS, lambda text: None)
    try:
        yield running
    finally:
        await lab_down(settings, lambda text: None)
    assert not [one for one in running.members if one.is_alive]
    assert not settings.runtime_dir.exists(), list(settings.runtime_dir.rglob("*"))


@pytest.fixture
async def controller(settings: Settings, lab: Lab) -> AsyncIterator[ControllerClient]:
    """A client of a controller that sees every worker ready."""
    async with ControllerClient(await ensure_controller(settings)) as client:
        await until_ready(client, WORKERS)
        yield client


@pytest.fixture
async def wire(settings: Settings, lab: Lab) -> AsyncIterator[Wire]:
    """A worker that etcd does not announce, behind a wire."""
    async with wired_worker(settings) as found:
        yield found


@asynccontextmanager
async def wired_worker(settings: Settings, *options: str) -> AsyncIterator[Wire]:
    """A worker with these options that etcd does not announce, behind a wire."""
    log = settings.runtime_dir / "lab" / "wired.log"
    child = await start_detached([str(find_binary("hazard-worker")), *options], log)
    async with asyncio.timeout(10):
        while '"address"' not in log.read_text("utf-8"):  # noqa: ASYNC110  a file does not tell
            await asyncio.sleep(0.05)
    port = int(log.read_text("utf-8").partition('"address":"127.0.0.1:')[2].partition('"')[0])
    try:
        async with Wire(port).up() as wire:
            yield wire
    finally:
        child.terminate()
        await child.wait()


async def until_ready(client: ControllerClient, count: int) -> list[control_pb2.WorkerRecord]:
    """Waits until this many workers are ready."""
    return await until_workers(
        client, lambda rows: sum(one.health == READY for one in rows) == count
    )


async def until_reached(client: ControllerClient, wire: Wire) -> None:
    """Waits until the worker behind a wire is ready."""

    def is_ready(rows: list[control_pb2.WorkerRecord]) -> bool:
        return any(one.info.address == wire.address and one.health == READY for one in rows)

    await until_workers(client, is_ready)


async def until_workers(
    client: ControllerClient,
    holds: Callable[[list[control_pb2.WorkerRecord]], bool],
    timeout_s: float = 20,
) -> list[control_pb2.WorkerRecord]:
    """Waits until something holds of the list of workers."""
    rows: list[control_pb2.WorkerRecord] = []
    try:
        async with asyncio.timeout(timeout_s):
            async for listing in client.watch_workers():
                rows = list(listing.workers)
                if holds(rows):
                    return rows
    except TimeoutError:
        pass
    raise AssertionError(f"the workers are {[(one.health, one.reason) for one in rows]}")


def users(count: float, seconds: float) -> Stage:
    """A stage that holds some users."""
    return Stage(to=count, duration_ms=int(seconds * 1000))


def plan_of(target: str, *stages: Stage, path: str = "/json", **fields: Any) -> Plan:
    """Two steps and a short pause per iteration."""
    steps = (
        Step(id="read", name="read", request=Request(url=target + path)),
        Step(id="write", name="write", request=Request(method="POST", url=target + "/echo")),
    )
    task = Task(name="browse", steps=steps, think_time=Pause(min_ms=20))
    return Plan(name="shop", tasks=(task,), stages=stages, **fields)


async def start(
    client: ControllerClient, plan: Plan, workers: tuple[str, ...] = (), base_dir: str = ""
) -> str:
    """Starts a run whose requests name their step; its id."""
    request = control_pb2.StartRunRequest(
        plan=plan_message(plan),
        workers=workers,
        options=worker_pb2.RunOptions(mark_steps=True),
        base_dir=base_dir,
    )
    response = await client.start_run(request)
    assert response.run_id, response
    return str(response.run_id)


@dataclass
class Watched:
    """What a watcher saw."""

    record: control_pb2.RunRecord = field(default_factory=control_pb2.RunRecord)
    frames: list[worker_pb2.Frame] = field(default_factory=list)
    worker_frames: list[worker_pb2.Frame] = field(default_factory=list)
    events: list[control_pb2.RunEventRecord] = field(default_factory=list)
    caught_up: bool = False

    def take(self, update: control_pb2.RunUpdate) -> None:
        """Takes one update."""
        kind = update.WhichOneof("kind")
        if kind == "record":
            self.record = update.record
        elif kind == "frame":
            (self.worker_frames if update.frame.worker_id else self.frames).append(update.frame)
        elif kind == "event":
            self.events.append(update.event)
        else:
            self.caught_up = True

    def kinds(self) -> list[str]:
        """Kinds of the events."""
        return [event.kind for event in self.events]

    def done(self, entry: int) -> tuple[int, int, int]:
        """(ok, failed, aborted) of an entry over all frames."""
        steps = [step for one in self.frames for step in one.steps if step.entry == entry]
        return (
            sum(one.ok for one in steps),
            sum(one.failed for one in steps),
            sum(one.aborted for one in steps),
        )

    def sent(self) -> dict[str, int]:
        """Step id -> requests that were sent."""
        return {
            entry.step_id: sum(self.done(entry.entry))
            for entry in self.record.entries
            if entry.kind == worker_pb2.ENTRY_KIND_REQUEST
        }

    @property
    def state(self) -> str:
        """Such as `FINISHED`."""
        return control_pb2.RunState.Name(self.record.state).removeprefix("RUN_STATE_")

    def reasons(self) -> list[str]:
        """Codes of the verdict."""
        return [reason.code for reason in self.record.verdict.reasons]


class Watcher:
    """Follows a run beside the test."""

    def __init__(self, client: ControllerClient, run_id: str, **options: Any) -> None:
        self.seen = Watched()
        self._news = asyncio.Condition()
        self._task = asyncio.create_task(self._follow(client.watch_run(run_id, **options)))

    async def _follow(self, updates: AsyncIterator[control_pb2.RunUpdate]) -> None:
        try:
            async for update in updates:
                self.seen.take(update)
                async with self._news:
                    self._news.notify_all()
        finally:
            async with self._news:
                self._news.notify_all()

    async def until(self, holds: Callable[[Watched], Any], timeout_s: float = 30) -> Watched:
        """Waits until something holds of what was seen."""
        try:
            async with asyncio.timeout(timeout_s), self._news:
                await self._news.wait_for(lambda: holds(self.seen) or self._task.done())
        except TimeoutError:
            pass
        assert holds(self.seen), (
            self.seen.state,
            self.seen.record.reason,
            [(event.kind, event.text) for event in self.seen.events],
            self._task.done() and self._task.exception(),
        )
        return self.seen

    async def end(self, timeout_s: float = 60) -> Watched:
        """Waits until the run and the stream have ended."""
        await asyncio.wait_for(asyncio.shield(self._task), timeout_s)
        return self.seen

    async def close(self) -> None:
        """Goes away, as a console whose terminal was closed."""
        self._task.cancel()
        await asyncio.wait({self._task})


def has_frames(count: int) -> Callable[[Watched], bool]:
    """True when so many merged seconds came."""
    return lambda seen: len(seen.frames) >= count


async def hits(lab: Lab) -> dict[str, int]:
    """Step id -> requests that the target counted."""

    def read() -> dict[str, int]:
        with urllib.request.urlopen(f"{lab.target_url}/lab/hits", timeout=5) as answer:
            found: dict[str, int] = json.load(answer)["hits_by_step"]
            return found

    return await asyncio.to_thread(read)


def worker_process(lab: Lab, address: str) -> psutil.Process:
    """The agent that listens on an address."""
    (member,) = [one for one in lab.members if one.address == address]
    return psutil.Process(member.process.pid)
