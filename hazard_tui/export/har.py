"""A plan as HAR 1.2: the requests with empty answers, thinking times as gaps between them.

Format: http://www.softwareishard.com/blog/har-12-spec/. Entries carry `_fromPlan`, because an
answer with status 0 otherwise means that the browser gave the request up.
"""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote_plus

from hazard_tui import __version__
from hazard_tui.export.linear import Call, Heading, Rest, Section, Sequence, note_answers
from hazard_tui.export.losses import Losses
from hazard_tui.export.pieces import Kind, Names
from hazard_tui.export.static_auth import with_static_auth
from hazard_tui.export.wire import Sent, note_disabled, sent, sent_text
from hazard_tui.plan.findings import Finding
from hazard_tui.plan.model import Plan
from hazard_tui.plan.request import FileRef, MultipartBody, Part, PartNames, Policies
from hazard_tui.plan.variables import Path

BEGIN = datetime(2000, 1, 1, tzinfo=UTC)
"""Moment of the first request: the same plan always gives the same file."""
DURATION_MS = 1
_BOUNDARY = "----hazard7MA4YWxkTrZu0gW"
_VERSIONS = {"1.0": "HTTP/1.0", "2": "HTTP/2", "2-prior-knowledge": "HTTP/2"}
_NOT_IN_HAR = (
    "proxy", "resolve", "connect_to", "unix_socket", "ca_file", "cert_file", "key_file",
    "server_name", "tls_min", "tls_max", "timeout_ms", "connect_timeout_ms", "follow_redirects",
    "verify_tls", "max_body_bytes", "max_redirects", "keep_method_on_redirect",
    "keep_auth_on_redirect", "drop_referer_on_redirect", "omit_headers",
)  # fmt: skip
_SAID = {"cookies": True, "keep_alive": True, "expect_continue": False, "add_default_headers": True}
"""Policies that HAR cannot say either, unless they are what holds anyway."""


def export_har(plan: Plan) -> tuple[str, list[Finding]]:
    """The HAR as JSON text, and what it does not say of the plan."""
    return _Writer(plan).har()


