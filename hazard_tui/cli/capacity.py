"""`hazard find-capacity`: the highest rate at which an objective holds."""

from __future__ import annotations

import argparse
import json
import math
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hazard_tui.cli import options
from hazard_tui.errors import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK, UsageError

if TYPE_CHECKING:
    from hazard_tui.controller.capacity import CapacityAnswer, CapacityFinder, CapacitySettings
    from hazard_tui.stats.load_step import StepResult
    from hazard_tui.stats.objective import Reading

SHORTEST_LIMIT_S = 20


def add_verbs(verbs: Any) -> None:
    """Adds `find-capacity`."""
    parser = verbs.add_parser(
        "find-capacity",
        help="the highest rate at which an objective holds",
        description="Starts iterations of the plan at a rate (open load), changes it step after "
        "step within one run, and tells the highest rate at which the objective holds, with the "
        "interval in which it lies. Progress goes to standard error. ^C stops the run and tells "
        "what is known, a second ^C cuts off what is in flight. Exit 1: it holds at no rate.",
    )
    parser.add_argument("plan", type=Path)
    parser.add_argument(
        "--objective",
        required=True,
        metavar="RULES",
        help="such as 'p95<200ms,errors<1%%': percentiles, med, avg, errors, checks",
    )
    _add_search_options(parser)
    options.add_start_options(parser)
    parser.add_argument("--json", action="store_true", help="a JSON line per step, then the answer")
    parser.set_defaults(handle=find_capacity_command, mark_steps=False)


def _add_search_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--min-rate", type=options.finite_number, default=10.0, metavar="R",
        help="iterations per second to begin with; default: 10",
    )  # fmt: skip
    parser.add_argument(
        "--max-rate", type=options.finite_number, default=10_000.0, metavar="R",
        help="the search does not go beyond it; default: 10000",
    )  # fmt: skip
    parser.add_argument(
        "--step-time",
        default="5s",
        metavar="D",
        help="measured time of a step, three times that at the ends of the interval; from 5s on a "
        "slowly growing queue is seen; default: 5s",
    )
    parser.add_argument(
        "--warm-up", default="1s", metavar="D", help="left out before it; default: 1s"
    )
    parser.add_argument(
        "--precision", default="2%", metavar="P", help="how narrow the interval is; default: 2%%"
    )
    parser.add_argument(
        "--spacing",
        choices=("uniform", "poisson"),
        help="iterations start evenly or at random; default: as the plan's arrivals, else evenly",
    )
    parser.add_argument(
        "--repeats",
        type=int,
        choices=(1, 2, 3),
        default=2,
        help="how often each end of the interval is tried; default: 2",
    )
    parser.add_argument(
        "--limit", default="3m", metavar="D", help="time of the whole search; default: 3m"
    )


def find_capacity_command(args: argparse.Namespace) -> int:
    """Finds the capacity; exit 1 when the objective holds at no rate."""
    from hazard_tui.cli.run import runnable_plan
    from hazard_tui.controller.capacity import capacity_plan

    settings = settings_of(args)
    plan = runnable_plan(args, lambda plan: capacity_plan(plan, settings))
    args.note = args.note or f"capacity at {args.objective}"
    return options.run_async(_find(args, plan, settings))


def settings_of(args: argparse.Namespace) -> CapacitySettings:
    """What the command line asks for. Raises `UsageError`."""
    from hazard_tui.controller.capacity import CapacitySettings
    from hazard_tui.plan.model import ArrivalSpacing
    from hazard_tui.stats.objective import parse_objective

    if not 0 < args.min_rate < args.max_rate:
        raise UsageError("--min-rate must be above 0 and below --max-rate")
    limit_ms = options.duration_ms(args.limit)
    if limit_ms < SHORTEST_LIMIT_S * 1000:
        raise UsageError(f"--limit must be at least {SHORTEST_LIMIT_S}s")
    return CapacitySettings(
        objective=parse_objective(args.objective),
        lowest=args.min_rate,
        highest=args.max_rate,
        precision=_share(args.precision),
        repeats=args.repeats,
        step_s=_whole_seconds("--step-time", args.step_time, least=2),
        warm_up_s=_whole_seconds("--warm-up", args.warm_up, least=0),
        limit_s=limit_ms / 1000,
        spacing=ArrivalSpacing(args.spacing) if args.spacing else None,
    )


def _whole_seconds(option: str, text: str, *, least: int) -> int:
    seconds = options.duration_ms(text) / 1000
    if seconds != int(seconds) or seconds < least:
        raise UsageError(f"{option} {text} must be whole seconds, at least {least}")
    return int(seconds)


def _share(text: str) -> float:
    try:
        percent = float(text.removesuffix("%"))
    except ValueError:
        percent = math.nan
    if not 0.1 <= percent <= 100:
        raise UsageError(f"--precision {text} must be a share such as 2%", hint="0.1% to 100%")
    return percent / 100


async def _find(args: argparse.Namespace, plan: Any, settings: CapacitySettings) -> int:
    import asyncio

    from hazard_tui.cli.run import raise_refusal, start_request
    from hazard_tui.controller.capacity import CapacityFinder
    from hazard_tui.controller.launch import ensure_controller
    from hazard_tui.rpc.clients import ControllerClient

    teller = _Teller(as_json=args.json)
    async with ControllerClient(await ensure_controller(options.settings_of(args))) as client:
        mine = options.settings_of(args)
        finder = CapacityFinder(client, settings, teller.step, lambda: ensure_controller(mine))
        # From here on ^C must not leave a run behind that is just being started.
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, _interrupt, finder)
        try:
            started = await client.start_run(start_request(args, plan))
            raise_refusal(started)
            teller.start(started.run_id, args, settings)
            answer = await finder.find(started.run_id)
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)
    teller.answer(answer, args)
    return exit_code(answer)


