"""Secrets leave the plan, the report and the findings at import, and are sent all the same."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hazard_tui.plan.store import plan_text
from importers.detect import import_input
from importers.findings import ImportOptions, ImportResult, Source
from importers.merge import merge_results
from importers.renaming import with_free_keys
from tests.importers.builders import import_curl, import_har, requests_of
from tests.importers.recordings import entry, pairs, recording
from tests.importers.wire.engine import sent_by_engine
from tests.support.capture import Capture

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
PLANTED = {
    "bearer token": "f3Zk29Qp7LmXx1V8sTbR4w",
    "basic credentials": base64.b64encode(b"ann:tr0ub4dor&3").decode(),
    "jwt": JWT,
    "header key": "0f9c4b7d11aa",
    "own header": "Zq81-kkLw92-PPod03-xMz",
    "session cookie": "s%3A9f2b8c7d6e5f4a3b",
    "random cookie": "Kk29Qp7LmXx1V8sTbR4wZz0",
    "form password": "correct-horse-9",
    "form secret": "Sup3rS3cr3t!",
    "json password": "hunter22",
    "json with escapes": 'pa\\"ss{w}0rd',
    "json number": "48151623",
    "json api key": "a1b2c3d4e5f6a7b8",
    "query key": "qk-77aa88bb99cc",
    "url password": "wOrDpAsS1",
    "aws key": "AKIA" + "IOSFODNN7EXAMPLE",
    "github token": "ghp_" + "a1B2c3D4e5" * 4,
    "slack token": "xox" + "b-1234567890-abcdefghij",
    "multipart token": "mp-Token-0011aaBBccDD22ee",
    "xml password": "xmlPassw0rd",
}


def curl_text() -> str:
    p = PLANTED
    body = (
        f'{{"user": "ann", "password": "{p["json password"]}", "apiKey": "{p["json api key"]}",'
        f' "client_secret": "{p["json with escapes"]}", "password_code": 1,'
        f' "auth": {{"passwd": {p["json number"]}}}, "note": "{p["github token"]}"}}'
    )
    xml = f"<Login><wsse:Password Type='t'>{p['xml password']}</wsse:Password></Login>"
    return "\n".join(
        [
            f"curl -H 'Authorization: Bearer {p['bearer token']}' http://127.0.0.1/a",
            f"curl -H 'authorization: Basic {p['basic credentials']}' http://127.0.0.1/b",
            f"curl -H 'X-Trace: {p['jwt']}' -H 'X-Api-Key: {p['header key']}' http://127.0.0.1/c",
            f"curl -H 'X-Session-Token: {p['own header']}' http://127.0.0.1/d",
            f"curl -b 'theme=dark; connect.sid={p['session cookie']}; x={p['random cookie']}'"
            " http://127.0.0.1/e",
            f"curl -d 'user=ann&password={p['form password']}&clientSecret={p['form secret']}'"
            " http://127.0.0.1/f",
            f"curl --json '{body}' http://127.0.0.1/g",
            f"curl 'http://127.0.0.1/h?page=2&api_key={p['query key']}&id={p['aws key']}'",
            f"curl -u 'ann:{p['url password']}' http://127.0.0.1/i",
            f"curl -F 'name=ann' -F 'access_token={p['multipart token']}' http://127.0.0.1/j",
            f"curl -H 'Content-Type: text/xml' -d \"{xml}\" http://127.0.0.1/k",
            f"curl -d '{p['slack token']}' http://127.0.0.1/l",
        ]
    )


def recorded() -> dict[str, Any]:
    """The same requests as a recording."""
    entries = []
    for number, request in enumerate(requests_of(import_curl(curl_text()))):
        headers = [{"name": one.name, "value": one.value} for one in request.headers]
        url = request.url
        post: dict[str, Any] | None = None
        if request.auth is not None:
            url = url.replace("://", f"://ann:{PLANTED['url password']}@")
        body = request.body
        if body is not None and body.text is not None:
            post = {"mimeType": body.content_type or "application/json", "text": body.text.content}
        elif body is not None and body.urlencoded is not None:
            text = "&".join(f"{one.name}={one.value}" for one in body.urlencoded.fields)
            post = {"mimeType": "application/x-www-form-urlencoded", "text": text}
        elif body is not None and body.multipart is not None:
            params = [{"name": part.name, "value": part.text} for part in body.multipart.parts]
            post = {"mimeType": "multipart/form-data; boundary=b", "params": params}
        entries.append(
            entry(url, method=request.effective_method, headers=headers, post=post, at=number * 200)
        )
    return recording(*entries)


def collection() -> dict[str, Any]:
    """The same requests as a Postman collection, with variables and auth blocks."""
    items: list[dict[str, Any]] = []
    for request in requests_of(import_curl(curl_text())):
        made: dict[str, Any] = {
            "method": request.effective_method,
            "url": request.url,
            "header": [{"key": one.name, "value": one.value} for one in request.headers],
            "description": f"the token is {PLANTED['jwt']}",
        }
        body = request.body
        if request.auth is not None and request.auth.basic is not None:
            basic = request.auth.basic
            listed = {"username": basic.username, "password": basic.password}
            made["auth"] = {"type": "basic", "basic": listed}
        if body is not None and body.text is not None:
            made["body"] = {"mode": "raw", "raw": body.text.content}
        elif body is not None and body.urlencoded is not None:
            fields = [{"key": one.name, "value": one.value} for one in body.urlencoded.fields]
            made["body"] = {"mode": "urlencoded", "urlencoded": fields}
        elif body is not None and body.multipart is not None:
            parts = [
                {"key": one.name, "value": one.text, "type": "text"} for one in body.multipart.parts
            ]
            made["body"] = {"mode": "formdata", "formdata": parts}
        items.append({"name": "r", "request": made})
    token = {"type": "bearer", "bearer": {"token": "{{handle}}"}}
    items.append({"name": "by place", "request": {"url": "http://127.0.0.1/", "auth": token}})
    variables = [{"key": "handle", "value": "plainlooking"}, {"key": "password", "value": "pw1234"}]
    return {"info": {"name": "planted"}, "item": items, "variable": variables}


def prior_art() -> dict[str, Any]:
    """Some of the requests as a plan of locust-hazard."""
    work = {
        "UrlPath": f"http://127.0.0.1/?api_key={PLANTED['query key']}",
        "Method": "POST",
        "Headers": {"Authorization": f"Bearer {PLANTED['bearer token']}"},
        "DictData": {"password": PLANTED["form password"]},
        "JsonData": json.dumps({"password": PLANTED["json password"]}),
        "SaveParamChain": [{"SaveType": 3, "ParamName": "password", "RuleValue": "s3cr3t-c0nst"}],
    }
    return {"MainTask": [{"TaskName": "t", "TestWork": work}]}


SOURCES: dict[str, Callable[[], str]] = {
    "curl": curl_text,
    "har": lambda: json.dumps(recorded()),
    "postman": lambda: json.dumps(collection()),
    "locust-hazard": lambda: json.dumps(prior_art()),
}


def imported(format: str) -> ImportResult:
    result = import_input(Source("paste", SOURCES[format]().encode()), ImportOptions())
    assert result.format == format
    return result


def everything_told(result: ImportResult) -> str:
    """The plan file and all that the report says."""
    records = "\n".join(f"{one.pointer} {one.name} {one.reason}" for one in result.records)
    return "\n".join([plan_text(result.plan), records, *map(str, result.findings)])


@pytest.mark.parametrize("format", SOURCES)
def test_no_planted_secret_is_told_in_the_clear(format: str) -> None:
    told = everything_told(imported(format))
    planted = [*PLANTED.values(), "plainlooking", "pw1234", "s3cr3t-c0nst"]
    assert [one for one in planted if one in told] == []
    assert "theme=dark" in told or format == "locust-hazard"


@pytest.mark.parametrize("format", ["curl", "har", "postman"])
def test_every_planted_secret_is_kept_beside_the_plan(format: str) -> None:
    kept = "\n".join(imported(format).secrets.values())
    assert [kind for kind, value in PLANTED.items() if value not in kept] == []


async def test_what_was_taken_out_is_sent(tmp_path: Path) -> None:
    with Capture() as capture:
        sent, complaints = await sent_by_engine(imported("curl"), capture, tmp_path)
    assert complaints == []
    assert sent[0].values("authorization") == [f"Bearer {PLANTED['bearer token']}"]
    assert sent[4].values("cookie") == [
        f"theme=dark; connect.sid={PLANTED['session cookie']}; x={PLANTED['random cookie']}"
    ]
    assert f'"passwd": {PLANTED["json number"]}}}'.encode() in sent[6].body
    assert f'"client_secret": "{PLANTED["json with escapes"]}"'.encode() in sent[6].body
    assert sent[7].target == f"/h?page=2&api_key={PLANTED['query key']}&id={PLANTED['aws key']}"
    basic = base64.b64encode(f"ann:{PLANTED['url password']}".encode()).decode()
    assert sent[8].values("authorization") == [f"Basic {basic}"]


async def test_the_password_of_a_proxy_is_a_reference_too(tmp_path: Path) -> None:
    with Capture() as capture:
        proxy = f"http://127.0.0.1:{capture.port}"
        result = import_curl(f"curl -x {proxy} -U ann:pr0xyword http://127.0.0.1:9/a")
        assert "pr0xyword" not in everything_told(result)
        (sent,) = await sent_through_proxy(result, capture)
    credentials = base64.b64encode(b"ann:pr0xyword").decode()
    assert sent.target == "http://127.0.0.1:9/a"
    assert sent.values("proxy-authorization") == [f"Basic {credentials}"]


async def sent_through_proxy(result: ImportResult, capture: Capture) -> list[Any]:
    from hazard_tui.plan.inputs import Inputs
    from hazard_tui.rpc.engine_check import check
    from hazard_tui.rpc.payload import check_request

    request = check_request(result.plan, Inputs(secrets=dict(result.secrets)))
    async for _ in check(request, timeout_s=30):
        pass
    return capture.taken()


ORDINARY = [
    "curl 'http://127.0.0.1/s?key=name&token=abc&q=secret+garden'",
    "curl -H 'Idempotency-Key: 550e8400-e29b-41d4-a716-446655440000' http://127.0.0.1/",
    "curl -b '_ga=GA1.2.1234567890.1234567890; lang=en-GB' http://127.0.0.1/",
    """curl --json '{"key": "uploads/2024/05/photo-of-the-cat.png", "password": ""}' http://h/""",
    "curl -d 'grant_type=password&passwordHint=the+name+of+the+cat' http://127.0.0.1/",
    """curl -H 'Authorization: Bearer $TOKEN' http://127.0.0.1/""",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_values_stay(text: str) -> None:
    assert import_curl(text).secrets == {}


