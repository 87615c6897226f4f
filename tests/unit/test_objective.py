"""Objectives: what a sample says about a rule, with its uncertainty."""

from __future__ import annotations

import math
import random

import pytest

from hazard_tui.errors import HazardError
from hazard_tui.rpc.gen.hazard.v1 import worker_pb2
from hazard_tui.stats.histogram import Distribution, bucket_index
from hazard_tui.stats.merge import FrameSum
from hazard_tui.stats.objective import (
    Outcome,
    Reading,
    Sample,
    grows_beyond,
    growth,
    holds_as_measured,
    parse_objective,
    read,
    read_all,
    student,
    wilson,
)
from tests.unit.frames import entry, frame


def sample(*frames: worker_pb2.Frame) -> Sample:
    """A sample of frames with one entry."""
    total = FrameSum(1)
    for one in frames:
        total.add(one)
    return Sample(total, [entry(0)])


def of_times(times_us: list[int], dropped: int = 0) -> Sample:
    """A sample whose requests took these times."""
    made = frame(ok=len(times_us))
    times = Distribution()
    for value in times_us:
        times.counts[bucket_index(value)] += 1
    times.min_us, times.max_us, times.sum_us = min(times_us), max(times_us), sum(times_us)
    made.steps[0].service.Clear()
    times.fill(made.steps[0].service)
    made.arrivals_dropped = dropped
    return sample(made)


def reading(rule: str, of: Sample) -> Reading:
    """What a sample says about one rule."""
    (goal,) = parse_objective(rule)
    return read(goal, of)


@pytest.mark.parametrize(
    ("hits", "whole", "low", "high"),
    # Newcombe 1998, Statistics in Medicine 17:857-872, table I, method 3.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_shares_have_the_interval_of_wilson(hits: int, whole: int, low: float, high: float) -> None:
    assert wilson(hits, whole) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("failed", "outcome"), [(0, Outcome.HOLDS), (8, Outcome.OPEN), (40, Outcome.BROKEN)]
)
def test_errors_hold_break_or_stay_open(failed: int, outcome: Outcome) -> None:
    of = sample(frame(ok=1000 - failed), frame(failed=failed))
    assert reading("errors<1%", of).outcome is outcome
    assert reading("errors<1%", of).actual == pytest.approx(failed / 10)


def test_few_requests_prove_nothing() -> None:
    few = sample(frame(ok=20))
    assert reading("errors<1%", few).outcome is Outcome.OPEN
    assert reading("p95<200ms", few).outcome is Outcome.OPEN
    assert reading("p95<200ms", few).high == math.inf
    assert holds_as_measured(read_all(parse_objective("p95<200ms,errors<1%"), few))


def test_a_percentile_lies_between_its_order_statistics() -> None:
    # 1000 values of 10, 20 … us: ranks 500 -+ 31 of the median.
    found = reading("med<1s", of_times([10_000 + 10 * rank for rank in range(1000)]))
    assert found.actual * 1000 == pytest.approx(15.0, rel=0.01)
    assert (found.low * 1000, found.high * 1000) == pytest.approx((14.69, 15.31), rel=0.01)


def test_intervals_of_percentiles_cover_the_truth_as_often_as_they_say() -> None:
    chance = random.Random(3)
    truth_ms = -100 * math.log(0.05)
    covered = 0
    for _ in range(300):
        times = [round(chance.expovariate(1 / 100_000)) for _ in range(400)]
        found = reading("p95<1s", of_times(times))
        covered += found.low * 1000 <= truth_ms <= found.high * 1000
    assert 0.92 <= covered / 300 <= 0.98


def seconds_with(failed: list[int]) -> Sample:
    """A sample of seconds of 1000 requests each."""
    frames = [(frame(ok=1000 - count), frame(failed=count)) for count in failed]
    parts = [sample(*pair) for pair in frames]
    whole = sample(*(one for pair in frames for one in pair))
    return Sample(whole.total, whole.entries, parts)