def _interrupt(finder: CapacityFinder) -> None:
    word = "cutting off" if finder.is_interrupted else "stopping; ^C again cuts off"
    print(f"hazard: {word}", file=sys.stderr, flush=True)
    finder.interrupt()


def exit_code(answer: CapacityAnswer) -> int:
    """Exit code of a search that has ended."""
    if answer.limited_by == "interrupt":
        return EXIT_INTERRUPTED
    return EXIT_OK if answer.rate is not None else EXIT_FAILED


class _Teller:
    """Prints progress and answer: text, or JSON lines with the progress on standard error too."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._count = 0

    def start(self, run_id: str, args: argparse.Namespace, settings: CapacitySettings) -> None:
        print(f"run {run_id}: {args.objective}", file=sys.stderr, flush=True)
        self._line(
            {
                "type": "start",
                "run_id": run_id,
                "objective": [goal.text for goal in settings.objective],
                "min_rate": settings.lowest,
                "max_rate": settings.highest,
                "precision": settings.precision,
                "step_s": settings.step_s,
                "warm_up_s": settings.warm_up_s,
                "limit_s": settings.limit_s,
            }
        )

    def step(self, result: StepResult) -> None:
        self._count += 1
        print(step_text(self._count, result), file=sys.stderr, flush=True)
        self._line({"type": "step", "number": self._count, **step_value(result)})

    def answer(self, answer: CapacityAnswer, args: argparse.Namespace) -> None:
        self._line(answer_value(answer))
        if not self._as_json:
            print(answer_text(answer, args.objective), flush=True)

    def _line(self, value: dict[str, Any]) -> None:
        if self._as_json:
            print(json.dumps(value), flush=True)


_WORDS = {True: "holds", False: "broken", None: "void"}


def step_text(number: int, result: StepResult) -> str:
    """One line per step, and one for each second that was left out."""
    word = _WORDS[result.held] + ("" if result.sure or result.held is None else " (just)")
    lines = [
        f"step {number:2} {result.trial.rate:8g}/s {word:13} {result.seconds} s "
        f"{result.requests_per_s:.1f} requests/s: {result.why}"
    ]
    if result.dropped:
        lines.append(f"        {result.dropped} starts found no free user (max_users of the plan)")
    lines += [f"        left out {one.second}: {one.text}" for one in result.excluded]
    return "\n".join(lines)


_LIMITS = {
    "min-rate": "it does not even hold at the lowest rate; try a smaller --min-rate",
    "max-rate": "it holds at --max-rate; try a larger one",
    "generator": "the workers cannot offer more without being disturbed themselves",
    "time": "the time ran out (--limit) before the interval was as narrow as asked",
    "noise": "steps of this length cannot tell more; try a longer --step-time",
    "interrupt": "stopped before the search was done",
}


def answer_text(answer: CapacityAnswer, objective: str) -> str:
    """The answer for a person."""
    low, high = f"{answer.low:g}", "?" if answer.high is None else f"{answer.high:g}"
    if answer.rate is None:
        text = f"capacity unknown: {objective} held at no rate that was tried"
    else:
        text = f"capacity {answer.rate:g} iterations/s, interval {low} .. {high} (95 %)"
        if answer.requests_per_s:
            text += f", {answer.requests_per_s:.1f} requests/s"
        text += f": {objective}"
    if answer.limited_by:
        text += f"\n{_LIMITS[answer.limited_by]}"
    excluded = sum(len({one.second for one in step.excluded}) for step in answer.steps)
    text += f"\n{len(answer.steps)} steps in {answer.seconds:.0f} s"
    if excluded:
        text += f", {excluded} seconds left out because of the generator"
    return f"{text}; run {answer.run_id}"


def step_value(result: StepResult) -> dict[str, Any]:
    """A step as plain values."""
    return {
        "rate": result.trial.rate,
        "length": str(result.trial.length),
        "verdict": _WORDS[result.held],
        "sure": result.sure,
        "why": result.why,
        "rules": [_reading_value(one) for one in result.readings],
        "first_second": result.first_second,
        "last_second": result.last_second,
        "seconds": result.seconds,
        "requests": result.requests,
        "requests_per_s": round(result.requests_per_s, 3),
        "iterations_started": result.iterations,
        "arrivals_dropped": result.dropped,
        "excluded": [
            {"second": one.second, "worker_id": one.worker_id, "code": one.code, "text": one.text}
            for one in result.excluded
        ],
    }


def _reading_value(reading: Reading) -> dict[str, Any]:
    """A rule in its own unit; null stands for no bound."""
    return {
        "rule": reading.goal.text,
        "outcome": str(reading.outcome),
        **{
            name: value if math.isfinite(value) else None
            for name, value in (
                ("actual", reading.actual),
                ("low", reading.low),
                ("high", reading.high),
            )
        },
    }


def answer_value(answer: CapacityAnswer) -> dict[str, Any]:
    """The answer as plain values; rates in iterations per second."""
    from hazard_tui.stats.objective import CONFIDENCE

    return {
        "type": "capacity",
        "run_id": answer.run_id,
        "rate": answer.rate,
        "low": answer.low,
        "high": answer.high,
        "confidence": CONFIDENCE,
        "requests_per_s": round(answer.requests_per_s, 3),
        "limited_by": answer.limited_by,
        "steps": len(answer.steps),
        "seconds": round(answer.seconds, 1),
    }
