"""What an input is, found out from its bytes, and the importer that reads it.

A name is never believed: `.json` may be a collection, a recording or an environment. The answer
comes with a reason that a person can check.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hazard_tui.errors import UnreadableInput
from hazard_tui.plan.findings import FindingSeverity
from hazard_tui.plan.model import Plan
from importers.findings import ImportOptions, ImportResult, Ledger, Source
from importers.text import encoding_of

FORMATS = ("auto", "postman", "har", "curl", "locust-hazard")

_HAR_HEAD = re.compile(r'\s*\{\s*"log"\s*:\s*\{')
_CURL = re.compile(
    r"(?im)^[\s$>#]*(?:[\w./\\:-]*[/\\])?curl(?:\.exe)?[\"']?(?:\s|$)|[;&|(]\s*curl(?:\.exe)?\s"
)
_URLS = re.compile(r"\s*(?:https?://[^\s'\"<>^`|]+\s*)+", re.IGNORECASE)
_LARGEST_PEEK = 64 * 1024

_ELSEWHERE: tuple[tuple[str, str, str], ...] = (
    ("openapi", "an OpenAPI description", "import it into Postman and export a collection"),
    ("swagger", "a Swagger description", "import it into Postman and export a collection"),
    ("_type", "an export of Insomnia", "export it as HAR"),
    ("collections", "a dump of all Postman data", "export one collection as v2.1"),
    ("hazard", "a plan of hazard", "open it with `hazard PLAN`"),
)
"""Field at the top -> what the file is, and what to do."""


@dataclass(frozen=True, slots=True)
class Detection:
    """What an input is."""

    format: str
    """One of FORMATS without `auto`, or `url`, `environment`, `globals`."""
    reason: str
    value: Any = None
    """The parsed JSON, so that it is not parsed twice."""


def detect(source: Source) -> Detection:
    """What the input is. Raises UnreadableInput with one sentence when it is nothing known."""
    if source.path:
        return Detection("har", "the file is a recording that is read as a stream")
    if not source.data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise UnreadableInput(f"{source.name} is empty", hint="paste or name what to import")
    text = _text(source)
    head = text[:_LARGEST_PEEK].lstrip("\ufeff \t\r\n")
    if head[:1] in ("{", "["):
        return _of_json(source, text.lstrip("\ufeff"))
    if _URLS.fullmatch(text):
        return Detection("url", "it is an address")
    if _CURL.search(text):
        return Detection("curl", "a line begins with the word curl")
    raise UnreadableInput(_unknown(source.name, head), hint=_HINT)


_HINT = "hazard reads Postman collections, HAR recordings, curl commands and locust-hazard plans"


def _text(source: Source) -> str:
    try:
        return source.data.decode(encoding_of(source.data))
    except UnicodeDecodeError as exc:
        if _CURL.search(source.data.decode("latin-1")):
            return source.data.decode("utf-8", "surrogateescape")
        raise UnreadableInput(
            f"{source.name} is neither UTF-8 nor UTF-16 text: byte {exc.start} cannot be read",
            hint="save the file as UTF-8",
        ) from exc


def _of_json(source: Source, text: str) -> Detection:
    from importers.locust_hazard import is_locust_hazard
    from importers.postman import is_collection, is_values_file

    if _HAR_HEAD.match(text[:_LARGEST_PEEK]):
        return Detection("har", "the top of the file is a log")
    try:
        value = json.loads(text)
    except json.JSONDecodeError as exc:
        raise UnreadableInput(
            f"{source.name} is not JSON: {exc.msg} at line {exc.lineno}, column {exc.colno}",
            hint="export it again, or check that the file is whole",
        ) from exc
    except RecursionError as exc:
        raise UnreadableInput(
            f"{source.name} is JSON with too many levels inside each other",
            hint="check that it is what you meant to import",
        ) from exc
    except ValueError as exc:
        raise UnreadableInput(
            f"{source.name} is JSON that cannot be read: {exc}", hint="export it again"
        ) from exc
    if is_locust_hazard(value):
        return Detection("locust-hazard", "it has a list MainTask", value)
    if is_collection(value):
        return Detection("postman", "it has the fields of a collection", value)
    if isinstance(value, dict) and isinstance(value.get("log"), dict):
        return Detection("har", "it has a log", value)
    kind = is_values_file(value)
    if kind:
        return Detection(kind, "it has a list of values", value)
    for field, what, hint in _ELSEWHERE:
        if isinstance(value, dict) and field in value:
            raise UnreadableInput(f"{source.name} is {what}", hint=hint)
    raise UnreadableInput(f"{source.name} is JSON of no known kind", hint=_HINT)


def _unknown(name: str, head: str) -> str:
    start = head.lstrip()[:400]
    known = (
        (r"<\?xml|<jmeterTestPlan", "is XML, which hazard does not read"),
        (r"<!doctype html|<html", "is a web page"),
        (r"fetch\(|await fetch", "is a call of fetch(); use `Copy as cURL` instead"),
        (
            r"Invoke-(WebRequest|RestMethod)|\$session\s*=",
            "is PowerShell; use `Copy as cURL` instead",
        ),
        (r"(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) \S+( HTTP/\S+)?\s", "is a raw HTTP request"),
        (r"hazard:\s*1", "is a plan of hazard already"),
    )
    for pattern, what in known:
        if re.match(pattern, start, re.IGNORECASE):
            return f"{name} {what}"
    return f"{name} is of no known kind"


def import_input(source: Source, options: ImportOptions, format: str = "auto") -> ImportResult:
    """The plan that an input describes. `format` other than `auto` is believed.

    Raises UnreadableInput when the bytes cannot be read as that format, or as any.
    """
    if format not in FORMATS:
        raise UnreadableInput(
            f"there is no format {format!r}", hint=f"formats are {', '.join(FORMATS)}"
        )
    if format != "auto":
        return _IMPORTERS[format](source, options)
    found = detect(source)
    if found.format in ("environment", "globals"):
        return _values_by_mistake(source, found, options)
    if found.format == "postman":
        from importers.postman import import_value

        return import_value(found.value, source, options)
    return _IMPORTERS[found.format](source, options)


def _values_by_mistake(source: Source, found: Detection, options: ImportOptions) -> ImportResult:
    """An empty plan and a finding that says where the file belongs."""
    from importers.postman.document import Node

    ledger = Ledger(source)
    option = "--env" if found.format == "environment" else "--globals"
    ledger.note(
        "/values",
        "not-a-collection",
        f"this file is a Postman {found.format}: it holds variables, no requests",
        FindingSeverity.ERROR,
        fix=f"import the collection and give this file with {option}",
    )
    reason = "variables alone make no plan"
    for one in Node(found.value).get("values").items():
        ledger.drop(
            one.pointer,
            "variable",
            reason,
            name=one.get("key").text(),
            severity=FindingSeverity.INFO,
        )
    return ImportResult(
        plan=Plan(name=options.name),
        format="postman",
        records=tuple(ledger.records),
        findings=tuple(ledger.findings),
    )


def _postman(source: Source, options: ImportOptions) -> ImportResult:
    from importers.postman import import_source

    return import_source(source, options)


def _har(source: Source, options: ImportOptions) -> ImportResult:
    from importers.har import import_source

    return import_source(source, options)


def _curl(source: Source, options: ImportOptions) -> ImportResult:
    from importers.curl import import_source

    return import_source(source, options)


def _locust_hazard(source: Source, options: ImportOptions) -> ImportResult:
    from importers.locust_hazard import import_source

    return import_source(source, options)


def _url(source: Source, options: ImportOptions) -> ImportResult:
    """Addresses as curl commands: one GET each."""
    from importers.curl import import_source

    addresses = _text(source).lstrip("\ufeff").split()
    commands = "\n".join(f"curl '{address}'" for address in addresses)
    return import_source(Source(source.name, commands.encode()), options)


_IMPORTERS: dict[str, Callable[[Source, ImportOptions], ImportResult]] = {
    "postman": _postman,
    "har": _har,
    "curl": _curl,
    "locust-hazard": _locust_hazard,
    "url": _url,
}
