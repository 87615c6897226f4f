"""Flows around recorded runs: compare, export, replay, delete."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hazard_tui.errors import HazardError
from hazard_tui.ui.replay import Replay, parse_speed
from hazard_tui.ui.run_view import RunView
from hazard_tui.ui.screens.compare import CompareScreen
from hazard_tui.ui.screens.dialogs import ChoiceDialog, ConfirmDialog, TextDialog

if TYPE_CHECKING:
    from hazard_tui.rpc.clients import ControllerClient
    from hazard_tui.ui.app import HazardApp

FORMATS = [("html", "HTML page"), ("json", "JSON"), ("csv", "CSV table"), ("junit", "JUnit XML")]
FIRST_SPEED = "4"


async def read_updates(app: HazardApp, run_id: str, *, per_worker: bool = False) -> list[Any]:
    """All that is recorded of a run so far, the record first. Raises `HazardError`."""
    client = await app.link.client()
    updates: list[Any] = []
    async for update in client.watch_run(run_id, per_worker=per_worker):
        if update.WhichOneof("kind") == "caught_up":
            break
        updates.append(update)
    if not updates:
        raise HazardError(f"run {run_id} is not in the history", hint="F4 lists the runs")
    return updates


async def read_run(app: HazardApp, run_id: str) -> RunView:
    """A whole recorded run. Raises `HazardError`."""
    updates = await read_updates(app, run_id)
    view = RunView(updates[0].record)
    for update in updates[1:]:
        view.take(update)
    return view


async def compare(app: HazardApp, base: str, other: str) -> None:
    """Shows two runs next to each other."""
    try:
        first, second = await read_run(app, base), await read_run(app, other)
    except HazardError as exc:
        app.complain(exc)
        return
    app.push_screen(CompareScreen(first, second))


async def show_ghost(app: HazardApp, run_id: str) -> None:
    """Draws a run behind the charts of the run that is shown; the same again takes it away."""
    run = app.state.run
    if run is None:
        app.notify("open a run first (enter), then choose the one behind it", markup=False)
        return
    if run.run_id == run_id or (run.ghost is not None and run.ghost.run_id == run_id):
        run.ghost = None
        app.notify("no run behind the charts", markup=False, timeout=3)
        return
    try:
        run.ghost = await read_run(app, run_id)
    except HazardError as exc:
        app.complain(exc)
        return
    app.action_app_run()


async def export_report(app: HazardApp, run_id: str) -> None:
    """Asks for a format and a file, and writes the report."""
    from hazard_tui.report import render_report

    chosen = await app.push_screen_wait(ChoiceDialog("report", FORMATS))
    if chosen is None:
        return
    suffix = "xml" if chosen == "junit" else chosen
    answer = await app.push_screen_wait(TextDialog("write to", f"run-{run_id}.{suffix}"))
    if not answer:
        return
    try:
        updates = await read_updates(app, run_id)
        record = updates[0].record
        frames = [one.frame for one in updates if one.WhichOneof("kind") == "frame"]
        events = [one.event for one in updates if one.WhichOneof("kind") == "event"]
        text = await asyncio.to_thread(render_report, record, frames, events, chosen)
        path = Path(answer).expanduser()
        await asyncio.to_thread(path.write_text, text, "utf-8")
    except HazardError as exc:
        app.complain(exc)
        return
    except OSError as exc:
        app.complain(f"{answer} cannot be written: {exc.strerror}")
        return
    app.notify(f"wrote {path}", markup=False)


async def replay(app: HazardApp, run_id: str) -> None:
    """Plays a run again on the run screen, second by second, at any speed."""
    text = await app.push_screen_wait(
        TextDialog("replay: times as fast as it was", FIRST_SPEED, "0.1 to 1000")
    )
    if not text:
        return
    try:
        player = Replay(await read_updates(app, run_id, per_worker=True))
        player.set_speed(parse_speed(text))
    except HazardError as exc:
        app.complain(exc)
        return
    app.state.run = player.view
    app.action_app_run()

    def show() -> bool:
        if app.state.run is not player.view:
            return False
        app.run_changed(player.view, "replay")
        return True

    await player.play(show)


async def ask_speed(app: HazardApp, player: Replay) -> None:
    """Asks for another speed of the replay."""
    text = await app.push_screen_wait(
        TextDialog("times as fast as it was", f"{player.speed:g}", "0.1 to 1000")
    )
    if text:
        player.set_speed(parse_speed(text))


async def delete_run(app: HazardApp, run_id: str) -> None:
    """Deletes a run after asking."""
    if not await app.push_screen_wait(
        ConfirmDialog("delete run", f"Delete run {run_id} with all its numbers?")
    ):
        return

    async def act(client: ControllerClient) -> None:
        await client.delete_run(run_id)

    try:
        await app.link.call("delete run", act)
    except HazardError as exc:
        app.complain(exc)
    app.reload_history()
