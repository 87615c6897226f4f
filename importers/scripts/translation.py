"""What a script became."""

from __future__ import annotations

from dataclasses import dataclass, field

from hazard_tui.plan.model import Jump, Pause
from hazard_tui.plan.request import Request
from hazard_tui.plan.rules import Assertion, Extractor


@dataclass(slots=True)
class Translation:
    """What a script became."""

    statements: int = 0
    """Statements that are no comments, blocks of tests and conditions included."""
    console: int = 0
    """Of these, prints to the console, which a load test has no use for."""
    obstacle: str = ""
    """Why the script stays as it is: the first statement that a plan cannot say. Empty: it is
    translated."""
    assertions: list[Assertion] = field(default_factory=list)
    extractors: list[Extractor] = field(default_factory=list)
    requests: list[tuple[Request, list[Extractor], list[Assertion]]] = field(default_factory=list)
    """Requests that the script sends by itself, with what it reads from their answers."""
    jumps: list[Jump] = field(default_factory=list)
    """Of these the first whose condition holds is taken."""
    pauses: list[Pause] = field(default_factory=list)
    reads: set[str] = field(default_factory=set)
    """Variables that the script reads."""
    decided: list[str] = field(default_factory=list)
    """Undefined variables on which a condition was decided."""

    @property
    def complete(self) -> bool:
        """True when the plan says all of the script."""
        return not self.obstacle
