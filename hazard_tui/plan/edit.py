"""Edits of a plan: each is `plan -> plan`, so that undo is a stack of plans.

Elements are addressed by their path from the plan's root, such as
`("tasks", 0, "steps", 2, "request", "url")`; `store.path_text` prints it. Only the spine of the
tree is made anew, everything else is shared between the old and the new plan.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from hazard_tui.errors import PlanError
from hazard_tui.plan.base import Element
from hazard_tui.plan.model import Plan, SetupStep, Step, Task
from hazard_tui.plan.store import path_text

Path = tuple[str | int, ...]

UNDO_STEPS = 500
"""Edits that can be taken back."""


def at(root: Any, path: Path) -> Any:
    """The value at a path. Raises `KeyError` when there is none."""
    value = root
    for key in path:
        if isinstance(key, int):
            if not isinstance(value, tuple) or not 0 <= key < len(value):
                raise KeyError(path_text(path))
            value = value[key]
        else:
            if not isinstance(value, Element) or _field(value, key) is None:
                raise KeyError(path_text(path))
            value = getattr(value, _field(value, key) or "")
    return value


def _field(element: Element, key: str) -> str | None:
    fields = type(element).model_fields
    return key if key in fields else f"{key}_" if f"{key}_" in fields else None


def replace(plan: Plan, path: Path, value: Any) -> Plan:
    """The plan with another value at `path`. Raises `PlanError` for one that cannot stand there."""
    return _rebuilt(plan, path, lambda _: value, path)


def change(plan: Plan, path: Path, **values: Any) -> Plan:
    """The plan with some fields of the element at `path` set."""
    return _rebuilt(plan, path, lambda element: _with(element, values, path), path)


def insert(plan: Plan, path: Path, value: Any) -> Plan:
    """The plan with `value` put before position `path[-1]` of the list at `path[:-1]`."""
    position = _position(path)
    return _rebuilt(
        plan, path[:-1], lambda items: (*items[:position], value, *items[position:]), path
    )


def remove(plan: Plan, path: Path) -> Plan:
    """The plan without the list item, or without the optional element, at `path`."""
    at(plan, path)
    if isinstance(path[-1], str):
        return replace(plan, path, None)
    position = _position(path)
    return _rebuilt(
        plan, path[:-1], lambda items: (*items[:position], *items[position + 1 :]), path
    )


def move(plan: Plan, source: Path, target: Path) -> Plan:
    """The plan with the list item at `source` put before `target`, both paths in the old plan.

    Raises `PlanError` when an element would be moved into itself.
    """
    if target[: len(source)] == source and len(target) > len(source):
        raise PlanError(f"{path_text(source)} cannot be moved into itself")
    value = at(plan, source)
    return insert(remove(plan, source), _shifted(target, source), value)


def _shifted(target: Path, removed: Path) -> Path:
    """`target` after the item at `removed` has gone."""
    depth = len(removed) - 1
    if len(target) <= depth or target[:depth] != removed[:depth]:
        return target
    here, gone = target[depth], removed[depth]
    if isinstance(here, int) and isinstance(gone, int) and here > gone:
        return (*target[:depth], here - 1, *target[depth + 1 :])
    return target


def duplicate(plan: Plan, path: Path) -> Plan:
    """The plan with a copy of the list item at `path` behind it, with ids of its own."""
    copy = with_fresh_ids(at(plan, path))
    return insert(plan, (*path[:-1], _position(path) + 1), copy)


def _position(path: Path) -> int:
    if not path or not isinstance(path[-1], int):
        raise PlanError(f"{path_text(path)} is not a place in a list")
    return path[-1]


def _rebuilt(plan: Plan, path: Path, make: Callable[[Any], Any], whole: Path) -> Plan:
    result = _rebuilt_value(plan, path, make, whole)
    if not isinstance(result, Plan):
        raise PlanError("the plan itself cannot be replaced by something else")
    return result


def _rebuilt_value(value: Any, path: Path, make: Callable[[Any], Any], whole: Path) -> Any:
    if not path:
        return make(value)
    key = path[0]
    if isinstance(key, int):
        if not isinstance(value, tuple) or not 0 <= key < len(value):
            raise PlanError(f"there is no {path_text(whole)}")
        inner = _rebuilt_value(value[key], path[1:], make, whole)
        return (*value[:key], inner, *value[key + 1 :])
    name = _field(value, key) if isinstance(value, Element) else None
    if name is None:
        raise PlanError(f"there is no {path_text(whole)}")
    return _with(value, {name: _rebuilt_value(getattr(value, name), path[1:], make, whole)}, whole)


def _with(element: Element, values: dict[str, Any], path: Path) -> Element:
    fields = {name: getattr(element, name) for name in type(element).model_fields}
    known = {_field(element, name) or name: value for name, value in values.items()}
    try:
        return type(element).model_validate({**fields, **known}, by_name=True)
    except ValidationError as exc:
        message = exc.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        raise PlanError(f"{path_text(path)}: {message}") from exc


def new_id(prefix: str = "s") -> str:
    """A short id that does not stand in any plan yet."""
    return f"{prefix}-{secrets.token_hex(4)}"


def with_fresh_ids(element: Any) -> Any:
    """The element with new ids for it and the steps inside it."""
    if isinstance(element, Task):
        return element.model_copy(
            update={
                "id": new_id("t"),
                "preparation": tuple(map(with_fresh_ids, element.preparation)),
                "steps": tuple(map(with_fresh_ids, element.steps)),
            }
        )
    if isinstance(element, Step):
        return _renewed_step(element, lambda step: new_id())
    return element


def ensure_ids(plan: Plan) -> Plan:
    """The plan with an id on every task and step that has none; what has ids is shared."""
    if all(task.id for task in plan.tasks) and all(step.id for step in plan.walk()):
        return plan
    tasks = tuple(map(_task_with_ids, plan.tasks))
    return plan.model_copy(
        update={
            "tasks": tasks,
            "setup": tuple(map(_shared_with_id, plan.setup)),
            "teardown": tuple(map(_with_id, plan.teardown)),
            "shared_teardown": tuple(map(_shared_with_id, plan.shared_teardown)),
        }
    )


def _shared_with_id(one: SetupStep) -> SetupStep:
    return one.model_copy(update={"step": _with_id(one.step)}) if one.step else one


def _task_with_ids(task: Task) -> Task:
    if task.id and all(step.id for step in task.walk()):
        return task
    return task.model_copy(
        update={
            "id": task.id or new_id("t"),
            "preparation": tuple(map(_with_id, task.preparation)),
            "steps": tuple(map(_with_id, task.steps)),
        }
    )


def _with_id(step: Step) -> Step:
    if all(one.id for one in step.walk()):
        return step
    return _renewed_step(step, lambda one: one.id or new_id())


def _renewed_step(step: Step, make_id: Callable[[Step], str]) -> Step:
    update: dict[str, Any] = {"id": make_id(step)}
    inner = step.group or step.loop or step.parallel
    if inner is not None:
        steps = tuple(_renewed_step(one, make_id) for one in inner.steps)
        update[step.choice] = inner.model_copy(update={"steps": steps})
    elif step.condition is not None:
        update["condition"] = step.condition.model_copy(
            update={
                "then": tuple(_renewed_step(one, make_id) for one in step.condition.then),
                "otherwise": tuple(_renewed_step(one, make_id) for one in step.condition.otherwise),
            }
        )
    return step.model_copy(update=update)


@dataclass(frozen=True, slots=True)
class Edit:
    """One entry of the undo list."""

    label: str
    """What was done, as shown to the person: "rename step"."""
    plan: Plan
    """The plan after the edit."""


class History:
    """Plans of an editing session, with undo and redo."""

    def __init__(self, plan: Plan) -> None:
        self._edits = [Edit("open", plan)]
        self._position = 0
        self._saved: Plan | None = plan

    @property
    def plan(self) -> Plan:
        """The plan as it is now."""
        return self._edits[self._position].plan

    @property
    def is_changed(self) -> bool:
        """True when the plan differs from what was last saved."""
        return self.plan is not self._saved and self.plan != self._saved

    @property
    def edits(self) -> tuple[Edit, ...]:
        """All entries that can be reached by undo and redo, oldest first."""
        return tuple(self._edits)

    @property
    def position(self) -> int:
        """Index of the current entry in `edits`."""
        return self._position

    def do(self, label: str, plan: Plan) -> Plan:
        """Makes `plan` the current one; what was undone is forgotten."""
        if plan is self.plan or plan == self.plan:
            return self.plan
        del self._edits[self._position + 1 :]
        self._edits.append(Edit(label, plan))
        if len(self._edits) > UNDO_STEPS + 1:
            del self._edits[0]
        self._position = len(self._edits) - 1
        return plan

    def undo(self) -> str:
        """Goes one edit back; the label of what was undone, or empty when there is nothing."""
        if self._position == 0:
            return ""
        self._position -= 1
        return self._edits[self._position + 1].label

    def redo(self) -> str:
        """Goes one edit forward; its label, or empty when there is nothing."""
        if self._position + 1 >= len(self._edits):
            return ""
        self._position += 1
        return self._edits[self._position].label

    @property
    def saved_position(self) -> int | None:
        """Index in `edits` of what is on disk; None when it is not among them."""
        places = (n for n, edit in enumerate(self._edits) if edit.plan is self._saved)
        return next(places, None)

    def mark_saved(self) -> None:
        """The current plan is what is on disk."""
        self._saved = self.plan

    def forget_saved(self) -> None:
        """What is on disk is none of the plans of this list."""
        self._saved = None
