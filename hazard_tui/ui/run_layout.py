"""How a person wants to see a run: view, window, order, filter, groups and columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hazard_tui.ui.run_numbers import Span
from hazard_tui.ui.step_table import DEFAULT_COLUMNS, GROUPINGS, OPTIONAL_COLUMNS, SORTS

VIEWS = ("steps", "workers", "errors", "changes", "heat", "events")
WINDOWS = (60, 300, 900, 0)
"""Seconds that the charts cover; 0: the whole run."""


@dataclass(slots=True)
class RunLayout:
    """Kept from session to session, but for the second that is looked at."""

    span: Span = field(default_factory=Span)
    sort: str = "plan"
    pattern: str = ""
    grouping: str = "steps"
    folded: set[str] = field(default_factory=set)
    """Tasks whose steps are hidden in the tree."""
    columns: tuple[str, ...] = DEFAULT_COLUMNS
    """Keys of the chosen optional columns of the steps."""

    def kept(self) -> dict[str, Any]:
        """Plain values for the session's file."""
        return {
            "window": self.span.window_s,
            "sort": self.sort,
            "filter": self.pattern,
            "grouping": self.grouping,
            "folded": sorted(self.folded),
            "columns": list(self.columns),
        }

    def take(self, state: Mapping[str, Any]) -> None:
        """Takes back what `kept` gave; what an older or newer hazard wrote and this one does not
        know stays as it is."""
        if state.get("window") in WINDOWS:
            self.span.window_s = state["window"]
        if state.get("sort") in SORTS:
            self.sort = state["sort"]
        self.pattern = str(state.get("filter", ""))
        if state.get("grouping") in GROUPINGS:
            self.grouping = state["grouping"]
        if isinstance(state.get("folded"), list):
            self.folded = {str(name) for name in state["folded"]}
        if isinstance(state.get("columns"), list):
            self.choose_columns(state["columns"])

    def choose_columns(self, keys: Sequence[object]) -> None:
        """Shows these optional columns of the steps, in the table's order."""
        self.columns = tuple(one.key for one in OPTIONAL_COLUMNS if one.key in keys)

    def fold(self, task: str) -> None:
        """Hides the steps of a task, or shows them again, under their tasks."""
        if self.grouping != "tree":
            self.grouping = "tree"
            self.folded = {task}
        else:
            self.folded ^= {task}

    def zoom(self, by: int) -> None:
        """Covers more seconds (1) or fewer (-1); stops at the ends."""
        at = WINDOWS.index(self.span.window_s) + by
        self.span.window_s = WINDOWS[max(0, min(len(WINDOWS) - 1, at))]
