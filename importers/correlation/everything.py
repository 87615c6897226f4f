"""All values of an answer, for a person who picks one."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from importers.correlation.answer_values import values_of
from importers.correlation.answers import Answer
from importers.correlation.produced import Produced
from importers.correlation.tokens import MAX_COMPOUND, Wanted


class _Everything(Wanted):
    """Finds each value where it stands whole, and no parts of values."""

    def __init__(self) -> None:
        super().__init__(())

    def __contains__(self, text: object) -> bool:
        return isinstance(text, str) and 0 < len(text) <= MAX_COMPOUND and not text.isspace()

    def may_be_in(self, text: str) -> bool:
        return False


def all_values(
    headers: tuple[tuple[str, str], ...], body: str = "", mime_type: str = ""
) -> Iterator[Produced]:
    """Every value that stands whole in an answer, with the rule that reads it again.

    `mime_type` is in lower case and without parameters. Headers that no client sends back, such as
    `Date`, are left out.
    """
    packed = zlib.compress(body.encode("utf-8", "replace"), 1) if body else b""
    yield from values_of(Answer(0, mime_type, headers, packed), _Everything())
