"""Comparisons of two runs: what is a regression, and what chance does to unchanged runs."""

from __future__ import annotations

import numpy as np
import pytest

from hazard_tui.report.comparison import Comparison, Side
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2
from hazard_tui.stats.change import share_change
from hazard_tui.stats.histogram import Distribution, bucket_index
from hazard_tui.stats.merge import FrameSum
from tests.unit.frames import entry

STEPS = 6
PAIRS = 20


def run(seed: int, *, slower: float = 1.0, failed: float = 0.0, seconds: int = 30) -> Side:
    """A run of steps around 20 ms whose target is quicker in some seconds than in others."""
    draws = np.random.default_rng(seed)
    record = control_pb2.RunRecord(
        run_id=f"run-{seed}",
        entries=[entry(number, f"step {number}") for number in range(STEPS)],
        started_unix_ms=1_000,
        ended_unix_ms=1_000 + seconds * 1_000,
    )
    total, frames = FrameSum(STEPS), []
    mood = 0.0
    for second in range(seconds):
        # Neighbouring seconds resemble each other.
        mood = 0.6 * mood + draws.normal(0, 0.01)
        made = worker_pb2.Frame(run_id=record.run_id, second=100 + second, seq=second + 1)
        for number in range(STEPS):
            took = draws.lognormal(np.log(20_000) + mood, 0.25, 60) * slower
            times = Distribution()
            for value in took.astype(int).tolist():
                times.counts[bucket_index(value)] += 1
            times.min_us, times.max_us = int(took.min()), int(took.max())
            times.sum_us = int(took.sum())
            bad = int(draws.binomial(60, failed))
            step = made.steps.add(entry=number, ok=60 - bad, failed=bad)
            times.fill(step.service)
        total.add(made)
        frames.append(made)
    return Side(record, total, frames)


def test_unchanged_runs_are_called_unchanged() -> None:
    quiet = sum(not Comparison(run(pair), run(1000 + pair)).regressions for pair in range(PAIRS))
    assert quiet >= PAIRS - 1


def test_a_tenth_slower_is_a_regression() -> None:
    found = sum(
        bool(Comparison(run(pair), run(1000 + pair, slower=1.1)).regressions)
        for pair in range(PAIRS)
    )
    assert found >= PAIRS - 1


def test_a_tenth_faster_is_none() -> None:
    assert not Comparison(run(1, slower=1.1), run(2)).regressions


def test_more_failures_are_a_regression_and_the_same_are_not() -> None:
    few, more = run(1, failed=0.01), run(2, failed=0.03)
    assert any("failures are +" in text for text in Comparison(few, more).regressions)
    assert not Comparison(few, run(3, failed=0.01)).regressions


def test_runs_too_short_for_an_interval_say_so() -> None:
    found = Comparison(run(1, seconds=3), run(2, seconds=3, slower=1.5)).regressions
    assert found
    assert all("too short" in text for text in found)


def test_the_table_marks_what_chance_explains() -> None:
    table = Comparison(run(1), run(2)).table()
    assert "~" in table.splitlines()[1]
    row = Comparison(run(1), run(2, slower=2.0)).table().splitlines()[1]
    assert "~" not in row.split("%")[-2]


def test_an_interval_of_failures_holds_its_change() -> None:
    change = share_change((0, 1_000), (30, 1_000), 2.0)
    assert change.value == pytest.approx(0.03)
    assert 0 < change.low < change.value < change.high
    assert not share_change((0, 1_000), (1, 1_000), 2.0).is_growth


def test_the_same_pair_gives_the_same_answer() -> None:
    one, two = run(1), run(2)
    assert Comparison(one, two).value() == Comparison(one, two).value()
