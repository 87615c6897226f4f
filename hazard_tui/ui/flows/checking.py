"""Checking in the console: the chosen step or task goes out once, and the answer is shown."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hazard_tui.errors import HazardError
from hazard_tui.plan import edit
from hazard_tui.plan.environment import with_values
from hazard_tui.plan.findings import FindingSeverity
from hazard_tui.plan.inputs import collect_inputs
from hazard_tui.plan.model import Plan
from hazard_tui.plan.rules import Extractor
from hazard_tui.plan.variables import plan_steps
from hazard_tui.ui.flows.planning import text_places
from hazard_tui.ui.number_text import counted
from hazard_tui.ui.screens.check import CheckedStep, CheckScreen, Pick
from hazard_tui.ui.screens.dialogs import ChoiceDialog

if TYPE_CHECKING:
    from hazard_tui.ui.app import HazardApp


def base_dir(app: HazardApp) -> Path:
    """Folder against which the plan's files are read."""
    return app.document.path.parent if app.document.path else Path.cwd()


def effective_plan(app: HazardApp) -> Plan:
    """The plan with the values of the chosen environment."""
    environment = app.state.environment
    return with_values(app.document.plan, environment.values if environment else {})


async def check_here(app: HazardApp, path: edit.Path) -> None:
    """Checks what a path leads to: a step with everything before it, a task, or the plan."""
    plan = app.document.plan
    if len(path) >= 2 and path[0] == "tasks":
        element = edit.at(plan, path if len(path) == 2 else _step_path(path))
        await _check(app, [element.id], f"check of {element.name}")
    else:
        await check_all(app)


def _step_path(path: edit.Path) -> edit.Path:
    return path[: next(n for n in range(len(path), 0, -1) if isinstance(path[n - 1], int))]


async def check_all(app: HazardApp) -> None:
    """Checks every task."""
    await _check(app, [], "check of the plan")


async def _check(app: HazardApp, only: list[str], title: str) -> None:
    from hazard_tui.rpc.engine_check import check
    from hazard_tui.rpc.payload import check_request

    plan = effective_plan(app)
    folder, secrets_path = base_dir(app), app.settings.secrets_path
    inputs = await asyncio.to_thread(collect_inputs, plan, folder, secrets_path)
    findings = [*await app.document.findings_now(), *inputs.findings]
    errors = [one for one in findings if one.severity is FindingSeverity.ERROR]
    if errors:
        app.show_findings("the plan cannot be checked", errors)
        return
    screen = CheckScreen(f"{title}: sending …", app.glyphs)
    events = check(check_request(plan, inputs, only=only))
    sending = asyncio.create_task(_show_events(app, screen, title, events))

    def closed(pick: Pick | None) -> None:
        sending.cancel()
        _take(app, pick)

    await app.push_screen(screen, closed)
    try:
        await asyncio.wait({sending})
    finally:
        sending.cancel()
    if not sending.cancelled():
        sending.result()
    saved = {name: value for one in screen.steps for name, value, found in one.saves if found}
    app.state.checked_values.update(saved)
    app.plan_screen_do(lambda one: _mark(one, screen))


async def _show_events(
    app: HazardApp, screen: CheckScreen, title: str, events: AsyncIterator[Any]
) -> None:
    """Shows a check as it goes on. Cancelling it ends the check."""
    faults: list[str] = []
    try:
        async for event in events:
            kind = event.WhichOneof("kind")
            if kind == "step":
                screen.add(checked_step(event.step))
            elif kind == "summary":
                screen.set_title(f"{title}: {_summary_text(event.summary)}")
            elif event.finding.severity:
                faults.append(f"{event.finding.where}: {event.finding.what}")
    except HazardError as exc:
        app.complain(exc)
        screen.set_title(f"{title}: failed")
    if faults:
        app.complain("\n".join(faults[:5]))


def _summary_text(summary: Any) -> str:
    said = f"{summary.ok} of {summary.requests} requests are ok"
    if summary.tests:
        said += f", {summary.tests - summary.tests_failed} of {summary.tests} tests hold"
    return said


