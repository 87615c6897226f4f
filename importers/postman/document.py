"""Bytes of a Postman file as a tree whose every value knows its JSON pointer.

Nothing in a file is trusted to have the type that the published schema names: a value of another
type reads as missing, and the walk goes on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hazard_tui.errors import UnreadableInput
from importers.text import decode_json_text, whole_escapes

DEEPEST_FOLDER = 100
"""Folders inside folders; what lies deeper is dropped with a finding."""

ID_FIELDS = ("id", "_postman_id", "uid")
"""Where items of a collection have their ids."""


class Placed(dict[str, Any]):
    """An object that was made from other parts of the file and stands at `pointer` there."""

    def __init__(self, pointer: str, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.pointer = pointer


@dataclass(slots=True)
class Node:
    """A JSON value and its place. Nothing changes one; it is not frozen because that takes three
    times as long to make, and a large file makes a million."""

    value: Any
    pointer: str = ""

    def get(self, name: str, other: str = "") -> Node:
        """The first field of these that is there and not null; a Node of None otherwise.

        Names are words of the format, which need no escape in a pointer.
        """
        value = self.value.get(name) if isinstance(self.value, dict) else None
        if value is None and other:
            found = self.get(other)
            return found if found.value is not None else Node(None, f"{self.pointer}/{name}")
        return Node(value, value.pointer if type(value) is Placed else f"{self.pointer}/{name}")

    def text_at(self, name: str) -> str:
        """Text of the scalar in a field; empty when there is none."""
        value = self.value.get(name) if isinstance(self.value, dict) else None
        return value if isinstance(value, str) else "" if value is None else scalar_text(value)

    def holds(self, name: str) -> bool:
        """True when the field is there and not null."""
        return isinstance(self.value, dict) and self.value.get(name) is not None

    def has(self, name: str) -> bool:
        """True when the field is written, also as null."""
        return isinstance(self.value, dict) and name in self.value

    def items(self) -> Iterator[Node]:
        """Elements of a list; nothing for another type."""
        if isinstance(self.value, list):
            before = f"{self.pointer}/"
            for index, item in enumerate(self.value):
                yield child(item, f"{before}{index}")

    def texts(self) -> list[str]:
        """Texts of the elements of a list; nothing for another type."""
        if not isinstance(self.value, list):
            return []
        return ["" if one is None else scalar_text(one) for one in self.value]

    def fields(self) -> Iterator[tuple[str, Node]]:
        """Names and values of an object; nothing for another type."""
        if isinstance(self.value, dict):
            for name, item in self.value.items():
                yield str(name), child(item, f"{self.pointer}/{escaped(str(name))}")

    @property
    def is_object(self) -> bool:
        return isinstance(self.value, dict)

    @property
    def is_list(self) -> bool:
        return isinstance(self.value, list)

    @property
    def is_text(self) -> bool:
        return isinstance(self.value, str)

    @property
    def missing(self) -> bool:
        return self.value is None

    def text(self) -> str:
        """Text of a scalar as JavaScript prints it; empty for null and for other types."""
        return "" if self.value is None else scalar_text(self.value)

    def flag(self, name: str) -> bool:
        """True when the field is exactly true."""
        return isinstance(self.value, dict) and self.value.get(name) is True


def child(value: Any, pointer: str) -> Node:
    """A value at a place; a Placed object keeps its own."""
    return Node(value, value.pointer if type(value) is Placed else pointer)


def escaped(name: str) -> str:
    """A field name as JSON pointers write it."""
    if "/" in name or "~" in name:
        return name.replace("~", "~0").replace("/", "~1")
    return name


def scalar_text(value: Any) -> str:
    """A JSON value as JavaScript's `String()` prints it, lists and objects as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e21 else repr(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def description_of(node: Node) -> str:
    """Text of a description, which is a text or an object with `content`."""
    if not node.holds("description"):
        return ""
    found = node.get("description")
    if found.is_object:
        return found.get("content").text()
    return found.text() if found.is_text else ""


def read_document(data: bytes, name: str) -> Any:
    """The JSON value of a file. Raises UnreadableInput with one sentence."""
    text = decode_json_text(data, name)
    try:
        return json.loads(whole_escapes(text))
    except json.JSONDecodeError as exc:
        raise UnreadableInput(
            f"{name} is not JSON: {exc.msg} at line {exc.lineno}, column {exc.colno}",
            hint="export the collection again, or check that the file is whole",
        ) from exc
    except RecursionError as exc:
        raise UnreadableInput(f"{name} is nested too deeply to be a collection") from exc
    except ValueError as exc:
        raise UnreadableInput(f"{name} holds a number that cannot be read: {exc}") from exc
