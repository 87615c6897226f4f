"""What a browser makes of the arguments of fetch() before it sends them (WHATWG Fetch and URL)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from hazard_tui.plan.request import FormEncoding
from hazard_tui.plan.urls import form_encoded, split_authority, split_scheme, without_dots

FORM_TYPE = "application/x-www-form-urlencoded;charset=UTF-8"
TEXT_TYPE = "text/plain;charset=UTF-8"
ENCODERS = {
    "encodeURIComponent": lambda text: quote(text, safe="-_.!~*'()"),
    "encodeURI": lambda text: quote(text, safe="-_.!~*'();/?:@&=+$,#"),
}
"""Functions of JavaScript that escape a text."""
_NORMALISED = frozenset(("DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"))
_DOT = re.compile(r"(?<=/)(?:\.|%2e){1,2}(?=/|$)", re.IGNORECASE)


class FormText(str):
    """The text of `URLSearchParams`, which brings its own Content-Type."""

    __slots__ = ()


def form_text(pairs: Iterable[tuple[str, str]]) -> FormText:
    """Pairs as the urlencoded serializer writes them; templates stay."""
    return FormText("&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in pairs))


def _encoded(text: str) -> str:
    pieces = re.split(r"(\{\{[^{}]*\}\})", text)
    return "".join(
        piece if number % 2 else form_encoded(piece, FormEncoding.PLUS)
        for number, piece in enumerate(pieces)
    )


def method_of(text: str) -> str:
    """Six methods are written in capitals, any other as it stands."""
    return text.upper() if text.upper() in _NORMALISED else text


def parsed_url(url: str) -> str:
    """A URL as the parser leaves it: no line ends or tabs, no dots in the path, / for \\."""
    url = re.sub(r"[\t\n\r]", "", url.strip("".join(map(chr, range(33)))))
    rest = split_scheme(url)[1]
    tail = split_authority(rest)[1]
    end = min((at for mark in "?#" if (at := tail.find(mark)) >= 0), default=len(tail))
    path = tail[:end].replace("\\", "/")
    path = without_dots(_DOT.sub(lambda dots: re.sub("%2e", ".", dots[0], flags=re.I), path))
    return url.removesuffix(tail) + path + tail[end:]


def stringified(value: Any, indent: Any = None) -> str:
    """What `JSON.stringify` gives for a value, without a replacer; indent: a number or a text."""
    space = indent[:10] if isinstance(indent, str) else " " * min(int(indent or 0), 10)
    return _written(value, space, "\n" if space else "")


def _written(value: Any, space: str, line: str) -> str:
    inner = line + space
    if isinstance(value, list) and value:
        return f"[{inner}{f',{inner}'.join(_written(one, space, inner) for one in value)}{line}]"
    if isinstance(value, dict) and value:
        colon = ": " if space else ":"
        members = (
            f"{_quoted(name)}{colon}{_written(one, space, inner)}" for name, one in value.items()
        )
        return f"{{{inner}{f',{inner}'.join(members)}{line}}}"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e21:
            return str(int(value))
        return re.sub(r"e([+-])0", r"e\1", repr(value))
    return _quoted(value)


def _quoted(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
