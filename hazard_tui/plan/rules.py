"""What happens with an answer: extractors save values, assertions judge it."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from hazard_tui.plan.base import Element, OneOf, Operator, Scope


class Source(StrEnum):
    """Part of the answer that an extractor reads."""

    BODY = "body"
    HEADER = "header"
    COOKIE = "cookie"
    URL = "url"
    STATUS = "status"
    LATENCY = "latency"


class Match(StrEnum):
    """Which of several matches is saved."""

    NUMBER = "number"
    RANDOM = "random"
    ALL = "all"


class OnMiss(StrEnum):
    """What happens when nothing matches and there is no default."""

    FAIL = "fail"
    KEEP = "keep"
    EMPTY = "empty"


class Regex(Element):
    pattern: str = ""
    """RE2 syntax."""
    group: int = Field(default=0, ge=0)
    """0: group 1 when there is one, else the whole match."""


class Boundaries(Element):
    left: str = ""
    right: str = ""


class IntRange(Element):
    min: int = 0
    max: int = 0
    """Inclusive."""


class Choices(Element):
    values: tuple[str, ...] = ()


class Extractor(OneOf):
    """Saves a value into a variable; "save" in the console."""

    one_of: ClassVar[tuple[str, ...]] = (
        "jmespath",
        "jsonpath",
        "xpath",
        "css",
        "regex",
        "boundaries",
        "constant",
        "random_int",
        "random_choice",
        "whole",
    )

    variable: str = ""
    source: Source = Source.BODY
    header: str = ""
    """Name of the header or cookie."""
    redirect_hop: int = Field(default=0, ge=0)
    """1-based hop whose answer is read; 0: the last answer."""
    jmespath: str | None = None
    jsonpath: str | None = None
    """Dotted subset that scripts use: `a.b[0]["c d"]`."""
    xpath: str | None = None
    css: str | None = None
    regex: Regex | None = None
    boundaries: Boundaries | None = None
    constant: str | None = None
    random_int: IntRange | None = None
    random_choice: Choices | None = None
    whole: bool | None = None
    match: Match = Match.NUMBER
    match_number: int = Field(default=0, ge=0)
    """1-based; 0: the first."""
    default: str | None = None
    on_miss: OnMiss = OnMiss.FAIL
    scope: Scope = Scope.USER
    disabled: bool = False
    description: str = ""
    typed: bool = False
    """The value keeps its JSON type: scripts read it as such, texts hold what JavaScript prints."""


class Target(StrEnum):
    """Part of the answer that an assertion judges."""

    STATUS = "status"
    LATENCY = "latency"
    SIZE = "size"
    HEADER = "header"
    BODY = "body"
    VALUE = "value"
    COOKIE = "cookie"
    URL = "url"


class Severity(StrEnum):
    """What a broken assertion does."""

    FAIL = "fail"
    WARN = "warn"
    STOP = "stop"


class Assertion(OneOf):
    """A claim about the answer; "assert" in the console."""

    one_of: ClassVar[tuple[str, ...]] = (
        "jmespath",
        "jsonpath",
        "xpath",
        "css",
        "regex",
        "variable",
    )

    name: str = ""
    target: Target = Target.STATUS
    header: str = ""
    jmespath: str | None = None
    jsonpath: str | None = None
    xpath: str | None = None
    css: str | None = None
    regex: str | None = None
    variable: str | None = None
    operator: Operator = Operator.EQUALS
    expected: str = ""
    severity: Severity = Severity.FAIL
    disabled: bool = False
    joined: bool = False
    """One test together with the assertion before it, which has the same name."""
