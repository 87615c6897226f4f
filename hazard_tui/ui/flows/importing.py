"""Importing in the console: read in a thread, review, take over as one edit."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hazard_tui.errors import HazardError, UnreadableInput
from hazard_tui.plan import edit
from hazard_tui.plan.edit import Path as PlanPath
from hazard_tui.plan.findings import FindingSeverity
from hazard_tui.plan.import_base import ImportBase
from hazard_tui.plan.model import Plan, Variable
from hazard_tui.plan.secrets import add_secrets, read_secrets
from hazard_tui.plan.variables import plan_names
from hazard_tui.ui.flows.reimporting import merged_again
from hazard_tui.ui.number_text import counted
from hazard_tui.ui.plan_places import NEW_NAME
from hazard_tui.ui.screens.dialogs import TextDialog
from hazard_tui.ui.screens.importing import ImportDialog
from hazard_tui.ui.screens.review import Reviewed, ReviewScreen
from hazard_tui.ui.widgets.plan_tree import step_at
from importers.findings import ImportOptions, ImportResult, Source

if TYPE_CHECKING:
    from hazard_tui.ui.app import HazardApp


PASTED = "paste"
"""Name of a source that is no file: it cannot be imported again."""


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
            sources.append(await asyncio.to_thread(source_of, Path(name)))
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
    await _import(app, [Source(PASTED, _lines(text).encode("utf-8", "surrogateescape"))])


def _lines(text: str) -> str:
    """A pasted text with line feeds: terminals send a carriage return for each end of a line."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


async def import_into_step(app: HazardApp, path: PlanPath, text: str) -> None:
    """Makes the request of a step what a pasted curl command says, as one edit.

    Several requests at once go through the review, like any import.
    """
    from importers.detect import import_input

    source = Source(PASTED, _lines(text).encode("utf-8", "surrogateescape"))
    try:
        result = await asyncio.to_thread(import_input, source, ImportOptions())
    except UnreadableInput as exc:
        app.complain(exc)
        return
    result = _with_own_secrets(app, result)
    requests = [step for step in result.plan.walk() if step.request is not None]
    if len(requests) > 1:
        await _import(app, [source])
        return
    if not requests:
        app.show_findings("the command was not taken; the step is as it was", list(result.findings))
        return
    kept = _keep_secrets(app, result)
    if kept is None or step_at(app.document.plan, path) is None:
        return
    _tell_of_secrets(app, kept)
    app.edit("paste curl", lambda plan: with_command(plan, path, result))
    changes = [one for one in result.findings if one.severity is not FindingSeverity.INFO]
    told = f"; {changes[0]}" if changes else ""
    app.notify(f"the command became this request; ^z takes it back{told}", markup=False)


def with_command(plan: Plan, path: PlanPath, result: ImportResult) -> Plan:
    """The plan with the one request of an import in place of a step's own.

    Saves, asserts and scripts of the step stay. A curl command knows no cookies of earlier steps;
    the step goes on sending them.
    """
    from importers.merge import merge_results
    from importers.shape import with_defaults

    defaults = result.plan.defaults
    if defaults is not None:
        defaults = defaults.model_copy(update={"cookies": None})
    task = with_defaults(result.plan.tasks[0], defaults)
    new = next(one for one in task.walk() if one.request is not None)
    old = step_at(plan, path)
    if old is None or new.request is None:
        return plan
    request = new.request
    if old.request is not None:
        kept = ("extractors", "assertions", "before", "after")
        request = request.model_copy(update={name: getattr(old.request, name) for name in kept})
    update: dict[str, Any] = {"request": request, "provenance": new.provenance}
    if old.name in ("", NEW_NAME):
        update["name"] = new.name
    variables = ImportResult(plan=Plan(variables=result.plan.variables), format="curl")
    merged = merge_results([ImportResult(plan=plan, format="plan"), variables]).plan.variables
    step = old.model_copy(update=update)
    return edit.replace(plan.model_copy(update={"variables": merged}), path, step)


def _with_own_secrets(app: HazardApp, result: ImportResult) -> ImportResult:
    """The result whose secrets are kept apart from those of the plan and of the file."""
    if not result.secrets:
        return result
    from importers.renaming import apart, with_free_keys

    try:
        known = read_secrets(app.settings.secrets_path)
    except HazardError:
        return result  # told when its own are written
    free = with_free_keys(result, known)
    return apart([ImportResult(plan=app.document.plan, format="plan"), free])[1]


