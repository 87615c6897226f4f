"""Reads a HAR as a stream: one entry at a time, whatever the size of the file.

Pages and the creator mostly stand before the entries; where they do not, they are read in a second
pass. The response bodies of an entry are gone before the next one is read.
"""

from __future__ import annotations

import codecs
import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import ijson

from hazard_tui.errors import UnreadableInput
from importers.findings import Source

CHUNK_BYTES = 1 << 18

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Head:
    """What stands beside the entries."""

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
        entries: Any = ijson.sendable_list()
        parsers = [ijson.items_coro(entries, "log.entries.item", use_float=True)]
        parsers += self._head_parsers()
        with self._open() as (stream, size):
            done = 0
            for chunk in _chunks(stream, self._digest.update):
                done += len(chunk)
                problem = _feed(parsers, chunk)
                if entries:
                    # Recorders write creator and pages before the entries; see `complete`.
                    del parsers[1:]
                yield from entries
                del entries[:]
                if problem:
                    self.head.problem = problem
                    return
                if self.progress is not None:
                    self.progress(min(done, size), size)
            self.head.problem = _close(parsers)
            yield from entries

    def complete(self) -> None:
        """Reads creator and pages once more, for files that have them behind the entries."""
        self.head.pages.clear()
        self.head.creator.clear()
        parsers = self._head_parsers()
        with self._open() as (stream, size):
            for chunk in _chunks(stream, lambda _: None):
                if _feed(parsers, chunk):
                    return
                if self.progress is not None:
                    self.progress(size, size)

    def _head_parsers(self) -> list[Any]:
        return [
            ijson.items_coro(_sendable(self.head.pages), "log.pages.item", use_float=True),
            ijson.items_coro(_sendable(self.head.creator), "log.creator", use_float=True),
        ]

    def _open(self) -> _Opened:
        return _Opened(self.source)


def _sendable(target: list[Any]) -> Any:
    """ijson wants a list with a `send` method; this one fills `target`."""

    class Filler:
        def send(self, item: Any) -> None:
            target.append(item)

    return Filler()


def _feed(parsers: list[Any], chunk: bytes) -> str:
    """Hands a chunk to every parser; gives the problem, if there is one."""
    for parser in parsers:
        try:
            parser.send(chunk)
        except StopIteration:
            return "more text stands behind the end of the JSON"
        except (ijson.JSONError, ValueError, RecursionError, OverflowError) as exc:
            return str(exc).split("\n", 1)[0][:200] or type(exc).__name__
    return ""


def _close(parsers: list[Any]) -> str:
    problem = ""
    for parser in parsers:
        try:
            parser.close()
        except (ijson.JSONError, ValueError, RecursionError) as exc:
            problem = str(exc).split("\n", 1)[0][:200] or type(exc).__name__
    return problem


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
