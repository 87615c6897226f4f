"""Builds recordings for tests."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

START = datetime(2024, 5, 1, 12, 0, 0, tzinfo=UTC)


def pairs(**items: str) -> list[dict[str, str]]:
    """A list of names and values; `_` in a name is `-`."""
    return [{"name": name.replace("_", "-"), "value": value} for name, value in items.items()]


def entry(
    url: str = "https://shop.example/api",
    *,
    at: float = 0,
    took: float = 100,
    method: str = "GET",
    headers: list[dict[str, str]] | None = None,
    post: dict[str, Any] | None = None,
    status: int = 200,
    mime: str = "application/json",
    location: str = "",
    set_cookie: str = "",
    **more: Any,
) -> dict[str, Any]:
    """One entry; `at` in milliseconds since the start of the recording."""
    moment = (START + timedelta(milliseconds=at)).isoformat(timespec="milliseconds")
    request: dict[str, Any] = {
        "method": method,
        "url": url,
        "httpVersion": "HTTP/1.1",
        "headers": headers or [],
        "queryString": [],
        "cookies": [],
    }
    if post is not None:
        request["postData"] = post
    answer_headers = pairs(set_cookie=set_cookie) if set_cookie else []
    return {
        "startedDateTime": moment,
        "time": took,
        "request": request,
        "response": {
            "status": status,
            "statusText": "",
            "headers": answer_headers,
            "content": {"mimeType": mime, "size": 2, "text": "{}"},
            "redirectURL": location,
        },
        **more,
    }


def recording(*entries: Any, pages: Any = (), creator: str = "Recorder") -> dict[str, Any]:
    """A whole file."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": creator, "version": "1"},
            "pages": list(pages),
            "entries": list(entries),
        }
    }


def write_large(path: Path, megabytes: int) -> int:
    """Writes a recording of API calls with answers of 100 kB; gives its number of entries."""
    answer = json.dumps({"items": [{"id": n, "name": f"item {n} é"} for n in range(2500)]})
    headers = pairs(Host="api.example", Accept="application/json", Cookie="sid=1", Referer="r")
    count = megabytes * 1_000_000 // (len(json.dumps(answer)) + 900)
    with path.open("w", encoding="utf-8") as file:
        file.write('{"log":{"creator":{"name":"Recorder"},"pages":[],"entries":[')
        for number in range(count):
            one = entry(f"https://api.example/items/{number}", at=number * 300, headers=headers)
            one["response"]["content"]["text"] = answer
            file.write(("," if number else "") + json.dumps(one))
        file.write("]}}")
    return count
