"""The controller's side of one worker in one run: commands down, events up, through reconnects.

A broken stream is opened again at once and asks for the frames after the last one that is safe.
A worker is given up when no stream can be opened for two seconds and the agent does not answer, or
when it does not know the run any more.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import grpc
import grpc.aio

from hazard_tui.controller.holding import Hold
from hazard_tui.controller.tunnel import Tunnel
from hazard_tui.errors import RemoteError
from hazard_tui.rpc.clients import WorkerClient
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2

HEARTBEAT_S = 1.0
LOST_AFTER_S = 2.0
SILENT_AFTER_S = 2.5
"""A running engine sends a frame each second; a stream that is silent for longer is opened anew."""
RETRY_S = 0.2
COMMAND_TIMEOUT_S = 10.0

_FINAL = (
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.FAILED_PRECONDITION,
    grpc.StatusCode.PERMISSION_DENIED,
    grpc.StatusCode.UNAUTHENTICATED,
    grpc.StatusCode.UNIMPLEMENTED,
)
"""Answers that another try will not change."""


class Listener(Protocol):
    """Hears what a worker says."""

    def frame_came(self, link: WorkerLink, frame: worker_pb2.Frame) -> None:
        """A frame that was not seen before."""

    def state_came(self, link: WorkerLink, state: worker_pb2.EngineState) -> None:
        """The engine's state changed."""

    def rows_asked(self, link: WorkerLink, asked: worker_pb2.RowsAsked) -> None:
        """The engine wants to hand out more rows."""

    def exit_came(self, link: WorkerLink, ended: worker_pb2.EngineExit) -> None:
        """The engine process ended."""

    def log_came(self, link: WorkerLink, line: worker_pb2.LogLine) -> None:
        """The engine or agent wrote a line."""

    def worker_lost(self, link: WorkerLink, reason: str) -> None:
        """The worker was given up."""


@dataclass(slots=True)
class _Pending:
    command: worker_pb2.RunCommand
    done: asyncio.Future[str]


