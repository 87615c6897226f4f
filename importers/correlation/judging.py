"""Is a value that stands in an answer and in a later request one and the same, and made anew by
the server each time? Each yes has a confidence and a reason, each no a reason."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from importers.correlation.produced import RANK, Kind, Produced
from importers.correlation.uses import Part, Use
from importers.correlation.words import (
    has_hint,
    is_cursor,
    is_fixed,
    is_identifier,
    same_name,
    singular,
    words_of,
)

MAX_VALUE = 65_536
"""Longer texts are not linked."""
ACCEPTED = 60
"""From this confidence on, in per cent, a value is linked."""
SUGGESTED = 45
"""From this confidence on a person is told."""
CONFIRMED = 97
"""From this confidence on two recordings agree, which outweighs every guess."""

_NEVER: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("a truth value", re.compile(r"(?i)true|false|yes|no|on|off|null|none|undefined|nan")),
    ("a date", re.compile(r"\d{4}-\d\d?-\d\d?(?:[T ]\d\d(?::\d\d[\d:.]*)?(?:Z|[+-]\d\d:?\d\d)?)?|"
                          r"\d\d?[./]\d\d?[./]\d{2,4}|\d\d:\d\d(?::\d\d)?")),
    ("a locale", re.compile(r"[a-z]{2,3}[-_](?:[A-Z][a-z]{3}[-_])?[A-Z]{2}|[a-z]{2}")),
    ("a version", re.compile(r"v?\d+(?:\.\d+){1,3}(?:-[a-z]+(?:\.?\d+)?)?|v\d+")),
    ("a colour", re.compile(r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")),
    ("a decimal number", re.compile(r"-?\d+[.,]\d+")),
    ("an id of an analytics service", re.compile(r"UA-\d+-\d+|(?:G|GTM|AW)-[A-Z0-9]{5,}")),
    ("a media type", re.compile(r"[a-z]+/[a-z0-9.+-]+(?:;.*)?")),
    ("an e-mail address", re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")),
    ("a size", re.compile(r"\d+(?:px|em|rem|kb|mb|gb|ms|s|x\d+)")),
)  # fmt: skip
_COLOUR_CODE = re.compile(r"[0-9a-fA-F]{3}|[0-9a-fA-F]{6}")
_WORD = re.compile(r"[A-Za-z]+(?:[ _./:-][A-Za-z]+)*")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True)
class Judgement:
    """How sure it is that a use takes its value from an answer."""

    confidence: int
    """Per cent."""
    reason: str


def judge(value: Produced, use: Use, uses: int, path: str) -> Judgement:
    """Judges one use of a value; `uses` is how often it stands in later requests, `path` the path
    of the request whose answer holds it."""
    agrees = names_agree(value, use, path)
    refused = why_never(value, use, agrees)
    if refused:
        return Judgement(0, refused)
    bits = entropy_bits(value.text)
    score = 20 if bits < 16 else 35 if bits < 32 else 55 if bits < 64 else 70
    reasons = [f"{round(bits)} bits"]
    if RANK[value.kind] <= RANK[Kind.COOKIE]:
        score += 8
    if agrees:
        score += 25
        reasons.append("the names agree")
    if has_hint(value.name) or has_hint(use.name):
        score += 15
        hinting = value.name if has_hint(value.name) else use.name
        reasons.append(f"{hinting!r} is a name of such values")
    if use.whole:
        score += 10
    else:
        score -= 5
    if uses > 1:
        score += 5
        reasons.append(f"used {uses} times")
    if is_fixed(value.name) or is_fixed(use.name):
        score -= 45
    return Judgement(max(min(score, 99), 0), ", ".join(reasons))


def is_possible(text: str) -> bool:
    """False for texts that are never linked, whatever their names are."""
    if not 2 <= len(text) <= MAX_VALUE or any(pattern.fullmatch(text) for _, pattern in _NEVER):
        return False
    return not (_WORD.fullmatch(text) and "-" not in text and not _is_random(text))


def why_never(value: Produced, use: Use, agrees: bool) -> str:
    """Why a text is no value that a server makes anew; empty: it may be one."""
    text = value.text
    for what, pattern in _NEVER:
        if pattern.fullmatch(text):
            return what
    if text.isdigit():
        return _why_no_number(value, use, agrees)
    strong = agrees and (is_identifier(value.name) or is_identifier(use.name))
    if _COLOUR_CODE.fullmatch(text) and not agrees:
        return "it looks like a colour"
    if _WORD.fullmatch(text) and (not _is_random(text)):
        return "" if strong and use.part is Part.PATH and "-" in text else "words of a language"
    if len(text) < 4 and not strong:
        return "too short"
    if is_fixed(value.name) and not has_hint(use.name) and not _UUID.fullmatch(text):
        return f"{value.name!r} is a name of settings"
    if use.part is Part.URL:
        return "" if _is_dynamic_url(text) else "an address that stays as it is"
    return ""


def _why_no_number(value: Produced, use: Use, agrees: bool) -> str:
    text = value.text
    identifier = is_identifier(value.name) or is_identifier(use.name)
    if not use.whole and not agrees:
        return "a number inside another text"
    if len(text) in (10, 13) and text[0] == "1" and not same_name(value.name, use.name):
        return "a time"
    if is_fixed(value.name) or is_fixed(use.name):
        return f"{value.name!r} and {use.name!r} are names of settings"
    if len(text) >= 9 and (agrees or identifier):
        return ""
    if agrees and (identifier or is_cursor(use.name) or has_hint(use.name)):
        return ""
    return "a small number whose names do not agree"


def _is_random(text: str) -> bool:
    """True for letters that make no word: mixed case, or hardly any vowels."""
    if not text.isalpha():
        return any(_is_random(piece) for piece in re.split("[ _./:-]", text))
    if len(text) >= 20:
        return True
    inner = text[1:]
    mixed = inner != inner.lower() and inner != inner.upper()
    camel = re.fullmatch(r"[A-Za-z]?[a-z]+(?:[A-Z][a-z]{2,})*", text)
    vowels = sum(character in "aeiouyAEIOUY" for character in text)
    return len(text) >= 8 and ((mixed and camel is None) or vowels * 7 < len(text))


def _is_dynamic_url(text: str) -> bool:
    """True when an address holds at least one value that looks made by a machine."""
    pieces = re.split(r"[/?&=#:;]+", text)
    return any(
        entropy_bits(piece) >= 40
        and any(character.isdigit() for character in piece)
        and not _SLUG.fullmatch(piece)
        for piece in pieces
    ) or any(_UUID.fullmatch(piece) for piece in pieces)


def entropy_bits(text: str) -> float:
    """Bits of a random text of the same length and alphabet, less what repetitions take."""
    if not text:
        return 0.0
    alphabet = 0
    for pattern, size in (("[0-9]", 10), ("[a-f]", 6), ("[g-z]", 20), ("[A-F]", 6), ("[G-Z]", 20)):
        if re.search(pattern, text):
            alphabet += size
    if re.search(r"[^A-Za-z0-9]", text):
        alphabet += 4
    per_character = math.log2(max(alphabet, 2))
    counts = [text.count(character) for character in set(text)]
    observed = -sum(n / len(text) * math.log2(n / len(text)) for n in counts)
    fill = min(1.0, (observed + 1.0) / min(per_character, math.log2(len(text)) or 1.0))
    return len(text) * per_character * fill


def names_agree(value: Produced, use: Use, path: str) -> bool:
    """True when the name of a value and the place of its use mean the same."""
    if use.name and value.name and same_name(value.name, use.name):
        if is_identifier(value.name) and len(words_of(value.name)) == 1 and use.part is Part.PATH:
            return True
        if not (len(words_of(value.name)) == 1 and is_identifier(value.name)):
            return True
    context = [singular(word) for parent in value.parents for word in words_of(parent)]
    context += [singular(word) for word in words_of(path.rstrip("/").rsplit("/", 1)[-1])]
    own = [singular(word) for word in words_of(value.name)]
    if use.part is Part.PATH:
        if not (is_identifier(value.name) or value.kind is Kind.HEADER):
            return False
        before = [singular(word) for word in words_of(use.name)]
        return bool(before) and (before[-1] in own or before[-1] in context)
    wanted = [singular(word) for word in words_of(use.name)]
    if not wanted or not is_identifier(use.name) or not is_identifier(value.name):
        return False
    if len(wanted) == 1:
        return own == wanted and len(own) == 1
    return wanted[:-1] == own[:-1] or wanted[0] in context
