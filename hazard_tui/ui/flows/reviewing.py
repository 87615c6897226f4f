"""Flows around recorded runs: compare, export, replay, delete."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hazard_tui.errors import HazardError
from hazard_tui.ui.run_view import RunView
from hazard_tui.ui.screens.dialogs import ChoiceDialog, ConfirmDialog, TextDialog, TextScreen

if TYPE_CHECKING:
    from hazard_tui.rpc.clients import ControllerClient
    from hazard_tui.ui.app import HazardApp

FORMATS = [("html", "HTML page"), ("json", "JSON"), ("csv", "CSV table"), ("junit", "JUnit XML")]
REPLAY_SPEEDS = [("1", "as it was"), ("4", "4 times as fast"), ("16", "16 times as fast")]


async def read_run(app: HazardApp, run_id: str) -> RunView:
    """A whole recorded run. Raises `HazardError`."""
    client = await app.link.client()
    view: RunView | None = None
    async for update in client.watch_run(run_id):
        if view is None:
            view = RunView(update.record)
            continue
        view.take(update)
        if view.caught_up:
            break
    if view is None:
        raise HazardError(f"run {run_id} is not in the history")
    return view


async def compare(app: HazardApp, base: str, other: str) -> None:
    """Shows two runs next to each other."""
    from hazard_tui.report.comparison import comparison_table

    try:
        first, second = await read_run(app, base), await read_run(app, other)
    except HazardError as exc:
        app.complain(exc)
        return
    text = comparison_table((first.record, first.total), (second.record, second.total))
    app.push_screen(TextScreen(f"{base[:8]} against {other[:8]}", text))


async def export_report(app: HazardApp, run_id: str) -> None:
    """Asks for a format and a file, and writes the report."""
    from hazard_tui.report import render_report

    formats = [
        ("html", "HTML page"),
        ("json", "JSON"),
        ("csv", "CSV table"),
        ("junit", "JUnit XML"),
    ]
    chosen = await app.push_screen_wait(ChoiceDialog("report", formats))
    if chosen is None:
        return
    suffix = "xml" if chosen == "junit" else chosen
    answer = await app.push_screen_wait(TextDialog("write to", f"run-{run_id[:8]}.{suffix}"))
    if not answer:
        return
    try:
        view = await read_run(app, run_id)
        text = render_report(view.record, list(view.frames), list(view.events), chosen)
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
    """Plays a run again on the run screen, second by second."""
    speed = await app.push_screen_wait(ChoiceDialog("replay", REPLAY_SPEEDS))
    if speed is None:
        return
    try:
        whole = await read_run(app, run_id)
    except HazardError as exc:
        app.complain(exc)
        return
    view = RunView(whole.record)
    app.state.run = view
    app.action_app_run()
    events = list(whole.events)
    for frame in whole.frames:
        if app.state.run is not view:
            return
        view.take(_Update("frame", frame))
        while events and events[0].at_unix_ms <= frame.second * 1000:
            view.take(_Update("event", events.pop(0)))
        app.run_changed(view, "frame")
        await asyncio.sleep(1 / float(speed))


class _Update:
    """A recorded message in the shape of a live update."""

    def __init__(self, kind: str, message: Any) -> None:
        self._kind = kind
        setattr(self, kind, message)

    def WhichOneof(self, name: str) -> str:
        """Kind of the update."""
        return self._kind


async def delete_run(app: HazardApp, run_id: str) -> None:
    """Deletes a run after asking."""
    if not await app.push_screen_wait(
        ConfirmDialog("delete run", f"Delete run {run_id[:10]} with all its numbers?")
    ):
        return

    async def act(client: ControllerClient) -> None:
        await client.delete_run(run_id)

    try:
        await app.link.call("delete run", act)
    except HazardError as exc:
        app.complain(exc)
    app.reload_history()
