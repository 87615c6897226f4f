"""What changed between two plans, as plain values: small for a small edit of a large plan.

Edited plans share everything that was not edited, so finding a change costs only its spine.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from hazard_tui.errors import PlanError
from hazard_tui.plan.base import Element
from hazard_tui.plan.edit import Path, at, replace
from hazard_tui.plan.model import Plan
from hazard_tui.plan.store import path_text

LONGEST_VALUE = 60
"""Characters of a value that `change_text` still shows."""

SHOWN_NAMES = 5
"""Names of elements that `change_text` lists."""

Change = dict[str, Any]
"""`{"at": path, "set": value}`, or `{"at": path of a list, "from": n, "drop": n, "put": [...]}`."""


def changes_between(old: Plan, new: Plan) -> list[Change]:
    """Changes that make `new` of `old`, as values that JSON can hold."""
    found: list[Change] = []
    _compare(old, new, (), found)
    return found


def _compare(old: Any, new: Any, path: Path, found: list[Change]) -> None:
    if old is new or (type(old) is type(new) and not isinstance(new, Element) and old == new):
        return
    if isinstance(old, Element) and _is_same_thing(old, new):
        for name in type(old).model_fields:
            _compare(getattr(old, name), getattr(new, name), (*path, name), found)
    elif isinstance(old, tuple) and isinstance(new, tuple) and _holds_elements(old, new):
        _compare_items(old, new, path, found)
    else:
        found.append({"at": list(path), "set": plain_value(new)})


def _is_same_thing(old: Element, new: Any) -> bool:
    """False where fields cannot be set one by one: another element, or one of another kind."""
    if type(old) is not type(new) or old.choice != new.choice:
        return False
    return bool(getattr(old, "id", "") == getattr(new, "id", ""))


def _holds_elements(*lists: tuple[Any, ...]) -> bool:
    return any(isinstance(item, Element) for items in lists for item in items)


def _compare_items(
    old: tuple[Any, ...], new: tuple[Any, ...], path: Path, found: list[Change]
) -> None:
    shortest = min(len(old), len(new))
    start = 0
    while start < shortest and (old[start] is new[start] or old[start] == new[start]):
        start += 1
    end = 0
    while end < shortest - start and (
        old[-1 - end] is new[-1 - end] or old[-1 - end] == new[-1 - end]
    ):
        end += 1
    if len(old) == len(new):
        for index in range(start, len(new) - end):
            _compare(old[index], new[index], (*path, index), found)
        return
    put = [plain_value(item) for item in new[start : len(new) - end]]
    found.append({"at": list(path), "from": start, "drop": len(old) - end - start, "put": put})


def plain_value(value: Any) -> Any:
    """A value of a plan as JSON can hold it; the models read it back."""
    if isinstance(value, Element):
        return value.model_dump(mode="json", exclude_defaults=True, by_alias=True)
    if isinstance(value, tuple):
        return [plain_value(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        import base64

        return base64.b64encode(value).decode()
    return value


def change_text(change: Change) -> str:
    """One change as a person reads it: the place, and the value when it is short."""
    place = path_text(tuple(change["at"]))
    if "set" not in change:
        names = [item.get("name", "") for item in change["put"] if isinstance(item, dict)]
        named = [name for name in names[:SHOWN_NAMES] if name]
        more = [f"and {len(names) - SHOWN_NAMES} more"] if len(names) > SHOWN_NAMES else []
        shown = f" ({', '.join([*named, *more])})" if named else ""
        return f"{place}: {change['drop']} taken out, {len(change['put'])} put in{shown}"
    value = change["set"]
    if isinstance(value, str | int | float) and len(str(value)) <= LONGEST_VALUE:
        return f"{place} = {value}"
    return place


def with_changes(plan: Plan, changes: list[Change]) -> Plan:
    """The plan with changes made. Raises `PlanError` for changes that do not fit it."""
    for change in changes:
        try:
            path: Path = tuple(change["at"])
            if "set" in change:
                plan = replace(plan, path, change["set"])
            else:
                items, start = at(plan, path), change["from"]
                rest = items[start + change["drop"] :]
                plan = replace(plan, path, (*items[:start], *change["put"], *rest))
        except (KeyError, TypeError) as exc:
            raise PlanError(f"a change does not fit the plan: {exc}") from exc
    return plan
