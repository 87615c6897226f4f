"""From a StartRun request to a prepared run: plan, inputs, workers, Locust, engines."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from hazard_tui.controller.load import not_after_ms, planned_ms
from hazard_tui.controller.locust_child import LocustChild, start_locust
from hazard_tui.controller.parts import Parts, now_ms
from hazard_tui.controller.prepare import Progress, prepare_engines
from hazard_tui.controller.run import Run
from hazard_tui.controller.run_context import context_of
from hazard_tui.controller.worker_link import WorkerLink
from hazard_tui.errors import HazardError, RemoteError, SetupError
from hazard_tui.plan.findings import Finding, has_errors
from hazard_tui.plan.inputs import Inputs, collect_inputs
from hazard_tui.plan.model import Plan
from hazard_tui.plan.validate import validate_plan
from hazard_tui.rpc.clients import WorkerClient
from hazard_tui.rpc.convert import (
    finding_message,
    plan_message,
    plan_model,
    validation_findings,
)
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2
from hazard_tui.rpc.payload import feed_messages, file_messages, secret_messages
from hazard_tui.stats.recording import require_room

FIRST_EPOCH = 1


@dataclass(slots=True)
class _NotStarted(Exception):
    """Why no run was started."""

    response: control_pb2.StartRunResponse


def new_run_id() -> str:
    """An id that sorts by time, such as `20261124-184205-3f9a`."""
    return f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{secrets.token_hex(2)}"


async def prepare_run(
    parts: Parts,
    request: control_pb2.StartRunRequest,
    busy: Collection[str],
    progress: Progress | None = None,
) -> tuple[control_pb2.StartRunResponse, Run | None]:
    """A run whose workers are prepared, or the reasons why there is none.

    `busy` are workers of other runs, which a fresh run may not have been seen in yet.
    """
    try:
        plan, findings = _read_plan(request)
        require_room(parts.settings.data_dir)
        inputs = await asyncio.to_thread(
            collect_inputs, plan, Path(request.base_dir or "."), parts.settings.secrets_path
        )
        findings += inputs.findings
        if has_errors(findings):
            raise _NotStarted(_with_findings(findings))
        chosen = await parts.fleet.choose_soon(list(request.workers), busy)
        if progress is not None:
            progress.chose([one.info.worker_id for one in chosen])
        run = _new_run(parts, request, plan)
        await _prepare(run, chosen, inputs, progress)
        response = _with_findings(findings)
        response.run_id = run.run_id
        return response, run
    except _NotStarted as exc:
        return exc.response, None
    except HazardError as exc:
        remote = isinstance(exc, (RemoteError, SetupError))
        return (
            control_pb2.StartRunResponse(error=str(exc), hint=exc.hint, remote_error=remote),
            None,
        )


def _with_findings(findings: list[Finding]) -> control_pb2.StartRunResponse:
    return control_pb2.StartRunResponse(findings=map(finding_message, findings))


def _read_plan(request: control_pb2.StartRunRequest) -> tuple[Plan, list[Finding]]:
    try:
        plan = plan_model(request.plan)
    except ValidationError as exc:
        raise _NotStarted(_with_findings(validation_findings(exc))) from exc
    return plan, validate_plan(plan)


def _new_run(parts: Parts, request: control_pb2.StartRunRequest, plan: Plan) -> Run:
    record = control_pb2.RunRecord(
        run_id=new_run_id(),
        state=control_pb2.RUN_STATE_PREPARING,
        plan_name=plan.name or Path(request.plan_path).name,
        plan_path=request.plan_path,
        plan=plan_message(plan),
        created_unix_ms=now_ms(),
        planned_ms=planned_ms(plan.stages),
        options=request.options,
        note=request.note,
        join=request.join,
    )
    # The seed is always recorded, so that the same requests can be made again.
    record.options.seed = request.options.seed or plan.seed or secrets.randbits(62) + 1
    run = Run(parts, record, plan, FIRST_EPOCH)
    run.not_after_ms = not_after_ms(now_ms(), plan.stages)
    run.base_dir, run.join_names = request.base_dir, tuple(request.workers)
    return run


async def _prepare(
    run: Run,
    chosen: list[control_pb2.WorkerRecord],
    inputs: Inputs,
    progress: Progress | None,
) -> None:
    """Starts Locust and every engine at the same time. Raises what stops the start."""
    run.handover.row_counts = {name: len(table.rows) for name, table in inputs.feeds.items()}
    run.input_digests = await asyncio.to_thread(inputs.digests)
    for index, worker in enumerate(chosen):
        share = worker_pb2.Share(index=index, count=len(chosen))
        run.add_link(link_to(run, worker, share))
    locust_task = asyncio.create_task(_start_locust(run))
    try:
        tasks = await prepare_engines(
            run.links.values(), lambda link: prepare_request(run, link, inputs), progress
        )
        _judge(run, tasks)
        run.locust = await locust_task
        run.record.locust_url = run.locust.url
        run.refresh_record()
        await run.parts.journal.call(
            run.parts.journal.recording.add_run, run.record, run.epoch, context_of(run)
        )
    except BaseException:
        await _undo(run, locust_task)
        raise


def link_to(
    run: Run, worker: control_pb2.WorkerRecord, share: worker_pb2.Share, seq_before: int = 0
) -> WorkerLink:
    """A link to a worker of the fleet."""
    client = WorkerClient(worker.info.address, run.parts.settings.tls)
    link = WorkerLink(client, run, run.run_id, run.epoch, worker.info, share, seq_before)
    link.clock_offset_us = worker.clock_offset_us
    return link


async def _start_locust(run: Run) -> LocustChild:
    settings = run.parts.settings
    return await start_locust(
        settings.runtime_dir / f"locust-{run.run_id[-11:]}.sock",
        settings.data_dir / "logs" / f"{run.run_id}-locust.log",
    )


def prepare_request(run: Run, link: WorkerLink, inputs: Inputs) -> worker_pb2.PrepareRequest:
    """What an engine needs to get ready."""
    return worker_pb2.PrepareRequest(
        run_id=run.run_id,
        epoch=run.epoch,
        plan=run.record.plan,
        share=link.share,
        options=run.record.options,
        # The worker's clock decides, and it may differ from ours.
        not_after_unix_ms=run.not_after_ms + link.clock_offset_us // 1000,
        secrets=secret_messages(inputs),
        feeds=feed_messages(inputs),
        files=file_messages(inputs),
        hand_over=True,
        plan_version=run.record.plan_version,
        entries=run.record.entries,
    )


def _judge(run: Run, tasks: list[asyncio.Task[worker_pb2.PrepareResponse]]) -> None:
    """Raises unless every worker is ready."""
    problems: list[str] = []
    findings: dict[bytes, worker_pb2.Finding] = {}
    for link, task in zip(run.links.values(), tasks, strict=True):
        error = task.exception()
        if error is not None:
            if not isinstance(error, HazardError):
                raise error
            problems.append(str(error))
            continue
        answer = task.result()
        for finding in answer.findings:
            findings[finding.SerializeToString(deterministic=True)] = finding
        if not answer.ready and not answer.findings:
            problems.append(f"worker {link.address} is not ready and does not say why")
        if answer.HasField("floor"):
            link.floor = answer.floor
        if not run.record.entries:
            run.record.entries.extend(answer.entries)
    errors = [one for one in findings.values() if one.severity == worker_pb2.FINDING_SEVERITY_ERROR]
    if errors:
        raise _NotStarted(control_pb2.StartRunResponse(findings=findings.values()))
    if problems:
        raise RemoteError("; ".join(problems), hint="`hazard workers` shows their state")


async def _undo(run: Run, locust_task: asyncio.Task[LocustChild]) -> None:
    async def discard(link: WorkerLink) -> None:
        if link.holding is not None:
            link.holding.end()
        with contextlib.suppress(RemoteError):
            await link.client.discard(run.run_id, run.epoch, timeout_s=3.0)
        await link.client.close()

    await asyncio.wait([locust_task])
    await asyncio.gather(*(discard(link) for link in run.links.values()))
    if not locust_task.cancelled() and locust_task.exception() is None:
        with contextlib.suppress(RemoteError):
            await locust_task.result().end()
