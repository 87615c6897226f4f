"""Starting a run worker by worker: each one's state is shown, a failed one can be tried again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING, Any

from hazard_tui.ui.screens.preparing import PreparingDialog

if TYPE_CHECKING:
    from hazard_tui.rpc.clients import ControllerClient
    from hazard_tui.ui.app import HazardApp

SHOWN_AFTER_S = 1.0
"""A start that is quicker shows no dialog."""


async def prepare_run(app: HazardApp, request: Any) -> tuple[Any | None, PreparingDialog]:
    """The answer to a start, None when the person gave it up, and the dialog with the choice.

    Raises `HazardError`.
    """
    from hazard_tui.rpc.gen.hazard.v1 import control_pb2

    dialog = PreparingDialog(len(request.workers), app.glyphs)

    async def commands() -> AsyncIterator[control_pb2.PrepareCommand]:
        yield control_pb2.PrepareCommand(start=request)
        while await dialog.choice() == "again":
            yield control_pb2.PrepareCommand(retry=True)

    async def follow(client: ControllerClient) -> Any | None:
        async for update in client.prepare_run(commands()):
            if update.HasField("ended"):
                return update.ended
            _log(app, update.workers)
            app.state.preparing = {one.worker_id: one for one in update.workers}
            app.workers_changed()
            dialog.show(update.workers, asks=update.asks)
            if update.asks:
                _open(app, dialog)
        return None

    opening = asyncio.create_task(_open_later(app, dialog))
    try:
        return await app.link.call("start run", follow), dialog
    finally:
        opening.cancel()
        app.state.preparing = {}
        app.workers_changed()
        if dialog in app.screen_stack:
            dialog.close()


def _log(app: HazardApp, workers: Iterable[Any]) -> None:
    """A line in the log of calls for each worker that is in another state than before."""
    for one in workers:
        before = app.state.preparing.get(one.worker_id)
        if before is None or before.state != one.state:
            reason = f": {one.reason}" if one.reason else ""
            app.link.note(f"start run: worker {one.address} is {one.state}{reason}")


def _open(app: HazardApp, dialog: PreparingDialog) -> None:
    if dialog not in app.screen_stack:
        app.push_screen(dialog)


async def _open_later(app: HazardApp, dialog: PreparingDialog) -> None:
    await asyncio.sleep(SHOWN_AFTER_S)
    _open(app, dialog)
