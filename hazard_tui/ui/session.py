"""Where a person was when the console was left: per plan, in one small file."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from hazard_tui.errors import PlanError
from hazard_tui.plan.store import write_atomically

MOST_PLANS = 50
"""Plans that are remembered."""


class Session:
    """Reads and writes the file. What cannot be read or written is nothing to complain about."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written: dict[str, Any] = {}

    def read(self, plan: Path | None) -> dict[str, Any]:
        """What was remembered of a plan; empty when nothing was."""
        value = self._read_all().get(_name(plan), {})
        self._written = value if isinstance(value, dict) else {}
        return self._written

    def _read_all(self) -> dict[str, Any]:
        try:
            value = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return value if isinstance(value, dict) else {}

    def write(self, plan: Path | None, state: dict[str, Any]) -> None:
        """Remembers the state of a plan when it is another than before."""
        if state == self._written:
            return
        self._written = state
        everything = self._read_all()
        everything.pop(_name(plan), None)
        everything[_name(plan)] = state
        kept = dict(list(everything.items())[-MOST_PLANS:])
        with contextlib.suppress(PlanError):
            write_atomically(self._path, json.dumps(kept, indent=1) + "\n")


def _name(plan: Path | None) -> str:
    return str(plan.resolve()) if plan is not None else ""
