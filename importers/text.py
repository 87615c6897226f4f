"""Bytes as text: byte order marks, UTF-16 without one, and what to say when it is neither."""

from __future__ import annotations

import codecs
import re

from hazard_tui.errors import UnreadableInput

LARGEST_JSON_BYTES = 512 * 1024 * 1024

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(data: bytes) -> str:
    """The encoding that the first bytes show; UTF-8 when they show none."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    head = data[:4]
    if len(head) >= 2 and head[0] == 0 and head[1] != 0:
        return "utf-16-be"
    if len(head) >= 2 and head[0] != 0 and head[1] == 0:
        return "utf-16-le"
    return "utf-8"


def decode_json_text(data: bytes, name: str) -> str:
    """Text of a JSON file. Raises UnreadableInput when it is empty, huge or not Unicode."""
    if not data.strip():
        raise UnreadableInput(f"{name} is empty", hint="export it again")
    if len(data) > LARGEST_JSON_BYTES:
        raise UnreadableInput(
            f"{name} has {len(data)} bytes; at most {LARGEST_JSON_BYTES} are read as one document"
        )
    encoding = encoding_of(data)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as exc:
        raise UnreadableInput(
            f"{name} is not {encoding} text: byte {exc.start} cannot be read",
            hint="save the file as UTF-8",
        ) from exc


_HALF_CHARACTER = re.compile(
    r"(?<!\\)((?:\\\\)*)"
    r"(?:(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)


def whole_escapes(json_text: str) -> str:
    """JSON text whose escapes of half a character, as `\\ud83d` without its partner, are escapes of
    the replacement character: no UTF-8 text can hold a half."""
    if "\\ud" not in json_text and "\\uD" not in json_text:
        return json_text
    return _HALF_CHARACTER.sub(lambda found: found[1] + (found[2] or r"\ufffd"), json_text)
