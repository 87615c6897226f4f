"""An import into a plan that exists: merged when it is known what was edited, refused when not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hazard_tui.errors import UsageError
from hazard_tui.plan.findings import Finding, FindingSeverity
from hazard_tui.plan.import_base import ImportBase, base_of
from hazard_tui.plan.model import Plan
from importers.reimport.merging import Merged, merge_plans, same_plan
from importers.shape import with_defaults

_OVERWRITE = "import with --overwrite to replace it, or write another plan with -o"


def updated_plan(
    mine: Plan, bases: Sequence[ImportBase], new: ImportBase, place: str = "the plan"
) -> Merged:
    """The plan `mine` with what the source changed since its earlier import.

    Raises `UsageError` when nothing tells edits from changes of the source, or when the source is
    another one.
    """
    base = base_of(bases, new.sources)
    names = ", ".join(new.sources)
    if base is None:
        if same_plan(mine, new.plan):
            return Merged(mine, (), (), 0)
        if any(True for _ in mine.walk()):
            told = "several imports went into it" if bases else "no earlier import is on record"
            raise UsageError(
                f"{place} differs from what {names} makes, and its edits cannot be told from "
                f"changes of the source: {told}",
                hint=_OVERWRITE,
            )
        base = ImportBase(new.sources, Plan())
    merged = merged_over(base.plan, mine, new.plan)
    if not merged.shared and any(step.request is not None for step in base.plan.walk()):
        raise UsageError(
            f"{place} was imported from {', '.join(base.sources)}; {names} has no request of it",
            hint=_OVERWRITE,
        )
    options = _other_options(base, new)
    return Merged(merged.plan, merged.changes, (*options, *merged.findings), merged.shared)


def merged_over(base: Plan, mine: Plan, theirs: Plan) -> Merged:
    """`merge_plans` of a plan that may hold other imports beside this one.

    Imports with different defaults stand in one plan with their defaults in each request.
    """
    if mine.defaults is None and base.defaults is not None:
        base, theirs = _with_own_defaults(base), _with_own_defaults(theirs)
    return merge_plans(base, mine, theirs)


def _with_own_defaults(plan: Plan) -> Plan:
    tasks = tuple(with_defaults(task, plan.defaults) for task in plan.tasks)
    return plan.model_copy(update={"tasks": tasks, "defaults": None})


def _other_options(base: ImportBase, new: ImportBase) -> list[Finding]:
    return [
        Finding(
            FindingSeverity.WARNING,
            "other-options",
            f"--{name}",
            f"the earlier import had --{name} {_told(base.options.get(name))}, this one has "
            f"{_told(new.options.get(name))}",
            why="what comes of the option was updated like everything else",
            fix=f"import again with the same --{name} if that was not meant",
        )
        for name in dict.fromkeys([*base.options, *new.options])
        if base.options.get(name) != new.options.get(name)
    ]


def _told(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "none" if value is None else str(value)
