"""The search for the highest rate at which an objective holds; it is told what a trial showed.

1. Growth: short trials at rates that double, until one breaks the objective or the highest holds.
2. Bisection between the highest that held and the lowest that broke, at their geometric mean, until
   they are less than the precision apart.
3. Repeats: each end is tried `repeats` times; where trials at one rate disagree a third decides.
   When an end does not stand, the bracket moves to the next rate that was tried and 2. goes on.
4. Where contradictions leave a wide interval, a rate just outside of them.

Where the generator is disturbed at a rate again and again, the search makes sure of the highest
rate that held, comes back to that rate, and gives it up when it is disturbed as often once more.

The bracket of the answer runs from the highest rate that held, up to which nothing broke, to the
lowest rate that broke, from which on nothing held. Trials that contradict each other so widen it. A
trial that was a close thing counts only where a sure one at a harder rate says the same: a higher
one for what held, a lower one for what broke.

The interval is wider, because a trial says little about rates close to its own:

- Its seconds are not independent. Work that comes and is done unevenly wanders: over T seconds at
  rate r its sum is off by sqrt(D r T), where D compares the variance of the growth of the requests
  in flight from second to second with that of a Poisson process (D is 0 for a clockwork). So a
  trial at r may show what is true at r (1 +- z sqrt(D / (r T))).
- It begins with an empty queue. An overload that needs longer than T to fill the queue up to the
  limit holds in the trial and not for good: up to `limit / T` of the rate, twice that because a
  queue near its capacity also takes that long to come to rest.

Simulated queues are covered in 95 % and more (tests/unit/test_capacity_of_a_queue.py).

Doubling, then halving: Bentley and Yao 1976, Information Processing Letters 5(3):82-87.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import inf, sqrt

GROWTH = 2.0
MOST_AT_ONE_RATE = 3
"""Trials at one rate; the majority of three decides."""
MOST_VOID = 3
"""Trials at one rate that the generator may spoil before the rate counts as out of its reach."""
MOST_TRIALS = 60
NARROW = 4
"""Trials that contradict each other may widen the interval to this many times the precision."""


Z = 1.959963984540054
"""Two-sided 95 %."""
SETTLING = 2.0
"""Times a queue takes to fill up to the limit, see above."""
NEAR_SHARE = 0.15
"""Trials within this of the bracket tell how much the work wanders there."""


class Length(StrEnum):
    """How long a trial is measured."""

    SHORT = "short"
    """Finds the order of magnitude."""
    STEP = "step"
    LONG = "long"
    """Makes sure of an end: a queue near its capacity takes long to build up."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A rate to try."""

    rate: float
    length: Length


@dataclass(frozen=True, slots=True)
class Wander:
    """How unevenly work came and was done in a trial."""

    seconds: int
    """How long it was measured."""
    dispersion: float
    """Variance of the growth of the requests in flight, of a Poisson process 1; per second."""
    steps: int
    """From how many pairs of seconds."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What a trial showed. `held` None: the generator spoiled it."""

    trial: Trial
    held: bool | None
    sure: bool = True
    """False: it was a close thing."""
    wander: Wander | None = None
    """None: not known; it is taken to say all about its rate."""


