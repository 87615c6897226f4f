"""What a format cannot say: findings of an export."""

from __future__ import annotations

from hazard_tui.plan.findings import Finding, FindingSeverity
from hazard_tui.plan.store import path_text
from hazard_tui.plan.variables import Path


class Losses:
    """Collects the findings of one export; the same one is kept once."""

    def __init__(self, target: str) -> None:
        """`target` names the format in sentences: `curl`, `HAR`."""
        self.target = target
        self._findings: dict[Finding, None] = {}

    @property
    def findings(self) -> list[Finding]:
        """All findings in the order in which they were made."""
        return list(self._findings)

    def lost(self, path: Path, code: str, what: str, *, why: str = "", fix: str = "") -> None:
        """Something of the plan is not in the output, or says something else there."""
        finding = Finding(FindingSeverity.WARNING, code, path_text(path), what, why, fix)
        self._findings[finding] = None
