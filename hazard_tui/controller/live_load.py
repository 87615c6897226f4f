"""Changing the load of a run while it runs: hold, pause, resume."""

from __future__ import annotations

import contextlib
from typing import Any

from hazard_tui.controller.load import DEFAULT_MAX_USERS, arrival_users
from hazard_tui.controller.parts import now_ms, now_us
from hazard_tui.controller.resharing import RESHARE_LEAD_US
from hazard_tui.controller.run import Run
from hazard_tui.controller.run_context import keep_context
from hazard_tui.controller.worker_link import WorkerLink
from hazard_tui.errors import RemoteError
from hazard_tui.plan.model import ArrivalSpacing, StageKind
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, plan_pb2, worker_pb2

SHORTEST_MS = 1000


async def set_load(run: Run, request: control_pb2.SetRunLoadRequest) -> str:
    """Does what the request asks; why not, or the empty text."""
    async with run.changing:
        error = await _set_load(run, request)
    await keep_context(run)
    return error


async def _set_load(run: Run, request: control_pb2.SetRunLoadRequest) -> str:
    if run.record.state != control_pb2.RUN_STATE_RUNNING:
        return f"run {run.run_id} is not running"
    if request.pause or request.resume:
        return await _pause(run, resume=request.resume)
    if request.HasField("users"):
        return await _hold(run, plan_pb2.STAGE_KIND_USERS, request.users)
    if request.HasField("rate"):
        if request.HasField("spacing"):
            run.spacing = request.spacing
        return await _hold(run, plan_pb2.STAGE_KIND_ARRIVALS, request.rate)
    return "nothing to change: give users, rate, pause or resume"


async def _pause(run: Run, *, resume: bool) -> str:
    if resume == (not run.paused_since_ms):
        return "the run is not paused" if resume else "the run is paused already"
    at_us = now_us() + RESHARE_LEAD_US

    def command(link: WorkerLink) -> dict[str, Any]:
        at = at_us + link.clock_offset_us
        if resume:
            return {"resume": worker_pb2.ResumeLoad(at_unix_us=at)}
        return {"pause": worker_pb2.PauseLoad(at_unix_us=at)}

    errors = await run.command_all(run.live_links, command)
    if resume:
        run.load_log.resume(at_us)
        run.paused_ms += at_us // 1000 - run.paused_since_ms
        run.paused_since_ms = 0
    else:
        run.load_log.pause(at_us)
        run.paused_since_ms = at_us // 1000
    run.event("load-changed", "resumed" if resume else "paused")
    return "; ".join(errors)


async def _hold(run: Run, kind: plan_pb2.StageKind, value: float) -> str:
    """Holds a load until the planned end, or until the dead-man switch when none is planned."""
    if kind == plan_pb2.STAGE_KIND_USERS and value != int(value):
        return f"{value:g} users are not a whole number"
    left_ms = run.record.planned_ms - run.elapsed_ms + run.paused_ms
    if not run.record.planned_ms:
        left_ms = run.not_after_ms - now_ms() - 60_000
    stage = plan_pb2.Stage(kind=kind, to=value, duration_ms=max(left_ms, SHORTEST_MS))
    if kind == plan_pb2.STAGE_KIND_ARRIVALS:
        stage.spacing = spacing_of(run)
    run.load_changed = True
    await _tell_locust(run, kind, value)
    at_us = now_us() + RESHARE_LEAD_US

    def command(link: WorkerLink) -> dict[str, Any]:
        at = at_us + link.clock_offset_us
        return {"set_load": worker_pb2.SetLoad(at_unix_us=at, stages=[stage])}

    run.load_log.set_load(at_us, [stage])
    errors = await run.command_all(run.live_links, command)
    unit = "users" if kind == plan_pb2.STAGE_KIND_USERS else "arrivals per second"
    if stage.spacing == plan_pb2.ARRIVAL_SPACING_POISSON:
        unit = f"random {unit}"
    run.event("load-changed", f"hold {value:g} {unit}")
    return "; ".join(errors)


def spacing_of(run: Run) -> plan_pb2.ArrivalSpacing:
    """How arrivals are spaced: as was asked last, else as the plan's last arrival stage has it."""
    if run.spacing is not None:
        return run.spacing
    arrivals = [one for one in run.plan.stages if one.kind is StageKind.ARRIVALS]
    poisson = bool(arrivals) and arrivals[-1].spacing is ArrivalSpacing.POISSON
    return plan_pb2.ARRIVAL_SPACING_POISSON if poisson else plan_pb2.ARRIVAL_SPACING_UNIFORM


async def _tell_locust(run: Run, kind: plan_pb2.StageKind, value: float) -> None:
    most = run.plan.max_users or DEFAULT_MAX_USERS
    closed = kind == plan_pb2.STAGE_KIND_USERS
    users = int(value) if closed else min(arrival_users(value), most)
    with contextlib.suppress(RemoteError):
        await run.tell_locust(users)
