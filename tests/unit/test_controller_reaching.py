"""How long a prepared worker may take to reach Locust, and what is said when it does not."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from hazard_tui.controller.locust_child import LocustChild
from hazard_tui.controller.reaching import MISSING, why_unreached
from hazard_tui.controller.tunnel import Reached, Tunnel
from hazard_tui.controller.worker_link import WorkerLink
from hazard_tui.rpc.clients import WorkerClient
from hazard_tui.rpc.gen.hazard.v1 import worker_pb2

SOON_S = 0.1


@dataclass
class Starting:
    """A run that waits for its workers."""

    stop_asked: asyncio.Event = field(default_factory=asyncio.Event)
    locust: LocustChild | None = None


class Deaf:
    """Hears nothing."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


def link_at(reached: Reached, engine: int = worker_pb2.ENGINE_STATUS_PREPARED) -> WorkerLink:
    """A worker whose way to Locust has come so far."""
    client = WorkerClient("127.0.0.1:1")
    info = worker_pb2.WorkerInfo(worker_id="w", address=client.address)
    link = WorkerLink(client, Deaf(), "run", 1, info, worker_pb2.Share(count=1))
    link.tunnel = Tunnel(client, "run", 1, 1)
    link.tunnel.reached = reached
    link.engine = engine
    return link


@pytest.mark.parametrize("reached", list(Reached))
async def test_the_step_that_is_missing_is_named(reached: Reached) -> None:
    why = await why_unreached(Starting(), link_at(reached), SOON_S)
    assert MISSING[reached] in why


async def test_every_step_gives_the_next_one_its_time() -> None:
    link = link_at(Reached.NOTHING)
    waiting = asyncio.create_task(why_unreached(Starting(), link, 1.0))
    began = asyncio.get_running_loop().time()
    assert link.tunnel is not None
    for reached in list(Reached)[1:]:
        await asyncio.sleep(0.5)  # half of the time that a step has
        link.tunnel.reached = reached
    why = await waiting
    assert MISSING[Reached.ANSWERED] in why
    assert asyncio.get_running_loop().time() - began >= 3 * 0.5 + 1.0


async def test_an_engine_that_was_stopped_is_not_waited_for() -> None:
    link = link_at(Reached.NOTHING, worker_pb2.ENGINE_STATUS_FINISHED)
    assert "was stopped before" in await why_unreached(Starting(), link, 3600)


async def test_a_run_that_is_to_stop_waits_for_nobody() -> None:
    run = Starting()
    waiting = asyncio.create_task(why_unreached(run, link_at(Reached.NOTHING), 3600))
    run.stop_asked.set()
    assert await waiting == ""


async def test_a_connected_engine_is_there() -> None:
    link = link_at(Reached.NOTHING, worker_pb2.ENGINE_STATUS_CONNECTED)
    assert await why_unreached(Starting(), link, 3600) == ""
