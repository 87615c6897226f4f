"""Options and value formats that several verbs share."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from hazard_tui.errors import UsageError
from hazard_tui.plan.model import Plan, Stage, StageKind, StageShape
from hazard_tui.settings import Settings, load_settings

T = TypeVar("T")

UNTIL_STOPPED_MS = 24 * 3600 * 1000
"""Length of a stage that has no end of its own."""

_DURATION = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>ms|s|m|h|d|)")
_UNIT_MS = {"ms": 1, "s": 1000, "": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine. asyncio is loaded only here: verbs without a network start faster."""
    import asyncio

    return asyncio.run(work)


def settings_of(args: argparse.Namespace) -> Settings:
    """Settings with the flags of this command line."""
    overrides: dict[str, Any] = {"etcd": args.etcd, "workers": tuple(args.static_workers)}
    return load_settings(overrides=overrides)


def duration_ms(text: str) -> int:
    """`90s`, `1m30s`, `250ms`, `2h` or plain seconds as milliseconds. Raises `UsageError`."""
    position, total = 0, 0.0
    while position < len(text):
        match = _DURATION.match(text, position)
        if match is None:
            break
        total += float(match["number"]) * _UNIT_MS[match["unit"]]
        position = match.end()
    if position != len(text) or not text:
        raise UsageError(f"{text!r} is not a duration", hint="write 30s, 5m or 1m30s")
    return round(total)


_STAGE = re.compile(r"(?P<time>[\d.hmsd]+|\d+x)(?P<sign>[:@])(?P<target>\d+(\.\d+)?)(?P<rate>/s)?")


def stage_of(text: str) -> Stage:
    """A stage from its short form. Raises `UsageError`.

    `30s:50` ramps to 50 users in 30 s; `2m@50` holds 50 users for 2 min; `/s` behind the number
    means arrivals per second: `1m@200/s`; `100x@5` is 100 iterations shared by 5 users.
    """
    match = _STAGE.fullmatch(text.strip())
    if match is None:
        raise UsageError(
            f"{text!r} is not a stage",
            hint="write 30s:50 (ramp to 50 users), 2m@50 (hold), 1m@200/s (rate) or 100x@5",
        )
    target = float(match["target"])
    if match["time"].endswith("x"):
        if match["rate"] or match["sign"] != "@":
            raise UsageError(f"{text!r} is not a stage", hint="write iterations as 100x@5")
        count = float(match["time"][:-1])
        return Stage(kind=StageKind.ITERATIONS, to=count, users=int(target))
    kind = StageKind.ARRIVALS if match["rate"] else StageKind.USERS
    if kind is StageKind.USERS and target != int(target):
        raise UsageError(f"{text!r}: users are a whole number")
    shape = StageShape.LINEAR if match["sign"] == ":" else StageShape.CONSTANT
    return Stage(kind=kind, shape=shape, to=target, duration_ms=duration_ms(match["time"]))


