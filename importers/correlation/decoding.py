"""Texts inside texts: decoded forms that remember where each character stands in the raw text."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_JSON_TOKEN = re.compile(
    r'\s*(?:(?P<string>"(?:[^"\\]|\\.)*")|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)'
    r"|(?P<word>true|false|null)|(?P<mark>[\[\]{},:]))",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Span:
    """A decoded text; `starts[i]` is the place of its character i in the raw text, and the last
    number is the end."""

    text: str
    starts: tuple[int, ...]
    encodings: tuple[str, ...] = ()
    """`url` or `json`, outermost first."""

    @classmethod
    def of(cls, text: str, start: int = 0) -> Span:
        """A text that stands as it is, from `start` on."""
        return cls(text, tuple(range(start, start + len(text) + 1)))

    def part(self, start: int, end: int) -> Span:
        """The characters from start to end."""
        return Span(self.text[start:end], self.starts[start : end + 1], self.encodings)

    @property
    def place(self) -> tuple[int, int]:
        """Start and end in the raw text."""
        return self.starts[0], self.starts[-1]


def percent_decoded(span: Span, *, plus: bool) -> Span | None:
    """The span with percent escapes decoded; None when it holds none or they are no UTF-8."""
    text = span.text
    if "%" not in text and not (plus and "+" in text):
        return None
    characters: list[str] = []
    starts: list[int] = []
    at = 0
    while at < len(text):
        starts.append(span.starts[at])
        escaped = re.match(r"(?:%[0-9a-fA-F]{2})+", text[at : at + 12])
        if escaped is None:
            characters.append(" " if plus and text[at] == "+" else text[at])
            at += 1
            continue
        data = bytes.fromhex(escaped[0].replace("%", ""))
        length = _utf8_length(data[0])
        try:
            characters.append(data[:length].decode())
        except UnicodeDecodeError:
            return None
        at += 3 * length
    starts.append(span.starts[-1])
    return Span("".join(characters), tuple(starts), (*span.encodings, "url"))


def _utf8_length(first: int) -> int:
    return 1 if first < 0x80 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4


@dataclass(frozen=True, slots=True)
class JsonLeaf:
    """A string or number of a JSON text, with the keys above it."""

    span: Span
    keys: tuple[str, ...]
    is_string: bool


def json_leaves(span: Span) -> Iterator[JsonLeaf]:
    """Strings and numbers of a JSON text in order; nothing when it is no JSON."""
    text = span.text
    if text.lstrip()[:1] not in ("{", "["):
        return
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return
    keys: list[str] = []
    maps: list[bool] = []
    expects_key = False
    for token in _JSON_TOKEN.finditer(text):
        mark = token["mark"]
        if mark in ("{", "["):
            maps.append(mark == "{")
            keys.append("")
            expects_key = mark == "{"
        elif mark in ("}", "]"):
            maps.pop()
            keys.pop()
        elif mark == ",":
            expects_key = maps[-1]
        elif token["string"] is not None and expects_key:
            keys[-1] = json.loads(token["string"], strict=False)
            expects_key = False
        elif token["string"] is not None:
            start, end = token.span("string")
            inner = _unescaped(span.part(start + 1, end - 1))
            yield JsonLeaf(inner, tuple(key for key in keys if key), True)
        elif token["number"] is not None:
            yield JsonLeaf(span.part(*token.span("number")), tuple(k for k in keys if k), False)


def _unescaped(span: Span) -> Span:
    encodings = (*span.encodings, "json")
    if "\\" not in span.text:
        return Span(span.text, span.starts, encodings)
    characters: list[str] = []
    starts: list[int] = []
    at = 0
    while at < len(span.text):
        starts.append(span.starts[at])
        if span.text[at] != "\\":
            characters.append(span.text[at])
            at += 1
        elif span.text[at + 1] == "u":
            characters.append(chr(int(span.text[at + 2 : at + 6], 16)))
            at += 6
        else:
            characters.append(_ESCAPES.get(span.text[at + 1], span.text[at + 1]))
            at += 2
    starts.append(span.starts[-1])
    return Span("".join(characters), tuple(starts), encodings)


_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")


def base64_text(text: str) -> str | None:
    """What a base64 or base64url text means when that is printable text; else None."""
    if len(text) > 20_000 or not _BASE64.fullmatch(text):
        return None
    bare = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        data = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
        decoded = data.decode()
    except (binascii.Error, ValueError):
        return None
    return decoded if decoded.isprintable() and len(decoded) >= 4 else None
