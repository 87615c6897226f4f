"""The search for a capacity: it finds it, corrects wrong trials, and says what it does not know."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest

from hazard_tui.stats.capacity import (
    MOST_TRIALS,
    MOST_VOID,
    CapacitySearch,
    Length,
    Trial,
    Tried,
    between,
)

SHORT = Length.SHORT
Answer = Callable[[Trial], bool | None]


def searched(answer: Answer, lowest: float = 10, highest: float = 10_000) -> CapacitySearch:
    """A search that is over, where `answer` says what each trial shows."""
    search = CapacitySearch(lowest, highest)
    while (trial := search.next_trial()) is not None:
        search.record(trial, answer(trial))
        assert len(search.tried) <= MOST_TRIALS
    return search


def target(capacity: float) -> Answer:
    """A target that never errs."""
    return lambda trial: trial.rate <= capacity


@pytest.mark.parametrize("capacity", [10, 11.37, 99, 100, 640, 800, 801.5, 1280, 6543, 9999])
def test_it_finds_what_a_target_can_do(capacity: float) -> None:
    search = searched(target(capacity))
    assert search.held is not None
    assert search.broken is not None
    assert search.held <= capacity < search.broken
    assert search.broken / search.held <= 1.02
    assert search.interval == (search.held, search.broken)
    assert search.is_narrow
    assert len(search.tried) <= 22


def test_both_ends_are_tried_twice_for_the_whole_time() -> None:
    search = searched(target(800))
    for rate in search.interval:
        lengths = [one.trial.length for one in search.tried if one.trial.rate == rate]
        assert lengths == [Length.STEP, Length.LONG]


def test_short_trials_come_first_and_double() -> None:
    search = searched(target(100))
    assert [one.trial.rate for one in search.tried if one.trial.length is SHORT] == [
        10,
        20,
        40,
        80,
        160,
    ]


def test_no_trial_is_outside_the_asked_rates() -> None:
    search = searched(target(1e9), lowest=30, highest=700)
    assert {one.trial.rate for one in search.tried} == {30, 60, 120, 240, 480, 700}
    assert (search.held, search.broken, search.interval) == (700, None, (700, None))


def test_a_target_that_cannot_even_do_the_least_is_tried_there_twice() -> None:
    search = searched(target(3))
    assert (search.held, search.interval) == (None, (0.0, 10))
    assert search.tried[1:] == [search.tried[1]] * 2
    assert search.tried[1].trial == Trial(10, Length.LONG)


def wrong_once(capacity: float, is_wrong: Callable[[Trial], bool]) -> Answer:
    """A target that answers the first trial wrongly for which something holds."""
    left = [1]

    def answer(trial: Trial) -> bool:
        truth = trial.rate <= capacity
        if left and is_wrong(trial):
            left.clear()
            return not truth
        return truth

    return answer


def test_one_bad_moment_of_the_target_does_not_become_the_answer() -> None:
    search = searched(wrong_once(800, lambda trial: trial.rate == 760))
    assert search.held == pytest.approx(800, rel=0.02)
    assert search.held <= 800
    # The contradiction stays visible, and a trial just below it bounds what it can mean.
    assert 720 < search.interval[0] < 760
    assert search.interval[1] == search.broken


def test_what_a_short_trial_overlooked_is_found_by_the_long_ones() -> None:
    search = searched(wrong_once(600, lambda trial: trial.length is SHORT and trial.rate == 640))
    assert search.held == pytest.approx(600, rel=0.02)
    low, high = search.interval
    assert low <= 600 < (high or 0)


def test_a_wrong_answer_far_above_is_corrected_too() -> None:
    search = searched(
        wrong_once(800, lambda trial: 800 < trial.rate < 815 and trial.length is not SHORT)
    )
    assert search.held == pytest.approx(800, rel=0.02)
    low, high = search.interval
    assert low <= 800 < (high or 0)


def test_a_generator_that_is_disturbed_again_and_again_ends_the_search() -> None:
    search = searched(lambda trial: None if trial.rate > 300 else True)
    assert search.unreachable == 320
    assert sum(one.held is None for one in search.tried) == 2 * MOST_VOID
    assert (search.held, search.interval) == (160, (160, None))
    assert search.tried.count(Tried(Trial(160, Length.LONG), held=True)) == 2


def test_a_generator_that_was_disturbed_for_a_while_goes_on_afterwards() -> None:
    disturbed = iter([None] * (MOST_VOID + 1))
    search = searched(
        lambda trial: next(disturbed, trial.rate <= 700) if trial.rate > 300 else True
    )
    assert search.unreachable is None
    assert search.held == pytest.approx(700, rel=0.02)


def test_what_a_disturbed_generator_leaves_unsure_is_still_searched_below() -> None:
    def answer(trial: Trial) -> bool | None:
        return None if trial.rate > 300 else trial.rate <= 150 or trial.length is SHORT

    search = searched(answer)
    assert search.held == pytest.approx(150, rel=0.02)
    assert search.broken is not None
    assert search.unreachable is None


def test_a_spoilt_trial_is_tried_again() -> None:
    spoilt = iter([None])
    search = searched(lambda trial: next(spoilt, trial.rate <= 80) if trial.rate == 40 else
                      trial.rate <= 80)  # fmt: skip
    assert search.unreachable is None
    assert search.held is not None
    assert 78 <= search.held <= 80


def test_the_interval_covers_the_truth_although_trials_near_it_err() -> None:
    chance = random.Random(5)

    def answer(trial: Trial) -> bool:
        # At 1 % from the capacity one of four trials errs, at 3 % one of thirty.
        certainty = 1 / (1 + math.exp(-110 * math.log(800 / trial.rate)))
        return chance.random() < certainty

    covered = near = 0
    for _ in range(200):
        search = searched(answer)
        low, high = search.interval
        covered += low <= 800 <= (high or math.inf)
        near += abs((search.held or 0) / 800 - 1) <= 0.05
    assert covered >= 170
    assert near >= 195


def test_close_things_alone_bound_nothing() -> None:
    search = CapacitySearch(10, 1000)
    while (trial := search.next_trial()) is not None:
        search.record(trial, trial.rate <= 300, sure=trial.rate < 100)
    assert search.held == pytest.approx(300, rel=0.02)
    assert search.interval == (80, None)
    assert not search.is_narrow


def test_a_sure_trial_at_a_harder_rate_makes_close_things_sure() -> None:
    search = CapacitySearch(10, 1000)
    while (trial := search.next_trial()) is not None:
        search.record(trial, trial.rate <= 300, sure=290 <= trial.rate <= 310)
    assert search.interval == (search.held, search.broken)


@pytest.mark.parametrize(("low", "high"), [(640, 1280), (790, 810), (0.01, 0.0102), (9998, 9999)])
def test_a_rate_between_two_is_short_to_write_and_near_the_middle(low: float, high: float) -> None:
    middle = between(low, high)
    assert low < middle < high
    assert abs(middle - math.sqrt(low * high)) <= (high - low) / 10
    assert len(f"{middle:g}") <= 7


def test_the_middle_of_a_wide_bracket_is_round() -> None:
    assert between(640, 1280) == 910
