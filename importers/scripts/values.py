"""What an expression of a script stands for, as far as a plan can say it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from hazard_tui.plan.base import Operator
from hazard_tui.plan.rules import Assertion, Target


@dataclass(frozen=True, slots=True)
class Value:
    """Anything that a plan can name. Its kind is its class."""


@dataclass(frozen=True, slots=True)
class Undefined(Value):
    """`undefined`, or a variable that nothing defines."""


@dataclass(frozen=True, slots=True)
class Const(Value):
    """A literal: text, number, boolean, None (null), list or dict of such."""

    value: Any


@dataclass(frozen=True, slots=True)
class Template(Value):
    """Text with `{{name}}` in it."""

    text: str


@dataclass(frozen=True, slots=True)
class Pattern(Value):
    """A regular expression, RE2."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Variable(Value):
    """A variable of Postman, whatever its scope."""

    name: str


@dataclass(frozen=True, slots=True)
class Json(Value):
    """A value inside the JSON body of the answer."""

    path: tuple[str | int, ...] = ()
    safe: int = 0
    """So much of the path is never missing: the script gives it a default with `|| {}`."""

    def inside(self, key: str | int) -> Json:
        """A value in this one."""
        return Json((*self.path, key), self.safe)


@dataclass(frozen=True, slots=True)
class Length(Value):
    """The length of a JSON value, or of the body when `of` is None."""

    of: Json | None


@dataclass(frozen=True, slots=True)
class TypeName(Value):
    """`typeof x`."""

    of: Json


@dataclass(frozen=True, slots=True)
class Part(Value):
    """A part of the answer that has a target of its own: status, latency, size, body."""

    target: Target


@dataclass(frozen=True, slots=True)
class Header(Value):
    name: str


@dataclass(frozen=True, slots=True)
class Cookie(Value):
    name: str


@dataclass(frozen=True, slots=True)
class Object(Value):
    """A part of the script API: `pm`, `pm.response`, `pm.environment`, `responseCode` …"""

    name: str


@dataclass(frozen=True, slots=True)
class Claim(Value):
    """A truth about the answer: all of the assertions hold."""

    assertions: tuple[Assertion, ...] = field(default=())


_PLAIN_KEY = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


def jsonpath(path: tuple[str | int, ...]) -> str:
    """`a.b[0]["c d"]`."""
    out = ""
    for key in path:
        if isinstance(key, int):
            out += f"[{key}]"
        elif _PLAIN_KEY.fullmatch(key):
            out += f".{key}" if out else key
        else:
            out += f"[{json.dumps(key, ensure_ascii=False)}]"
    return out


def jmespath(path: tuple[str | int, ...]) -> str:
    """The same place in JMESPath; `@` is the whole body."""
    out = ""
    for key in path:
        if isinstance(key, int):
            out += f"[{key}]"
        else:
            plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", key)
            name = key if plain else json.dumps(key, ensure_ascii=False)
            out += f".{name}" if out else name
    return out or "@"


def as_text(value: Any) -> str:
    """A literal as JavaScript prints it; lists and objects as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, int):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def template_of(value: Value) -> str | None:
    """The value as a template; None when only the answer knows it."""
    if isinstance(value, Const):
        return as_text(value.value)
    if isinstance(value, Template):
        return value.text
    if isinstance(value, Variable):
        return "{{" + value.name + "}}"
    return None


def subject(value: Value) -> dict[str, Any] | None:
    """Fields of an assertion that judges the value; None when no assertion can."""
    if isinstance(value, Part):
        return {"target": value.target}
    if isinstance(value, Header):
        return {"target": Target.HEADER, "header": value.name}
    if isinstance(value, Cookie):
        return {"target": Target.COOKIE, "header": value.name}
    if isinstance(value, Variable):
        return {"target": Target.VALUE, "variable": value.name}
    if isinstance(value, Json):
        if not value.path:
            return {"target": Target.VALUE, "jmespath": "@"}
        return {"target": Target.VALUE, "jsonpath": jsonpath(value.path)}
    if isinstance(value, Length):
        if value.of is None:
            return None
        return {"target": Target.VALUE, "jmespath": f"length({jmespath(value.of.path)})"}
    return None


OPPOSITE: dict[Operator, Operator] = {
    Operator.EQUALS: Operator.NOT_EQUALS,
    Operator.CONTAINS: Operator.NOT_CONTAINS,
    Operator.MATCHES: Operator.NOT_MATCHES,
    Operator.EXISTS: Operator.NOT_EXISTS,
    Operator.IN: Operator.NOT_IN,
}
"""Operators whose negation holds also when there is no value. An order has none: `!(undefined > 1)`
is true in JavaScript, where `<=` would be false."""
OPPOSITE |= {negative: positive for positive, negative in list(OPPOSITE.items())}


def negated(claim: Claim) -> Claim | None:
    """The opposite of a claim; None when assertions cannot say it."""
    if len(claim.assertions) != 1:
        return None
    one = claim.assertions[0]
    opposite = OPPOSITE.get(one.operator)
    if opposite is None:
        return None
    return Claim((one.model_copy(update={"operator": opposite}),))


def claim(value: Value, operator: Operator, expected: str = "") -> Claim | None:
    """One assertion on a value."""
    fields = subject(value)
    if fields is None:
        return None
    return Claim((Assertion(**fields, operator=operator, expected=expected),))


def joined(*claims: Claim | None) -> Claim | None:
    """All of the claims together; None when one of them is none."""
    found: list[Assertion] = []
    for one in claims:
        if one is None:
            return None
        found += one.assertions
    return Claim(tuple(found))


def type_claim(value: Value, name: str) -> Claim | None:
    """The value is of a JSON type: string number integer boolean array object null."""
    if isinstance(value, Json):
        return claim(value, Operator.TYPE_IS, name)
    return None


def json_type(value: Any) -> str:
    """JSON type of a literal."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def equality(value: Value, expected: Value, *, strict: bool) -> Claim | None:
    """`value === expected` (or `==`). A strict comparison of a JSON value with a literal also
    judges its type, since rendered texts do not tell 1 from "1"."""
    if isinstance(expected, Undefined):
        return claim(value, Operator.NOT_EXISTS) if strict else None
    if isinstance(value, TypeName):
        return _type_name(value, expected)
    if isinstance(expected, Const) and expected.value is None:
        return type_claim(value, "null") if strict else None
    if isinstance(expected, Const) and isinstance(expected.value, (list, dict)):
        return None
    text = template_of(expected)
    if text is None or (strict and isinstance(value, Header) and not _is_text(expected)):
        return None
    if isinstance(value, Length) and value.of is not None:
        return claim(value.of, Operator.LENGTH_EQUALS, text)
    equal = claim(value, Operator.EQUALS, text)
    if not (strict and isinstance(value, Json) and isinstance(expected, Const)):
        return equal
    kind = json_type(expected.value)
    if kind == "string" and not is_ambiguous(text):
        return equal
    return joined(equal, type_claim(value, kind))


def _is_text(value: Value) -> bool:
    return not isinstance(value, Const) or isinstance(value.value, str)


def is_ambiguous(text: str) -> bool:
    """True for a text that also another type is written as."""
    return text in ("true", "false", "null") or bool(re.fullmatch(r"-?\d+(\.\d+)?", text))


def _type_name(value: TypeName, expected: Value) -> Claim | None:
    if not isinstance(expected, Const):
        return None
    if expected.value in ("string", "number", "boolean"):
        return type_claim(value.of, expected.value)
    if expected.value == "undefined":
        return claim(value.of, Operator.NOT_EXISTS)
    return None
