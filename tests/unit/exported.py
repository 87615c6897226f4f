"""Plans to export, and the form in which a plan is compared with what an importer reads back."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import strategies as st

from hazard_tui.export.pieces import Names
from hazard_tui.export.wire import sent, sent_text
from hazard_tui.plan.auth import Auth, BasicAuth, BearerAuth, DigestAuth
from hazard_tui.plan.base import Pair
from hazard_tui.plan.findings import Finding
from hazard_tui.plan.model import Plan, Step, Task, Variable
from hazard_tui.plan.request import (
    Body,
    FileBody,
    FileRef,
    FormBody,
    FormEncoding,
    MultipartBody,
    Part,
    Policies,
    Request,
    TextBody,
    UrlEncoding,
)

FORM_TYPE = "application/x-www-form-urlencoded"
DEFAULTS = Policies(
    follow_redirects=False,
    max_redirects=10,
    keep_method_on_redirect=False,
    keep_auth_on_redirect=False,
    drop_referer_on_redirect=False,
    cookies=True,
    verify_tls=True,
    timeout_ms=30_000,
    connect_timeout_ms=10_000,
    http_version="1.1",
    keep_alive=True,
    send_body_with_get=True,
    url_encoding=UrlEncoding.WHATWG,
    decompress=True,
    max_body_bytes=67_108_864,
    add_default_headers=True,
    expect_continue=False,
)
"""What an unset policy means."""
_BOUNDARY = re.compile(r"-{24}[0-9a-f]{16}")


def plan_of(*requests: Request, **fields: Any) -> Plan:
    """A plan with one task of these requests."""
    steps = tuple(Step(name=f"step {index}", request=one) for index, one in enumerate(requests))
    return Plan(name="plan", tasks=(Task(name="task", steps=steps),), **fields)


def codes(findings: list[Finding]) -> list[str]:
    """Codes of findings, in order."""
    return [finding.code for finding in findings]


def requests_in(plan: Plan) -> list[Request]:
    """All requests, in order."""
    return [step.request for step in plan.walk() if step.request is not None]


def messages(plan: Plan, *, without: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """What every request of a plan puts on the wire and reads from the answer.

    Names of variables are replaced by their order; `without` names policies that a format has no
    place for.
    """
    names = Names(plan)
    order: dict[str, int] = {}

    def masked(text: str) -> str:
        text = _BOUNDARY.sub("BOUNDARY", text)
        return re.sub(
            r"\{\{([^{}]*)\}\}", lambda one: f"{{{{{order.setdefault(one[1], len(order))}}}}}", text
        )

    return [_message(request, plan, names, masked, without) for request in requests_in(plan)]


def _message(
    request: Request, plan: Plan, names: Names, masked: Any, without: tuple[str, ...]
) -> dict[str, Any]:
    message = sent(request, plan, names)
    headers = [(pair.name.lower(), masked(pair.value)) for pair in message.headers]
    if message.content_type:
        headers.append(("content-type", message.content_type))
    policies = message.policies.over(DEFAULTS).model_dump(exclude_none=True, exclude=set(without))
    if not message.policies.follow_redirects:
        policies = {key: one for key, one in policies.items() if "redirect" not in key}
    policies["omit_headers"] = sorted(
        name.lower() for name in message.policies.omit_headers if name.lower() != "content-type"
    )
    auth = request.auth if request.auth and request.auth.none is None else None
    return {
        "method": masked(message.method),
        "url": masked(message.url),
        "headers": sorted(headers),
        "body": _body(message.body, names, masked),
        "auth": masked(auth.model_dump_json(exclude_defaults=True)) if auth else None,
        "policies": policies,
        "extractors": request.extractors,
        "assertions": request.assertions,
    }


def _body(body: Body | None, names: Names, masked: Any) -> Any:
    if body is None:
        return None
    text = sent_text(body, names)
    if text is not None:
        return masked(text)
    if body.multipart is not None:
        return [_part(part, masked) for part in body.multipart.parts if not part.disabled]
    if body.bytes is not None:
        return body.bytes.content
    return masked(body.model_dump_json(exclude={"content_type"}, exclude_defaults=True))


def _part(part: Part, masked: Any) -> tuple[Any, ...]:
    if part.file is not None:
        content: Any = ("file", masked(part.file.path))
    elif part.text is not None:
        content = masked(part.text).encode()
    else:
        content = part.bytes
    return masked(part.name), part.content_type, part.file_name, content, part.headers


# Requests that any of the formats can say.

_PRINTABLE = st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=("C",))
_TOKEN = st.text(st.sampled_from("ABCXYZabcxyz-"), min_size=1, max_size=8).map(lambda n: f"X-{n}")
VALUE = st.text(_PRINTABLE, max_size=20).map(str.strip)
NAME = st.text(st.sampled_from("abcdefgh_-.é ü&+%"), min_size=1, max_size=8).map(str.strip)
NAME = NAME.filter(bool)
TEXT = st.text(
    st.characters(exclude_characters="\0", exclude_categories=("Cs", "Cn", "Co")), max_size=60
)
WITH_VARIABLES = st.lists(st.sampled_from(["{{user}}", "{{the key}}"]) | VALUE, max_size=3).map(
    "".join
)
_SEGMENT = st.text(st.sampled_from("abcXYZ019-_~!$'()*,;:@"), max_size=8).map(
    lambda text: text.strip(":")
)
_URL = st.builds(
    lambda path, query: "https://shop.test:8443/" + "/".join(path) + query,
    st.lists(_SEGMENT, max_size=3),
    st.sampled_from(["", "?a=1", "?a=1&b={{user}}", "?x=%2F&y="]),
)
HEADERS = st.lists(st.builds(Pair, name=_TOKEN, value=VALUE), max_size=4).map(tuple)
_FIELDS = st.lists(st.builds(Pair, name=NAME, value=VALUE), min_size=1, max_size=4)

BODIES = st.one_of(
    st.none(),
    st.builds(lambda text: Body(text=TextBody(content=text), content_type=FORM_TYPE), TEXT),
    st.builds(lambda text: Body(text=TextBody(content=text)), WITH_VARIABLES),
    st.builds(
        lambda fields, encoding: Body(urlencoded=FormBody(fields=tuple(fields), encoding=encoding)),
        _FIELDS,
        st.sampled_from([FormEncoding.PERCENT_20, FormEncoding.PLUS]),
    ),
    st.builds(
        lambda fields: Body(
            multipart=MultipartBody(
                parts=tuple(Part(name=pair.name, text=pair.value) for pair in fields)
            )
        ),
        _FIELDS,
    ),
    st.builds(
        lambda name: Body(file=FileBody(file=FileRef(path=name)), content_type=FORM_TYPE),
        st.sampled_from(["body.bin", "a file.txt"]),
    ),
)
_WORD = st.text(st.sampled_from("abcXYZ019$'\" \\é"), min_size=1, max_size=8).map(str.strip)
_WORD = _WORD.filter(bool)
AUTHS = st.one_of(
    st.none(),
    st.builds(lambda a, b: Auth(basic=BasicAuth(username=a, password=b)), _WORD, _WORD),
    st.builds(lambda a: Auth(bearer=BearerAuth(token=a)), _WORD),
    st.builds(lambda a, b: Auth(digest=DigestAuth(username=a, password=b)), _WORD, _WORD),
)

RAW = st.just(Policies(cookies=False, url_encoding=UrlEncoding.NONE))
VARIABLES = (Variable(name="user", value="ann"), Variable(name="the key", value="k 1"))


def requests(
    *, bodies: Any = BODIES, auths: Any = AUTHS, policies: Any = RAW
) -> st.SearchStrategy[Request]:
    """Requests whose URL stands as it is sent."""
    return st.builds(
        Request,
        method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "PURGE"]),
        url=_URL,
        headers=HEADERS,
        body=bodies,
        auth=auths,
        policies=policies,
    )
