"""Rewriting a commented plan file: new values, every comment of the old text kept.

Elements are matched by id, then by name, then by place, so that a comment stays with its element
when others are added, moved or removed. Comments whose element is gone stand at the file's end.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import LiteralScalarString

from hazard_tui.plan import yaml_text
from hazard_tui.plan.unchanged import NAMING_KEYS, Reduced

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_MAY_BEGIN = re.compile(r"(?m)(?:^|[ \t])#")
_ORPHANS = "# Comments of elements that are no longer in the plan:"


def comment_lines(text: str) -> list[str]:
    """The comments of a YAML text in order, without their `#` and surrounding space."""
    lines = text.splitlines()
    taken: list[list[tuple[int, int]]] = [[] for _ in range(len(lines) + 1)]
    for token in yaml.scan(text, Loader=_Loader):
        if isinstance(token, yaml.ScalarToken):
            _mark_taken(taken, lines, token.start_mark, token.end_mark)
    found = []
    for number, line in enumerate(lines):
        at = _comment_start(line, taken[number])
        if at is not None:
            found.append(line[at + 1 :].strip())
    return found


def _mark_taken(taken: list[list[tuple[int, int]]], lines: list[str], start: Any, end: Any) -> None:
    for number in range(start.line, min(end.line, len(lines) - 1) + 1):
        first = start.column if number == start.line else 0
        last = end.column if number == end.line else len(lines[number])
        if last > first:
            taken[number].append((first, last))


def _comment_start(line: str, taken: list[tuple[int, int]]) -> int | None:
    at = line.find("#")
    while at != -1:
        free = not any(first <= at < last for first, last in taken)
        if free and (at == 0 or line[at - 1] in " \t"):
            return at
        at = line.find("#", at + 1)
    return None


def has_comments(text: str) -> bool:
    """True when the YAML text holds a comment; False also for text that is not YAML."""
    if text.startswith("#"):
        return True
    if not _MAY_BEGIN.search(text):
        return False
    try:
        return bool(comment_lines(text))
    except yaml.YAMLError:
        return False


def rewrite(old: str, value: dict[str, Any]) -> str:
    """The old text with its values replaced by `value`."""
    try:
        reduced = Reduced(old, value)
    except yaml.YAMLError:
        # The old file is broken, so its comments have no place; saving goes on without them.
        return yaml_text.dump(value)
    return reduced.whole(_round_trip(reduced.text, reduced.value))


def _round_trip(old: str, value: dict[str, Any]) -> str:
    parser = YAML(typ="rt")
    parser.preserve_quotes = True
    parser.width = 100
    parser.indent(mapping=2, sequence=2, offset=0)
    try:
        tree = parser.load(old)
    except YAMLError:
        # Broken in the eyes of this reader only.
        return yaml_text.dump(value)
    tree = _merge(tree, value)
    out = io.StringIO()
    parser.dump(tree, out)
    text = out.getvalue()
    lost = Counter(comment_lines(old)) - Counter(comment_lines(text))
    orphans = [line for line in comment_lines(old) if _take(lost, line)]
    if orphans:
        fresh = [] if _ORPHANS in text else [_ORPHANS]
        text = text.rstrip("\n") + "\n" + "\n".join([*fresh, *(f"# {line}" for line in orphans)])
        text += "\n"
    return text


def _take(counter: Counter[str], line: str) -> bool:
    if counter[line] > 0:
        counter[line] -= 1
        return True
    return False


def _merge(old: Any, new: Any) -> Any:
    if isinstance(old, CommentedMap) and isinstance(new, dict):
        for key in [key for key in old if key not in new]:
            del old[key]
        for position, (key, value) in enumerate(new.items()):
            if key in old:
                old[key] = _merge(old[key], value)
            else:
                old.insert(position, key, _fresh(value))
        return old
    if isinstance(old, CommentedSeq) and isinstance(new, list):
        return _merge_list(old, new)
    if _plain(old) == _plain(new):
        return old
    return _fresh(new)


def _merge_list(old: CommentedSeq, new: list[Any]) -> CommentedSeq:
    pool = list(enumerate(old))
    merged, moved = [], {}
    for position, value in enumerate(new):
        found = _partner(pool, value, position)
        if found is None:
            merged.append(_fresh(value))
            continue
        pool.remove(found)
        moved[position] = found[0]
        merged.append(_merge(found[1], value))
    before = {index: old.ca.items[index] for index in old.ca.items}
    old[:] = merged
    old.ca.items.clear()
    for position, origin in moved.items():
        if origin in before:
            old.ca.items[position] = before[origin]
    return old


def _partner(pool: list[tuple[int, Any]], value: Any, position: int) -> tuple[int, Any] | None:
    for key in NAMING_KEYS:
        wanted = value.get(key) if isinstance(value, dict) else None
        if wanted:
            for item in pool:
                if isinstance(item[1], dict) and str(item[1].get(key)) == str(wanted):
                    return item
            return None
    plain = _plain(value)
    for item in pool:
        if _plain(item[1]) == plain:
            return item
    return next((item for item in pool if item[0] == position), None)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return f"{value:g}" if isinstance(value, float) else str(value)
    return None if value is None else str(value)


def _fresh(value: Any) -> Any:
    if isinstance(value, dict):
        return CommentedMap((key, _fresh(inner)) for key, inner in value.items())
    if isinstance(value, list):
        return CommentedSeq(_fresh(inner) for inner in value)
    if isinstance(value, str) and "\n" in value and not value.startswith((" ", "\n")):
        return LiteralScalarString(value) if "\r" not in value else value
    return value
