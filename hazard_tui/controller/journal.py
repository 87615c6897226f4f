"""Writes to the history in batches, in a thread of its own. Frames are acknowledged after a commit.

When the history cannot be written (a full disk), nothing is dropped: the batch is tried again until
it fits, and until then no frame is acknowledged, so that the workers keep theirs as well.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2
from hazard_tui.stats.recording import Batch, Recording, RecordingError

log = logging.getLogger(__name__)
T = TypeVar("T")

RETRY_S = 2.0


class Journal:
    """The only writer of the history."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.troubled: Callable[[str], None] = lambda text: None
        """Hears why nothing can be written, and the empty text when it can again."""
        self._batch = Batch()
        self._committed: list[Callable[[], None]] = []
        self._unwritten: dict[str, control_pb2.RunRecord] = {}
        """Records that are not committed yet."""
        self._wake = asyncio.Event()
        self._flushed = asyncio.Event()
        self._flushed.set()
        self._thread = ThreadPoolExecutor(1, "history")
        self._task: asyncio.Task[None] | None = None
        self.trouble = ""

    def start(self) -> None:
        """Begins to write."""
        self._task = asyncio.create_task(self._write(), name="journal")

    async def close(self) -> None:
        """Writes what is left, and closes the file."""
        await self.flush(5.0)
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
        await self.call(self.recording.close)
        self._thread.shutdown()

    async def call(self, function: Callable[..., T], *args: Any) -> T:
        """Runs a method of the recording between two batches."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *args)

    def add_frame(self, frame: worker_pb2.Frame, committed: Callable[[], None]) -> None:
        """Stores a worker's frame; `committed` is called once it is safe."""
        self._batch.frames.append(frame)
        self._committed.append(committed)
        self._touch()

    def add_second(self, frame: worker_pb2.Frame) -> None:
        """Stores a merged frame."""
        self._batch.seconds.append(frame)
        self._touch()

    def add_event(self, run_id: str, event: control_pb2.RunEventRecord) -> None:
        """Stores an event."""
        self._batch.events.append((run_id, event))
        self._touch()

    def put_record(self, record: control_pb2.RunRecord) -> None:
        """Stores the present record of a run."""
        copy = control_pb2.RunRecord()
        copy.CopyFrom(record)
        self._batch.records[record.run_id] = self._unwritten[record.run_id] = copy
        self._touch()

    def newest(self, record: control_pb2.RunRecord) -> control_pb2.RunRecord:
        """What `record`, which was read from the history, is now; with its plan if it has one."""
        unwritten = self._unwritten.get(record.run_id)
        if unwritten is None:
            return record
        now = control_pb2.RunRecord()
        now.CopyFrom(unwritten)
        now.plan.CopyFrom(record.plan)
        if not record.HasField("plan"):
            now.ClearField("plan")
        return now

    async def flush(self, timeout_s: float) -> bool:
        """Waits until everything given so far is committed; False when it took too long."""
        try:
            await asyncio.wait_for(self._flushed.wait(), timeout_s)
        except TimeoutError:
            return False
        return True

    def _touch(self) -> None:
        self._flushed.clear()
        self._wake.set()

    async def _write(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            batch, self._batch = self._batch, Batch()
            committed, self._committed = self._committed, []
            if batch:
                await self._commit(batch)
            for tell in committed:
                tell()
            if not self._batch:
                self._flushed.set()

    async def _commit(self, batch: Batch) -> None:
        while True:
            try:
                await self.call(self.recording.commit, batch)
            except RecordingError as exc:
                if self.trouble != str(exc):
                    self.trouble = str(exc)
                    log.error("%s", exc)
                    self.troubled(self.trouble)
                await asyncio.sleep(RETRY_S)
                continue
            for run_id, record in batch.records.items():
                if self._unwritten.get(run_id) is record:
                    del self._unwritten[run_id]
            if self.trouble:
                self.trouble = ""
                self.troubled("")
            return
