"""Findings: what importers and validators have to say about an element."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FindingSeverity(StrEnum):
    """How much a finding matters."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    """The element cannot be run, or a run would not be what the source meant."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a person should know, with its place and what to do."""

    severity: FindingSeverity
    code: str
    """Stable, kebab-case: `unknown-variable`."""
    where: str
    """Place: a path in the plan (`tasks[0].steps[2].request.url`), or `file#pointer` at import."""
    what: str
    """What was found, one sentence."""
    why: str = ""
    fix: str = ""
    """What to do next."""

    def __str__(self) -> str:
        text = f"{self.severity}: {self.where}: {self.what}"
        if self.why:
            text += f" ({self.why})"
        return f"{text}. {self.fix}" if self.fix else text


def has_errors(findings: tuple[Finding, ...] | list[Finding]) -> bool:
    """True when one of the findings is an error."""
    return any(finding.severity is FindingSeverity.ERROR for finding in findings)
