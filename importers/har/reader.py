"""Reads a HAR as a stream: one entry at a time, whatever the size of the file.

Only entries, pages and the creator are built; an entry's response body is gone before the next one
is read.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import ijson

from hazard_tui.errors import UnreadableInput
from importers.findings import Source

CHUNK_BYTES = 1 << 18
MAX_DEPTH = 200
"""Levels of nesting that are read."""

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Head:
    """What stands beside the entries; complete when all entries were read."""

    pages: list[Any] = field(default_factory=list)
    creator: list[Any] = field(default_factory=list)
    problem: str = ""
    """Why the file ends early; empty: it does not."""


class HarReader:
    """One pass over a source."""

    def __init__(self, source: Source, progress: Progress | None) -> None:
        self.source = source
        self.progress = progress
        self.head = Head()
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Hex digest of the bytes that were read."""
        return self._digest.hexdigest()

    def entries(self) -> Iterator[Any]:
        """Raw entries in the order of the file. A malformed rest ends it and is told in
        `head.problem`. Raises UnreadableInput when the file cannot be opened."""
        entries: list[Any] = []
        collector = _collect(self.head, entries)
        next(collector)
        parser = ijson.basic_parse_coro(collector)
        with self._open() as (stream, size):
            done = 0
            for chunk in whole_characters(_chunks(stream, self._digest.update)):
                done += len(chunk)
                problem = long_number(chunk) or _feed(parser, chunk)
                yield from entries
                entries.clear()
                if problem:
                    self.head.problem = problem
                    return
                if self.progress is not None:
                    self.progress(min(done, size), size)
            self.head.problem = _close(parser)
            yield from entries

    def _open(self) -> _Opened:
        return _Opened(self.source)


_Collector = Generator[None, tuple[str, Any], None]
_Building = Generator[None, tuple[str, Any], Any]
_SECTIONS = ("entries", "pages")


def _collect(head: Head, entries: list[Any]) -> _Collector:
    """Takes parser events and builds nothing but entries, pages and the creator."""
    depth = 0
    root_key = section = ""
    listed = False
    while True:
        event, value = yield
        if event == "map_key":
            if depth == 1:
                root_key = value
            elif depth == 2:
                section = value
            continue
        if event in ("end_map", "end_array"):
            depth -= 1
            continue
        if root_key == "log" and depth == 3 and listed and section in _SECTIONS:
            item = yield from _build(event, value)
            (entries if section == "entries" else head.pages).append(item)
        elif root_key == "log" and depth == 2 and section == "creator":
            item = yield from _build(event, value)
            head.creator.append(item)
        elif event in ("start_map", "start_array"):
            depth += 1
            if depth == 3:
                listed = event == "start_array"
            if depth > MAX_DEPTH:
                raise _TooDeep


def _build(event: str, value: Any) -> _Building:
    """The JSON value that begins with an event."""
    if event not in ("start_map", "start_array"):
        return value
    in_map = event == "start_map"
    root: Any = {} if in_map else []
    top = root
    key = ""
    outer: list[tuple[Any, bool]] = []
    while True:
        event, value = yield
        if event == "map_key":
            key = value
            continue
        if event in ("end_map", "end_array"):
            if not outer:
                return root
            top, in_map = outer.pop()
            continue
        starts = event in ("start_map", "start_array")
        if starts:
            value = {} if event == "start_map" else []
        if in_map:
            top[key] = value
        else:
            top.append(value)
        if starts:
            outer.append((top, in_map))
            if len(outer) > MAX_DEPTH:
                raise _TooDeep
            top, in_map = value, event == "start_map"


class _TooDeep(ValueError):
    """Nesting that no recorder writes."""

    def __str__(self) -> str:
        return f"values are nested more than {MAX_DEPTH} deep"


def _feed(parser: Any, chunk: bytes) -> str:
    """Hands a chunk to the parser; gives the problem, if there is one."""
    try:
        parser.send(chunk)
    except StopIteration:
        return "more text stands behind the end of the JSON"
    except (ijson.JSONError, ValueError) as exc:
        return _one_line(exc)
    return ""


