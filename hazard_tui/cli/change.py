"""`hazard change`: another load, an edited plan or more workers for a run that goes on."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hazard_tui.cli import options
from hazard_tui.errors import EXIT_OK, EXIT_REMOTE, PlanError, RemoteError, UsageError

if TYPE_CHECKING:
    from hazard_tui.plan.model import Plan
    from hazard_tui.rpc.clients import ControllerClient


def add_verbs(verbs: Any) -> None:
    """Adds `change`."""
    parser = verbs.add_parser(
        "change",
        help="another load, an edited plan or more workers for a run that goes on",
        description="Changes a running run: users, rate, a pause, its workers, or its plan. With "
        "--plan all workers go on with the edited file at one moment, or none does and it says "
        "which worker refuses and why. Steps that keep task, name and method go on counting, "
        "others begin; users end their iteration and keep cookies, rows and what they saved. With "
        "--add-worker more workers take their share of users and rate; the load stays what it is. "
        "Every change is an event of the run. A command may change a run also while a console "
        "holds it.",
    )
    parser.add_argument("run", nargs="?", default="", help="id or prefix; default: the only one")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--users", type=options.finite_number, metavar="N", help="hold N users")
    what.add_argument(
        "--rate", type=options.finite_number, metavar="R", help="hold R iterations per second"
    )
    what.add_argument("--pause", action="store_true", help="no new iterations")
    what.add_argument("--resume", action="store_true", help="go on after a pause")
    what.add_argument("--plan", type=Path, metavar="PLAN", help="go on with the edited plan")
    what.add_argument(
        "--add-worker",
        action="append",
        default=None,
        metavar="all|ID,…",
        help="let workers join: ids, prefixes or addresses, or all that are ready (repeatable)",
    )
    parser.add_argument(
        "--spacing",
        choices=("uniform", "poisson"),
        help="of --rate: evenly or at random; default: as before",
    )
    options.add_variable_options(parser)
    parser.add_argument("--json", action="store_true", help="one JSON line")
    parser.set_defaults(handle=change_command)


def change_command(args: argparse.Namespace) -> int:
    """Changes a running run; exit 2 when it cannot be, 3 when a worker cannot join."""
    if args.spacing and args.rate is None:
        raise UsageError("--spacing belongs to --rate")
    plan = None
    if args.plan is not None:
        from hazard_tui.cli.run import runnable_plan

        plan = runnable_plan(args, lambda plan: plan)
    elif args.env or args.assignments:
        raise UsageError("--env and --set belong to --plan")
    return options.run_async(_change(args, plan))


async def _change(args: argparse.Namespace, plan: Plan | None) -> int:
    from hazard_tui.rpc.clients import ControllerClient

    settings = options.settings_of(args)
    if not settings.socket_path.exists():
        raise UsageError("nothing is running: there is no controller")
    async with ControllerClient(settings.socket_path) as client:
        if args.add_worker is not None:
            said = await _workers(client, args)
        else:
            said = await (_load(client, args) if plan is None else _plan(client, args, plan))
    if args.json:
        print(json.dumps({"type": "change", **said}))
    else:
        print("\n".join(said["lines"]))
    return EXIT_REMOTE if said.get("problems") else EXIT_OK


async def _workers(client: ControllerClient, args: argparse.Namespace) -> dict[str, Any]:
    names = [one for text in args.add_worker for one in text.split(",") if one]
    if not names:
        raise UsageError("--add-worker names no worker")
    answer = await client.join_run(args.run, [] if "all" in names else names)
    if not answer.joined:
        raise RemoteError("; ".join(answer.problems), hint=answer.hint)
    return {
        "joined": list(answer.joined),
        "problems": list(answer.problems),
        "lines": [f"worker {one} joined" for one in answer.joined] + list(answer.problems),
    }


async def _load(client: ControllerClient, args: argparse.Namespace) -> dict[str, Any]:
    error = await client.set_run_load(
        args.run,
        users=args.users,
        rate=args.rate,
        pause=args.pause,
        resume=args.resume,
        spacing=args.spacing or "",
    )
    if error:
        raise UsageError(error, hint="`hazard status` lists what is running")
    if args.pause or args.resume:
        return {"lines": ["paused" if args.pause else "resumed"]}
    if args.users is not None:
        return {"lines": [f"holds {args.users:g} users"]}
    return {"lines": [f"holds {args.rate:g} iterations per second"]}


async def _plan(client: ControllerClient, args: argparse.Namespace, plan: Plan) -> dict[str, Any]:
    from hazard_tui.rpc.convert import plan_message
    from hazard_tui.rpc.gen.hazard.v1 import worker_pb2

    base_dir = str(args.plan.resolve().parent)
    answer = await client.replace_run_plan(args.run, plan_message(plan), base_dir)
    said = [
        f"  {one.where}: {one.what} {one.why} {one.fix}".rstrip()
        for one in answer.findings
        if answer.plan_version == 0 or one.severity == worker_pb2.FINDING_SEVERITY_WARNING
    ]
    if not answer.plan_version:
        raise PlanError("the run goes on with its old plan:\n" + "\n".join(said))
    lines = [f"plan version {answer.plan_version}", *(f"  {one}" for one in answer.changes), *said]
    return {
        "plan_version": answer.plan_version,
        "changes": list(answer.changes),
        "lines": lines,
    }
