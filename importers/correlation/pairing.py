"""Two recordings of one session, laid side by side: what changed, and where it came from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from urllib.parse import urlsplit

from importers.correlation.answer_values import values_of
from importers.correlation.answers import Answer
from importers.correlation.judging import ACCEPTED, CONFIRMED, Judgement, entropy_bits
from importers.correlation.linking import Candidate, Slot
from importers.correlation.produced import Produced
from importers.correlation.tokens import Wanted
from importers.correlation.uses import Part, Use, uses_of

_Key = tuple[object, ...]
_LONGEST_WORD = 24
"""A longer segment of a path is no word of the application."""
_TOKEN_BITS = 64
"""A value with fewer bits that both recordings share is a constant and not worth a word."""


def align(one: Sequence[Slot], other: Sequence[Slot]) -> dict[int, int]:
    """Index of a step in the first recording -> that of the same step in the second."""
    pairs: dict[int, int] = {}
    matcher = SequenceMatcher(None, _shapes(one), _shapes(other), autojunk=False)
    for tag, first, last, start, end in matcher.get_opcodes():
        if tag == "equal":
            pairs |= zip(range(first, last), range(start, end), strict=True)
        elif tag == "replace":
            left = list(range(start, end))
            for index in range(first, last):
                found = next((k for k in left if _is_like(other[k], one[index])), None)
                if found is not None:
                    pairs[index] = found
                    left = [k for k in left if k > found]
    return pairs


def _shapes(slots: Sequence[Slot]) -> list[str]:
    """Method, host and path of each step, without the segments that look like values."""
    shapes = []
    for slot in slots:
        method, host, segments = _address(slot)
        fixed = ["*" if _is_value(segment) else segment for segment in segments]
        shapes.append(f"{method} {host} {'/'.join(fixed)}")
    return shapes


def _is_like(slot: Slot, other: Slot) -> bool:
    """True for requests that differ in words of their path, but in less than half of them."""
    method, host, segments = _address(slot)
    other_method, other_host, others = _address(other)
    if (method, host, len(segments)) != (other_method, other_host, len(others)):
        return False
    same = sum(a == b != "" for a, b in zip(segments, others, strict=True))
    return same * 2 >= sum(map(bool, segments))


def _address(slot: Slot) -> tuple[str, str, list[str]]:
    assert slot.step.request is not None
    try:
        parts = urlsplit(slot.step.request.url)
    except ValueError:
        return slot.step.request.effective_method, "", []
    return slot.step.request.effective_method, parts.netloc, parts.path.split("/")


def _is_value(segment: str) -> bool:
    return len(segment) > _LONGEST_WORD or any(map(str.isdigit, segment))


@dataclass(slots=True)
class PairEvidence:
    """What the second recording says about the texts and values of the first."""

    one: list[Slot]
    two: list[Slot]
    pairs: dict[int, int] = field(default_factory=dict)
    _others: dict[tuple[int, _Key], Use] = field(default_factory=dict)
    _keys: dict[Use, tuple[int, _Key]] = field(default_factory=dict)
    _found: dict[tuple[Answer, str], tuple[Produced, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pairs = align(self.one, self.two)
        for first, second in self.pairs.items():
            here, there = self._named(self.one, first), self._named(self.two, second)
            self._keys |= {use: (first, key) for key, use in here.items()}
            for key in here.keys() & there.keys():
                self._others[first, key] = there[key]

    @staticmethod
    def _named(slots: list[Slot], index: int) -> dict[_Key, Use]:
        """Texts of a request by what names their places; parts of texts only by their order."""
        request = slots[index].step.request
        assert request is not None
        counts: Counter[_Key] = Counter()
        named: dict[_Key, Use] = {}
        for use in uses_of(request, index):
            place = use.field[0]
            if place == "header":
                place = request.headers[use.field[1]].name.lower()
            name = str(use.prefix.count("/")) if use.part is Part.PATH else use.name
            inside = use.inside_base64 is not None
            key: _Key = (place, use.part, name, use.whole, inside)
            named[*key, counts[key]] = use
            counts[key] += 1
        return named

    def other_use(self, use: Use) -> Use | None:
        """The same place in the second recording."""
        key = self._keys.get(use)
        return self._others.get(key) if key is not None else None

    def other(self, use: Use) -> str | None:
        """The text that stands there in the second recording; None: there is no such place."""
        found = self.other_use(use)
        return found.text if found is not None else None

    def weigh(self, candidate: Candidate, use: Use, judgement: Judgement) -> Judgement:
        """The judgement with what both recordings say."""
        text = self.other(use)
        if text is None:
            return judgement
        if text == use.text:
            return self._weigh_constant(use, judgement)
        found = self._values(candidate, text)
        if found is None:
            return judgement
        value = candidate.value
        if any((one.rule, one.decoded_by) == (value.rule, value.decoded_by) for one in found):
            if use.whole or judgement.confidence:
                told = (
                    f"it differs between the recordings and so does the answer; {judgement.reason}"
                )
                return Judgement(max(CONFIRMED, judgement.confidence), told)
            return judgement
        if not found:
            return Judgement(0, "no answer of the second recording holds its value")
        if any((one.kind, one.name) == (value.kind, value.name) for one in found):
            told = (
                f"it differs, and the second recording has it under that name; {judgement.reason}"
            )
            return Judgement(min(judgement.confidence + 10, CONFIRMED - 1), told)
        return judgement

    @staticmethod
    def _weigh_constant(use: Use, judgement: Judgement) -> Judgement:
        reason = f"both recordings send the same; {judgement.reason}"
        if entropy_bits(use.text) < _TOKEN_BITS or not use.whole:
            return Judgement(0, reason)
        return Judgement(min(judgement.confidence, ACCEPTED - 1), reason)

    def _values(self, candidate: Candidate, text: str) -> tuple[Produced, ...] | None:
        """Where the answer to the same step holds a text in the second recording; None: there is
        no such answer."""
        partner = self.pairs.get(candidate.slot)
        if partner is None:
            return None
        answers = self.two[partner].recorded.answers
        position = candidate.hop - 1 if candidate.hop else len(answers) - 1
        if not 0 <= position < len(answers):
            return None
        answer = answers[position]
        if (answer, text) not in self._found:
            self._found[answer, text] = tuple(
                one for one in values_of(answer, Wanted([text])) if one.text == text
            )
        return self._found[answer, text]

    def differing(self) -> Iterator[tuple[Use, Use]]:
        """Whole texts that differ, innermost only, with their partners."""
        for index in sorted(self.pairs):
            request = self.one[index].step.request
            assert request is not None
            differing = [
                (use, other)
                for use in uses_of(request, index)
                if use.whole
                and use.part is not Part.URL
                and use.inside_base64 is None
                and (other := self.other_use(use)) is not None
                and other.text != use.text
            ]
            for use, other in differing:
                if not any(_holds(use, inner) for inner, _ in differing):
                    yield use, other


def _holds(use: Use, inner: Use) -> bool:
    """True when another text stands inside this one."""
    return (
        use.field == inner.field
        and (use.start, use.end) != (inner.start, inner.end)
        and use.start <= inner.start
        and inner.end <= use.end
    )


def looks_random(one: str, other: str) -> bool:
    """True for two texts of one length that look like the same kind of random token."""
    return len(one) == len(other) and all(
        re.fullmatch(r"(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9_-]{8,128}", text)
        and entropy_bits(text) >= 40
        for text in (one, other)
    )
