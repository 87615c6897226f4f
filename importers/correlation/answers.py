"""Recorded answers, kept within bounds until the plan is made."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from importers.findings import Ledger

MAX_BODY_BYTES = 256 * 1024
"""Longer bodies are not searched."""
MAX_ALL_BYTES = 32 * 1024 * 1024
"""Bodies beyond that in all are not searched."""
MAX_STORED_BYTES = 16 * 1024 * 1024
"""Compressed bytes that are held at once."""
_TEXTUAL = re.compile(
    r"text/(?!css)|application/(?:[\w.+-]*(?:json|xml)|javascript|x-www-form-urlencoded|graphql)"
    r"|^$|x-unknown",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; the body is held compressed."""

    status: int
    mime_type: str
    """Lower case, without parameters."""
    headers: tuple[tuple[str, str], ...]
    packed: bytes = b""

    @property
    def body(self) -> str:
        """The text of the body; empty when it was not kept."""
        return zlib.decompress(self.packed).decode("utf-8", "replace") if self.packed else ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one step of the plan sent and received when it was recorded."""

    pointer: str
    """Provenance pointer of the step."""
    started_ms: float
    """Since 1970; 0: unknown."""
    ended_ms: float
    answers: tuple[Answer, ...]
    """Of each redirect hop in order, then the last one."""


@dataclass(slots=True)
class AnswerStore:
    """Takes answers in while a recording is read, and keeps within the limits."""

    answers: dict[int, Answer] = field(default_factory=dict)
    """By the index of the entry."""
    too_long: int = 0
    """Bodies left out because of their own length."""
    beyond: int = 0
    """Bodies left out because of the length of all."""
    _taken: int = 0
    _stored: int = 0

    def add(
        self,
        index: int,
        status: int,
        mime_type: str,
        headers: Iterable[tuple[str, str]],
        text: str,
        encoding: str = "",
    ) -> None:
        """Keeps an answer; `encoding` is `base64` or empty."""
        kind = mime_type.split(";", 1)[0].strip().lower()
        packed = b""
        if text and _TEXTUAL.search(kind):
            packed = self._pack(text, encoding)
        self.answers[index] = Answer(status, kind, tuple(headers), packed)

    def note_limits(self, ledger: Ledger) -> None:
        """One finding for the bodies that were left out."""
        if self.too_long or self.beyond:
            ledger.note(
                "/log/entries",
                "bodies-not-searched",
                f"{self.too_long + self.beyond} response bodies were not searched for values that "
                "later requests send back",
                why=f"{self.too_long} are longer than {MAX_BODY_BYTES // 1024} KiB, {self.beyond} "
                f"come after the first {MAX_ALL_BYTES // 1024 // 1024} MiB",
                fix="save such values by hand, or import with fewer hosts",
            )

    def _pack(self, text: str, encoding: str) -> bytes:
        base64_text = encoding.lower() == "base64"
        if len(text) > (MAX_BODY_BYTES * 4 // 3 if base64_text else MAX_BODY_BYTES):
            self.too_long += 1
            return b""
        if self._taken + len(text) > MAX_ALL_BYTES or self._stored > MAX_STORED_BYTES:
            self.beyond += 1
            return b""
        data = text.encode("utf-8", "replace")
        if base64_text:
            try:
                data = base64.b64decode(text, validate=False)
            except (binascii.Error, ValueError):
                return b""
        self._taken += len(text)
        packed = zlib.compress(data, 1)
        self._stored += len(packed)
        return packed
