"""One step of a search: which seconds count, when it is over, and what it says."""

from __future__ import annotations

from collections.abc import Iterable

from hazard_tui.rpc.gen.hazard.v1 import worker_pb2
from hazard_tui.stats.capacity import Length, Trial
from hazard_tui.stats.load_step import Generators, LoadStep
from hazard_tui.stats.objective import parse_objective
from tests.unit.frames import entry, frame

RATE = 500.0
GENERATORS = Generators({"w1": 1, "w2": 1}, max_users=1000)


def step(length: Length = Length.STEP) -> LoadStep:
    """A step of 5 s at 500 a second after a warm-up of 1 s."""
    goals = parse_objective("p95<200ms,errors<1%")
    return LoadStep(Trial(RATE, length), goals, [entry(0)], GENERATORS, step_s=5, warm_up_s=1)


def second(
    number: int, took_ms: float = 10, *, ok: int = 500, failed: int = 0, rate: float = RATE,
    users: float = 5, in_flight: int = 5, dropped: int = 0,
) -> worker_pb2.Frame:  # fmt: skip
    """The merged frame of a second."""
    made = frame(
        number, worker="", ok=ok, failed=failed, took_us=round(took_ms * 1000), users=users
    )
    made.target_rate, made.in_flight, made.arrivals_dropped = rate, in_flight, dropped
    made.iterations_started = round(rate)
    return made


def health(number: int, **figures: float) -> worker_pb2.Frame:
    """The frame of a worker whose engine suffered."""
    made = frame(number, worker="w2", users=3)
    for name, value in figures.items():
        setattr(made.generator, name, value)
    return made


def fed(one: LoadStep, frames: Iterable[worker_pb2.Frame]) -> LoadStep:
    """Gives seconds to a step until it is over."""
    for merged in frames:
        if one.is_done:
            break
        one.take(merged, [])
    return one


def test_the_change_of_the_rate_and_the_warm_up_do_not_count() -> None:
    slow = [second(1, rate=250), second(2, 900), second(3, 900)]
    found = fed(step(), [*slow, *map(second, range(4, 20))])
    result = found.result()
    assert (result.held, result.sure) == (True, True)
    assert (result.first_second, result.last_second, result.seconds) == (4, 8, 5)
    assert (result.requests, result.requests_per_s, result.iterations) == (2500, 500, 2500)


def test_a_short_step_is_two_seconds() -> None:
    assert fed(step(Length.SHORT), map(second, range(20))).result().seconds == 2


def test_a_short_step_that_looks_broken_goes_on_until_it_is_sure() -> None:
    unlucky = [2, 0, 0, 0]
    frames = [
        second(number, ok=100 - failed, failed=failed, rate=RATE)
        for number, failed in enumerate([0, 0, *unlucky, *[0] * 40])
    ]
    result = fed(step(Length.SHORT), frames).result()
    assert result.held is True
    assert result.seconds == 3


def test_what_is_clearly_broken_ends_early() -> None:
    result = fed(step(), (second(one, 900) for one in range(20))).result()
    assert (result.held, result.sure, result.seconds) == (False, True, 2)
    assert "p95 900ms" in result.why


def test_errors_break_it_as_well() -> None:
    result = fed(step(), (second(one, ok=450, failed=50) for one in range(20))).result()
    assert result.held is False
    assert "errors 10%" in result.why
    assert "p95" not in result.why


def test_what_stays_open_goes_on_three_times_as_long_and_is_decided_by_its_value() -> None:
    frames = (second(one, ok=496, failed=4) for one in range(40))
    result = fed(step(), frames).result()
    assert (result.held, result.sure, result.seconds) == (True, False, 15)


def test_a_queue_that_grows_slowly_is_broken_before_the_limit_is_reached() -> None:
    frames = (second(one, 20 + 5 * one) for one in range(20))
    result = fed(step(), frames).result()
    assert (result.held, result.sure) == (False, True)
    assert "p95 grows by 5" in result.why


def test_a_long_step_is_over_when_its_queue_has_grown_for_the_time_of_a_step() -> None:
    frames = (second(one, 20 + 5 * one) for one in range(40))
    assert fed(step(Length.LONG), frames).result().seconds == 5


def test_a_long_step_that_holds_is_measured_three_times_as_long() -> None:
    result = fed(step(Length.LONG), map(second, range(40))).result()
    assert (result.held, result.seconds) == (True, 15)


def test_a_time_that_only_wavers_holds() -> None:
    times = [10, 10, 30, 60, 20, 50, 40]
    assert fed(step(), map(second, range(7), times)).result().held


def test_requests_that_hang_are_seen_although_nobody_counts_them_yet() -> None:
    frames = [second(one, ok=450, in_flight=5 + 50 * one) for one in range(20)]
    result = fed(step(), frames).result()
    assert result.held is False
    assert "in flight grow by 50" in result.why


def test_a_target_that_answers_nothing_holds_nothing() -> None:
    result = fed(step(Length.SHORT), [second(one, ok=0) for one in range(20)]).result()
    assert (result.held, result.why) == (False, "no request was answered")


def test_a_disturbed_second_and_the_one_after_it_are_left_out_and_named() -> None:
    one = step()
    for number in range(1, 5):
        one.take(second(number), [])
    one.take(second(5, 900), [health(5, run_queue_delay_us=80_000)])
    for number in range(6, 20):
        if not one.is_done:
            one.take(second(number, 900 if number == 6 else 10), [])
    result = one.result()
    assert result.held is True
    assert one.seconds == [3, 4, 7, 8, 9]
    (left_out,) = result.excluded
    assert (left_out.second, left_out.worker_id, left_out.code) == (5, "w2", "run-queue")
    assert "80 ms" in left_out.text


def test_a_generator_that_is_always_disturbed_makes_the_step_void() -> None:
    one = step()
    for number in range(40):
        if not one.is_done:
            one.take(second(number), [health(number, gc_pause_us=90_000)])
    result = one.result()
    assert result.held is None
    assert len(result.excluded) == 6


def test_late_starts_are_the_targets_doing_when_every_user_waits_for_it() -> None:
    one = step()
    for number in range(10):
        if not one.is_done:
            late = health(number, schedule_lag_max_us=900_000)
            one.take(second(number, 900, users=1000), [late])
    assert one.result().held is False
    assert one.result().excluded == ()


def test_late_starts_with_free_users_are_the_generators_doing() -> None:
    one = step()
    for number in range(40):
        if not one.is_done:
            one.take(second(number), [health(number, schedule_lag_max_us=900_000)])
    assert one.result().held is None
    assert {left_out.code for left_out in one.result().excluded} == {"schedule-lag"}


def test_a_second_with_another_load_is_left_out() -> None:
    frames = [second(one, rate=250 if one == 4 else RATE) for one in range(20)]
    result = fed(step(), frames).result()
    assert result.held is True
    assert [left_out.code for left_out in result.excluded] == ["load"]
    assert "250 instead of 500" in result.excluded[0].text
