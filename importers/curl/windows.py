"""The Windows command line: cmd.exe first, then the splitting of the C runtime.

cmd.exe takes `^` as an escape outside of its quotes, expands `%NAME%` and ends a command at `&`,
`|` or a line end; the C runtime then splits the rest into arguments (backslashes before quotes,
doubled quotes). Browsers write `^"` around arguments and `^\\^"` for a quote inside, older ones
plain quotes with `^\\^"` or `""` inside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from importers.curl.marks import Marks
from importers.curl.words import Command, Reading, Stdin, Word

_PERCENT = re.compile(r"%([A-Za-z_][A-Za-z0-9_().]*)%(?![0-9A-Fa-f]{2})|%([A-Za-z_]\w*)%")
_ESCAPED_QUOTE = "\ufdd3"
"""`^"`, which browsers write around arguments (a Unicode noncharacter)."""
_HEX_PAIR = re.compile(r"[0-9A-Fa-f]{2}")
_REDIRECT = re.compile(r"\d?(>>|>&\d|>|<)[ \t]*")


@dataclass(slots=True)
class _Line:
    """What cmd.exe hands over: characters with their offsets in the source."""

    chars: list[str] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)

    def add(self, char: str, offset: int) -> None:
        self.chars.append(char)
        self.offsets.append(offset)


class CmdLexer:
    """Reads a whole text in the cmd.exe dialect into `reading.commands`."""

    def __init__(self, text: str, reading: Reading, marks: Marks) -> None:
        self.text = text
        self.reading = reading
        self.marks = marks
        self._stdin: Stdin | None = None

    def read(self) -> None:
        """Reads commands to the end of the text."""
        at = 0
        while at < len(self.text):
            self._stdin = None
            line, at = self._phase_one(at)
            words = [
                Word(text, self.reading.positions.pointer(offset))
                for text, offset in split_arguments(line.chars, line.offsets)
            ]
            if words and not words[0].text.startswith(("::", "@rem", "rem")):
                command = Command(words[0].pointer, words, self._stdin)
                self.reading.commands.append(command)

    def _phase_one(self, at: int) -> tuple[_Line, int]:
        """cmd.exe's own reading of one command: carets, percent signs, operators."""
        line = _Line()
        quoted = False
        while at < len(self.text):
            char = self.text[at]
            if char == "%" and (found := _PERCENT.match(self.text, at)):
                name = found[1] or found[2]
                if found[1] or not _HEX_PAIR.match(name):
                    line.add(self._variable(name, at), at)
                    at = found.end()
                    continue
            if char == "^" and self.text.startswith('^\\^"', at) and quoted:
                # Older browsers escape inside plain quotes; they mean a quote character.
                line.add("\\", at)
                line.add('"', at)
                at += 4
            elif char == "^" and not quoted:
                at = self._caret(line, at)
            elif char == "\n" or (char in "&|" and not quoted):
                return line, at + 1
            elif char in "<>" and not quoted:
                at = self._redirection(at)
            else:
                quoted ^= char == '"'
                line.add(char, at)
                at += 1
        return line, at

    def _caret(self, line: _Line, at: int) -> int:
        """`^` before a line end joins lines; before anything else it makes that literal."""
        at += 1
        if self.text.startswith("\n", at):
            at += 1
            if not self.text.startswith("\n", at):
                return at
        if at < len(self.text):
            char = self.text[at]
            line.add(_ESCAPED_QUOTE if char == '"' else char, at)
        return at + 1

    def _redirection(self, at: int) -> int:
        found = _REDIRECT.match(self.text, at)
        if found is None:
            return at + 1
        name = re.compile(r'"([^"\n]*)"|([^\s&|<>]*)').match(self.text, found.end())
        if name is None:
            return found.end()
        if found[1] == "<":
            self._stdin = Stdin(path=name[1] or name[2] or "")
            pointer = self.reading.positions.pointer(at)
            self.reading.ledger.keep(pointer, "stdin", self._stdin.path or "")
        return name.end()

    def _variable(self, name: str, at: int) -> str:
        pointer = self.reading.positions.pointer(at)
        self.reading.unknown_variable(pointer, name, "its value is not in the text")
        return self.marks.variable(name, None, f"environment variable %{name}%")


def split_arguments(chars: list[str], offsets: list[int]) -> list[tuple[str, int]]:
    """Splits as the C runtime does: 2n backslashes and a quote are n backslashes and a quote that
    opens or closes, 2n+1 are n and a literal quote; a doubled quote inside quotes is one quote.

    In an argument that begins with `^"` each doubled backslash is one: browsers double them all,
    although the C runtime only joins those before a quote.
    """
    splitter = _Splitter()
    at = 0
    while at < len(chars):
        at = splitter.take(chars, at, offsets[at])
    splitter.end()
    return splitter.words


@dataclass(slots=True)
class _Splitter:
    words: list[tuple[str, int]] = field(default_factory=list)
    current: list[str] = field(default_factory=list)
    start: int = -1
    quoted: bool = False
    by_browser: bool = False

    def end(self) -> None:
        """Ends the current argument, if there is one."""
        if self.start >= 0:
            self.words.append(("".join(self.current), self.start))
        self.current, self.start = [], -1

    def take(self, chars: list[str], at: int, offset: int) -> int:
        """Consumes what stands at `at`; gives the place behind it."""
        char = chars[at]
        if char in " \t\r\n" and not self.quoted:
            self.end()
            return at + 1
        if self.start < 0:
            self.start = offset
            self.by_browser = char == _ESCAPED_QUOTE
        if char == "\\":
            return self._backslashes(chars, at)
        if char in _QUOTES:
            if self.quoted and at + 1 < len(chars) and chars[at + 1] in _QUOTES:
                self.current.append('"')
                return at + 2
            self.quoted = not self.quoted
        else:
            self.current.append(char)
        return at + 1

    def _backslashes(self, chars: list[str], at: int) -> int:
        end = at
        while end < len(chars) and chars[end] == "\\":
            end += 1
        count = end - at
        before_quote = end < len(chars) and chars[end] in _QUOTES
        halved = before_quote or self.by_browser
        self.current.append("\\" * (count // 2 if halved else count))
        if not halved or count % 2 == 0:
            return end
        self.current.append('"' if before_quote else "\\")
        return end + 1 if before_quote else end


_QUOTES = ('"', _ESCAPED_QUOTE)
