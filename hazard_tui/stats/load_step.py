"""One step of a search: the seconds at one rate, which of them count, and what they say.

A second counts when the whole of it was at the rate, the target had its warm-up, and no generator
was disturbed. After a disturbed second one more is left out, because the starts that were held up
come in a burst. Merged seconds add up exactly: counts and histograms, not averages of percentiles.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import variance

from hazard_tui.rpc.gen.hazard.v1 import worker_pb2
from hazard_tui.stats.capacity import Length, Trial, Wander
from hazard_tui.stats.merge import FrameSum
from hazard_tui.stats.objective import (
    UNIT_US,
    Goal,
    Outcome,
    Reading,
    Sample,
    grows_beyond,
    growth,
    holds_as_measured,
    in_short,
    outcome_of,
    read_all,
)
from hazard_tui.stats.totals import Entries
from hazard_tui.stats.verdict import disturbance_text, disturbances

SHORT_S = 2
"""Seconds of a short step, and the least that any step is judged by."""
MOST_STRETCH = 3
"""A long step has this many times the length of a step, and a step that leaves the objective open
goes on until then."""
BUSY_SHARE = 0.9
"""From this share of busy users on, late starts are the target's doing and not the generator's."""
MOST_EXCLUDED_S = 5
"""A step with more disturbed seconds than this, and than it should measure, is void."""
_HARMLESS = frozenset({"clock"})
"""What changes neither the load nor the times: seconds of a wrong clock are put right later."""
SETTLE_S = 1
"""Seconds left out after a disturbed one."""


def measured_s(trial: Trial, step_s: int) -> int:
    """Seconds that a trial is measured when a step is `step_s` long."""
    lengths = {Length.SHORT: SHORT_S, Length.STEP: step_s, Length.LONG: MOST_STRETCH * step_s}
    return lengths[trial.length]


@dataclass(frozen=True, slots=True)
class Excluded:
    """A second that does not count, and what the generator suffered in it."""

    second: int
    worker_id: str
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class StepResult:
    """What a step showed."""

    trial: Trial
    held: bool | None
    """None: the generator was disturbed too often to tell."""
    sure: bool
    """False when the interval leaves it open and the measured value decided."""
    why: str
    readings: tuple[Reading, ...]
    seconds: int
    first_second: int
    last_second: int
    requests: int
    iterations: int
    dropped: int
    excluded: tuple[Excluded, ...]
    wander: Wander

    @property
    def requests_per_s(self) -> float:
        """Finished requests per measured second."""
        return self.requests / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class Generators:
    """Who makes the load: processors of each worker, and the users that all have together."""

    cpus: Mapping[str, int]
    max_users: int


@dataclass(slots=True)
class LoadStep:
    """Takes the seconds of a run while a trial goes on."""

    trial: Trial
    goals: Sequence[Goal]
    entries: Entries
    generators: Generators
    step_s: int
    warm_up_s: int
    excluded: list[Excluded] = field(default_factory=list)
    seconds: list[int] = field(default_factory=list)
    total: FrameSum = field(init=False)
    has_begun: bool = False
    """True once the rate was reached."""
    _settling: int = 0
    _was_busy: bool = False
    _in_flight: list[float] = field(default_factory=list)
    _curves: list[list[float]] = field(default_factory=list)
    _parts: list[Sample] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.total = FrameSum(len(self.entries))
        self._curves = [[] for _ in self.goals]

    @property
    def wanted_s(self) -> int:
        """Seconds that are measured."""
        return measured_s(self.trial, self.step_s)

    def take(self, merged: worker_pb2.Frame, of_workers: Sequence[worker_pb2.Frame]) -> None:
        """Takes the next second: all workers together, and each of them."""
        at_rate = math.isclose(merged.target_rate, self.trial.rate, rel_tol=1e-6)
        if not self.has_begun:
            # The rate was reached somewhere inside this second.
            self.has_begun, self._settling = at_rate, self.warm_up_s
            return
        if not at_rate:
            text = f"the load was {merged.target_rate:g} instead of {self.trial.rate:g} per second"
            self._exclude(Excluded(merged.second, "", "load", text))
            return
        busy = merged.users >= BUSY_SHARE * self.generators.max_users or merged.arrivals_dropped > 0
        found = self._disturbances(merged.second, of_workers, busy or self._was_busy)
        self._was_busy = busy
        if found:
            self._exclude(*found)
        elif self._settling:
            self._settling -= 1
        else:
            self._measure(merged)

    def _disturbances(
        self, second: int, frames: Sequence[worker_pb2.Frame], busy: bool
    ) -> list[Excluded]:
        found = []
        for frame in frames:
            cpus = max(self.generators.cpus.get(frame.worker_id, 1), 1)
            found += [
                Excluded(second, frame.worker_id, code, disturbance_text(code, value, cpus))
                for code, value in disturbances(frame, cpus)
                if code not in _HARMLESS and not (busy and code == "schedule-lag")
            ]
        return found

    def _exclude(self, *found: Excluded) -> None:
        self.excluded += found
        self._settling = max(self._settling, SETTLE_S)

    def _measure(self, merged: worker_pb2.Frame) -> None:
        one = FrameSum(len(self.entries))
        one.add(merged)
        self.total.merge(one)
        self.seconds.append(merged.second)
        self._in_flight.append(float(merged.in_flight))
        part = Sample(one, self.entries)
        self._parts.append(part)
        for curve, reading in zip(self._curves, read_all(self.goals, part), strict=True):
            curve.append(reading.actual)

    @property
    def sample(self) -> Sample:
        """Everything that was measured."""
        return Sample(self.total, self.entries, self._parts)

    @property
    def is_done(self) -> bool:
        """True when the step can be judged, or is spoilt."""
        if len({one.second for one in self.excluded}) > max(self.wanted_s, MOST_EXCLUDED_S):
            return True
        measured = len(self.seconds)
        if measured < SHORT_S:
            return False
        readings = read_all(self.goals, self.sample)
        outcome = outcome_of(readings)
        if outcome is Outcome.BROKEN:
            return True
        if measured % self.step_s == 0 and self._growing(self.sample):
            return True
        if measured < self.wanted_s:
            return False
        if outcome is Outcome.HOLDS or measured >= MOST_STRETCH * self.step_s:
            return True
        # A short step passes what looks well: the rates above it say more, and sooner.
        return self.trial.length is Length.SHORT and holds_as_measured(readings)

    def result(self) -> StepResult:
        """What the measured seconds say."""
        sample = self.sample
        readings = read_all(self.goals, sample)
        held, sure, why = self._judge(sample, readings)
        return StepResult(
            trial=self.trial,
            held=held,
            sure=sure,
            why=why,
            readings=readings,
            seconds=len(self.seconds),
            first_second=self.seconds[0] if self.seconds else 0,
            last_second=self.seconds[-1] if self.seconds else 0,
            requests=sum(sample.counts),
            iterations=self.total.figures.iterations_started,
            dropped=sample.dropped,
            excluded=tuple(self.excluded),
            wander=self._wander(),
        )

    def _wander(self) -> Wander:
        """How unevenly the requests in flight grew over seconds that follow each other."""
        rises = [
            after - before
            for before, after, first, second in zip(
                self._in_flight, self._in_flight[1:], self.seconds, self.seconds[1:], strict=False
            )
            if second == first + 1
        ]
        if len(rises) < 2:
            return Wander(len(self.seconds), 0.0, 0)
        return Wander(len(self.seconds), variance(rises) / self.trial.rate, len(rises))

    def _judge(
        self, sample: Sample, readings: tuple[Reading, ...]
    ) -> tuple[bool | None, bool, str]:
        """(held, sure, why)."""
        outcome = outcome_of(readings)
        measured = len(self.seconds)
        growing = self._growing(sample) if measured else ""
        broken = outcome is Outcome.BROKEN or bool(growing)
        if measured < SHORT_S or (measured < self.wanted_s and not broken):
            return None, False, "the generator was disturbed"
        if outcome is Outcome.BROKEN:
            rules = (one for one in readings if one.outcome is Outcome.BROKEN)
            return False, True, "; ".join(one.text for one in rules)
        if not sum(sample.counts):
            return False, True, "no request was answered"
        if growing:
            return False, True, growing
        held = outcome is Outcome.HOLDS or holds_as_measured(readings)
        return held, outcome is Outcome.HOLDS, "; ".join(one.text for one in readings)

    def _growing(self, sample: Sample) -> str:
        """What grows so that the objective would soon be broken; empty: nothing."""
        for goal, curve in zip(self.goals, self._curves, strict=True):
            if goal.is_time and grows_beyond(curve, goal.rule.limit):
                slope = growth(curve)[0]
                unit = goal.rule.unit or "ms"
                return f"{goal.rule.metric} grows by {in_short(slope)}{unit} a second"
        if grows_beyond(self._in_flight, self._most_in_flight(sample)):
            slope = growth(self._in_flight)[0]
            return f"the requests in flight grow by {in_short(slope)} a second"
        return ""

    def _most_in_flight(self, sample: Sample) -> float:
        """Requests in flight that are too many: those that keep every user busy, or by Little's law
        (Little 1961, Operations Research 9(3):383-387) twice those of times at the limit.
        """
        limits = [goal.limit_us for goal in self.goals if goal.is_time]
        if not limits:
            return float(self.generators.max_users)
        per_s = max(self.trial.rate, sum(sample.counts) / len(self.seconds))
        return min(2 * per_s * max(limits) / UNIT_US["s"], float(self.generators.max_users))
