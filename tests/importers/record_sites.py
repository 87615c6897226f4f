"""Every place in the importers that records an element, and imports in which one place is mute.

A mutation of the law of conservation: with one place taken out, kept + changed + dropped must
differ from what an independent walker finds for some sample.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import importers
from importers.curl.options import OptionReader
from importers.findings import Ledger

ROOT = Path(importers.__file__).parent
LEDGER_CALLS = frozenset(["keep", "change", "drop"])
HELPERS = frozenset(["_record", "drop_all", "_keep", "_drop", "_hide", "_use"])
"""Functions that record for their callers: each call of one is a place of its own."""
_NOT_SCANNED = frozenset(["scripts", "correlation", "reimport"])


@dataclass(frozen=True, order=True)
class Site:
    """A call that records one element."""

    file: str
    first_line: int
    last_line: int
    function: str

    def __str__(self) -> str:
        return f"{Path(self.file).relative_to(ROOT)}:{self.first_line} {self.function}"

    def holds(self, frame: FrameType) -> bool:
        """True for a frame that is in this call at the moment."""
        inside = self.first_line <= frame.f_lineno <= self.last_line
        return inside and frame.f_code.co_filename == self.file


def record_sites() -> list[Site]:
    """All places, found in the source."""
    found: list[Site] = []
    for path in sorted(ROOT.rglob("*.py")):
        if path.name != "findings.py" and not _NOT_SCANNED & set(path.relative_to(ROOT).parts):
            found += _sites_of(path)
    return sorted(set(found))


def _sites_of(path: Path) -> Iterator[Site]:
    tree = ast.parse(path.read_text("utf-8"))
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and _records(node, function.name in HELPERS):
                last = node.end_lineno or node.lineno
                yield Site(str(path), node.lineno, last, function.name)


def _records(call: ast.Call, in_helper: bool) -> bool:
    name = call.func
    if isinstance(name, ast.Name):
        return name.id in HELPERS
    if not isinstance(name, ast.Attribute):
        return False
    if name.attr in HELPERS:
        return True
    owner = ast.unparse(name.value)
    direct = (name.attr in LEDGER_CALLS and owner.endswith("ledger")) or (
        name.attr == "append" and owner.endswith((".records", ".uses"))
    )
    return direct and not in_helper


class Watched(list[Any]):
    """A list of records that notes from where each is appended, and refuses those of one place."""

    muted: Site | None = None
    seen: set[tuple[str, int]] = set()
    """(file, line) of all callers of all appended records."""

    def append(self, item: Any) -> None:
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            if Watched.muted is not None and Watched.muted.holds(frame):
                return
            if frame.f_code.co_filename.startswith(str(ROOT)):
                Watched.seen.add((frame.f_code.co_filename, frame.f_lineno))
            frame = frame.f_back
        super().append(item)


@contextmanager
def watched_imports(muted: Site | None = None) -> Iterator[set[tuple[str, int]]]:
    """Imports within note where they record, and do not where `muted` says so."""
    with pytest.MonkeyPatch.context() as patch:
        for kind, name in ((Ledger, "records"), (OptionReader, "uses")):
            patch.setattr(kind, "__init__", _with_watched_list(kind, name))
        patch.setattr(Watched, "muted", muted)
        patch.setattr(Watched, "seen", set())
        yield Watched.seen


def _with_watched_list(kind: type, name: str) -> Any:
    original = kind.__init__  # type: ignore[misc]

    def made(self: Any, *arguments: Any, **named: Any) -> None:
        original(self, *arguments, **named)
        setattr(self, name, Watched())

    return made
