"""Names of recorded requests: `METHOD /path` with ids replaced: one name for one route."""

from __future__ import annotations

import json
import re
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


def entry_name(entry: Entry, *, with_host: bool) -> str:
    """The name of a request; GraphQL operations and, where asked for, hosts are part of it."""
    parts = urlsplit(entry.url)
    host = parts.netloc.rpartition("@")[2] if with_host else ""
    name = f"{entry.method} {host}{route_of(parts.path or '/')}"
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
