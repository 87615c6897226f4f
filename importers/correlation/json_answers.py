"""Values of JSON answers: every string and number with its JMESPath."""

from __future__ import annotations

import json
import re
from typing import Any

from hazard_tui.plan.rules import Extractor
from importers.correlation.decoding import base64_text
from importers.correlation.produced import Found, Kind, Produced, read_by_regex
from importers.correlation.tokens import Wanted, tokens_of

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_JWT = re.compile(r"eyJ[\w-]+\.(eyJ[\w-]+)\.[\w-]*")
_BASE64 = re.compile(r"(?=[^g-z]{0,400}[g-z])(?=[^A-Z]{0,400}[A-Z])[A-Za-z0-9+/_.-]+={0,2}$")
"""Texts of both cases that may be base64 or a JWT; not hex, not words with spaces."""
_MAX_DEPTH = 60
_PathPart = str | int
CLAIMS = "JSON.parse(atob(value.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')))"
"""The claims of a JWT."""


def json_values(body: str, wanted: Wanted) -> Found:
    """Values of a JSON answer that are wanted; nothing when it is no JSON."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return
    fields: list[tuple[tuple[_PathPart, ...], str]] = []
    compounds: list[tuple[tuple[_PathPart, ...], str]] = []
    _search(data, [], wanted, fields, compounds)
    for path, text in fields:
        yield _field(path, text)
    seen: set[tuple[str, str]] = set()
    for path, text in compounds:
        yield from _inside(path, text, wanted, body, seen)


_Leaves = list[tuple[tuple[_PathPart, ...], str]]


def _search(
    value: Any, path: list[_PathPart], wanted: Wanted, fields: _Leaves, compounds: _Leaves
) -> None:
    """Collects the wanted strings and numbers, and the strings that may hold more."""
    if isinstance(value, str):
        if value in wanted:
            fields.append((tuple(path), value))
        if len(value) > 7 and (wanted.may_be_in(value) or _BASE64.match(value)):
            compounds.append((tuple(path), value))
    elif isinstance(value, dict):
        if len(path) < _MAX_DEPTH:
            for key, item in value.items():
                path.append(key)
                _search(item, path, wanted, fields, compounds)
                path.pop()
    elif isinstance(value, list):
        if len(path) < _MAX_DEPTH:
            for index, item in enumerate(value):
                path.append(index)
                _search(item, path, wanted, fields, compounds)
                path.pop()
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        text = str(value)
        if text in wanted:
            fields.append((tuple(path), text))


def _field(path: tuple[_PathPart, ...], text: str) -> Produced:
    expression = jmespath_of(path)
    rule = Extractor(jmespath=expression) if path else Extractor(whole=True)
    if any('"' in part or "\\" in part for part in path if isinstance(part, str)):
        rule = Extractor(jmespath=expression)
    names = [part for part in path if isinstance(part, str)]
    name = names[-1] if names else ""
    return Produced(
        text, Kind.JSON, name, tuple(names[:-1]), rule, place=f"JSON field {expression}"
    )


def jmespath_of(path: tuple[_PathPart, ...]) -> str:
    """A path as a JMESPath expression."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            plain = _IDENTIFIER.fullmatch(part)
            text += ("." if text else "") + (part if plain else json.dumps(part))
    return text


def _inside(
    path: tuple[_PathPart, ...],
    text: str,
    wanted: Wanted,
    body: str,
    seen: set[tuple[str, str]],
) -> Found:
    """Values inside a string: claims of a JWT, base64, parts of URLs and of compound texts."""
    if not (text.isascii() and " " not in text) and not wanted.may_be_in(text):
        return
    field = _field(path, text)
    if (token := _JWT.fullmatch(text)) and (claims := base64_text(token[1])):
        for claim in json_values(claims, wanted):
            if claim.kind is Kind.JSON and claim.rule.jmespath:
                yield Produced(
                    claim.text,
                    Kind.CLAIM,
                    claim.name,
                    (*field.parents, field.name),
                    field.rule,
                    f"{CLAIMS}{_javascript(claim)}",
                    f"claim {claim.rule.jmespath} of the JWT in {field.place}",
                )
        return
    if (decoded := base64_text(text)) and decoded in wanted:
        yield Produced(
            decoded, field.kind, field.name, field.parents, field.rule, "atob(value)",
            f"base64 of {field.place}",
        )  # fmt: skip
    if not path or not isinstance(path[-1], str):
        return
    for token_text, before, after in tokens_of(text, wanted):
        if (path[-1], token_text) not in seen:
            seen.add((path[-1], token_text))
            yield _compound(path[-1], field, token_text, (before, after), body)


def _javascript(claim: Produced) -> str:
    expression = claim.rule.jmespath or ""
    parts = re.findall(r'"(?:[^"\\]|\\.)*"|\[\d+\]|[^.\[\]"]+', expression)
    return "".join(
        part
        if part.startswith("[")
        else f"[{part if part.startswith(chr(34)) else json.dumps(part)}]"
        for part in parts
    )


def _compound(key: str, field: Produced, text: str, around: tuple[str, str], body: str) -> Produced:
    before, after = around
    name = re.search(r"([\w.-]+)=$", before)
    lead = f"[?&]{re.escape(name[1])}=" if name else re.escape(before)
    stop = '"&#\\\\' if name else '"' + re.escape(after[:1])
    pattern = (
        rf'"{re.escape(key)}"\s*:\s*"{"[^" + chr(34) + "]*?" if name else ""}{lead}([^{stop}]+)'
    )
    number = 0
    for position, found in enumerate(re.finditer(pattern, body), 1):
        if found[1] == text:
            number = position if position > 1 else 0
            break
    return Produced(
        text,
        Kind.TEXT,
        name[1] if name else field.name,
        field.parents,
        read_by_regex(pattern, number),
        place=f"part of {field.place}",
    )
