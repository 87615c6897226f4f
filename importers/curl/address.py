"""URLs as libcurl reads, changes and sends them, and curl's URL globs.

libcurl guesses a missing scheme, removes the fragment and dot segments, percent-encodes bytes over
127 in the path (not in the query) and refuses spaces and control characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from urllib.parse import quote, unquote

from hazard_tui.plan.urls import without_dots
from importers.curl.marks import Marks
from importers.curl.operation import Refused

MALFORMED = "(3) URL using bad/illegal format or missing URL"
MAX_REQUESTS = 1000
"""Most requests that the globs of one URL make."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?=/)")
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f]")
_BAD_HOST = re.compile(r"[ \r\n\t/:#?!@{}\[\]\\$'\"^`*<>=;,+&()]")
_GUESSED = ("ftp", "dict", "ldap", "imap", "smtp", "pop3")
_HIGH = re.compile(r"[^\x00-\x7f]+")


@dataclass(slots=True)
class Address:
    """A URL in parts. `authority` is host[:port]; scheme empty: it begins with a variable."""

    scheme: str
    authority: str
    path: str
    query: str | None
    user: str | None = None
    password: str | None = None

    def text(self) -> str:
        """The URL without user and fragment, ready to be sent as it stands."""
        scheme = f"{self.scheme}://" if self.scheme else ""
        query = "" if self.query is None else f"?{self.query}"
        return f"{scheme}{self.authority}{self.path}{query}"

    def append_query(self, text: str) -> None:
        """Adds to the query as `CURLU_APPENDQUERY`: with `&`, and escapes in lower case."""
        lowered = re.sub(r"%[0-9A-Fa-f]{2}", lambda escape: escape[0].lower(), text)
        if _FORBIDDEN.search(lowered):
            raise Refused(MALFORMED)
        if not self.query:
            self.query = lowered
        else:
            self.query += lowered if self.query.endswith("&") else "&" + lowered
        self._rebuild()

    def append_file_name(self, path: str, marks: Marks) -> None:
        """Adds the name of an uploaded file when the path has none."""
        if self.path and not self.path.endswith("/"):
            return
        name = re.split(r"[/\\]", path)[-1]
        encoded = "".join(
            char if marks.is_mark(char) else quote(char.encode("utf-8", "surrogateescape"), safe="")
            for char in name
        )
        self.path = (self.path or "/") + encoded
        self._rebuild()

    def _rebuild(self) -> None:
        """`curl_url_get` leaves out a ? without a query."""
        self.query = self.query or None


def parse_address(url: str, marks: Marks, *, default_scheme: str, path_as_is: bool) -> Address:
    """Reads one URL. Raises Refused with curl's reason."""
    if not url or _FORBIDDEN.search(url):
        raise Refused(MALFORMED)
    scheme, rest = _split_scheme(url, marks, default_scheme)
    cut = next((at for at, char in enumerate(rest) if char in "/?#"), len(rest))
    authority, tail = rest[:cut], rest[cut:].split("#", 1)[0]
    address = Address(scheme, authority, *_split_path(tail, marks, path_as_is))
    if not tail and authority and marks.is_mark(authority[-1]):
        address.path = ""  # the variable may hold a path
    _read_authority(address, marks)
    if not scheme:
        address.scheme = "" if marks.is_mark(url[0]) else _guess(address.authority, default_scheme)
    if address.scheme not in ("http", "https", ""):
        raise Refused(f"only HTTP is load tested; this URL is {address.scheme}://")
    return address


def _split_scheme(url: str, marks: Marks, default_scheme: str) -> tuple[str, str]:
    found = _SCHEME.match(url)
    if found is None:
        return "", url
    rest = url[found.end() :]
    slashes = len(rest) - len(rest.lstrip("/"))
    scheme = found[1].lower()
    if slashes > 3 and scheme != "file":
        raise Refused(MALFORMED)
    return scheme, rest[slashes:]


def _guess(authority: str, default_scheme: str) -> str:
    if default_scheme:
        return default_scheme.lower()
    first = authority.lower().split(".", 1)[0]
    return first if first in _GUESSED and "." in authority else "http"


def _split_path(tail: str, marks: Marks, path_as_is: bool) -> tuple[str, str | None]:
    path, question, query = tail.partition("?")
    if not path_as_is:
        path = without_dots(path)

    def encoded(found: re.Match[str]) -> str:
        return "".join(
            char
            if marks.is_mark(char)
            else quote(marks.template(char).encode("utf-8", "surrogateescape")).lower()
            for char in found[0]
        )

    path = _HIGH.sub(encoded, path)
    return path or "/", query if question else None