def _mark(plan_screen: Any, screen: CheckScreen) -> None:
    results: dict[str, bool] = {}
    for step in screen.steps:
        results[step.step_id] = results.get(step.step_id, True) and step.ok
    plan_screen.plan_tree.results.update(results)
    plan_screen.plan_tree.repaint()


def _take(app: HazardApp, pick: Pick | None) -> None:
    """Adds the rule that a person made of a value to its step."""
    if pick is None:
        return
    steps = plan_steps(app.document.plan)
    found = next((one for one in steps if one[1].id == pick.step_id), None)
    if found is None or found[1].request is None:
        return
    path, step = found
    name = "extractors" if isinstance(pick.rule, Extractor) else "assertions"
    items = (*getattr(step.request, name), pick.rule)
    word = "save" if name == "extractors" else "assert"
    place = (*path, "request", name)
    app.edit(f"add {word}", lambda plan: edit.replace(plan, place, items))
    app.notify(f"{word} added to {step.name}; ^z takes it back", markup=False)
    if isinstance(pick.rule, Extractor):
        app.flow(_offer_use(app, path, pick.rule.variable, pick.value), "dialog")


async def _offer_use(app: HazardApp, path: edit.Path, name: str, value: str) -> None:
    """Offers to send the saved value where later steps of the task hold it literally."""
    places = later_places(app.document.plan, path, value)
    if not places:
        return
    title = f"later steps hold this value in {counted(len(places), 'place')}"
    options = [("use", f"send {{{{{name}}}}} there"), ("leave", "leave them")]
    if await app.push_screen_wait(ChoiceDialog(title, options)) != "use":
        return

    def change(plan: Plan) -> Plan:
        for place in places:
            text = edit.at(plan, place)
            plan = edit.replace(plan, place, text.replace(value, f"{{{{{name}}}}}"))
        return plan

    app.edit(f"use {name}", change)


SHORTEST_VALUE = 4
"""Characters; a shorter value stands in many texts by chance."""


def later_places(plan: Plan, path: edit.Path, value: str) -> list[edit.Path]:
    """Places in what is sent by later steps of the same task that hold a value literally."""
    if len(value) < SHORTEST_VALUE:
        return []
    found = []
    after = False
    for place, step in plan_steps(plan):
        if after and place[:2] == path[:2] and step.request is not None:
            for name in ("url", "query", "path_variables", "headers", "body", "auth"):
                inner = getattr(step.request, name)
                found += text_places(inner, value, (*place, "request", name))
        after = after or place == path
    return [one for one, _ in found if one[-1] not in ("name", "description")]


def checked_step(step: Any) -> CheckedStep:
    """The plain values of a `CheckStep` message."""
    from hazard_tui.rpc.check_text import script_text, timing_text

    notes = [f"{name} has no value and was sent literally" for name in step.unresolved]
    notes += [f"script {one.phase}: {one.error}" for one in step.scripts if one.error]
    notes += [f"console: {line}" for one in step.scripts for line in one.console]
    notes += [f"redirect {hop.status} to {hop.location}" for hop in step.hops]
    return CheckedStep(
        step_id=step.step_id,
        name=step.name,
        ok=step.ok,
        request_line=step.request.first_line,
        request_headers=_headers(step.request),
        request_body=step.request.body,
        status_line=step.response.first_line,
        response_headers=_headers(step.response),
        response_body=step.response.body,
        timing=timing_text(step.timing),
        error=step.error or step.error_kind,
        saves=tuple((one.variable, one.value or one.error, one.found) for one in step.saves),
        asserts=tuple((one.name, one.ok, one.actual, one.expected) for one in step.asserts),
        # Asserts of the plan are shown with what they expected.
        tests=tuple((one.name, one.ok, one.message) for one in step.tests if one.phase != "assert"),
        scripts=tuple(script_text(one) for one in step.scripts),
        notes=tuple(notes),
    )


def _headers(message: Any) -> tuple[tuple[str, str], ...]:
    return tuple((one.name, one.value.decode("utf-8", "replace")) for one in message.headers)
