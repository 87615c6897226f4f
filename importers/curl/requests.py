"""One operation of a curl command as requests of the plan."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hazard_tui.plan.base import Operator, Pair
from hazard_tui.plan.request import (
    Body,
    FileBody,
    FileEncoding,
    FileRef,
    FormBody,
    FormEncoding,
    Policies,
    Request,
    UrlEncoding,
)
from hazard_tui.plan.rules import Assertion, Target
from importers.curl import policies as policy_options
from importers.curl.address import MAX_REQUESTS, Address, expand_globs, parse_address
from importers.curl.authorization import authorization
from importers.curl.dates import http_date
from importers.curl.marks import Marks
from importers.curl.multipart import encoder_problem, form_body, plain_body
from importers.curl.operation import NO_URL, Operation, Refused
from importers.curl.operation import Target as CurlTarget
from importers.curl.payload import Input

FORM_TYPE = "application/x-www-form-urlencoded"
_MANY = 1_000_000_000
"""More requests than this are not told exactly: the number may have thousands of digits."""
EXPECT_THRESHOLD = 1024 * 1024
"""Bodies over this many bytes ask for leave first, as libcurl does."""
ACCEPT_ENCODING = "deflate, gzip, br, zstd"
_FORM_TEXT = re.compile(r"[\w.~%+\[\]*!'()@:/;,?$=&{}-]*", re.ASCII)
_HEADER = re.compile(r"(?P<name>[^:;]+)(?P<mark>[:;])(?P<value>.*)", re.DOTALL)
_GENERATED = (
    "User-Agent", "Accept", "Host", "Content-Type", "Content-Length", "Connection",
)  # fmt: skip
"""Headers that the engine adds by itself, and that `-H 'Name:'` therefore has to switch off."""


@dataclass(slots=True)
class Prepared:
    """A request, the place of its URL, and why it cannot be run (empty: it can)."""

    request: Request
    pointer: str
    not_runnable: str = ""


class RequestMaker:
    """Makes the requests of one operation."""

    def __init__(self, operation: Operation, marks: Marks, source: Input) -> None:
        self.operation = operation
        self.marks = marks
        self.source = source
        self.not_runnable = ""

    def requests(self) -> Iterator[Prepared]:
        """All requests in the order in which curl sends them. Raises Refused where it stops."""
        operation = self.operation
        if not operation.targets or operation.targets[0].url is None:
            raise Refused(NO_URL)
        query = self._choose_kind()
        for target in operation.targets:
            if target.url is None:
                continue
            urls = self._expanded(target.url, target)
            uploads: list[str | None] = [None]
            if target.upload:
                uploads = [*self._expanded(target.upload, target)]
            for upload in uploads:
                for url in urls:
                    yield self._prepared(url, upload, query, target)

    def _choose_kind(self) -> str | None:
        """Settles what the data options mean; gives what is appended to the URL's query."""
        operation = self.operation
        if operation.data is not None and operation.get:
            operation.choose("HEAD" if operation.head else "GET")
            return operation.data
        if operation.data is not None:
            operation.choose("data")
        return operation.query

    def _expanded(self, text: str, target: CurlTarget) -> list[str]:
        if self.operation.globoff:
            return [text]
        texts, total = expand_globs(text)
        if total > len(texts):
            told = total if total < _MANY else f"more than {_MANY}"
            self.operation.notes.append(
                (
                    target.pointer,
                    "glob-cut",
                    f"the pattern makes {told} requests; the first {MAX_REQUESTS} are kept",
                )
            )
        return texts

    def _prepared(
        self, url: str, upload: str | None, query: str | None, target: CurlTarget
    ) -> Prepared:
        operation = self.operation
        self.not_runnable = ""
        address = parse_address(
            url,
            self.marks,
            default_scheme=operation.default_scheme,
            path_as_is=operation.path_as_is and query is None,
        )
        if address.user is not None and operation.no_user_in_url:
            raise Refused("(67) Access denied: the URL has a user name")
        if upload not in (None, "-", "."):
            address.append_file_name(upload, self.marks)
        if query is not None:
            address.append_query(self.marks.lowered(query))
        body, content_type = self._body(upload)
        headers, omitted = self._headers(content_type, upload)
        auth, why = authorization(operation, self.marks, address)
        self.not_runnable = why
        settings = self._policies(address, omitted, body)
        request = Request(
            method=self.marks.template(self._method(upload)),
            url=self.marks.template(self._target(address)),
            headers=tuple(headers),
            body=body,
            auth=None if "authorization" in operation.header_names() else auth,
            policies=settings,
            assertions=self._assertions(),
        )
        return Prepared(request, target.pointer, self.not_runnable)

    def _method(self, upload: str | None) -> str:
        operation = self.operation
        if operation.method:
            return operation.method
        if operation.head and not (operation.data is not None and not operation.get):
            return "HEAD"
        if upload is not None:
            return "PUT"
        sends = operation.kind in ("form", "data")
        return "POST" if sends else "GET"

    def _target(self, address: Address) -> str:
        wanted = self.operation.request_target
        if wanted is None:
            return address.text()
        if not wanted.startswith("/"):
            self.not_runnable = f"the request target {wanted!r} is no path"
            return address.text()
        path, question, query = wanted.partition("?")
        address.path, address.query = path, query if question else None
        return address.text()

    def _body(self, upload: str | None) -> tuple[Body | None, str]:
        """The body, and a Content-Type that must be sent as a header (empty: the body's own)."""
        operation = self.operation
        if upload is not None:
            return self._upload_body(upload), ""
        if operation.kind == "form":
            if problem := encoder_problem(operation.form):
                self._note("form-encoder", f"the part encoder {problem!r} is not applied")
            return form_body(operation, self.marks, self._custom_type())
        if operation.kind == "data":
            return data_body(operation.data or "", self.marks), ""
        return None, ""

    def _custom_type(self) -> str | None:
        for header in self.operation.headers:
            found = _HEADER.fullmatch(header)
            if found and found["name"].strip().lower() == "content-type" and found["value"].strip():
                return found["value"].strip()
        return None

    def _upload_body(self, upload: str) -> Body:
        if upload in ("-", "."):
            upload = self.source.take_path() or "-"
        if upload != "-":
            return Body(file=FileBody(file=FileRef(path=self.marks.template(upload))))
        if not self.source.known:
            self._note("unknown-standard-input", "standard input is taken as empty")
        return plain_body(self.source.take(), self.marks)

    def _note(self, code: str, what: str) -> None:
        self.operation.notes.append((self.operation.targets[0].pointer, code, what))

    def _headers(self, content_type: str, upload: str | None) -> tuple[list[Pair], tuple[str, ...]]:
        """Headers in order, and generated ones that must not be sent."""
        operation = self.operation
        own = self._own_headers()
        names = operation.header_names()
        headers = [pair for pair in self._option_headers(upload) if pair.name.lower() not in names]
        if content_type:
            own = [pair for pair in own if pair.name.strip().lower() != "content-type"]
            headers.append(Pair(name="Content-Type", value=content_type))
        headers += own
        if operation.json:
            for name in ("Content-Type", "Accept"):
                if name.lower() not in names:
                    headers.append(Pair(name=name, value="application/json"))
        present = {pair.name.lower() for pair in headers}
        omitted = [
            name for name in _GENERATED if name.lower() in names and name.lower() not in present
        ]
        if operation.agent == "" and "User-Agent" not in omitted and "user-agent" not in present:
            omitted.append("User-Agent")
        return [self._rendered(pair) for pair in headers], tuple(omitted)

    def _rendered(self, pair: Pair) -> Pair:
        template = self.marks.template
        return Pair(name=template(pair.name), value=template(pair.value))

    def _own_headers(self) -> list[Pair]:
        """What `-H` adds: `Name: value`, or `Name;` for an empty one."""
        own: list[Pair] = []
        for header in self.operation.headers:
            found = _HEADER.fullmatch(header)
            if found is None:
                if self.marks.in_text(header):
                    self._note("header-unknown", "a header whose name is a variable is not sent")
                continue
            value = found["value"].strip()
            if found["mark"] == ":" and value:
                own.append(Pair(name=found["name"], value=value))
            elif found["mark"] == ";" and not value and ":" not in header:
                own.append(Pair(name=found["name"], value=""))
        return own

    def _option_headers(self, upload: str | None) -> Iterator[Pair]:
        operation = self.operation
        if operation.agent:
            yield Pair(name="User-Agent", value=operation.agent)
        yield from self._range_headers(upload)
        if operation.compressed:
            yield Pair(name="Accept-Encoding", value=ACCEPT_ENCODING)
        if operation.tr_encoding:
            yield Pair(name="Connection", value="TE")
            yield Pair(name="TE", value="gzip")
        if operation.referer:
            yield Pair(name="Referer", value=operation.referer)
        if operation.cookies:
            yield Pair(name="Cookie", value=";".join(operation.cookies))
        yield from self._conditions()

    def _range_headers(self, upload: str | None) -> Iterator[Pair]:
        operation = self.operation
        wanted = operation.range or (f"{operation.resume}-" if operation.resume else None)
        if wanted is None:
            return
        if operation.kind in ("", "HEAD", "GET"):
            yield Pair(name="Range", value=f"bytes={wanted}")
        elif (
            operation.range
            and operation.kind == "data"
            and upload is None
            and not any(map(self.marks.is_mark, operation.data or ""))
        ):
            size = len((operation.data or "").encode("utf-8", "surrogateescape"))
            yield Pair(name="Content-Range", value=f"bytes {wanted}/{size}")
        else:
            self._note("content-range", "the Content-Range of an upload is not sent")

    def _conditions(self) -> Iterator[Pair]:
        operation = self.operation
        if operation.etag_file is not None:
            mark = self.marks.file(operation.etag_file, strip_newlines=True)
            yield Pair(name="If-None-Match", value=mark)
        if (condition := operation.time_condition) is None:
            return
        kind = {"-": "If-Unmodified-Since", "=": "Last-Modified"}.get(condition[:1], "")
        date = http_date(condition[1:] if kind or condition[:1] == "+" else condition)
        if date is not None:
            yield Pair(name=kind or "If-Modified-Since", value=date)
        else:
            self._note("time-of-file", f"{condition!r} is no date; the time of a file is not read")

    def _policies(self, address: Address, omitted: tuple[str, ...], body: Body | None) -> Policies:
        operation = self.operation
        settings = policy_options.finished(operation, address.scheme, address.authority)
        settings["url_encoding"] = UrlEncoding.NONE
        settings["cookies"] = operation.cookie_engine
        if omitted:
            settings["omit_headers"] = omitted
        text = body.text.content if body is not None and body.text is not None else ""
        if len(text.encode("utf-8", "surrogatepass")) > EXPECT_THRESHOLD:
            settings["expect_continue"] = "expect" not in operation.header_names()
        return Policies.model_validate(settings)

    def _assertions(self) -> tuple[Assertion, ...]:
        if not self.operation.fail:
            return ()
        return (Assertion(target=Target.STATUS, operator=Operator.LESS, expected="400"),)


def data_body(data: str, marks: Marks) -> Body:
    """The body of `-d`: a list of fields where it reads as one, else text, bytes or a file."""
    file = marks.file_behind(data)
    if file is not None and file.encoding is FileEncoding.NONE:
        return Body(file=FileBody(file=file), content_type=FORM_TYPE)
    text = marks.template(data)
    if _FORM_TEXT.fullmatch(text) and _is_list(text):
        fields = tuple(_field(piece) for piece in text.split("&"))
        return Body(urlencoded=FormBody(fields=fields, encoding=FormEncoding.NONE))
    return plain_body(data, marks).model_copy(update={"content_type": FORM_TYPE})


def _is_list(text: str) -> bool:
    """Every piece is `name=value`; an `&` or `=` inside braces would be part of a name."""
    return all("=" in piece[1:] for piece in text.split("&")) and not re.search(
        r"\{\{[^{}]*[&=]", text
    )


def _field(piece: str) -> Pair:
    name, _, value = piece.partition("=")
    return Pair(name=name, value=value)
