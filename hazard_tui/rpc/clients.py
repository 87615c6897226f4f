"""Clients of the three services. Every call has a deadline; failures become `RemoteError`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from hazard_tui.errors import HazardError, UsageError
from hazard_tui.rpc.channels import remote_error, unix_channel, worker_channel

# isort: split
import grpc.aio

from hazard_tui.rpc.gen.hazard.v1 import (
    control_pb2,
    control_pb2_grpc,
    plan_pb2,
    worker_pb2,
    worker_pb2_grpc,
)
from hazard_tui.settings import TlsPaths

T = TypeVar("T")

CALL_TIMEOUT_S = 10.0
START_TIMEOUT_S = 120.0
"""A start reads files, starts Locust and waits for every worker."""
PREPARE_TIMEOUT_S = 60.0
CALIBRATE_TIMEOUT_S = 25.0


_SPACINGS = {
    "uniform": plan_pb2.ARRIVAL_SPACING_UNIFORM,
    "poisson": plan_pb2.ARRIVAL_SPACING_POISSON,
}


class _Client:
    """A channel that closes with its `async with` block."""

    _what = ""
    _hint = ""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._channel = channel

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the channel; running calls end."""
        await self._channel.close()

    def _error(self, exc: grpc.aio.AioRpcError) -> HazardError:
        return remote_error(exc, self._what, self._hint)

    async def _answer(self, call: Awaitable[T]) -> T:
        try:
            return await call
        except grpc.aio.AioRpcError as exc:
            raise self._error(exc) from exc

    async def _stream(self, call: Any) -> AsyncIterator[Any]:
        try:
            async for message in call:
                yield message
        except grpc.aio.AioRpcError as exc:
            raise self._error(exc) from exc
        finally:
            call.cancel()


