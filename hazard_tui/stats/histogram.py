"""Log-linear histograms of microseconds, in the bucket scheme of `worker.proto`.

A value v below 256 has bucket v; else, with e = bit_length(v) - 8, bucket
256 + (e - 1) * 128 + (v >> e) - 128. A bucket is at most 1/128 of its values wide.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from hazard_tui.rpc.gen.hazard.v1 import worker_pb2

Counts = npt.NDArray[np.int64]

LINEAR = 256
"""Values below this have a bucket each."""
PER_OCTAVE = 128
LARGEST_US = 1 << 42
"""Longer times (50 days) fall into the last bucket."""
NO_MINIMUM = np.iinfo(np.int64).max


def bucket_index(value_us: int) -> int:
    """Bucket of a value."""
    value = min(max(value_us, 0), LARGEST_US - 1)
    if value < LINEAR:
        return value
    exponent = value.bit_length() - 8
    return LINEAR + (exponent - 1) * PER_OCTAVE + (value >> exponent) - PER_OCTAVE


BUCKETS = bucket_index(LARGEST_US) + 1


def _lower_bounds() -> npt.NDArray[np.float64]:
    index = np.arange(BUCKETS + 1)
    exponent = np.maximum((index - LINEAR) // PER_OCTAVE + 1, 0)
    mantissa = (index - LINEAR) % PER_OCTAVE + PER_OCTAVE
    scaled = mantissa.astype(np.float64) * np.exp2(exponent)
    return np.where(index < LINEAR, index.astype(np.float64), scaled)


LOWER_US = _lower_bounds()
"""Lower bound of every bucket, one more than there are."""


@dataclass(slots=True)
class Distribution:
    """How long something took, over any number of frames."""

    counts: Counts = field(default_factory=lambda: np.zeros(BUCKETS, np.int64))
    """Per bucket; may be shorter than BUCKETS, the rest is zero."""
    min_us: int = int(NO_MINIMUM)
    max_us: int = 0
    sum_us: int = 0

    @classmethod
    def of(cls, message: worker_pb2.Histogram) -> Distribution:
        """The distribution of one histogram message."""
        found = cls()
        found.add(message)
        return found

    def add(self, message: worker_pb2.Histogram) -> None:
        """Adds a histogram message."""
        if not len(message.index):
            return
        index = np.minimum(np.array(message.index, np.int64), BUCKETS - 1)
        np.add.at(self.counts, index, np.array(message.count, np.int64))
        self.min_us = min(self.min_us, message.min_us)
        self.max_us = max(self.max_us, message.max_us)
        self.sum_us += message.sum_us

    def merge(self, other: Distribution) -> None:
        """Adds another distribution."""
        if len(self.counts) < len(other.counts):
            self.counts = np.concatenate(
                (self.counts, np.zeros(len(other.counts) - len(self.counts), np.int64))
            )
        self.counts[: len(other.counts)] += other.counts
        self.min_us = min(self.min_us, other.min_us)
        self.max_us = max(self.max_us, other.max_us)
        self.sum_us += other.sum_us

    @property
    def count(self) -> int:
        """Number of values."""
        return int(self.counts.sum())

    @property
    def least_us(self) -> float:
        """Smallest value; 0 without values."""
        return 0.0 if self.min_us == NO_MINIMUM else float(self.min_us)

    @property
    def mean_us(self) -> float:
        """Mean; 0 without values."""
        count = self.count
        return self.sum_us / count if count else 0.0

    def percentile(self, percent: float) -> float:
        """Microseconds below which `percent` % of the values are; 0 without values."""
        return self.percentiles((percent,))[0]

    def percentiles(self, percents: tuple[float, ...]) -> tuple[float, ...]:
        """Several percentiles at once, interpolated inside their bucket."""
        return tuple(
            percentiles_of(self.counts[None, :], percents, [self.least_us], [self.max_us])[0]
        )

    def share_below(self, limit_us: float) -> float:
        """Share (0..1) of the values below a limit; 1 without values."""
        count = self.count
        if not count:
            return 1.0
        lower = LOWER_US[: len(self.counts)]
        width = LOWER_US[1 : len(self.counts) + 1] - lower
        inside = np.clip((limit_us - lower) / width, 0.0, 1.0)
        return float((self.counts * inside).sum() / count)

    def fill(self, message: worker_pb2.Histogram) -> None:
        """Writes the distribution into an empty histogram message."""
        index = np.flatnonzero(self.counts)
        if not len(index):
            return
        message.index.extend(index.tolist())
        message.count.extend(self.counts[index].tolist())
        message.min_us, message.max_us, message.sum_us = self.min_us, self.max_us, self.sum_us


def percentiles_of(
    counts: Counts, percents: tuple[float, ...], least: Any, most: Any
) -> npt.NDArray[np.float64]:
    """Percentiles of many distributions: rows of `counts` -> one row per distribution.

    `least` and `most` are the exact extremes of each row, which bound the interpolation. A row
    without values gives zeros.
    """
    running = counts.cumsum(axis=1)
    total = running[:, -1]
    found = np.zeros((len(counts), len(percents)))
    for row in np.flatnonzero(total):
        ranks = np.asarray(percents) / 100.0 * total[row]
        bucket = np.minimum(np.searchsorted(running[row], ranks), counts.shape[1] - 1)
        inside = counts[row, bucket]
        before = running[row, bucket] - inside
        part = np.divide(ranks - before, inside, out=np.zeros_like(ranks), where=inside > 0)
        low, high = LOWER_US[bucket], LOWER_US[bucket + 1]
        # The last value of a bucket of width 1 is its lower bound.
        value = low + np.clip(part, 0.0, 1.0) * np.maximum(high - low - 1, 0)
        found[row] = np.clip(value, least[row], most[row])
    return found
