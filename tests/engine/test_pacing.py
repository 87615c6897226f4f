"""Open and closed load against their plan, as the target saw it; boomer beside it as control.

The short forms run on any machine with slack. The full forms (`make soak`) hold the stated bounds
and want a machine without other work.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
import pytest

from hazard_tui.plan.model import ArrivalSpacing, Plan, Stage, StageShape
from hazard_tui.rpc.convert import plan_message
from hazard_tui.rpc.gen.hazard.v1 import worker_pb2
from tests.engine.conftest import BareRun
from tests.support.engine import (
    LEAD_S,
    Engine,
    Target,
    arrivals,
    count_of,
    dispersion,
    merged,
    plan_for,
    users,
)

pytestmark = pytest.mark.timeout(300)
"""The first test may have to build the control."""


@dataclass(frozen=True)
class Form:
    """How long a measurement is and how close it must come."""

    seconds: float
    rate: int = 1000
    most_uneven: float = 0.3
    poisson: tuple[float, float] = (0.9, 1.1)
    control: float = 50
    """How much worse boomer's limiter must be at least."""


SHORT = Form(4, most_uneven=5, poisson=(0.6, 6), control=20)
FULL = Form(30)
FORMS = [
    pytest.param(SHORT, id="short"),
    pytest.param(FULL, marks=[pytest.mark.soak, pytest.mark.timeout(240)], id="full"),
]


def run_once(plan_url: str, *stages: Stage, **fields: object) -> list[worker_pb2.Frame]:
    """One engine from start to end; its frames."""
    length_s = sum(stage.duration_ms for stage in stages) / 1000
    with Engine(plan_for(plan_url, *stages, **fields)) as engine:
        engine.start(time.time() + LEAD_S)
        return engine.finished(length_s + 30)


@pytest.mark.parametrize("form", FORMS)
def test_arrivals_are_as_many_and_as_even_as_planned(
    target: Target, bare_boomer: BareRun, form: Form
) -> None:
    target.reset(arrivals=True)
    run_once(target.url + "/static", arrivals(form.rate, form.seconds))
    even = target.arrivals()
    planned = form.rate * form.seconds
    assert abs(len(even) - planned) <= 0.002 * planned
    target.reset(arrivals=True)
    bare_boomer(target.url + "/static", 20, form.rate, form.seconds)
    bursts = target.arrivals()
    ours, theirs = dispersion(even), dispersion(bursts)
    print(f"index of dispersion at {form.rate}/s: {ours:.3f}; boomer's limiter: {theirs:.1f}")
    assert ours <= form.most_uneven
    assert theirs >= form.control * ours


@pytest.mark.parametrize("form", FORMS)
def test_poisson_arrivals_are_as_random_as_planned(target: Target, form: Form) -> None:
    target.reset(arrivals=True)
    run_once(
        target.url + "/static",
        arrivals(form.rate, form.seconds, spacing=ArrivalSpacing.POISSON),
    )
    found = dispersion(target.arrivals())
    print(f"index of dispersion of Poisson arrivals at {form.rate}/s: {found:.3f}")
    assert form.poisson[0] <= found <= form.poisson[1]


