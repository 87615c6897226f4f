"""Multipart bodies out of a recording: parts from the recorded text or from form fields."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field

from hazard_tui.plan.base import Pair
from hazard_tui.plan.request import Body, FileMissing, FileRef, MultipartBody, Part
from importers.har.entry import Param

_BOUNDARY = re.compile(r"""boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))""", re.IGNORECASE)
_PARAMETER = re.compile(r';[ \t]*(name|filename)="((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_DEFAULT_HEADERS = ("content-disposition", "content-type")


@dataclass(slots=True)
class Form:
    """The parts of a body, and the files whose content the recorder left out."""

    parts: list[Part] = field(default_factory=list)
    lost: list[tuple[str, int]] = field(default_factory=list)
    """(file name, bytes that are missing; 0 when nobody knows)."""

    def body(self, subtype: str) -> Body:
        """The body for a plan; its boundary is made per request."""
        return Body(multipart=MultipartBody(parts=tuple(self.parts), subtype=subtype))


def boundary_of(content_type: str) -> str:
    """The boundary that a Content-Type names; empty when it names none."""
    found = _BOUNDARY.search(content_type)
    return (found[1] or found[2]) if found else ""


def parts_from_text(data: bytes, boundary: str, expected: int | None) -> Form | None:
    """Splits a recorded body; None when it does not read as multipart."""
    mark = b"\r\n--" + boundary.encode("utf-8", "replace")
    pieces = (b"\r\n" + data).split(mark)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        return None
    form = Form()
    empty: list[int] = []
    for piece in pieces[1:-1]:
        head, separator, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        if not separator:
            return None
        part = _part(head.decode("utf-8", "replace"), content)
        if part is None:
            return None
        if part.file_name and not content:
            empty.append(len(form.parts))
        form.parts.append(part)
    missing = (expected or 0) - len(data)
    if empty and missing > 0:
        _mark_lost(form, empty, missing)
    return form


def _part(head: str, content: bytes) -> Part | None:
    headers: list[Pair] = []
    disposition = content_type = ""
    for line in head.split("\r\n"):
        name, colon, value = line.partition(":")
        if not colon:
            return None
        if name.strip().lower() == "content-disposition":
            disposition = value
        elif name.strip().lower() == "content-type":
            content_type = value.strip()
        else:
            headers.append(Pair(name=name.strip(), value=value.strip()))
    names = {key.lower(): _unescaped(value) for key, value in _PARAMETER.findall(disposition)}
    if "name" not in names:
        return None
    part = Part(
        name=names["name"],
        file_name=names.get("filename", ""),
        content_type=content_type,
        headers=tuple(headers),
    )
    return part.model_copy(update=_source(content, is_file="filename" in names))


def _unescaped(text: str) -> str:
    return text.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")


def _source(content: bytes, *, is_file: bool) -> dict[str, object]:
    if is_file:
        return {"bytes": content}
    try:
        return {"text": content.decode("utf-8")}
    except UnicodeDecodeError:
        return {"bytes": content}


def _mark_lost(form: Form, empty: list[int], missing: int) -> None:
    """Empty files get a reference to a file; all missing bytes belong to the first one."""
    for number, index in enumerate(empty):
        size = missing if number == 0 else 0
        part = form.parts[index]
        form.parts[index] = _without_content(part, size)
        form.lost.append((part.file_name, size))


def _without_content(part: Part, size: int) -> Part:
    reference = FileRef(
        path=re.split(r"[/\\]", part.file_name)[-1],
        missing=FileMissing.GENERATE,
        generate_bytes=min(size, 2**32 - 1),
    )
    return part.model_copy(update={"bytes": None, "text": None, "file": reference})


def parts_from_params(params: list[Param], boundary: str, expected: int | None) -> Form:
    """Parts of recorded form fields. File contents are base64 when their length then fits the
    recorded Content-Length, or when nothing says otherwise."""
    decoded = _parts(params, decode=True)
    if expected is None or decoded.lost or length_of(decoded.parts, boundary) == expected:
        return _with_sizes(decoded, boundary, expected)
    plain = _parts(params, decode=False)
    return plain if length_of(plain.parts, boundary) == expected else decoded


def _parts(params: list[Param], *, decode: bool) -> Form:
    form = Form()
    for param in params:
        if param.name is None:
            continue
        part = Part(name=param.name, file_name=param.file_name, content_type=param.content_type)
        if not param.file_name:
            form.parts.append(part.model_copy(update={"text": param.value or ""}))
        elif param.value is None or param.value == "":
            form.parts.append(_without_content(part, 0))
            form.lost.append((param.file_name, 0))
        else:
            content = _base64(param.value) if decode else None
            if content is None:
                content = param.value.encode("utf-8", "replace")
            form.parts.append(part.model_copy(update={"bytes": content}))
    return form


def _with_sizes(form: Form, boundary: str, expected: int | None) -> Form:
    """Gives the first lost file the bytes that are missing."""
    missing = (expected or 0) - length_of(form.parts, boundary)
    if not form.lost or missing <= 0:
        return form
    index = next(i for i, part in enumerate(form.parts) if part.file is not None)
    form.parts[index] = _without_content(form.parts[index], missing)
    form.lost[0] = (form.lost[0][0], missing)
    return form


def _base64(text: str) -> bytes | None:
    try:
        return base64.b64decode(re.sub(r"\s+", "", text), validate=True)
    except (binascii.Error, ValueError):
        return None


def length_of(parts: list[Part], boundary: str) -> int:
    """Bytes of the body as browsers write it; files that are missing count nothing."""
    total = len(boundary) + 6
    for part in parts:
        head = f'Content-Disposition: form-data; name="{part.name}"'
        if part.file_name:
            head += f'; filename="{part.file_name}"'
        if part.content_type:
            head += f"\r\nContent-Type: {part.content_type}"
        for header in part.headers:
            head += f"\r\n{header.name}: {header.value}"
        content = part.bytes if part.bytes is not None else (part.text or "").encode()
        total += len(boundary) + 4 + len(head.encode("utf-8", "replace")) + 4 + len(content) + 2
    return total