class ControllerClient(_Client):
    """The controller of this machine, over its unix socket."""

    _what = "the controller"
    _hint = "`hazard serve` starts one in the foreground and shows why it ends"

    def __init__(self, socket_path: Path, watcher_id: str = "") -> None:
        """`watcher_id`: of a console, which then may change only what no other console holds."""
        super().__init__(unix_channel(socket_path))
        self._watcher_id = watcher_id
        self._stub: Any = control_pb2_grpc.ControllerStub(self._channel)  # type: ignore[no-untyped-call]

    def _error(self, exc: grpc.aio.AioRpcError) -> HazardError:
        # A run that is not there was named wrongly; the controller itself answers.
        if exc.code() is grpc.StatusCode.NOT_FOUND:
            return UsageError(str(exc.details()), hint="`hazard runs` lists them")
        return super()._error(exc)

    async def info(self, timeout_s: float = CALL_TIMEOUT_S) -> control_pb2.ControllerInfo:
        """Who the controller is."""
        return await self._answer(self._stub.Info(control_pb2.InfoRequest(), timeout=timeout_s))

    async def add_workers(self, addresses: Sequence[str]) -> None:
        """Lets the controller use workers that etcd does not announce."""
        request = control_pb2.AddWorkersRequest(addresses=addresses)
        await self._answer(self._stub.AddWorkers(request, timeout=CALL_TIMEOUT_S))

    async def serve_metrics(self, address: str) -> str:
        """Serves figures at `HOST:PORT` from now on; why not, or the empty text."""
        request = control_pb2.ServeMetricsRequest(address=address)
        answer = await self._answer(self._stub.ServeMetrics(request, timeout=CALL_TIMEOUT_S))
        return str(answer.error)

    def watch_workers(self) -> AsyncIterator[control_pb2.WorkerList]:
        """The list of workers now and after every change."""
        return self._stream(self._stub.WatchWorkers(control_pb2.WatchWorkersRequest()))

    async def start_run(self, request: control_pb2.StartRunRequest) -> control_pb2.StartRunResponse:
        """Starts a run; findings with an error mean that none was started."""
        return await self._answer(self._stub.StartRun(request, timeout=START_TIMEOUT_S))

    def prepare_run(
        self, commands: AsyncIterator[control_pb2.PrepareCommand]
    ) -> AsyncIterator[control_pb2.PrepareUpdate]:
        """Starts a run and tells how every worker comes along; the last update has `ended`."""
        return self._stream(self._stub.PrepareRun(commands))

    def watch_run(
        self, run_id: str = "", *, from_second: int = 0, per_worker: bool = False
    ) -> AsyncIterator[control_pb2.RunUpdate]:
        """Everything of a run from its first second, then live until it ends."""
        request = control_pb2.WatchRunRequest(
            run_id=run_id, from_second=from_second, per_worker=per_worker
        )
        return self._stream(self._stub.WatchRun(request))

    def hold_run(
        self, run_id: str, name: str, *, take_over: bool = False
    ) -> AsyncIterator[control_pb2.HoldUpdate]:
        """Stands beside an active run: who may change it, now and after every change."""
        request = control_pb2.HoldRunRequest(
            run_id=run_id, watcher_id=self._watcher_id, name=name, take_over=take_over
        )
        return self._stream(self._stub.HoldRun(request))

    async def stop_run(self, run_id: str = "", *, force: bool = False) -> list[str]:
        """Asks a run (empty: every active one) to stop; the ids that were asked.

        Raises `HazardError` when there are some, and other consoles hold them all.
        """
        request = control_pb2.StopRunRequest(
            run_id=run_id, force=force, watcher_id=self._watcher_id
        )
        answer = await self._answer(self._stub.StopRun(request, timeout=CALL_TIMEOUT_S))
        if answer.refused and not answer.run_ids:
            raise HazardError(answer.refused, hint="`hazard stop` stops it all the same")
        return list(answer.run_ids)

    async def set_run_load(
        self,
        run_id: str,
        *,
        users: float | None = None,
        rate: float | None = None,
        pause: bool = False,
        resume: bool = False,
        spacing: str = "",
    ) -> str:
        """Changes the load of a running run; why not, or the empty text.

        `spacing` of a rate: `uniform` or `poisson`; empty: as the plan's arrivals have it.
        """
        request = control_pb2.SetRunLoadRequest(
            run_id=run_id,
            users=users,
            rate=rate,
            pause=pause,
            resume=resume,
            watcher_id=self._watcher_id,
        )
        if spacing:
            request.spacing = _SPACINGS[spacing]
        answer = await self._answer(self._stub.SetRunLoad(request, timeout=CALL_TIMEOUT_S))
        return str(answer.error)

    async def replace_run_plan(
        self, run_id: str, plan: plan_pb2.Plan, base_dir: str
    ) -> control_pb2.ReplaceRunPlanResponse:
        """Lets a running run go on with an edited plan; findings with an error: it did not."""
        request = control_pb2.ReplaceRunPlanRequest(
            run_id=run_id, plan=plan, base_dir=base_dir, watcher_id=self._watcher_id
        )
        return await self._answer(self._stub.ReplaceRunPlan(request, timeout=START_TIMEOUT_S))

    async def join_run(
        self, run_id: str = "", workers: Sequence[str] = ()
    ) -> control_pb2.JoinRunResponse:
        """Lets workers join a running run; those named, or all that are ready."""
        request = control_pb2.JoinRunRequest(
            run_id=run_id, workers=workers, watcher_id=self._watcher_id
        )
        return await self._answer(self._stub.JoinRun(request, timeout=START_TIMEOUT_S))

    async def add_marker(self, run_id: str, text: str) -> None:
        """Writes a line into the events of a run. Raises `HazardError` when another console holds
        it."""
        request = control_pb2.AddMarkerRequest(
            run_id=run_id, text=text, watcher_id=self._watcher_id
        )
        answer = await self._answer(self._stub.AddMarker(request, timeout=CALL_TIMEOUT_S))
        if answer.error:
            raise HazardError(answer.error)

    async def list_runs(self, limit: int = 0) -> list[control_pb2.RunRecord]:
        """Recorded runs, newest first, without their plans."""
        request = control_pb2.ListRunsRequest(limit=limit)
        answer = await self._answer(self._stub.ListRuns(request, timeout=CALL_TIMEOUT_S))
        return list(answer.runs)

    async def get_run(self, run_id: str = "") -> control_pb2.RunRecord:
        """A run by id or unique prefix; empty: the newest."""
        request = control_pb2.GetRunRequest(run_id=run_id)
        return await self._answer(self._stub.GetRun(request, timeout=CALL_TIMEOUT_S))

    async def delete_run(self, run_id: str) -> None:
        """Removes a run from the history."""
        request = control_pb2.DeleteRunRequest(run_id=run_id)
        await self._answer(self._stub.DeleteRun(request, timeout=CALL_TIMEOUT_S))

    async def shutdown(self, *, stop_runs: bool = False) -> str:
        """Ends the controller; why not, or the empty text."""
        request = control_pb2.ShutdownRequest(stop_runs=stop_runs)
        answer = await self._answer(self._stub.Shutdown(request, timeout=60.0))
        return str(answer.refused)


