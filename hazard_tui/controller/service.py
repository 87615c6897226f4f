"""The Controller service: requests of consoles and commands to calls on runs."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from typing import Any

import grpc
import grpc.aio

from hazard_tui import __version__
from hazard_tui.controller import joining, live_load, live_plan, run_life
from hazard_tui.controller.claims import Claims
from hazard_tui.controller.parts import Parts
from hazard_tui.controller.prepare import Progress
from hazard_tui.controller.published import Published
from hazard_tui.controller.run import Run
from hazard_tui.controller.run_start import prepare_run
from hazard_tui.controller.watching import recorded_history, watch_active
from hazard_tui.errors import HazardError, PlanError
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, control_pb2_grpc
from hazard_tui.stats.totals import LiveRun

log = logging.getLogger(__name__)

PROTOCOL = 1
DEFAULT_LIST = 100
WORKERS_AT_LEAST_EVERY_S = 5.0
ENDED_SHOWN_S = 60.0
"""Longer than anybody waits between two scrapes."""


class ControllerService(control_pb2_grpc.ControllerServicer):
    """One instance per controller."""

    def __init__(self, parts: Parts, end: Callable[[], None]) -> None:
        self._parts = parts
        self._end = end
        self.runs: dict[str, Run] = {}
        """Active runs and those that are being tidied up, oldest first."""
        self._lives: dict[str, asyncio.Task[None]] = {}
        self._claims = Claims(lambda: self.runs.values())
        self._ended: deque[tuple[float, LiveRun]] = deque(maxlen=8)
        self.published = Published(None, self.live_runs)
        self.open_calls = 0

    def keep(self, run: Run, life: Awaitable[None]) -> None:
        """Takes a run whose life begins now."""
        self.runs[run.run_id] = run
        self._lives[run.run_id] = asyncio.ensure_future(self._live(run, life))
        if run.record.join:
            run.spawn(joining.join_who_comes(run, self._claims), "who comes")

    async def _live(self, run: Run, life: Awaitable[None]) -> None:
        try:
            await life
        except Exception as exc:
            await run_life.fail(run, f"a bug ended the run: {exc!r}")
            raise
        finally:
            self.runs.pop(run.run_id, None)
            self._ended.append((time.monotonic(), LiveRun(run.refresh_record(), run.merger.total)))
            self._lives.pop(run.run_id, None)

    def live_runs(self) -> list[LiveRun]:
        """Runs as they stand; those that ended stay a while, so that a scrape sees their end."""
        oldest = time.monotonic() - ENDED_SHOWN_S
        ended = [run for at, run in self._ended if at > oldest]
        return ended + [
            LiveRun(run.refresh_record(), run.merger.total, run.latest if run.is_active else None)
            for run in self.runs.values()
        ]

    async def abandon_runs(self) -> None:
        """Leaves active runs to the next controller; without one they end after their grace."""
        for task in list(self._lives.values()):
            task.cancel()
        for run in list(self.runs.values()):
            await run.cancel_tasks()

    def tell_history_trouble(self, text: str) -> None:
        """Lets every active run say that its numbers cannot be written, or can be again."""
        log.error("history: %s", text or "it can be written again")
        for run in self.active.values():
            if text:
                run.event("log", text, level="error")
            else:
                run.event("log", "the history can be written again; nothing was lost")

    @property
    def active(self) -> dict[str, Run]:
        """Runs that have not ended; one that has ended may still be tidied up."""
        return {run_id: run for run_id, run in self.runs.items() if run.is_active}

    def _find_active(self, run_id: str) -> Run | None:
        active = self.active
        if not run_id:
            return next(reversed(active.values()), None)
        hits = [run for key, run in active.items() if key.startswith(run_id)]
        return active.get(run_id) or (hits[0] if len(hits) == 1 else None)

    def _only_active(self, run_id: str) -> Run:
        """The active run of an id or prefix; without one the only active. Raises `PlanError`."""
        active = self.active
        found = [run for key, run in active.items() if key.startswith(run_id)]
        if run_id in active:
            return active[run_id]
        if len(found) == 1:
            return found[0]
        if found:
            raise PlanError(f"several runs are active: {', '.join(one.run_id for one in found)}")
        raise PlanError(f"run {run_id} is not active" if run_id else "nothing is running")

    # calls

    async def Info(self, request: Any, context: Any) -> control_pb2.ControllerInfo:
        discovery = self._parts.fleet.discovery
        return control_pb2.ControllerInfo(
            version=__version__,
            pid=os.getpid(),
            protocol=PROTOCOL,
            active_runs=list(self.active),
            etcd=", ".join(discovery.in_use) or discovery.message,
            etcd_connected=discovery.connected,
            data_dir=str(self._parts.settings.data_dir),
            metrics_url=self.published.url,
        )

    async def WatchWorkers(
        self, request: Any, context: Any
    ) -> AsyncIterator[control_pb2.WorkerList]:
        fleet = self._parts.fleet
        with fleet.changes() as changed:
            while True:
                changed.clear()
                yield fleet.listing()
                try:
                    await asyncio.wait_for(changed.wait(), WORKERS_AT_LEAST_EVERY_S)
                except TimeoutError:
                    continue

    async def AddWorkers(
        self, request: control_pb2.AddWorkersRequest, context: Any
    ) -> control_pb2.AddWorkersResponse:
        self._parts.fleet.add_workers(list(request.addresses))
        return control_pb2.AddWorkersResponse()

    async def ServeMetrics(
        self, request: control_pb2.ServeMetricsRequest, context: Any
    ) -> control_pb2.ServeMetricsResponse:
        return control_pb2.ServeMetricsResponse(error=await self.published.want(request.address))

    async def StartRun(
        self, request: control_pb2.StartRunRequest, context: Any
    ) -> control_pb2.StartRunResponse:
        # One start at a time, else two runs would choose the same ready worker.
        async with self._claims.choosing:
            response, run = await prepare_run(self._parts, request, self._claims)
            if run is not None:
                self.keep(run, run_life.live(run))
        return response

    async def PrepareRun(
        self, requests: AsyncIterator[control_pb2.PrepareCommand], context: Any
    ) -> AsyncIterator[control_pb2.PrepareUpdate]:
        commands = aiter(requests)
        first = await anext(commands, control_pb2.PrepareCommand())
        await self._claims.choosing.acquire()
        chosen: set[str] = set()

        def chose(workers: Collection[str]) -> None:
            # From here on others may start: these workers count as busy.
            chosen.update(workers)
            self._claims.claim(workers)
            self._claims.choosing.release()

        progress = Progress(chose, self._parts.fleet.records)
        start = asyncio.ensure_future(self._start_telling(first.start, progress))
        start.add_done_callback(lambda _: progress.end())
        obeying = asyncio.ensure_future(_obey(commands, progress, start))
        try:
            while (update := await progress.next_update()) is not None:
                yield update
            if not start.cancelled():
                yield control_pb2.PrepareUpdate(ended=start.result())
        finally:
            obeying.cancel()
            if not start.done():
                start.cancel()
                await asyncio.wait([start])
            self._claims.free(chosen)
            if not chosen:
                self._claims.choosing.release()

    async def _start_telling(
        self, request: control_pb2.StartRunRequest, progress: Progress
    ) -> control_pb2.StartRunResponse:
        response, run = await prepare_run(self._parts, request, self._claims, progress)
        if run is not None:
            self.keep(run, run_life.live(run))
        return response

    async def HoldRun(
        self, request: control_pb2.HoldRunRequest, context: Any
    ) -> AsyncIterator[control_pb2.HoldUpdate]:
        run = self._find_active(request.run_id)
        if run is None:
            await context.abort(grpc.StatusCode.NOT_FOUND, f"run {request.run_id} is not active")
            raise AssertionError
        async for update in run.lease.watch(request):
            yield update

    async def StopRun(
        self, request: control_pb2.StopRunRequest, context: Any
    ) -> control_pb2.StopRunResponse:
        if request.run_id:
            found = self._find_active(request.run_id)
            chosen = [found] if found is not None else []
        else:
            chosen = list(self.active.values())
        refusals = {run: run.lease.refusal(request.watcher_id) for run in chosen}
        stopping = [run for run, refused in refusals.items() if not refused]
        for run in stopping:
            run.ask_stop("stopped by a person", force=request.force)
        return control_pb2.StopRunResponse(
            run_ids=[run.run_id for run in stopping],
            refused="; ".join(one for one in refusals.values() if one),
        )

    async def SetRunLoad(
        self, request: control_pb2.SetRunLoadRequest, context: Any
    ) -> control_pb2.SetRunLoadResponse:
        try:
            run = self._only_active(request.run_id)
        except PlanError as exc:
            return control_pb2.SetRunLoadResponse(error=str(exc))
        if refused := run.lease.refusal(request.watcher_id):
            return control_pb2.SetRunLoadResponse(error=refused)
        return control_pb2.SetRunLoadResponse(error=await live_load.set_load(run, request))

    async def ReplaceRunPlan(
        self, request: control_pb2.ReplaceRunPlanRequest, context: Any
    ) -> control_pb2.ReplaceRunPlanResponse:
        try:
            run = self._only_active(request.run_id)
        except PlanError as exc:
            return live_plan.not_running(str(exc))
        if refused := run.lease.refusal(request.watcher_id):
            return live_plan.not_running(refused)
        return await live_plan.replace_plan(run, request)

    async def JoinRun(
        self, request: control_pb2.JoinRunRequest, context: Any
    ) -> control_pb2.JoinRunResponse:
        try:
            run = self._only_active(request.run_id)
        except PlanError as exc:
            await context.abort(grpc.StatusCode.NOT_FOUND, str(exc))
            raise AssertionError from exc
        if refused := run.lease.refusal(request.watcher_id):
            return control_pb2.JoinRunResponse(problems=[refused])
        return await joining.join_named(run, list(request.workers), self._claims)

    async def AddMarker(
        self, request: control_pb2.AddMarkerRequest, context: Any
    ) -> control_pb2.AddMarkerResponse:
        run = self._find_active(request.run_id)
        if run is None:
            await context.abort(grpc.StatusCode.NOT_FOUND, f"run {request.run_id} is not active")
            raise AssertionError
        refused = run.lease.refusal(request.watcher_id)
        if not refused:
            run.event("marker", request.text)
        return control_pb2.AddMarkerResponse(error=refused)

    async def ListRuns(
        self, request: control_pb2.ListRunsRequest, context: Any
    ) -> control_pb2.RunList:
        journal = self._parts.journal
        runs = await journal.call(journal.recording.runs, request.limit or DEFAULT_LIST)
        active = [_without_plan(run) for run in self.active.values()]
        known = {record.run_id for record in active}
        recorded = [journal.newest(record) for record in runs]
        listed = [*active, *(record for record in recorded if record.run_id not in known)]
        listed.sort(key=lambda record: -record.created_unix_ms)
        return control_pb2.RunList(runs=listed[: request.limit or DEFAULT_LIST])

    async def GetRun(
        self, request: control_pb2.GetRunRequest, context: Any
    ) -> control_pb2.RunRecord:
        run = self._find_active(request.run_id)
        if run is not None:
            return run.refresh_record()
        return await self._recorded(request.run_id, context)

    async def DeleteRun(
        self, request: control_pb2.DeleteRunRequest, context: Any
    ) -> control_pb2.DeleteRunResponse:
        if self._find_active(request.run_id) is not None:
            await context.abort(
                grpc.StatusCode.FAILED_PRECONDITION,
                f"run {request.run_id} is active; stop it first",
            )
        record = await self._recorded(request.run_id, context)
        journal = self._parts.journal
        await journal.call(journal.recording.delete_run, record.run_id)
        return control_pb2.DeleteRunResponse()

    async def Shutdown(
        self, request: control_pb2.ShutdownRequest, context: Any
    ) -> control_pb2.ShutdownResponse:
        if self.active and not request.stop_runs:
            names = ", ".join(self.active)
            return control_pb2.ShutdownResponse(refused=f"run {names} is active; stop it first")
        for run in self.active.values():
            run.ask_stop("the controller was shut down")
        if self._lives:
            await asyncio.wait(list(self._lives.values()))
        self._end()
        return control_pb2.ShutdownResponse()

    async def WatchRun(
        self, request: control_pb2.WatchRunRequest, context: Any
    ) -> AsyncIterator[control_pb2.RunUpdate]:
        run = self._find_active(request.run_id)
        if run is None:
            record = await self._recorded(request.run_id, context)
            yield control_pb2.RunUpdate(record=record)
            journal = self._parts.journal
            events = await journal.call(journal.recording.events, record.run_id)
            async for update, _ in recorded_history(journal, record.run_id, events, request):
                yield update
            yield control_pb2.RunUpdate(caught_up=True)
            return
        with run.broadcast.subscribe(request.per_worker) as subscription:
            async for update in watch_active(run, subscription, request):
                yield update
            if subscription.overrun:
                await context.abort(
                    grpc.StatusCode.RESOURCE_EXHAUSTED, "the watcher read too slowly; watch again"
                )

    async def _recorded(self, run_id: str, context: Any) -> control_pb2.RunRecord:
        journal = self._parts.journal
        try:
            found = await journal.call(journal.recording.find, run_id)
            return journal.newest(await journal.call(journal.recording.run, found))
        except PlanError as exc:
            await context.abort(grpc.StatusCode.NOT_FOUND, str(exc))
        except HazardError as exc:
            await context.abort(grpc.StatusCode.INTERNAL, str(exc))
        raise AssertionError


async def _obey(
    commands: AsyncIterator[control_pb2.PrepareCommand],
    progress: Progress,
    start: asyncio.Future[Any],
) -> None:
    """Passes commands on; their end gives the start up."""
    async for command in commands:
        if command.retry:
            progress.retry()
    start.cancel()


def _without_plan(run: Run) -> control_pb2.RunRecord:
    record = control_pb2.RunRecord()
    record.CopyFrom(run.refresh_record())
    record.ClearField("plan")
    return record
