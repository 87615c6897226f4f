"""What a shell lexer gives: commands made of words, and what stands on their standard input."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from hazard_tui.plan.findings import FindingSeverity
from importers.findings import Ledger


@dataclass(frozen=True, slots=True)
class Word:
    """One argument as the program would get it; unknown values are marks."""

    text: str
    pointer: str
    """`line:column` of its first character."""


@dataclass(slots=True)
class Stdin:
    """What a command reads from standard input: a known text, or a file."""

    text: str = ""
    path: str | None = None


@dataclass(slots=True)
class Command:
    """A simple command of the pasted text."""

    pointer: str
    words: list[Word] = field(default_factory=list)
    stdin: Stdin | None = None
    """None: nothing is known about it."""
    after: str = ""
    """Operator between the command before and this one."""


class Positions:
    """Turns offsets of a text into `line:column`, both from 1."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(i + 1 for i, char in enumerate(text) if char == "\n")]

    def pointer(self, offset: int) -> str:
        """`line:column` of a character."""
        line = bisect_right(self._starts, offset)
        return f"{line}:{offset - self._starts[line - 1] + 1}"


@dataclass(slots=True)
class Reading:
    """What the lexers share: where findings go and how offsets become places."""

    positions: Positions
    ledger: Ledger
    commands: list[Command] = field(default_factory=list)

    def unknown_variable(self, pointer: str, name: str, why: str) -> None:
        """Notes a use of an environment variable."""
        self.ledger.change(
            pointer,
            "variable",
            f"environment variables are not read at import; {why}",
            name=name,
            code="environment-variable",
            severity=FindingSeverity.WARNING,
            fix=f"set the plan variable {name!r}",
        )

    def not_evaluated(self, pointer: str, source: str, what: str) -> None:
        """Notes shell arithmetic and the like."""
        self.ledger.change(
            pointer,
            "variable",
            f"{what} is not evaluated at import",
            name=source[:80],
            code="not-evaluated",
            severity=FindingSeverity.WARNING,
            fix="set the plan variable that stands for it",
        )

    def not_run(
        self, pointer: str, command: str, *, constant: bool = False, function: bool = False
    ) -> None:
        """Notes a command substitution; `constant`: its output is plain to see; `function`: a
        function of the plan makes such values."""
        reason = "commands are not run at import"
        if constant:
            reason = "not run; `echo` of constant words prints them"
        elif function:
            reason = "not run; a function of the plan makes such a value"
        self.ledger.change(
            pointer,
            "substitution",
            reason,
            name=command.strip()[:80],
            code="command-substitution",
            severity=FindingSeverity.INFO if function else FindingSeverity.WARNING,
            fix="" if constant or function else "set the plan variable that stands for its output",
        )