def test_errors_that_come_in_bursts_prove_less_than_even_ones() -> None:
    even, bursts = seconds_with([6, 6, 6, 6, 6]), seconds_with([0, 30, 0, 0, 0])
    assert reading("errors<1%", even).outcome is Outcome.HOLDS
    assert reading("errors<1%", bursts).outcome is Outcome.OPEN
    assert reading("errors<1%", bursts).actual == reading("errors<1%", even).actual


@pytest.mark.parametrize(
    ("freedom", "value"),
    [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (5, 2.571), (14, 2.145), (60, 2.000)],
)
def test_student_is_as_in_the_tables(freedom: int, value: float) -> None:
    assert student(freedom) == pytest.approx(value, rel=0.002)


def test_the_mean_has_an_interval_too() -> None:
    found = reading("avg<15ms", of_times([10_000, 20_000] * 200))
    assert found.actual == pytest.approx(15, rel=0.01)
    assert found.high - found.low == pytest.approx(2 * 1.96 * 5 / 20, rel=0.02)
    assert found.outcome is Outcome.OPEN


def test_starts_that_found_no_user_are_slow_and_failed() -> None:
    of = of_times([1_000] * 900, dropped=100)
    assert reading("p95<200ms", of).outcome is Outcome.BROKEN
    assert reading("p85<200ms", of).outcome is Outcome.HOLDS
    assert reading("errors<5%", of).outcome is Outcome.BROKEN
    assert reading("avg<200ms", of).outcome is not Outcome.HOLDS
    assert not holds_as_measured([reading("avg<200ms", of)])


def test_times_count_from_the_planned_start_where_there_is_one() -> None:
    made = frame(ok=500, took_us=10_000)
    planned = Distribution()
    planned.counts[bucket_index(300_000)] = 500
    planned.min_us = planned.max_us = 300_000
    planned.fill(made.steps[0].scheduled)
    assert reading("p95<200ms", sample(made)).outcome is Outcome.BROKEN


def test_checks_count_broken_assertions_only() -> None:
    of = sample(
        frame(ok=900),
        frame(failed=60, error=("timeout", "")),
        frame(failed=40, error=("assert", "status")),
    )
    assert reading("checks>90%", of).outcome is Outcome.HOLDS
    assert reading("checks>=99%", of).outcome is Outcome.BROKEN
    assert reading("checks>90%", of).actual == pytest.approx(96)


@pytest.mark.parametrize(
    "text",
    ["", " , ", "speed<3", "errors<10", "rps>100", "requests>1", "max<1s", "p95>200ms", "checks<1%",
     "errors>1%"],
)  # fmt: skip
def test_what_no_rate_can_be_sought_for_is_refused(text: str) -> None:
    with pytest.raises(HazardError) as refused:
        parse_objective(text)
    assert refused.value.hint


def test_rules_are_separated_by_commas() -> None:
    assert [goal.text for goal in parse_objective("p95<200ms, errors<1%")] == [
        "p95<200ms",
        "errors<1%",
    ]


@pytest.mark.parametrize(
    ("values", "slope", "chance"),
    # Kendall 1970, Rank Correlation Methods, appendix table 1.
    [
        ([1, 2, 3, 4, 5], 1, 1 / 120),
        ([1, 2, 3, 4], 1, 1 / 24),
        ([1, 3, 2, 4], 0.75, 4 / 24),
        ([10, 30, 20, 40, 50], 10, 5 / 120),
        ([4, 3, 2, 1], -1, 1.0),
        ([1, 2], 0, 1.0),
    ],
)
def test_a_trend_has_a_slope_and_a_chance(values: list[float], slope: float, chance: float) -> None:
    assert growth(values) == (pytest.approx(slope), pytest.approx(chance))


def test_equal_values_are_no_trend() -> None:
    assert growth([7.0] * 8) == (0.0, 1.0)


def test_growth_breaks_what_it_will_reach_within_a_minute() -> None:
    rising = [10.0, 15, 20, 25, 30]
    assert grows_beyond(rising, 200)
    assert not grows_beyond(rising, 400)
    assert not grows_beyond([10.0, 30, 15, 25, 20], 200)
    assert not grows_beyond([], 0)
