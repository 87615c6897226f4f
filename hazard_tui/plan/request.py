"""One HTTP exchange as the plan describes it. Texts are templates unless said otherwise."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from hazard_tui.plan.auth import Auth
from hazard_tui.plan.base import Base64, Element, OneOf, Pair
from hazard_tui.plan.rules import Assertion, Extractor


class TextBody(Element):
    content: str = ""
    strip_json_comments: bool = False


class BytesBody(Element):
    content: Base64 = b""


class FormEncoding(StrEnum):
    """How names and values of an urlencoded body are written."""

    PERCENT_20 = "percent_20"
    PLUS = "plus"
    NONE = "none"


class FormBody(Element):
    fields: tuple[Pair, ...] = ()
    encoding: FormEncoding = FormEncoding.PERCENT_20


class FileMissing(StrEnum):
    """What happens when a referenced file is not there."""

    FAIL = "fail"
    GENERATE = "generate"


class FileEncoding(StrEnum):
    """What is done to the bytes of a file before they are used, after `strip_newlines`."""

    NONE = "none"
    PERCENT = "percent"
    """As `curl --data-urlencode`: all but letters, digits and `-._~`; a space is `+`."""
    PERCENT_LOWER = "percent_lower"
    """With lower-case hex digits, as libcurl writes a query."""


class FileRef(Element):
    """A file beside the plan; read when a run is prepared, never at import."""

    path: str = ""
    missing: FileMissing = FileMissing.FAIL
    generate_bytes: int = Field(default=0, ge=0)
    content_sha256: Base64 = b""
    strip_newlines: bool = False
    """Without CR, LF and NUL."""
    encoding: FileEncoding = FileEncoding.NONE


class Part(OneOf):
    """One part of a multipart body."""

    one_of: ClassVar[tuple[str, ...]] = ("text", "bytes", "file")

    name: str = ""
    content_type: str = ""
    file_name: str = ""
    disabled: bool = False
    headers: tuple[Pair, ...] = ()
    text: str | None = None
    bytes: Base64 | None = None
    file: FileRef | None = None


class PartNames(StrEnum):
    """How names and file names of parts are written between their quotes."""

    BROWSER = "browser"
    """Quotes and line ends percent-encoded."""
    POSTMAN = "postman"
    """As they stand; a file name outside Latin-1 once more as `filename*`."""


class MultipartBody(Element):
    parts: tuple[Part, ...] = ()
    boundary: str = ""
    """Empty: random per request."""
    subtype: str = ""
    """Empty: form-data."""
    names: PartNames = PartNames.BROWSER


class FileBody(Element):
    file: FileRef | None = None


class GraphqlBody(Element):
    query: str = ""
    variables: str = ""
    """Sent as it stands; empty: left out."""
    operation_name: str | None = None


class Body(OneOf):
    """Exactly one kind is set."""

    one_of: ClassVar[tuple[str, ...]] = (
        "text",
        "bytes",
        "urlencoded",
        "multipart",
        "file",
        "graphql",
    )

    text: TextBody | None = None
    bytes: BytesBody | None = None
    urlencoded: FormBody | None = None
    multipart: MultipartBody | None = None
    file: FileBody | None = None
    graphql: GraphqlBody | None = None
    content_type: str = ""
    """Sent when the headers hold no Content-Type. Empty: the default of the kind."""


PRUNED_METHODS = ("GET", "COPY", "HEAD", "PURGE", "UNLOCK")
"""Methods that lose their body where `send_body_with_get` is off, as in the Postman runtime."""


class UrlEncoding(StrEnum):
    """What is done to a rendered URL before it is sent."""

    WHATWG = "whatwg"
    NONE = "none"
    POSTMAN = "postman"
    POSTMAN_RAW = "postman_raw"
    """Read as `postman`, and sent without encoding anything."""


class Policies(Element):
    """How a request is sent. None: inherited from the plan's defaults, then as commented."""

    follow_redirects: bool | None = None
    """False."""
    max_redirects: int | None = None
    """10."""
    keep_method_on_redirect: bool | None = None
    keep_auth_on_redirect: bool | None = None
    drop_referer_on_redirect: bool | None = None
    """False: it becomes the address that redirected. None: the plan's own stays."""
    cookies: bool | None = None
    """True."""
    verify_tls: bool | None = None
    """True."""
    connect_timeout_ms: int | None = None
    """10 000."""
    timeout_ms: int | None = None
    """30 000."""
    http_version: str | None = None
    """1.1; also 1.0, 2, 2-prior-knowledge, auto."""
    proxy: str | None = None
    """Names of constants and secrets in it stand for their values."""
    keep_alive: bool | None = None
    """True."""
    send_body_with_get: bool | None = None
    """True."""
    url_encoding: UrlEncoding | None = None
    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None
    tls_min: str | None = None
    tls_max: str | None = None
    server_name: str | None = None
    decompress: bool | None = None
    """True."""
    max_body_bytes: int | None = None
    """67 108 864."""
    omit_headers: tuple[str, ...] = ()
    add_default_headers: bool | None = None
    """True: User-Agent and Accept when the plan has none."""
    expect_continue: bool | None = None
    resolve: tuple[str, ...] = ()
    connect_to: tuple[str, ...] = ()
    unix_socket: str | None = None

    def over(self, defaults: Policies) -> Policies:
        """These policies where they say something, `defaults` elsewhere."""
        fields = {
            name: value
            for name in Policies.model_fields
            if (value := getattr(self, name)) not in (None, ())
        }
        return defaults.model_copy(update=fields)


class Script(Element):
    """A script kept as it stands, run by the engine."""

    source: str = ""
    timeout_ms: int = Field(default=0, ge=0)
    """0: 1000."""


class Request(Element):
    """One HTTP exchange, redirects included."""

    method: str = ""
    """Empty: GET."""
    url: str = ""
    query: tuple[Pair, ...] = ()
    path_variables: tuple[Pair, ...] = ()
    headers: tuple[Pair, ...] = ()
    body: Body | None = None
    auth: Auth | None = None
    policies: Policies | None = None
    extractors: tuple[Extractor, ...] = ()
    assertions: tuple[Assertion, ...] = ()
    before: Script | None = None
    after: Script | None = None

    @property
    def effective_method(self) -> str:
        """The method that is sent when it holds no template."""
        return self.method or "GET"
