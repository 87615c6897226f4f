"""`-F` and `--form-string`: curl's little language for the parts of a multipart body.

Follows `tool_formparse.c`: `name=content`, `@file`, `<file`, `=(` … `=)`, and after `;` type,
filename, headers, encoder; words may stand in double quotes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from importers.curl.operation import FormPart, Operation, Refused, Use
from importers.curl.payload import Input

_TYPE = re.compile(r"([^/ ]{1,127})/([^;, \n]{1,127})")
_QUOTED = re.compile(r'"((?:[^"\\]|\\["\\]|\\(?!["\\]))*+)"', re.DOTALL)
_SPACE = " \t\r\n\v\f"
BADLY_USED = "option -F: is badly used here"


@dataclass(slots=True)
class _Parameters:
    """What was read of one part up to its end."""

    content: str
    separator: str
    content_type: str | None = None
    file_name: str | None = None
    encoder: str | None = None
    headers: list[str] = field(default_factory=list)


class _Reader:
    def __init__(self, text: str, source: Input, use: Use) -> None:
        self.text = text
        self.at = 0
        self.source = source
        self.use = use

    def parameters(self, end: str) -> _Parameters:
        """Content and parameters up to the character `end` (empty: the end of the text)."""
        self._skip_space()
        read = _Parameters(self._word(end), "")
        open_type = False
        while self._char() == ";":
            self.at += 1
            self._skip_space()
            if not open_type and self._take("type="):
                self._skip_space()
                read.content_type = self._content_type(end)
                open_type = True
            elif self._take("filename="):
                open_type = False
                self._skip_space()
                read.file_name = self._word(end)
            elif self._take("headers="):
                open_type = False
                self._headers(read, end)
            elif self._take("encoder="):
                open_type = False
                self._skip_space()
                read.encoder = self._word(end)
            elif open_type:
                begin = self.at
                self._to_end(end)
                read.content_type = f"{read.content_type};{self.text[begin : self.at]}".rstrip(
                    _SPACE
                )
            else:
                self._word(end)
        read.separator = self._char()
        return read

    def _char(self) -> str:
        return self.text[self.at : self.at + 1]

    def _skip_space(self) -> None:
        while self._char() and self._char() in _SPACE:
            self.at += 1

    def _take(self, prefix: str) -> bool:
        if self.text[self.at : self.at + len(prefix)].lower() != prefix:
            return False
        self.at += len(prefix)
        return True

    def _to_end(self, end: str) -> None:
        while self._char() and self._char() != ";" and self._char() != end:
            self.at += 1

    def _word(self, end: str) -> str:
        """A quoted word, or everything up to `;` or `end` without trailing spaces."""
        if quoted := _QUOTED.match(self.text, self.at):
            self.at = quoted.end()
            self._to_end(end)
            return re.sub(r'\\(["\\])', r"\1", quoted[1])
        begin = self.at
        self._to_end(end)
        return self.text[begin : self.at].rstrip(_SPACE)

    def _content_type(self, end: str) -> str:
        begin = self.at
        found = _TYPE.match(self.text, begin)
        if found is None and not self.source.marks.in_text(self.text[begin:]):
            raise Refused(BADLY_USED + " (illegally formatted content-type)")
        self._to_end(end)
        return self.text[begin : self.at].rstrip(_SPACE)

    def _headers(self, read: _Parameters, end: str) -> None:
        if self._char() in ("@", "<"):
            self.at += 1
            name = self._word(end)
            self.use.change(
                f"part headers stand in the file {name}, which is not opened at import",
                "file-not-opened",
                warns=True,
                fix="add them to the part",
            )
            return
        self._skip_space()
        read.headers.append(self._word(end))


DEEPEST_FORM = 50
"""Multipart bodies inside each other; nobody sends so many."""


def read_form(operation: Operation, text: str, literal: bool, source: Input, use: Use) -> None:
    """Adds what one `-F` (or, literal, one `--form-string`) says to the operation's form."""
    name, equals, content = text.partition("=")
    if not equals:
        raise Refused(BADLY_USED)
    siblings = operation.form
    if operation.form_open:
        siblings = operation.form_open[-1].parts or []
        operation.form_open[-1].parts = siblings
    part_name = name or None
    if literal:
        siblings.append(FormPart(part_name, text=content))
    elif content.startswith("("):
        reader = _Reader(content[1:], source, use)
        read = reader.parameters("")
        part = FormPart(part_name, parts=[], content_type=read.content_type, headers=read.headers)
        siblings.append(part)
        if len(operation.form_open) >= DEEPEST_FORM:
            raise Refused(f"its parts are nested deeper than {DEEPEST_FORM}")
        operation.form_open.append(part)
    elif part_name is None and content == ")":
        if not operation.form_open:
            raise Refused(BADLY_USED + " (no multipart to close)")
        operation.form_open.pop()
    elif content.startswith("@"):
        siblings.append(_files(part_name, content, source, use))
    else:
        siblings.append(_single(part_name, content, source, use))


def _single(name: str | None, content: str, source: Input, use: Use) -> FormPart:
    """Text, or with `<` text that stands in a file."""
    from_file = content.startswith("<")
    read = _Reader(content[1:] if from_file else content, source, use).parameters("")
    part = FormPart(
        name,
        text=read.content,
        content_type=read.content_type,
        file_name=read.file_name,
        headers=read.headers,
        encoder=read.encoder,
    )
    if from_file:
        part.text = source.read(read.content, use)
        part.content_type = read.content_type or text_type(guessed_type(read.content))
    elif read.content_type is None and read.file_name is not None:
        part.content_type = guessed_type(read.file_name)
    return part


def _files(name: str | None, content: str, source: Input, use: Use) -> FormPart:
    """`@one` or `@one,two`: several files are a multipart of their own."""
    reader = _Reader(content, source, use)
    files: list[FormPart] = []
    while True:
        reader.at += 1
        read = reader.parameters(",")
        files.append(_file(read, source, use))
        if read.separator != ",":
            break
    if len(files) == 1:
        files[0].name = name
        return files[0]
    return FormPart(name, parts=files)


def _file(read: _Parameters, source: Input, use: Use) -> FormPart:
    part = FormPart(None, headers=read.headers, encoder=read.encoder)
    part.file_name = read.file_name
    if read.content == "-":
        part.text = source.read("-", use)
        part.file_name = "-" if read.file_name is None else read.file_name
    else:
        part.file = read.content
        use.change(
            f"the content of {source.marks.template(read.content)} is read when a run is prepared",
            "file-reference",
            fix="put the file beside the plan",
        )
        if read.file_name is None:
            part.file_name = read.content.rsplit("/", 1)[-1]
    part.content_type = read.content_type or guessed_type(part.file_name or "")
    if not part.content_type and part.file is not None:
        part.content_type = guessed_type(read.content) or "application/octet-stream"
    return part


_TYPES = {
    "gif": "image/gif",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain",
    "htm": "text/html",
    "html": "text/html",
    "pdf": "application/pdf",
    "xml": "application/xml",
}


def guessed_type(name: str) -> str | None:
    """Content type by file name, from curl's own list."""
    return _TYPES.get(name.rsplit(".", 1)[-1].lower()) if "." in name else None


def text_type(content_type: str | None) -> str | None:
    """A part without a file name does not say that it is plain text."""
    return None if content_type == "text/plain" else content_type