class _Writer:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.losses = Losses("HAR")
        self.names = Names(plan)
        self.now_ms = 0
        self.pages: list[dict[str, Any]] = []
        self.entries: list[dict[str, Any]] = []

    def har(self) -> tuple[str, list[Finding]]:
        """The whole text and the findings."""
        groups: list[str] = []
        rests = 0
        for item in Sequence(self.plan, self.losses).items():
            if isinstance(item, Heading):
                self._page(item.text)
            elif isinstance(item, Rest):
                self.now_ms += item.ms
                rests += item.ms
            elif isinstance(item, Call):
                self._call(item)
                rests = 0
            elif isinstance(item, Section):
                groups.append(item.text)
        if rests:
            what = f"the pause of {rests} ms after the last request is left out"
            self.losses.lost(("tasks",), "pause-left-out", what)
        if groups:
            what = f"groups are left out: {', '.join(groups)}"
            self.losses.lost(("tasks",), "group-left-out", what, why="HAR has pages, for tasks")
        log = {
            "version": "1.2",
            "creator": {"name": "hazard", "version": __version__},
            "pages": self.pages,
            "entries": self.entries,
            "comment": self.plan.name,
        }
        return json.dumps({"log": log}, ensure_ascii=False, indent=1) + "\n", self.losses.findings

    def _moment(self) -> str:
        moment = BEGIN + timedelta(milliseconds=self.now_ms)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _page(self, title: str) -> None:
        page = {
            "startedDateTime": self._moment(),
            "id": f"page_{len(self.pages) + 1}",
            "title": title.removeprefix("task "),
            "pageTimings": {"onContentLoad": -1, "onLoad": -1},
        }
        self.pages.append(page)

    def _call(self, call: Call) -> None:
        step, path = call.step, call.path
        reason = step.not_runnable or ("it is disabled" if step.disabled else "")
        if reason:
            what = f"the request {step.name!r} is left out: {reason}"
            self.losses.lost(path, "step-left-out", what)
            return
        note_disabled(call.request, path, self.losses)
        note_answers(call.request, path, self.losses)
        message = sent(call.request, self.plan, self.names)
        message = with_static_auth(message, call.request.auth, self.names, self.losses, path)
        self._note_policies(message.policies, path)
        request = self._request(message, path)
        entry: dict[str, Any] = {
            "pageref": self.pages[-1]["id"] if self.pages else "",
            "startedDateTime": self._moment(),
            "time": DURATION_MS,
            "request": request,
            "response": _NO_RESPONSE,
            "cache": {},
            "timings": {"send": 0, "wait": DURATION_MS, "receive": 0},
            "comment": step.name,
            "_fromPlan": True,
        }
        self._note_variables(request, path)
        self.entries.append(entry)
        self.now_ms += DURATION_MS

    def _request(self, message: Sent, path: Path) -> dict[str, Any]:
        value = self.names.resolved
        url = value(message.url)
        if not re.match(r"[a-z][a-z0-9+.-]*://|\{\{", url, re.IGNORECASE):
            url = f"http://{url}"
        post, content_type, size = self._post(message, path)
        headers = [
            {"name": value(pair.name), "value": value(pair.value)} for pair in message.headers
        ]
        named = {header["name"].lower() for header in headers}
        if content_type and "content-type" not in named:
            headers.append({"name": "Content-Type", "value": content_type})
        request: dict[str, Any] = {
            "method": value(message.method),
            "url": url,
            "httpVersion": _VERSIONS.get(message.policies.http_version or "", "HTTP/1.1"),
            "cookies": _cookies(headers),
            "headers": headers,
            "queryString": _query(url),
            "headersSize": -1,
            "bodySize": size,
        }
        if post is not None:
            request["postData"] = post
        return request

    def _post(self, message: Sent, path: Path) -> tuple[dict[str, Any] | None, str, int]:
        """The body as postData, the Content-Type to add, and the size (-1: not known)."""
        body = message.body
        if body is None:
            return None, "", 0
        content_type = message.content_type
        mime = content_type or next(
            (pair.value for pair in message.headers if pair.name.lower() == "content-type"), ""
        )
        if body.multipart is not None:
            return self._multipart(body.multipart, content_type, mime, path)
        if body.file is not None:
            self._note_file(body.file.file, (*path, "body", "file"))
            return {"mimeType": mime, "text": ""}, content_type, -1
        text = sent_text(body, self.names)
        if text is None:
            data = body.bytes.content if body.bytes else b""
            return _post_bytes(data, mime), content_type, len(data)
        text = self.names.resolved(text)
        post: dict[str, Any] = {"mimeType": mime, "text": text}
        return post, content_type, len(text.encode("utf-8", "replace"))

    def _multipart(
        self, form: MultipartBody, content_type: str, mime: str, path: Path
    ) -> tuple[dict[str, Any], str, int]:
        parts = [part for part in form.parts if not part.disabled]
        boundary = form.boundary or _BOUNDARY
        if content_type:
            content_type = mime = f"{content_type}; boundary={boundary}"
        files = [index for index, part in enumerate(form.parts) if part.file and not part.disabled]
        if not files:
            data = self._written(parts, boundary, form.names)
            return _post_bytes(data, mime), content_type, len(data)
        for index in files:
            place = (*path, "body", "multipart", "parts", index, "file")
            self._note_file(form.parts[index].file, place)
        params = [self._param(part, path) for part in parts]
        return {"mimeType": mime, "params": params}, content_type, -1

    def _param(self, part: Part, path: Path) -> dict[str, str]:
        value = self.names.resolved
        param = {"name": value(part.name)}
        if part.file is not None:
            param["fileName"] = value(part.file_name) or part.file.path.rsplit("/", 1)[-1]
        else:
            content = (part.bytes or b"").decode("utf-8", "replace")
            param["value"] = value(part.text) if part.text is not None else content
            if part.file_name:
                param["fileName"] = value(part.file_name)
        if part.content_type:
            param["contentType"] = part.content_type
        if part.headers:
            self.losses.lost(
                (*path, "body", "multipart"), "part-headers", f"headers of {part.name!r} are lost"
            )
        return param

    def _written(self, parts: list[Part], boundary: str, names: PartNames) -> bytes:
        value = self.names.resolved

        def written(text: str) -> str:
            return value(text) if names is PartNames.POSTMAN else _parameter(value(text))

        out = b""
        for part in parts:
            head = f'Content-Disposition: form-data; name="{written(part.name)}"'
            if part.file_name:
                head += f'; filename="{written(part.file_name)}"'
            if part.content_type:
                head += f"\r\nContent-Type: {part.content_type}"
            for pair in part.headers:
                head += f"\r\n{value(pair.name)}: {value(pair.value)}"
            content = value(part.text).encode() if part.text is not None else part.bytes or b""
            out += f"--{boundary}\r\n{head}\r\n\r\n".encode() + content + b"\r\n"
        return out + f"--{boundary}--\r\n".encode()

    def _note_file(self, file: FileRef | None, path: Path) -> None:
        name = file.path if file else ""
        self.losses.lost(
            path,
            "file-not-read",
            f"the content of the file {name!r} is not part of the HAR",
            why="an export opens no files",
        )

    def _note_policies(self, policies: Policies, path: Path) -> None:
        told = [name for name in _NOT_IN_HAR if getattr(policies, name) not in (None, ())]
        told += [
            name for name, held in _SAID.items() if getattr(policies, name) not in (None, held)
        ]
        if policies.http_version not in (None, *_VERSIONS):
            told.append("http_version")
        if told:
            self.losses.lost(
                (*path, "policies"),
                "policies-left-out",
                f"policies are left out: {', '.join(told)}",
                why="HAR has no place for them",
            )

    def _note_variables(self, request: dict[str, Any], path: Path) -> None:
        text = json.dumps(request, ensure_ascii=False)
        pieces = self.names.pieces(text)
        left = dict.fromkeys(piece.template for piece in pieces if piece.kind is not Kind.TEXT)
        if left:
            self.losses.lost(
                path,
                "variable-kept",
                f"variables stand as they are: {', '.join(left)}",
                why="HAR holds no variables, and secrets are never written out",
                fix="replace them before another tool reads the file",
            )


