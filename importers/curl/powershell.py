"""PowerShell: backtick escapes, single, double and here-strings, `$name` and `$env:NAME`.

PowerShell before 7.3 hands quotes inside arguments to programs unescaped, so people write `\\"`; an
argument in which every quote has a backslash is read that way.
"""

from __future__ import annotations

import re

from importers.curl.marks import Marks
from importers.curl.words import Command, Reading, Word

_ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t",
    "v": "\v",
}  # fmt: skip
_PLAIN = re.compile(r"[^\s`'\"$;|&<>(){},@#\u2018-\u201f]+")
_VARIABLE = re.compile(r"\$(?:\{(?:env:)?([^}\n]+)\}|(?:env:)?([A-Za-z_]\w*))", re.IGNORECASE)
_HERE = re.compile(r"@(['\"])[ \t]*\n(.*?)\n\1@", re.DOTALL)
_REDIRECT = re.compile(r"[\d*]?>>?(?:&\d|[ \t]*[^\s;|]*)")
_ESCAPED_CODE = re.compile(r"u\{([0-9A-Fa-f]{1,6})\}")
_UNESCAPED_QUOTE = re.compile(r'(?<!\\)"')
_ASSIGNMENT = re.compile(r"\$(?:env:)?(\w+)[ \t]*=[ \t]*", re.IGNORECASE)


class PowerShellLexer:
    """Reads a whole text in the PowerShell dialect into `reading.commands`."""

    def __init__(self, text: str, reading: Reading, marks: Marks) -> None:
        self.text = text
        self.at = 0
        self.reading = reading
        self.marks = marks

    def read(self) -> None:
        """Reads commands to the end of the text."""
        while self.at < len(self.text):
            command = Command(self._pointer())
            if found := _ASSIGNMENT.match(self.text, self.at):
                self._assign(found)
                continue
            self._command(command)
            if command.words:
                self.reading.commands.append(command)

    def _command(self, command: Command) -> None:
        while self.at < len(self.text):
            char = self.text[self.at]
            if char in " \t\r":
                self.at += 1
            elif self.text.startswith("`\n", self.at):
                self.at += 2
            elif char == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif char in "\n;|":
                self.at += 1
                return
            elif char == "&" and not command.words:
                self.at += 1
            elif redirect := _REDIRECT.match(self.text, self.at):
                self.at = redirect.end()
            else:
                if not command.words:
                    command.pointer = self._pointer()
                command.words.append(self._word())

    def _assign(self, found: re.Match[str]) -> None:
        pointer = self._pointer()
        self.at = found.end()
        command = Command(pointer)
        self._command(command)
        value = " ".join(word.text for word in command.words)
        self.marks.assign(found[1], value)
        self.reading.ledger.keep(pointer, "variable", found[1])

    def _word(self) -> Word:
        pointer = self._pointer()
        parts: list[str] = []
        while self.at < len(self.text):
            char = self.text[self.at]
            if char in " \t\r\n;|" or self.text.startswith("`\n", self.at):
                break
            parts.append(self._piece(char))
        text = "".join(parts)
        if '\\"' in text and not _UNESCAPED_QUOTE.search(text):
            text = text.replace('\\"', '"')
        return Word(text, pointer)

    def _piece(self, char: str) -> str:
        if plain := _PLAIN.match(self.text, self.at):
            self.at = plain.end()
            return plain[0]
        if here := _HERE.match(self.text, self.at):
            begin, self.at = here.start(2), here.end()
            return here[2] if here[1] == "'" else self._expanded(begin, here.end(2))
        if char in "'\u2018\u2019":
            return self._single()
        if char in '"\u201c\u201d':
            return self._double()
        if char == "`":
            return self._escape()
        if char == "$":
            return self._variable()
        self.at += 1
        return char

    def _single(self) -> str:
        begin = self.at + 1
        at = begin
        while at < len(self.text):
            if self.text[at] in "'\u2018\u2019":
                if self.text[at + 1 : at + 2] not in ("'", "\u2018", "\u2019"):
                    break
                at += 1
            at += 1
        self.at = at + 1
        return re.sub("(['\u2018\u2019])['\u2018\u2019]", r"\1", self.text[begin:at])

    def _double(self) -> str:
        self.at += 1
        parts: list[str] = []
        while self.at < len(self.text):
            char = self.text[self.at]
            if char in '"\u201c\u201d':
                self.at += 1
                if self.text[self.at : self.at + 1] not in ('"', "\u201c", "\u201d"):
                    break
                self.at += 1
                parts.append('"')
            else:
                parts.append(self._in_double(char))
        return "".join(parts)

    def _in_double(self, char: str) -> str:
        if char == "`":
            return self._escape()
        if char == "$":
            return self._variable()
        self.at += 1
        return char

    def _expanded(self, begin: int, end: int) -> str:
        """Text of a double-quoted here-string."""
        after, self.at = self.at, begin
        parts: list[str] = []
        while self.at < end:
            parts.append(self._in_double(self.text[self.at]))
        self.at = after
        return "".join(parts)

    def _escape(self) -> str:
        self.at += 1
        if found := _ESCAPED_CODE.match(self.text, self.at):
            self.at = found.end()
            return self.marks.guard(chr(min(int(found[1], 16), 0x10FFFF)))
        char = self.text[self.at : self.at + 1]
        self.at += 1
        return "" if char == "\n" else _ESCAPES.get(char, char)

    def _variable(self) -> str:
        start = self.at
        ledger = self.reading.ledger
        if self.text.startswith("$(", start):
            return self._subexpression(start)
        found = _VARIABLE.match(self.text, start)
        if found is None:
            self.at += 1
            return "$"
        pointer = self._pointer()
        self.at = found.end()
        name = found[1] or found[2]
        if self.marks.assigned(name) is not None:
            ledger.keep(pointer, "variable", name)
            return self.marks.variable(name)
        self.reading.unknown_variable(pointer, name, "its value is not in the text")
        return self.marks.variable(name, None, f"shell variable ${name}")

    def _subexpression(self, start: int) -> str:
        depth, at = 0, start + 1
        while at < len(self.text):
            depth += {"(": 1, ")": -1}.get(self.text[at], 0)
            at += 1
            if depth == 0:
                break
        inner = self.text[start + 2 : at - 1].strip()
        pointer = self._pointer()
        self.at = at
        self.reading.not_run(pointer, inner)
        return self.marks.command(inner)

    def _pointer(self) -> str:
        return self.reading.positions.pointer(self.at)
