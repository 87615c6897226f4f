"""Preparing the engines of a run, worker by worker: who is ready, who failed, and once more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable

from hazard_tui.controller.holding import Hold
from hazard_tui.controller.worker_link import WorkerLink
from hazard_tui.errors import HazardError
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2

Task = asyncio.Task[worker_pb2.PrepareResponse]
WorkerRecord = control_pb2.WorkerRecord


class Progress:
    """What every worker of one start is at, for one reader, who may ask for another try."""

    def __init__(
        self, chose: Callable[[Collection[str]], None], fleet: Callable[[], Iterable[WorkerRecord]]
    ) -> None:
        self.chose = chose
        """Is told the ids of the workers as soon as they are chosen."""
        self._fleet = fleet
        self._rows: dict[str, control_pb2.RunWorker] = {}
        self._updates: asyncio.Queue[control_pb2.PrepareUpdate | None] = asyncio.Queue()
        self._retries: asyncio.Queue[None] = asyncio.Queue()

    def address_of(self, link: WorkerLink) -> str:
        """Where the worker is now: one that was started again may listen on another port."""
        found = (one for one in self._fleet() if one.info.worker_id == link.worker_id)
        return next((str(one.info.address) for one in found), link.address)

    def tell(self, link: WorkerLink, state: str, reason: str = "") -> None:
        """A worker is `preparing`, `ready` or `failed`."""
        row = link.record()
        row.state, row.reason = state, reason
        self._rows[link.worker_id] = row
        self._put(asks=False)

    async def until_retry(self) -> None:
        """Asks the reader and waits until the failed workers are to be tried again."""
        self._put(asks=True)
        await self._retries.get()

    def retry(self) -> None:
        """The reader wants the failed workers to be tried again."""
        self._retries.put_nowait(None)

    def end(self) -> None:
        """Nothing more comes."""
        self._updates.put_nowait(None)

    async def next_update(self) -> control_pb2.PrepareUpdate | None:
        """The next picture of all workers; None at the end."""
        return await self._updates.get()

    def _put(self, *, asks: bool) -> None:
        rows = self._rows.values()
        self._updates.put_nowait(control_pb2.PrepareUpdate(workers=rows, asks=asks))


async def prepare_engines(
    links: Iterable[WorkerLink],
    request_of: Callable[[WorkerLink], worker_pb2.PrepareRequest],
    progress: Progress | None,
) -> list[Task]:
    """Prepares all workers at the same time; the ended tasks, one per worker.

    With `progress` those that could not be reached or did not get ready are tried again as long as
    its reader wants it. What a worker finds wrong with the plan is no reason for another try.
    """
    tasks: dict[str, Task] = {}
    waiting = list(links)
    try:
        while waiting:
            for link in waiting:
                tasks[link.worker_id] = asyncio.create_task(_prepare(link, request_of, progress))
            await asyncio.wait(tasks.values())
            waiting = [link for link in waiting if _may_try_again(tasks[link.worker_id])]
            findings = any(not one.exception() and one.result().findings for one in tasks.values())
            if not waiting or findings or progress is None:
                break
            await progress.until_retry()
            for link in waiting:
                await link.dial_again(progress.address_of(link))
    except asyncio.CancelledError:
        for task in tasks.values():
            task.cancel()
        await asyncio.wait(tasks.values())
        raise
    return list(tasks.values())


async def _prepare(
    link: WorkerLink,
    request_of: Callable[[WorkerLink], worker_pb2.PrepareRequest],
    progress: Progress | None,
) -> worker_pb2.PrepareResponse:
    def tell(state: str, reason: str = "") -> None:
        if progress is not None:
            progress.tell(link, state, reason)

    tell("preparing")
    request = request_of(link)
    try:
        answer = await link.client.prepare(request)
    except HazardError as exc:
        tell("failed", str(exc))
        raise
    if answer.ready:
        # It waits for others, for Locust and perhaps for a person.
        link.holding = Hold(link.client, request.run_id, request.epoch)
        tell("ready")
    else:
        tell("failed", "; ".join(one.what for one in answer.findings) or "it does not say why")
    return answer


def _may_try_again(task: Task) -> bool:
    error = task.exception()
    if error is None:
        return not task.result().ready and not task.result().findings
    return isinstance(error, HazardError)
