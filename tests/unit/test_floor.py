"""The floor of workers: how it is told, and when a median is near it."""

from __future__ import annotations

import pytest

from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2
from hazard_tui.stats.floor import floor_text, known_floors, near_floor_text
from hazard_tui.stats.verdict import DEGRADED, VALID, VerdictWatch

FLOORS = [
    worker_pb2.Floor(p50_us=22, p99_us=90, cost_us=10, rate_per_core=100_000),
    worker_pb2.Floor(p50_us=40, p99_us=60, cost_us=12.5, rate_per_core=80_000),
]


def test_of_several_workers_the_worst_figures_are_told() -> None:
    assert floor_text(FLOORS) == (
        "floor p50 40 us, p99 90 us, 12.5 us of processor per request, at most 80000/s per core"
    )
    assert floor_text([]) == ""


def test_a_worker_that_measured_nothing_has_no_floor() -> None:
    workers = [control_pb2.RunWorker(), control_pb2.RunWorker(floor=FLOORS[0])]
    assert known_floors(workers) == FLOORS[:1]


@pytest.mark.parametrize(
    ("p50_us", "requests", "says"),
    [(79, 1000, "51% of it"), (30, 1000, "100% of it"), (80, 1000, ""), (79, 99, "")],
)
def test_a_median_below_twice_the_floor_is_near_it(p50_us: float, requests: int, says: str) -> None:
    found = near_floor_text(p50_us, requests, FLOORS)
    assert bool(found) == bool(says)
    assert says in found


def test_nothing_is_near_a_floor_that_is_not_known() -> None:
    assert near_floor_text(10, 1000, []) == ""


def test_what_takes_nothing_from_the_numbers_leaves_them_valid() -> None:
    watch = VerdictWatch()
    watch.note("near-floor", "near", status=VALID)
    assert watch.verdict().status == VALID
    assert [one.code for one in watch.verdict().reasons] == ["near-floor"]
    watch.note("worker-lost", "gone")
    assert watch.verdict().status == DEGRADED
