"""Values that stand in an answer, each with the rule that reads it again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from hazard_tui.plan.rules import Extractor, Regex, Source


class Kind(StrEnum):
    """How a value is read from an answer; the better ones survive more changes of the answer."""

    JSON = "JSON field"
    INPUT = "form field"
    META = "meta element"
    ATTRIBUTE = "attribute"
    XML = "XML element"
    HEADER = "header"
    COOKIE = "cookie"
    WHOLE = "whole answer"
    SCRIPT = "script variable"
    CLAIM = "JWT claim"
    TEXT = "text"


RANK = {kind: position for position, kind in enumerate(Kind)}
"""Lower is better."""


@dataclass(frozen=True, slots=True)
class Produced:
    """A value of an answer."""

    text: str
    kind: Kind
    name: str
    """Field, element, header or cookie that holds it."""
    parents: tuple[str, ...]
    """Names around it, outermost first."""
    rule: Extractor
    """Without a variable."""
    decoded_by: str = ""
    """JavaScript that makes the value of `value`, the text that the rule reads; empty: it is."""
    place: str = ""
    """For people."""


def read_by_regex(pattern: str, number: int = 0) -> Extractor:
    """Group 1 of a pattern in the body."""
    return Extractor(regex=Regex(pattern=pattern, group=1), match_number=number)


def read_header(name: str, pattern: str = "") -> Extractor:
    """A header, or group 1 of a pattern in it."""
    if not pattern:
        return Extractor(source=Source.HEADER, header=name, whole=True)
    return Extractor(source=Source.HEADER, header=name, regex=Regex(pattern=pattern, group=1))


Found = Iterator[Produced]
