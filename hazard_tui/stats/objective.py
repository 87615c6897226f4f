"""An objective such as `p95<200ms,errors<1%`, judged on a sample with its uncertainty.

Every rule becomes an interval at 95 % confidence, and is

- `holds` when the whole interval is on the right side of the limit,
- `broken` when the whole interval is on the wrong side,
- `open` when the limit lies inside: more measuring is needed.

Percentiles: the interval between the order statistics of ranks n*q +- z*sqrt(n*q*(1-q)), which
assumes nothing about the shape (Conover, Practical Nonparametric Statistics, 3rd ed., 3.2; Hahn
and Meeker, Statistical Intervals, 5.2). A rank above n has no upper bound, so a small sample stays
open. Shares (`errors`, `checks`): the Wilson score interval (Wilson 1927, JASA 22:209-212). `avg`:
mean +- z standard errors.

Answers that queue behind each other are not independent. So the seconds of a sample are compared:
where the share beyond the limit differs more between them than chance allows, the number of values
is divided by that dispersion, and Student's t of the seconds takes the place of z (McCullagh and
Nelder, Generalized Linear Models, 2nd ed., 4.5.2). What wanders more slowly than a sample is long
stays unseen: the answer is about load that lasts as long as a step.

The times are those since the planned start where arrivals are planned, else those of the exchange.
A planned start that found no free user was never served: it counts as slower than every limit and
as an error.

A load that a target cannot keep up with makes its queue grow, and a short sample may end before the
limit is reached. `growth` finds this: the test of Mann (1945, Econometrica 13:245-259) and Kendall
for a trend over the seconds, and its slope by Theil and Sen (1968, JASA 63:1379-1389).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from hazard_tui.errors import UsageError
from hazard_tui.stats.histogram import LOWER_US, Distribution
from hazard_tui.stats.merge import FAILED, OK, FrameSum, Metric
from hazard_tui.stats.thresholds import Rule, parse_rule
from hazard_tui.stats.totals import Entries, request_entries

Z = 1.959963984540054
"""Two-sided 95 %."""
CONFIDENCE = 0.95
HORIZON_S = 60.0
"""A growth that would reach the limit within this time breaks the objective."""
GROWTH_CHANCE = 0.01
"""A trend is one when chance makes it less often than this."""

UNIT_US = {"us": 1.0, "ms": 1e3, "s": 1e6, "": 1e3}
_SHARES = ("errors", "failed", "checks")
_FALLING = ("<", "<=")


class Outcome(StrEnum):
    """What a sample says about a rule."""

    HOLDS = "holds"
    BROKEN = "broken"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Goal:
    """One rule of an objective, and how it was written."""

    text: str
    rule: Rule

    @property
    def percent(self) -> float | None:
        """Which percentile it is about; None: none."""
        if self.rule.metric == "med":
            return 50.0
        named = re.fullmatch(r"p(\d.*)", self.rule.metric)
        return float(named[1]) if named else None

    @property
    def is_time(self) -> bool:
        """True of percentiles and the mean."""
        return self.rule.metric not in _SHARES

    @property
    def limit_us(self) -> float:
        """The limit of a time."""
        return self.rule.limit * UNIT_US[self.rule.unit]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a sample says about one rule. Values are in the rule's unit, infinite when unbounded."""

    goal: Goal
    actual: float
    low: float
    high: float
    outcome: Outcome

    @property
    def text(self) -> str:
        """Such as `p95 187ms [180 .. 195]`."""
        unit = self.goal.rule.unit or "ms"
        low, high = in_short(self.low), in_short(self.high)
        return f"{self.goal.rule.metric} {in_short(self.actual)}{unit} [{low} .. {high}]"


def in_short(value: float) -> str:
    """A value with three digits, and never with an exponent when it is large."""
    return f"{value:.0f}" if 1000 <= abs(value) < math.inf else f"{value:.3g}"


def parse_objective(text: str) -> tuple[Goal, ...]:
    """Rules separated by commas. Raises `PlanError` or `UsageError` for what cannot be sought."""
    goals = tuple(_goal(part.strip()) for part in text.split(",") if part.strip())
    if not goals:
        raise UsageError("the objective is empty", hint="write it like 'p95<200ms,errors<1%'")
    return goals


