"""Parts of compound texts, as between the delimiters of a URL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_RUNS = (
    re.compile(r"[A-Za-z0-9_.~+/=%-]+"),
    re.compile(r"[A-Za-z0-9_.~+%-]+=*"),
    re.compile(r"[A-Za-z0-9_.~-]+"),
    re.compile(r"[A-Za-z0-9_-]+"),
    re.compile(r"[A-Za-z0-9]+"),
)
MAX_COMPOUND = 4096
"""Longer texts are not taken apart."""


def token_spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every part of a compound text; none is the whole text."""
    if len(text) > MAX_COMPOUND or text.isalnum():
        return
    seen: set[tuple[int, int]] = set()
    for pattern in _RUNS:
        for found in pattern.finditer(text):
            span = found.span()
            if span not in seen and found[0] != text:
                seen.add(span)
                yield span


_DIGIT_RUN = re.compile(r"[A-Za-z]*\d[A-Za-z0-9]*")


class Wanted(set[str]):
    """Texts that are looked for in answers."""

    def __init__(self, texts: Iterable[str]) -> None:
        super().__init__(texts)
        self.runs = {run for text in self for run in _DIGIT_RUN.findall(text)}

    def may_be_in(self, text: str) -> bool:
        """False when no part of a text with a digit can be one of these."""
        return not self.runs.isdisjoint(_DIGIT_RUN.findall(text))


def tokens_of(text: str, wanted: Wanted) -> Iterator[tuple[str, str, str]]:
    """(part, what stands before, what stands behind) of the wanted parts that say enough to be
    cut out of a text."""
    if not wanted.may_be_in(text[:MAX_COMPOUND]):
        return
    for start, end in token_spans(text):
        part = text[start:end]
        if len(part) >= 5 and part in wanted and any(map(str.isdigit, part)):
            yield part, text[:start], text[end:]
