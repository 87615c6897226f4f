"""Counts the elements of a Postman file without the importer: the other side of the law of
conservation. It knows the raw JSON only."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

ITEM_FIELDS = {
    *("id", "uid", "name", "description", "variable", "event", "request"),
    *("response", "item", "auth", "protocolProfileBehavior", "order", "at", "unordered"),
}
REQUEST_FIELDS = {
    *("url", "method", "header", "body", "data", "auth", "description", "proxy", "certificate"),
    *("id", "name"),
}
ROOT_FIELDS = {
    *("info", "item", "variable", "auth", "event", "id", "uid", "name"),
    *("protocolProfileBehavior", "description", "order"),
}
MODES = ("raw", "urlencoded", "formdata", "file", "graphql")
HEADER_LINE = re.compile(r"^\s*(//\s*)?([^:\s]+)\s*:(.*)$")


def count_elements(value: Any) -> Counter[str]:
    """Kind of element -> how many the file holds."""
    if isinstance(value, dict) and "collection" in value:
        value = value["collection"]
    counts: Counter[str] = Counter()
    if "info" not in value and isinstance(value.get("requests"), list):
        _version1(value, counts)
    else:
        _unknown(value, ROOT_FIELDS, counts)
        _owner(value, counts)
        _items(value.get("item"), counts)
    return +counts


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _first(value: dict[str, Any], *names: str) -> Any:
    return next((value[name] for name in names if value.get(name) is not None), None)


def _unknown(value: dict[str, Any], known: set[str], counts: Counter[str]) -> None:
    counts["element"] += sum(
        1
        for key, inner in value.items()
        if key not in known and not key.startswith("_") and inner not in (None, [], {})
    )


def _owner(value: dict[str, Any], counts: Counter[str]) -> None:
    counts["variable"] += len(_list(value.get("variable")))
    counts["script"] += len(_list(value.get("event")))
    counts["auth"] += value.get("auth") is not None
    behaviour = value.get("protocolProfileBehavior")
    counts["behaviour"] += len(behaviour) if isinstance(behaviour, dict) else 0
    counts["example"] += len(_list(_first(value, "response", "responses")))


def _items(items: Any, counts: Counter[str]) -> None:
    for item in _list(items):
        if not isinstance(item, dict):
            counts["request"] += 1
            continue
        _unknown(item, ITEM_FIELDS, counts)
        _owner(item, counts)
        if isinstance(item.get("item"), list):
            counts["folder"] += 1
            counts["request"] += item.get("request") is not None
            _items(item["item"], counts)
        else:
            counts["request"] += 1
            _request(item.get("request"), counts)


def _request(request: Any, counts: Counter[str]) -> None:
    if not isinstance(request, dict):
        _url(request, counts)
        return
    _unknown(request, REQUEST_FIELDS, counts)
    counts["auth"] += request.get("auth") is not None
    counts["proxy"] += isinstance(request.get("proxy"), dict)
    counts["certificate"] += isinstance(request.get("certificate"), dict)
    _url(request.get("url"), counts)
    _headers(request.get("header"), counts)
    body = request.get("body")
    early = request.get("data")
    if body is None and isinstance(early, dict) and isinstance(early.get("mode"), str):
        body = early
    _body(body, counts)


def _pieces(text: Any) -> int:
    before = text.partition("#")[0] if isinstance(text, str) else ""
    return len(before.partition("?")[2].split("&")) if "?" in before else 0


def _url(url: Any, counts: Counter[str]) -> None:
    if not isinstance(url, dict):
        counts["query"] += _pieces(url)
        return
    counts["path variable"] += len(_list(url.get("variable")))
    query = url.get("query")
    host, path = url.get("host"), url.get("path")
    by_parts = bool(path) or bool("".join(map(str, host)) if isinstance(host, list) else host)
    if query or by_parts:
        pieces = query.split("&") if isinstance(query, str) else query
        counts["query"] += len(pieces) if isinstance(pieces, (list, dict)) else 0
    else:
        counts["query"] += _pieces(url.get("raw"))


def _headers(headers: Any, counts: Counter[str]) -> None:
    if isinstance(headers, str):
        counts["header"] += sum(bool(HEADER_LINE.match(line)) for line in headers.splitlines())
    counts["header"] += len(_list(headers))


def _body(body: Any, counts: Counter[str]) -> None:
    counts["body"] += isinstance(body, (str, dict))
    if isinstance(body, dict):
        mode = body.get("mode")
        if mode in ("urlencoded", "formdata"):
            counts["field"] += len(_list(body.get(mode)))
        counts["stale body"] += sum(1 for other in MODES if other != mode and body.get(other))


def _version1(value: dict[str, Any], counts: Counter[str]) -> None:
    _version1_owner(value, counts)
    for folder in _list(value.get("folders")):
        if isinstance(folder, dict):
            counts["folder"] += 1
            _version1_owner(folder, counts)
    for request in value["requests"]:
        if isinstance(request, dict):
            counts["request"] += 1
            _version1_owner(request, counts)
            _version1_request(request, counts)


def _version1_owner(value: dict[str, Any], counts: Counter[str]) -> None:
    counts["variable"] += len(_list(_first(value, "variables", "variable")))
    behaviour = value.get("protocolProfileBehavior")
    counts["behaviour"] += len(behaviour) if isinstance(behaviour, dict) else 0
    legacy = bool(value.get("tests")) + bool(value.get("preRequestScript"))
    counts["script"] += legacy or len(_list(value.get("events")))
    if "currentHelper" in value or value.get("helperAttributes"):
        counts["auth"] += value.get("currentHelper") not in (None, "", "normal")
    else:
        counts["auth"] += isinstance(value.get("auth"), dict)


def _version1_request(request: dict[str, Any], counts: Counter[str]) -> None:
    counts["example"] += len(_list(request.get("responses")))
    listed = [one.get("key") for one in _list(request.get("pathVariableData"))]
    named = request.get("pathVariables")
    extra = [key for key in named or () if key not in listed] if isinstance(named, dict) else []
    counts["path variable"] += len(listed) + len(extra)
    query = _list(request.get("queryParams"))
    counts["query"] += len(query) or _pieces(request.get("url"))
    data = [one.get("key") for one in _list(request.get("headerData"))]
    lines = [HEADER_LINE.match(line) for line in str(request.get("headers") or "").splitlines()]
    counts["header"] += len(data) + sum(
        1 for line in lines if line is not None and line.group(2) not in data
    )
    if "dataMode" in request and request["dataMode"] is None:
        return
    filled = request.get("data") or request.get("rawModeData") or request.get("graphqlModeData")
    if filled or request.get("dataMode"):
        counts["body"] += 1
        if request.get("dataMode") in ("params", "urlencoded"):
            counts["field"] += len(_list(request.get("data") or request.get("rawModeData")))
