"""Texts of a request that could come from an earlier answer, with the places where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from hazard_tui.plan.request import FormEncoding, Request
from importers.correlation.decoding import Span, base64_text, json_leaves, percent_decoded
from importers.correlation.tokens import token_spans


class Part(StrEnum):
    """Where in a request a text stands."""

    URL = "URL"
    PATH = "path"
    QUERY = "query"
    HEADER = "header"
    COOKIE = "cookie"
    FORM = "form field"
    BODY = "body"
    MULTIPART = "multipart field"


Field = tuple[str, int]
"""(`url`, 0), (`header`, index), (`text`, 0), (`form`, index) or (`part`, index)."""


@dataclass(frozen=True, slots=True)
class Use:
    """One text and where it stands."""

    text: str
    step: int
    """Index among the recorded steps."""
    field: Field
    start: int
    end: int
    """Place in the raw text of the field."""
    part: Part
    name: str
    """Name of the query parameter, header or field; of a path segment the segment before it."""
    whole: bool
    """False: it stands inside a longer value."""
    encodings: tuple[str, ...] = ()
    """What is done to the value, outermost first: `url`, `json`."""
    inside_base64: tuple[int, int] | None = None
    """Start and end of the value in the text that the raw text is the base64 of."""
    prefix: str = ""
    """For paths: what stands before it in the path."""

    @property
    def label(self) -> str:
        """For people."""
        return f"{self.part} {self.name}".strip()


_UNUSED_HEADERS_TEXT = """
host user-agent accept accept-encoding accept-language content-type content-length referer
origin connection cache-control pragma upgrade-insecure-requests dnt te priority
x-requested-with range
"""
_UNUSED_HEADERS = frozenset(_UNUSED_HEADERS_TEXT.split())
_XML_TEXT = re.compile(
    r"<(?:[\w-]+:)?(?P<name>[\w.-]+)(?:\s[^<>]*)?>(?P<text>[^<>]+)</|"
    r"(?<=\s)(?:[\w-]+:)?(?P<key>[\w.-]+)=[\"'](?P<value>[^\"'<>]+)[\"']"
)
_PAIR = re.compile(r"(?:^|[?&;])([\w.\[\]-]+)=([^&;\s#]+)")
_MAX_TEXT = 256 * 1024
_MAX_LEVEL = 4
_MAX_URL = 16_384


def uses_of(request: Request, step: int) -> list[Use]:
    """Every text of a request that could be a value, longer ones before their parts."""
    return list(_Walker(step).walk(request))


@dataclass(frozen=True, slots=True)
class _Walker:
    step: int

    def walk(self, request: Request) -> Iterator[Use]:
        yield from self._url(request.url)
        for index, header in enumerate(request.headers):
            name = header.name.lower()
            if name == "cookie":
                yield from self._cookies(header.value, index)
            elif name not in _UNUSED_HEADERS and not name.startswith("sec-"):
                field = ("header", index)
                yield from self._explode(Span.of(header.value), field, Part.HEADER, header.name)
        yield from self._body(request)

    def _body(self, request: Request) -> Iterator[Use]:
        body = request.body
        if body is None:
            return
        if body.text is not None:
            if len(body.text.content) <= _MAX_TEXT:
                yield from self._text(Span.of(body.text.content), ("text", 0), Part.BODY, "")
        elif body.urlencoded is not None:
            raw = body.urlencoded.encoding is FormEncoding.NONE
            for index, pair in enumerate(body.urlencoded.fields):
                span = Span.of(pair.value)
                if raw:
                    span = percent_decoded(span, plus=True) or span
                yield from self._explode(span, ("form", index), Part.FORM, pair.name)
        elif body.multipart is not None:
            for index, part in enumerate(body.multipart.parts):
                if part.text is not None and len(part.text) <= _MAX_TEXT:
                    field = ("part", index)
                    yield from self._explode(Span.of(part.text), field, Part.MULTIPART, part.name)

    def _url(self, url: str) -> Iterator[Use]:
        if len(url) > _MAX_URL:
            return
        field = ("url", 0)
        origin = re.match(r"[\w.+-]+://[^/?#]*", url)
        start = origin.end() if origin else 0
        query = url.find("?", start)
        end = len(url) if query < 0 else query
        yield Use(url, self.step, field, 0, len(url), Part.URL, "", True)
        if query >= 0:
            yield Use(url[start:], self.step, field, start, len(url), Part.URL, "", True)
        yield Use(url[start:end], self.step, field, start, end, Part.URL, "", True)
        before = ""
        for found in re.finditer(r"[^/;]+", url[start:end]):
            span = Span.of(found[0], start + found.start())
            span = percent_decoded(span, plus=False) or span
            prefix = url[start : start + found.start()]
            yield from self._explode(span, field, Part.PATH, before, prefix=prefix)
            before = span.text
        if query >= 0:
            for found in re.finditer(r"([^&=]*)=([^&]*)", url[query + 1 :]):
                span = Span.of(found[2], query + 1 + found.start(2))
                span = percent_decoded(span, plus=True) or span
                yield from self._explode(span, field, Part.QUERY, found[1])

    def _cookies(self, value: str, index: int) -> Iterator[Use]:
        for found in re.finditer(r"([^=;\s]+)=([^;]*)", value):
            span = Span.of(found[2], found.start(2))
            yield from self._explode(span, ("header", index), Part.COOKIE, found[1])

    def _text(
        self, span: Span, field: Field, part: Part, name: str, level: int = 0
    ) -> Iterator[Use]:
        """A text of a known or guessed language: JSON, XML, or anything."""
        start = span.text.lstrip()[:1]
        if start in ("{", "["):
            found = False
            for leaf in json_leaves(span):
                found = True
                label = leaf.keys[-1] if leaf.keys else name
                yield from self._explode(leaf.span, field, part, label, level + 1)
            if found:
                return
        if start == "<":
            for match in _XML_TEXT.finditer(span.text):
                group, key = ("text", "name") if match["text"] is not None else ("value", "key")
                inner = span.part(*match.span(group))
                yield from self._explode(inner, field, part, match[key], level + 1)
            return
        yield from self._explode(span, field, part, name, level + 1)

    def _explode(
        self, span: Span, field: Field, part: Part, name: str, level: int = 0, *, prefix: str = ""
    ) -> Iterator[Use]:
        """A value and what stands inside it."""
        text = span.text
        if not text:
            return
        start, end = span.place
        yield Use(
            text, self.step, field, start, end, part, name, True, span.encodings, None, prefix
        )
        if not 4 <= len(text) <= _MAX_TEXT or level > _MAX_LEVEL:
            return
        yield from self._base64(span, field, part, name)
        if text.lstrip()[:1] in ("{", "[", "<"):
            yield from self._text(span, field, part, name, level)
            return
        if text.startswith(("Basic ", "Bearer ", "Token ", "Digest ")):
            inner = span.part(text.index(" ") + 1, len(text))
            yield from self._explode(inner, field, part, name, level + 1)
        yield from self._pairs(span, field, part, level)
        decoded = percent_decoded(span, plus=False) if level else None
        if decoded is not None:
            yield from self._explode(decoded, field, part, name, level + 1)
        for first, last in token_spans(text):
            inner = span.part(first, last)
            begin, stop = inner.place
            yield Use(inner.text, self.step, field, begin, stop, part, name, False, span.encodings)

    def _pairs(self, span: Span, field: Field, part: Part, level: int) -> Iterator[Use]:
        if level >= _MAX_LEVEL or "=" not in span.text:
            return
        for found in _PAIR.finditer(span.text):
            inner = span.part(*found.span(2))
            decoded = percent_decoded(inner, plus=True)
            yield from self._explode(decoded or inner, field, part, found[1], level + 1)

    def _base64(self, span: Span, field: Field, part: Part, name: str) -> Iterator[Use]:
        decoded = base64_text(span.text)
        if decoded is None:
            return
        places = [(0, len(decoded)), *token_spans(decoded)]
        start, end = span.place
        for place in places:
            text = decoded[slice(*place)]
            whole = place == (0, len(decoded))
            yield Use(text, self.step, field, start, end, part, name, whole, span.encodings, place)
