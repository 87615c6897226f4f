"""Letting a running run go on with an edited plan.

Every worker compiles the plan beside the one that runs; when all are ready they switch at one
moment, and when one cannot, nothing changes. What keeps its task, name and method goes on counting
under its number; what is new gets numbers behind, and what was taken out keeps its counts.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hazard_tui.controller.parts import now_us
from hazard_tui.controller.resharing import RESHARE_LEAD_US
from hazard_tui.controller.run import Run
from hazard_tui.controller.run_context import keep_context
from hazard_tui.controller.worker_link import WorkerLink
from hazard_tui.errors import HazardError
from hazard_tui.plan.delta import change_text, changes_between
from hazard_tui.plan.findings import Finding, FindingSeverity, has_errors
from hazard_tui.plan.inputs import Inputs, collect_inputs
from hazard_tui.plan.model import Plan, SetupScope
from hazard_tui.plan.validate import validate_plan
from hazard_tui.rpc.convert import finding_message, plan_message, plan_model, validation_findings
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, plan_pb2, worker_pb2
from hazard_tui.rpc.payload import feed_messages, file_messages, secret_messages
from hazard_tui.stats.recording import RecordingError

EVENT = "plan-replaced"
SHOWN_CHANGES = 5
KEPT_CHANGES = 50
"""Changes of a version that the record lists."""
PREPARE_TIMEOUT_S = 60.0
NAMED_WORKERS = 3
KEPT = ("stages", "max_users", "seed")
"""Fields of the plan that a running run keeps: the load has commands of its own."""


@dataclass(slots=True)
class _Refused(Exception):
    """Why the run goes on as before."""

    findings: list[Finding]


async def replace_plan(
    run: Run, request: control_pb2.ReplaceRunPlanRequest
) -> control_pb2.ReplaceRunPlanResponse:
    """Replaces the plan on every worker, or says in findings why not."""
    try:
        async with run.changing:
            return await _replace(run, request)
    except _Refused as exc:
        return control_pb2.ReplaceRunPlanResponse(findings=map(finding_message, exc.findings))


def not_running(why: str) -> control_pb2.ReplaceRunPlanResponse:
    """The refusal when there is no such run to change."""
    refusal = finding_message(_error("not-running", "run", why))
    return control_pb2.ReplaceRunPlanResponse(findings=[refusal])


async def repeat_switch(run: Run) -> None:
    """After a controller's end: its last version holds, though it may not have said so any more."""
    version = run.record.plan_version
    if version > 1:
        switch = worker_pb2.SwitchPlan(version=version)
        await run.command_all(run.live_links, lambda _: {"switch_plan": switch})


async def _replace(
    run: Run, request: control_pb2.ReplaceRunPlanRequest
) -> control_pb2.ReplaceRunPlanResponse:
    if run.record.state != control_pb2.RUN_STATE_RUNNING:
        raise _Refused([_error("not-running", "run", f"run {run.run_id} is not running")])
    plan, findings = _wanted(run, request)
    inputs = await _inputs_of(run, request, plan, findings)
    digests = await asyncio.to_thread(inputs.digests)
    lines = [change_text(change) for change in changes_between(run.plan, plan)]
    lines += [
        f"{name} has another content"
        for name, digest in digests.items()
        if run.input_digests.get(name, digest) != digest
    ]
    if not lines:
        findings.append(_error("no-change", "", "the run follows this plan already"))
    if has_errors(findings):
        raise _Refused(findings)
    version = max(run.record.plan_version, 1) + 1
    command = worker_pb2.PreparePlan(
        version=version,
        plan=plan_message(plan),
        secrets=secret_messages(inputs),
        files=file_messages(inputs),
        feeds=feed_messages(inputs),
        attempt=secrets.randbits(62) + 1,
    )
    shares = {link.worker_id: (link.share.index, link.share.count) for link in run.live_links}
    ready = await _prepare_workers(run, command)
    lines = [*_moved_steps(ready[0][1].entries, version), *lines]
    at_us = now_us() + RESHARE_LEAD_US
    await _record(run, command, ready, lines, at_us)
    run.plan, run.input_digests = plan, digests
    run.handover.follow(plan, {name: len(table.rows) for name, table in inputs.feeds.items()})
    for feed in ready[0][1].feeds_begun:
        run.handover.begin_feed(feed, shares)
    run.base_dir = request.base_dir
    await keep_context(run)
    # Watchers know the names of new steps before any number of them comes.
    run.publish_record()
    errors = await _switch_workers(run, version, ready, at_us)
    # Before the moment the frames are those of the old plan, and so is the event's place.
    await asyncio.sleep(max(at_us - now_us(), 0) / 1e6)
    run.event(EVENT, "; ".join([f"plan version {version}: {_shortened(lines)}", *errors]))
    run.publish_record()
    return control_pb2.ReplaceRunPlanResponse(
        findings=map(finding_message, findings), plan_version=version, changes=lines
    )


