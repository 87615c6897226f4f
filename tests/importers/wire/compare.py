"""Comparison of captured requests at three levels.

1: method, percent-decoded target, body by meaning; 2: method, exact target, Content-Type, exact
body (multipart boundaries normalised), Authorization; 3: also all other headers that a person
writes, names in any case, in any order.
"""

from __future__ import annotations

import json
import re
from itertools import zip_longest
from urllib.parse import parse_qsl, unquote

from tests.support.capture import Captured

_CLIENT_HEADERS = frozenset(
    (
        "user-agent",
        "accept",
        "accept-encoding",
        "connection",
        "content-length",
        "host",
        "content-type",
        "expect",
        "transfer-encoding",
        "upgrade",
        "http2-settings",
        "authorization",
    )
)
"""Not compared at level 3: made by the client, or part of level 2."""
_INNER_BOUNDARY = re.compile(r"boundary=(-{24}[0-9a-f]{16})")
_OF_THE_MOMENT = re.compile(r"Signature=\S+|/\d{8}/|NTLM .*")


def _normalised(request: Captured) -> tuple[list[str], str]:
    """Content types and body with every boundary replaced."""
    types, body = request.values("content-type"), request.body.decode("latin-1")
    for content_type in list(types):
        for quoted, bare in re.findall(r'boundary=(?:"([^"]+)"|([^";]+))', content_type):
            boundary = quoted or bare
            types = [value.replace(boundary, "BOUNDARY").replace('"', "") for value in types]
            body = body.replace(boundary, "BOUNDARY")
    for inner in set(_INNER_BOUNDARY.findall(body)):
        body = body.replace(inner, "INNER")
    return types, body


def level_two(request: Captured) -> dict[str, object]:
    """What is equal at level 2."""
    types, body = _normalised(request)
    authorization = [_OF_THE_MOMENT.sub("*", v) for v in request.values("authorization")]
    return {
        "method": request.method,
        "target": request.target,
        "content-type": types,
        "body": body,
        "authorization": authorization,
    }


def level_one(request: Captured) -> dict[str, object]:
    """What is equal at level 1."""
    types, body = _normalised(request)
    meaning: object = body
    if any("json" in value for value in types):
        try:
            meaning = json.loads(body)
        except ValueError:
            meaning = body
    elif any("urlencoded" in value for value in types):
        meaning = parse_qsl(body, keep_blank_values=True) or body
    return {"method": request.method, "target": unquote(request.target), "body": meaning}


def level_three(request: Captured) -> list[tuple[str, str]]:
    """The headers that a person writes."""
    return sorted(
        (name.lower(), value)
        for name, value in request.headers
        if name.lower() not in _CLIENT_HEADERS
    )


def difference(truth: list[Captured], ours: list[Captured]) -> tuple[int, str]:
    """(highest level at which all requests are equal, the first difference)."""
    level, first = 3, ""
    for index, (one, other) in enumerate(zip_longest(truth, ours)):
        if one is None or other is None:
            return 0, f"{len(truth)} requests were sent, ours are {len(ours)}"
        left, right = level_two(one), level_two(other)
        if left != right:
            what = next(key for key in left if left[key] != right[key])
            same_meaning = level_one(one) == level_one(other)
            return int(
                same_meaning
            ), f"request {index + 1}, {what}: {left[what]!r} | {right[what]!r}"
        if level == 3 and level_three(one) != level_three(other):
            level, first = 2, f"{level_three(one)!r} | {level_three(other)!r}"
    return level, first
