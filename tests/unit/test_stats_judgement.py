"""Thresholds, the verdict about the generator, and comparisons."""

from __future__ import annotations

import pytest

from hazard_tui.errors import PlanError
from hazard_tui.plan.model import Threshold
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2
from hazard_tui.stats.compare import RunFigures, compare, locust_differences
from hazard_tui.stats.merge import FrameSum
from hazard_tui.stats.thresholds import broken_for_good, judge, parse_rule
from hazard_tui.stats.verdict import VerdictWatch
from tests.unit.frames import entry, frame

ENTRIES = [entry(0, "list", tags=("team=web",)), entry(1, "buy", task="shop", method="POST")]


def total() -> FrameSum:
    """90 ok in 10 ms, 10 failed in 400 ms of which 4 by assertions."""
    found = FrameSum(2)
    found.add(frame(ok=90, took_us=10_000))
    found.add(frame(failed=6, took_us=400_000, entry=1, error=("timeout", "")))
    found.add(frame(failed=4, took_us=400_000, entry=1, error=("assert", "status")))
    return found


@pytest.mark.parametrize(
    ("rule", "ok", "actual"),
    [
        ("p50<20ms", True, 10),
        ("p95<300ms", False, 400),
        ("p95 <= 1s", True, 0.4),
        ("avg<100ms", True, 49),
        ("max<5s", True, 0.4),
        ("min>1ms", True, 10),
        ("errors<1%", False, 10),
        ("failed<11", True, 10),
        ("rps>=10", True, 10),
        ("checks>99%", False, 96),
        ("dropped<1", True, 0),
        ("requests>99", True, 100),
    ],
)
def test_rules(rule: str, ok: bool, actual: float) -> None:
    result = judge(Threshold(rule=rule), total(), ENTRIES, seconds=10)
    assert result.ok is ok
    assert result.actual == pytest.approx(actual, rel=0.01)
    assert rule in result.text


@pytest.mark.parametrize(
    ("threshold", "actual"),
    [
        (Threshold(rule="requests>0", step="buy"), 10),
        (Threshold(rule="requests>0", task="browse"), 90),
        (Threshold(rule="requests>0", tag="team=web"), 90),
    ],
)
def test_a_threshold_is_about_what_it_names(threshold: Threshold, actual: float) -> None:
    assert judge(threshold, total(), ENTRIES, 10).actual == actual


@pytest.mark.parametrize("rule", ["p95", "p95<", "speed<3", "p95<3%", "errors<5ms", "p100<1s", ""])
def test_what_is_no_rule_is_refused(rule: str) -> None:
    with pytest.raises(PlanError):
        parse_rule(rule)


def test_a_time_without_requests_does_not_hold() -> None:
    assert not judge(Threshold(rule="p95<1s"), FrameSum(1), ENTRIES, 10).ok


def test_an_aborting_threshold_waits_its_time() -> None:
    rules = [Threshold(rule="errors<1%", abort=True, abort_after_ms=5_000)]
    assert broken_for_good(rules, total(), ENTRIES, 4_999) is None
    broken = broken_for_good(rules, total(), ENTRIES, 5_000)
    assert broken is not None
    assert "broken" in broken.text


def healthy(second: int, **health: float) -> worker_pb2.Frame:
    made = frame(second=second, ok=1)
    for name, value in health.items():
        setattr(made.generator, name, value)
    return made


def test_a_healthy_run_is_valid() -> None:
    watch = VerdictWatch()
    for second in range(30):
        watch.add(healthy(second, cpu_percent=40, schedule_lag_max_us=2_000))
    assert watch.verdict() == control_pb2.Verdict(status="valid")


def test_one_bad_second_is_not_a_verdict_but_three_are() -> None:
    watch = VerdictWatch()
    for second in range(30):
        watch.add(healthy(second, schedule_lag_max_us=400_000 if second == 3 else 0))
    assert watch.verdict().status == "valid"
    watch.add(healthy(31, schedule_lag_max_us=150_000))
    watch.add(healthy(32, schedule_lag_max_us=150_000))
    verdict = watch.verdict()
    assert verdict.status == "degraded"
    assert [reason.code for reason in verdict.reasons] == ["schedule-lag"]
    assert (verdict.reasons[0].from_second, verdict.reasons[0].to_second) == (3, 32)
    assert "400 ms" in verdict.reasons[0].text


