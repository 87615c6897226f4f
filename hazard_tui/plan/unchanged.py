"""What of a commented text a save leaves as it is, kept out of the slow round trip of its comments.

A run of list elements whose values did not change is cut out of the old text and of the new value;
one line stands for it. After the round trip its own lines take their place again, comments and the
way of writing included.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from typing import Any

import yaml

from hazard_tui.plan.yaml_text import NULLS

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
NAMING_KEYS = ("id", "name", "variable", "recorded")
"""What tells an element of a list from the others, the strongest first."""
_STAND_IN = "kept as it is"
_STANDS_IN = re.compile(rf"(?m)^( *)- {_STAND_IN}: lines (\d+)$")
_MAY_BE_ALIAS = re.compile(r"[\s\[,]\*\w")
_DASH = re.compile(r" *- +")


class Reduced:
    """A text and a value without what both hold alike. Raises yaml.YAMLError for a broken text."""

    def __init__(self, old: str, value: dict[str, Any]) -> None:
        self._lines = old.split("\n")
        self._kept: list[tuple[int, int]] = []
        """First line and the line behind the last, of each run."""
        self.text, self.value = old, value
        # What stands behind an alias may be written in a part that is cut out.
        if not _MAY_BE_ALIAS.search(old):
            self.value = self._reduced(yaml.compose(old, Loader=_Loader), value)
            self.text = self._cut()

    def whole(self, text: str) -> str:
        """The text with the lines of the old one in place of what stands for them."""
        return _STANDS_IN.sub(self._lines_of, text)

    def _lines_of(self, found: re.Match[str]) -> str:
        first, end = self._kept[int(found[2])]
        lines = self._lines[first:end]
        more = len(found[1]) - (len(lines[0]) - len(lines[0].lstrip(" ")))
        if more > 0:
            lines = [" " * more + line if line.strip() else line for line in lines]
        elif more < 0:
            lines = [line[min(-more, len(line) - len(line.lstrip(" "))) :] for line in lines]
        return "\n".join(lines)

    def _cut(self) -> str:
        made: list[str] = []
        at = 0
        for number, (first, end) in sorted(enumerate(self._kept), key=lambda run: run[1]):
            dash = self._lines[first].index("-")
            made += [*self._lines[at:first], f"{' ' * dash}- {_STAND_IN}: lines {number}"]
            at = end
        return "\n".join([*made, *self._lines[at:]])

    def _reduced(self, node: Any, value: Any) -> Any:
        if isinstance(node, yaml.MappingNode) and isinstance(value, dict):
            old = {name.value: inner for name, inner in node.value}
            return {
                key: self._reduced(old[key], one) if key in old else one
                for key, one in value.items()
            }
        if isinstance(node, yaml.SequenceNode) and isinstance(value, list) and not node.flow_style:
            return self._list(node, value)
        return value

    def _list(self, node: Any, values: list[Any]) -> list[Any]:
        partners = _Partners(node.value)
        made: list[Any] = []
        last = None
        for value in values:
            at = partners.take(value)
            if at is None:
                made.append(value)
            elif not self._stays(node.value[at], value):
                made.append(self._reduced(node.value[at], value))
                at = None
            elif last is not None and at == last + 1:
                self._kept[-1] = (self._kept[-1][0], self._end_of(node.value[at]))
            else:
                made.append({_STAND_IN: f"lines {len(self._kept)}"})
                first = node.value[at].start_mark.line
                self._kept.append((first, self._end_of(node.value[at])))
            last = at
        return made

    def _stays(self, node: Any, value: Any) -> bool:
        """True for an equal element that has its lines for itself."""
        before = self._lines[node.start_mark.line][: node.start_mark.column]
        return bool(_DASH.fullmatch(before)) and _equal(node, value)

    def _end_of(self, node: Any) -> int:
        """The line behind the last that an element is written on."""
        while not isinstance(node, yaml.ScalarNode) and node.value and not node.flow_style:
            last = node.value[-1]
            node = last[1] if isinstance(node, yaml.MappingNode) else last
        end = node.end_mark
        inside = end.line < len(self._lines) and self._lines[end.line][: end.column].strip()
        return int(end.line) + (1 if inside else 0)


class _Partners:
    """The elements of an old list, each taken once, by what names them."""

    def __init__(self, nodes: list[Any]) -> None:
        self._places: dict[tuple[str, str], deque[int]] = defaultdict(deque)
        self._taken: set[int] = set()
        for place, node in enumerate(nodes):
            for name, inner in node.value if isinstance(node, yaml.MappingNode) else ():
                if name.value in NAMING_KEYS and isinstance(inner, yaml.ScalarNode):
                    self._places[name.value, inner.value].append(place)

    def take(self, value: Any) -> int | None:
        """Place of the partner of a new element; None when it has none, or no name."""
        key = next((key for key in NAMING_KEYS if isinstance(value, dict) and value.get(key)), "")
        places = self._places.get((key, str(value[key]))) if key else None
        while places:
            place = places.popleft()
            if place not in self._taken:
                self._taken.add(place)
                return place
        return None


def _equal(node: Any, value: Any) -> bool:
    """True when a node of the old text says what the new value is; a doubt is a no."""
    if isinstance(node, yaml.ScalarNode):
        if isinstance(value, str):
            return bool(node.value == value) and (bool(node.style) or value not in NULLS)
        if isinstance(value, bool):
            return not node.style and node.value == str(value).lower()
        return isinstance(value, int) and not node.style and node.value == str(value)
    if isinstance(node, yaml.MappingNode):
        if not isinstance(value, dict) or len(value) != len(node.value):
            return False
        return all(
            name.value in value and _equal(inner, value[name.value]) for name, inner in node.value
        )
    if not isinstance(value, list) or len(value) != len(node.value):
        return False
    return all(map(_equal, node.value, value))
