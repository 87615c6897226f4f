"""Raw HTTP, fetch() and PowerShell snippets; and that anything that is pasted is recognised."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from hazard_tui.errors import UnreadableInput
from hazard_tui.plan.request import Request
from importers.detect import detect, import_input
from importers.findings import Fate, ImportOptions, ImportResult, Source
from tests.importers.builders import codes, headers_of, requests_of


def pasted(text: str) -> ImportResult:
    return import_input(Source("paste", text.encode()), ImportOptions())


def one(text: str) -> Request:
    (request,) = requests_of(pasted(text))
    return request


def body_text(request: Request) -> str | None:
    return None if request.body is None or request.body.text is None else request.body.text.content


RAW = (
    "POST /orders?page=1 HTTP/1.1\r\nHost: shop.example\r\nAccept: */*\r\n"
    "Content-Type: application/json\r\nContent-Length: 9\r\n\r\n"
    '{"n": 17}\r\n\r\n'
)


def test_a_raw_request_goes_where_its_host_says() -> None:
    request = one(RAW)
    assert (request.method, request.url) == ("POST", "https://shop.example/orders?page=1")
    assert headers_of(request) == [("Accept", "*/*"), ("Content-Type", "application/json")]
    assert body_text(request) == '{"n": 17}'
    assert one("GET / HTTP/1.1\nHost: localhost:8080\n").url == "http://localhost:8080/"
    assert one("GET https://a.example/x HTTP/2\nA: b\n").url == "https://a.example/x"


def test_a_raw_request_without_a_host_is_kept_and_not_sent() -> None:
    result = pasted("GET /x HTTP/1.1\nAccept: */*\n")
    (step,) = result.plan.tasks[0].steps
    assert "no Host header" in step.not_runnable
    assert "not-runnable" in codes(result)


HTTP_FILE = """\
@base = http://127.0.0.1
@token=abc

### log in
# a comment
POST {{base}}/login
Content-Type: application/json
// another

{"user": "ann"}

> {% client.global.set("x", response.body.x) %}

###
# @name orders
GET {{base}}/orders
    ?page=1
    &size=20
Authorization: Bearer {{token}}

### upload
PUT {{base}}/file