def _read_authority(address: Address, marks: Marks) -> None:
    text = address.authority
    user, at, host = text.rpartition("@")
    if at:
        name, colon, password = user.partition(":")
        address.user = unquote(name)
        address.password = unquote(password) if colon else None
    if host.startswith("["):
        end = host.find("]")
        name, port = host[: end + 1], host[end + 1 :]
        if end < 0 or not re.fullmatch(r"\[[0-9A-Fa-f:.%a-zA-Z]+\]", name):
            raise Refused(MALFORMED)
    else:
        name, colon, port = host.partition(":")
        port = colon + port
        if not name or _BAD_HOST.search(name):
            raise Refused(MALFORMED)
        name = _ascii_host(unquote(name), marks)
    address.authority = name + _port(port, marks)


def _port(text: str, marks: Marks) -> str:
    digits = text[1:]
    if text[:1] not in ("", ":"):
        raise Refused(MALFORMED)
    if not digits or marks.in_text(digits):
        return text if digits else ""
    if not digits.isdigit() or len(digits) > 6 or int(digits) > 65535:
        raise Refused("(3) URL using bad/illegal format: port number")
    return f":{int(digits)}"


def _ascii_host(name: str, marks: Marks) -> str:
    """A host name with letters outside ASCII in its IDNA form."""
    if name.isascii() or marks.in_text(name):
        return name
    try:
        return name.encode("idna").decode()
    except UnicodeError:
        raise Refused("(3) the host name cannot be written in ASCII") from None


def expand_globs(text: str) -> tuple[list[str], int]:
    """All texts that `{a,b}` and `[1-3]` stand for, the last one varying fastest, at most
    `MAX_REQUESTS`; and how many there are. Raises Refused on a bad pattern."""
    pieces: list[list[str]] = []
    total = 1
    literal: list[str] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char == "\\" and text[at + 1 : at + 2] and text[at + 1] in "{}[]":
            literal.append(text[at + 1])
            at += 2
        elif char == "[" and (found := _literal_bracket(text, at)):
            literal.append(found)
            at += len(found)
        elif char in "{[":
            if char == "{":
                choices, at = _set(text, at)
                total *= len(choices)
            else:
                choices, count, at = _range(text, at)
                total *= count
            pieces += [["".join(literal)], choices]
            literal = []
        elif char in "}]":
            raise Refused(f"(3) unmatched close brace/bracket in URL position {at + 1}")
        else:
            literal.append(char)
            at += 1
    pieces.append(["".join(literal)])
    combined = (
        "".join(parts) for parts, _ in zip(product(*pieces), range(MAX_REQUESTS), strict=False)
    )
    return list(combined), total


def _literal_bracket(text: str, at: int) -> str:
    """`[]` and IPv6 addresses are no globs."""
    if text.startswith("[]", at):
        return "[]"
    found = re.compile(r"\[[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(?:%[^\]]*)?\]").match(text, at)
    return found[0] if found and not re.fullmatch(r"\[\d+-.*", found[0]) else ""


def _set(text: str, at: int) -> tuple[list[str], int]:
    choices: list[str] = []
    current: list[str] = []
    start, at = at, at + 1
    while at < len(text):
        char = text[at]
        if char == "\\" and at + 1 < len(text):
            current.append(text[at + 1])
            at += 2
            continue
        if char in "{[":
            raise Refused(f"(3) nested brace in URL position {at + 1}")
        if char == "]":
            raise Refused(f"(3) unexpected close bracket in URL position {at + 1}")
        at += 1
        if char == "}":
            choices.append("".join(current))
            if choices == [""]:
                raise Refused(f"(3) empty string within braces in URL position {at}")
            return choices, at
        if char == ",":
            choices.append("".join(current))
            current = []
        else:
            current.append(char)
    raise Refused(f"(3) unmatched brace in URL position {start + 1}")


_NUMBERS = re.compile(r"\[(\d{1,18})-(\d{1,18})(?::(\d{1,9}))?\]")
_LETTERS = re.compile(r"\[([A-Za-z])-([A-Za-z])(?::(\d{1,9}))?\]")


def _range(text: str, at: int) -> tuple[list[str], int, int]:
    """The first values of a range, how many it has, and the place behind it."""
    found = _NUMBERS.match(text, at)
    letters = _LETTERS.match(text, at) if found is None else None
    match = found or letters
    if match is None:
        raise Refused(f"(3) bad range in URL position {at + 2}")
    step = int(match[3] or 1)
    if letters is not None:
        first, last = ord(letters[1]), ord(letters[2])
    else:
        first, last = int(match[1]), int(match[2])
    same_case = found is not None or match[1].islower() == match[2].islower()
    if last < first or step < 1 or (step > last - first and first != last) or not same_case:
        raise Refused(f"(3) bad range in URL position {at + 2}")
    width = len(match[1]) if found and match[1].startswith("0") else 0
    count = (last - first) // step + 1
    values = (first + index * step for index in range(min(count, MAX_REQUESTS)))
    texts = [chr(value) if letters else f"{value:0{width}d}" for value in values]
    return texts, count, match.end()
