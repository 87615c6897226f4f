"""Bodies as options of curl: `--data…`, `--form`, `--upload-file`."""

from __future__ import annotations

import re

from hazard_tui.export.curl_options import Options
from hazard_tui.export.pieces import Kind
from hazard_tui.export.shell import ansi_c
from hazard_tui.export.unsaid import note_file
from hazard_tui.export.wire import FORM_TYPE, Sent, note_part_names, sent_text
from hazard_tui.plan.request import (
    Body,
    FileEncoding,
    FileRef,
    FormBody,
    FormEncoding,
    MultipartBody,
    Part,
    PartNames,
)
from hazard_tui.plan.urls import form_encoded

_LARGEST_WORD = 100_000
"""Linux takes at most 128 KiB in one word of a command line."""
_UNCHANGED = re.compile(r"[A-Za-z0-9._~-]*")
"""What every encoding of a form leaves as it is."""
_TYPE_LIKE = re.compile(r"[^/ ]{1,127}/[^;, \n]{1,127}")
_EXTENSION_TYPES = {
    "gif": "image/gif", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png",
    "svg": "image/svg+xml", "txt": "text/plain", "htm": "text/html", "html": "text/html",
    "pdf": "application/pdf", "xml": "application/xml",
}  # fmt: skip
"""What curl makes of a file name; anything else is application/octet-stream."""


def add_body(options: Options, message: Sent) -> str:
    """Options for the body; gives a command whose output is piped into curl, mostly empty."""
    body = message.body
    if body is None:
        return ""
    if body.multipart is not None:
        return _add_form(options, body.multipart)
    if body.file is not None:
        _add_file(options, message, body.file.file or FileRef())
        return ""
    if body.urlencoded is not None:
        if _add_fields(options, body):
            return ""
        _note_unencoded(options, body.urlencoded)
    text = sent_text(body, options.shell.names)
    if text is None:
        return _add_bytes(options, body.bytes.content if body.bytes else b"")
    return _add_text(options, text)


def sends_type(message: Sent) -> bool:
    """True when curl would add a Content-Type that the plan does not want."""
    body = message.body
    typed = any(pair.name.lower() == "content-type" for pair in message.headers)
    if body is None or typed or body.multipart is not None or message.content_type:
        return False
    return not uploads(message)


def uploads(message: Sent) -> bool:
    """True when the body is a file that curl sends with PUT and without a Content-Type."""
    body = message.body
    if body is None or body.file is None or body.content_type:
        return False
    file, path = body.file.file, message.url.partition("?")[0]
    named = not path.endswith("/") and path.count("/") > 2
    return file is not None and not file.strip_newlines and named


def _add_file(options: Options, message: Sent, file: FileRef) -> None:
    note_file(file, (*options.path, "body", "file"), options.losses, carried=True)
    if file.encoding is not FileEncoding.NONE:
        options.add("--data-urlencode", f"@{file.path}", "body", "file", "path")
    elif uploads(message):
        options.add("--upload-file", file.path, "body", "file", "path")
    else:
        option = "--data" if file.strip_newlines else "--data-binary"
        options.add(option, f"@{file.path}", "body", "file", "path")


def _add_fields(options: Options, body: Body) -> bool:
    """An urlencoded body whose values are variables: curl encodes them when it runs."""
    form, names = body.urlencoded, options.shell.names
    if form is None or form.encoding is FormEncoding.NONE:
        return False
    fields = [pair for pair in form.fields if not pair.disabled]
    if all(names.is_literal(pair.name) and names.is_literal(pair.value) for pair in fields):
        return False
    if any(pair.no_equals or not pair.name or not names.is_literal(pair.name) for pair in fields):
        return False
    for pair in fields:
        name = form_encoded(pair.name, form.encoding)
        options.add("--data-urlencode", f"{name}={pair.value}", "body", "urlencoded")
    return True


def _add_bytes(options: Options, data: bytes) -> str:
    if b"\0" not in data and len(data) < _LARGEST_WORD:
        options.lines.append(f"--data-binary {ansi_c(data)}")
        return ""
    options.lines.append("--data-binary @-")
    return _printed(data)


def _note_unencoded(options: Options, form: FormBody) -> None:
    """A finding about each variable in a form that stands in the text as it is."""
    if form.encoding is FormEncoding.NONE:
        return
    for index, pair in enumerate(form.fields):
        for piece in options.shell.names.pieces(pair.name + pair.value):
            if not pair.disabled and not _UNCHANGED.fullmatch(options.shell.names.constant(piece)):
                options.lost(
                    f"body.urlencoded.fields.{index}",
                    "value-not-encoded",
                    f"the value of {piece.text!r} is not percent-encoded",
                    why="curl encodes values of named fields only",
                    fix="encode the value in the script",
                )


def _printed(data: bytes) -> str:
    """A command that prints the bytes, NUL included."""
    octal = "".join(f"\\0{byte:03o}" for byte in data)
    return f"printf '%b' '{octal}'"


def _add_text(options: Options, text: str) -> str:
    if "\0" in text:
        return _add_bytes(options, text.encode())
    if any(
        piece.kind is Kind.VARIABLE and _file_of(options, piece.text)
        for piece in options.shell.names.pieces(text)
    ) and (pieces := _data_pieces(options, text)):
        for option, value in pieces:
            options.add(option, value, "body")
        return ""
    if len(text.encode()) > _LARGEST_WORD:
        options.lines.append("--data-binary @-")
        word = options.shell.word(text, (*options.path, "body"))
        return f"printf %s {word}" if text.startswith("-") else f"echo -n {word}"
    options.add("--data-raw", text, "body")
    return ""


def _file_of(options: Options, name: str) -> FileRef | None:
    variable = options.shell.names.variables.get(name)
    return variable.file if variable else None


