"""Whether workers can join a run, and why not."""

from __future__ import annotations

from hazard_tui.controller.run import Run
from hazard_tui.plan.model import StageKind
from hazard_tui.rpc.gen.hazard.v1 import control_pb2

LEAST_LEFT_MS = 3000
"""A load that ends sooner is not worth a join."""


def why_never(run: Run) -> str:
    """Why nobody can join a run as its load is; empty: workers can."""
    kinds = {stage.kind for stage in run.plan.stages}
    # Iterations were shared out at the start; after them the workers' schedules differ.
    counted = StageKind.ITERATIONS in kinds or not kinds
    if counted and (not run.load_changed or StageKind.ARRIVALS in kinds):
        return "its load counts iterations, which were shared out at the start"
    if not run.load_log.start_us:
        return "an earlier version of hazard started it"
    return ""


def why_not(run: Run) -> str:
    """Why nobody can join a run now; empty: workers can."""
    if run.record.state != control_pb2.RUN_STATE_RUNNING:
        return "the run is not running"
    if run.paused_since_ms:
        return "the run is paused; resume it first"
    left_ms = run.record.planned_ms + run.paused_ms - run.elapsed_ms
    if run.record.planned_ms and left_ms < LEAST_LEFT_MS:
        return "its load is about to end"
    return why_never(run)
