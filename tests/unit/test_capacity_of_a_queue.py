"""The whole search on a simulated server that answers one request after the other."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hazard_tui.rpc.gen.hazard.v1 import worker_pb2
from hazard_tui.stats.capacity import CapacitySearch
from hazard_tui.stats.histogram import LOWER_US, Distribution
from hazard_tui.stats.load_step import Generators, LoadStep
from hazard_tui.stats.objective import parse_objective
from tests.unit.frames import entry

LIMIT_S = 180
REST_S = 15


class Server:
    """Requests come at random and wait in a queue; `per_s` are answered at most.

    Of a request in `stall_every` the answer takes `stall_s` longer, and all others wait meanwhile.
    """

    def __init__(self, per_s: float, seed: int, stall_every: int = 0, stall_s: float = 0.0) -> None:
        self.takes_s = 1 / per_s
        self.stall_every, self.stall_s = stall_every, stall_s
        self.chance = np.random.default_rng(seed)
        self.clock = 0
        self.free_at = 0.0
        self.pending: list[tuple[float, float]] = []

    def second(self, rate: float) -> worker_pb2.Frame:
        """The merged frame of the next second at a rate."""
        start, self.clock = self.clock, self.clock + 1
        arrivals = start + np.sort(self.chance.random(self.chance.poisson(rate)))
        for came in arrivals:
            takes = self.takes_s
            if self.stall_every and self.chance.random() < 1 / self.stall_every:
                takes += self.stall_s
            self.free_at = max(self.free_at, came) + takes
            self.pending.append((came, self.free_at))
        done = [(left - came) * 1e6 for came, left in self.pending if left < self.clock]
        self.pending = [one for one in self.pending if one[1] >= self.clock]
        return self.frame(rate, len(arrivals), done)

    def frame(self, rate: float, started: int, times_us: list[float]) -> worker_pb2.Frame:
        """A frame of what was answered."""
        made = worker_pb2.Frame(second=self.clock, target_rate=rate, iterations_started=started)
        made.in_flight = made.users = len(self.pending)
        if times_us:
            step = made.steps.add(entry=0, ok=len(times_us))
            times = Distribution()
            index = np.searchsorted(LOWER_US, times_us, side="right") - 1
            np.add.at(times.counts, index, 1)
            times.min_us, times.max_us = int(min(times_us)), int(max(times_us))
            times.sum_us = int(sum(times_us))
            times.fill(step.service)
        return made


def searched(server: Server) -> CapacitySearch:
    """A search from 50 to 5000 a second that is over."""
    search = CapacitySearch(50, 5000)
    goals = parse_objective("p95<200ms,errors<1%")
    while (trial := search.next_trial()) is not None and server.clock < LIMIT_S:
        step = LoadStep(trial, goals, [entry(0)], Generators({}, 10_000), step_s=5, warm_up_s=1)
        while not step.is_done:
            step.take(server.second(trial.rate), [])
        result = step.result()
        search.record(trial, result.held, sure=result.sure)
        for _ in range(REST_S if result.held is False else 0):
            if server.second(5).in_flight <= 2:
                break
    return search


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("per_s", [120, 800])
def test_it_finds_the_capacity_of_a_queue_with_random_arrivals(per_s: float, seed: int) -> None:
    # In a queue that is nearly always busy a wait longer than x has the chance
    # exp(-2 (1 - load) x / time of an answer) (Kingman 1961), 5 % of 200 ms at the capacity.
    truth = per_s * (1 - math.log(20) / (2 * 0.2 * per_s))
    search = searched(Server(per_s, seed))
    low, high = search.interval
    assert search.held == pytest.approx(truth, rel=0.06)
    assert low <= truth * 1.03
    assert high is not None
    assert high >= truth * 0.95


@pytest.mark.parametrize("seed", range(4))
def test_a_server_that_stalls_now_and_then_can_do_as_much_less(seed: int) -> None:
    # One request in 2000 takes 50 ms longer: 0.025 ms of 1.25 ms, so 784 a second.
    search = searched(Server(800, seed, stall_every=2000, stall_s=0.05))
    assert search.held == pytest.approx(784, rel=0.06)
