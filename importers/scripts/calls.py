"""Calls in scripts whose result a plan can name."""

from __future__ import annotations

import json
from collections.abc import Callable

from hazard_tui.plan.base import Operator
from hazard_tui.plan.rules import Target
from importers.scripts.values import (
    Const,
    Header,
    Json,
    Object,
    Part,
    Pattern,
    Template,
    Value,
    Variable,
    as_text,
    claim,
    template_of,
    type_claim,
)

Arguments = list[Value | None]


def of_function(name: str, arguments: Arguments) -> Value | None:
    """`name(…)`: only conversions that change nothing in a rendered text."""
    if name == "String" and len(arguments) == 1:
        return arguments[0] if isinstance(arguments[0], (Json, Const, Template, Variable)) else None
    return None


def of_method(owner: Value, method: str, arguments: Arguments) -> Value | None:
    """`owner.method(…)`."""
    if isinstance(owner, Object):
        handler = _OF_OBJECT.get((owner.name, method))
        return handler(arguments) if handler is not None else None
    if isinstance(owner, Pattern) and method == "test":
        return _matches(arguments, owner)
    if isinstance(owner, Json):
        return _of_json(owner, method, arguments)
    if isinstance(owner, Part) and owner.target is Target.BODY:
        return _of_body(owner, method, arguments)
    if isinstance(owner, Header) and method in ("includes", "has") and len(arguments) == 1:
        return _contains(owner, arguments[0])
    return None


def _contains(owner: Value, wanted: Value | None) -> Value | None:
    text = template_of(wanted) if isinstance(wanted, (Const, Template, Variable)) else None
    return None if text is None else claim(owner, Operator.CONTAINS, text)


def _of_body(owner: Part, method: str, arguments: Arguments) -> Value | None:
    if method in ("has", "includes") and len(arguments) == 1:
        return _contains(owner, arguments[0])
    if method == "toString" and not arguments:
        return owner
    return None


def _of_json(owner: Json, method: str, arguments: Arguments) -> Value | None:
    first = arguments[0] if arguments else None
    if method == "hasOwnProperty" and isinstance(first, Const):
        return claim(Json((*owner.path, as_text(first.value))), Operator.EXISTS)
    if method == "toString" and not arguments:
        return owner
    return None


def _parsed(arguments: Arguments) -> Value | None:
    first = arguments[0] if arguments else None
    if isinstance(first, Part) and first.target is Target.BODY:
        return Json()
    if isinstance(first, Const) and isinstance(first.value, str):
        try:
            return Const(json.loads(first.value))
        except (ValueError, RecursionError):
            return None
    return None


def _printed(arguments: Arguments) -> Value | None:
    first = arguments[0] if arguments else None
    if isinstance(first, Const) and len(arguments) == 1:
        return Const(json.dumps(first.value, ensure_ascii=False, separators=(",", ":")))
    return None


def _matches(arguments: Arguments, pattern: Pattern) -> Value | None:
    first = arguments[0] if arguments else None
    return None if first is None else claim(first, Operator.MATCHES, pattern.pattern)


def _header(arguments: Arguments) -> Value | None:
    first = arguments[0] if arguments else None
    return Header(as_text(first.value)) if isinstance(first, Const) else None


def _has_header(arguments: Arguments) -> Value | None:
    header = _header(arguments) if len(arguments) == 1 else None
    return None if header is None else claim(header, Operator.EXISTS)


def _typed(name: str) -> Callable[[Arguments], Value | None]:
    def of(arguments: Arguments) -> Value | None:
        first = arguments[0] if arguments else None
        return None if first is None else type_claim(first, name)

    return of


def _json_body(arguments: Arguments) -> Value | None:
    return None if arguments else Json()


def _text_body(arguments: Arguments) -> Value | None:
    return None if arguments else Part(Target.BODY)


_OF_OBJECT: dict[tuple[str, str], Callable[[Arguments], Value | None]] = {
    ("response", "json"): _json_body,
    ("response", "text"): _text_body,
    ("JSON", "parse"): _parsed,
    ("JSON", "stringify"): _printed,
    ("headers", "get"): _header,
    ("headers", "has"): _has_header,
    ("postman", "getResponseHeader"): _header,
    ("Array", "isArray"): _typed("array"),
    ("Number", "isInteger"): _typed("integer"),
}