def _data_pieces(options: Options, text: str) -> list[tuple[str, str]]:
    """A text in which whole fields are files, as options; empty when it cannot be cut so."""
    found: list[tuple[str, str]] = []
    pending: list[str] = []
    for field in _fields(options, text):
        pieces = options.shell.names.pieces(field)
        files = [piece for piece in pieces if piece.kind is Kind.VARIABLE]
        file = _file_of(options, files[-1].text) if files else None
        if file is None:
            pending.append(field)
            continue
        before = field[: -len(files[-1].template)]
        option = _file_option(file, before)
        if not option or not field.endswith(files[-1].template):
            return []
        if pending:
            found.append(("--data-raw", "&".join(pending)))
            pending = []
        found.append((option, f"{before.removesuffix('=')}@{file.path}"))
    if pending:
        found.append(("--data-raw", "&".join(pending)))
    return found


def _fields(options: Options, text: str) -> list[str]:
    """The text cut at `&` outside braces."""
    fields = [""]
    for piece in options.shell.names.pieces(text):
        if piece.kind is not Kind.TEXT:
            fields[-1] += piece.template
            continue
        first, *rest = piece.text.split("&")
        fields[-1] += first
        fields += rest
    return fields


def _file_option(file: FileRef, before: str) -> str:
    """The data option that reads a file behind `before`; empty when there is none."""
    if file.encoding is FileEncoding.PERCENT:
        ends = before == "" or before.endswith("=")
        return "--data-urlencode" if ends and "=" not in before[:-1] else ""
    if before or file.encoding is not FileEncoding.NONE:
        return ""
    return "--data" if file.strip_newlines else "--data-binary"


def query_files(options: Options, url: str) -> tuple[str, list[str]]:
    """A URL without the query fields that are files, and `--url-query` values for them."""
    bare, question, query = url.partition("?")
    if not question or not any(
        piece.kind is Kind.VARIABLE and _file_of(options, piece.text)
        for piece in options.shell.names.pieces(query)
    ):
        return url, []
    kept: list[str] = []
    values: list[str] = []
    for field in _fields(options, query):
        pieces = options.shell.names.pieces(field)
        file = _file_of(options, pieces[-1].text) if pieces else None
        if file is not None:
            name = field[: -len(pieces[-1].template)].removesuffix("=")
            values.append(f"{name}@{file.path}")
        elif values:
            values.append(f"+{field}")
        else:
            kept.append(field)
    return bare + (question + "&".join(kept) if kept else ""), values


def _add_form(options: Options, form: MultipartBody) -> str:
    """Adds every part; gives the command whose output is one of them, mostly empty."""
    source = ""
    place = (*options.path, "body", "multipart")
    note_part_names(form, PartNames.BROWSER, options.losses, place)
    for index, part in enumerate(form.parts):
        if not part.disabled:
            source = _add_part(options, part, index, source)
    if form.subtype not in ("", "form-data"):
        options.lost(
            "body.multipart.subtype",
            "multipart-subtype",
            f"the parts are sent as multipart/form-data, not multipart/{form.subtype}",
            why="curl writes form-data only",
        )
    return source


def _add_part(options: Options, part: Part, index: int, source: str) -> str:
    place = ("body", "multipart", "parts", index)

    def lost(code: str, what: str, why: str, *field: str) -> None:
        path = (*options.path, *place, *field)
        options.losses.lost(path, code, f"the part {part.name!r} {what}", why=why)

    if "=" in part.name or not part.name:
        lost("part-left-out", "is left out", "curl wants a name without '='")
        return source
    content_type = part.content_type
    if content_type and not _TYPE_LIKE.match(content_type):
        lost("part-type", "has no Content-Type", f"curl refuses {content_type!r}", "content_type")
        content_type = ""
    note_file(part.file, (*options.path, *place, "file"), options.losses)
    if part.file is not None and not part.file.path:
        lost("no-file-chosen", "is sent empty", "no file is chosen, and curl would ask for one")
        content = '""'
    elif part.file is not None:
        content = f"@{_form_quoted(part.file.path)}"
        if content_type == _guessed(part.file_name or part.file.path):
            content_type = ""
    elif b"\0" in (part.bytes or (part.text or "").encode()) and not source:
        # No word of a command line holds NUL; standard input does.
        source = _printed(part.bytes or (part.text or "").encode())
        content = "@-" if part.file_name else "<-"
    else:
        text = part.text
        if text is None:
            text = (part.bytes or b"").decode("utf-8", "surrogateescape")
        if "\0" in text:
            text = text.partition("\0")[0]
            lost("part-cut", "ends at a NUL byte", "no word of a command line holds one")
        if not content_type and not part.file_name and not part.headers:
            options.add("--form-string", f"{part.name}={text}", *place)
            return source
        content = _form_quoted(text)
    settings = f";type={content_type}" if content_type else ""
    if part.file_name:
        settings += f";filename={_form_quoted(part.file_name)}"
    for header in part.headers:
        if not header.disabled:
            settings += f";headers={_form_quoted(f'{header.name}: {header.value}')}"
    options.add("--form", f"{part.name}={content}{settings}", *place)
    return source


def _form_quoted(text: str) -> str:
    """A value in the language of --form: in double quotes where it needs them."""
    if re.fullmatch(r"[^\s\";,<@(][^\s\";,]*", text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _guessed(name: str) -> str:
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    return _EXTENSION_TYPES.get(extension, "application/octet-stream")


def is_form_type(message: Sent) -> bool:
    """True when curl adds the wanted Content-Type by itself."""
    body = message.body
    if body is None or (body.file is not None and uploads(message)):
        return False
    return body.multipart is not None or message.content_type == FORM_TYPE
