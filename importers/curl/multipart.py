"""The parts of a form as a plan's body; forms that the plan's parts cannot hold become text."""

from __future__ import annotations

import hashlib

from hazard_tui.plan.request import Body, BytesBody, FileRef, MultipartBody, Part, TextBody
from importers.curl.marks import Marks
from importers.curl.operation import FormPart, Operation

_ENCODERS_WITHOUT_EFFECT = ("7bit", "8bit", "binary")


def form_body(operation: Operation, marks: Marks, custom_type: str | None) -> tuple[Body, str]:
    """The body of a form and the Content-Type value to send, empty when it is the default one.

    `custom_type` is the value of the command's own Content-Type header.
    """
    form_data = custom_type is None or custom_type.lower().startswith("multipart/form-data")
    boundaries = _Boundaries(operation)
    boundary = boundaries.next()
    header = f"{custom_type}; boundary={boundary}" if custom_type else ""
    if form_data and all(_plain(part) for part in operation.form) and not operation.form_escape:
        parts = tuple(_part(part, marks) for part in operation.form)
        body = Body(multipart=MultipartBody(parts=parts, boundary=boundary if header else ""))
        return body, header
    disposition = "form-data" if form_data else "attachment"
    writer = _Writer(operation, marks, boundaries)
    text = writer.parts(operation.form, boundary, disposition)
    return plain_body(text, marks), header or f"multipart/form-data; boundary={boundary}"


def plain_body(text: str, marks: Marks) -> Body:
    """Text as it stands; what is not UTF-8 becomes bytes, in which variables are not replaced."""
    rendered = marks.raw_template(text)
    if any("\ud800" <= char <= "\udfff" for char in rendered):
        return Body(bytes=BytesBody(content=rendered.encode("utf-8", "surrogateescape")))
    return Body(text=TextBody(content=rendered))


def _plain(part: FormPart) -> bool:
    """True when a plan's part says the same."""
    named = bool(part.name) and not set(part.name or "") & set("\r\n\\")
    return (
        named
        and part.parts is None
        and part.encoder is None
        and not part.headers
        and part.file_name != ""
        and (part.file is not None or not _not_utf8(part.text or ""))
    )


def _not_utf8(text: str) -> bool:
    return any("\udc80" <= char <= "\udcff" for char in text)


def _part(part: FormPart, marks: Marks) -> Part:
    content_type = marks.template(part.content_type or "")
    name, file_name = marks.template(part.name or ""), marks.template(part.file_name or "")
    if part.file is not None:
        reference = FileRef(path=marks.template(part.file))
        return Part(name=name, content_type=content_type, file_name=file_name, file=reference)
    return Part(
        name=name,
        content_type=content_type,
        file_name=file_name,
        text=marks.template(part.text or ""),
    )


class _Boundaries:
    """Boundaries of one form: the same at every import, in no content but by intent."""

    def __init__(self, operation: Operation) -> None:
        written = repr(operation.form).encode("utf-8", "surrogatepass")
        self._form = hashlib.sha256(written).hexdigest()
        self._made = 0

    def next(self) -> str:
        """One that no other multipart of the form has."""
        digest = hashlib.sha256(f"{self._form} {self._made}".encode())
        self._made += 1
        return "-" * 24 + digest.hexdigest()[:16]


class _Writer:
    """Writes a multipart body as curl does, with file marks where files belong."""

    def __init__(self, operation: Operation, marks: Marks, boundaries: _Boundaries) -> None:
        self.operation = operation
        self.marks = marks
        self.boundaries = boundaries

    def parts(self, parts: list[FormPart], boundary: str, disposition: str) -> str:
        """The body with its boundaries."""
        written = [f"--{boundary}\r\n{self._one(part, disposition)}\r\n" for part in parts]
        return "".join(written) + f"--{boundary}--\r\n"

    def _one(self, part: FormPart, disposition: str) -> str:
        head: list[str] = []
        if part.name is not None or part.file_name is not None or disposition != "attachment":
            line = f"Content-Disposition: {disposition}"
            if part.name is not None:
                line += f'; name="{self._escaped(part.name)}"'
            if part.file_name is not None:
                line += f'; filename="{self._escaped(part.file_name)}"'
            head.append(line)
        content, content_type = self._content(part)
        if content_type:
            head.append(f"Content-Type: {content_type}")
        if part.encoder:
            head.append(f"Content-Transfer-Encoding: {part.encoder}")
        return "".join(f"{line}\r\n" for line in (*head, *part.headers)) + "\r\n" + content

    def _content(self, part: FormPart) -> tuple[str, str | None]:
        if part.parts is not None:
            boundary = self.boundaries.next()
            content_type = part.content_type or "multipart/mixed"
            content = self.parts(part.parts, boundary, "attachment")
            return content, f"{content_type}; boundary={boundary}"
        if part.file is not None:
            return self.marks.file(part.file), part.content_type
        return part.text or "", part.content_type

    def _escaped(self, text: str) -> str:
        if self.operation.form_escape:
            return text.replace("\\", "\\\\").replace('"', '\\"')
        return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def encoder_problem(parts: list[FormPart]) -> str:
    """Name of the first encoder whose effect cannot be kept; empty: none."""
    for part in parts:
        if part.encoder and part.encoder not in _ENCODERS_WITHOUT_EFFECT:
            return part.encoder
        if part.parts and (problem := encoder_problem(part.parts)):
            return problem
    return ""