@dataclass(frozen=True)
class Stall:
    """A stall of the target within an open load."""

    seconds: float
    stall_s: float
    off: tuple[float, float]
    """Bounds of the percentile as a share of the expected one; other work makes it larger."""
    apart: float = 50
    """How much lower the raw percentile must be at least."""


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(Stall(5, 0.25, (0.65, 4), apart=4), id="short"),
        pytest.param(
            Stall(20, 1.0, (0.9, 1.1)),
            marks=[pytest.mark.soak, pytest.mark.timeout(300)],
            id="full",
        ),
    ],
)
def test_a_stall_shows_since_the_planned_start_and_not_in_the_service_time(
    target: Target, bare_boomer: BareRun, form: Stall
) -> None:
    rate = 500
    with Engine(plan_for(target.url + "/static", arrivals(rate, form.seconds),
                         max_users=10)) as engine:  # fmt: skip
        engine.start(time.time() + LEAD_S)
        target.stall(LEAD_S + form.seconds * 0.4, form.stall_s)
        frames = engine.finished(form.seconds + 30)
        live = engine.frame_times()
    # A share of stall/length of the starts waits, evenly spread over the stall: the 99th percentile
    # leaves the longest 1 % of all starts above it.
    expected_ms = 1000 * form.stall_s * (1 - 0.01 * form.seconds / form.stall_s)
    planned = merged(frames, "scheduled").percentile(99) / 1000
    raw = merged(frames, "service").percentile(99) / 1000
    stall_frames = [frame for _, frame in live if frame.arrivals_late]
    target.stall(form.seconds * 0.4, form.stall_s)
    bare = bare_boomer(target.url + "/static", 10, rate, form.seconds)
    print(f"p99 since the planned start {planned:.0f} ms (expected {expected_ms:.0f}), raw "
          f"{raw:.2f} ms; boomer at {rate}/s: {bare.p99_ms:.2f} ms")  # fmt: skip
    assert form.off[0] <= planned / expected_ms <= form.off[1]
    assert planned >= form.apart * raw
    assert planned >= form.apart * bare.p99_ms, "the control does not show what the engine avoids"
    assert count_of(frames) == (rate * form.seconds, 0, 0)
    late = sum(frame.arrivals_late for frame in frames)
    assert late >= 0.8 * rate * form.stall_s
    assert stall_frames, "no frame during the run told of late starts"


@pytest.mark.parametrize(
    ("window_s", "off"),
    [
        pytest.param(1, 0.1, id="short"),
        pytest.param(10, 0.01, marks=pytest.mark.soak, id="full"),
    ],
)
def test_a_doubled_rate_is_reached_within_a_second(
    target: Target, window_s: float, off: float
) -> None:
    rate, before_s = 400, 1.0
    with Engine(plan_for(target.url + "/static", arrivals(rate, 600))) as engine:
        target.reset(arrivals=True)
        at_s = time.time() + LEAD_S
        engine.start(at_s)
        change_s = at_s + before_s
        doubled = plan_message(Plan(stages=(arrivals(2 * rate, 600),))).stages
        engine.send(set_load=worker_pb2.SetLoad(at_unix_us=round(change_s * 1e6), stages=doubled))
        time.sleep(max(0, change_s + 1 + window_s - time.time()))
        engine.send(stop=worker_pb2.Stop())
        frames = engine.finished(10)
    times = target.arrivals() - change_s
    first = float(np.count_nonzero((times >= 0) & (times < 1)))
    then = float(np.count_nonzero((times >= 1) & (times < 1 + window_s))) / window_s
    old = float(np.count_nonzero(times < 0)) / before_s
    print(
        f"{old:.0f}/s before, {first:.0f} in the first second of twice the rate, then {then:.0f}/s"
    )
    assert then == pytest.approx(2 * rate, rel=off)
    assert first == pytest.approx(2 * rate, rel=off)
    # The control: the window tells the rates apart.
    assert old == pytest.approx(rate, rel=off)
    assert len(times) == sum(count_of(frames))


@pytest.mark.parametrize(
    ("seconds", "spread_ms"),
    [
        pytest.param(2, 300, id="short"),
        pytest.param(10, 20, marks=pytest.mark.soak, id="full"),
    ],
)
def test_four_workers_begin_together(target: Target, seconds: float, spread_ms: float) -> None:
    with ExitStack() as stack:
        engines = [
            stack.enter_context(
                Engine(plan_for(f"{target.url}/static", arrivals(400, seconds)), index=index,
                       count=4)
            )
            for index in range(4)
        ]  # fmt: skip
        target.reset(arrivals=True)
        at_s = time.time() + LEAD_S
        for engine in engines:
            engine.start(at_s)
        frames = [engine.finished(seconds + 20) for engine in engines]
    times = target.arrivals()
    # Worker i takes arrivals i, i+4, …: 2.5 ms after one another. What is left is the spread.
    first = times[:4] - at_s
    planned = np.arange(4) / 400
    late_ms = (first - planned) * 1000
    print(f"first arrivals of four workers after the common start: {np.round(late_ms, 2)} ms")
    assert np.ptp(late_ms) <= spread_ms
    assert abs(late_ms).max() <= spread_ms
    assert sum(count_of(one)[0] for one in frames) == 400 * seconds == len(times)


