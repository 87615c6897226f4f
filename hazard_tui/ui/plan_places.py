"""Where things stand in a plan: where a new step goes, which elements have errors, weights."""

from __future__ import annotations

from typing import Any

from hazard_tui.errors import HazardError
from hazard_tui.plan import edit
from hazard_tui.plan.edit import Path
from hazard_tui.plan.model import Plan, Step, Task
from hazard_tui.plan.store import path_text
from hazard_tui.plan.variables import walk_steps
from hazard_tui.ui.widgets.plan_tree import step_at


def empty_kind(kind: str) -> Any:
    """A new element of a kind of step."""
    annotation = Step.model_fields[kind].annotation
    inner = next(one for one in annotation.__args__ if one is not type(None))  # type: ignore[union-attr]
    return inner()


def insertion_path(plan: Plan, path: Path) -> Path:
    """Where a new step goes: behind the step at `path`, or to the end of a task or open branch."""
    if not path:
        return ("tasks", 0, "steps", len(plan.tasks[0].steps))
    if path[0] == "tasks" and len(path) == 2:
        return (*path, "steps", len(plan.tasks[int(path[1])].steps))
    if path == ("teardown",):
        return ("teardown", len(plan.teardown))
    if path[0] == "setup":
        return ("tasks", 0, "steps", 0)
    step = step_at(plan, path)
    if step is not None and step.choice in ("group", "loop", "parallel"):
        return (*path, step.choice, "steps", len(step.children))
    return (*path[:-1], int(path[-1]) + 1)


def with_weight(plan: Plan, index: int, text: str) -> Plan:
    """The plan with another weight of a task. `25%` sets its share of all enabled tasks.

    Raises `PlanError` for a text that is neither.
    """
    text = text.strip()
    if not text.endswith("%"):
        return edit.replace(plan, ("tasks", index, "weight"), text)
    try:
        share = float(text[:-1]) / 100
    except ValueError:
        share = 0.0
    if not 0 < share < 1:
        raise HazardError(f"{text!r} is not a share", hint="write more than 0% and less than 100%")
    others = [
        task.weight
        for number, task in enumerate(plan.tasks)
        if number != index and not task.disabled
    ]
    scale = 100
    for number, task in enumerate(plan.tasks):
        if number != index and not task.disabled:
            plan = edit.replace(plan, ("tasks", number, "weight"), task.weight * scale)
    weight = max(1, round(sum(others) * scale * share / (1 - share)))
    return edit.replace(plan, ("tasks", index, "weight"), weight)


def bad_keys(plan: Plan, places: list[str]) -> set[str]:
    """Keys of tasks and steps in which one of the places lies."""
    keys = set()
    for index, task in enumerate(plan.tasks):
        prefix = path_text(("tasks", index))
        if any(place.startswith(prefix) for place in places):
            keys.add(task.id)
            keys |= _bad_steps(task, ("tasks", index), places)
    return keys


def _bad_steps(task: Task, path: Path, places: list[str]) -> set[str]:
    found = set()
    for name in ("preparation", "steps"):
        for place, step in walk_steps(getattr(task, name), (*path, name)):
            prefix = path_text(place)
            if any(one == prefix or one.startswith((f"{prefix}.", f"{prefix} ")) for one in places):
                found.add(step.id)
    return found
