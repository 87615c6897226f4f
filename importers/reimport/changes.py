"""What a merge did to an element, as a person is told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from hazard_tui.plan.base import Element
from hazard_tui.plan.findings import Finding, FindingSeverity
from hazard_tui.plan.store import path_text

Path = tuple[str | int, ...]

LONGEST_VALUE = 120
"""Characters of a value that a finding shows."""


class Action(StrEnum):
    """What became of an element."""

    ADDED = "added"
    """The source has it anew."""
    UPDATED = "updated"
    """It follows the source."""
    KEPT = "kept edit"
    """The person changed or added it, the source did not."""
    CONFLICT = "conflict"
    """Both changed it; the person's value stands."""
    REMOVED = "removed in the source"
    DELETED = "stays deleted"
    """The person deleted it; the source still has it."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a merge did."""

    action: Action
    name: str
    """Name of the step, task or other element."""
    path: Path
    """Place in the merged plan; of what is not in it, in the plan before or in the import."""
    mine: str = ""
    theirs: str = ""
    """Of a conflict: both values, shortened."""
    note: str = ""

    @property
    def where(self) -> str:
        """The place as text."""
        return path_text(self.path)

    def within(self, path: Path, name: str) -> Change:
        """The same change of an element that stands at `path`."""
        return replace(self, path=(*path, *self.path), name=self.name or name)

    def finding(self) -> Finding | None:
        """The finding of a conflict; None for everything else."""
        if self.action is not Action.CONFLICT:
            return None
        label = f" of {self.name!r}" if self.name else ""
        what = f"the plan{label} says {self.mine}, the source now says {self.theirs}"
        return Finding(
            FindingSeverity.WARNING,
            "merge-conflict",
            self.where,
            what,
            why=self.note,
            fix="the plan's value was kept; set the other one if it is right",
        )


def shown(value: Any) -> str:
    """A value of a plan, short enough for a finding."""
    if value is None or value == ():
        return "nothing"
    if isinstance(value, Element):
        text = value.model_dump_json(exclude_defaults=True, by_alias=True)
    elif isinstance(value, tuple):
        text = f"[{', '.join(shown(item) for item in value[:3])}]"
    else:
        text = repr(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"
