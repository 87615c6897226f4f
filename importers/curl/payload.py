"""Data options: `-d` in all its kinds, `--url-query`, `-r`, and what they read from files."""

from __future__ import annotations

import re
from urllib.parse import quote

from hazard_tui.plan.request import FileEncoding
from importers.curl.marks import Marks
from importers.curl.operation import Operation, Use
from importers.curl.words import Stdin

_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]+")
_NEWLINES = str.maketrans("", "", "\r\n\0")


class Input:
    """Standard input of one command; the first option that reads it gets it all."""

    def __init__(self, marks: Marks, stdin: Stdin | None) -> None:
        self.marks = marks
        self._stdin = stdin

    @property
    def known(self) -> bool:
        """True while standard input is a text that stands in the paste."""
        return self._stdin is not None and self._stdin.path is None

    def take_path(self) -> str | None:
        """The file behind standard input, when it is one."""
        path = self._stdin.path if self._stdin is not None else None
        if path is not None:
            self._stdin = Stdin()
        return path

    def take(self) -> str:
        """All that is left of it; empty when it is a file or unknown."""
        stdin, self._stdin = self._stdin, Stdin()
        return stdin.text if stdin is not None and stdin.path is None else ""

    def read(self, path: str, use: Use, *, strip: bool = False, encode: bool = False) -> str:
        """Content of a named file (`-`: standard input) as text, or a mark that stands for it."""
        if path == "-":
            stdin, self._stdin = self._stdin, Stdin()
            if stdin is None:
                use.change(
                    "standard input is not part of the text; it is taken as empty",
                    "unknown-standard-input",
                    warns=True,
                    fix="put the data into the body of the request",
                )
                return ""
            if stdin.path is None:
                text = stdin.text.translate(_NEWLINES) if strip else stdin.text
                return self.encoded(text, use) if encode else text
            path = stdin.path
        use.change(
            f"the content of {self.marks.template(path)} is read when a run is prepared",
            "file-reference",
            fix="put the file beside the plan",
        )
        encoding = FileEncoding.PERCENT if encode else FileEncoding.NONE
        return self.marks.file(path, strip_newlines=strip, encoding=encoding)

    def encoded(self, text: str, use: Use) -> str:
        """Percent-encodes as `curl_easy_escape`, with `+` for a space; marks stay."""
        parts: list[str] = []
        at = 0
        while at < len(text):
            if run := _UNRESERVED.match(text, at):
                parts.append(run[0])
                at = run.end()
                continue
            char = text[at]
            at += 1
            if self.marks.is_mark(char):
                self._note_unencoded(char, use)
                parts.append(char)
            elif char == " ":
                parts.append("+")
            else:
                literal = self.marks.template(char)
                parts.append(quote(literal.encode("utf-8", "surrogateescape"), safe=""))
        return "".join(parts)

    def _note_unencoded(self, mark: str, use: Use) -> None:
        if not self.marks.encoded(mark):
            use.change(
                f"the value of {self.marks.template(mark)} is not percent-encoded when it is sent",
                "value-not-encoded",
                warns=True,
                fix="give the variable an encoded value",
            )


def read_data(source: Input, value: str, how: str, use: Use) -> str:
    """What one data option adds to the body. `how`: text, binary, raw, urlencode, json."""
    if how == "urlencode":
        return url_encoded(source, value, use)
    if how != "raw" and value.startswith("@"):
        return source.read(value[1:], use, strip=how == "text")
    return value


def url_encoded(source: Input, value: str, use: Use) -> str:
    """The five forms of `--data-urlencode`: content, =content, name=content, @file, name@file."""
    name, separator, content = value.partition("=")
    if not separator:
        name, separator, content = value.partition("@")
    if not separator:
        return source.encoded(value, use)
    text = (
        source.encoded(content, use) if separator == "=" else source.read(content, use, encode=True)
    )
    return f"{name}={text}" if name else text


def read_range(operation: Operation, value: str, use: Use) -> None:
    """`-r`: a first number without a dash means everything from there on."""
    number = re.match(r"\d+", value)
    if number and "-" not in value:
        operation.range = number[0] + "-"
        use.change("curl adds the missing dash", "range-without-dash")
    else:
        operation.range = value
