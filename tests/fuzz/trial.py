"""One import of a damaged input: it is read or refused with a sentence, soon, and can be saved."""

from __future__ import annotations

import json
import resource
import time
from dataclasses import dataclass
from random import Random

from hazard_tui.errors import UnreadableInput
from hazard_tui.plan.store import parse_plan, plan_text
from importers.detect import import_input
from importers.findings import Fate, ImportOptions, ImportResult, Source
from tests.fuzz.inputs import Seed, seeds

SLOWEST_RATIO = 10
"""An import may take so many times as long as its control, the largest sound input of its kind."""
SHORTEST_ALLOWED_S = 5.0
"""Shorter ones are never called slow: another process may have had the processor."""
_COLLECTION = json.dumps({"info": {"name": "c"}, "item": [{"request": "http://h/{{a}}"}]}).encode()


class Broken(Exception):
    """An input broke an importer; the message says how."""


def try_import(format: str, data: bytes) -> ImportResult | None:
    """The result; None when the input is refused as it should be. Raises Broken, or what the
    importer raises."""
    try:
        result = _imported(format, data)
    except UnreadableInput as refused:
        said = str(refused)
        if not said or "\n" in said or len(said) > 2000:
            raise Broken(f"the refusal is no sentence: {said!r}") from None
        return None
    silent = [one for one in result.records if one.fate is not Fate.KEPT and not one.reason]
    if silent:
        raise Broken(f"no reason: {silent[0]}")
    text = plan_text(result.plan)
    if len(text) < 100_000:
        errors = [one for one in parse_plan(text).findings if one.severity == "error"]
        if errors:
            raise Broken(f"the plan cannot be read again: {errors[0]}")
    return result


def _imported(format: str, data: bytes) -> ImportResult:
    if format == "variables":
        given = Source("given", data)
        environment = ImportOptions(environments=(given,), globals=(given,))
        import_input(Source("c", _COLLECTION), environment, "postman")
        return import_input(Source("c", _COLLECTION), ImportOptions(data_feeds=(given,)), "postman")
    return import_input(Source("damaged", data), ImportOptions(), format)


@dataclass(slots=True)
class Tally:
    """What a fuzz run of one kind did."""

    trials: int = 0
    read: int = 0
    slowest_s: float = 0.0
    control_s: float = 0.0
    grown_mib: float = 0.0


def fuzz(kind: str, seconds: float, first_seed: int) -> Tally:
    """Damages samples of a kind until the time is over. Raises Broken from whatever went wrong,
    with the number of the trial and the input in it."""
    known = seeds(kind)
    tally = Tally(control_s=max(_timed(seed.format, seed.data) for seed in known))
    limit = max(SLOWEST_RATIO * tally.control_s, SHORTEST_ALLOWED_S)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        number = first_seed + tally.trials
        tally.trials += 1
        format, data = damaged(known, number)
        started = time.process_time()
        try:
            tally.read += try_import(format, data) is not None
        except Exception as problem:
            raise Found(kind, format, number, data) from problem
        took = time.process_time() - started
        tally.slowest_s = max(tally.slowest_s, took)
        if took > limit:
            slow = Broken(f"it took {took:.1f} s; the control takes {tally.control_s:.2f} s")
            raise Found(kind, format, number, data) from slow
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    tally.grown_mib = grown / 1024
    return tally


def damaged(known: list[Seed], number: int) -> tuple[str, bytes]:
    """(format, data) of a trial; the same for the same number."""
    random = Random(number)
    seed = random.choice(known)
    data = seed.damaged(random)
    forced = seed.format == "variables" or random.random() < 0.7
    return (seed.format if forced else "auto"), data


def _timed(format: str, data: bytes) -> float:
    started = time.process_time()
    try_import(format, data)
    return time.process_time() - started


class Found(Broken):
    """A trial that went wrong."""

    def __init__(self, kind: str, format: str, number: int, data: bytes) -> None:
        super().__init__(f"{kind}, trial {number}, format {format}: {data[:200]!r}")
        self.format = format
        self.number = number
        self.data = data
