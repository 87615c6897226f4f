"""Recorded request bodies, repaired.

Producers write the same body in different ways: Chrome leaves file bytes out, Firefox writes bytes
as Latin-1 characters, Charles writes only form fields and files as base64. The recorded
Content-Length tells which of them it is.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from hazard_tui.plan.base import Pair
from hazard_tui.plan.findings import FindingSeverity
from hazard_tui.plan.request import Body, BytesBody, FormBody, FormEncoding, TextBody
from hazard_tui.plan.urls import form_encoded
from importers.har.entry import Entry
from importers.har.forms import boundary_of, length_of, parts_from_params, parts_from_text

FORM_TYPE = "application/x-www-form-urlencoded"


@dataclass(slots=True)
class Problem:
    """Something that a person has to know about a body."""

    code: str
    what: str
    severity: FindingSeverity
    fix: str = ""


@dataclass(slots=True)
class Repaired:
    """The body for the plan and how it was found."""

    body: Body | None = None
    replaces_content_type: bool = False
    """The Content-Type header is made by the engine from the body."""
    reason: str = ""
    """How the body differs from what stands in the file; empty: it does not."""
    not_runnable: str = ""
    problems: list[Problem] = field(default_factory=list)


def repaired_body(entry: Entry) -> Repaired:
    """The body of an entry as it was sent."""
    post = entry.post
    expected = _content_length(entry)
    if post.empty:
        return _nothing(expected)
    content_type = entry.header("content-type") or post.mime_type
    kind = content_type.split(";", 1)[0].strip().lower()
    data, reason = _bytes(entry, expected)
    if kind.startswith("multipart/") and boundary_of(content_type):
        return _multipart(entry, content_type, data, expected, reason)
    if kind == FORM_TYPE:
        result = _urlencoded(entry, data, expected, reason)
    elif data is None:
        result = Repaired(
            _form(entry, FormEncoding.PLUS), reason="made of the recorded form fields"
        )
    else:
        result = Repaired(_plain(data), reason=reason)
        result.problems += _lost(len(data), expected, entry)
    if result.body is not None and entry.header("content-type") is None and post.mime_type:
        result.body = result.body.model_copy(update={"content_type": post.mime_type})
    elif result.body is not None and result.body.urlencoded is not None:
        result.replaces_content_type = content_type.strip().lower() == FORM_TYPE
    return result


def _content_length(entry: Entry) -> int | None:
    if entry.header("content-encoding"):
        return None
    value = (entry.header("content-length") or "").strip()
    return int(value) if value.isdigit() and len(value) < 16 else None


def _nothing(expected: int | None) -> Repaired:
    if not expected:
        return Repaired()
    why = f"the recording lost its body of {expected} bytes"
    problem = Problem(
        "lost-body", why, FindingSeverity.ERROR, "record it again with bodies, or write the body"
    )
    return Repaired(not_runnable=why, problems=[problem])


def _bytes(entry: Entry, expected: int | None) -> tuple[bytes | None, str]:
    """The bytes behind `postData.text` and how they were found; None without a text."""
    post = entry.post
    if not post.text:
        return None, ""
    if post.base64:
        try:
            return base64.b64decode(post.text, validate=False), "decoded from base64"
        except (binascii.Error, ValueError):
            pass
    data = post.text.encode("utf-8", "replace")
    if expected is not None and len(data) != expected:
        try:
            narrow = post.text.encode("latin-1")
        except UnicodeEncodeError:
            narrow = b""
        if len(narrow) == expected:
            return narrow, "bytes that the recorder wrote as Latin-1 characters"
    return data, ""


def _plain(data: bytes) -> Body:
    try:
        return Body(text=TextBody(content=data.decode("utf-8")))
    except UnicodeDecodeError:
        return Body(bytes=BytesBody(content=data))


def _lost(length: int, expected: int | None, entry: Entry) -> list[Problem]:
    if expected is None or length == expected:
        return []
    what = f"the body has {length} bytes, but {expected} were sent"
    return [
        Problem("lost-body", what, FindingSeverity.WARNING, "compare the body with what is sent")
    ]


def _multipart(
    entry: Entry, content_type: str, data: bytes | None, expected: int | None, reason: str
) -> Repaired:
    boundary = boundary_of(content_type)
    if data is not None:
        form = parts_from_text(data, boundary, expected)
        if form is None:
            result = Repaired(_plain(data), reason=reason)
            result.problems += _lost(len(data), expected, entry)
            return result
    else:
        form = parts_from_params(entry.post.params, boundary, expected)
        reason = "made of the recorded form fields"
    subtype = content_type.split(";", 1)[0].strip().lower().removeprefix("multipart/")
    body = form.body("" if subtype == "form-data" else subtype)
    result = Repaired(
        body, replaces_content_type=True, reason=reason or "its boundary is made anew"
    )
    for name, size in form.lost:
        what = f"the recording lost the content of the file {name!r}"
        fix = f"put the file {name!r} beside the plan; until then {size} zero bytes are sent"
        result.problems.append(Problem("lost-file", what, FindingSeverity.WARNING, fix))
    if not form.lost:
        known = length_of(form.parts, boundary) if data is None else len(data)
        result.problems += _lost(known, expected, entry)
    return result


def _urlencoded(entry: Entry, data: bytes | None, expected: int | None, reason: str) -> Repaired:
    if data is None:
        for encoding in (FormEncoding.PLUS, FormEncoding.PERCENT_20, FormEncoding.NONE):
            body = _form(entry, encoding)
            length = len(_written(body, encoding).encode("utf-8", "replace"))
            if expected is None or length == expected:
                return Repaired(body, reason="made of the recorded form fields")
        body = _form(entry, FormEncoding.PLUS)
        length = len(_written(body, FormEncoding.PLUS))
        return Repaired(
            body,
            reason="made of the recorded form fields",
            problems=_lost(length, expected, entry),
        )
    text = data.decode("utf-8", "replace")
    result = Repaired(_form_of_text(text) or _plain(data), reason=reason)
    result.problems += _lost(len(data), expected, entry)
    return result


def _form(entry: Entry, encoding: FormEncoding) -> Body:
    fields = tuple(
        Pair(name=param.name, value=param.value or "")
        for param in entry.post.params
        if param.name is not None
    )
    return Body(urlencoded=FormBody(fields=fields, encoding=encoding))


def _form_of_text(text: str) -> Body | None:
    """Decoded fields when encoding them again gives the text, else encoded ones; None: no form."""
    pieces = text.split("&")
    if not all("=" in piece for piece in pieces) or re.search(r"[\s\x00-\x1f]", text):
        return None
    raw = [piece.partition("=") for piece in pieces]
    decoded: list[Pair] = []
    for name, _, value in raw:
        pair = _decoded(name), _decoded(value)
        if None in pair:
            break
        decoded.append(Pair(name=pair[0] or "", value=pair[1] or ""))
    else:
        for encoding in (FormEncoding.PLUS, FormEncoding.PERCENT_20):
            body = Body(urlencoded=FormBody(fields=tuple(decoded), encoding=encoding))
            if _written(body, encoding) == text:
                return body
    fields = tuple(Pair(name=name, value=value) for name, _, value in raw)
    return Body(urlencoded=FormBody(fields=fields, encoding=FormEncoding.NONE))


def _decoded(text: str) -> str | None:
    try:
        return unquote_to_bytes(text.replace("+", " ")).decode("utf-8")
    except UnicodeDecodeError:
        return None


def _written(body: Body, encoding: FormEncoding) -> str:
    """How a form is sent; the two encodings of browsers and of Postman."""
    fields = body.urlencoded.fields if body.urlencoded is not None else ()

    def one(text: str) -> str:
        return form_encoded(text, encoding)

    return "&".join(f"{one(field.name)}={one(field.value)}" for field in fields)
