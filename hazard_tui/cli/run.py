"""`hazard run`, `attach`, `stop`, `status`: runs without the console."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hazard_tui.cli import options
from hazard_tui.errors import (
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    EXIT_OK,
    EXIT_REMOTE,
    HazardError,
    PlanError,
    RemoteError,
    UsageError,
)

if TYPE_CHECKING:
    from hazard_tui.cli.follow import Follower
    from hazard_tui.plan.model import Plan
    from hazard_tui.rpc.clients import ControllerClient
    from hazard_tui.rpc.gen.hazard.v1 import control_pb2


def add_verbs(verbs: Any) -> None:
    """Adds the verbs of this module."""
    parser = verbs.add_parser(
        "run",
        help="run a plan without the console",
        description="Runs a plan over the workers and prints a line a second, then a summary. "
        "^C stops gracefully, a second ^C cuts off what is in flight.",
    )
    parser.add_argument("plan", type=Path)
    options.add_load_options(parser)
    options.add_start_options(parser)
    _add_output_options(parser)
    parser.add_argument("--out", type=Path, metavar="DIR", help="write reports there at the end")
    parser.add_argument(
        "--join",
        action="store_true",
        help="workers that become ready meanwhile join the run; with --workers only those",
    )
    parser.add_argument("--mark-steps", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--detach", action="store_true", help="print the run's id and return")
    parser.set_defaults(handle=run_command)

    attach = verbs.add_parser("attach", help="follow a run, from its first second")
    attach.add_argument("run", nargs="?", default="", help="id or prefix; default: the newest")
    _add_output_options(attach)
    attach.set_defaults(handle=attach_command)

    stop = verbs.add_parser(
        "stop",
        help="stop a run; without an id every active one",
        description="Stops a run, also one that a console holds: a command may always.",
    )
    stop.add_argument("run", nargs="?", default="")
    stop.add_argument("--force", action="store_true", help="cut off what is in flight")
    stop.set_defaults(handle=stop_command)

    status = verbs.add_parser("status", help="controller, lab and active runs")
    status.add_argument("--json", action="store_true")
    status.set_defaults(handle=status_command)


def _add_output_options(parser: argparse.ArgumentParser) -> None:
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--plain", action="store_true", help="labelled lines (the default)")
    how.add_argument("--json", action="store_true", help="JSON lines; the last is the summary")


def run_command(args: argparse.Namespace) -> int:
    """Runs a plan to its end; exit 1 when a threshold was broken."""
    plan = runnable_plan(args, lambda plan: options.with_load(plan, args))
    return options.run_async(_run(args, plan))


def runnable_plan(args: argparse.Namespace, with_load: Callable[[Plan], Plan]) -> Plan:
    """The plan of the command line with its variables and a load. Raises `PlanError`."""
    from hazard_tui.plan.environment import with_environment
    from hazard_tui.plan.findings import FindingSeverity
    from hazard_tui.plan.store import load_plan
    from hazard_tui.plan.validate import validate_plan

    plan = with_load(with_environment(load_plan(args.plan), map(Path, args.env), args.assignments))
    findings = validate_plan(plan)
    errors = [one for one in findings if one.severity is FindingSeverity.ERROR]
    if errors:
        listed = "\n".join(f"  {finding}" for finding in errors)
        raise PlanError(f"{args.plan} cannot be run:\n{listed}")
    for finding in findings:
        print(finding, file=sys.stderr)
    return plan


async def _run(args: argparse.Namespace, plan: Plan) -> int:
    from hazard_tui.cli.follow import Follower
    from hazard_tui.controller.launch import ensure_controller
    from hazard_tui.rpc.clients import ControllerClient

    settings = options.settings_of(args)
    if args.out is not None:
        _make_folder(args.out)
    socket_path = await ensure_controller(settings)
    async with ControllerClient(socket_path) as client:
        answer = await client.start_run(start_request(args, plan))
        raise_refusal(answer)
        if args.detach:
            print(
                json.dumps({"type": "start", "run_id": answer.run_id})
                if args.json
                else answer.run_id
            )
            return EXIT_OK
        follower = Follower(as_json=args.json)
        code = await follow_with_stop(client, answer.run_id, follower, stop_on_interrupt=True)
        if args.out is not None:
            follower.write_reports(args.out)
        return code


def _make_folder(folder: Path) -> None:
    """Makes the folder of reports before there is any load. Raises `UsageError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise UsageError(
            f"--out {folder} cannot be a folder: {exc.strerror}", hint="the run was not started"
        ) from exc


def start_request(args: argparse.Namespace, plan: Plan) -> control_pb2.StartRunRequest:
    """The start that the command line asks for. Raises `UsageError`."""
    from hazard_tui.rpc.convert import plan_message
    from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2

    workers = [] if args.workers == "all" else [one for one in args.workers.split(",") if one]
    if args.workers != "all" and not workers:
        raise UsageError("--workers names no worker")
    return control_pb2.StartRunRequest(
        plan=plan_message(plan),
        base_dir=str(args.plan.resolve().parent),
        plan_path=str(args.plan),
        workers=workers,
        note=args.note,
        join=getattr(args, "join", False),
        options=worker_pb2.RunOptions(
            connect_to=[options.connect_to(text) for text in args.connect_to],
            insecure=args.insecure,
            seed=args.seed,
            mark_steps=args.mark_steps,
        ),
    )


def raise_refusal(answer: control_pb2.StartRunResponse) -> None:
    """Raises the error that says why no run was started."""
    if answer.run_id:
        return
    if answer.error:
        kind = RemoteError if answer.remote_error else UsageError
        raise kind(answer.error, hint=answer.hint)
    listed = "\n".join(
        f"  {one.where}: {one.what} {one.why} {one.fix}".rstrip() for one in answer.findings
    )
    raise PlanError(f"the run was not started:\n{listed}")


async def follow_with_stop(
    client: ControllerClient, run_id: str, follower: Follower, *, stop_on_interrupt: bool
) -> int:
    """Prints a run until its end. ^C stops it (or only stops following); its exit code."""
    import asyncio

    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(_follow(client, run_id, follower))
    presses = 0
    asked: set[asyncio.Task[object]] = set()

    def interrupted() -> None:
        nonlocal presses
        presses += 1
        if not stop_on_interrupt:
            task.cancel()
            return
        word = "stopping; ^C again cuts off" if presses == 1 else "cutting off"
        print(f"hazard: {word}", file=sys.stderr, flush=True)
        stop = asyncio.ensure_future(client.stop_run(run_id, force=presses > 1))
        asked.add(stop)
        stop.add_done_callback(asked.discard)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupted)
    try:
        code = await task
    except asyncio.CancelledError:
        print(f"hazard: the run goes on; `hazard attach {run_id[:8]}`", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        print(f"hazard: nobody reads on; the run goes on: `hazard stop {run_id}`", file=sys.stderr)
        raise
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
    return EXIT_INTERRUPTED if presses else code


MOST_RECONNECTS = 30
RECONNECT_PAUSE_S = 1.0


async def _follow(client: ControllerClient, run_id: str, follower: Follower) -> int:
    """Prints until the end, reconnecting where the stream broke."""
    import asyncio

    broken = 0
    while True:
        try:
            async for update in client.watch_run(run_id, from_second=follower.next_second):
                broken = 0
                follower.take(update)
            if follower.ended:
                break
        except RemoteError:
            broken += 1
            if broken > MOST_RECONNECTS:
                raise
        await asyncio.sleep(RECONNECT_PAUSE_S)
    follower.finish()
    return exit_code(follower.record)


def exit_code(record: Any) -> int:
    """Exit code of a run that has ended.

    A setup step whose answer did not hold is a check that failed (1), one that got no answer is a
    remote part that could not be reached (3), as are lost workers.
    """
    from hazard_tui.report.summary import state_word
    from hazard_tui.stats.verdict import SETUP_FAILED

    word = state_word(record)
    if any(not one.ok for one in record.thresholds):
        return EXIT_FAILED
    codes = {reason.code for reason in record.verdict.reasons}
    if SETUP_FAILED in codes:
        return EXIT_FAILED
    if word in ("failed", "aborted"):
        return EXIT_REMOTE
    if "not-recorded" in codes:
        return EXIT_FAILED
    return EXIT_INTERRUPTED if word == "stopped" else EXIT_OK


def attach_command(args: argparse.Namespace) -> int:
    """Follows a run; on a terminal in the console, else as text."""
    if not args.plain and not args.json and sys.stdin.isatty() and sys.stdout.isatty():
        from hazard_tui.cli.console import open_console

        return open_console(args, attach=args.run)
    return options.run_async(_attach(args))


async def _attach(args: argparse.Namespace) -> int:
    from hazard_tui.cli.follow import Follower
    from hazard_tui.controller.launch import ensure_controller
    from hazard_tui.rpc.clients import ControllerClient

    async with ControllerClient(await ensure_controller(options.settings_of(args))) as client:
        record = await client.get_run(args.run)
        follower = Follower(as_json=args.json)
        return await follow_with_stop(client, record.run_id, follower, stop_on_interrupt=False)


def stop_command(args: argparse.Namespace) -> int:
    """Asks runs to stop; exit 2 when nothing was running."""
    return options.run_async(_stop(args))


async def _stop(args: argparse.Namespace) -> int:
    from hazard_tui.rpc.clients import ControllerClient

    settings = options.settings_of(args)
    if not settings.socket_path.exists():
        raise UsageError("nothing is running: there is no controller")
    async with ControllerClient(settings.socket_path) as client:
        stopped = await client.stop_run(args.run, force=args.force)
    if not stopped:
        raise UsageError("nothing is running")
    for run_id in stopped:
        print(f"stopping {run_id}")
    return EXIT_OK


def status_command(args: argparse.Namespace) -> int:
    """Prints what is up; starts nothing."""
    return options.run_async(_status(args))


async def _status(args: argparse.Namespace) -> int:
    from hazard_tui.controller.lab import lab_status
    from hazard_tui.rpc.clients import ControllerClient

    settings = options.settings_of(args)
    lab = lab_status(settings).summary()
    value: dict[str, Any] = {"type": "status", "controller": None, "lab": lab, "runs": []}
    if settings.socket_path.exists():
        try:
            async with ControllerClient(settings.socket_path) as client:
                info = await client.info(timeout_s=3)
                value["controller"] = {
                    "pid": info.pid,
                    "version": info.version,
                    "etcd": info.etcd,
                    "etcd_connected": info.etcd_connected,
                    "data_dir": info.data_dir,
                    "metrics_url": info.metrics_url,
                }
                value["runs"] = list(info.active_runs)
        except HazardError as exc:
            value["controller"] = {"error": str(exc)}
    if args.json:
        print(json.dumps(value, default=str))
        return EXIT_OK
    for name in ("controller", "lab"):
        print(f"{name:11} {_plain(value[name])}")
    print(f"{'runs':11} {', '.join(value['runs']) or 'none'}")
    return EXIT_OK


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not value:
        return "not running"
    if isinstance(value, dict):
        known = {key: inner for key, inner in value.items() if inner not in ("", None, [])}
        return ", ".join(f"{key.replace('_', ' ')} {_plain(inner)}" for key, inner in known.items())
    if isinstance(value, list):
        return " ".join(map(str, value))
    return str(value)
