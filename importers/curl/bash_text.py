"""Pieces of Bash syntax that need no lexer state: `$'…'`, `${…}`, brace expansion."""

from __future__ import annotations

import re
from itertools import product

from importers.curl.words import Command, Stdin, Word

_ESCAPES = {
    "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t",
    "v": "\v", "\\": "\\", "'": "'", '"': '"', "?": "?",
}  # fmt: skip
_ANSI_C = re.compile(
    r"\\(?:(?P<octal>[0-7]{1,3})|x(?P<hex>[0-9A-Fa-f]{1,2})|u(?P<u4>[0-9A-Fa-f]{1,4})"
    r"|U(?P<u8>[0-9A-Fa-f]{1,8})|c(?P<control>.)|(?P<letter>.))",
    re.DOTALL,
)
_ANSI_RUN = re.compile(r"[^\\']+")
_PARAMETER = re.compile(r"(?P<name>[A-Za-z_]\w*|\d+|[@*?$!-])(?P<rest>.*)", re.DOTALL)
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=")
_MAX_WORDS = 1000
_MAX_STEPS = 3_000_000
"""Braces of a word times its length; a word over it is taken as it stands."""


def decode_ansi_c(text: str, at: int) -> tuple[str, int]:
    """Decodes `$'…'` from the character after its opening quote.

    Gives the value (bytes that are not UTF-8 as surrogates) and the offset behind the closing
    quote. A NUL ends the value, as in Bash.
    """
    value = bytearray()
    while at < len(text) and text[at] != "'":
        if run := _ANSI_RUN.match(text, at):
            value += run[0].encode("utf-8", "surrogateescape")
            at = run.end()
        elif found := _ANSI_C.match(text, at):
            value += _escape_bytes(found)
            at = found.end()
        else:
            value += b"\\"
            at += 1
    ended = bytes(value).split(b"\0", 1)[0]
    return ended.decode("utf-8", "surrogateescape"), at + 1


def _escape_bytes(found: re.Match[str]) -> bytes:
    if found["octal"]:
        return bytes([int(found["octal"], 8) & 0xFF])
    if found["hex"]:
        return bytes([int(found["hex"], 16)])
    if digits := found["u4"] or found["u8"]:
        code = int(digits, 16)
        return chr(code).encode("utf-8", "surrogatepass") if code <= 0x10FFFF else b""
    if found["control"]:
        return bytes([ord(found["control"]) & 0x1F])
    letter = found["letter"]
    return _ESCAPES.get(letter, "\\" + letter).encode("utf-8", "surrogateescape")


def split_parameter(inner: str) -> tuple[str, str | None]:
    """What stands in `${…}`: (name, default), default None without one; name empty for any other
    expansion."""
    found = _PARAMETER.fullmatch(inner)
    if found is None:
        return "", None
    rest = found["rest"]
    if not rest or rest.startswith((":?", "?")):
        return found["name"], None
    for operator in (":-", ":=", "-", "="):
        if rest.startswith(operator):
            return found["name"], rest[len(operator) :]
    return "", None


def brace_words(text: str, opening: str, comma: str, closing: str) -> list[str]:
    """Brace expansion of a word whose unquoted braces and commas are the given characters."""

    def plain(part: str) -> str:
        return part.replace(opening, "{").replace(comma, ",").replace(closing, "}")

    if text.count(opening) * len(text) > _MAX_STEPS:
        return [plain(text)]
    expanded = _expand(text, opening, comma, closing)
    return [plain(word) for word in expanded] if len(expanded) <= _MAX_WORDS else [plain(text)]


def _expand(text: str, opening: str, comma: str, closing: str, depth: int = 0) -> list[str]:
    start = text.find(opening)
    while start >= 0:
        parts, end = _group(text, start, opening, comma, closing)
        if end < 0 or depth > 10:
            return [text]
        choices: list[str] = []
        if len(parts) > 1:
            for part in parts:
                choices += _expand(part, opening, comma, closing, depth + 1)
        else:
            choices = _sequence(parts[0])
        if choices:
            rest = _expand(text[end + 1 :], opening, comma, closing, depth + 1)
            if len(choices) * len(rest) > _MAX_WORDS:
                return [text]
            return [text[:start] + one + tail for one, tail in product(choices, rest)]
        start = text.find(opening, start + 1)
    return [text]