class CapacitySearch:
    """Says which rate to try next until the answer is known to the precision."""

    def __init__(
        self,
        lowest: float,
        highest: float,
        *,
        precision: float = 0.02,
        repeats: int = 2,
        limit_s: float = 0.0,
    ) -> None:
        """`limit_s`: the longest time that the objective allows; 0: it is about no time."""
        self.lowest, self.highest = lowest, highest
        self.limit_s = limit_s
        self.precision, self.repeats = precision, repeats
        self.tried: list[Tried] = []

    def record(
        self, trial: Trial, held: bool | None, *, sure: bool = True, wander: Wander | None = None
    ) -> None:
        """Takes what a trial showed."""
        self.tried.append(Tried(trial, held, sure, wander))

    @property
    def held(self) -> float | None:
        """Highest rate at which the objective holds, below every rate that broke it."""
        top = self.broken or inf
        return max((rate for rate in self._judged(True) if rate < top), default=None)

    @property
    def broken(self) -> float | None:
        """Lowest rate at which the objective is broken; None: none was found."""
        return min(self._judged(False), default=None)

    @property
    def interval(self) -> tuple[float, float | None]:
        """(low, high) of the answer in rates; 0: not even the lowest held, None: none broke."""
        low, high = self.bracket
        if not low:
            return low, high  # what broke is not near what holds
        if seconds := self._longest_s(low):
            wander = Z * sqrt(self._dispersion() / (low * seconds))
            low /= 1 + wander + SETTLING * self.limit_s / seconds
        if high is not None and (seconds := self._longest_s(high)):
            high *= 1 + Z * sqrt(self._dispersion() / (high * seconds))
        return low, high

    def _longest_s(self, rate: float) -> int:
        """Seconds of the longest trial at a rate; 0: not known."""
        return max(
            (
                one.wander.seconds
                for one in self.tried
                if one.trial.rate == rate and one.wander is not None and one.held is not None
            ),
            default=0,
        )

    def _dispersion(self) -> float:
        """How much the work wanders near the bracket; 1 where no trial tells."""
        low, high = self.bracket
        near = [
            one.wander
            for one in self.tried
            if one.wander is not None
            and one.trial.length is not Length.SHORT
            and low * (1 - NEAR_SHARE) <= one.trial.rate <= (high or inf) * (1 + NEAR_SHARE)
        ]
        steps = sum(one.steps for one in near)
        return sum(one.dispersion * one.steps for one in near) / steps if steps else 1.0

    @property
    def bracket(self) -> tuple[float, float | None]:
        """(low, high) of the rates that were tried, between which the answer was found to be."""
        broke, held = self._rates(False), self._rates(True)
        # A short trial overlooks what grows slowly, so it says nothing against a broken one.
        long_held = self._long_held()
        hardest = max(self._rates(True, sure=True), default=0.0)
        easiest = min(self._rates(False, sure=True), default=inf)
        low = max((r for r in held if r < min(broke, default=inf) and r <= hardest), default=0.0)
        high = min(
            (r for r in broke if r > max(long_held, default=0) and r >= easiest), default=None
        )
        return low, high

    @property
    def is_narrow(self) -> bool:
        """Whether the interval is known on both sides, and not much wider than the precision."""
        low, high = self.interval
        return high is not None and low > 0 and high / low <= 1 + NARROW * self.precision

    def _long_held(self) -> list[float]:
        return [
            one.trial.rate
            for one in self.tried
            if one.held and one.trial.length is not Length.SHORT
        ]

    def _rates(self, held: bool, *, sure: bool = False) -> list[float]:
        """Rates of the trials that showed this."""
        return [one.trial.rate for one in self.tried if one.held is held and (one.sure or not sure)]

    @property
    def unreachable(self) -> float | None:
        """Lowest rate between held and broken that the generator could not offer undisturbed."""
        low, high = self.held or 0.0, self.broken or inf
        spoilt = {one.trial.rate for one in self.tried if self._voids(one.trial.rate) >= MOST_VOID}
        return min((rate for rate in spoilt if low < rate < high), default=None)

    def _voids(self, rate: float) -> int:
        return sum(one.held is None and one.trial.rate == rate for one in self.tried)

    def next_trial(self) -> Trial | None:
        """What to try now; None: the search is over."""
        if len(self.tried) >= MOST_TRIALS:
            return None
        for one in self.tried:
            if len(set(self._answers(one.trial.rate))) > 1:
                third = self._again(one.trial.rate)
                if third is not None:
                    return third
        low, high = self.held, self.broken
        if self.unreachable is not None:
            return self._around(self.unreachable, low)
        if low is None:
            return self._first(high)
        if high is None:
            if low < self.highest:
                return Trial(min(low * GROWTH, self.highest), Length.SHORT)
            return self._again(self.highest)
        middle = between(low, high)
        if high / low > 1 + self.precision and low < middle < high:
            return Trial(middle, Length.STEP)
        return self._again(low) or self._again(high) or self._tightening(low, high)

    def _around(self, unreachable: float, low: float | None) -> Trial | None:
        """Makes sure of what held; then the generator may be undisturbed again."""
        sure = None if low is None else self._again(low)
        if sure is not None or self._voids(unreachable) >= 2 * MOST_VOID:
            return sure
        return Trial(unreachable, Length.SHORT if self.broken is None else Length.STEP)

    def _tightening(self, low: float, high: float) -> Trial | None:
        """A trial just outside of trials that contradict each other, where the interval is wide."""
        bottom, top = self.bracket
        away = 1 + 2 * self.precision
        above = max([high, *self._long_held()]) * away
        below = min([low, *self._rates(False)]) / away
        wanted = []
        if top is None or top > above * away:
            wanted.append(between(above / 1.01, above * 1.01))
        if bottom < below / away:
            wanted.append(between(below / 1.01, below * 1.01))
        known = {one.trial.rate for one in self.tried}
        inside = (one for one in wanted if self.lowest < one < self.highest and one not in known)
        return next((Trial(rate, Length.STEP) for rate in inside), None)

    def _first(self, high: float | None) -> Trial | None:
        """Begins at the lowest rate, and goes back there when everything else broke."""
        if high is None:
            return Trial(self.lowest, Length.SHORT)
        return self._again(self.lowest)

    def _again(self, rate: float) -> Trial | None:
        """A long trial at an end of the bracket while it was tried too seldom or is contested."""
        answers = self._answers(rate)
        contested = len(set(answers)) > 1
        wanted = MOST_AT_ONE_RATE if contested else self.repeats
        return Trial(rate, Length.LONG) if len(answers) < wanted else None

    def _answers(self, rate: float, *, short: bool = False) -> list[bool]:
        """What the long, or the short, trials at a rate showed."""
        return [
            one.held
            for one in self.tried
            if one.held is not None
            and one.trial.rate == rate
            and (one.trial.length is Length.SHORT) == short
        ]

    def _judged(self, held: bool) -> list[float]:
        """Rates whose trials show this by majority; short ones where there is no long one."""
        found = []
        for rate in {one.trial.rate for one in self.tried if one.held is not None}:
            answers = self._answers(rate) or self._answers(rate, short=True)
            if (sum(answers) * 2 > len(answers)) == held:
                found.append(rate)
        return found


def between(low: float, high: float) -> float:
    """Geometric mean, with as few digits as keep it strictly between its neighbours."""
    exact = sqrt(low * high)
    for digits in range(2, 12):
        rounded = float(f"{exact:.{digits}g}")
        # At most a tenth of the gap away from the middle.
        if abs(rounded - exact) <= (high - low) / 10:
            return rounded
    return exact
