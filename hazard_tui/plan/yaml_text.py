"""YAML text to plain values with their places, and back.

Every scalar is read as text, so `no`, `1.10` and `0x10` stay what was written; the model gives
types. Only a plain `null`, `~` or nothing at all is None.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from hazard_tui.errors import PlanError
from hazard_tui.plan.yaml_writer import yaml_of

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

MOST_NODES = 3_000_000
"""Values that a file may hold after its aliases are expanded."""

NULLS = frozenset(["", "~", "null", "Null", "NULL"])
"""Plain scalars that are None."""

Progress = Callable[[int, int], None]
Place = tuple[int, int]
"""1-based line and column."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A key that stands twice in one mapping."""

    key: str
    line: int


@dataclass(frozen=True, slots=True)
class Document:
    """Plain value of a YAML text, and where its parts stand."""

    value: Any
    duplicates: tuple[Duplicate, ...]
    root: Any
    has_nulls: bool = False
    """True when a None is in the value."""

    def place(self, path: tuple[str | int, ...]) -> Place:
        """Line and column of the value at `path`, or of the nearest thing above it."""
        node = self.root
        for key in path:
            inner = _child(node, key)
            if inner is None:
                break
            node = inner
        if node is None:
            return (1, 1)
        return (node.start_mark.line + 1, node.start_mark.column + 1)


def _child(node: Any, key: str | int) -> Any:
    if isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if name.value == str(key)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key]
    return None


class _Reader:
    """Turns composed nodes into plain values."""

    def __init__(self) -> None:
        self.duplicates: list[Duplicate] = []
        self.has_nulls = False
        self._open: set[int] = set()
        self._count = 0

    def value(self, node: Any) -> Any:
        self._count += 1
        if self._count > MOST_NODES:
            raise PlanError("the file holds too many values", hint="remove nested aliases")
        if isinstance(node, yaml.ScalarNode):
            # Plain is None to PyYAML's parser and an empty text to libyaml's.
            if not node.style and node.value in NULLS:
                self.has_nulls = True
                return None
            return node.value
        if id(node) in self._open:
            line = node.start_mark.line + 1
            raise PlanError(f"line {line}: an alias holds itself", hint="write the value out")
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self.value(item) for item in node.value]
            return self._mapping(node)
        finally:
            self._open.discard(id(node))

    def _mapping(self, node: Any) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            scalar = isinstance(key_node, yaml.ScalarNode)
            key = key_node.value if scalar else str(self.value(key_node))
            if key in values:
                self.duplicates.append(Duplicate(key, key_node.start_mark.line + 1))
            values[key] = self.value(value_node)
        return values


class _Stream:
    """A text as the parser reads it, piece by piece; others can run between the pieces."""

    def __init__(self, text: str, progress: Progress) -> None:
        self._bytes = text.encode("utf-8", "surrogatepass")
        self._progress = progress
        self._at = 0

    def read(self, length: int = -1) -> bytes:
        """The next bytes."""
        end = len(self._bytes) if length < 0 else self._at + length
        piece = self._bytes[self._at : end]
        self._at += len(piece)
        self._progress(self._at, len(self._bytes))
        return piece


@contextlib.contextmanager
def collector_paused() -> Iterator[None]:
    """No cyclic garbage is looked for: among millions of fresh values that takes most of the time.

    Values of a text hold no cycles, so nothing is kept by it.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def parse(text: str, progress: Progress | None = None) -> Document:
    """Reads one YAML document. Raises `PlanError` with line and column for broken syntax.

    `progress` is told (bytes read, bytes in all); what it raises ends the reading.
    """
    try:
        source = _Stream(text, progress) if progress is not None else text
        root = yaml.compose(source, Loader=_Loader)
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise PlanError(f"{place}not YAML: {exc.problem or exc.context}") from exc
    except yaml.YAMLError as exc:
        raise PlanError(f"not YAML: {exc}") from exc
    reader = _Reader()
    try:
        value = reader.value(root) if root is not None else None
    except RecursionError as exc:
        raise PlanError("the file is nested too deeply") from exc
    return Document(value, tuple(reader.duplicates), root, reader.has_nulls)


def dump(value: Any) -> str:
    """YAML text of plain values, keys in their order."""
    return yaml_of(value)
