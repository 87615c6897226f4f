"""What an input is, found out from its bytes, and the importer that reads it.

A name is never believed: `.json` may be a collection, a recording or an environment. The answer
comes with a reason that a person can check.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from hazard_tui.errors import UnreadableInput
from hazard_tui.plan.findings import FindingSeverity
from hazard_tui.plan.model import Plan
from hazard_tui.plan.yaml_text import collector_paused
from importers.findings import ImportOptions, ImportResult, Ledger, Source
from importers.foreign import foreign_bytes, foreign_json, foreign_text, is_hoppscotch
from importers.text import LARGEST_JSON_BYTES, encoding_of, whole_escapes

FORMATS = ("auto", "postman", "har", "curl", "http", "fetch", "powershell", "locust-hazard")

_HAR_HEAD = re.compile(r'\s*\{\s*"log"\s*:\s*\{')
_CURL = re.compile(
    r"(?im)^[ \t$>#]*(?:(?:[a-z_]\w*=\S*|export|sudo|time|env|exec|command|nohup|if|while|until|!"
    r"|timeout\s\S+)[ \t]+)*(?:[\w./\\:-]*[/\\])?curl(?:\.exe)?[\"']?(?:\s|$)"
    r"|[;&|(]\s*curl(?:\.exe)?\s"
)
_FETCH = re.compile(r"(?m)(?:^|[\s=(;{>])(?:window\.|globalThis\.|self\.)?fetch\(\s*[\"'`\w]")
_URL = r"https?://[^\s'\"<>^`|]+"
_URLS = re.compile(rf"\s*{_URL}(?:\s+{_URL})*\s*", re.IGNORECASE)
_BARE_URL = re.compile(
    r"\s*(?:localhost(?::\d+)?|(?:www\.)?[\w-]+(?:\.[\w-]+)+(?::\d+|(?=/)))(?:/[^\s'\"<>^`|]*)?\s*"
)
_LARGEST_PEEK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Detection:
    """What an input is."""

    format: str
    """One of FORMATS without `auto`, or `url`, `environment`, `globals`."""
    reason: str
    value: Any = None
    """The parsed JSON, so that it is not parsed twice."""


@collector_paused()
def detect(source: Source) -> Detection:
    """What the input is. Raises UnreadableInput with one sentence when it is nothing known."""
    if not source.data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise UnreadableInput(f"{source.name} is empty", hint="paste or name what to import")
    known = foreign_bytes(source.data)
    if known is not None:
        raise UnreadableInput(f"{source.name} is {known[0]}", hint=known[1])
    text = _text(source)
    head = text[:_LARGEST_PEEK].lstrip("\ufeff \t\r\n")
    if head[:1] in ("{", "["):
        return _of_json(source, text.lstrip("\ufeff"))
    kind = _kind_of_text(text)
    if kind is not None:
        return kind
    what, hint = foreign_text(head) or ("of no known kind", _HINT)
    raise UnreadableInput(f"{source.name} is {what}", hint=hint)


_HINT = (
    "hazard reads Postman collections, HAR recordings, curl commands, raw HTTP requests, calls of "
    "fetch(), Invoke-WebRequest and locust-hazard plans"
)


def _kind_of_text(text: str) -> Detection | None:
    """What a text that is no JSON is; None when it is nothing known."""
    from importers.snippets.raw_http import is_raw_http
    from importers.snippets.web_request import is_web_request

    if _URLS.fullmatch(text) or _BARE_URL.fullmatch(text):
        return Detection("url", "it is an address")
    if is_raw_http(text.lstrip("\ufeff").replace("\r\n", "\n")):
        return Detection("http", "it begins with a request line")
    if is_web_request(text):
        return Detection("powershell", "a statement is Invoke-WebRequest or Invoke-RestMethod")
    fetch, curl = _FETCH.search(text), _CURL.search(text)
    if curl is not None and (fetch is None or curl.start() < fetch.start()):
        return Detection("curl", "a line begins with the word curl")
    if fetch is not None:
        return Detection("fetch", "it calls fetch()")
    return None


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
        value = json.loads(whole_escapes(text))
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
    if is_collection(value) and not is_hoppscotch(value):
        return Detection("postman", "it has the fields of a collection", value)
    if isinstance(value, dict) and isinstance(value.get("log"), dict):
        return Detection("har", "it has a log", value)
    kind = is_values_file(value)
    if kind:
        return Detection(kind, "it has a list of values", value)
    known = foreign_json(value)
    if known is not None:
        raise UnreadableInput(f"{source.name} is {known[0]}", hint=known[1])
    raise UnreadableInput(f"{source.name} is JSON of no known kind", hint=_HINT)


def _with_bytes(source: Source) -> Source:
    """The source itself when its file reads like a recording, which is read as a stream; else with
    the bytes of the file, since a name that ends in .har proves nothing."""
    if not source.path:
        return source
    try:
        with Path(source.path).open("rb") as file:
            head = file.read(_LARGEST_PEEK)
            text = head.decode(encoding_of(head), "replace").lstrip("\ufeff \t\r\n\0")
            if text.startswith("{") and ('"log"' in text or len(head) == _LARGEST_PEEK):
                return source
            return Source(source.name, head + file.read(LARGEST_JSON_BYTES))
    except OSError as exc:
        raise UnreadableInput(
            f"{source.name} cannot be read: {exc.strerror}",
            hint="check the path and its permissions",
        ) from exc


def import_input(source: Source, options: ImportOptions, format: str = "auto") -> ImportResult:
    """The plan that an input describes. `format` other than `auto` is believed.

    Raises UnreadableInput when the bytes cannot be read as that format, or as any.
    """
    if format not in FORMATS:
        raise UnreadableInput(
            f"there is no format {format!r}", hint=f"formats are {', '.join(FORMATS)}"
        )
    if format != "auto":
        return _importer(format)(source, options)
    source = _with_bytes(source)
    if source.path:
        return _importer("har")(source, options)
    found = detect(source)
    if found.format in ("environment", "globals"):
        return _values_by_mistake(source, found, options)
    if found.format == "postman":
        from importers.postman import import_value

        return import_value(found.value, source, options)
    if found.format == "url":
        return _url(source, options)
    return _importer(found.format)(source, options)


def import_pair(sources: Sequence[Source], options: ImportOptions) -> ImportResult:
    """The plan of two recordings of one session.

    Raises UnreadableInput when they are not two, or not recordings.
    """
    from importers import har

    if len(sources) != 2:
        raise UnreadableInput(f"a pair is two recordings, here are {len(sources)} inputs")
    pair = [_with_bytes(source) for source in sources]
    for source in pair:
        if not source.path and detect(source).format != "har":
            raise UnreadableInput(f"a pair is two HAR recordings, and {source.name} is none")
    return har.import_pair(pair[0], pair[1], options)


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


def _url(source: Source, options: ImportOptions) -> ImportResult:
    """Addresses as curl commands: one GET each."""
    from importers.curl import import_source

    addresses = _text(source).lstrip("\ufeff").split()
    commands = "\n".join(f"curl '{address}'" for address in addresses)
    return import_source(Source(source.name, commands.encode()), options)


_MODULES = {
    "postman": "importers.postman",
    "har": "importers.har",
    "curl": "importers.curl",
    "http": "importers.snippets.raw_http",
    "fetch": "importers.snippets.fetch",
    "powershell": "importers.snippets.web_request",
    "locust-hazard": "importers.locust_hazard",
}
"""Format -> the module whose `import_source` reads it; loaded when it is needed."""


def _importer(format: str) -> Callable[[Source, ImportOptions], ImportResult]:
    function: Callable[[Source, ImportOptions], ImportResult] = import_module(
        _MODULES[format]
    ).import_source
    return function
