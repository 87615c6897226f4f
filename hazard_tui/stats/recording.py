"""The history: every run from its first second, in one SQLite file (WAL).

A frame is stored under (run, worker, sequence number), so that one that arrives twice counts once.
What was committed survives the end of the controller by any signal. All calls block; the
controller makes them in a thread.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hazard_tui.errors import HazardError, PlanError
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, plan_pb2, worker_pb2

SCHEMA_VERSION = 1
KEPT_RUNS = 500
MIN_FREE_BYTES = 4 << 20
"""Nothing new is begun with less room; what runs goes on."""
ACTIVE_STATES = (
    control_pb2.RUN_STATE_PREPARING,
    control_pb2.RUN_STATE_STARTING,
    control_pb2.RUN_STATE_RUNNING,
    control_pb2.RUN_STATE_STOPPING,
)

_SCHEMA = """
CREATE TABLE runs (
  run_id TEXT PRIMARY KEY, created_unix_ms INTEGER NOT NULL, state INTEGER NOT NULL,
  epoch INTEGER NOT NULL, record BLOB NOT NULL, plan BLOB NOT NULL, context TEXT NOT NULL
);
CREATE INDEX runs_by_time ON runs (created_unix_ms);
CREATE TABLE frames (
  run_id TEXT NOT NULL, worker_id TEXT NOT NULL, seq INTEGER NOT NULL, second INTEGER NOT NULL,
  payload BLOB NOT NULL, PRIMARY KEY (run_id, worker_id, seq)
) WITHOUT ROWID;
CREATE INDEX frames_by_second ON frames (run_id, second);
CREATE TABLE seconds (
  run_id TEXT NOT NULL, second INTEGER NOT NULL, payload BLOB NOT NULL,
  PRIMARY KEY (run_id, second)
) WITHOUT ROWID;
CREATE TABLE events (
  id INTEGER PRIMARY KEY, run_id TEXT NOT NULL, payload BLOB NOT NULL
);
CREATE INDEX events_by_run ON events (run_id, id);
"""


class RecordingError(HazardError):
    """The history cannot be written or read; the message says why."""


@dataclass(slots=True)
class Batch:
    """What is committed together."""

    frames: list[worker_pb2.Frame] = field(default_factory=list)
    """Of workers, with `second` in the controller's clock."""
    seconds: list[worker_pb2.Frame] = field(default_factory=list)
    """Merged ones, without a worker."""
    events: list[tuple[str, control_pb2.RunEventRecord]] = field(default_factory=list)
    records: dict[str, control_pb2.RunRecord] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.frames or self.seconds or self.events or self.records)


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run with what is needed to adopt it again."""

    record: control_pb2.RunRecord
    epoch: int
    context: dict[str, Any]


class Recording:
    """The history file. One writer; safe to be used from one thread at a time."""

    def __init__(self, path: Path) -> None:
        """Opens or makes the file. Raises `RecordingError`."""
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            path.chmod(0o600)
            self._db.execute("PRAGMA journal_mode=WAL")
            # A commit then survives the end of this process; only a power cut may take the last.
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.execute("PRAGMA busy_timeout=5000")
            self._make_schema()
        except (sqlite3.Error, OSError) as exc:
            raise _error(path, exc) from exc

    def _make_schema(self) -> None:
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            self._db.executescript(
                f"BEGIN; {_SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
            )
        elif version != SCHEMA_VERSION:
            raise RecordingError(
                f"the history {self.path} has format {version}; "
                f"this hazard reads format {SCHEMA_VERSION}",
                hint="move the file away, or use the hazard that wrote it",
            )

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    # writing

    def add_run(self, record: control_pb2.RunRecord, epoch: int, context: dict[str, Any]) -> None:
        """Writes a new run. Raises `RecordingError`."""
        plan, bare = _split(record)
        self._write(
            "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                record.run_id,
                record.created_unix_ms,
                record.state,
                epoch,
                bare.SerializeToString(),
                plan.SerializeToString(),
                json.dumps(context),
            ),
        )

    def set_context(self, run_id: str, epoch: int, context: dict[str, Any]) -> None:
        """Replaces what is needed to adopt the run. Raises `RecordingError`."""
        self._write(
            "UPDATE runs SET epoch = ?, context = ? WHERE run_id = ?",
            (epoch, json.dumps(context), run_id),
        )

    def set_plan(self, record: control_pb2.RunRecord) -> None:
        """Replaces the plan that a run follows, with its record. Raises `RecordingError`."""
        plan, bare = _split(record)
        self._write(
            "UPDATE runs SET plan = ?, record = ? WHERE run_id = ?",
            (plan.SerializeToString(), bare.SerializeToString(), record.run_id),
        )

    def commit(self, batch: Batch) -> None:
        """Writes a batch whole or not at all. Raises `RecordingError`."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(
                "INSERT OR IGNORE INTO frames VALUES (?, ?, ?, ?, ?)",
                (
                    (one.run_id, one.worker_id, one.seq, one.second, one.SerializeToString())
                    for one in batch.frames
                ),
            )
            self._db.executemany(
                "INSERT OR REPLACE INTO seconds VALUES (?, ?, ?)",
                ((one.run_id, one.second, one.SerializeToString()) for one in batch.seconds),
            )
            self._db.executemany(
                "INSERT INTO events (run_id, payload) VALUES (?, ?)",
                ((run_id, event.SerializeToString()) for run_id, event in batch.events),
            )
            for run_id, record in batch.records.items():
                _, bare = _split(record)
                self._db.execute(
                    "UPDATE runs SET state = ?, record = ? WHERE run_id = ?",
                    (record.state, bare.SerializeToString(), run_id),
                )
            self._db.execute("COMMIT")
        except sqlite3.Error as exc:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise _error(self.path, exc) from exc

    def replace_seconds(self, run_id: str, seconds: Iterable[worker_pb2.Frame]) -> None:
        """Replaces the merged frames of a run. Raises `RecordingError`."""
        rows = [(run_id, one.second, one.SerializeToString()) for one in seconds]
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("DELETE FROM seconds WHERE run_id = ?", (run_id,))
            self._db.executemany("INSERT INTO seconds VALUES (?, ?, ?)", rows)
            self._db.execute("COMMIT")
        except sqlite3.Error as exc:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise _error(self.path, exc) from exc

    def delete_run(self, run_id: str) -> None:
        """Removes a run and its frames. Raises `RecordingError`."""
        for table in ("frames", "seconds", "events", "runs"):
            self._write(f"DELETE FROM {table} WHERE run_id = ?", (run_id,))

    def prune(self, kept: int = KEPT_RUNS) -> list[str]:
        """Removes the oldest ended runs above `kept`; their ids."""
        marks = ", ".join("?" * len(ACTIVE_STATES))
        rows = self._rows(
            f"SELECT run_id FROM runs WHERE state NOT IN ({marks}) "
            "ORDER BY created_unix_ms DESC LIMIT -1 OFFSET ?",
            (*ACTIVE_STATES, kept),
        )
        removed = [str(row[0]) for row in rows]
        for run_id in removed:
            self.delete_run(run_id)
        return removed

    def _write(self, statement: str, values: tuple[Any, ...]) -> None:
        try:
            self._db.execute(statement, values)
        except sqlite3.Error as exc:
            raise _error(self.path, exc) from exc

    # reading

    def _rows(self, statement: str, values: tuple[Any, ...] = ()) -> list[Any]:
        try:
            with closing(self._db.execute(statement, values)) as cursor:
                return cursor.fetchall()
        except sqlite3.Error as exc:
            raise _error(self.path, exc) from exc

    def runs(self, limit: int = 100) -> list[control_pb2.RunRecord]:
        """Records, newest first, without plans."""
        rows = self._rows(
            "SELECT record FROM runs ORDER BY created_unix_ms DESC, rowid DESC LIMIT ?", (limit,)
        )
        return [control_pb2.RunRecord.FromString(row[0]) for row in rows]

    def find(self, run_id: str = "") -> str:
        """The id of a run by id or unique prefix; empty: the newest.

        Raises `PlanError` when there is none, or several begin like this.
        """
        if not run_id:
            rows = self._rows("SELECT run_id FROM runs ORDER BY created_unix_ms DESC LIMIT 1")
        else:
            rows = self._rows(
                "SELECT run_id FROM runs WHERE substr(run_id, 1, ?) = ? LIMIT 3",
                (len(run_id), run_id),
            )
            rows = [row for row in rows if row[0] == run_id] or rows
        if not rows:
            raise PlanError(
                f"there is no run {run_id}" if run_id else "there is no run yet",
                hint="`hazard runs` lists them",
            )
        if len(rows) > 1:
            raise PlanError(f"several runs begin with {run_id}", hint="write more of the id")
        return str(rows[0][0])

    def run(self, run_id: str) -> control_pb2.RunRecord:
        """A record with its plan. Raises `PlanError` when there is no such run."""
        return self.stored(run_id).record

    def stored(self, run_id: str) -> StoredRun:
        """A run with its epoch and context. Raises `PlanError` when there is no such run."""
        rows = self._rows(
            "SELECT record, plan, epoch, context FROM runs WHERE run_id = ?", (run_id,)
        )
        if not rows:
            raise PlanError(f"there is no run {run_id}", hint="`hazard runs` lists them")
        record = control_pb2.RunRecord.FromString(rows[0][0])
        record.plan.CopyFrom(plan_pb2.Plan.FromString(rows[0][1]))
        return StoredRun(record, int(rows[0][2]), json.loads(rows[0][3]))

    def active_runs(self) -> list[str]:
        """Ids of runs that have not ended, oldest first."""
        marks = ", ".join("?" * len(ACTIVE_STATES))
        rows = self._rows(
            f"SELECT run_id FROM runs WHERE state IN ({marks}) ORDER BY created_unix_ms",
            ACTIVE_STATES,
        )
        return [str(row[0]) for row in rows]

    def frames(self, run_id: str, from_second: int = 0) -> Iterator[worker_pb2.Frame]:
        """Frames of workers in the order of their seconds."""
        for row in self._stream(
            "SELECT payload FROM frames WHERE run_id = ? AND second >= ? "
            "ORDER BY second, worker_id, seq",
            (run_id, from_second),
        ):
            yield worker_pb2.Frame.FromString(row[0])

    def seconds(self, run_id: str, from_second: int = 0) -> Iterator[worker_pb2.Frame]:
        """Merged frames in the order of their seconds."""
        for row in self._stream(
            "SELECT payload FROM seconds WHERE run_id = ? AND second >= ? ORDER BY second",
            (run_id, from_second),
        ):
            yield worker_pb2.Frame.FromString(row[0])

    def _stream(self, statement: str, values: tuple[Any, ...], size: int = 200) -> Iterator[Any]:
        try:
            with closing(self._db.execute(statement, values)) as cursor:
                while rows := cursor.fetchmany(size):
                    yield from rows
        except sqlite3.Error as exc:
            raise _error(self.path, exc) from exc

    def last_second(self, run_id: str) -> int:
        """The newest second of a run; 0 before any."""
        rows = self._rows("SELECT max(second) FROM frames WHERE run_id = ?", (run_id,))
        return int(rows[0][0] or 0)

    def last_seqs(self, run_id: str) -> dict[str, int]:
        """Worker -> highest sequence number that is stored."""
        rows = self._rows(
            "SELECT worker_id, max(seq) FROM frames WHERE run_id = ? GROUP BY worker_id", (run_id,)
        )
        return {str(worker): int(seq) for worker, seq in rows}

    def events(self, run_id: str) -> list[control_pb2.RunEventRecord]:
        """Events of a run in their order."""
        rows = self._rows("SELECT payload FROM events WHERE run_id = ? ORDER BY id", (run_id,))
        return [control_pb2.RunEventRecord.FromString(row[0]) for row in rows]


