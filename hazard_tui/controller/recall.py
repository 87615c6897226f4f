"""Rows that workers were allowed ahead of their use are called back before rows are dealt anew.

From the call until the rows are dealt nobody is allowed any: what a worker asks meanwhile is heard
afterwards.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hazard_tui.controller.handover import Handover, NoRows
from hazard_tui.controller.worker_link import WorkerLink
from hazard_tui.rpc.gen.hazard.v1 import worker_pb2

if TYPE_CHECKING:
    from hazard_tui.controller.run import Run

RECALL_TIMEOUT_S = 3.0


@dataclass(slots=True)
class Recall:
    """What workers say while rows are called back and dealt anew."""

    waits: set[str]
    """Ids of the workers that have not answered."""
    done: asyncio.Event = field(default_factory=asyncio.Event)
    later: list[tuple[WorkerLink, worker_pb2.RowsAsked]] = field(default_factory=list)
    """What workers asked meanwhile."""

    def hear(self, link: WorkerLink, asked: worker_pb2.RowsAsked, handover: Handover) -> None:
        """Takes rows back, or keeps a question for later."""
        if not asked.given_back:
            self.later.append((link, asked))
        elif link.worker_id in self.waits:
            self.waits.discard(link.worker_id)
            handover.give_back(link.worker_id, asked)
            if not self.waits:
                self.done.set()


@contextlib.asynccontextmanager
async def rows_recalled(run: Run, links: Sequence[WorkerLink]) -> AsyncIterator[None]:
    """Workers have given back all but the rows of the next seconds; they deal again afterwards.

    Raises `NoRows` when one does not answer. After an exception in the block they are allowed rows
    as before.
    """
    if not run.handover.has_rows_that_end:
        yield
        return
    recall = run.recall = Recall({link.worker_id for link in links})
    try:
        await _call_back(run, links, recall)
        yield
    except BaseException:
        for link in links:
            kept = run.handover.kept(link.worker_id)
            run.spawn(link.command(allow_rows=kept), f"rows {link.address}")
        raise
    finally:
        run.recall = None
        for link, asked in recall.later:
            run.rows_asked(link, asked)


async def _call_back(run: Run, links: Sequence[WorkerLink], recall: Recall) -> None:
    # What was allowed before must not reach a worker after it gave rows back.
    if run.row_tasks:
        await asyncio.wait(run.row_tasks, timeout=RECALL_TIMEOUT_S)
    if run.row_tasks:
        raise NoRows("a worker does not answer which rows it may use")
    command = {"allow_rows": worker_pb2.AllowRows(recall=True)}
    errors = await run.command_all(list(links), lambda _: command)
    if errors:
        raise NoRows("; ".join(errors))
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(recall.done.wait(), RECALL_TIMEOUT_S)
    if not recall.done.is_set():
        raise NoRows("a worker did not give back the rows that it does not need yet")
