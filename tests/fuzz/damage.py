"""Damage to samples: to bytes, to JSON values, to command texts. Random by seed only."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from random import Random
from typing import Any

LARGEST_BYTES = 2_000_000

ODD_TEXTS = [
    "", " ", "\0", "\ud800", "\U0010fffd", "é" * 999, "{{", "}}", "{{a}}", "{{{{a}}}}", "{{$guid}}",
    "{@a@}", "\r\n", "\\", '"', "'", "`", "$(id)", "${x}", "%", "%%", "%zz", "%00",
    "../../etc/passwd",
    "file:///etc/passwd", "@/etc/passwd", "http://", "http://[", "http://[::1", "//h", "ws://h/",
    "http://h:99999/", "http://a@b@c/", "javascript:1", "-1", "1e999", "NaN", "0x", "null",
    "<", "&",
    "?&=&", "#", ";", "=", ":", "a" * 70_000, "1" * 5000, "multipart/form-data; boundary=",
    "2024-13-45T99:99:99Z", "9999-12-31T23:59:59+99:99", "\u202e", "data:,x", "__proto__",
]  # fmt: skip
ODD_VALUES: list[Any] = [
    None, True, False, 0, -1, 1.5, 2**63, -(2**63), 10**400, 1e308, [], {}, [None], [[]], [{}],
    {"key": None}, {"": ""}, {"mode": "raw"}, {"type": []}, [0] * 300, *ODD_TEXTS,
]  # fmt: skip
FRAGMENTS = [
    b"'", b'"', b"`", b"\\", b"\n", b"\r\n", b"^", b"$(", b")", b"$((", b"${", b"}", b"<<<",
    b"<<E\n",
    b"|", b"&&", b";", b"{1..9}", b"[1-99999999]", b"[a-z:0]", b"{a,b}" * 12, b"--", b"-",
    b"--next",
    b"-K -", b"--variable %X@f", b"--expand-url", b"-d @-", b"-F 'a=(;type=x'", b"-F '=)'", b"-b",
    b"--data-urlencode", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\0", b"%", b"%0d%0a",
    b"###",
    b"@a = {{a}}", b"> {%", b"@{", b"@'\n", b"$session", b"fetch(", b"`${", b"//", b"/*", b"=",
    b"#",
    b"HTTP/1.1", b"Content-Length: 99999999999999999999", b"\xf4\x8f\xbf\xbd",
]  # fmt: skip


def damaged_bytes(data: bytes, random: Random) -> bytes:
    """One to four changes of bytes."""
    for _ in range(random.randint(1, 4)):
        data = random.choice(_BYTE_CHANGES)(data, random)[:LARGEST_BYTES]
    return data


def _at(data: bytes, random: Random) -> int:
    return random.randint(0, len(data))


def _cut(data: bytes, random: Random) -> bytes:
    return data[: _at(data, random)]


def _flip(data: bytes, random: Random) -> bytes:
    made = bytearray(data)
    for _ in range(random.randint(1, 8) if made else 0):
        made[random.randrange(len(made))] ^= 1 << random.randrange(8)
    return bytes(made)


def _insert(data: bytes, random: Random) -> bytes:
    at = _at(data, random)
    return data[:at] + random.choice(FRAGMENTS) * random.choice((1, 1, 1, 2, 40)) + data[at:]


def _remove(data: bytes, random: Random) -> bytes:
    at = _at(data, random)
    return data[:at] + data[at + random.randint(1, 60) :]


def _repeat(data: bytes, random: Random) -> bytes:
    at = _at(data, random)
    piece = data[at : at + random.randint(1, 80)]
    return data[:at] + piece * random.choice((2, 30, 2000)) + data[at:]


def _swap(data: bytes, random: Random) -> bytes:
    first, second = sorted((_at(data, random), _at(data, random)))
    return data[second:] + data[first:second] + data[:first]


def _recode(data: bytes, random: Random) -> bytes:
    text = data.decode("utf-8", "replace")
    encoding = random.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "utf-8-sig"))
    return text.encode(encoding, "replace")


def _nest(data: bytes, random: Random) -> bytes:
    at, depth = _at(data, random), random.choice((50, 900, 5000, 100_000))
    opening, closing = random.choice(((b"[", b"]"), (b'{"a":', b"}"), (b"(", b")"), (b"$(", b")")))
    return data[:at] + opening * depth + b"1" + closing * depth + data[at:]


_BYTE_CHANGES: list[Callable[[bytes, Random], bytes]] = [
    _cut, _flip, _flip, _insert, _insert, _insert, _remove, _repeat, _swap, _recode, _nest,
]  # fmt: skip


def damaged_json(value: Any, random: Random) -> bytes:
    """One to five changes of values, as JSON text; now and then of its bytes too."""
    made = copy.deepcopy(value)
    deep = 0
    for _ in range(random.randint(1, 5)):
        owner, key = _place(made, random)
        if owner is None:
            continue
        change = random.randrange(10)
        if change < 5:
            owner[key] = copy.deepcopy(random.choice(ODD_VALUES))
        elif change == 5 and isinstance(owner, dict):
            owner[random.choice(ODD_TEXTS)[:50]] = owner.pop(key)
        elif change == 6 and isinstance(owner, list):
            owner[key:key] = [owner[key]] * random.choice((1, 3, 200))
        elif change == 7:
            other, other_key = _place(made, random)
            if other is not None:
                owner[key] = copy.deepcopy(other[other_key])
        elif change == 8:
            deep = random.choice((60, 150, 400, 30_000))
            owner[key] = "\x01deep\x01"
        else:
            del owner[key]
    text = json.dumps(made, ensure_ascii=random.random() < 0.5)
    if deep:
        hole = (
            "[" * deep + "]" * deep if random.random() < 0.5 else '{"item":[' * deep + "]}" * deep
        )
        text = text.replace('"\\u0001deep\\u0001"', hole, 1)
    data = text.encode("utf-8", "surrogatepass")[:LARGEST_BYTES]
    return damaged_bytes(data, random) if random.random() < 0.1 else data


def _place(value: Any, random: Random) -> tuple[Any, Any]:
    """A random owner and key inside a value; (None, None) when it holds nothing."""
    found: tuple[Any, Any] = (None, None)
    while isinstance(value, (dict, list)) and value:
        key = (
            random.choice(list(value)) if isinstance(value, dict) else random.randrange(len(value))
        )
        found = value, key
        value = value[key]
        if random.random() < 0.25:
            break
    return found
