"""Broken connections between controller and worker, and a Locust master without a controller."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hazard_tui.controller.lab import Lab, lab_up
from hazard_tui.controller.launch import ensure_controller
from hazard_tui.controller.locust_child import start_locust
from hazard_tui.controller.processes import start_detached
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
    until_workers,
    users,
)

pytestmark = pytest.mark.timeout(120)


class Wire:
    """Carries TCP to an address; `cut` breaks every connection, `block` refuses new ones."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._writers: set[asyncio.StreamWriter] = set()
        self._blocked = False
        self.address = ""

    @contextlib.asynccontextmanager
    async def up(self) -> AsyncIterator[Wire]:
        """The wire while the block runs."""
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()
            self.cut()

    def cut(self) -> None:
        """Breaks what is open."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def cut_for(self, seconds: float) -> None:
        """Breaks what is open, and anything new for a while."""
        self._blocked = True
        self.cut()
        await asyncio.sleep(seconds)
        self._blocked = False

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._blocked:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writers |= {writer, far_writer}
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()
        self._writers.discard(writer)


@pytest.fixture
async def wire(settings: Settings, lab: Lab) -> AsyncIterator[Wire]:
    """A worker that etcd does not announce, behind a wire."""
    log = settings.runtime_dir / "lab" / "wired.log"
    child = await start_detached([str(find_binary("hazard-worker"))], log)
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


@pytest.mark.parametrize("outage_s", [0.0, 1.2])
async def test_frames_survive_a_broken_connection(
    settings: Settings, lab: Lab, wire: Wire, outage_s: float
) -> None:
    wired = dataclasses.replace(settings, static_workers=(wire.address,))
    async with ControllerClient(await ensure_controller(wired)) as client:
        await until_workers(
            client,
            lambda rows: any(
                one.info.address == wire.address and one.health == READY for one in rows
            ),
        )
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