def _goal(text: str) -> Goal:
    rule = parse_rule(text)
    metric = rule.metric
    if metric in _SHARES:
        if rule.unit != "%":
            raise UsageError(
                f"{text!r} counts, and a count grows with the time", hint=f"write {metric}<1%"
            )
    elif metric not in ("avg", "med") and not metric.startswith("p"):
        raise UsageError(
            f"{text!r} says nothing about capacity",
            hint="use percentiles, med, avg, errors or checks, such as 'p95<200ms,errors<1%'",
        )
    if (rule.sign in _FALLING) == (metric == "checks"):
        raise UsageError(f"{text!r} is kept best without any load", hint="turn the sign round")
    return Goal(text, rule)


@dataclass(slots=True)
class Sample:
    """What was measured at one rate: requests of the entries, and planned starts that were lost."""

    total: FrameSum
    entries: Entries
    parts: Sequence[Sample] = ()
    """Its seconds; empty: they are not told apart."""

    @property
    def dropped(self) -> int:
        """Planned starts that found no free user."""
        return self.total.figures.arrivals_dropped

    @property
    def numbers(self) -> tuple[int, ...]:
        """Numbers of the entries that are requests."""
        return request_entries(self.entries)

    @property
    def counts(self) -> tuple[int, int]:
        """(ok, failed) of all requests."""
        known = [one for one in self.numbers if one < self.total.entries]
        row = self.total.counts[known].sum(axis=0)
        return int(row[OK]), int(row[FAILED])

    def times(self) -> Distribution:
        """Times since the planned start; those of the exchange for entries without any."""
        found = Distribution()
        for entry in self.numbers:
            planned = self.total.distribution(entry, Metric.SCHEDULED)
            found.merge(planned if planned.count else self.total.distribution(entry))
        return found


def limit_s(goals: Sequence[Goal]) -> float:
    """The longest time in seconds that an objective allows; 0: it is about no time."""
    return max((goal.limit_us for goal in goals if goal.is_time), default=0.0) / 1e6


def read_all(goals: Sequence[Goal], sample: Sample) -> tuple[Reading, ...]:
    """What a sample says about every rule."""
    return tuple(read(goal, sample) for goal in goals)


def read(goal: Goal, sample: Sample) -> Reading:
    """What a sample says about a rule; open without any request."""
    if not sum(sample.counts) + sample.dropped:
        return Reading(goal, 0.0, -math.inf, math.inf, Outcome.OPEN)
    if goal.percent is not None:
        values = _percentile(goal, sample)
    elif goal.is_time:
        values = _mean(sample)
    else:
        values = _share(goal, sample)
    scale = UNIT_US[goal.rule.unit] if goal.is_time else 0.01
    actual, low, high = (value / scale for value in values)
    rule = goal.rule
    best, worst = (low, high) if rule.sign in _FALLING else (high, low)
    outcome = (
        Outcome.HOLDS if rule.holds(worst) else Outcome.OPEN if rule.holds(best) else Outcome.BROKEN
    )
    return Reading(goal, actual, low, high, outcome)


def outcome_of(readings: Sequence[Reading]) -> Outcome:
    """Of a whole objective: one broken rule breaks it."""
    found = {reading.outcome for reading in readings}
    return next((one for one in (Outcome.BROKEN, Outcome.OPEN) if one in found), Outcome.HOLDS)


def holds_as_measured(readings: Sequence[Reading]) -> bool:
    """Whether the values themselves keep the objective, when the intervals left it open."""
    return all(reading.goal.rule.holds(reading.actual) for reading in readings)


def _percentile(goal: Goal, sample: Sample) -> tuple[float, float, float]:
    """(value, low, high) in microseconds; starts that were lost are beyond every value."""
    times = sample.times()
    count, share = times.count, (goal.percent or 0.0) / 100
    whole = count + sample.dropped
    z, dispersion = _dispersion(goal, sample)
    spread = z * math.sqrt(share * (1 - share) * dispersion / whole)

    def at(part: float) -> float:
        rank = part * whole
        if rank <= 0:
            return 0.0
        return times.percentile(min(rank / count, 1.0) * 100) if rank <= count else math.inf

    return at(share), at(share - spread), at(share + spread)