class WorkerLink:
    """One worker of a run. `run()` is its life; `state` is what the record shows."""

    def __init__(
        self,
        client: WorkerClient,
        listener: Listener,
        run_id: str,
        epoch: int,
        info: worker_pb2.WorkerInfo,
        share: worker_pb2.Share,
        seq_before: int = 0,
    ) -> None:
        """`seq_before` is the last frame of an engine that the run had on this worker before."""
        self.client = client
        self.worker_id = info.worker_id
        self.address = info.address
        self.hostname = info.hostname
        self.cpus = int(info.cpus) or 1
        self.boot_id = info.boot_id
        self.share = share
        self.shares = [(0, share)]
        """Since when (unix microseconds, our clock) it has which share."""
        self.own_share = share
        """The share that it was prepared with."""
        self.was_adopted = False
        """True when an earlier controller heard its first frames."""
        self.floor: worker_pb2.Floor | None = None
        self.state = "preparing"
        self.reason = ""
        self.clock_offset_us = 0
        self.engine = worker_pb2.ENGINE_STATUS_UNKNOWN
        self.shared_steps: dict[int, worker_pb2.SharedStepsDone] = {}
        """What the steps that all users have in common came to, by `SharedSteps`."""
        self.plan_ready: worker_pb2.PlanReady | None = None
        """What the worker said of the edited plan that it was given last."""
        self.last_frame: worker_pb2.Frame | None = None
        self.last_frame_unix_ms = 0
        self.got_last = False
        self.seq_before = seq_before
        self.seen_seq = seq_before
        """Highest sequence number that arrived."""
        self.safe_seq = seq_before
        """Highest sequence number that is committed."""
        self.missing_frames = 0
        self.logs_until_us = 0
        """Lines of the log up to here were passed on; in the worker's clock."""
        self.holding: Hold | None = None
        """Keeps its prepared engine until `run`."""
        self.tunnel: Tunnel | None = None
        """Carries its way to Locust."""
        self.tasks: list[asyncio.Task[Any]] = []
        """What keeps its streams open."""
        self._listener = listener
        self._run_id = run_id
        self._epoch = epoch
        self._stream: Any = None
        self._write_lock = asyncio.Lock()
        self._command_seq = int(time.time() * 1000) << 10
        self._pending: dict[int, _Pending] = {}
        self._heard = time.monotonic()
        self._changed = asyncio.Condition()

    @property
    def is_live(self) -> bool:
        """True while the worker carries its share."""
        return self.state in ("preparing", "ready", "running")

    @property
    def has_ended(self) -> bool:
        """True when nothing more comes from it."""
        return self.state in ("lost", "failed", "finished", "stopped")

    def record(self) -> control_pb2.RunWorker:
        """The row of the run's record."""
        row = control_pb2.RunWorker(
            worker_id=self.worker_id,
            address=self.address,
            hostname=self.hostname,
            state=self.state,
            reason=self.reason,
            last_frame_unix_ms=self.last_frame_unix_ms,
            last_seq=self.seen_seq,
            share=self.share,
        )
        if self.floor is not None:
            row.floor.CopyFrom(self.floor)
        if self.last_frame is not None:
            row.users = self.last_frame.users if not self.has_ended else 0.0
            row.generator.CopyFrom(self.last_frame.generator)
        return row

    async def dial_again(self, address: str) -> None:
        """A new connection, perhaps to another address: a failed one would wait before it tries."""
        await self.client.close()
        self.client, self.address = self.client.at(address), address

    # life

    async def run(self) -> None:
        """Keeps a stream open until the worker has ended or is lost."""
        if self.holding is not None:
            self.holding.end()
        broken_since: float | None = None
        while not self.has_ended:
            opened = time.monotonic()
            reason, final = await self._one_stream()
            if self.has_ended:
                return
            if broken_since is None or self._heard > opened:
                broken_since = max(self._heard, opened)
            broken_s = time.monotonic() - broken_since
            if final or (broken_s >= LOST_AFTER_S and not await self._answers()):
                self._give_up(reason)
                return
            await asyncio.sleep(RETRY_S)

    async def _one_stream(self) -> tuple[str, bool]:
        """Life of one stream: why it ended, and whether another try is useless."""
        stream = self.client.open_run()
        helpers = [
            asyncio.create_task(self._beat(stream)),
            asyncio.create_task(self._guard(stream)),
        ]
        try:
            self._command_seq += 1
            attach = worker_pb2.RunCommand(
                run_id=self._run_id,
                epoch=self._epoch,
                command_seq=self._command_seq,
                attach=worker_pb2.Attach(after_seq=self.safe_seq - self.seq_before),
            )
            # A stream takes one write at a time, and attach must be the first.
            async with self._write_lock:
                await stream.write(attach)
            # Known before the old commands are repeated: none may fall between the two. One that
            # is sent twice is done once.
            self._stream = stream
            for pending in list(self._pending.values()):
                async with self._write_lock:
                    await stream.write(pending.command)
            while (event := await stream.read()) is not grpc.aio.EOF:
                self._heard = time.monotonic()
                await self._take(event)
                if self.has_ended:
                    break
            return "the agent closed the stream", False
        except grpc.aio.AioRpcError as exc:
            return str(exc.details() or exc.code().name), exc.code() in _FINAL
        except asyncio.InvalidStateError:
            # A write met a stream that had just ended; its status says why.
            code = await stream.code()
            return str(await stream.details() or code.name), code in _FINAL
        finally:
            self._stream = None
            for task in helpers:
                task.cancel()
            stream.cancel()

    async def _answers(self) -> bool:
        """True when the agent answers and still knows the run."""
        try:
            info = await self.client.describe(timeout_s=1.0)
        except RemoteError:
            return False
        return any(run.run_id == self._run_id for run in info.runs)

    async def _beat(self, stream: Any) -> None:
        with contextlib.suppress(grpc.aio.AioRpcError, asyncio.InvalidStateError):
            while True:
                await asyncio.sleep(HEARTBEAT_S)
                beat = worker_pb2.RunCommand(
                    run_id=self._run_id, epoch=self._epoch, heartbeat=worker_pb2.Heartbeat()
                )
                async with self._write_lock:
                    await stream.write(beat)

    async def _guard(self, stream: Any) -> None:
        """Cancels a stream on which nothing comes although frames are due."""
        opened = time.monotonic()
        while True:
            await asyncio.sleep(0.5)
            due = self.engine == worker_pb2.ENGINE_STATUS_RUNNING
            if due and time.monotonic() - max(self._heard, opened) > SILENT_AFTER_S:
                stream.cancel()
                return

    def _give_up(self, reason: str) -> None:
        self.state, self.reason = "lost", reason
        self._fail_pending(f"worker {self.address} was lost")
        self._listener.worker_lost(self, reason)

    def _fail_pending(self, why: str) -> None:
        for pending in self._pending.values():
            if not pending.done.done():
                pending.done.set_result(why)
        self._pending.clear()

    # events

    async def _take(self, event: worker_pb2.RunEvent) -> None:
        kind = event.WhichOneof("kind")
        if kind == "frame":
            self._take_frame(event.frame)
        elif kind == "state":
            self.engine = event.state.status
            self._listener.state_came(self, event.state)
        elif kind == "exit":
            self._fail_pending(f"the engine on {self.address} ended")
            self._listener.exit_came(self, event.exit)
        elif kind == "log":
            # An agent tells its last lines again after a reconnect.
            if event.log.at_unix_us > self.logs_until_us:
                self.logs_until_us = event.log.at_unix_us
                self._listener.log_came(self, event.log)
        elif kind == "shared_steps":
            self.shared_steps[event.shared_steps.steps] = event.shared_steps
        elif kind == "plan_ready":
            self.plan_ready = event.plan_ready
        elif kind == "rows":
            self._listener.rows_asked(self, event.rows)
        elif kind == "done":
            pending = self._pending.pop(event.done.command_seq, None)
            if pending is not None and not pending.done.done():
                pending.done.set_result(event.done.error)
        async with self._changed:
            self._changed.notify_all()

    def _take_frame(self, frame: worker_pb2.Frame) -> None:
        # A worker that joined again goes on counting where it was lost.
        frame.seq += self.seq_before
        if frame.seq <= self.seen_seq:
            return
        if self.engine == worker_pb2.ENGINE_STATUS_UNKNOWN:
            # A run that was taken over: its engine told its state to an earlier controller.
            self.engine = worker_pb2.ENGINE_STATUS_RUNNING
        self.missing_frames += frame.seq - self.seen_seq - 1
        self.seen_seq = frame.seq
        self.last_frame = frame
        self.last_frame_unix_ms = time.time_ns() // 1_000_000
        self.got_last = self.got_last or frame.last
        frame.run_id, frame.worker_id = self._run_id, self.worker_id
        frame.clock_offset_us = self.clock_offset_us
        frame.second = round(frame.second - self.clock_offset_us / 1e6)
        for lost in frame.lost_starts:
            lost.second = round(lost.second - self.clock_offset_us / 1e6)
        self._listener.frame_came(self, frame)

    async def wait_until(self, *statuses: int, timeout_s: float) -> bool:
        """Waits for one of the engine's states; False when it ended or took too long."""
        return await self._wait(lambda: self.engine in statuses, timeout_s)

    async def wait_last_frame(self, timeout_s: float) -> bool:
        """Waits for the frame after which none comes; False when it ended or took too long."""
        return await self._wait(lambda: self.got_last, timeout_s)

    async def wait_shared_steps(
        self, steps: worker_pb2.SharedSteps, timeout_s: float
    ) -> worker_pb2.SharedStepsDone | None:
        """Waits for what such steps came to; None when the worker ended or took too long."""
        await self._wait(lambda: steps in self.shared_steps, timeout_s)
        return self.shared_steps.get(steps)

    async def wait_plan_ready(self, attempt: int, timeout_s: float) -> worker_pb2.PlanReady | None:
        """Waits for what it says of a plan; None when the worker ended or took too long."""

        def said() -> bool:
            return self.plan_ready is not None and self.plan_ready.attempt == attempt

        return self.plan_ready if await self._wait(said, timeout_s) else None

    async def _wait(self, holds: Callable[[], bool], timeout_s: float) -> bool:
        try:
            async with asyncio.timeout(timeout_s), self._changed:
                await self._changed.wait_for(lambda: holds() or self.has_ended)
        except TimeoutError:
            return False
        return holds()

    def tell_changed(self) -> None:
        """Wakes who waits for this worker, after a change that no event brought."""

        async def notify() -> None:
            async with self._changed:
                self._changed.notify_all()

        self._notifier = asyncio.ensure_future(notify())

    # commands

    def frame_is_safe(self, seq: int) -> None:
        """A frame was committed: acknowledges it."""
        self.safe_seq = max(self.safe_seq, seq)
        stream = self._stream
        if stream is not None:
            self._acking = asyncio.ensure_future(self._ack(stream, self.safe_seq - self.seq_before))

    async def _ack(self, stream: Any, seq: int) -> None:
        with contextlib.suppress(grpc.aio.AioRpcError, asyncio.InvalidStateError):
            async with self._write_lock:
                await stream.write(
                    worker_pb2.RunCommand(
                        run_id=self._run_id, epoch=self._epoch, ack=worker_pb2.Ack(seq=seq)
                    )
                )

    async def command(self, timeout_s: float = COMMAND_TIMEOUT_S, **kind: Any) -> str:
        """Sends one command and waits until it is done; why not, or the empty text.

        It is sent again after a reconnect, under the same number.
        """
        if self.has_ended:
            return f"worker {self.address} is {self.state}"
        self._command_seq += 1
        command = worker_pb2.RunCommand(
            run_id=self._run_id, epoch=self._epoch, command_seq=self._command_seq, **kind
        )
        done: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._pending[self._command_seq] = _Pending(command, done)
        stream = self._stream
        if stream is not None:
            with contextlib.suppress(grpc.aio.AioRpcError, asyncio.InvalidStateError):
                async with self._write_lock:
                    await stream.write(command)
        try:
            return await asyncio.wait_for(done, timeout_s)
        except TimeoutError:
            return f"worker {self.address} did not answer a command in {timeout_s:g} s"
        finally:
            self._pending.pop(command.command_seq, None)
