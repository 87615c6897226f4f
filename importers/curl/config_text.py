"""curl's config files (`-K`), where their text is part of the paste.

Lines `option value`, `option = value`, `option: value`, with or without dashes; values may stand
in double quotes with backslash escapes; `#` begins a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from importers.curl.flags import SHORT
from importers.curl.words import Word

_LINE = re.compile(r"\s*(?P<option>[^\s=:]+)(?:[ \t]*[=:]?[ \t]*(?P<value>.*))?", re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"?')
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "v": "\v"}


@dataclass(frozen=True, slots=True)
class ConfigLine:
    """One option of a config file."""

    option: Word
    value: Word | None


def read_config(text: str, pointer: str) -> Iterator[ConfigLine]:
    """Options of a config text, in order; `pointer` is the place of the option that named it."""
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _LINE.match(line)
        if found is None:
            continue
        option = found["option"]
        if re.fullmatch(r"-[^-]", option):
            option = "--" + SHORT.get(option[1], option[1])
        elif not option.startswith("--"):
            option = "--" + option
        value = _value(found["value"] or "")
        yield ConfigLine(Word(option, pointer), None if value is None else Word(value, pointer))


def _value(text: str) -> str | None:
    if quoted := _QUOTED.match(text):
        return re.sub(r"\\(.)", lambda escape: _ESCAPES.get(escape[1], escape[1]), quoted[1])
    bare = text.strip()
    return bare.split()[0] if bare else None
