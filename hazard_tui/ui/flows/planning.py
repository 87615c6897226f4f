"""Flows around the plan: save, open, environment, find and replace, bulk edit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from hazard_tui.errors import HazardError, PlanError
from hazard_tui.plan import edit
from hazard_tui.plan.base import Element, Pair
from hazard_tui.plan.edit import Path as PlanPath
from hazard_tui.plan.environment import read_environment
from hazard_tui.plan.model import Plan, Step
from hazard_tui.plan.store import SUFFIX
from hazard_tui.ui.number_text import counted
from hazard_tui.ui.plan_places import place_name, with_shares, with_weight
from hazard_tui.ui.screens.dialogs import ChoiceDialog, ConfirmDialog, TextDialog
from hazard_tui.ui.state import Environment

if TYPE_CHECKING:
    from hazard_tui.ui.app import HazardApp


async def save(app: HazardApp) -> bool:
    """Writes the plan, asking for a name when it has none; False when it was not written."""
    path = app.document.path
    if path is None:
        name = app.document.plan.name or "plan"
        answer = await app.push_screen_wait(TextDialog("save as", f"{name}{SUFFIX}"))
        if not answer:
            return False
        path = Path(answer).expanduser()
        if path.exists() and not await app.push_screen_wait(
            ConfirmDialog("save", f"{path} is there already. Overwrite it?")
        ):
            return False
    try:
        await app.document.save_in_thread(path)
    except HazardError as exc:
        app.complain(exc)
        return False
    app.notify(f"saved {path}", markup=False, timeout=3)
    app.refresh_top()
    return True


async def ask_and_open(app: HazardApp) -> None:
    """Asks for a plan file and opens it."""
    plans = sorted(Path.cwd().glob(f"*{SUFFIX}"))
    options = [(str(path), path.name) for path in plans]
    options += [("?", "another file …"), ("", "a new plan")]
    chosen = await app.push_screen_wait(ChoiceDialog("open a plan", options))
    if chosen == "?":
        chosen = await app.push_screen_wait(TextDialog("open a plan", "", "path"))
        if not chosen:
            return
    if chosen is not None:
        app.open_plan(Path(chosen).expanduser() if chosen else None)


async def choose_environment(app: HazardApp) -> None:
    """Chooses the file whose values replace the plan's variables."""
    folder = app.document.path.parent if app.document.path else Path.cwd()
    names = ("*.postman_environment.json", "*.env", "*.env.yaml", "*.environment.yaml")
    files = sorted({path for pattern in names for path in folder.glob(pattern)})
    options = [("", "no environment: the plan's own values")]
    options += [(str(path), path.name) for path in files]
    options.append(("?", "another file …"))
    chosen = await app.push_screen_wait(ChoiceDialog("environment", options))
    if chosen == "?":
        chosen = await app.push_screen_wait(TextDialog("environment file", "", "path"))
    if chosen is None:
        return
    try:
        app.state.environment = load_environment(Path(chosen)) if chosen else None
    except HazardError as exc:
        app.complain(exc)
    app.refresh_top()


def load_environment(path: Path) -> Environment:
    """The environment of a file. Its value `protected: true` asks before every start."""
    values = read_environment(path.expanduser())
    protected = values.pop("protected", "").lower() in ("true", "yes", "1")
    name = path.name.split(".")[0]
    return Environment(name, values, protected or name.lower() in ("prod", "production"))


MOST_PLACES = 200
"""Places of a text that are listed; all of them are replaced."""


async def find_and_replace(app: HazardApp) -> None:
    """Finds a text in the plan; replaces it everywhere when a replacement is given."""
    wanted = await app.push_screen_wait(TextDialog("find in the plan", "", "text"))
    if not wanted:
        return
    places = text_places(app.document.plan, wanted)
    if not places:
        app.notify(f"{wanted!r} is not in the plan", markup=False)
        return
    options = [("replace", f"replace in {counted(len(places), 'place')} …")]
    options += [
        (str(number), f"{place_name(app.document.plan, path)}: {text}")
        for number, (path, text) in enumerate(places[:MOST_PLACES])
    ]
    chosen = await app.push_screen_wait(ChoiceDialog(counted(len(places), "place"), options))
    if chosen == "replace":
        new = await app.push_screen_wait(TextDialog(f"replace {wanted!r} by", wanted))
        if new is not None and new != wanted:
            app.edit(f"replace {wanted!r}", lambda plan: replaced(plan, wanted, new))
            app.notify(
                f"replaced in {counted(len(places), 'place')}; ^z takes it back", markup=False
            )
    elif chosen is not None:
        path = places[int(chosen)][0]
        app.plan_screen_do(lambda screen: screen.go_to(path))