def contended(second: int, waited_us: int, took_us: int = 200) -> worker_pb2.Frame:
    made = frame(second=second, ok=2000, took_us=took_us)
    made.generator.cpu_percent, made.generator.run_queue_wait_us = 12, waited_us
    return made


def test_a_disturbance_makes_a_live_run_invalid_while_it_lasts() -> None:
    watch = VerdictWatch()
    for second in range(10, 20):
        watch.add(contended(second, 30_000))
    assert watch.verdict(live=True).status == "valid"
    assert watch.add(contended(20, 200_000))
    assert watch.verdict(live=True).status == "valid"
    watch.add(contended(21, 200_000))
    verdict = watch.verdict(live=True)
    assert (verdict.status, verdict.reasons[0].code) == ("invalid", "contention")
    assert (verdict.reasons[0].from_second, verdict.reasons[0].to_second) == (20, 21)
    for second in range(22, 30):
        assert not watch.add(contended(second, 30_000))
    assert watch.verdict(live=True).status == watch.verdict().status == "valid"


def test_waiting_is_harmless_when_answers_take_much_longer() -> None:
    watch = VerdictWatch()
    for second in range(20):
        watch.add(contended(second, 200_000, took_us=100_000))
    assert watch.verdict() == control_pb2.Verdict(status="valid")


def test_processors_are_counted() -> None:
    watch = VerdictWatch()
    watch.add_worker("w1", cpus=4)
    for second in range(20):
        watch.add(healthy(second, cpu_percent=300))
    assert watch.verdict().status == "valid"
    for second in range(20, 40):
        watch.add(healthy(second, cpu_percent=370))
    assert [reason.code for reason in watch.verdict().reasons] == ["cpu"]


def test_exhausted_ports_make_a_run_invalid_at_once() -> None:
    watch = VerdictWatch()
    watch.add(healthy(1, ports_exhausted=True))
    assert watch.verdict().status == "invalid"


@pytest.mark.parametrize(("dropped", "status"), [(1, "degraded"), (20, "invalid")])
def test_dropped_arrivals_count_by_their_share(dropped: int, status: str) -> None:
    watch = VerdictWatch()
    made = frame(ok=1)
    made.iterations_started, made.arrivals_dropped = 99, dropped
    watch.add(made)
    assert watch.verdict().status == status


def test_a_note_degrades() -> None:
    watch = VerdictWatch()
    watch.note("worker-lost", "worker w2 was lost", worker_id="w2", from_second=5, to_second=8)
    verdict = watch.verdict()
    assert (verdict.status, verdict.reasons[0].worker_id) == ("degraded", "w2")


def test_two_runs_side_by_side() -> None:
    before, after = FrameSum(1), FrameSum(1)
    before.add(frame(ok=100, took_us=10_000))
    after.add(frame(ok=200, took_us=15_000))
    rows = compare(
        RunFigures([entry(0, "list")], before, 10),
        RunFigures([entry(0, "list"), entry(1, "new")], after, 10),
    )
    assert [row.name for row in rows] == ["", "list", "new"]
    assert rows[1].change("per_s") == pytest.approx(1.0)
    assert rows[1].change("p95_us") == pytest.approx(0.5, rel=0.02)
    assert rows[1].change("failed_share") == 0.0
    assert rows[2].change("per_s") is None


def test_locust_agrees_or_the_difference_is_named() -> None:
    locust = control_pb2.LocustTotals(known=True, requests=100, failures=10)
    locust.entries.add(name="list", method="GET", requests=90)
    locust.entries.add(name="buy", method="POST", requests=10, failures=10)
    assert locust_differences(ENTRIES, total(), locust) == []
    locust.entries[0].requests = 89
    assert "90 requests" in locust_differences(ENTRIES, total(), locust)[0]
    del locust.entries[0]
    assert "Locust has 0" in locust_differences(ENTRIES, total(), locust)[0]
