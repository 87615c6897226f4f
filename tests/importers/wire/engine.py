"""What the engine sends for a plan, through `hazard-worker check`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hazard_tui.errors import RemoteError
from hazard_tui.plan.inputs import Inputs, file_refs
from hazard_tui.plan.model import Plan, Step
from hazard_tui.plan.request import Policies, Request
from hazard_tui.rpc.engine_check import check
from hazard_tui.rpc.payload import check_request
from importers.findings import ImportResult
from tests.support.capture import Capture, Captured


async def sent_by_engine(
    result: ImportResult, capture: Capture, folder: Path
) -> tuple[list[Captured], list[str]]:
    """(requests, what the engine complains about) of one iteration.

    Every host is the capture server, proxies are not used, files are those of `folder`.
    """
    runnable = _without_what_curl_does_not_send(result.plan, folder)
    return await sent_by_recording(replace(result, plan=runnable), capture, folder)


async def sent_by_recording(
    result: ImportResult, capture: Capture, folder: Path
) -> tuple[list[Captured], list[str]]:
    """(requests, what the engine complains about) of one iteration of an import as it stands."""
    plan, files = result.plan, {}
    for _, reference in file_refs(plan):
        path = folder / reference.path
        # curl takes the data of a missing file as empty.
        files[reference.path] = path.read_bytes() if path.is_file() else b""
    connect_to = [f"::127.0.0.1:{capture.port}"]
    request = check_request(
        plan, Inputs(files=files, secrets=dict(result.secrets)), connect_to=connect_to
    )
    complaints: list[str] = []
    try:
        async for event in check(request, timeout_s=60):
            if event.HasField("finding"):
                complaints.append(f"{event.finding.where}: {event.finding.what}")
            elif event.HasField("step") and event.step.error:
                complaints.append(f"{event.step.name}: {event.step.error}")
    except RemoteError as exc:
        complaints.append(str(exc))
    return capture.taken(), complaints


def _without_what_curl_does_not_send(plan: Plan, folder: Path) -> Plan:
    """The plan without proxies and without uploads of files that are not there."""
    tasks = tuple(
        task.model_copy(
            update={"steps": tuple(_direct(step) for step in task.steps if _sendable(step, folder))}
        )
        for task in plan.tasks
    )
    return plan.model_copy(update={"tasks": tasks, "defaults": _no_proxy(plan.defaults)})


def _direct(step: Step) -> Step:
    request = step.request
    assert request is not None
    policies = _no_proxy(request.policies)
    return step.model_copy(update={"request": request.model_copy(update={"policies": policies})})


def _no_proxy(policies: Policies | None) -> Policies | None:
    return None if policies is None else policies.model_copy(update={"proxy": None})


def _sendable(step: Step, folder: Path) -> bool:
    """curl gives up on a missing file of `-T` and `-F`; data from one is empty."""
    assert step.request is not None
    return all((folder / path).is_file() for path in _uploads(step.request))


def _uploads(request: Request) -> list[str]:
    body = request.body
    if body is None:
        return []
    if body.file is not None and body.file.file is not None and not body.content_type:
        return [body.file.file.path]
    parts = body.multipart.parts if body.multipart is not None else ()
    return [part.file.path for part in parts if part.file is not None]
