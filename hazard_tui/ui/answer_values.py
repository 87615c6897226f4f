"""Values of an answer that a person can pick, each with the rules that read and judge it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hazard_tui.plan.rules import Assertion, Extractor, Source, Target
from importers.correlation import Kind, Produced, all_values

LONGEST_SEARCHED = 256 * 1024
"""Bytes of a body without JSON that is searched for values."""


@dataclass(frozen=True, slots=True)
class PickableValue:
    """A value of an answer."""

    label: str
    text: str
    name: str
    """Offered for the variable."""
    save: Extractor
    """Without a variable."""
    check: Assertion | None
    """That the value stays as it is; None: no assertion reads this place."""


def json_of(body: bytes) -> tuple[Any, bool]:
    """The object or list that a body is, and whether it is one."""
    try:
        value = json.loads(body)
    except (ValueError, UnicodeDecodeError, RecursionError):
        return None, False
    return value, isinstance(value, (dict, list))


def json_value(value: Any, path: str, key: str | int) -> PickableValue:
    """A value of a JSON answer; `path` is its JMESPath, `key` its own key or index."""
    text = value if isinstance(value, str) else json.dumps(value)
    shown = json.dumps(value, ensure_ascii=False)
    label = f"[{key}]: {shown}" if isinstance(key, int) else f"{key}: {shown}"
    return PickableValue(
        label,
        text,
        _variable(path.rsplit(".", 1)[-1]),
        Extractor(jmespath=path),
        Assertion(target=Target.VALUE, jmespath=path, expected=text),
    )


def status_value(status_line: str) -> PickableValue | None:
    """The status code; None without an answer."""
    code = re.match(r"\S+ (\d{3})", status_line)
    if code is None:
        return None
    save = Extractor(source=Source.STATUS, whole=True)
    check = Assertion(target=Target.STATUS, expected=code[1])
    return PickableValue(f"status: {code[1]}", code[1], "status", save, check)


def header_values(headers: tuple[tuple[str, str], ...]) -> Iterator[PickableValue]:
    """Headers of an answer; of several with one name the first, which rules read."""
    seen: set[str] = set()
    for name, text in headers:
        if name.lower() == "set-cookie" or name.lower() in seen:
            continue
        seen.add(name.lower())
        save = Extractor(source=Source.HEADER, header=name, whole=True)
        check = Assertion(target=Target.HEADER, header=name, expected=text)
        yield PickableValue(f"{name}: {text}", text, _variable(name), save, check)


def cookie_values(headers: tuple[tuple[str, str], ...]) -> Iterator[PickableValue]:
    """Cookies that an answer sets."""
    for name, line in headers:
        if name.lower() != "set-cookie":
            continue
        for found in all_values((("Set-Cookie", line),)):
            if found.kind is Kind.COOKIE and not found.decoded_by:
                yield _pickable(found, f"{found.name}: {found.text}")


def page_values(
    headers: tuple[tuple[str, str], ...], body: bytes
) -> Iterator[tuple[str, PickableValue]]:
    """(kind, value) of an answer that is no JSON: fields and links of a page, elements of XML,
    variables of scripts, lines of text, the whole."""
    if not body or len(body) > LONGEST_SEARCHED:
        return
    mime = next((text for name, text in headers if name.lower() == "content-type"), "")
    text = body.decode("utf-8", "replace")
    whole = False
    seen: set[Extractor] = set()
    for found in all_values((), text, mime.split(";", 1)[0].strip().lower()):
        if found.decoded_by or found.rule in seen:
            continue
        seen.add(found.rule)
        whole = whole or found.rule.whole is True
        short = found.place.removeprefix(f"{found.kind} ").removeprefix("XML ")
        yield found.kind, _pickable(found, f"{short}: {' '.join(found.text.split())}")
    if not whole:
        check = Assertion(target=Target.BODY, expected=text)
        yield (
            Kind.WHOLE,
            PickableValue("whole answer", text, "answer", Extractor(whole=True), check),
        )


def _pickable(found: Produced, label: str) -> PickableValue:
    name = _variable(found.name) or "value"
    return PickableValue(label, found.text, name, found.rule, _check(found))


def _check(found: Produced) -> Assertion | None:
    """An assertion on the place that a rule reads. It reads the first match only."""
    rule = found.rule
    if rule.match_number > 1:
        return None
    if rule.whole:
        target = Target.COOKIE if rule.source is Source.COOKIE else Target.BODY
        return Assertion(target=target, header=rule.header, expected=found.text)
    if rule.regex is not None:
        pattern = rule.regex.pattern
        return Assertion(target=Target.VALUE, regex=pattern, expected=found.text)
    return Assertion(target=Target.VALUE, css=rule.css, xpath=rule.xpath, expected=found.text)


def _variable(text: str) -> str:
    return re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_")
