"""Completion of `{{variables}}`: what has a value where the person is typing."""

from __future__ import annotations

from collections.abc import Callable

from textual.suggester import Suggester

from hazard_tui.plan.edit import Path
from hazard_tui.plan.model import Plan
from hazard_tui.plan.variables import available_before

FUNCTIONS = ("$guid", "$timestamp", "$isoTimestamp", "$randomInt", "$randomEmail", "$randomUUID")


class VariableSuggester(Suggester):
    """Offers the first name that begins like what stands behind the last open `{{`."""

    def __init__(self, context: Callable[[], tuple[Plan, Path]]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._context = context

    async def get_suggestion(self, value: str) -> str | None:
        """The whole value with the name completed; None when nothing fits."""
        opened = value.rfind("{{")
        if opened == -1 or "}}" in value[opened:]:
            return None
        typed = value[opened + 2 :]
        plan, path = self._context()
        for name in (*available_before(plan, path), *FUNCTIONS):
            if name.startswith(typed) and name != typed:
                return f"{value[:opened]}{{{{{name}}}}}"
        return f"{value}}}}}" if typed else None
