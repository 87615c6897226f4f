"""`pm.sendRequest(…)` with a constant shape as a request."""

from __future__ import annotations

from typing import Any

from hazard_tui.plan.base import Pair
from hazard_tui.plan.request import Body, FormBody, Request, TextBody
from importers.scripts.values import Const, Template, Value, Variable, as_text, template_of

_CONTENT_TYPES = {
    "json": "application/json",
    "xml": "application/xml",
    "html": "text/html",
    "javascript": "application/javascript",
}


def request_of(argument: Value | None) -> Request | None:
    """The request that the argument describes; None when only the running script knows it."""
    if isinstance(argument, (Template, Variable)):
        return Request(method="GET", url=template_of(argument) or "")
    if not isinstance(argument, Const):
        return None
    if isinstance(argument.value, str):
        return Request(method="GET", url=argument.value)
    if not isinstance(argument.value, dict):
        return None
    described = argument.value
    known = {"url", "method", "header", "headers", "body", "name", "id", "description"}
    url = described.get("url")
    if not isinstance(url, str) or not url or set(described) - known:
        return None
    # Postman knows `header` only; what is called `headers` is not sent.
    headers = _headers(described.get("header"))
    body = _body(described.get("body"))
    if headers is None or body is None:
        return None
    method = as_text(described.get("method") or "GET").upper()
    return Request(method=method, url=url, headers=headers, body=body[0])


def _headers(value: Any) -> tuple[Pair, ...] | None:
    if value is None:
        return ()
    if isinstance(value, str):
        lines = [line.partition(":") for line in value.splitlines() if line.strip()]
        return tuple(Pair(name=name.strip(), value=text.strip()) for name, _, text in lines)
    if isinstance(value, dict):
        return tuple(Pair(name=name, value=as_text(text)) for name, text in value.items())
    if isinstance(value, list) and all(isinstance(item, (str, dict)) for item in value):
        pairs: list[Pair] = []
        for item in value:
            if isinstance(item, str):
                name, _, text = item.partition(":")
                pairs.append(Pair(name=name.strip(), value=text.strip()))
            else:
                pairs.append(_pair(item))
        return tuple(pairs)
    return None


def _pair(item: dict[str, Any]) -> Pair:
    return Pair(
        name=as_text(item.get("key", "")),
        value=as_text(item.get("value", "")),
        disabled=item.get("disabled") is True,
    )


def _body(value: Any) -> tuple[Body | None] | None:
    """A body in a tuple of one; None when it cannot be said."""
    if value is None:
        return (None,)
    if isinstance(value, str):
        return (Body(text=TextBody(content=value), content_type="text/plain"),)
    if not isinstance(value, dict):
        return None
    mode = value.get("mode")
    content = value.get(str(mode))
    if mode == "raw" and isinstance(content, str):
        language = "text"
        options = value.get("options")
        if isinstance(options, dict) and isinstance(options.get("raw"), dict):
            language = str(options["raw"].get("language", "text"))
        kind = _CONTENT_TYPES.get(language, "text/plain")
        return (Body(text=TextBody(content=content), content_type=kind),)
    if mode == "urlencoded" and isinstance(content, list):
        if not all(isinstance(item, dict) for item in content):
            return None
        return (Body(urlencoded=FormBody(fields=tuple(_pair(item) for item in content))),)
    return None
