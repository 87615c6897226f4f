"""The whole search on a simulated server that answers one request after the other."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest

from hazard_tui.rpc.gen.hazard.v1 import worker_pb2
from hazard_tui.stats.capacity import CapacitySearch
from hazard_tui.stats.histogram import LOWER_US, Distribution
from hazard_tui.stats.load_step import Generators, LoadStep, measured_s
from hazard_tui.stats.objective import limit_s, parse_objective
from tests.unit.frames import entry

SEARCH_S = 170
CHANGE_S = 3.5
"""Of a change of the rate and the warm-up."""
REST_S = 15
OBJECTIVE = parse_objective("p95<200ms,errors<1%")
WAIT_S = math.log(20) / 0.2
"""Where the chance of a time x is exp(-WAIT_S x), 5 % of all times are longer than 200 ms."""

Times = npt.NDArray[np.float64]


class Server:
    """Requests wait in a queue; `per_s` are answered at most.

    They come at random or evenly, and their answers take all the same time or a random one. Of a
    request in `stall_every` the answer takes `stall_s` longer, and all others wait meanwhile.
    """

    def __init__(
        self,
        per_s: float,
        seed: int,
        *,
        evenly: bool = False,
        varied: bool = False,
        stall_every: int = 0,
        stall_s: float = 0.0,
    ) -> None:
        self.takes_s = 1 / per_s
        self.evenly, self.varied = evenly, varied
        self.stall_every, self.stall_s = stall_every, stall_s
        self.chance = np.random.default_rng(seed)
        self.clock = 0
        self.free_at = self.phase = 0.0
        self.came: Times = np.empty(0)
        self.left: Times = np.empty(0)

    def second(self, rate: float) -> worker_pb2.Frame:
        """The merged frame of the next second at a rate."""
        start, self.clock = self.clock, self.clock + 1
        came = start + self._arrivals(rate)
        takes = self._takes(len(came))
        done_work = np.cumsum(takes)
        # Each begins when it came or the one before it is done (Lindley's recursion, all at once).
        begun = np.maximum.accumulate(np.maximum(came - (done_work - takes), self.free_at))
        left = begun + done_work
        if len(left):
            self.free_at = float(left[-1])
        self.came = np.concatenate((self.came, came))
        self.left = np.concatenate((self.left, left))
        done = self.left < self.clock
        times_us = (self.left - self.came)[done] * 1e6
        self.came, self.left = self.came[~done], self.left[~done]
        return self.frame(rate, len(came), times_us)

    def _arrivals(self, rate: float) -> Times:
        if not self.evenly:
            return np.sort(self.chance.random(self.chance.poisson(rate)))
        places = np.arange(self.phase, rate)
        self.phase += len(places) - rate
        found: Times = places / rate
        return found

    def _takes(self, count: int) -> Times:
        takes: Times = np.full(count, self.takes_s)
        if self.varied:
            takes = self.chance.exponential(self.takes_s, count)
        if self.stall_every:
            takes = takes + (self.chance.random(count) < 1 / self.stall_every) * self.stall_s
        return takes

    def frame(self, rate: float, started: int, times_us: Times) -> worker_pb2.Frame:
        """A frame of what was answered."""
        made = worker_pb2.Frame(second=self.clock, target_rate=rate, iterations_started=started)
        made.in_flight = made.users = len(self.came)
        if len(times_us):
            step = made.steps.add(entry=0, ok=len(times_us))
            times = Distribution()
            np.add.at(times.counts, np.searchsorted(LOWER_US, times_us, side="right") - 1, 1)
            times.min_us, times.max_us = int(min(times_us)), int(max(times_us))
            times.sum_us = int(sum(times_us))
            times.fill(step.service)
        return made


def searched(server: Server) -> CapacitySearch:
    """A search from 50 to 5000 a second that is over, or out of time."""
    search = CapacitySearch(50, 5000, limit_s=limit_s(OBJECTIVE))
    while (trial := search.next_trial()) is not None:
        if server.clock + CHANGE_S + measured_s(trial, 5) > SEARCH_S:
            break
        step = LoadStep(trial, OBJECTIVE, [entry(0)], Generators({}, 10_000), 5, 1)
        while not step.is_done:
            step.take(server.second(trial.rate), [])
        result = step.result()
        search.record(trial, result.held, sure=result.sure, wander=result.wander)
        for _ in range(REST_S if result.held is False else 0):
            if server.second(5).in_flight <= 2:
                break
    return search


def of_random_arrivals(per_s: float) -> float:
    """In a queue that is nearly always busy a wait longer than x has the chance
    exp(-2 (1 - load) x / time of an answer) (Kingman 1961), 5 % of 200 ms at the capacity."""
    return per_s * (1 - WAIT_S / (2 * per_s))


def of_random_answers(per_s: float) -> float:
    """With even arrivals a time longer than x has the chance exp(-per_s (1 - s) x), where s is
    exp(-per_s (1 - s) / rate) (Kleinrock, Queueing Systems I, 6.4)."""
    return -WAIT_S / math.log(1 - WAIT_S / per_s)


@dataclass(frozen=True)
class Kind:
    """Made-up servers whose capacity is known."""

    make: Callable[[int], Server]
    truth: Callable[[Server], float]


def per_s(server: Server) -> float:
    """What a server answers at most."""
    return 1 / server.takes_s


KINDS = {
    "random arrivals, 120 a second": Kind(
        lambda seed: Server(120, seed), lambda _: of_random_arrivals(120)
    ),
    "random arrivals, 800 a second": Kind(
        lambda seed: Server(800, seed), lambda _: of_random_arrivals(800)
    ),
    "random answers, 120 a second": Kind(
        lambda seed: Server(120, seed, evenly=True, varied=True), lambda _: of_random_answers(120)
    ),
    "random answers, 800 a second": Kind(
        lambda seed: Server(800, seed, evenly=True, varied=True), lambda _: of_random_answers(800)
    ),
    "clockwork": Kind(lambda seed: Server(700 + 1.37 * seed, seed, evenly=True), per_s),
}


@pytest.mark.parametrize(
    ("searches", "least"),
    [
        pytest.param(8, 0.93, id="short"),
        pytest.param(80, 0.93, marks=[pytest.mark.soak, pytest.mark.timeout(900)], id="full"),
    ],
)
def test_the_interval_covers_the_truth_as_often_as_it_says(searches: int, least: float) -> None:
    whole = unwidened = 0
    for name, kind in KINDS.items():
        covered, widths = 0, []
        for seed in range(searches):
            server = kind.make(seed)
            truth = kind.truth(server)
            search = searched(server)
            low, high = search.interval
            covered += low <= truth <= (high or math.inf)
            widths.append(((high or math.inf) - low) / truth)
            bottom, top = search.bracket
            unwidened += bottom <= truth <= (top or math.inf)
        whole += covered
        print(f"{name}: {covered} of {searches} intervals cover it, median width "
              f"{np.median(widths):.1%}")  # fmt: skip
        assert covered / searches >= least - (0.06 if searches < 50 else 0), name
    assert whole / (searches * len(KINDS)) >= least
    # The control: rates that were tried do not bound the truth by themselves.
    assert unwidened / (searches * len(KINDS)) < 0.85


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("per_s", [120, 800])
def test_it_finds_the_capacity_of_a_queue_with_random_arrivals(per_s: float, seed: int) -> None:
    search = searched(Server(per_s, seed))
    assert search.held == pytest.approx(of_random_arrivals(per_s), rel=0.06)


@pytest.mark.parametrize("seed", range(4))
def test_a_server_that_stalls_now_and_then_can_do_as_much_less(seed: int) -> None:
    # One request in 2000 takes 50 ms longer: 0.025 ms of 1.25 ms, so 784 a second.
    search = searched(Server(800, seed, stall_every=2000, stall_s=0.05))
    assert search.held == pytest.approx(784, rel=0.06)
