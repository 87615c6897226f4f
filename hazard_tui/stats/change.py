"""Whether a latency or a share of failures changed between two runs, or only seems so.

Latencies: the seconds of each run are cut into about twenty blocks, and whole blocks are drawn
again with replacement (block bootstrap: Künsch 1989, Annals of Statistics 17:1217-1241), because
neighbouring seconds resemble each other and single requests are therefore no independent samples.
The spread of the logarithm of the percentile is normal enough for an interval of the ratio.
Shares: the interval of a difference from two Wilson intervals (Newcombe 1998, Statistics in
Medicine 17:873-890, method 10). Draws are seeded: the same two runs give the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, sqrt
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from hazard_tui.rpc.gen.hazard.v1 import worker_pb2
from hazard_tui.stats.histogram import BUCKETS, Counts, percentiles_of
from hazard_tui.stats.objective import wilson

BLOCKS = 20
LEAST_BLOCKS = 4
"""Fewer say nothing about the spread."""
RESAMPLES = 200
SEED = 1
FALSE_ALARMS = 0.02
"""Chance that an unchanged pair of runs shows any change, over all its figures together."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change with its interval; of a latency relative (0.1: 10 % more), of a share absolute."""

    value: float
    low: float
    high: float

    @property
    def is_growth(self) -> bool:
        """True when chance alone does not explain the growth."""
        return self.low > 0


def deviations_for(comparisons: int) -> float:
    """Standard deviations to each side of an interval, when so many figures are compared at once.

    The chance of a false alarm is shared out between them (Bonferroni).
    """
    return NormalDist().inv_cdf(1 - FALSE_ALARMS / 2 / max(1, comparisons))


class LatencyBlocks:
    """Latencies of one run in blocks of seconds, for some of its entries together."""

    def __init__(self, frames: Iterable[worker_pb2.Frame], entries: Sequence[int]) -> None:
        chosen = frozenset(entries)
        seconds: dict[int, Counts] = {}
        for frame in frames:
            for step in frame.steps:
                if step.entry not in chosen or not step.service.index:
                    continue
                counts = seconds.setdefault(frame.second, np.zeros(BUCKETS, np.int64))
                index = np.minimum(np.array(step.service.index, np.int64), BUCKETS - 1)
                np.add.at(counts, index, np.array(step.service.count, np.int64))
        self._blocks = _in_blocks(seconds)

    def logs(self, percents: tuple[float, ...]) -> npt.NDArray[np.float64] | None:
        """Logarithms of percentiles in µs: a first row as measured, then a row per resample.

        None when the run is too short to say how much they spread.
        """
        blocks = self._blocks
        if len(blocks) < LEAST_BLOCKS:
            return None
        last = int(np.flatnonzero(blocks.any(axis=0))[-1]) + 1
        blocks = blocks[:, :last].astype(np.float64)
        draws = np.random.default_rng(SEED).multinomial(
            len(blocks), np.full(len(blocks), 1 / len(blocks)), size=RESAMPLES
        )
        weights = np.vstack((np.ones(len(blocks)), draws))
        sums = (weights @ blocks).astype(np.int64)
        rows = len(sums)
        found = percentiles_of(sums, percents, np.zeros(rows), np.full(rows, np.inf))
        return np.log(np.maximum(found, 1.0))


def _in_blocks(seconds: dict[int, Counts]) -> Counts:
    if not seconds:
        return np.zeros((0, BUCKETS), np.int64)
    first, last = min(seconds), max(seconds)
    length = max(1, (last - first + 1) // BLOCKS)
    blocks: dict[int, Counts] = {}
    for second, counts in seconds.items():
        block = (second - first) // length
        blocks[block] = blocks[block] + counts if block in blocks else counts
    return np.array([blocks[block] for block in sorted(blocks)])


def latency_changes(
    before: LatencyBlocks, after: LatencyBlocks, percents: tuple[float, ...], deviations: float
) -> tuple[Change, ...] | None:
    """Relative change of percentiles; None when a run is too short."""
    old, new = before.logs(percents), after.logs(percents)
    if old is None or new is None:
        return None
    moved = new[0] - old[0]
    spread = np.sqrt(old[1:].var(axis=0) + new[1:].var(axis=0)) * deviations
    return tuple(
        Change(exp(by) - 1, exp(by - around) - 1, exp(by + around) - 1)
        for by, around in zip(moved.tolist(), spread.tolist(), strict=True)
    )


def share_change(before: tuple[int, int], after: tuple[int, int], deviations: float) -> Change:
    """Change of a share; each side is (hits, of how many), both of at least one."""
    (old, old_whole), (new, new_whole) = before, after
    old_low, old_high = wilson(old, old_whole, deviations)
    new_low, new_high = wilson(new, new_whole, deviations)
    old_share, new_share = old / old_whole, new / new_whole
    moved = new_share - old_share
    down = sqrt((new_share - new_low) ** 2 + (old_high - old_share) ** 2)
    up = sqrt((new_high - new_share) ** 2 + (old_share - old_low) ** 2)
    return Change(moved, moved - down, moved + up)