def _group(text: str, start: int, opening: str, comma: str, closing: str) -> tuple[list[str], int]:
    """Alternatives between the brace at `start` and its partner, and the partner's offset."""
    depth, begin = 0, start + 1
    parts: list[str] = []
    for at in range(start, len(text)):
        char = text[at]
        if char == opening:
            depth += 1
        elif char == closing:
            depth -= 1
            if depth == 0:
                return [*parts, text[begin:at]], at
        elif char == comma and depth == 1:
            parts.append(text[begin:at])
            begin = at + 1
    return [], -1


def _sequence(text: str) -> list[str]:
    """`1..5`, `01..10`, `a..e`, `1..9..2` as a list; empty when it is none of these."""
    found = re.fullmatch(r"(-?\d{1,9})\.\.(-?\d{1,9})(?:\.\.(-?\d{1,9}))?", text)
    letters = re.fullmatch(r"([A-Za-z])\.\.([A-Za-z])(?:\.\.(-?\d{1,9}))?", text)
    if found:
        first, last, width = int(found[1]), int(found[2]), 0
        if any(part.lstrip("-").startswith("0") and len(part) > 1 for part in found.group(1, 2)):
            width = max(len(found[1]), len(found[2]))
    elif letters:
        found, width = letters, 0
        first, last = ord(letters[1]), ord(letters[2])
    else:
        return []
    step = abs(int(found[3] or 1)) or 1
    if abs(last - first) // step >= _MAX_WORDS:
        return []
    values = range(first, last + 1, step) if first <= last else range(first, last - 1, -step)
    return [chr(value) if letters else f"{value:0{width}d}" for value in values]


def echoed(command: Command) -> str | None:
    """What `echo WORDS` prints; None for any other command or option."""
    words = [word.text for word in command.words]
    if not words or words[0] != "echo" or (len(words) > 1 and words[1] in ("-e", "-E", "-ne")):
        return None
    newline = "\n"
    if len(words) > 1 and words[1] == "-n":
        newline = ""
        words = words[1:]
    return " ".join(words[1:]) + newline


_PRINTF_ESCAPE = re.compile(rb"\\(0[0-7]{3}|.)", re.DOTALL)
_PLAIN_FORMAT = re.compile(r"(?!-)(?:[^%\\]|\\[\\nrt])*")
_PRINTF_CHARACTERS = {b"\\": b"\\", b"n": b"\n", b"r": b"\r", b"t": b"\t"}


def printed(command: Command) -> str | None:
    """What `printf %s WORD`, `printf %b WORD` or `printf TEXT` prints; None for any other command
    or format.

    Bytes that are not UTF-8 are surrogates, as everywhere in a command.
    """
    words = [word.text for word in command.words]
    if len(words) == 2 and words[0] == "printf" and _PLAIN_FORMAT.fullmatch(words[1]):
        words = ["printf", "%b", words[1]]
    if len(words) != 3 or words[0] != "printf" or words[1] not in ("%s", "%b"):
        return None
    if words[1] == "%s":
        return words[2]
    data = words[2].encode("utf-8", "surrogateescape")
    codes = set(_PRINTF_ESCAPE.findall(data))
    if any(len(code) == 1 and code not in _PRINTF_CHARACTERS for code in codes):
        return None
    data = _PRINTF_ESCAPE.sub(lambda found: _character(found[1]), data)
    return data.decode("utf-8", "surrogateescape")


def _character(code: bytes) -> bytes:
    return _PRINTF_CHARACTERS.get(code) or bytes([int(code, 8) & 255])


def assignment(word: Word) -> tuple[str, str] | None:
    """`NAME=value` as (name, value)."""
    found = _ASSIGNMENT.match(word.text)
    return (found[1], word.text[found.end() :]) if found else None


def output_of(command: Command) -> Stdin | None:
    """What a command before `|` prints, where that is plain to see."""
    text = echoed(command)
    text = printed(command) if text is None else text
    if text is not None:
        return Stdin(text=text)
    words = [word.text for word in command.words]
    if len(words) == 2 and words[0] == "cat" and not words[1].startswith("-"):
        return Stdin(path=words[1])
    return None
