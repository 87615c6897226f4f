"""Bash as people paste it: simple commands, quotes, expansions, redirections, here-documents.

Nothing is executed. Variables become marks, `$(…)` and backticks become marks too and a finding;
only `echo` of constant words is read as the text that it prints. Grammar: the Bash reference
manual, chapters "Quoting", "Shell Expansions", "Redirections".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hazard_tui.plan.findings import FindingSeverity
from importers.curl.bash_text import (
    assignment,
    brace_words,
    decode_ansi_c,
    echoed,
    output_of,
    split_parameter,
)
from importers.curl.marks import Marks
from importers.curl.words import Command, Reading, Stdin, Word

_PLAIN = re.compile(r"[^\s\\'\"$`;&|<>(){},#~!]+")
_BLANK = re.compile(r"(?:[ \t\r]|\\\n)+")
_COMMENT = re.compile(r"#[^\n]*")
_REDIRECT = re.compile(r"(?P<fd>\d*)(?P<op><<<|<<-|<<|<>|<&|<|>>|>&|>\||&>>|&>|>)")
_DOUBLE_RUN = re.compile(r"[^\"\\$`]+")
_VARIABLE = re.compile(r"[A-Za-z_]\w*|[0-9@*#?$!-]")
_DEPTH = 20
OPEN, COMMA, CLOSE = "\ufdd0", "\ufdd1", "\ufdd2"
"""Unquoted `{`, `,`, `}` while a word is read (Unicode noncharacters)."""


@dataclass(slots=True)
class _HereDocument:
    delimiter: str
    quoted: bool
    strip_tabs: bool
    target: Command
    pointer: str


class BashLexer:
    """Reads a whole text into `reading.commands`."""

    def __init__(
        self, text: str, reading: Reading, marks: Marks, *, base: int = 0, depth: int = 0
    ) -> None:
        self.text = text
        self.at = 0
        self._base = base
        self.reading = reading
        self.ledger = reading.ledger
        self.marks = marks
        self._here: list[_HereDocument] = []
        self._quoted = False
        self._depth = depth

    def read(self) -> None:
        """Reads commands to the end of the text."""
        piped: Command | None = None
        operator = ""
        while self.at < len(self.text):
            command, end = self._simple_command()
            command.after = operator
            if piped is not None and command.stdin is None:
                command.stdin = output_of(piped)
            if command.words and not self._only_assigns(command):
                self.reading.commands.append(command)
            piped = command if end == "|" else None
            operator = end

    def _only_assigns(self, command: Command) -> bool:
        """`A=1 B=2` and `export A=1` give values to the uses behind them."""
        words = command.words[1:] if command.words[0].text == "export" else command.words
        if not words or not all(assignment(word) for word in words):
            return False
        for word in words:
            name, value = assignment(word) or ("", "")
            self.marks.assign(name, value)
            self.ledger.keep(word.pointer, "variable", name)
        return True

    def _simple_command(self) -> tuple[Command, str]:
        """One command, and the operator that ended it."""
        command = Command(self._pointer(self.at))
        while True:
            self._skip_blanks()
            if self.at >= len(self.text):
                self._read_here_documents()
                return command, ""
            char = self.text[self.at]
            if char == "\n":
                self.at += 1
                self._read_here_documents()
                return command, "\n"
            if redirect := self._redirect_here():
                self._redirection(command, redirect)
            elif char in ";&|()":
                self.at += 1
                if self.text[self.at : self.at + 1] == char and char in ";&|":
                    self.at += 1
                    return command, char * 2
                return command, char
            else:
                if not command.words:
                    command.pointer = self._pointer(self.at)
                command.words.extend(self._words())

    def _redirect_here(self) -> re.Match[str] | None:
        found = _REDIRECT.match(self.text, self.at)
        if found is None or self.text.startswith(("<(", ">("), found.start("op")):
            return None
        return found

    def _skip_blanks(self) -> None:
        while self.at < len(self.text):
            if blank := _BLANK.match(self.text, self.at):
                self.at = blank.end()
            elif comment := _COMMENT.match(self.text, self.at):
                self.at = comment.end()
            else:
                return

    def _words(self) -> list[Word]:
        start = self.at
        self._quoted = False
        text = self._word()
        pointer = self._pointer(start)
        if OPEN not in text:
            return [Word(text.replace(COMMA, ",").replace(CLOSE, "}"), pointer)]
        return [Word(one, pointer) for one in brace_words(text, OPEN, COMMA, CLOSE)]

    def _word(self) -> str:
        """One word with its quotes removed; stops at a blank or operator."""
        parts: list[str] = []
        text = self.text
        while self.at < len(text):
            if plain := _PLAIN.match(text, self.at):
                parts.append(plain[0])
                self.at = plain.end()
                continue
            char = text[self.at]
            if char in " \t\r\n;&|)" or (char in "<>" and not self._substitution_here()):
                break
            parts.append(self._piece(char))
        return "".join(parts)

    def _substitution_here(self) -> bool:
        return self.text.startswith(("<(", ">("), self.at)

    def _piece(self, char: str) -> str:
        """Consumes one quoted part, expansion or single character."""
        if char == "'":
            return self._single_quoted()
        if char == '"':
            return self._double_quoted()
        if char == "\\":
            escaped = self.text[self.at + 1 : self.at + 2]
            self.at += 2
            self._quoted = True
            return "" if escaped == "\n" else escaped
        if char in "$`<>":
            return self._expansion(in_double=False)
        self.at += 1
        return {"{": OPEN, ",": COMMA, "}": CLOSE}.get(char, char)

    def _single_quoted(self) -> str:
        self._quoted = True
        end = self.text.find("'", self.at + 1)
        if end < 0:
            self._unclosed("'")
            end = len(self.text)
        value = self.text[self.at + 1 : end]
        self.at = end + 1
        return value

    def _double_quoted(self) -> str:
        self._quoted = True
        start = self.at
        self.at += 1
        parts: list[str] = []
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == '"':
                self.at += 1
                return "".join(parts)
            parts.append(self._inside_double(char))
        self._unclosed('"', start)
        return "".join(parts)

    def _inside_double(self, char: str) -> str:
        if run := _DOUBLE_RUN.match(self.text, self.at):
            self.at = run.end()
            return run[0]
        if char == "\\":
            escaped = self.text[self.at + 1 : self.at + 2]
            self.at += 2
            if escaped == "\n":
                return ""
            return escaped if escaped and escaped in '$`"\\' else "\\" + escaped
        if char in "$`":
            return self._expansion(in_double=True)
        self.at += 1
        return char

    def _expansion(self, *, in_double: bool) -> str:
        """`$…`, backticks or process substitution at the current place."""
        start = self.at
        text = self.text
        if text[start] == "`":
            return self._command_output(self._until_backtick(), start)
        if text[start] in "<>" or text.startswith("$(", start):
            inner = self._balanced("(", ")")
            if inner.startswith("(") and text[start] == "$":
                return self._opaque(f"$({inner})", start, "arithmetic")
            return self._command_output(inner, start)
        if text.startswith("${", start):
            return self._parameter(self._balanced("{", "}"), start)
        if not in_double and text.startswith("$'", start):
            self._quoted = True
            value, self.at = decode_ansi_c(text, start + 2)
            return self.marks.guard(value)
        if not in_double and text.startswith('$"', start):
            self.at += 1
            return self._double_quoted()
        name = _VARIABLE.match(text, start + 1)
        self.at = name.end() if name else start + 1
        return self._variable(name[0], start) if name else "$"

    def _until_backtick(self) -> str:
        at = self.at + 1
        while at < len(self.text) and self.text[at] != "`":
            at += 2 if self.text[at] == "\\" else 1
        inner = self.text[self.at + 1 : at]
        if at >= len(self.text):
            self._unclosed("`")
        self.at = at + 1
        return re.sub(r"\\([$`\\])", r"\1", inner)

    def _balanced(self, opening: str, closing: str) -> str:
        """Text between brackets; the current place is the `$` or `<` before the opening one."""
        begin = self.at + 2
        at, depth = begin, 1
        while at < len(self.text):
            char = self.text[at]
            if char == "\\":
                at += 1
            elif char == "'" and opening == "(":
                at = max(self.text.find("'", at + 1), at)
            elif char == opening:
                depth += 1
            elif char == closing:
                depth -= 1
                if depth == 0:
                    break
            at += 1
        else:
            self._unclosed(opening)
        self.at = at + 1
        return self.text[begin:at]

    def _parameter(self, inner: str, start: int) -> str:
        name, default = split_parameter(inner)
        if not name:
            return self._opaque("${" + inner + "}", start, "parameter expansion")
        if default is None:
            return self._variable(name, start)
        if (known := self.marks.assigned(name)) is not None:
            return known
        value = self.marks.template(self._nested(default))
        mark = self.marks.variable(name, value, "environment variable, default from the command")
        self._note_variable(name, start, f"its default is {value!r}")
        return mark

    def _variable(self, name: str, start: int) -> str:
        if self.marks.assigned(name) is not None:
            self.ledger.keep(self._pointer(start), "variable", name)
            return self.marks.variable(name)
        plan_name = name if name[0].isalpha() or name[0] == "_" else f"shell_{ord(name[0])}"
        if name.isdigit():
            plan_name = f"argument_{name}"
        mark = self.marks.variable(plan_name, None, f"shell variable ${name}")
        self._note_variable(name, start, "its value is not in the text")
        return mark

    def _note_variable(self, name: str, start: int, why: str) -> None:
        self.reading.unknown_variable(self._pointer(start), name, why)

    def _opaque(self, source: str, start: int, what: str) -> str:
        if made := self.marks.function(source.removeprefix("$")):
            self.reading.not_run(self._pointer(start), source, function=True)
            return made
        self.reading.not_evaluated(self._pointer(start), source, what)
        return self.marks.command(source, what)

    def _command_output(self, inner: str, start: int) -> str:
        """A command substitution: never run; `echo` of constant words is its words."""
        if made := self.marks.function(inner):
            self.reading.not_run(self._pointer(start), inner, function=True)
            return made
        constant = self._constant_output(inner)
        self.reading.not_run(self._pointer(start), inner, constant=constant is not None)
        return self.marks.command(inner.strip()) if constant is None else constant.rstrip("\n")

    def _constant_output(self, inner: str) -> str | None:
        if self._depth >= _DEPTH or not re.match(r"\s*echo\s", inner):
            return None
        commands = self._sub_commands(inner)
        return echoed(commands[0]) if len(commands) == 1 else None

    def _sub_commands(self, inner: str) -> list[Command]:
        reading = Reading(self.reading.positions, self.ledger)
        BashLexer(
            inner, reading, self.marks, base=self._base + self.at, depth=self._depth + 1
        ).read()
        return reading.commands

    def _nested(self, text: str, *, here: bool = False) -> str:
        """Expands a default value such as `${X:-$Y}`, or the text of a here-document."""
        if self._depth >= _DEPTH:
            return text
        lexer = BashLexer(
            text, self.reading, self.marks, base=self._base + self.at, depth=self._depth + 1
        )
        parts: list[str] = []
        while lexer.at < len(text):
            if here and text.startswith('\\"', lexer.at):
                lexer.at += 2
                parts.append('\\"')
            else:
                parts.append(lexer._inside_double(text[lexer.at]))
        return "".join(parts)

    def _redirection(self, command: Command, found: re.Match[str]) -> None:
        start = self.at
        self.at = found.end()
        operator = found["op"]
        self._skip_blanks()
        self._quoted = False
        target = self._word().replace(OPEN, "{").replace(COMMA, ",").replace(CLOSE, "}")
        pointer = self._pointer(start)
        if operator in ("<<", "<<-"):
            self._here.append(
                _HereDocument(target, self._quoted, operator == "<<-", command, pointer)
            )
        elif operator == "<<<":
            command.stdin = Stdin(text=target + "\n")
            self.ledger.keep(pointer, "stdin", "here-string")
        elif operator in ("<", "<>") and found["fd"] in ("", "0"):
            command.stdin = Stdin(path=target)
            self.ledger.keep(pointer, "stdin", self.marks.template(target))
        # Output redirections have no effect on what is sent.

    def _read_here_documents(self) -> None:
        for document in self._here:
            lines: list[str] = []
            closed = False
            while self.at < len(self.text) and not closed:
                end = self.text.find("\n", self.at)
                end = len(self.text) if end < 0 else end
                line = self.text[self.at : end]
                self.at = end + 1
                if document.strip_tabs:
                    line = line.lstrip("\t")
                closed = line == document.delimiter
                if not closed:
                    lines.append(line + "\n")
            if not closed:
                self.ledger.note(
                    document.pointer,
                    "unclosed-here-document",
                    f"the here-document has no line {document.delimiter!r}",
                    FindingSeverity.WARNING,
                )
            body = "".join(lines)
            document.target.stdin = Stdin(
                text=body if document.quoted else self._nested(body, here=True)
            )
            self.ledger.keep(document.pointer, "stdin", "here-document")
        self._here.clear()

    def _unclosed(self, quote: str, start: int | None = None) -> None:
        self.ledger.note(
            self._pointer(self.at if start is None else start),
            "unclosed-quote",
            f"the text ends inside {quote}",
            FindingSeverity.WARNING,
            fix="check that the whole command was pasted",
        )

    def _pointer(self, offset: int) -> str:
        return self.reading.positions.pointer(self._base + min(offset, len(self.text)))