def finite_number(text: str) -> float:
    """A number of the command line that is neither infinite nor `nan`. Raises `ValueError`."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


# argparse names the reader in its sentence: "invalid number value: 'nan'".
finite_number.__name__ = "number"


def whole_number(bits: int) -> Callable[[str], int]:
    """A reader of whole numbers that fit `bits` bits without a sign; it raises `ValueError`."""

    def read(text: str) -> int:
        number = int(text)
        if not 0 <= number < 1 << bits:
            raise ValueError(text)
        return number

    read.__name__ = "number from 0"
    return read


def add_load_options(parser: argparse.ArgumentParser) -> None:
    """`--users`, `--rate`, `--duration`, `--stage`."""
    load = parser.add_argument_group("load (instead of the plan's stages)")
    load.add_argument("--users", type=int, metavar="N", help="hold N users")
    load.add_argument(
        "--rate", type=finite_number, metavar="R", help="start R iterations per second"
    )
    load.add_argument(
        "--duration",
        metavar="D",
        help="how long: 30s, 5m; alone: cuts or prolongs the plan's stages",
    )
    load.add_argument(
        "--stage",
        action="append",
        default=[],
        metavar="SPEC",
        help="30s:50 ramps to 50 users, 2m@50 holds them, 1m@200/s is a rate, 100x@5 is 100 "
        "iterations by 5 users (repeatable)",
    )


def with_load(plan: Plan, args: argparse.Namespace) -> Plan:
    """The plan with the load that the command line asks for. Raises `UsageError`."""
    asked = [name for name in ("users", "rate") if getattr(args, name) is not None]
    if args.stage and (asked or args.duration):
        raise UsageError("--stage says the whole load; leave out --users, --rate and --duration")
    if len(asked) > 1:
        raise UsageError("choose --users or --rate, not both")
    if args.stage:
        return plan.model_copy(update={"stages": tuple(map(stage_of, args.stage))})
    length = duration_ms(args.duration) if args.duration else 0
    if args.duration and length <= 0:
        raise UsageError("--duration must be longer than 0")
    if not asked:
        return _with_duration(plan, length) if length else plan
    value = getattr(args, asked[0])
    if value <= 0:
        raise UsageError(f"--{asked[0]} must be more than 0")
    planned = sum(stage.duration_ms for stage in plan.stages)
    stage = Stage(
        kind=StageKind.USERS if asked[0] == "users" else StageKind.ARRIVALS,
        to=value,
        duration_ms=length or planned or UNTIL_STOPPED_MS,
    )
    return plan.model_copy(update={"stages": (stage,)})


def _with_duration(plan: Plan, length_ms: int) -> Plan:
    """The plan's stages cut at `length_ms`, or the last one held until then."""
    if not plan.stages:
        return plan.model_copy(update={"stages": (Stage(to=1, duration_ms=length_ms),)})
    stages, left = [], length_ms
    for stage in plan.stages:
        if left <= 0:
            break
        taken = min(stage.duration_ms, left) or left
        stages.append(stage.model_copy(update={"duration_ms": taken}))
        left -= taken
    if left > 0:
        last = plan.stages[-1]
        held = {"shape": StageShape.CONSTANT, "from_": None, "duration_ms": left}
        stages.append(last.model_copy(update=held))
    return plan.model_copy(update={"stages": tuple(stages)})


_CONNECT_TO = re.compile(r"(?:\[[^]]*]|[^:]*):\d*:(?:\[[^]]*]|[^:]*):\d*")


def connect_to(text: str) -> str:
    """Checks `HOST:PORT:ADDR:PORT`; an empty part matches any or stays. Raises `UsageError`."""
    if not _CONNECT_TO.fullmatch(text):
        raise UsageError(f"{text!r} is not HOST:PORT:ADDR:PORT", hint="empty parts are allowed")
    return text


def add_target_options(parser: argparse.ArgumentParser) -> None:
    """`--connect-to` and `--insecure`."""
    parser.add_argument(
        "--connect-to",
        action="append",
        default=[],
        metavar="HOST:PORT:ADDR:PORT",
        help="connect to ADDR:PORT instead, as curl does; empty HOST or PORT match any",
    )
    parser.add_argument("--insecure", action="store_true", help="do not verify TLS certificates")


def add_variable_options(parser: argparse.ArgumentParser) -> None:
    """`--env FILE` and `--set NAME=VALUE`."""
    parser.add_argument(
        "--env",
        action="append",
        default=[],
        metavar="FILE",
        help="environment file whose values replace the plan's variables",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        dest="assignments",
        help="give a variable another value (repeatable)",
    )


def add_start_options(parser: argparse.ArgumentParser) -> None:
    """What every start of a run may say: workers, target, variables, note and seed."""
    parser.add_argument(
        "--workers", default="all", metavar="all|ID,…", help="workers to use; default: all ready"
    )
    add_target_options(parser)
    add_variable_options(parser)
    parser.add_argument("--note", default="", metavar="TEXT", help="a note kept with the run")
    parser.add_argument(
        "--seed", type=whole_number(63), default=0, metavar="N", help="seed of everything random"
    )