< ./photo.png
"""


def test_an_http_file_holds_several_requests_and_variables() -> None:
    result = pasted(HTTP_FILE)
    assert [step.name for step in result.plan.tasks[0].steps] == ["log in", "orders", "upload"]
    login, orders, upload = (step.request for step in result.plan.tasks[0].steps)
    assert login is not None
    assert orders is not None
    assert upload is not None
    assert body_text(login) == '{"user": "ann"}'
    assert orders.url == "{{base}}/orders?page=1&size=20"
    assert upload.body is not None
    assert upload.body.file is not None
    assert upload.body.file.file is not None
    assert upload.body.file.file.path == "./photo.png"
    assert {kind: counts.total() for kind, counts in result.counts().items()} == {
        "variable": 2,
        "request": 3,
        "header": 2,
        "body": 2,
        "script": 1,
    }
    assert result.total(Fate.DROPPED) == 1


FETCH = """\
fetch("https://shop.example/api/items", {
  "headers": {
    "accept": "application/json",
    "content-type": "application/json",
    "sec-fetch-mode": "cors"
  },
  "referrer": "https://shop.example/list",
  "referrerPolicy": "strict-origin-when-cross-origin",
  "body": "{\\"n\\":1,\\"t\\":\\"a\\u00e9\\"}",
  "method": "POST",
  "mode": "cors",
  "credentials": "include"
});
"""


def test_a_call_that_a_browser_copied_is_a_request() -> None:
    result = pasted(FETCH)
    (request,) = requests_of(result)
    assert (request.method, request.url) == ("POST", "https://shop.example/api/items")
    assert dict(headers_of(request))["Referer"] == "https://shop.example/list"
    assert body_text(request) == '{"n":1,"t":"aé"}'
    assert "cookies-missing" in codes(result)
    assert result.total(Fate.DROPPED) == 0


def test_a_call_that_a_person_wrote_is_a_request() -> None:
    request = one(
        """const base = 'https://shop.example';
        const answer = await fetch(`${base}/items/${id}?q=${encodeURI}`, {
          method: 'put',
          headers: new Headers({'Content-Type': 'application/json', Authorization: 'B ' + token}),
          body: JSON.stringify({n: 1, list: [true, null, "x"], base}),
          redirect: 'manual',
        });"""
    )
    assert request.url == "https://shop.example/items/{{id}}?q={{encodeURI}}"
    assert request.method == "PUT"
    assert dict(headers_of(request))["Authorization"] == "B {{token}}"
    assert json.loads(body_text(request) or "")["list"] == [True, None, "x"]
    assert request.policies is None


def test_what_only_a_program_knows_is_dropped_with_its_source() -> None:
    result = pasted("fetch('http://h/', {body: makeBody(1)}); fetch('http://h/b')")
    assert [request.url for request in requests_of(result)] == ["http://h/b"]
    (dropped,) = [one for one in result.records if one.fate is Fate.DROPPED]
    assert "makeBody(1)" in dropped.reason


POWERSHELL = """\
$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession
$session.UserAgent = "Mozilla/5.0 (X11)"
$session.Cookies.Add((New-Object System.Net.Cookie("lang", "en", "/", "shop.example")))
$session.Cookies.Add((New-Object System.Net.Cookie("theme", "dark", "/", "shop.example")))
Invoke-WebRequest -UseBasicParsing -Uri "https://shop.example/api/items?q=`$1" `
-Method "POST" `
-WebSession $session `
-Headers @{
"authority"="shop.example"
  "accept"="*/*"
  "quoted"="a `"b`" c"
} `
-ContentType "application/json" `
-Body "{`"n`":1}"
"""


def test_a_command_that_a_browser_copied_for_powershell_is_a_request() -> None:
    result = pasted(POWERSHELL)
    (request,) = requests_of(result)
    assert (request.method, request.url) == ("POST", "https://shop.example/api/items?q=$1")
    assert headers_of(request) == [
        ("authority", "shop.example"),
        ("accept", "*/*"),
        ("quoted", 'a "b" c'),
        ("User-Agent", "Mozilla/5.0 (X11)"),
        ("Cookie", "lang=en; theme=dark"),
        ("Content-Type", "application/json"),
    ]
    assert body_text(request) == '{"n":1}'
    assert result.total(Fate.DROPPED) == 0


def test_a_script_of_powershell_is_read_with_its_variables() -> None:
    request = one(
        """$base = 'https://shop.example'
        $headers = @{ Accept = 'application/json'; 'X-A' = "b" }
        $headers.Add("X-B", "c")
        $body = @{ name = "ann"; tags = 'a b' } | ConvertTo-Json
        irm "$base/users/$id" -Method Post -Headers $headers -Body $body -TimeoutSec 5
        """
    )
    assert request.url == "https://shop.example/users/{{id}}"
    assert dict(headers_of(request)) == {
        "Accept": "application/json",
        "X-A": "b",
        "X-B": "c",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    assert body_text(request) == '{"name":"ann","tags":"a b"}'
    assert request.policies is not None
    assert request.policies.timeout_ms == 5000


def test_a_table_is_a_form_or_a_query() -> None:
    form = one("irm http://h/ -Method Post -Body @{ a = '1 2'; b = 3 }")
    assert body_text(form) == "a=1+2&b=3"
    assert one("iwr http://h/ -Body @{ a = '1 2' }").url == "http://h/?a=1+2"


BODIES = ["", "a=1&b=2", '{"a": "curl fetch(1) Invoke-WebRequest GET /x"}', "{'x': `1`}", "héllo"]
URLS = [
    "http://127.0.0.1:8080/a",
    "https://shop.example/items?q=a%20b&page=2",
    "https://user:pw@shop.example/",
    "https://[::1]/x",
    "https://shop.example/curl/fetch()",
]


def snippets() -> Iterator[tuple[str, str]]:
    """(format, text): 25 of each kind."""
    for body in BODIES:
        for url in URLS:
            quoted = body.replace("'", "'\\''")
            yield "curl", f"$ curl -X POST '{url}' \\\n  -H 'A: b' --data-raw '{quoted}'"
            text = f"POST {url} HTTP/1.1\r\nHost: shop.example\r\nA: b\r\n\r\n{body}"
            yield "http", text
            settings = json.dumps({"method": "POST", "body": body, "headers": {"A": "b"}})
            yield "fetch", f'await fetch("{url}", {settings});'
            escaped = body.replace("`", "``").replace('"', '`"')
            yield (
                "powershell",
                f'Invoke-WebRequest -Uri "{url}" `\n-Method POST -Body "{escaped}"',
            )
            yield "url", f"  {url}\n"
            request = {"method": "POST", "url": url, "body": {"mode": "raw", "raw": body}}
            item = {"name": "r", "request": request}
            yield "postman", json.dumps({"info": {"name": "c"}, "item": [item]}, indent=2)
            post = {"mimeType": "text/plain", "text": body}
            entry = {"request": {"method": "POST", "url": url, "postData": post}}
            yield "har", json.dumps({"log": {"creator": {"name": "c"}, "entries": [entry]}})
            work = {"TestWork": {"UrlPath": url, "RawData": body}}
            yield "locust-hazard", json.dumps({"MainTask": [work]})


def test_two_hundred_snippets_are_recognised_and_read() -> None:
    listed = list(snippets())
    assert len(listed) == 200
    wrong = []
    for format, text in listed:
        for variant in (text, "\ufeff" + text, "\n\n  " + text, text.replace("\n", "\r\n")):
            found = detect(Source("paste", variant.encode()))
            if found.format != format:
                wrong.append((format, found.format, variant))
            result = import_input(Source("paste", variant.encode()), ImportOptions())
            if len(requests_of(result)) != 1:
                wrong.append((format, "not one request", variant))
    assert wrong == []


@pytest.mark.parametrize("format", ["http", "fetch", "powershell"])
def test_a_cut_snippet_is_read_or_refused_with_a_sentence(format: str) -> None:
    whole = {"http": RAW + HTTP_FILE, "fetch": FETCH, "powershell": POWERSHELL}[format]
    for end in range(len(whole)):
        source = Source("paste", whole[:end].encode())
        assert "\n" not in refusal(source, format)


def refusal(source: Source, format: str) -> str:
    """The sentence with which a text is refused; empty when it is read."""
    try:
        import_input(source, ImportOptions(), format)
    except UnreadableInput as refused:
        return str(refused)
    return ""