def _close(parser: Any) -> str:
    try:
        parser.close()
    except (ijson.JSONError, ValueError) as exc:
        return _one_line(exc)
    return ""


def _one_line(exc: Exception) -> str:
    return str(exc).split("\n", 1)[0][:200] or type(exc).__name__


class _Opened:
    """Context manager: the bytes of a source as a stream, and their number."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._stream: BinaryIO = io.BytesIO(source.data)
        self._size = len(source.data)

    def __enter__(self) -> tuple[BinaryIO, int]:
        if not self._source.data and self._source.path:
            try:
                path = Path(self._source.path)
                self._size = path.stat().st_size
                self._stream = path.open("rb")
            except OSError as exc:
                raise UnreadableInput(
                    f"{self._source.name} cannot be read: {exc.strerror}",
                    hint="check the path and its permissions",
                ) from exc
        return self._stream, self._size

    def __exit__(self, *_: object) -> None:
        self._stream.close()


LONGEST_NUMBER = 1500
"""Digits of a number that is read; Python refuses 4300, and the parser does not survive that."""
_DIGITS = b"0123456789"
_RUN = re.compile(rb"[0-9]*")
_NUMBER_STARTS = re.compile(rb"[:,\[][ \t\r\n]*-?\Z")
_LONGEST_HELD_BACK = 1 << 16


def long_number(chunk: bytes) -> str:
    """What is wrong when a chunk holds a number that is too long; empty for most.

    Digits in a text are no number. Every 1500th byte is looked at, which costs next to nothing.
    """
    at = LONGEST_NUMBER - 1
    while at < len(chunk):
        if chunk[at] in _DIGITS:
            found = _RUN.match(chunk, at)
            end = found.end() if found else at
            start = len(chunk[:end].rstrip(_DIGITS))
            before = chunk[max(start - 80, 0) : start]
            if end - start >= LONGEST_NUMBER and _NUMBER_STARTS.search(before):
                return f"a number has {LONGEST_NUMBER} digits or more"
            at = end
        at += LONGEST_NUMBER
    return ""


_SURROGATE = re.compile(
    rb"(?<!\\)((?:\\\\)*)"
    rb"(?:(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)
_HALF = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}$")
_LONGEST_ESCAPE = 12


def whole_characters(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Replaces escapes of half a character, as in `\\ud83d` without its partner, which recorders
    write for binary answers and no UTF-8 text can hold."""
    carried = b""
    for chunk in chunks:
        data = carried + chunk
        cut = data.find(b"\\", max(len(data) - _LONGEST_ESCAPE, 0))
        cut = len(data) if cut < 0 else cut
        while cut > 0 and cut < len(data) and data[cut - 1 : cut] == b"\\":
            cut -= 1
        if _HALF.search(data, max(cut - 6, 0), cut):
            cut -= 6
        # A number stays whole, so that `long_number` sees all of it.
        start = len(data[:cut].rstrip(_DIGITS))
        cut = start if cut - start < _LONGEST_HELD_BACK else cut
        carried = data[cut:]
        if cut:
            yield _repaired(data[:cut])
    if carried:
        yield _repaired(carried)


def _repaired(data: bytes) -> bytes:
    if b"\\ud" not in data and b"\\uD" not in data:
        return data
    return _SURROGATE.sub(lambda found: found[1] + (found[2] or b"\\ufffd"), data)


def _chunks(stream: BinaryIO, seen: Callable[[bytes], object]) -> Iterator[bytes]:
    """UTF-8 bytes of the stream: byte order marks removed, UTF-16 and stray bytes converted."""
    first = stream.read(CHUNK_BYTES)
    seen(first)
    encoding = "utf-8"
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    first = first.removeprefix(codecs.BOM_UTF8)
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    chunk = first
    while chunk:
        yield decoder.decode(chunk).encode("utf-8", "replace")
        chunk = stream.read(CHUNK_BYTES)
        seen(chunk)
    if rest := decoder.decode(b"", final=True):
        yield rest.encode("utf-8", "replace")
