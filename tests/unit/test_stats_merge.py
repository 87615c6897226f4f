"""Adding up frames: totals are exact whatever the order and the number of workers."""

from __future__ import annotations

import random

import pytest

from hazard_tui.stats.merge import ABORTED, FAILED, OK, FrameSum
from hazard_tui.stats.totals import figures_of
from hazard_tui.stats.windows import MOST_POINTS, Windows
from tests.unit.frames import entry, frame


def test_counts_of_many_workers_add_up() -> None:
    total = FrameSum(2)
    for worker in range(50):
        total.add(frame(worker=str(worker), ok=3, failed=1, aborted=2, entry=worker % 2))
    assert total.counts[:, OK].sum() == 150
    assert total.counts[:, FAILED].sum() == 50
    assert total.counts[:, ABORTED].sum() == 100
    assert total.distribution_of((0, 1)).count == 200


def test_a_merged_frame_adds_up_to_the_same_as_its_parts() -> None:
    chance = random.Random(3)
    parts = [
        frame(ok=chance.randrange(9), failed=chance.randrange(4), entry=chance.randrange(5),
              took_us=chance.randrange(1, 10**7), error=("timeout", "after 1 s"))
        for _ in range(200)
    ]  # fmt: skip
    direct, merged = FrameSum(5), FrameSum(5)
    for part in parts:
        direct.add(part)
    merged.add(direct.frame())
    assert (merged.counts == direct.counts).all()
    assert merged.statuses == direct.statuses
    assert merged.errors == direct.errors
    for number in range(5):
        mine, theirs = merged.distribution(number), direct.distribution(number)
        assert mine.count == theirs.count
        assert mine.percentile(95) == pytest.approx(theirs.percentile(95))


def test_an_unknown_entry_makes_room() -> None:
    total = FrameSum(1)
    total.add(frame(ok=2, entry=7))
    assert total.counts[7, OK] == 2


def test_very_long_times_make_room_too() -> None:
    total = FrameSum(1)
    total.add(frame(ok=1, took_us=3_600_000_000))
    total.add(frame(ok=1, took_us=5))
    assert total.distribution(0).percentile(100) == pytest.approx(3_600_000_000, rel=0.01)


def test_error_texts_are_bounded_and_their_counts_are_not_lost() -> None:
    total = FrameSum(1)
    for number in range(200):
        total.add(frame(failed=1, error=("assert", f"text {number}")))
    assert len(total.errors) <= 51
    assert sum(total.errors.values()) == 200


def test_figures_of_a_whole() -> None:
    total = FrameSum(2)
    total.add(frame(ok=30, failed=10, took_us=2_000, error=("reset", "")))
    figures = figures_of(total, (0, 1), seconds=10)
    assert (figures.requests, figures.per_s, figures.failed_share) == (40, 4.0, 0.25)
    assert figures.service.p95_us == pytest.approx(2_000, rel=0.01)
    assert figures.errors == (("reset", "", 10),)
    assert figures.statuses == ((200, 40),)


def test_windows_show_the_last_seconds_and_the_whole() -> None:
    windows = Windows([entry(0)])
    for second in range(20):
        windows.add(frame(second=100 + second, worker="", ok=second + 1))
    assert windows.last().requests == 20
    assert windows.over(10).requests == sum(range(11, 21))
    assert windows.whole().requests == sum(range(1, 21))
    assert windows.whole().per_s == pytest.approx(210 / 20)


def test_a_second_without_frames_is_a_gap_in_the_curve() -> None:
    windows = Windows([entry(0)])
    windows.add(frame(second=100, ok=4))
    windows.add(frame(second=102, ok=6))
    values = windows.curve("ok_per_s").values.tolist()
    assert values[0] == 4
    assert values[1] != values[1], "not a number"
    assert values[2] == 6


def test_a_long_curve_is_folded_and_keeps_its_peak() -> None:
    windows = Windows([entry(0)])
    for second in range(3 * MOST_POINTS):
        windows.add(frame(second=second, ok=1, took_us=900_000 if second == 5_000 else 1_000))
    curve = windows.curve("p99_us", points=100)
    assert len(curve.values) <= 100
    assert curve.values.max() == pytest.approx(900_000, rel=0.01)
    assert windows.curve("ok_per_s", points=100).values == pytest.approx(1.0)
