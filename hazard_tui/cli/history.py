"""`hazard runs`, `show`, `compare`, `report`: recorded runs."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hazard_tui.cli import options
from hazard_tui.errors import EXIT_FAILED, EXIT_OK, HazardError

FORMATS = ("html", "json", "csv", "junit")


def add_verbs(verbs: Any) -> None:
    """Adds the verbs of this module."""
    runs = verbs.add_parser("runs", help="recorded runs, newest first")
    runs.add_argument("--json", action="store_true")
    runs.add_argument("--limit", type=int, default=30)
    runs.set_defaults(handle=runs_command)
    show = verbs.add_parser("show", help="summary and events of a run")
    show.add_argument("run", nargs="?", default="", help="id or prefix; default: the newest")
    show.add_argument("--json", action="store_true")
    show.set_defaults(handle=show_command)
    compare = verbs.add_parser("compare", help="two runs side by side; exit 1 on a regression")
    compare.add_argument("base", help="id or prefix of the run to compare with")
    compare.add_argument("other", nargs="?", default="", help="id or prefix; default: the newest")
    compare.add_argument(
        "--tolerance",
        type=float,
        default=5.0,
        metavar="PERCENT",
        help="slower by more than this, and by more than chance, is a regression (default 5)",
    )
    compare.add_argument("--json", action="store_true")
    compare.set_defaults(handle=compare_command)
    report = verbs.add_parser("report", help="write a report of a run")
    report.add_argument("run", nargs="?", default="", help="id or prefix; default: the newest")
    report.add_argument("--format", choices=FORMATS, default="html")
    report.add_argument("-o", "--output", type=Path, help="file; default: standard output")
    report.set_defaults(handle=report_command)


@dataclass
class ReadRun:
    """A whole run."""

    record: Any = None
    frames: list[Any] = field(default_factory=list)
    events: list[Any] = field(default_factory=list)

    def totals(self) -> Any:
        """Sum of all frames."""
        from hazard_tui.stats.merge import FrameSum

        total = FrameSum(len(self.record.entries))
        for frame in self.frames:
            total.add(frame)
        return total


async def read_runs(args: argparse.Namespace, *wanted: str) -> list[ReadRun]:
    """Whole runs by id or prefix. Raises `HazardError` for one that is not there."""
    from hazard_tui.controller.launch import ensure_controller
    from hazard_tui.rpc.clients import ControllerClient

    found = []
    async with ControllerClient(await ensure_controller(options.settings_of(args))) as client:
        for name in wanted:
            run = ReadRun(await client.get_run(name))
            async for update in client.watch_run(run.record.run_id):
                kind = update.WhichOneof("kind")
                if kind == "frame" and not update.frame.worker_id:
                    run.frames.append(update.frame)
                elif kind == "event":
                    run.events.append(update.event)
                elif kind == "caught_up":
                    break
            found.append(run)
    return found


def runs_command(args: argparse.Namespace) -> int:
    """Lists recorded runs."""
    return options.run_async(_runs(args))


async def _runs(args: argparse.Namespace) -> int:
    from hazard_tui.controller.launch import ensure_controller
    from hazard_tui.report.summary import state_word
    from hazard_tui.rpc.clients import ControllerClient
    from hazard_tui.stats.plan_versions import plan_title, plan_version

    async with ControllerClient(await ensure_controller(options.settings_of(args))) as client:
        records = await client.list_runs(args.limit)
    if not args.json and not records:
        print("no runs yet; `hazard run PLAN` makes one")
    elif not args.json:
        print(
            f"{'run':20} {'started':16} {'state':9} {'requests':>10} {'failed':>8} "
            f"{'verdict':9} plan"
        )
    for record in records:
        started = record.started_unix_ms or record.created_unix_ms
        if args.json:
            print(
                json.dumps(
                    {
                        "type": "run",
                        "run_id": record.run_id,
                        "plan": record.plan_name,
                        "plan_version": plan_version(record),
                        "state": state_word(record),
                        "started_unix_ms": started,
                        "ended_unix_ms": record.ended_unix_ms,
                        "requests": record.requests,
                        "failed": record.failed,
                        "verdict": record.verdict.status,
                        "note": record.note,
                    }
                )
            )
            continue
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(started / 1000))
        print(
            f"{record.run_id:20} {when:16} {state_word(record):9} {record.requests:10} "
            f"{record.failed:8} {record.verdict.status:9} {plan_title(record)}"
        )
    return EXIT_OK


def show_command(args: argparse.Namespace) -> int:
    """Prints the summary and the events of a run."""
    from hazard_tui.report.summary import state_word, summary_table, summary_value

    (run,) = options.run_async(read_runs(args, args.run))
    if args.json:
        print(json.dumps(summary_value(run.record, run.totals())))
        return EXIT_OK
    print(f"run {run.record.run_id} {state_word(run.record)} {run.record.reason}".rstrip())
    sys.stdout.write(summary_table(run.record, run.totals()))
    for event in run.events:
        at = time.strftime("%H:%M:%S", time.localtime(event.at_unix_ms / 1000))
        print(f"{at} {event.kind}: {event.text}")
    return EXIT_OK


def compare_command(args: argparse.Namespace) -> int:
    """Compares two runs; exit 1 when the second is slower or fails more than tolerated."""
    from hazard_tui.report.comparison import Comparison, Side

    base, other = options.run_async(read_runs(args, args.base, args.other))
    comparison = Comparison(
        Side(base.record, base.totals(), base.frames),
        Side(other.record, other.totals(), other.frames),
        args.tolerance / 100,
    )
    if args.json:
        print(json.dumps(comparison.value()))
    else:
        sys.stdout.write(comparison.table())
        print("~ marks a change that chance explains")
        for text in comparison.regressions:
            print(f"regression: {text}")
        if not comparison.regressions:
            print(f"no regression beyond {args.tolerance:g} %")
    return EXIT_FAILED if comparison.regressions else EXIT_OK


def report_command(args: argparse.Namespace) -> int:
    """Writes a report."""
    from hazard_tui.plan.store import write_atomically
    from hazard_tui.report import render_report

    (run,) = options.run_async(read_runs(args, args.run))
    if run.record is None:
        raise HazardError("there is no such run")
    text = render_report(run.record, run.frames, run.events, args.format)
    if args.output:
        write_atomically(args.output, text)
        print(f"wrote {args.output}")
    else:
        sys.stdout.write(text)
    return EXIT_OK
