"""One request of a plan as statements of a k6 script."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator

from hazard_tui.export.javascript import comment, literal
from hazard_tui.export.k6_values import Values
from hazard_tui.export.losses import Losses
from hazard_tui.export.pieces import Names
from hazard_tui.export.static_auth import with_static_auth
from hazard_tui.export.wire import Sent, note_disabled, note_part_names, sent, sent_text
from hazard_tui.plan.model import Plan, Step
from hazard_tui.plan.request import FileRef, MultipartBody, PartNames, Request
from hazard_tui.plan.rules import Severity
from hazard_tui.plan.variables import Path

_NOT_IN_K6 = (
    "connect_timeout_ms", "http_version", "proxy", "ca_file", "cert_file", "key_file", "tls_min",
    "tls_max", "server_name", "max_body_bytes", "omit_headers", "resolve", "connect_to",
    "unix_socket", "expect_continue", "keep_method_on_redirect", "keep_auth_on_redirect",
    "drop_referer_on_redirect",
)  # fmt: skip
DEFAULT_REDIRECTS = 10


class RequestWriter:
    """Writes requests, and remembers which files, imports and helpers they need."""

    def __init__(self, plan: Plan, names: Names, values: Values, losses: Losses) -> None:
        self.plan = plan
        self.names = names
        self.values = values
        self.losses = losses
        self.files: dict[str, str] = {}
        """Path -> name of the constant that holds the content."""
        self.used: set[str] = set()
        """Names to import, and helper functions."""

    def file(self, file: FileRef, path: Path) -> str:
        """Name of the constant that holds the content of a file."""
        if file.strip_newlines or file.encoding.value != "none":
            self.losses.lost(path, "file-as-it-is", f"the file {file.path!r} is sent as it is")
        return self.files.setdefault(file.path, f"FILE_{len(self.files) + 1}")

    def lines(self, step: Step, request: Request, path: Path) -> list[str]:
        """The block that sends a request and reads its answer."""
        note_disabled(request, path, self.losses)
        message = sent(request, self.plan, self.names)
        headers: list[str] = []
        if request.auth is not None and request.auth.basic is not None:
            self.used.add("encoding")
            pair = f"{request.auth.basic.username}:{request.auth.basic.password}"
            word = self.values.text(pair, (*path, "auth"))
            headers.append(f'"Authorization": `Basic ${{encoding.b64encode({word})}}`')
        else:
            message = with_static_auth(message, request.auth, self.names, self.losses, path)
        body, parts = self._body(message, path)
        headers += self._headers(message, path, skip_type=parts)
        params = self._params(step, message, headers, path)
        method = self.values.text(message.method, (*path, "method"))
        url = self.values.text(message.url, (*path, "url"))
        reads = any(not rule.disabled for rule in request.extractors) or request.assertions
        begin = "const res = " if reads else ""
        lines = [comment(step.name), f"{begin}http.request({method}, {url}, {body}, {{"]
        lines += [*indented(params), "});", *self._answers(request, path)]
        for name in ("before", "after"):
            if getattr(request, name) is not None:
                what = f"the script {name!r} is left out"
                why = "k6 has no pm API"
                self.losses.lost((*path, name), "script-left-out", what, why=why)
        return ["{", *indented(lines), "}"]

    def _answers(self, request: Request, path: Path) -> list[str]:
        lines: list[str] = []
        for index, rule in enumerate(request.extractors):
            saved = None if rule.disabled else self.values.save(rule, (*path, "extractors", index))
            if saved is not None:
                self.used.add("found")
                lines.append(saved)
        checks: dict[str, list[str]] = {}
        for index, assertion in enumerate(request.assertions):
            place = (*path, "assertions", index)
            claim = None if assertion.disabled else self.values.check(assertion, place)
            if claim is None:
                continue
            if assertion.severity is Severity.STOP:
                what = "the iteration goes on when the assertion does not hold"
                self.losses.lost((*place, "severity"), "severity-lost", what)
            name = assertion.name or f"{assertion.target} {assertion.operator} {assertion.expected}"
            checks.setdefault(name, []).append(claim)
        if checks:
            self.used |= {"check", "found"}
            lines.append("check(res, {")
            for name, claims in checks.items():
                lines.append(
                    f"  {literal(name)}: (r) => found(() => {' && '.join(claims)}, false),"
                )
            lines.append("});")
        return lines

    def _params(self, step: Step, message: Sent, headers: list[str], path: Path) -> Iterator[str]:
        policies = message.policies
        tags = {"name": step.name, "task": self._task_name(path)}
        tags |= dict(tag.split("=", 1) for tag in step.tags if "=" in tag)
        pairs = ", ".join(
            f"{literal(key)}: {literal(value)}" for key, value in tags.items() if value
        )
        yield f"tags: {{ {pairs} }},"
        if headers:
            yield from ("headers: {", *indented([f"{line}," for line in headers]), "},")
        redirects = DEFAULT_REDIRECTS if policies.max_redirects is None else policies.max_redirects
        yield f"redirects: {redirects if policies.follow_redirects else 0},"
        yield f'timeout: "{30_000 if policies.timeout_ms is None else policies.timeout_ms}ms",'
        if policies.cookies is False:
            yield "jar: new http.CookieJar(), // no cookies"
        told = [name for name in _NOT_IN_K6 if getattr(policies, name) not in (None, ())]
        if told:
            what = f"policies are left out: {', '.join(told)}"
            self.losses.lost((*path, "policies"), "policies-left-out", what)

    def _task_name(self, path: Path) -> str:
        if path[0] == "tasks" and isinstance(path[1], int):
            return self.plan.tasks[path[1]].name
        return ""

    def _headers(self, message: Sent, path: Path, *, skip_type: bool) -> list[str]:
        seen: dict[str, str] = {}
        for index, pair in enumerate(message.headers):
            place = (*path, "headers", index)
            if pair.name.lower() == "content-type" and skip_type:
                continue
            if pair.name.lower() in seen:
                what = f"the header {pair.name!r} is sent once"
                why = "headers of k6 are an object"
                self.losses.lost(place, "header-once", what, why=why)
            name, value = self.values.text(pair.name, place), self.values.text(pair.value, place)
            key = name if name.startswith('"') else f"[{name}]"
            seen[pair.name.lower()] = f"{key}: {value}"
        if message.content_type and not skip_type:
            seen["content-type"] = f'"Content-Type": {literal(message.content_type)}'
        return list(seen.values())

    def _body(self, message: Sent, path: Path) -> tuple[str, bool]:
        """An expression for the body; True when k6 makes the Content-Type of its parts."""
        body = message.body
        if body is None:
            return "null", False
        if body.multipart is not None:
            return self._parts(body.multipart, (*path, "body", "multipart")), True
        if body.file is not None and body.file.file is not None:
            return self.file(body.file.file, (*path, "body", "file", "file")), False
        text = sent_text(body, self.names)
        if text is not None:
            return self.values.text(text, (*path, "body")), False
        self.used.add("encoding")
        data = base64.b64encode(body.bytes.content if body.bytes else b"").decode()
        return f'encoding.b64decode({literal(data)}, "std")', False

    def _parts(self, form: MultipartBody, path: Path) -> str:
        fields: dict[str, str] = {}
        note_part_names(form, PartNames.BROWSER, self.losses, path)
        for index, part in enumerate(form.parts):
            place = (*path, "parts", index)
            if part.disabled:
                continue
            if part.name in fields:
                what = f"the part {part.name!r} is sent once"
                self.losses.lost(place, "part-once", what, why="forms of k6 are an object")
            if part.file is not None:
                data = self.file(part.file, (*place, "file"))
                name = part.file_name or part.file.path.rsplit("/", 1)[-1]
            elif part.text is not None:
                data, name = self.values.text(part.text, (*place, "text")), part.file_name
            else:
                self.used.add("encoding")
                encoded = base64.b64encode(part.bytes or b"").decode()
                data, name = f'encoding.b64decode({literal(encoded)}, "std")', part.file_name
            if part.headers:
                what = f"headers of the part {part.name!r} are left out"
                self.losses.lost((*place, "headers"), "part-headers", what)
            if name or part.content_type or part.text is None:
                words = [data, self.values.text(name, (*place, "file_name"))]
                words += [literal(part.content_type)] if part.content_type else []
                data = f"http.file({', '.join(words)})"
            fields[part.name] = data
        if not any(value.startswith("http.file(") for value in fields.values()):
            what = "the form has no file, which k6 sends urlencoded"
            self.losses.lost(path, "form-urlencoded", what)
        return "{ " + ", ".join(f"{literal(key)}: {value}" for key, value in fields.items()) + " }"


def indented(lines: Iterable[str], times: int = 1) -> list[str]:
    """The lines, moved to the right."""
    return ["  " * times + line for line in lines]
