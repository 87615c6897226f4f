"""Request bodies: five modes, as Postman's runtime puts them on the wire."""

from __future__ import annotations

import json
import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass

from hazard_tui.plan.base import Pair
from hazard_tui.plan.findings import FindingSeverity
from hazard_tui.plan.request import (
    Body,
    FileBody,
    FileMissing,
    FileRef,
    FormBody,
    GraphqlBody,
    MultipartBody,
    Part,
    PartNames,
    TextBody,
)
from importers.findings import Ledger
from importers.postman.document import Node, scalar_text
from importers.secrets import SecretKeeper

CONTENT_TYPES = {
    "html": "text/html",
    "text": "text/plain",
    "json": "application/json",
    "javascript": "application/javascript",
    "xml": "application/xml",
}
"""Language of a raw body -> Content-Type that is sent when the headers hold none."""

MODES = ("raw", "urlencoded", "formdata", "file", "graphql")

_JSON_TYPE = re.compile(r"^application/(\S+\+)?json")
_INTEGER_KEY = re.compile(r"0|[1-9]\d{0,9}")


@dataclass(frozen=True, slots=True)
class BodyReader:
    """Reads the body of one request and records each of its elements."""

    ledger: Ledger
    keeper: SecretKeeper
    content_type: str
    """Value of the first Content-Type header that is sent; empty for none."""

    def read(self, node: Node) -> Body | None:
        """None: no body is sent."""
        if node.is_text:
            self.ledger.keep(node.pointer, "body", "raw")
            return self._text(node.value, "text") if node.value else None
        if not node.is_object:
            return None
        mode = node.text_at("mode")
        self._stale(node, mode)
        content = node.get(mode) if mode in MODES else Node(None, node.pointer)
        if node.flag("disabled"):
            reason = "the body is switched off, Postman sends none"
            self.ledger.drop(node.pointer, "body", reason, name=mode, severity=FindingSeverity.INFO)
            self._drop_fields(content, mode, reason)
            return None
        if mode not in MODES:
            if mode:
                self.ledger.drop(node.pointer, "body", f"there is no mode {mode!r}", name=mode)
            else:
                self.ledger.keep(node.pointer, "body")
            return None
        if mode in ("urlencoded", "formdata") and not _sends_a_field(content):
            self.ledger.keep(node.pointer, "body", mode)
            self._drop_fields(content, mode, "all fields are switched off, so there is no body")
            return None
        self.ledger.keep(node.pointer, "body", mode)
        if mode == "raw":
            return self._raw(content, node)
        if mode == "graphql":
            return self._graphql(content)
        if mode == "file":
            return self._file(content)
        return self._urlencoded(content) if mode == "urlencoded" else self._multipart(content)

    def _stale(self, node: Node, mode: str) -> None:
        for other in MODES:
            if other != mode and node.holds(other) and node.get(other).value:
                self.ledger.drop(
                    node.get(other).pointer,
                    "stale body",
                    f"the mode of the body is {mode or 'not set'}",
                    name=other,
                    severity=FindingSeverity.INFO,
                )

    def _drop_fields(self, content: Node, mode: str, reason: str) -> None:
        if mode in ("urlencoded", "formdata"):
            for field in content.items():
                self.ledger.drop(
                    field.pointer, "field", reason, name=_key(field), severity=FindingSeverity.INFO
                )

    def _text(self, content: str, language: str, strip: bool = False) -> Body:
        return Body(
            text=TextBody(content=self.keeper.in_body(content), strip_json_comments=strip),
            content_type=CONTENT_TYPES.get(language, CONTENT_TYPES["text"]),
        )

    def _raw(self, content: Node, body: Node) -> Body | None:
        language = body.get("options").get("raw").get("language").text()
        text = scalar_text(content.value) if content.value not in (None, "") else ""
        if not text:
            return None
        # The runtime strips comments from JSON: by the language, else by the header.
        strip = language == "json" if language else bool(_JSON_TYPE.match(self.content_type))
        commented = "//" in text or "/*" in text
        return self._text(text, language, strip and commented)

    def _graphql(self, content: Node) -> Body | None:
        if content.missing:
            return None
        variables, operation = content.get("variables"), content.get("operationName")
        return Body(
            graphql=GraphqlBody(
                query=self.keeper.in_text(content.get("query").text()),
                variables=self.keeper.in_body(
                    variables.value
                    if isinstance(variables.value, str)
                    else json.dumps(variables.value, ensure_ascii=False, separators=(",", ":"))
                    if variables.value is not None
                    else ""
                ),
                operation_name=operation.value if operation.is_text else None,
            )
        )

    def _file(self, content: Node) -> Body | None:
        source = content.get("src")
        inline = content.get("content")
        if inline.is_text and not source.value:
            return Body(text=TextBody(content=inline.value))
        path = source.value if source.is_text else ""
        if not path:
            self.ledger.note(
                content.pointer,
                "no-file",
                "the body names no file; nothing is sent",
                FindingSeverity.WARNING,
                fix="give the request a file",
            )
            return None
        guessed = mimetypes.guess_type(path)[0] or ""
        return Body(file=FileBody(file=FileRef(path=path)), content_type=guessed)

    def _urlencoded(self, content: Node) -> Body:
        fields: list[Pair] = []
        for item in self._objects(content):
            name = _key(item)
            value = item.get("value").text()
            pair = Pair(
                name=name,
                value=self.keeper.in_field(name, value),
                disabled=item.flag("disabled"),
                description=_description(item),
            )
            fields.append(pair)
            self.ledger.keep(item.pointer, "field", name)
        ordered = as_runtime_orders(fields)
        if [pair for pair in ordered if not pair.disabled] != [
            pair for pair in fields if not pair.disabled
        ]:
            self.ledger.note(
                content.pointer,
                "form-order",
                "fields of one name stand together, as Postman sends them",
            )
        return Body(urlencoded=FormBody(fields=tuple(ordered)))

    def _objects(self, content: Node) -> Iterator[Node]:
        for item in content.items():
            if item.is_object:
                yield item
            else:
                self.ledger.drop(item.pointer, "field", "it is no field of a form")

    def _multipart(self, content: Node) -> Body:
        parts: list[Part] = []
        for item in self._objects(content):
            name = _key(item)
            if item.get("type").text() == "file":
                parts += self._file_parts(item, name)
            else:
                value = item.get("value").value
                text = value if isinstance(value, str) else scalar_text(value)
                parts.append(
                    Part(
                        name=name,
                        text=self.keeper.in_field(name, text),
                        content_type=_content_type(item),
                        file_name=item.get("fileName").text(),
                        disabled=item.flag("disabled"),
                    )
                )
                self.ledger.keep(item.pointer, "field", name)
        return Body(multipart=MultipartBody(parts=tuple(parts), names=PartNames.POSTMAN))

    def _file_parts(self, item: Node, name: str) -> list[Part]:
        source = item.get("src")
        paths = [source] if source.is_text else list(source.items())
        paths = [path for path in paths if path.is_text and path.value]
        common = {
            "name": name,
            "content_type": _content_type(item),
            "file_name": item.get("fileName").text(),
            "disabled": item.flag("disabled"),
        }
        inline = item.get("value")
        if not paths and inline.is_text and inline.value:
            self.ledger.keep(item.pointer, "field", name)
            return [Part(text=inline.value, **common)]
        if not paths:
            self.ledger.change(
                item.pointer,
                "field",
                "no file was chosen; an empty part is sent",
                name=name,
                code="no-file",
                severity=FindingSeverity.INFO if common["disabled"] else FindingSeverity.WARNING,
                fix="choose a file for the part",
            )
            empty = FileRef(missing=FileMissing.GENERATE)
            return [Part(file=empty, **common)]
        self.ledger.keep(item.pointer, "field", name)
        return [Part(file=FileRef(path=path.value), **common) for path in paths]


def as_runtime_orders(fields: list[Pair]) -> list[Pair]:
    """Fields in the order of the runtime, which collects them in a JavaScript object: names that
    are whole numbers first and rising, equal names together, the rest as written."""
    groups: dict[str, list[Pair]] = {}
    disabled: list[Pair] = []
    for pair in fields:
        if pair.disabled:
            disabled.append(pair)
        else:
            groups.setdefault(pair.name, []).append(pair)
    numbers = sorted((name for name in groups if _INTEGER_KEY.fullmatch(name)), key=int)
    names = numbers + [name for name in groups if name not in numbers]
    ordered = [pair for name in names for pair in groups[name]]
    if ordered == [pair for pair in fields if not pair.disabled]:
        return fields
    return ordered + disabled


def _sends_a_field(content: Node) -> bool:
    return any(item.is_object and not item.flag("disabled") for item in content.items())


def _key(item: Node) -> str:
    return item.get("key").text()


def _content_type(item: Node) -> str:
    found = item.get("contentType")
    return found.value if isinstance(found.value, str) else ""


def _description(item: Node) -> str:
    found = item.get("description")
    return found.get("content").text() if found.is_object else found.text()
