"""Letting a running run go on with an edited plan.

The tasks and steps stay the same ones, so that every number keeps its meaning; what they send, save
and assert, weights, pauses, variables and thresholds may change. All workers change at one moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hazard_tui.controller.parts import now_us
from hazard_tui.controller.run import RESHARE_LEAD_US, Run
from hazard_tui.controller.worker_link import WorkerLink
from hazard_tui.errors import HazardError
from hazard_tui.plan.delta import change_text, changes_between
from hazard_tui.plan.findings import Finding, FindingSeverity, has_errors
from hazard_tui.plan.inputs import collect_inputs
from hazard_tui.plan.model import Plan
from hazard_tui.plan.validate import validate_plan
from hazard_tui.rpc.convert import finding_message, plan_message, plan_model, validation_findings
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2
from hazard_tui.rpc.payload import file_messages, secret_messages

EVENT = "plan-replaced"
SHOWN_CHANGES = 5


async def replace_plan(
    run: Run, request: control_pb2.ReplaceRunPlanRequest
) -> control_pb2.ReplaceRunPlanResponse:
    """Replaces the plan on every worker, or says in findings why not."""
    if run.record.state != control_pb2.RUN_STATE_RUNNING:
        return not_running(f"run {run.run_id} is not running")
    try:
        wanted = plan_model(request.plan)
    except ValidationError as exc:
        return _refused(validation_findings(exc))
    # The load is changed by commands of its own, and its moments count from the start.
    plan = wanted.model_copy(
        update={"stages": run.plan.stages, "max_users": run.plan.max_users, "seed": run.plan.seed}
    )
    findings = [*validate_plan(plan), *_stays_the_same(run.plan, plan)]
    if wanted.stages != run.plan.stages:
        findings.append(_load_stays())
    try:
        inputs = await asyncio.to_thread(
            collect_inputs, plan, Path(request.base_dir or "."), run.parts.settings.secrets_path
        )
    except HazardError as exc:
        return _refused([*findings, _error("bad-input", "", str(exc))])
    findings += inputs.findings
    changes = changes_between(run.plan, plan)
    if not changes:
        findings.append(_error("no-change", "", "the run follows this plan already"))
    if has_errors(findings):
        return _refused(findings)
    command = worker_pb2.ReplacePlan(
        plan=plan_message(plan), secrets=secret_messages(inputs), files=file_messages(inputs)
    )
    errors = await _tell_workers(run, command)
    version = 2 + sum(event.kind == EVENT for event in run.events)
    run.plan = plan
    run.record.plan.CopyFrom(command.plan)
    await run.parts.journal.call(run.parts.journal.recording.set_plan, run.run_id, command.plan)
    lines = [change_text(change) for change in changes]
    run.event(EVENT, "; ".join([f"plan version {version}: {_shortened(lines)}", *errors]))
    run.publish_record()
    return control_pb2.ReplaceRunPlanResponse(
        findings=map(finding_message, findings), plan_version=version, changes=lines
    )


def not_running(why: str) -> control_pb2.ReplaceRunPlanResponse:
    """The refusal when there is no such run to change."""
    return _refused([_error("not-running", "run", why)])


async def _tell_workers(run: Run, replacement: worker_pb2.ReplacePlan) -> list[str]:
    at_us = now_us() + RESHARE_LEAD_US

    def command(link: WorkerLink) -> dict[str, Any]:
        one = worker_pb2.ReplacePlan(at_unix_us=at_us + link.clock_offset_us)
        one.MergeFrom(replacement)
        return {"replace_plan": one}

    return await run.command_all(run.live_links, command)


def _stays_the_same(old: Plan, new: Plan) -> Iterator[Finding]:
    """Findings about what a running run cannot change."""
    for field, what in (
        ("feeds", "data feeds"),
        ("host_map", "mapped hosts"),
        ("allowed_targets", "allowed targets"),
    ):
        if getattr(old, field) != getattr(new, field):
            yield _error("run-keeps", field, f"the {what} of a running run cannot change")
    before, after = list(_shape(old)), list(_shape(new))
    if before != after:
        place = next(
            (
                new_one
                for old_one, new_one in zip(before, after, strict=False)
                if old_one != new_one
            ),
            after[len(before)] if len(after) > len(before) else before[len(after) - 1],
        )
        yield _error(
            "run-keeps", str(place[0]),
            "a running run keeps its tasks and steps, with their names and methods",
        )  # fmt: skip


def _shape(plan: Plan) -> Iterator[tuple[str, ...]]:
    yield ("task_order", plan.task_order.value)
    for common in (*plan.setup, *plan.shared_teardown):
        yield ("setup and teardown", common.scope.value)
    for task in plan.tasks:
        yield (f"task {task.name}", task.id, str(task.disabled), str(len(task.steps)))
    for step in plan.walk():
        method = step.request.method if step.request is not None else ""
        yield (f"step {step.name}", step.id, str(step.disabled), step.choice, method, *step.tags)


def _shortened(lines: list[str]) -> str:
    more = len(lines) - SHOWN_CHANGES
    return "; ".join([*lines[:SHOWN_CHANGES], *([f"and {more} more"] if more > 0 else [])])


def _refused(findings: list[Finding]) -> control_pb2.ReplaceRunPlanResponse:
    return control_pb2.ReplaceRunPlanResponse(findings=map(finding_message, findings))


def _error(code: str, where: str, what: str) -> Finding:
    return Finding(FindingSeverity.ERROR, code, where, what)


def _load_stays() -> Finding:
    return Finding(
        FindingSeverity.WARNING, "load-stays", "stages", "the run keeps the load that it has",
        fix="change users or rate of the run itself",
    )  # fmt: skip