_NO_RESPONSE: dict[str, Any] = {
    "status": 0,
    "statusText": "",
    "httpVersion": "",
    "cookies": [],
    "headers": [],
    "content": {"size": 0, "mimeType": "x-unknown"},
    "redirectURL": "",
    "headersSize": -1,
    "bodySize": -1,
    "comment": "not sent yet",
}


def _parameter(text: str) -> str:
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _post_bytes(data: bytes, mime: str) -> dict[str, Any]:
    """Text where the bytes are UTF-8, else base64 (`encoding`, as answers have it in HAR)."""
    try:
        return {"mimeType": mime, "text": data.decode()}
    except UnicodeDecodeError:
        return {"mimeType": mime, "text": base64.b64encode(data).decode(), "encoding": "base64"}


def _query(url: str) -> list[dict[str, str]]:
    query = url.partition("#")[0].partition("?")[2]
    pairs = [field.partition("=") for field in query.split("&") if field]
    return [{"name": unquote_plus(name), "value": unquote_plus(value)} for name, _, value in pairs]


def _cookies(headers: list[dict[str, str]]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for header in headers:
        if header["name"].lower() == "cookie":
            pairs = [one.strip().partition("=") for one in header["value"].split(";")]
            found += [{"name": name, "value": value} for name, _, value in pairs if name]
    return found
