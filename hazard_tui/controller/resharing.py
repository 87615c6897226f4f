"""The load of a run, given anew to the workers that are left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hazard_tui.controller.handover import Heir
from hazard_tui.controller.parts import now_us
from hazard_tui.controller.worker_link import WorkerLink
from hazard_tui.rpc.gen.hazard.v1 import worker_pb2

if TYPE_CHECKING:
    from hazard_tui.controller.run import Run

PAST_LOAD = (
    worker_pb2.ENGINE_STATUS_AWAITS_TEAR_DOWN,
    worker_pb2.ENGINE_STATUS_DRAINED,
    worker_pb2.ENGINE_STATUS_FINISHED,
)
"""Engines that offer no load any more."""
RESHARE_LEAD_US = 300_000
"""A new share counts from this much later, so that every worker has heard of it."""


async def reshare(run: Run) -> None:
    """Gives the whole load, and what lost workers left, to the workers that are left."""
    links = [link for link in run.live_links if link.engine not in PAST_LOAD]
    if run.load_changed:
        # The stages that iterations were counted by are gone.
        run.handover.forget_iterations()
    heirs = {
        link.worker_id: Heir(link.worker_id, link.last_frame.stage if link.last_frame else 0)
        for link in links
    }
    told: list[str] = []
    for gone in run.links.values():
        if not gone.is_live:
            waiting = run.handover.waiting(gone.worker_id)
            run.lost_starts.note(gone, waiting, run.record.started_unix_ms * 1000)
            found = run.handover.leave(gone.worker_id, gone.last_frame, list(heirs.values()))
            told += found
    if not links:
        run.event("load-changed", "; ".join(["nobody is left", *told]), level="error")
        return
    at_us = now_us() + RESHARE_LEAD_US
    for index, link in enumerate(links):
        link.share = worker_pb2.Share(index=index, count=len(links))
        link.shares.append((at_us, link.share))
    told_of = {worker_id for _, worker_id in run.merger.total.lost_starts}

    def command(link: WorkerLink) -> dict[str, Any]:
        at = at_us + link.clock_offset_us
        message = heirs[link.worker_id].reshare(at, link.share)
        if link is links[0]:
            message.lost.extend(run.lost_starts.ask(told_of, link.clock_offset_us))
        return {"reshare": message}

    errors = await run.command_all(links, command)
    for link in links:
        if heirs[link.worker_id].iterations and link.engine == worker_pb2.ENGINE_STATUS_DONE:
            link.engine = worker_pb2.ENGINE_STATUS_RUNNING
    text = f"{len(links)} workers carry the whole load"
    level = "error" if errors else "warn"
    run.event("load-changed", "; ".join([text, *told, *errors]), level=level)