def _split(
    record: control_pb2.RunRecord,
) -> tuple[plan_pb2.Plan, control_pb2.RunRecord]:
    bare = control_pb2.RunRecord()
    bare.CopyFrom(record)
    bare.ClearField("plan")
    return record.plan, bare


def _error(path: Path, exc: Exception) -> RecordingError:
    text = str(exc)
    if "full" in text or "No space" in text:
        return RecordingError(
            f"the disk is full: the history {path} cannot be written",
            hint="make room; the workers keep what is not written yet",
        )
    if "readonly" in text or "unable to open" in text or isinstance(exc, PermissionError):
        return RecordingError(
            f"the history {path} cannot be written: {text}", hint="set HAZARD_DATA_DIR"
        )
    return RecordingError(f"the history {path}: {text}")


def require_room(folder: Path) -> None:
    """Raises `RecordingError` when the disk of a folder has no room for a run."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free < MIN_FREE_BYTES:
        raise RecordingError(
            f"the disk is full: {free // 1024} KiB are free for {folder}, "
            f"a run needs {MIN_FREE_BYTES >> 20} MiB at least",
            hint="make room, or set HAZARD_DATA_DIR to another disk",
        )


def now_ms() -> int:
    """Unix milliseconds."""
    return time.time_ns() // 1_000_000
