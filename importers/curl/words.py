"""What a shell lexer gives: commands made of words, and what stands on their standard input."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

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