def _mean(sample: Sample) -> tuple[float, float, float]:
    """(mean, low, high) in microseconds, the variance by the middles of the buckets."""
    times = sample.times()
    count = times.count
    if sample.dropped or count < 2:
        return math.inf if sample.dropped else times.mean_us, -math.inf, math.inf
    width = len(times.counts)
    middles = (LOWER_US[:width] + LOWER_US[1 : width + 1]) / 2
    mean = times.mean_us
    variance = float((times.counts * (middles - mean) ** 2).sum()) / (count - 1)
    spread = Z * math.sqrt(variance / count)
    parts = [one for one in (part.times() for part in sample.parts) if one.count]
    if len(parts) > 1:
        between = sum((one.count * (one.mean_us - mean)) ** 2 for one in parts) / count**2
        spread = max(spread, student(len(parts) - 1) * math.sqrt(between))
    return mean, mean - spread, mean + spread


def _share(goal: Goal, sample: Sample) -> tuple[float, float, float]:
    """(share, low, high), 0 to 1."""
    hits, whole = _hits(goal, sample)
    z, dispersion = _dispersion(goal, sample)
    return hits / whole, *wilson(hits / dispersion, whole / dispersion, z)


def _hits(goal: Goal, sample: Sample) -> tuple[float, int]:
    """(how many are counted by the rule, of how many): for a time those beyond the limit."""
    ok, failed = sample.counts
    if goal.is_time:
        times = sample.times()
        slow = times.count * (1 - times.share_below(goal.limit_us))
        return slow + sample.dropped, times.count + sample.dropped
    whole = ok + failed + sample.dropped
    if goal.rule.metric != "checks":
        return failed + sample.dropped, whole
    chosen = set(sample.numbers)
    broken = sum(
        count
        for (entry, kind, _), count in sample.total.errors.items()
        if entry in chosen and kind == "assert"
    )
    return ok + failed - broken, whole


def _dispersion(goal: Goal, sample: Sample) -> tuple[float, float]:
    """(quantile, how many times more the seconds differ than independent values would)."""
    hits, whole = _hits(goal, sample)
    parts = [one for one in (_hits(goal, part) for part in sample.parts) if one[1]]
    share = hits / whole
    if len(parts) < 2 or not 0 < share < 1:
        return Z, 1.0
    unlike = sum((some - count * share) ** 2 / count for some, count in parts)
    dispersion = unlike / (share * (1 - share)) / (len(parts) - 1)
    return (student(len(parts) - 1), dispersion) if dispersion > 1 else (Z, 1.0)


def student(freedom: int) -> float:
    """Student's t at two-sided 95 % (Abramowitz and Stegun, 26.7.5, from 3 degrees on)."""
    if freedom < 3:
        return (12.7062, 4.3027)[freedom - 1]
    z = Z
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / float(freedom**power) for power, term in enumerate(terms, 1))


def wilson(hits: float, whole: float, z: float = Z) -> tuple[float, float]:
    """Interval of a share, 0 to 1; the whole range without any observation."""
    if not whole:
        return 0.0, 1.0
    share = hits / whole
    weight = 1 + z * z / whole
    middle = (share + z * z / (2 * whole)) / weight
    spread = z * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole)) / weight
    # At the ends the formula is exact, but rounding may step over them.
    low = 0.0 if not hits else max(0.0, middle - spread)
    return low, 1.0 if hits == whole else min(1.0, middle + spread)


def growth(values: Sequence[float]) -> tuple[float, float]:
    """(slope per step, chance that a series without a trend rises as much).

    Ties count as no rise, so the chance is never too small.
    """
    count = len(values)
    if count < 3:
        return 0.0, 1.0
    pairs = [(i, j) for i in range(count) for j in range(i + 1, count)]
    slopes = sorted((values[j] - values[i]) / (j - i) for i, j in pairs)
    middle = len(slopes) // 2
    slope = slopes[middle] if len(slopes) % 2 else (slopes[middle - 1] + slopes[middle]) / 2
    falls = sum(values[j] <= values[i] for i, j in pairs)
    return slope, _chance_of_falls(count, falls)


def _chance_of_falls(count: int, most: int) -> float:
    """Chance that a random order of `count` values has at most `most` inversions."""
    ways = [1]
    for length in range(2, count + 1):
        wider = [0] * (len(ways) + length - 1)
        for falls, number in enumerate(ways):
            for more in range(length):
                wider[falls + more] += number
        ways = wider
    return sum(ways[: most + 1]) / math.factorial(count)


def grows_beyond(values: Sequence[float], limit: float) -> bool:
    """True when values, one a second, rise so that they pass the limit within `HORIZON_S`."""
    finite = [value for value in values if math.isfinite(value)]
    slope, chance = growth(finite)
    return chance <= GROWTH_CHANCE and finite[-1] + slope * HORIZON_S > limit
