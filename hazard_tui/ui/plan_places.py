"""Where things stand in a plan: where a new step goes, which elements have errors, weights."""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm
from typing import Any

from hazard_tui.errors import HazardError
from hazard_tui.plan import edit
from hazard_tui.plan.edit import Path
from hazard_tui.plan.model import Plan, Step, Task
from hazard_tui.plan.store import path_text
from hazard_tui.plan.variables import walk_steps
from hazard_tui.ui.number_text import counted
from hazard_tui.ui.widgets.plan_tree import step_at

NEW_NAME = "request"
"""Name of a new request until a person or an import gives it another."""
LARGEST_WEIGHT = 1_000_000
"""Shares that would need larger weights are rounded."""


def empty_kind(kind: str) -> Any:
    """A new element of a kind of step."""
    annotation = Step.model_fields[kind].annotation
    inner = next(one for one in annotation.__args__ if one is not type(None))  # type: ignore[union-attr]
    return inner()


REQUEST_PARTS = {
    "u": ("url", "URL"),
    "h": ("headers", "headers"),
    "q": ("query", "query and path variables"),
    "b": ("body", "body"),
    "a": ("auth", "auth"),
    "s": ("extractors", "saves"),
    "t": ("assertions", "asserts"),
    "c": ("before", "scripts"),
    "p": ("policies", "policies"),
    "v": ("values", "values and the request as it would be sent"),
}
"""Letter -> field of a request, and its name."""
PLAN_PARTS = {
    "L": ("stages", "load"),
    "V": ("variables", "variables"),
    "T": ("thresholds", "thresholds"),
    "D": ("feeds", "data"),
    "H": ("host_map", "hosts"),
    "F": ("defaults", "defaults"),
    "P": ("name", "name, seed, allowed targets"),
}
"""Letter -> field of the plan, and its name."""


def parts_at(plan: Plan, path: Path) -> dict[str, tuple[Path, str]]:
    """Letter -> path and name of every part that can be gone to from an element."""
    parts: dict[str, tuple[Path, str]] = {}
    step = step_at(plan, path)
    if step is not None and step.request is not None:
        for letter, (field, name) in REQUEST_PARTS.items():
            parts[letter] = ((*path, "request", field), name)
    elif path:
        parts["u"] = (path, "fields of this element")
    for letter, (field, name) in PLAN_PARTS.items():
        parts[letter] = ((field,), f"plan: {name}")
    return parts


def insertion_path(plan: Plan, path: Path) -> Path:
    """Where a new step goes: behind the step at `path`, or to the end of a task or open branch."""
    if not path:
        return ("tasks", 0, "steps", len(plan.tasks[0].steps))
    if path[0] == "tasks" and len(path) == 2:
        return (*path, "steps", len(plan.tasks[int(path[1])].steps))
    if path == ("teardown",):
        return ("teardown", len(plan.teardown))
    if path[0] in ("setup", "shared_teardown"):
        return ("tasks", 0, "steps", 0)
    step = step_at(plan, path)
    if step is not None and step.choice in ("group", "loop", "parallel"):
        return (*path, step.choice, "steps", len(step.children))
    return (*path[:-1], int(path[-1]) + 1)


def place_name(plan: Plan, path: Path) -> str:
    """A place in words: names of the task and steps around it, then the field."""
    element: Any = plan
    names, field = [], ""
    for key in path:
        element = element[key] if isinstance(key, int) else getattr(element, key)
        if isinstance(element, (Task, Step)):
            names.append(element.name or element.id)
            field = ""
        elif isinstance(key, str) and key != "request":
            field = f"{field} {key.rstrip('_')}".strip()
    return " > ".join([*names, field.replace("_", " ")] if field else names)


def with_weight(plan: Plan, index: int, text: str) -> Plan:
    """The plan with another weight of a task. `25%` sets its share of all enabled tasks.

    Raises `PlanError` for a text that is neither.
    """
    text = text.strip()
    if not text.endswith("%"):
        return edit.replace(plan, ("tasks", index, "weight"), text)
    return with_shares(plan, [index], text)


def with_shares(plan: Plan, indexes: list[int], text: str) -> Plan:
    """The plan in which each of these tasks has the same share of all iterations: `20%`.

    The other tasks keep their proportions among each other. Raises `HazardError` where the shares
    do not fit into the whole.
    """
    share = share_of(text)
    others = [
        number
        for number, task in enumerate(plan.tasks)
        if number not in indexes and not task.disabled
    ]
    total = share * len(indexes)
    if any(plan.tasks[number].disabled for number in indexes):
        raise HazardError("a task that is off has no share", hint="turn it on first (space)")
    if (total >= 1) if others else (total != 1):
        rest = "the other tasks need some" if others else "no other task takes the rest"
        raise HazardError(
            f"{counted(len(indexes), 'task')} of {text} make {float(total):.0%}: {rest}"
        )
    return with_weights(plan, _shared(plan, dict.fromkeys(indexes, share), others))


def share_of(text: str) -> Fraction:
    """`12.5%` as a fraction of one. Raises `HazardError` for anything else."""
    try:
        share = Fraction(text.strip().removesuffix("%").strip()) / 100
    except (ValueError, ZeroDivisionError):
        share = Fraction(0)
    if not 0 < share <= 1:
        raise HazardError(f"{text!r} is not a share", hint="write more than 0% and at most 100%")
    return share


def _shared(plan: Plan, shares: dict[int, Fraction], others: list[int]) -> dict[int, int]:
    """The smallest whole weights that give these shares; others split what is left as before."""
    left = 1 - sum(shares.values())
    total = sum(plan.tasks[number].weight for number in others)
    wanted = dict(shares)
    for number in others:
        wanted[number] = left * Fraction(plan.tasks[number].weight, total or 1)
    scale = lcm(*(one.denominator for one in wanted.values()))
    whole = {number: int(one * scale) for number, one in wanted.items()}
    shrink = gcd(*whole.values()) or 1
    weights = {number: weight // shrink for number, weight in whole.items()}
    largest = max(weights.values(), default=0)
    if largest <= LARGEST_WEIGHT:
        return weights
    return {
        number: max(1, round(weight * LARGEST_WEIGHT / largest))
        for number, weight in weights.items()
    }


def with_weights(plan: Plan, weights: dict[int, int]) -> Plan:
    """The plan with other weights of some tasks."""
    for number, weight in weights.items():
        plan = edit.replace(plan, ("tasks", number, "weight"), weight)
    return plan


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