class WorkerClient(_Client):
    """One agent."""

    def __init__(self, address: str, tls: TlsPaths | None = None) -> None:
        super().__init__(worker_channel(address, tls))
        self.address = address
        self._tls = tls
        self._what = f"worker {address}"
        self._hint = "`hazard workers` shows its state"
        self._stub: Any = worker_pb2_grpc.AgentStub(self._channel)  # type: ignore[no-untyped-call]
        self._health: Any = self._channel.unary_unary("/grpc.health.v1.Health/Check")

    def at(self, address: str) -> WorkerClient:
        """A client with the same certificates on a connection of its own."""
        return WorkerClient(address, self._tls)

    async def serving(self, timeout_s: float = 2.0) -> bool:
        """True when the agent's standard health service says SERVING."""
        # The empty HealthCheckRequest asks for the whole server; field 1 of the answer is 1.
        answer = await self._answer(self._health(b"", timeout=timeout_s))
        return bytes(answer) == b"\x08\x01"

    async def describe(self, timeout_s: float = 2.0) -> worker_pb2.WorkerInfo:
        """Who the worker is and what it is doing."""
        return await self._answer(
            self._stub.Describe(worker_pb2.DescribeRequest(), timeout=timeout_s)
        )

    async def calibrate(self) -> worker_pb2.Floor:
        """Lets the worker measure its floor now."""
        call = self._stub.Calibrate(worker_pb2.CalibrateRequest(), timeout=CALIBRATE_TIMEOUT_S)
        return await self._answer(call)

    async def prepare(self, request: worker_pb2.PrepareRequest) -> worker_pb2.PrepareResponse:
        """Starts the engine of a run; returns once it compiled the plan."""
        return await self._answer(self._stub.Prepare(request, timeout=PREPARE_TIMEOUT_S))

    def open_run(self) -> Any:
        """A new Run stream: `write` RunCommand, `read` RunEvent, `cancel`."""
        return self._stub.Run()

    def open_tunnel(self) -> Any:
        """A new Tunnel stream of TunnelBytes both ways."""
        return self._stub.Tunnel()

    async def discard(self, run_id: str, epoch: int, timeout_s: float = 5.0) -> None:
        """Forgets a finished run, or kills a running one."""
        request = worker_pb2.DiscardRequest(run_id=run_id, epoch=epoch)
        await self._answer(self._stub.Discard(request, timeout=timeout_s))


class LocustClient(_Client):
    """The plugin inside the Locust master, over its unix socket."""

    _what = "the Locust master"

    def __init__(self, socket_path: Path) -> None:
        super().__init__(unix_channel(socket_path))
        self._stub: Any = control_pb2_grpc.LocustMasterStub(self._channel)  # type: ignore[no-untyped-call]

    async def state(
        self, *, with_entries: bool = False, timeout_s: float = 5.0
    ) -> control_pb2.LocustTotals:
        """Locust's own totals and state."""
        request = control_pb2.LocustStateRequest(with_entries=with_entries)
        return await self._answer(self._stub.State(request, timeout=timeout_s))

    async def set_users(self, users: int) -> str:
        """Tells Locust a user count; why it refused, or the empty text."""
        request = control_pb2.SetUsersRequest(users=users)
        answer = await self._answer(self._stub.SetUsers(request, timeout=CALL_TIMEOUT_S))
        return str(answer.error)

    async def stop_test(self) -> None:
        """Ends the test; Locust's totals stay."""
        await self._answer(self._stub.StopTest(control_pb2.StopTestRequest(), timeout=30.0))

    async def quit(self) -> None:
        """Ends the Locust process."""
        await self._answer(self._stub.Quit(control_pb2.QuitRequest(), timeout=5.0))
