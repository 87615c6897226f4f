"""Plans in the formats of other tools. What a format cannot say is a finding."""

from __future__ import annotations

from collections.abc import Callable

from hazard_tui.errors import UsageError
from hazard_tui.export.curl import export_curl
from hazard_tui.export.har import export_har
from hazard_tui.export.k6 import export_k6
from hazard_tui.export.postman import export_postman
from hazard_tui.plan.findings import Finding
from hazard_tui.plan.model import Plan

FORMATS: dict[str, Callable[[Plan], tuple[str, list[Finding]]]] = {
    "curl": export_curl,
    "har": export_har,
    "postman": export_postman,
    "k6": export_k6,
}


def export_plan(plan: Plan, to: str) -> tuple[str, list[Finding]]:
    """The plan as text of a format of `FORMATS`, and what that format does not say.

    Secrets are written as references. Raises `UsageError` for an unknown format.
    """
    if to not in FORMATS:
        raise UsageError(f"{to!r} is no export format", hint=f"one of {', '.join(FORMATS)}")
    return FORMATS[to](plan)
