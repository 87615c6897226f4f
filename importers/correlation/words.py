"""Names of values: which of them hint at tokens and identifiers, and which two mean the same."""

from __future__ import annotations

import re

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_HINTS_TEXT = """
token csrf xsrf id uid uuid guid key state code session sid nonce cursor auth ticket
jwt bearer sig signature viewstate eventvalidation authenticity verification etag after before
continuation handle ref reference slug pk node hash jti sub policy otp challenge verifier
captcha secret access refresh requestverificationtoken lease lock revision
"""
HINTS = frozenset(_HINTS_TEXT.split())
"""Words that stand in the names of values which a server makes."""
_IDENTIFIERS_TEXT = "id uid uuid guid pk number no ref reference key slug node handle code sub"
IDENTIFIERS = frozenset(_IDENTIFIERS_TEXT.split())
"""Last words of the names of identifiers."""
_CURSORS_TEXT = "cursor after before continuation since offset_token"
CURSORS = frozenset(_CURSORS_TEXT.split())
_FIXED_TEXT = """
version ver build locale lang language country currency timezone tz color colour theme size
limit per page count total width height status kind type category mode format unit level
tracking analytics ga gtm utm measurement pixel campaign cdn asset assets chunk
release environment env tenant region plan role gender title label date day month year
created updated timestamp
"""
FIXED = frozenset(_FIXED_TEXT.split())
"""Words that stand in the names of values which stay as they are."""


def words_of(name: str) -> tuple[str, ...]:
    """`orderId`, `order-id`, `Order ID` as (`order`, `id`)."""
    return tuple(re.findall(r"[a-z0-9]+", _CAMEL.sub("_", name).lower()))


def snake(name: str) -> str:
    """`orderId` as `order_id`."""
    return "_".join(words_of(name))


def singular(word: str) -> str:
    """`orders` as `order`, `entries` as `entry`."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


def bare(name: str) -> str:
    """A name without separators, prefixes of headers and hidden fields, and plural."""
    words = [word for word in words_of(name) if word not in ("x", "http")]
    return "".join(singular(word) for word in words)


def same_name(one: str, other: str) -> bool:
    """True when two names mean the same value."""
    a, b = bare(one), bare(other)
    return bool(a and b) and (a == b or (min(len(a), len(b)) > 3 and (a in b or b in a)))


def has_hint(name: str) -> bool:
    """True when a name hints at a value that a server made."""
    found = words_of(name)
    return any(
        word in HINTS or word.endswith(("token", "id", "key", "state", "session", "code"))
        for word in found
    )


def is_identifier(name: str) -> bool:
    """True for the names of identifiers."""
    found = words_of(name)
    return bool(found) and (found[-1] in IDENTIFIERS or found[-1].endswith(("id", "uuid")))


def is_cursor(name: str) -> bool:
    """True for the names of positions in a list."""
    return any(word in CURSORS for word in words_of(name))


def is_fixed(name: str) -> bool:
    """True when a name tells of a setting or a constant."""
    found = words_of(name)
    return any(word in FIXED for word in found) and not any(word in HINTS for word in found)