def _new_names(before: Plan, after: Plan) -> dict[str, str]:
    """Variables that were renamed, and what they are called now."""
    pairs = zip(before.variables, after.variables, strict=True)
    return {one.name: other.name for one, other in pairs if one.name != other.name}


def _keep_secrets(app: HazardApp, result: ImportResult) -> int | None:
    """Writes secrets of an import to their file; how many were new, None when that failed."""
    if not result.secrets:
        return 0
    try:
        return add_secrets(app.settings.secrets_path, result.secrets)
    except HazardError as exc:
        app.complain(exc)
        return None


def _tell_of_secrets(app: HazardApp, count: int) -> None:
    if count:
        app.notify(f"{counted(count, 'secret')} went to {app.settings.secrets_path}", markup=False)


async def _import(app: HazardApp, sources: list[Source]) -> None:
    from hazard_tui.ui.flows.reading_sources import read_sources

    names = ", ".join(source.name for source in sources)
    try:
        result = await read_sources(app, sources)
    except UnreadableInput as exc:
        app.complain(exc)
        return
    if result is None:
        app.notify(f"{names} was left; nothing was changed", markup=False)
        return
    if not result.plan.tasks and not result.plan.setup:
        app.show_findings(f"nothing in {names} could be imported", list(result.findings))
        return
    if await merged_again(app, result, sources):
        return
    own = _with_own_secrets(app, result)
    base = ImportBase(
        tuple(source.name for source in sources),
        own.plan,
        renamed=_new_names(result.plan, own.plan),
    )
    reviewed = await app.push_screen_wait(ReviewScreen(result, names, app.glyphs))
    if reviewed is None:
        return
    await _take_over(app, result, reviewed, base)


async def _take_over(
    app: HazardApp, result: ImportResult, reviewed: Reviewed, base: ImportBase
) -> None:
    """Makes what was taken an edit. Correlations are one of their own behind it, so that undo
    brings the recorded values back, and then takes the import out."""
    names, before = ", ".join(base.sources), app.document.plan
    made, kept = [], 0
    chosen = [reviewed.correlations, frozenset[str]()] if reviewed.correlations else [frozenset()]
    for keys in chosen:
        one = result
        if result.choose is not None and keys != result.sure:
            one = await asyncio.to_thread(result.choose, keys)
        one = _with_own_secrets(app, one)
        count = _keep_secrets(app, one)
        if count is None:
            return
        kept += count
        made.append(reviewed.taken_of(one.plan))
    _tell_of_secrets(app, kept)
    added = await _addresses(app, made[0])
    plans = [one.model_copy(update={"variables": (*one.variables, *added)}) for one in made]
    if app.document.plan is not before:
        app.complain("the plan was changed meanwhile; import again")
        return
    app.edit(f"import {names}", lambda _: joined(before, plans[-1]))
    told = ""
    if reviewed.correlations:
        values = counted(len(reviewed.correlations), "value")
        app.edit(f"correlate {values}", lambda _: joined(before, plans[0]))
        told = f", {values} correlated; ^z brings recorded values back, a second one"
    if PASTED not in base.sources:
        app.document.note_import(base)
    first = len(before.tasks)
    app.plan_screen_do(lambda screen: screen.plan_tree.select(("tasks", first, "steps", 0)))
    steps = sum(1 for step in plans[0].walk() if step.request is not None)
    taken_out = f"{told or '; ^z'} takes it out, F5 starts"
    app.notify(f"{counted(steps, 'request')} imported{taken_out}", markup=False)


async def _addresses(app: HazardApp, imported: Plan) -> list[Variable]:
    """Asks for the value of each variable that stands for a host and that nothing gives a value."""
    added: list[Variable] = []
    known = plan_names(joined(app.document.plan, imported))
    for name in address_names(imported):
        if known.known(name) or name in app.state.environment_values():
            continue
        title = f"{{{{{name}}}}} has no value: where do its requests go?"
        hint = "http://host:port/path   esc leaves it open"
        value = await app.push_screen_wait(TextDialog(title, "", hint))
        if value and value.strip():
            added.append(Variable(name=name, value=value.strip()))
    return added


def address_names(plan: Plan) -> list[str]:
    """Names that URLs of the plan begin with, in order, once each."""
    urls = [step.request.url.strip() for step in plan.walk() if step.request is not None]
    found = (re.match(r"(?:https?://)?\{\{([^{}$]+)\}\}", url) for url in urls)
    return list(dict.fromkeys(match[1].strip() for match in found if match))


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
