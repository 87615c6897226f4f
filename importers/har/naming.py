"""Names of recorded requests: `METHOD /path` with ids replaced: one name for one route."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from importers.har.entry import Entry

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_ID = re.compile(r"\d+|[0-9a-f]{16,}|(?=[^-]*\d)(?=[^-]*[A-Za-z])[A-Za-z0-9_-]{20,}", re.IGNORECASE)
_MAX_NAME = 200


def route_of(path: str) -> str:
    """A path with `{uuid}` and `{id}` in place of segments that name one thing."""
    return "/".join(_segment(segment) for segment in path.split("/"))


def _segment(segment: str) -> str:
    if _UUID.fullmatch(segment):
        return "{uuid}"
    return "{id}" if _ID.fullmatch(segment) else segment


_MOST_NEIGHBOURS = 12
"""Different last or middle segments in an otherwise equal path; more are names of things."""


class Routes:
    """Routes of one recording. Where many paths differ in one segment only, as in `/articles/SLUG`,
    that segment is `{name}`: otherwise each article had a row of numbers for itself."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._many: set[tuple[str, ...]] = set()
        values: dict[tuple[str, ...], set[str]] = {}
        for entry in entries:
            segments = route_of(_path(entry)).split("/")
            for at in range(2, len(segments)):
                around = self._around(entry.method, segments, at)
                values.setdefault(around, set()).add(segments[at])
        self._many = {around for around, found in values.items() if len(found) > _MOST_NEIGHBOURS}

    @staticmethod
    def _around(method: str, segments: list[str], at: int) -> tuple[str, ...]:
        return (method, *segments[:at], "", *segments[at + 1 :])

    def of(self, entry: Entry) -> str:
        """The route of an entry."""
        segments = route_of(_path(entry)).split("/")
        varied = list(segments)
        for at in range(2, len(segments)):
            if self._around(entry.method, segments, at) in self._many and segments[at]:
                varied[at] = "{name}" if not segments[at].startswith("{") else segments[at]
        return "/".join(varied)


def _path(entry: Entry) -> str:
    return urlsplit(entry.url).path or "/"


def entry_name(entry: Entry, routes: Routes, *, with_host: bool) -> str:
    """The name of a request; GraphQL operations and, where asked for, hosts are part of it."""
    host = urlsplit(entry.url).netloc.rpartition("@")[2] if with_host else ""
    name = f"{entry.method} {host}{routes.of(entry)}"
    if operation := _graphql_operation(entry):
        name += f" {operation}"
    return name[:_MAX_NAME]


def _graphql_operation(entry: Entry) -> str:
    text = entry.post.text
    if '"query"' not in text[:100_000] or len(text) > 1_000_000:
        return ""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    if isinstance(data, list) and data:
        data = data[0]
    if not isinstance(data, dict) or not isinstance(data.get("query"), str):
        return ""
    if isinstance(data.get("operationName"), str) and data["operationName"]:
        return str(data["operationName"])
    found = re.match(r"\s*(?:query|mutation|subscription)\s+(\w+)", data["query"])
    return found[1] if found else ""
