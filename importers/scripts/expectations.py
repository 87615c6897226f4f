"""`pm.expect(…)` and `pm.response.to…` chains as assertions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from tree_sitter import Node

from hazard_tui.plan.base import Operator
from hazard_tui.plan.rules import Assertion, Target
from importers.scripts.expressions import Evaluator
from importers.scripts.tree import arguments_of, text_of
from importers.scripts.values import (
    Claim,
    Const,
    Header,
    Json,
    Length,
    Object,
    Part,
    Pattern,
    Template,
    Undefined,
    Value,
    Variable,
    as_text,
    claim,
    equality,
    is_ambiguous,
    joined,
    json_type,
    negated,
    template_of,
    type_claim,
)


@dataclass(frozen=True, slots=True)
class Link:
    """`.name` or `.name(arguments)` of a chain."""

    name: str
    arguments: tuple[Value | None, ...] | None = None

    @property
    def first(self) -> Value | None:
        return self.arguments[0] if self.arguments else None


@dataclass(slots=True)
class Subject:
    """What a chain talks about at one point."""

    value: Value
    response: bool = False
    """The chain began with `pm.response.to`."""


_FILLERS = frozenset(
    [
        "to",
        "be",
        "been",
        "is",
        "that",
        "which",
        "and",
        "has",
        "have",
        "with",
        "at",
        "of",
        "same",
        "but",
        "does",
        "still",
        "also",
        "deep",
        "own",
    ]
)

_STATUS_WORDS = {
    "ok": "200",
    "accepted": "202",
    "badRequest": "400",
    "unauthorized": "401",
    "forbidden": "403",
    "notFound": "404",
    "rateLimited": "429",
}
_STATUS_CLASSES = {
    "info": r"^1\d\d$",
    "success": r"^2\d\d$",
    "redirection": r"^3\d\d$",
    "clientError": r"^4\d\d$",
    "serverError": r"^5\d\d$",
    "error": r"^[45]\d\d$",
}


def read_chain(node: Node, evaluator: Evaluator) -> Claim | None:
    """The chain as claims; None when something in it cannot be said, or it is no chain."""
    links: list[Link] = []
    current: Node | None = node
    while current is not None:
        arguments = None
        if current.type == "call_expression":
            function = current.child_by_field_name("function")
            if function is not None and text_of(function) in ("pm.expect", "expect"):
                values = [evaluator.value(argument) for argument in arguments_of(current)]
                start = values[0] if values else None
                return None if start is None else _judge(Subject(start), links[::-1])
            arguments = tuple(evaluator.value(argument) for argument in arguments_of(current))
            current = function
        if current is None or current.type != "member_expression":
            return None
        links.append(Link(text_of(current.child_by_field_name("property")), arguments))
        current = current.child_by_field_name("object")
        if current is not None and current.type in ("member_expression", "identifier"):
            owner = evaluator.value(current)
            if owner == Object("response") and links[-1].name == "to":
                return _judge(Subject(owner, response=True), links[::-1][1:])
    return None


def _judge(subject: Subject, links: list[Link]) -> Claim | None:
    found: list[Assertion] = []
    negative = False
    index = 0
    while index < len(links):
        link = links[index]
        index += 1
        if link.arguments is None and link.name in _FILLERS:
            continue
        if link.name == "not" and link.arguments is None:
            negative = not negative
            continue
        if link.name in ("length", "lengthOf") and link.arguments is None:
            if not isinstance(subject.value, Json):
                return None
            subject = Subject(Length(subject.value))
            continue
        one, subject = _step(subject, link, negative)
        if one is None:
            return None
        one = negated(one) if negative else one
        if one is None:
            return None
        found += one.assertions
    return Claim(tuple(found)) if found else None


def _step(subject: Subject, link: Link, negative: bool) -> tuple[Claim | None, Subject]:
    if subject.response:
        return _of_response(link), subject
    if link.arguments is None:
        return _word(subject.value, link.name), subject
    if link.name == "property" and isinstance(subject.value, Json):
        # chai fails a claim about a member of nothing, also one that is turned round.
        if negative and (len(link.arguments) != 1 or subject.value.path):
            return None, subject
        return _property(subject.value, link)
    handler = _METHODS.get(link.name)
    return (handler(subject.value, link) if handler else None), subject


def _word(value: Value, name: str) -> Claim | None:
    if name in ("true", "false"):
        if isinstance(value, Claim):
            return value if name == "true" else negated(value)
        return equality(value, Const(name == "true"), strict=True)
    if name == "null":
        return type_claim(value, "null")
    if name == "undefined":
        return claim(value, Operator.NOT_EXISTS)
    if name in ("exist", "exists"):
        if isinstance(value, Json):
            return joined(claim(value, Operator.EXISTS), claim(value, Operator.NOT_EQUALS, "null"))
        return claim(value, Operator.EXISTS)
    if name == "empty" and isinstance(value, Json):
        return claim(value, Operator.LENGTH_EQUALS, "0")
    return None


def _property(value: Json, link: Link) -> tuple[Claim | None, Subject]:
    name = link.first
    if not isinstance(name, Const) or not isinstance(name.value, (str, int)):
        return None, Subject(value)
    inner = Json((*value.path, name.value))
    rest = (link.arguments or ())[1:]
    exists = claim(inner, Operator.EXISTS)
    if not rest:
        return exists, Subject(inner)
    expected = rest[0]
    if expected is None or isinstance(expected, Undefined):
        return None, Subject(inner)
    return equality(inner, expected, strict=True), Subject(inner)


def _equal(value: Value, link: Link) -> Claim | None:
    expected = link.first
    return None if expected is None else equality(value, expected, strict=True)


def _compare(operator: Operator) -> Callable[[Value, Link], Claim | None]:
    def of(value: Value, link: Link) -> Claim | None:
        limit = _number(link.first)
        return None if limit is None else _of_number(value, claim(value, operator, limit))

    return of


def _within(value: Value, link: Link) -> Claim | None:
    bounds = link.arguments or ()
    if len(bounds) != 2:
        return None
    low, high = map(_number, bounds)
    if low is None or high is None:
        return None
    within = joined(
        claim(value, Operator.GREATER_OR_EQUAL, low), claim(value, Operator.LESS_OR_EQUAL, high)
    )
    return _of_number(value, within)


def _number(value: Value | None) -> str | None:
    """The text of a number: chai compares numbers only, and what a variable holds is a text."""
    is_number = isinstance(value, Const) and isinstance(value.value, int | float)
    if not is_number or not isinstance(value, Const) or isinstance(value.value, bool):
        return None
    return template_of(value)


def _of_number(value: Value, compared: Claim | None) -> Claim | None:
    """The comparison, and that a value of an answer is a number: "5" is above nothing."""
    if not isinstance(value, Json):
        return compared
    return joined(type_claim(value, "number"), compared)


def _include(value: Value, link: Link) -> Claim | None:
    expected = link.first
    if not isinstance(value, (Part, Header, Variable)) or not isinstance(
        expected, (Const, Template, Variable)
    ):
        # On a JSON value `include` looks for an element of a list or for a part of a text; rendered
        # texts do not tell which.
        return None
    text = template_of(expected)
    return None if text is None else claim(value, Operator.CONTAINS, text)


def _match(value: Value, link: Link) -> Claim | None:
    pattern = link.first
    if not isinstance(pattern, Pattern):
        return None
    return claim(value, Operator.MATCHES, pattern.pattern)


def _kind(value: Value, link: Link) -> Claim | None:
    name = link.first
    if not isinstance(name, Const) or not isinstance(name.value, str):
        return None
    kind = name.value.lower()
    if kind == "undefined":
        return claim(value, Operator.NOT_EXISTS)
    if kind in ("string", "number", "boolean", "array", "object", "null"):
        return type_claim(value, kind)
    return None


def _length(value: Value, link: Link) -> Claim | None:
    expected = link.first
    if not isinstance(expected, Const) or not isinstance(value, Json):
        return None
    return claim(value, Operator.LENGTH_EQUALS, as_text(expected.value))


def _one_of(value: Value, link: Link) -> Claim | None:
    choices = link.first
    if not isinstance(choices, Const) or not isinstance(choices.value, list):
        return None
    listed = claim(value, Operator.IN, json.dumps(choices.value, ensure_ascii=False))
    kinds = {json_type(choice) for choice in choices.value}
    # A rendered text does not tell 5 from "5"; the type of all choices does.
    if kinds == {"number"}:
        return _of_number(value, listed)
    plain = all(isinstance(one, str) and not is_ambiguous(one) for one in choices.value)
    return listed if plain or (not isinstance(value, Json) and kinds == {"string"}) else None


def _schema(value: Value, link: Link) -> Claim | None:
    schema = link.first
    if not isinstance(schema, Const) or not isinstance(schema.value, dict):
        return None
    return claim(value, Operator.MATCHES_SCHEMA, json.dumps(schema.value, ensure_ascii=False))


_METHODS: dict[str, Callable[[Value, Link], Claim | None]] = {
    **dict.fromkeys(("equal", "equals", "eq", "eql", "eqls"), _equal),
    **dict.fromkeys(("above", "gt", "greaterThan"), _compare(Operator.GREATER)),
    **dict.fromkeys(("least", "gte"), _compare(Operator.GREATER_OR_EQUAL)),
    **dict.fromkeys(("below", "lt", "lessThan"), _compare(Operator.LESS)),
    **dict.fromkeys(("most", "lte"), _compare(Operator.LESS_OR_EQUAL)),
    **dict.fromkeys(("include", "includes", "contain", "contains"), _include),
    **dict.fromkeys(("match", "matches"), _match),
    **dict.fromkeys(("a", "an"), _kind),
    **dict.fromkeys(("length", "lengthOf"), _length),
    "within": _within,
    "oneOf": _one_of,
    "jsonSchema": _schema,
}


def _of_response(link: Link) -> Claim | None:
    if link.arguments is None:
        if link.name in _STATUS_WORDS:
            return claim(Part(Target.STATUS), Operator.EQUALS, _STATUS_WORDS[link.name])
        if link.name in _STATUS_CLASSES:
            return claim(Part(Target.STATUS), Operator.MATCHES, _STATUS_CLASSES[link.name])
        if link.name == "json":
            return claim(Json(), Operator.EXISTS)
        if link.name == "withBody":
            return claim(Part(Target.SIZE), Operator.GREATER, "0")
        return None
    handler = _OF_RESPONSE.get(link.name)
    return handler(link) if handler else None


def _status(link: Link) -> Claim | None:
    expected = link.first
    if not isinstance(expected, Const) or not isinstance(expected.value, int):
        return None
    return claim(Part(Target.STATUS), Operator.EQUALS, as_text(expected.value))


def _header(link: Link) -> Claim | None:
    name = link.first
    if not isinstance(name, Const):
        return None
    header = Header(as_text(name.value))
    rest = (link.arguments or ())[1:]
    if not rest:
        return claim(header, Operator.EXISTS)
    return None if rest[0] is None else equality(header, rest[0], strict=True)


def _body(link: Link) -> Claim | None:
    body = Part(Target.BODY)
    if not link.arguments:
        return claim(Part(Target.SIZE), Operator.GREATER, "0")
    if isinstance(link.first, Pattern):
        return claim(body, Operator.MATCHES, link.first.pattern)
    return None if link.first is None else equality(body, link.first, strict=True)


def _json_body(link: Link) -> Claim | None:
    if not link.arguments:
        return claim(Json(), Operator.EXISTS)
    name = link.first
    if not isinstance(name, Const) or not isinstance(name.value, str):
        return None
    place = Json(_dotted(name.value))
    rest = link.arguments[1:]
    if not rest:
        return claim(place, Operator.EXISTS)
    return None if rest[0] is None else equality(place, rest[0], strict=True)


def _dotted(text: str) -> tuple[str | int, ...]:
    parts = re.findall(r"[^.\[\]]+|\[\d+\]", text)
    return tuple(int(part[1:-1]) if part.startswith("[") else part for part in parts)


def _response_schema(link: Link) -> Claim | None:
    return _schema(Json(), link)


_OF_RESPONSE: dict[str, Callable[[Link], Claim | None]] = {
    "status": _status,
    "header": _header,
    "body": _body,
    "jsonBody": _json_body,
    "jsonSchema": _response_schema,
}
