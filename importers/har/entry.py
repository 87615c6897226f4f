"""A recorded exchange, reduced to what a plan needs; whatever a producer left out is empty."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from importers.correlation import AnswerStore


@dataclass(frozen=True, slots=True)
class Named:
    """An element of a list of names and values; `name` None: it is malformed."""

    name: str | None
    value: str = ""


@dataclass(frozen=True, slots=True)
class Param:
    """A form field of `postData.params`; file fields have a file name or a content type."""

    name: str | None
    value: str | None
    file_name: str = ""
    content_type: str = ""


@dataclass(slots=True)
class PostData:
    """The recorded request body."""

    mime_type: str = ""
    text: str = ""
    params: list[Param] = field(default_factory=list)
    base64: bool = False

    @property
    def empty(self) -> bool:
        """True when nothing was recorded."""
        return not self.text and not self.params


@dataclass(slots=True)
class Entry:
    """One entry of the log; times in milliseconds, `started` since 1970."""

    index: int
    started: float
    duration: float
    method: str
    url: str
    headers: list[Named]
    cookies: list[Named]
    query: list[Named]
    post: PostData
    page: str
    resource_type: str
    has_response: bool
    status: int
    status_text: str
    mime_type: str
    location: str
    set_cookies: list[str]
    from_cache: bool
    error: str
    socket_messages: int | None
    """None: it is no WebSocket."""

    def header(self, name: str) -> str | None:
        """Value of the first request header of this name, in any case."""
        for header in self.headers:
            if header.name is not None and header.name.lower() == name:
                return header.value
        return None

    @property
    def pointer(self) -> str:
        """JSON pointer of the entry."""
        return f"/log/entries/{self.index}"

    @property
    def end(self) -> float:
        """When the answer was complete."""
        return self.started + self.duration


def read_entry(raw: Any, index: int) -> Entry | None:
    """The entry, or None when it is no object with a request, method and URL."""
    if not isinstance(raw, dict):
        return None
    request = _object(raw.get("request"))
    method, url = request.get("method"), request.get("url")
    if not isinstance(method, str) or not isinstance(url, str) or not method or not url:
        return None
    response = _object(raw.get("response"))
    answers = [item for item in _named(response.get("headers")) if item.name is not None]
    return Entry(
        index=index,
        started=_moment(raw.get("startedDateTime")),
        duration=max(_number(raw.get("time")), 0.0),
        method=sys.intern(method.strip()),
        url=url,
        headers=_named(request.get("headers")),
        cookies=_named(request.get("cookies")),
        query=_named(request.get("queryString")),
        post=_post_data(request.get("postData")),
        page=_text(raw.get("pageref")),
        resource_type=_text(raw.get("_resourceType")).lower(),
        # A HAR that hazard made of a plan has answers that never came, with status 0.
        has_response=isinstance(raw.get("response"), dict) and not raw.get("_fromPlan"),
        status=int(_number(response.get("status"))),
        status_text=_text(response.get("statusText")),
        mime_type=_text(_object(response.get("content")).get("mimeType")),
        location=_text(response.get("redirectURL")) or _first(answers, "location"),
        set_cookies=[
            line
            for item in answers
            if (item.name or "").lower() == "set-cookie"
            for line in item.value.split("\n")
        ],
        from_cache=bool(raw.get("_fromCache")),
        error=_text(response.get("_error")) or _text(raw.get("_error")),
        socket_messages=_socket_messages(raw, url, response),
    )


def keep_answer(store: AnswerStore, raw: Any, entry: Entry) -> None:
    """Gives the answer of a raw entry to the store."""
    response = _object(raw.get("response"))
    content = _object(response.get("content"))
    headers = [(item.name, item.value) for item in _named(response.get("headers")) if item.name]
    if entry.location and not any(name.lower() == "location" for name, _ in headers):
        headers.append(("Location", entry.location))
    store.add(
        entry.index,
        entry.status,
        entry.mime_type,
        headers,
        _text(content.get("text")),
        _text(content.get("encoding")),
    )


def count_elements(raw: Any) -> list[tuple[str, str, str]]:
    """(path below the entry, kind, name) of every element of a malformed entry."""
    request = _object(_object(raw).get("request"))
    found: list[tuple[str, str, str]] = []
    for key, kind in (("headers", "header"), ("cookies", "cookie"), ("queryString", "query")):
        for position, item in enumerate(_named(request.get(key))):
            found.append((f"request/{key}/{position}", kind, item.name or ""))
    post = _post_data(request.get("postData"))
    found += [
        (f"request/postData/params/{position}", "param", param.name or "")
        for position, param in enumerate(post.params)
    ]
    if post.text:
        found.append(("request/postData/text", "body", ""))
    return found


def _socket_messages(raw: dict[str, Any], url: str, response: dict[str, Any]) -> int | None:
    messages = raw.get("_webSocketMessages")
    if isinstance(messages, list):
        return len(messages)
    if (
        url.startswith(("ws:", "wss:"))
        or _text(raw.get("_resourceType")).lower() == "websocket"
        or _number(response.get("status")) == 101
    ):
        return 0
    return None


def _post_data(raw: Any) -> PostData:
    data = _object(raw)
    params = data.get("params")
    return PostData(
        mime_type=_text(data.get("mimeType")),
        text=_text(data.get("text")),
        params=[_param(item) for item in params] if isinstance(params, list) else [],
        base64=_text(data.get("encoding") or data.get("_encoding")).lower() == "base64",
    )


def _param(raw: Any) -> Param:
    item = _object(raw)
    name, value = item.get("name"), item.get("value")
    return Param(
        name if isinstance(name, str) else None,
        value if isinstance(value, str) else None,
        _text(item.get("fileName")),
        _text(item.get("contentType")),
    )


def _named(raw: Any) -> list[Named]:
    return [_one_named(item) for item in raw] if isinstance(raw, list) else []


_MALFORMED = Named(None)
_SHORT_VALUE = 200


def _one_named(raw: Any) -> Named:
    if not isinstance(raw, dict) or not isinstance(raw.get("name"), str):
        return _MALFORMED
    value = raw.get("value")
    text = value if isinstance(value, str) else "" if value is None else str(value)
    if len(text) <= _SHORT_VALUE:
        # The same headers stand in thousands of entries.
        text = sys.intern(text)
    return Named(sys.intern(raw["name"]), text)


def _first(headers: list[Named], name: str) -> str:
    return next((item.value for item in headers if (item.name or "").lower() == name), "")


def _object(raw: Any) -> dict[str, Any]:
    return raw if isinstance(raw, dict) else {}


def _text(raw: Any) -> str:
    return raw if isinstance(raw, str) else ""


def _number(raw: Any) -> float:
    if isinstance(raw, bool) or not isinstance(raw, (int, float, Decimal)):
        return 0.0
    return float(raw) if -1e15 < raw < 1e15 else 0.0


_FRACTION = re.compile(r"(\.\d{1,6})\d*")


def _moment(raw: Any) -> float:
    """Milliseconds since 1970; 0 when it is no date."""
    text = _FRACTION.sub(r"\1", _text(raw).strip(), count=1)
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment.timestamp() * 1000
    except (ValueError, OverflowError):
        return 0.0