def _wanted(run: Run, request: control_pb2.ReplaceRunPlanRequest) -> tuple[Plan, list[Finding]]:
    """The plan with which the run would go on, and what there is to say of it."""
    try:
        wanted = plan_model(request.plan)
    except ValidationError as exc:
        raise _Refused(validation_findings(exc)) from exc
    plan = wanted.model_copy(update={name: getattr(run.plan, name) for name in KEPT})
    findings = [*validate_plan(plan), *setup_is_over(run.plan, plan)]
    findings += [
        _warning(
            "load-stays", name, "the run keeps the load that it has",
            "change users or rate of the run itself",
        )
        for name in KEPT
        if name != "seed" and getattr(wanted, name) != getattr(run.plan, name)
    ]  # fmt: skip
    return plan, findings


async def _inputs_of(
    run: Run, request: control_pb2.ReplaceRunPlanRequest, plan: Plan, findings: list[Finding]
) -> Inputs:
    try:
        inputs = await asyncio.to_thread(
            collect_inputs, plan, Path(request.base_dir or "."), run.parts.settings.secrets_path
        )
    except HazardError as exc:
        raise _Refused([*findings, _error("bad-input", "", str(exc))]) from exc
    findings += inputs.findings
    return inputs


# ---- workers ----

Ready = list[tuple[WorkerLink, worker_pb2.PlanReady]]


async def _prepare_workers(run: Run, command: worker_pb2.PreparePlan) -> Ready:
    """What every worker says of the plan. Raises `_Refused` unless all of them can switch."""
    links = run.live_links
    answers = await asyncio.gather(*(_prepare_on(link, command) for link in links))
    findings = worker_findings(
        [(link.address, one) for link, one in zip(links, answers, strict=True)]
    )
    if not findings and (run.live_links != links or run.handing_over or not links):
        gone = [link.address for link in links if not link.is_live]
        what = f"{_named(gone, len(links))} was lost meanwhile" if gone else "the workers changed"
        findings.append(_error("worker-lost", "workers", what, "do it once more"))
    if not findings and run.record.state != control_pb2.RUN_STATE_RUNNING:
        findings.append(_error("not-running", "run", f"run {run.run_id} ended meanwhile"))
    if findings:
        raise _Refused(findings)
    ready = [
        (link, answer)
        for link, answer in zip(links, answers, strict=True)
        if isinstance(answer, worker_pb2.PlanReady)
    ]
    numbers = {tuple(one.SerializeToString() for one in answer.entries) for _, answer in ready}
    if len(numbers) > 1:
        raise _Refused([_error("entries", "workers", "the workers number the steps differently")])
    return ready


async def _prepare_on(
    link: WorkerLink, command: worker_pb2.PreparePlan
) -> worker_pb2.PlanReady | str:
    """What a worker says of the plan, or why it says nothing."""
    one = worker_pb2.PreparePlan(share=link.share)
    one.MergeFrom(command)
    error = await link.command(prepare_plan=one)
    if error:
        return error
    answer = await link.wait_plan_ready(command.attempt, PREPARE_TIMEOUT_S)
    if answer is None:
        why = link.reason or f"it did not prepare the plan in {PREPARE_TIMEOUT_S:g} s"
        return f"worker {link.address}: {why}"
    return answer


def worker_findings(answers: Sequence[tuple[str, worker_pb2.PlanReady | str]]) -> list[Finding]:
    """Why workers would not switch: each reason once, with the workers that gave it.

    `answers` are addresses with what the worker said of the plan, or why it said nothing.
    """
    given: dict[tuple[str, str, str, str, str], list[str]] = {}
    silent = [_error("not-prepared", "workers", one) for _, one in answers if isinstance(one, str)]
    for address, answer in answers:
        for one in () if isinstance(answer, str) else answer.findings:
            if one.severity == worker_pb2.FINDING_SEVERITY_ERROR:
                key = (one.code, one.where, one.what, one.why, one.fix)
                given.setdefault(key, []).append(address)
    return silent + [
        Finding(
            FindingSeverity.ERROR, code, where, f"{_named(who, len(answers))}: {what}", why, fix
        )
        for (code, where, what, why, fix), who in given.items()
    ]