def text_places(value: Any, wanted: str, path: PlanPath = ()) -> list[tuple[PlanPath, str]]:
    """Places of a text in the plan, or in its part at `path`, each with the text around it."""
    found: list[tuple[PlanPath, str]] = []
    _search(value, path, wanted, found)
    return found


def _search(value: Any, path: PlanPath, wanted: str, found: list[tuple[PlanPath, str]]) -> None:
    if isinstance(value, str):
        if wanted in value and (not path or path[-1] not in ("id", "pointer", "file_sha256")):
            found.append((path, value.replace("\n", " ")[:120]))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            _search(item, (*path, index), wanted, found)
    elif isinstance(value, Element):
        for name in type(value).model_fields:
            _search(getattr(value, name), (*path, name), wanted, found)


def replaced(plan: Plan, wanted: str, new: str) -> Plan:
    """The plan with a text replaced everywhere. Raises `PlanError` where it cannot stand."""
    for path, _ in text_places(plan, wanted):
        value = edit.at(plan, path)
        if isinstance(value, str):
            plan = edit.replace(plan, path, value.replace(wanted, new))
    return plan


BULK: list[tuple[str, str]] = [
    ("header", "set a header"),
    ("remove-header", "remove a header"),
    ("enable", "enable"),
    ("disable", "disable"),
    ("weight", "set the weight of tasks"),
    ("timeout", "set the timeout (ms)"),
]


async def bulk_edit(app: HazardApp, paths: list[PlanPath]) -> None:
    """Edits several elements in one edit."""
    if not paths:
        app.notify("mark some elements with m first", markup=False)
        return
    what = await app.push_screen_wait(ChoiceDialog(f"edit {counted(len(paths), 'element')}", BULK))
    if what is None:
        return
    hints = {
        "header": "Name: value",
        "remove-header": "name",
        "weight": "3, or 25% for each of them",
        "timeout": "milliseconds",
    }
    value = ""
    if what in hints:
        answer = await app.push_screen_wait(TextDialog(dict(BULK)[what], "", hints[what]))
        if answer is None:
            return
        value = answer
    app.edit(f"{dict(BULK)[what]} of {len(paths)}", lambda plan: bulk(plan, paths, what, value))


def bulk(plan: Plan, paths: list[PlanPath], what: str, value: str) -> Plan:
    """The plan with one change made to every element, and to the requests inside it.

    Raises `HazardError` when the change cannot be made.
    """
    if what == "weight":
        return _bulk_weight(plan, paths, value)
    for path in paths:
        if what in ("enable", "disable"):
            if hasattr(edit.at(plan, path), "disabled"):
                plan = edit.change(plan, path, disabled=what == "disable")
        else:
            plan = _bulk_requests(plan, path, what, value)
    return plan


def _bulk_weight(plan: Plan, paths: list[PlanPath], value: str) -> Plan:
    tasks = [int(path[1]) for path in paths if path[0] == "tasks" and len(path) == 2]
    if not tasks:
        raise PlanError("only tasks have a weight", hint="mark tasks with m")
    if value.strip().endswith("%"):
        return with_shares(plan, tasks, value)
    for number in tasks:
        plan = with_weight(plan, number, value)
    return plan


def _bulk_requests(plan: Plan, path: PlanPath, what: str, value: str) -> Plan:
    from hazard_tui.plan.variables import plan_steps

    for place, step in plan_steps(plan):
        if place[: len(path)] == path and step.request is not None:
            plan = edit.replace(plan, (*place, "request"), _changed_request(step, what, value))
    return plan


def _changed_request(step: Step, what: str, value: str) -> Any:
    request = step.request
    assert request is not None
    if what == "timeout":
        from hazard_tui.plan.request import Policies

        policies = request.policies or Policies()
        if value.strip() and not value.strip().isdecimal():
            raise PlanError(f"{value!r} is not a time", hint="write milliseconds, such as 2500")
        update = {"policies": policies.model_copy(update={"timeout_ms": int(value or 0) or None})}
        return request.model_copy(update=update)
    name, sign, content = value.partition(":")
    name = name.strip()
    kept = tuple(pair for pair in request.headers if pair.name.lower() != name.lower())
    if what == "header":
        if not sign or not name:
            raise PlanError(f"{value!r} is not a header", hint="write Name: value")
        kept = (*kept, Pair(name=name, value=content.strip()))
    return request.model_copy(update={"headers": kept})
