"""Plain values as YAML text, for plans of many megabytes: ten times the speed of PyYAML's dumper.

Texts that any YAML reader would take for something else are quoted, texts of several lines are
literal blocks, nothing is folded; keys keep their order; there are no anchors and no tags.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

_PLAIN = re.compile(r"(?!.*(?:: | #|[: ]$))[A-Za-z/_$(][^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]*")
"""Texts that stand as they are; every word that YAML gives a meaning is in `_WORDS`."""
_WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null"])
_ESCAPED = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""What stands in no text of one line, and a tab or line feed only within quotes and blocks."""
_IN_QUOTES = re.compile(r'[\x00-\x1f"\\\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]')
_NOT_IN_BLOCK = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
LONGEST_KEY = 500
"""Characters; YAML readers take a key on the line of its value up to 1024."""
_LONGEST_KNOWN = 64
"""Characters of a text whose written form is kept for the next one."""

# Faster than `list | tuple`, which makes a union at every use.
_LISTS = (list, tuple)
_Write = Callable[[str], None]


def yaml_of(value: Any) -> str:
    """YAML text of dicts, lists, texts, numbers, booleans and None."""
    out: list[str] = []
    writer = _Writer(out.append)
    if isinstance(value, dict) and value:
        writer.mapping(value, 0, "")
    elif isinstance(value, list | tuple) and value:
        writer.sequence(value, 0, "")
    else:
        out.append(writer.inline(value, 2) + "\n")
    return "".join(out)


class _Writer:
    def __init__(self, write: _Write) -> None:
        self.write = write
        self.known: dict[str, str] = {}

    def mapping(self, value: dict[Any, Any], indent: int, first: str) -> None:
        """Writes a mapping; `first` stands before its first key in place of the indentation."""
        margin = " " * indent
        before = first or margin
        for key, inner in value.items():
            name = self.known.get(key) or self.line(str(key))
            if len(name) > LONGEST_KEY:
                self.write(f"{before}? {name}\n")
                before, name = margin, ""
            if inner and isinstance(inner, dict):
                self.write(f"{before}{name}:\n")
                self.mapping(inner, indent + 2, "")
            elif inner and isinstance(inner, _LISTS):
                self.write(f"{before}{name}:\n")
                self.sequence(inner, indent, "")
            else:
                self.write(f"{before}{name}: {self.inline(inner, indent + 2)}\n")
            before = margin

    def sequence(self, value: list[Any] | tuple[Any, ...], indent: int, first: str) -> None:
        """Writes a list; `first` as for a mapping."""
        margin = " " * indent
        before = first or margin
        for inner in value:
            if inner and isinstance(inner, dict):
                self.mapping(inner, indent + 2, f"{before}- ")
            elif inner and isinstance(inner, _LISTS):
                self.sequence(inner, indent + 2, f"{before}- ")
            else:
                self.write(f"{before}- {self.inline(inner, indent + 2)}\n")
            before = margin

    def inline(self, value: Any, indent: int) -> str:
        """What holds nothing, without the line feed at its end."""
        if isinstance(value, str):
            if value in self.known:
                return self.known[value]
            return _block(value, indent) if "\n" in value else self.line(value)
        if value is None:
            return "null"
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, dict):
            return "{}"
        if isinstance(value, _LISTS):
            return "[]"
        return str(value)

    def line(self, text: str) -> str:
        """A text on one line."""
        made = self.known.get(text)
        if made is None:
            made = _line(text)
            if len(text) <= _LONGEST_KNOWN:
                self.known[text] = made
        return made


def _line(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    if "\n" in text or _ESCAPED.search(text):
        return f'"{_IN_QUOTES.sub(_escape, text)}"'
    quoted = text.replace("'", "''")
    return f"'{quoted}'"


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    code = ord(character)
    if character in '"\\':
        return f"\\{character}"
    named = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(character)
    return named or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")


def _block(text: str, indent: int) -> str:
    """A literal block; a quoted text where a block could not hold it."""
    if text[0] in " \n\t" or _NOT_IN_BLOCK.search(text):
        return _line(text)
    margin = " " * indent
    ends = "" if text.endswith("\n") and not text.endswith("\n\n") else "+"
    mark = "|" if text.endswith("\n") else "|-"
    mark += ends if mark == "|" else ""
    lines = text[:-1].split("\n") if mark != "|-" else text.split("\n")
    return f"{mark}\n" + "\n".join(f"{margin}{line}" if line else "" for line in lines)