def _named(addresses: list[str], workers: int) -> str:
    word = "worker" if len(addresses) == 1 else "workers"
    if len(addresses) <= NAMED_WORKERS:
        return f"{word} {', '.join(addresses)}"
    return f"{len(addresses)} of {workers} workers ({', '.join(addresses[:NAMED_WORKERS])} …)"


async def _switch_workers(run: Run, version: int, ready: Ready, at_us: int) -> list[str]:
    answers = {link.worker_id: answer for link, answer in ready}

    def command(link: WorkerLink) -> dict[str, Any]:
        rows = answers[link.worker_id].rows
        allowed = run.handover.allow(link.worker_id, worker_pb2.RowsAsked(streams=rows))
        switch = worker_pb2.SwitchPlan(
            version=version,
            at_unix_us=at_us + link.clock_offset_us,
            rows=allowed.streams if allowed is not None else (),
        )
        return {"switch_plan": switch}

    return await run.command_all([link for link, _ in ready], command)


async def _record(
    run: Run, command: worker_pb2.PreparePlan, ready: Ready, lines: list[str], at_us: int
) -> None:
    """Records the version before any worker follows it, so that no number is without its name."""
    version = control_pb2.PlanVersion(
        version=command.version,
        at_unix_ms=at_us // 1000,
        changes=lines[:KEPT_CHANGES],
        more=max(0, len(lines) - KEPT_CHANGES),
    )
    record = control_pb2.RunRecord()
    record.CopyFrom(run.record)
    _follow(record, command.plan, version, ready)
    journal = run.parts.journal
    try:
        await journal.call(journal.recording.set_plan, record)
    except RecordingError as exc:
        raise _Refused([_error("not-recorded", "run", str(exc), exc.hint)]) from exc
    _follow(run.record, command.plan, version, ready)


def _follow(
    record: control_pb2.RunRecord,
    plan: plan_pb2.Plan,
    version: control_pb2.PlanVersion,
    ready: Ready,
) -> None:
    record.plan.CopyFrom(plan)
    record.plan_version = version.version
    record.plan_versions.append(version)
    del record.entries[:]
    record.entries.extend(ready[0][1].entries)


# ---- what cannot change any more ----


def setup_is_over(old: Plan, new: Plan) -> Iterator[Finding]:
    """Findings about setup steps, which have run already."""
    known = {(one.scope, one.step.name): one for one in old.setup if one.step is not None}
    for index, one in enumerate(new.setup):
        if one.step is None or one.step.disabled or one in old.setup:
            continue
        name, where = one.step.name, f"setup[{index}]"
        before = known.get((one.scope, name))
        if one.scope is SetupScope.USER:
            yield _warning(
                "setup-is-over", where,
                f"users that run already have done their setup: {name!r} is for new ones",
            )  # fmt: skip
        elif before is not None and before.step is not None and not before.step.disabled:
            yield _warning(
                "setup-is-over", where,
                f"the setup of the {one.scope} has run: {name!r} changes with the next start",
            )  # fmt: skip
        else:
            yield _error(
                "setup-is-over", where,
                f"the setup of the {one.scope} has run, and {name!r} would never run",
                "give it the scope user, or stop the run and start it anew",
            )  # fmt: skip


def _moved_steps(entries: Iterable[worker_pb2.StepEntry], version: int) -> Iterator[str]:
    """What a version brings and what it takes out, by name."""
    shown = [one for one in entries if one.kind != worker_pb2.ENTRY_KIND_ITERATION]
    fresh = [one.name for one in shown if one.plan_version_from == version]
    gone = [one.name for one in shown if one.plan_version_to == version - 1]
    for word, names in (("new", fresh), ("taken out", gone)):
        if names:
            more = len(names) - SHOWN_CHANGES
            listed = [*names[:SHOWN_CHANGES], *([f"and {more} more"] if more > 0 else [])]
            yield f"{word}: {', '.join(listed)}"


def _shortened(lines: list[str]) -> str:
    more = len(lines) - SHOWN_CHANGES
    return "; ".join([*lines[:SHOWN_CHANGES], *([f"and {more} more"] if more > 0 else [])])


def _error(code: str, where: str, what: str, fix: str = "") -> Finding:
    return Finding(FindingSeverity.ERROR, code, where, what, fix=fix)


def _warning(code: str, where: str, what: str, fix: str = "") -> Finding:
    return Finding(FindingSeverity.WARNING, code, where, what, fix=fix)
