"""Histograms: the bucket scheme of the protocol, and percentiles within 1 %."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hazard_tui.rpc.gen.hazard.v1 import worker_pb2
from hazard_tui.stats.histogram import BUCKETS, LARGEST_US, LOWER_US, Distribution, bucket_index


def histogram(values: list[int]) -> worker_pb2.Histogram:
    counts: dict[int, int] = {}
    for value in values:
        counts[bucket_index(value)] = counts.get(bucket_index(value), 0) + 1
    message = worker_pb2.Histogram(min_us=min(values), max_us=max(values), sum_us=sum(values))
    for index in sorted(counts):
        message.index.append(index)
        message.count.append(counts[index])
    return message


@pytest.mark.parametrize(
    ("value", "index"),
    [(0, 0), (255, 255), (256, 256), (257, 256), (258, 257), (511, 383), (512, 384), (1024, 512)],
)
def test_buckets_are_those_of_the_protocol(value: int, index: int) -> None:
    assert bucket_index(value) == index


@given(st.integers(0, LARGEST_US - 1))
def test_a_value_lies_inside_its_bucket(value: int) -> None:
    index = bucket_index(value)
    assert LOWER_US[index] <= value < LOWER_US[index + 1]
    assert LOWER_US[index + 1] - LOWER_US[index] <= max(1, value / 128)


def test_values_beyond_the_last_bucket_stay_in_it() -> None:
    assert bucket_index(LARGEST_US * 8) == BUCKETS - 1


@pytest.mark.parametrize("percent", [1, 50, 90, 95, 99, 99.9])
@pytest.mark.parametrize("scale", [50, 3_000, 250_000, 40_000_000])
def test_percentiles_err_less_than_one_percent(percent: float, scale: int) -> None:
    values = np.random.default_rng(7).gamma(2.0, scale, 20_000).astype(int) + 1
    found = Distribution.of(histogram(values.tolist())).percentile(percent)
    exact = float(np.percentile(values, percent))
    assert found == pytest.approx(exact, rel=0.01, abs=1)


def test_merging_is_adding() -> None:
    left, right = [3, 70, 9_000], [1, 500_000]
    merged = Distribution.of(histogram(left))
    merged.merge(Distribution.of(histogram(right)))
    assert merged.count == 5
    assert (merged.least_us, merged.max_us) == (1, 500_000)
    assert merged.mean_us == pytest.approx(np.mean(left + right))


def test_a_distribution_fills_the_message_it_came_from() -> None:
    message = histogram([5, 5, 700, 123_456])
    again = worker_pb2.Histogram()
    Distribution.of(message).fill(again)
    assert again == message


def test_no_values_give_zeros() -> None:
    empty = Distribution()
    assert (empty.count, empty.mean_us, empty.least_us, empty.percentile(99)) == (0, 0, 0, 0)
    assert empty.share_below(1) == 1


def test_share_below_a_limit() -> None:
    found = Distribution.of(histogram([100] * 9 + [200_000]))
    assert found.share_below(1_000) == pytest.approx(0.9)
