"""Importing in the console: read in a thread, review, take over as one edit."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from hazard_tui.errors import HazardError, UnreadableInput
from hazard_tui.plan.model import Plan
from hazard_tui.plan.secrets import add_secrets
from hazard_tui.ui.number_text import counted
from hazard_tui.ui.screens.importing import ImportDialog, ReviewScreen
from importers.findings import ImportOptions, ImportResult, Source

if TYPE_CHECKING:
    from hazard_tui.ui.app import HazardApp


async def ask_and_import(app: HazardApp) -> None:
    """Asks what to import, and imports it."""
    request = await app.push_screen_wait(ImportDialog())
    if request is None:
        return
    if request.text:
        await import_pasted(app, request.text)
        return
    sources = []
    for name in request.paths:
        try:
            sources.append(source_of(Path(name)))
        except OSError as exc:
            app.complain(f"{name} cannot be read: {exc.strerror}")
            return
    await _import(app, sources)


def source_of(path: Path) -> Source:
    """A file to import; a HAR is read as it is needed, since it may be large."""
    if path.suffix == ".har":
        path.open("rb").close()
        return Source(str(path), b"", str(path))
    return Source(str(path), path.read_bytes())


async def import_pasted(app: HazardApp, text: str) -> None:
    """Imports a pasted text of any known format."""
    # Terminals send a carriage return for each end of a line.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    await _import(app, [Source("paste", text.encode("utf-8", "surrogateescape"))])


async def _import(app: HazardApp, sources: list[Source]) -> None:
    from importers.detect import import_input
    from importers.merge import merge_results

    def work() -> ImportResult:
        return merge_results([import_input(source, ImportOptions()) for source in sources])

    names = ", ".join(source.name for source in sources)
    app.notify(f"reading {names}", markup=False, timeout=2)
    try:
        result = await asyncio.to_thread(work)
    except UnreadableInput as exc:
        app.complain(exc)
        return
    if not result.plan.tasks and not result.plan.setup:
        app.show_findings(f"nothing in {names} could be imported", list(result.findings))
        return
    reviewed = await app.push_screen_wait(ReviewScreen(result, names))
    if reviewed is None:
        return
    if result.secrets:
        try:
            count = add_secrets(app.settings.secrets_path, result.secrets)
        except HazardError as exc:
            app.complain(exc)
            return
        app.notify(f"{counted(count, 'secret')} went to {app.settings.secrets_path}", markup=False)
    first = len(app.document.plan.tasks)
    app.edit(f"import {names}", lambda plan: joined(plan, reviewed))
    app.plan_screen_do(lambda screen: screen.plan_tree.select(("tasks", first, "steps", 0)))
    steps = sum(1 for step in reviewed.walk() if step.request is not None)
    app.notify(f"{counted(steps, 'request')} imported; ^z takes it out, F5 starts", markup=False)


def joined(plan: Plan, imported: Plan) -> Plan:
    """The plan with the tasks of an import behind its own; an empty plan becomes the import."""
    if not plan.tasks and not plan.variables:
        name = plan.name or imported.name
        stages = plan.stages or imported.stages
        return imported.model_copy(update={"name": name, "stages": stages})
    from importers.merge import merge_results

    parts = [ImportResult(plan=plan, format="plan"), ImportResult(plan=imported, format="import")]
    return merge_results(parts).plan.model_copy(
        update={"stages": plan.stages or imported.stages, "thresholds": plan.thresholds}
    )