def test_a_shell_variable_that_is_sent_as_authorization_is_a_secret() -> None:
    result = import_curl('T=abcdefgh\ncurl -H "Authorization: Bearer $T" -d x=$T http://h/')
    (variable,) = result.plan.variables
    assert (variable.name, variable.value) == ("T", None)
    assert list(result.secrets.values()) == ["abcdefgh"]


def test_a_secret_in_a_script_is_told(tmp_path: Path) -> None:
    script = f'if (x) {{ pm.environment.set("token", "{JWT}"); }} while (y) {{}}'
    item = {
        "name": "r",
        "event": [{"listen": "test", "script": {"exec": [script]}}],
        "request": "http://127.0.0.1/",
    }
    value = {"info": {"name": "c"}, "item": [item]}
    result = import_input(Source("c.json", json.dumps(value).encode()), ImportOptions())
    (told,) = [one for one in result.findings if one.code == "secret-in-script"]
    assert told.severity == "warning"
    assert JWT not in str(told)


def test_correlation_still_sees_what_is_hidden_later() -> None:
    login = entry("https://h/login", method="POST")
    login["response"]["content"]["text"] = json.dumps({"token": PLANTED["bearer token"]})
    headers = pairs(Authorization=f"Bearer {PLANTED['bearer token']}")
    use = entry("https://h/me", at=300, headers=headers)
    result = import_har(recording(login, use))
    assert result.secrets == {}
    assert any(one.code == "correlated" for one in result.findings)


def token_of(result: ImportResult, step: int) -> str:
    (header,) = requests_of(result)[step].headers
    return header.value


def test_two_imports_in_one_plan_keep_their_own_secrets() -> None:
    texts = [f"curl -H 'Authorization: Bearer {one * 12}' http://h/{one}" for one in ("ab", "cd")]
    results = [import_curl(text) for text in (*texts, texts[0] + "/again")]
    merged = merge_results(results)
    assert [token_of(merged, step) for step in range(3)] == [
        "Bearer " + "ab" * 12,
        "Bearer " + "cd" * 12,
        "Bearer " + "ab" * 12,
    ]
    assert [one.code for one in merged.findings if one.code == "variable-conflict"] == []
    assert len(merged.secrets) == 2
    assert len(merged.plan.variables) == 2


def test_a_secret_of_another_plan_is_not_overwritten() -> None:
    result = import_curl("curl -H 'Authorization: Bearer abababababab' http://h/")
    (key,) = result.secrets
    other = with_free_keys(result, {key: "of another plan"})
    assert list(other.secrets) == [f"{key}_2"]
    assert token_of(other, 0) == "Bearer abababababab"
    assert with_free_keys(result, {key: "abababababab"}) is result
