"""Parts of the controller that need no process: seconds, plateaus, journal, broadcast, state."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hazard_tui.controller.broadcast import LONGEST_QUEUE, Broadcast
from hazard_tui.controller.journal import Journal
from hazard_tui.controller.load import Plateau, not_after_ms, planned_ms, plateaus
from hazard_tui.controller.seconds import SecondMerger, merge_all
from hazard_tui.fleet.discovery import parse_record
from hazard_tui.plan.model import Plan, Stage, StageKind, StageShape
from hazard_tui.rpc.gen.hazard.v1 import control_pb2
from hazard_tui.stats.merge import OK
from hazard_tui.stats.recording import Recording
from tests.unit.frames import frame, record

FAR = 10**9


def test_a_second_is_given_when_every_worker_reported_it() -> None:
    merger = SecondMerger("run", 1)
    merger.take(frame(100, worker="a", ok=1, users=3))
    assert list(merger.give({"a", "b"}, now_s=101)) == []
    merger.take(frame(100, worker="b", ok=2, users=4))
    (given,) = merger.give({"a", "b"}, now_s=101)
    assert (given.second, given.steps[0].ok, given.users, given.worker_id) == (100, 3, 7, "")


def test_a_slow_worker_is_waited_for_only_so_long() -> None:
    merger = SecondMerger("run", 1)
    merger.take(frame(100, worker="a", ok=1))
    assert list(merger.give({"a", "b"}, now_s=102.4)) == []
    assert len(list(merger.give({"a", "b"}, now_s=102.6))) == 1


def test_a_late_frame_counts_in_the_next_second_and_users_do_not() -> None:
    merger = SecondMerger("run", 1)
    merger.take(frame(100, worker="a", ok=1, users=5))
    list(merger.give((), FAR))
    merger.take(frame(100, worker="b", ok=7, users=5))
    merger.take(frame(101, worker="a", ok=2, users=5))
    (given,) = merger.give((), FAR)
    assert (given.second, given.steps[0].ok, given.users) == (101, 9, 5)
    assert merger.total.counts[0, OK] == 10


def test_what_is_late_at_the_end_is_not_lost() -> None:
    merger = SecondMerger("run", 1)
    merger.take(frame(100, worker="a", ok=1))
    list(merger.give((), FAR))
    merger.take(frame(99, worker="b", ok=4))
    assert [one.steps[0].ok for one in merger.give_all()] == [4]


def test_stored_frames_give_the_same_seconds_again() -> None:
    frames = [frame(second, worker=worker, ok=2) for second in (5, 6, 8) for worker in "abc"]
    merger, merged = merge_all("run", 1, iter(frames))
    assert [(one.second, one.steps[0].ok) for one in merged] == [(5, 6), (6, 6), (8, 6)]
    assert merger.total.counts[0, OK] == 18


def test_locust_is_told_plateaus_and_no_ramps() -> None:
    plan = Plan(
        stages=(
            Stage(shape=StageShape.LINEAR, to=9, duration_ms=10_000),
            Stage(to=9, duration_ms=5_000),
            Stage(shape=StageShape.STEP, from_=10, to=30, steps=2, duration_ms=4_000),
            Stage(shape=StageShape.LINEAR, to=0, duration_ms=1_000),
        )
    )
    expected = [Plateau(0, 9), Plateau(15_000, 20), Plateau(17_000, 30)]
    assert plateaus(plan, workers=2) == expected


def test_arrivals_show_a_user_per_second_and_every_worker_gets_one() -> None:
    arrivals = Plan(stages=(Stage(kind=StageKind.ARRIVALS, to=5, duration_ms=1),), max_users=30)
    assert plateaus(arrivals, 2) == [Plateau(0, 5)]
    assert plateaus(arrivals.model_copy(update={"max_users": 3}), 2) == [Plateau(0, 3)]
    assert plateaus(Plan(), 3) == [Plateau(0, 3)]


def test_the_dead_man_switch_is_an_hour_late_and_a_day_at_most() -> None:
    hour = 3_600_000
    assert not_after_ms(0, [Stage(to=1, duration_ms=1_000)]) == hour + 1_000
    assert not_after_ms(0, [Stage(to=1, duration_ms=90 * hour)]) == 24 * hour
    assert not_after_ms(0, []) == 24 * hour
    assert planned_ms([Stage(kind=StageKind.ITERATIONS, to=5)]) == 0


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    found = Recording(tmp_path / "history.db")
    found.add_run(record(), 1, {})
    return found


async def test_a_frame_is_acknowledged_after_it_was_committed(recording: Recording) -> None:
    stored_when_told: list[int] = []
    journal = Journal(recording)
    journal.start()
    journal.add_frame(
        frame(seq=1, ok=1),
        lambda: stored_when_told.extend(one.seq for one in Recording(recording.path).frames("run")),
    )
    assert await journal.flush(5)
    assert stored_when_told == [1]
    await journal.close()


async def test_on_a_full_disk_nothing_is_acknowledged_and_nothing_lost(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hazard_tui.controller.journal.RETRY_S", 0.05)
    troubles: asyncio.Queue[str] = asyncio.Queue()
    acknowledged: list[int] = []
    journal = Journal(recording)
    journal.troubled = troubles.put_nowait
    pages = recording._db.execute("PRAGMA page_count").fetchone()[0]
    recording._db.execute(f"PRAGMA max_page_count = {pages}")
    journal.start()
    for seq in range(1, 400):
        made = frame(seq=seq, failed=1, error=("assert", "x" * 190))
        journal.add_frame(made, lambda seq=seq: acknowledged.append(seq))  # type: ignore[misc]
    assert "disk is full" in await asyncio.wait_for(troubles.get(), 5)
    assert acknowledged == []
    await journal.call(recording._db.execute, "PRAGMA max_page_count = 100000")
    assert await asyncio.wait_for(troubles.get(), 5) == ""
    assert await journal.flush(5)
    assert acknowledged == list(range(1, 400))
    await journal.close()


async def test_a_watcher_that_does_not_read_is_cut_off_and_others_are_not() -> None:
    broadcast = Broadcast()
    with broadcast.subscribe(per_worker=True) as slow, broadcast.subscribe(False) as quick:
        for _ in range(LONGEST_QUEUE + 1):
            broadcast.publish(control_pb2.RunUpdate(caught_up=True), of_worker=True)
        broadcast.publish(control_pb2.RunUpdate(caught_up=True))
        assert slow.overrun
        assert await slow.next() is None
        assert await quick.next() is not None


async def test_a_subscription_after_the_end_ends() -> None:
    broadcast = Broadcast()
    broadcast.close()
    with broadcast.subscribe(per_worker=False) as late:
        assert await late.next() is None


@pytest.mark.parametrize("value", [b"", b"{", b"[]", b'{"address": 5}', b"\xff", b"{}"])
def test_a_record_that_is_none_is_passed_over(value: bytes) -> None:
    assert parse_record("/hazard/v1/agents/x", value) is None


def test_a_record_carries_the_id_of_its_key() -> None:
    value = b'{"address": "127.0.0.1:5", "hostname": "h", "of_a_later_version": 1}'
    info = parse_record("/hazard/v1/agents/abc", value)
    assert info is not None
    assert (info.worker_id, info.address, info.hostname) == ("abc", "127.0.0.1:5", "h")
