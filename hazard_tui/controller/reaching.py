"""A prepared worker's way to the Locust master: waiting for it as long as it gets on."""

from __future__ import annotations

import asyncio
from typing import Protocol

from hazard_tui.controller.locust_child import LocustChild
from hazard_tui.controller.resharing import PAST_LOAD
from hazard_tui.controller.tunnel import Reached
from hazard_tui.controller.worker_link import WorkerLink
from hazard_tui.rpc.gen.hazard.v1 import worker_pb2

STEP_S = 20.0
"""One step of the way takes milliseconds; this long without the next one means that none comes."""
LOOK_EVERY_S = 0.2

THERE = (worker_pb2.ENGINE_STATUS_CONNECTED, worker_pb2.ENGINE_STATUS_RUNNING)
MISSING = {
    Reached.NOTHING: "no connection came through its agent's tunnel",
    Reached.LINKED: "its engine did not greet Locust",
    Reached.GREETED: "Locust did not answer its engine's greeting",
    Reached.ANSWERED: "Locust did not take its engine in",
}


class Starting(Protocol):
    """What of a run matters here."""

    stop_asked: asyncio.Event
    locust: LocustChild | None


async def why_unreached(run: Starting, link: WorkerLink, step_s: float = STEP_S) -> str:
    """Waits until a worker's engine is connected to Locust; why it will not be, empty: it is.

    Also empty when the run is to stop meanwhile.
    """
    now = asyncio.get_running_loop().time
    reached, since = Reached.NOTHING, now()
    while not run.stop_asked.is_set():
        await link.wait_until(*THERE, *PAST_LOAD, timeout_s=min(LOOK_EVERY_S, step_s))
        if link.has_ended:
            return link.reason or f"it is {link.state}"
        if link.engine in THERE:
            return ""
        if link.engine in PAST_LOAD:
            return "its engine was stopped before the load began"
        if run.locust is not None and not run.locust.is_alive:
            return "it cannot reach Locust: the Locust master has ended"
        if link.tunnel is not None and link.tunnel.reached != reached:
            reached, since = link.tunnel.reached, now()
        if now() - since > step_s:
            return f"it did not reach Locust: {MISSING[reached]} in {step_s:g} s"
    return ""
