"""The history: what was committed is there again, once, and a full disk loses nothing."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from hazard_tui.errors import PlanError
from hazard_tui.rpc.gen.hazard.v1 import control_pb2
from hazard_tui.stats.recording import Batch, Recording, RecordingError
from tests.unit.frames import frame, record


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    return Recording(tmp_path / "history.db")


def test_a_run_comes_back_with_its_plan_and_context(recording: Recording) -> None:
    recording.add_run(record(), 1, {"locust": {"port": 5}})
    stored = recording.stored("run")
    assert stored.record.plan.name == "shop"
    assert (stored.epoch, stored.context) == (1, {"locust": {"port": 5}})
    assert not recording.runs()[0].HasField("plan")


def test_a_frame_that_arrives_twice_counts_once(recording: Recording) -> None:
    recording.add_run(record(), 1, {})
    recording.commit(Batch(frames=[frame(seq=1, ok=1), frame(seq=2, ok=1)]))
    recording.commit(Batch(frames=[frame(seq=2, ok=1), frame(seq=3, ok=1)]))
    assert [one.seq for one in recording.frames("run")] == [1, 2, 3]
    assert recording.last_seqs("run") == {"w1": 3}


def test_history_outlives_the_process_that_wrote_it(recording: Recording) -> None:
    recording.add_run(record(), 1, {})
    event = control_pb2.RunEventRecord(kind="marker", text="deployed")
    ended = record()
    ended.state = control_pb2.RUN_STATE_FINISHED
    recording.commit(
        Batch([frame(ok=1)], [frame(worker="", ok=1)], [("run", event)], {"run": ended})
    )
    # Not closed: as after SIGKILL.
    again = Recording(recording.path)
    assert [one.text for one in again.events("run")] == ["deployed"]
    assert len(list(again.seconds("run"))) == 1
    assert again.active_runs() == []


def test_runs_are_found_by_a_unique_prefix(recording: Recording) -> None:
    for number, run_id in enumerate(["2026-a1", "2026-b2"]):
        recording.add_run(record(run_id, created=number), 1, {})
    assert recording.find("2026-a") == "2026-a1"
    assert recording.find() == "2026-b2"
    with pytest.raises(PlanError, match="several"):
        recording.find("2026")
    with pytest.raises(PlanError, match="no run"):
        recording.find("2027")


def test_old_runs_go_and_active_ones_stay(recording: Recording) -> None:
    recording.add_run(record("active", created=0), 1, {})
    for number in range(1, 6):
        ended = record(f"ended{number}", created=number)
        ended.state = control_pb2.RUN_STATE_FINISHED
        recording.add_run(ended, 1, {})
        recording.commit(Batch(frames=[frame(run_id=ended.run_id, ok=1)]))
    assert sorted(recording.prune(kept=2)) == ["ended1", "ended2", "ended3"]
    assert {one.run_id for one in recording.runs()} == {"active", "ended4", "ended5"}
    assert list(recording.frames("ended1")) == []


def test_a_full_disk_is_named_and_a_batch_is_written_whole_or_not_at_all(
    recording: Recording,
) -> None:
    recording.add_run(record(), 1, {})
    pages = recording._db.execute("PRAGMA page_count").fetchone()[0]
    recording._db.execute(f"PRAGMA max_page_count = {pages}")
    batch = Batch(frames=[frame(seq=seq, ok=1, error=("x", "y" * 190)) for seq in range(1, 500)])
    with pytest.raises(RecordingError, match="disk is full"):
        recording.commit(batch)
    assert list(recording.frames("run")) == []
    recording._db.execute("PRAGMA max_page_count = 100000")
    recording.commit(batch)
    assert len(list(recording.frames("run"))) == 499


def test_another_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(RecordingError, match="format 99"):
        Recording(path)


def test_the_file_is_private(recording: Recording) -> None:
    assert recording.path.stat().st_mode & 0o077 == 0
