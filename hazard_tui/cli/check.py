"""`hazard check`: one iteration of every task by one user, through the real engine."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hazard_tui.cli import options
from hazard_tui.errors import EXIT_FAILED, EXIT_OK, EXIT_USAGE, PlanError

if TYPE_CHECKING:
    from hazard_tui.plan.model import Plan
    from hazard_tui.rpc.gen.hazard.v1 import worker_pb2


def add_verbs(verbs: Any) -> None:
    """Adds `check`."""
    parser = verbs.add_parser(
        "check",
        help="send every request once and show what happens",
        description="One user runs one iteration of every task, in order, through the engine that "
        "a run uses. Shows each request as sent, its timing, saves and asserts.",
    )
    parser.add_argument("plan", type=Path)
    options.add_target_options(parser)
    options.add_variable_options(parser)
    parser.add_argument(
        "--data-row",
        type=options.whole_number(32),
        default=0,
        metavar="N",
        help="row of data feeds, counted from 1",
    )
    parser.add_argument("--task", action="append", default=[], help="only this task (name or id)")
    parser.add_argument("-v", "--verbose", action="store_true", help="headers and bodies as well")
    parser.add_argument("--json", action="store_true", help="one JSON line per request")
    parser.set_defaults(handle=check_command)


def check_command(args: argparse.Namespace) -> int:
    """Checks a plan; exit 1 when a request, save or assert failed."""
    from hazard_tui.plan.environment import with_environment
    from hazard_tui.plan.findings import FindingSeverity, has_errors
    from hazard_tui.plan.inputs import collect_inputs
    from hazard_tui.plan.store import load_plan
    from hazard_tui.plan.validate import validate_plan
    from hazard_tui.rpc.payload import check_request

    plan = with_environment(load_plan(args.plan), map(Path, args.env), args.assignments)
    inputs = collect_inputs(plan, args.plan.parent, options.settings_of(args).secrets_path)
    findings = [*validate_plan(plan), *inputs.findings]
    errors = [one for one in findings if one.severity is FindingSeverity.ERROR]
    if has_errors(errors):
        listed = "\n".join(f"  {finding}" for finding in errors)
        raise PlanError(f"{args.plan} cannot be checked:\n{listed}")
    request = check_request(
        plan,
        inputs,
        connect_to=[options.connect_to(text) for text in args.connect_to],
        insecure=args.insecure,
        data_row=args.data_row,
        only=_task_ids(plan, args.task),
    )
    return options.run_async(_check(request, args))


def _task_ids(plan: Plan, wanted: list[str]) -> list[str]:
    found = []
    for text in wanted:
        ids = [task.id or task.name for task in plan.tasks if text in (task.id, task.name)]
        if not ids:
            names = ", ".join(task.name for task in plan.tasks)
            raise PlanError(f"there is no task {text!r}", hint=f"there are {names}")
        found += ids
    return found


async def _check(request: worker_pb2.CheckRequest, args: argparse.Namespace) -> int:
    from hazard_tui.rpc.engine_check import check

    code = EXIT_OK
    async for event in check(request):
        kind = event.WhichOneof("kind")
        if args.json:
            print(json.dumps(event_value(event)), flush=True)
        elif kind == "step":
            print(step_text(event.step, verbose=args.verbose), flush=True)
        elif kind == "finding":
            print(f"{event.finding.where}: {event.finding.what} {event.finding.fix}".strip())
        else:
            summary = event.summary
            print(f"{summary.requests} requests: {summary.ok} ok, {summary.failed} failed")
            if summary.tests:
                held = summary.tests - summary.tests_failed
                print(f"{summary.tests} tests: {held} ok, {summary.tests_failed} failed")
        if kind == "finding" and event.finding.severity == 2:
            code = EXIT_USAGE
        elif kind == "summary" and event.summary.failed and code == EXIT_OK:
            code = EXIT_FAILED
    return code


def step_text(step: worker_pb2.CheckStep, *, verbose: bool) -> str:
    """A checked request as lines of text."""
    from hazard_tui.rpc.check_text import script_text, timing_text

    status = step.response.first_line.partition(" ")[2] or step.error or step.error_kind
    mark = "ok  " if step.ok else "FAIL"
    lines = [f"{mark} {step.name}"]
    lines.append(f"       {step.request.first_line.rsplit(' HTTP/', 1)[0]}  ({step.url})")
    size = f"{step.response.body_bytes} bytes"
    lines.append(f"       {status}  {size}  {timing_text(step.timing)}")
    if step.error and step.response.first_line:
        lines.append(f"       error: {step.error}")
    lines += [f"       redirect {hop.status} {hop.url} -> {hop.location}" for hop in step.hops]
    for test in step.tests:
        shown = "ok  " if test.ok else "FAIL"
        lines.append(f"       test {shown} {test.name}")
        if test.message:
            lines.append(f"              {test.message}")
    for save in step.saves:
        value = save.value if save.found else f"NOT FOUND {save.error}"
        lines.append(f"       save {save.variable} = {value[:100]}")
    for script in step.scripts:
        error = f"  {script.error}" if script.error else ""
        lines.append(f"       {script_text(script)}{error}")
        lines += [f"         console: {line}" for line in script.console]
    if step.unresolved:
        lines.append(f"       sent literally: {', '.join(step.unresolved)}")
    if verbose:
        lines += message_lines(">", step.request) + message_lines("<", step.response)
    return "\n".join(lines)


def message_lines(sign: str, message: worker_pb2.HttpMessage) -> list[str]:
    """Head and body of a message, each line behind a sign."""
    lines = [f"       {sign} {message.first_line}"]
    lines += [
        f"       {sign} {header.name}: {header.value.decode('utf-8', 'replace')}"
        for header in message.headers
    ]
    if message.body:
        lines.append(f"       {sign}")
        body = message.body.decode("utf-8", "replace").splitlines()
        lines += [f"       {sign} {line}" for line in body]
    if message.truncated:
        lines.append(f"       {sign} … {message.body_bytes} bytes in all")
    return lines


def event_value(event: worker_pb2.CheckEvent) -> dict[str, Any]:
    """An event as plain values; bodies as text, or base64 when they are not UTF-8."""
    from google.protobuf.json_format import MessageToDict

    kind = event.WhichOneof("kind") or ""
    value: dict[str, Any] = MessageToDict(
        getattr(event, kind),
        preserving_proto_field_name=True,
        always_print_fields_with_no_presence=True,
    )
    if kind == "step":
        for side in ("request", "response"):
            message = getattr(event.step, side)
            value.setdefault(side, {"first_line": "", "body_bytes": "0", "truncated": False})
            value[side]["headers"] = [
                [header.name, header.value.decode("latin-1")] for header in message.headers
            ]
            try:
                value[side]["body"] = message.body.decode("utf-8")
            except UnicodeDecodeError:
                value[side]["body_base64"] = value[side].pop("body")
    return {"type": kind, **value}