@pytest.mark.parametrize(
    ("scale", "percent", "edge_ms"),
    [
        pytest.param(1, 50, 80, id="short"),
        pytest.param(5, 99, 50, marks=pytest.mark.soak, id="full"),
    ],
)
def test_every_arrival_of_a_profile_comes_when_the_plan_says(
    target: Target, scale: int, percent: float, edge_ms: float
) -> None:
    stages = (
        arrivals(100, scale * 1),
        arrivals(600, 0.3),  # a spike
        arrivals(50, 0.2),  # shorter than a ramp step of any other generator
        arrivals(400, scale * 1, from_=50, shape=StageShape.LINEAR),
        arrivals(100, scale * 1, shape=StageShape.STEP, steps=4),
    )
    with Engine(plan_for(target.url + "/static", *stages)) as engine:
        target.reset(arrivals=True)
        at_s = time.time() + LEAD_S
        engine.start(at_s)
        frames = engine.finished(60)
    times = target.arrivals() - at_s
    planned = planned_times(stages)
    assert len(times) == len(planned) == count_of(frames)[0]
    off_ms = (times - planned) * 1000
    print(f"{len(planned)} arrivals, off their time by {off_ms.min():.1f} .. "
          f"{np.median(off_ms):.1f} .. {off_ms.max():.1f} ms")  # fmt: skip
    assert off_ms.min() >= -1
    # A host that takes the processor away for a moment shifts a few; an edge at the wrong time
    # shifts all that follow.
    assert np.percentile(abs(off_ms), percent) <= edge_ms


def planned_times(stages: tuple[Stage, ...]) -> np.ndarray:
    """When each arrival is due: the integral of the rate, on a fine grid."""
    step_s = 1e-5
    rates = []
    before = 0.0
    for stage in stages:
        count = round(stage.duration_ms / 1000 / step_s)
        if stage.shape is StageShape.LINEAR:
            start = before if stage.from_ is None else stage.from_
            rates.append(start + (stage.to - start) * (np.arange(count) + 0.5) / count)
        elif stage.shape is StageShape.STEP:
            part = np.arange(count) * (stage.steps or 5) // count + 1
            rates.append(before + (stage.to - before) * part / (stage.steps or 5))
        else:
            rates.append(np.full(count, stage.to))
        before = stage.to
    times = []
    begin = 0.0
    # Every stage begins its own count: its first arrival is due at its beginning.
    for rate in rates:
        passed = np.concatenate(([0.0], np.cumsum(rate) * step_s))
        due = np.arange(np.ceil(passed[-1] - 1e-4))
        times.append(begin + np.interp(due, passed, np.arange(len(passed)) * step_s))
        begin += len(rate) * step_s
    return np.concatenate(times)


STOPS = [
    pytest.param(1500, id="short"),
    pytest.param(300, marks=pytest.mark.soak, id="full"),
]


@pytest.mark.parametrize("within_ms", STOPS)
def test_a_forced_stop_ends_the_load_at_once(target: Target, within_ms: float) -> None:
    with Engine(plan_for(target.url + "/static", users(20, 60))) as engine:
        target.reset(arrivals=True)
        engine.start(time.time())
        engine.event(lambda event: event.frame.seq == 2)
        stopped_s = time.time()
        engine.send(stop=worker_pb2.Stop(force=True))
        frames = engine.finished(10)
    last_ms = (target.arrivals()[-1] - stopped_s) * 1000
    print(f"the last request arrived {last_ms:.1f} ms after the stop")
    assert last_ms <= within_ms
    assert sum(count_of(frames)) == target.hits()["total"]


@pytest.mark.parametrize("within_ms", STOPS)
def test_a_drained_stop_sends_nothing_new_and_finishes_what_is_in_flight(
    target: Target, within_ms: float
) -> None:
    with Engine(plan_for(target.url + "/delay?ms=700", users(20, 60))) as engine:
        target.reset(arrivals=True)
        engine.start(time.time())
        engine.event(lambda event: event.frame.seq == 2)
        stopped_s = time.time()
        engine.send(stop=worker_pb2.Stop(drain_ms=10_000))
        frames = engine.finished(15)
        drained_s = time.time()
    times = target.arrivals()
    assert (times[-1] - stopped_s) * 1000 <= within_ms
    ok, failed, aborted = count_of(frames)
    assert (ok, failed, aborted) == (len(times), 0, 0)
    assert drained_s - stopped_s >= 0.1, "nothing was in flight: the control failed"
