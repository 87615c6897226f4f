"""What disturbs the generator makes the verdict, and nothing else does."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from hazard_tui.stats.verdict import VerdictWatch
from tests.bench import floor
from tests.support.engine import (
    BIN,
    LEAD_S,
    Engine,
    Target,
    arrivals,
    first_core,
    last_core,
    pinned,
    plan_for,
    running_target,
)

RATE = 2000
CAN_PIN = bool(pinned(0)) and last_core() != first_core()
needs_cores = pytest.mark.skipif(not CAN_PIN, reason="needs `taskset` and two cores")


@contextmanager
def hog(core: int) -> Iterator[float]:
    """A program that runs all the time on a core; when it began."""
    command = [*pinned(core), sys.executable, "-c", "print(1, flush=True)\nwhile True: pass"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        try:
            yield time.time()
        finally:
            child.kill()


def judged(engine: Engine, watch: VerdictWatch, done: int) -> int:
    """Gives the frames that came since `done` to the watch; how many there are."""
    frames = engine.frames()
    for frame in frames[done:]:
        watch.add(frame)
    return len(frames)


def disturbed_run(target: Target) -> tuple[float, VerdictWatch]:
    """Seconds from the start of a hog to the verdict `invalid`, and who gave it."""
    watch = VerdictWatch()
    watch.add_worker("worker-0", 1)
    plan = plan_for(target.url + "/static", arrivals(RATE, 60), max_users=50)
    with Engine(plan, core=first_core()) as engine:
        engine.start(time.time() + LEAD_S)
        engine.event(lambda event: event.frame.seq == 2)
        done = judged(engine, watch, 0)
        with hog(first_core()) as began:
            while time.time() < began + 10:
                seq = done + 1
                engine.event(lambda event, seq=seq: event.frame.seq == seq)  # type: ignore[misc]
                done = judged(engine, watch, done)
                if watch.verdict(live=True).status == "invalid":
                    return time.time() - began, watch
    return float("inf"), watch


@needs_cores
@pytest.mark.parametrize(
    ("runs", "within_s"),
    [
        pytest.param(1, 4.0, id="short"),
        pytest.param(20, 3.0, marks=[pytest.mark.soak, pytest.mark.timeout(600)], id="full"),
    ],
)
def test_a_hog_on_the_engines_core_makes_the_run_invalid(runs: int, within_s: float) -> None:
    with running_target(last_core()) as target:
        found = [disturbed_run(target) for _ in range(runs)]
    took = sorted(seconds for seconds, _ in found)
    print(f"{runs} runs with a hog: invalid after {took[0]:.1f} .. {took[-1]:.1f} s")
    assert took[-1] <= within_s, took
    for _, watch in found:
        codes = {reason.code for reason in watch.verdict(live=True).reasons}
        assert "contention" in codes
        # The control: what other generators show, the share of a processor, gives no sign.
        assert "cpu" not in codes


def others_busy_s() -> float:
    """Processor seconds used on this machine so far."""
    times = psutil.cpu_times()
    return float(times.user + times.system + times.nice + times.softirq + times.irq + times.steal)


def undisturbed_run(target: Target, seconds: int) -> tuple[str, float]:
    """The worst verdict of a run, and the share of a core that everything else used meanwhile."""
    watch = VerdictWatch()
    watch.add_worker("worker-0", 1)
    plan = plan_for(target.url + "/static", arrivals(RATE, seconds), max_users=50)
    with Engine(plan, core=first_core()) as engine:
        engine.start(time.time() + LEAD_S)
        engine.event(lambda event: event.frame.seq == 1)
        before, since, own = others_busy_s(), time.time(), own_busy_s(engine)
        worst = set()
        done = 0
        for seq in range(2, seconds + 1):
            engine.event(lambda event, seq=seq: event.frame.seq == seq)  # type: ignore[misc]
            done = judged(engine, watch, done)
            worst.add(watch.verdict(live=True).status)
        own = own_busy_s(engine) - own
        # The target works about as much as the engine.
        others = (others_busy_s() - before - 2 * own) / (time.time() - since)
        engine.finished(30)
    return next(one for one in ("invalid", "degraded", "valid") if one in worst), others


def own_busy_s(engine: Engine) -> float:
    """Processor seconds of the engine and of this process."""
    engine_times = psutil.Process(engine.child.pid).cpu_times()
    mine = os.times()
    return float(engine_times.user + engine_times.system + (mine.user + mine.system) / 2)


@needs_cores
@pytest.mark.soak
@pytest.mark.timeout(1500)
def test_runs_on_an_idle_machine_raise_no_alarm() -> None:
    runs, alarms, disturbed = 0, 0, 0
    with running_target(last_core()) as target:
        while runs < 50 and disturbed < 100:
            status, others = undisturbed_run(target, 6)
            # Somebody else's work is no false alarm: the run is made again.
            if others > 0.15:
                disturbed += 1
                continue
            runs += 1
            alarms += status == "invalid"
    print(f"{alarms} alarms in {runs} runs; {disturbed} runs beside other work not counted")
    assert runs, "the machine was never idle"
    assert alarms * 50 <= runs, f"{alarms} alarms in {runs} runs"


@needs_cores
@pytest.mark.soak
@pytest.mark.timeout(240)
@pytest.mark.skipif(not shutil.which("wrk"), reason="needs `wrk` as the control")
@pytest.mark.parametrize("connections", [1, 20])
def test_the_floor_of_the_engine_is_that_of_wrk(connections: int) -> None:
    ours, theirs = floor.measure(connections)
    # The floor is what is left of a latency without disturbance: the best turn of each.
    ratio = min(ours) / min(theirs)
    print(f"{connections} connections: p50 {floor.spread(ours)} us, wrk {floor.spread(theirs)} us, "
          f"ratio {ratio:.2f}")  # fmt: skip
    assert 0.8 <= ratio <= 1.2


@needs_cores
@pytest.mark.soak
@pytest.mark.skipif(not shutil.which("wrk"), reason="needs `wrk` as the control")
def test_the_floor_that_a_worker_measures_is_that_of_wrk() -> None:
    worker = str(BIN / "hazard-worker")
    ours, theirs = [], []
    null_target = [*pinned(last_core()), worker, "null-target"]
    with subprocess.Popen(null_target, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as target:  # fmt: skip
        assert target.stdin is not None
        assert target.stdout is not None
        where = target.stdout.readline().strip()
        for _ in range(floor.TURNS):
            calibrate = [*pinned(first_core()), worker, "calibrate", "--target", where]
            measured = subprocess.run(calibrate, check=True, capture_output=True, text=True,
                                      timeout=30)  # fmt: skip
            ours.append(float(json.loads(measured.stdout)["p50_us"]))
            theirs.append(floor.wrk_p50_us(Target(f"http://{where}")))
        target.stdin.close()
    ratio = min(ours) / min(theirs)
    print(f"p50 {floor.spread(ours)} us, wrk {floor.spread(theirs)} us, ratio {ratio:.2f}")
    assert 0.8 <= ratio <= 1.2
