"""What curl's options become in a plan."""

from __future__ import annotations

from typing import Any

import pytest

from hazard_tui.plan.auth import Auth, AwsAuth, BasicAuth, BearerAuth, DigestAuth, NtlmAuth
from hazard_tui.plan.request import FileEncoding, FormEncoding, Policies, UrlEncoding
from hazard_tui.plan.rules import Target
from importers.findings import Fate
from tests.importers.builders import (
    SAMPLES,
    codes,
    finding,
    headers_of,
    import_curl,
    request_of,
    requests_of,
    revealed,
    steps_of,
)

H = "http://h/"


def policies_of(text: str) -> dict[str, Any]:
    """The policies that differ from those of a plain request."""
    plan = revealed(import_curl(text))
    assert plan.defaults is not None
    plain = {"url_encoding": UrlEncoding.NONE, "cookies": False}
    own = steps_of(plan)[0].request
    assert own is not None
    both = [plan.defaults, own.policies or Policies()]
    found: dict[str, Any] = {}
    for policies in both:
        found |= {k: v for k, v in policies if v not in (None, ()) and plain.get(k) != v}
    return found


def test_a_plain_request_is_sent_as_it_stands_without_a_cookie_jar() -> None:
    result = import_curl("curl 'http://h/a b|c'")
    assert codes(result) == ["command-refused"]
    plan = import_curl("curl 'http://h/a|b?c'").plan
    assert plan.defaults == Policies(url_encoding=UrlEncoding.NONE, cookies=False)
    (step,) = steps_of(plan)
    assert step.name == "GET /a|b"
    assert step.request is not None
    assert step.request.url == "http://h/a|b?c"
    assert step.provenance is not None
    assert step.provenance.pointer == "1:6"
    assert len(step.provenance.file_sha256) == 64


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("-L", {"follow_redirects": True, "max_redirects": 50}),
        ("-L --max-redirs 3", {"follow_redirects": True, "max_redirects": 3}),
        ("-L --max-redirs -1", {"follow_redirects": True, "max_redirects": 1000}),
        ("--max-redirs 3", {}),
        ("-L --no-location", {}),
        (
            "-L -X PUT",
            {"follow_redirects": True, "max_redirects": 50, "keep_method_on_redirect": True},
        ),
        (
            "--location-trusted",
            {"follow_redirects": True, "max_redirects": 50, "keep_auth_on_redirect": True},
        ),
        (
            "-L --post302",
            {"follow_redirects": True, "max_redirects": 50, "keep_method_on_redirect": True},
        ),
        ("-k", {"verify_tls": False}),
        ("--cacert ca.pem", {"ca_file": "ca.pem"}),
        ("-E c.pem --key k.pem", {"cert_file": "c.pem", "key_file": "k.pem"}),
        ("--cert c.pem:secret", {"cert_file": "c.pem"}),
        ("--tlsv1.2 --tls-max 1.2", {"tls_min": "1.2", "tls_max": "1.2"}),
        ("-m 6.72 --connect-timeout 2", {"timeout_ms": 6720, "connect_timeout_ms": 2000}),
        ("-x proxy:8080", {"proxy": "http://proxy:8080"}),
        ("-x proxy", {"proxy": "http://proxy:1080"}),
        ("-x socks5h://p:1 -U 'u:p@'", {"proxy": "socks5h://u:p%40@p:1"}),
        ("--socks5 p", {"proxy": "socks5://p:1080"}),
        ("--socks5-hostname p", {"proxy": "socks5h://p:1080"}),
        ("-x p:1 --noproxy '*'", {}),
        ("-x p:1 --noproxy other", {"proxy": "http://p:1"}),
        ("-x p:1 --noproxy h", {}),
        ("--resolve h:443:127.0.0.1", {"resolve": ("h:443:127.0.0.1",)}),
        ("--connect-to h:80:x:81", {"connect_to": ("h:80:x:81",)}),
        ("--unix-socket /run/x", {"unix_socket": "/run/x"}),
        ("-0", {"http_version": "1.0"}),
        ("--http1.1", {"http_version": "1.1"}),
        ("--http2", {"http_version": "auto"}),
        ("--http2-prior-knowledge", {"http_version": "2-prior-knowledge"}),
        ("-b ''", {"cookies": True}),
        ("-c jar.txt", {"cookies": True}),
        ("-A ''", {"omit_headers": ("User-Agent",)}),
        ("-H 'Accept:' -H 'user-agent:'", {"omit_headers": ("User-Agent", "Accept")}),
        ("-d x -H 'Content-Type:'", {"omit_headers": ("Content-Type",)}),
    ],
)
def test_options_of_the_connection_become_policies(options: str, expected: dict[str, Any]) -> None:
    assert policies_of(f"curl {options} https://h/") == expected


def test_options_of_tls_mean_nothing_for_plain_http() -> None:
    assert policies_of("curl --cacert ca.pem -E c.pem --tls-max 1.2 http://h/") == {}
    assert "tls-unused" in codes(import_curl("curl --cacert ca.pem http://h/"))
    assert policies_of("curl -L --cacert ca.pem http://h/")["ca_file"] == "ca.pem"


def test_what_all_requests_share_stands_in_the_defaults() -> None:
    plan = import_curl("curl -k -m 5 http://h/1\ncurl -k http://h/2").plan
    assert plan.defaults is not None
    assert plan.defaults.verify_tls is False
    first, second = (step.request for step in steps_of(plan))
    assert first is not None
    assert second is not None
    assert first.policies == Policies(timeout_ms=5000)
    assert second.policies is None


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("-u user:pa:ss", Auth(basic=BasicAuth(username="user", password="pa:ss"))),
        ("--oauth2-bearer tok", Auth(bearer=BearerAuth(token="tok"))),
        ("--digest -u u:p", Auth(digest=DigestAuth(username="u", password="p"))),
        ("--ntlm -u 'D\\u:p'", Auth(ntlm=NtlmAuth(username="u", password="p", domain="D"))),
        (
            "--aws-sigv4 aws:amz:eu-west-1:s3 -u k:s",
            Auth(aws=AwsAuth(access_key="k", secret_key="s", service="s3", region="eu-west-1")),
        ),
        ("--digest", None),
        ("-H 'Authorization: x' -u u:p", None),
    ],
)
def test_authentication(options: str, expected: Auth | None) -> None:
    assert request_of(f"curl {options} {H}").auth == expected


def test_a_user_without_a_password_gets_a_variable_for_it() -> None:
    result = import_curl(f"curl -u user {H}")
    (request,) = requests_of(result)
    assert request.auth == Auth(basic=BasicAuth(username="user", password="{{password}}"))
    assert "password" in finding(result, "password-missing").what


def test_credentials_of_the_url_are_used_and_the_url_is_clean() -> None:
    request = request_of("curl http://us%40er:p%3Aw@h/x")
    assert request.url == "http://h/x"
    assert request.auth == Auth(basic=BasicAuth(username="us@er", password="p:w"))


@pytest.mark.parametrize(
    ("options", "why"),
    [("--negotiate -u :", "Negotiate"), ("--request-target '*' -X OPTIONS", "request target")],
)
def test_what_cannot_be_sent_is_marked_and_not_sent_in_another_way(options: str, why: str) -> None:
    result = import_curl(f"curl {options} {H}")
    (step,) = steps_of(result.plan)
    assert why in step.not_runnable
    assert finding(result, "not-runnable").severity == "error"


def test_a_form_is_a_list_of_fields() -> None:
    body = request_of(f"curl -d a=1 -d 'b=%20&c=' {H}").body
    assert body is not None
    assert body.urlencoded is not None
    assert body.urlencoded.encoding is FormEncoding.NONE
    assert [(f.name, f.value) for f in body.urlencoded.fields] == [
        ("a", "1"),
        ("b", "%20"),
        ("c", ""),
    ]


@pytest.mark.parametrize("data", ['{"a": "b=c"}', "a", "a&b=1", "=1", "a=1 2", "x={{a=b}}"])
def test_other_data_is_text_of_the_form_type(data: str) -> None:
    body = request_of(f"curl -d '{data}' {H}").body
    assert body is not None
    assert body.text is not None
    assert body.text.content == data
    assert body.content_type == "application/x-www-form-urlencoded"


def test_a_file_is_referred_to_and_not_opened() -> None:
    result = import_curl(f"curl -d @/etc/passwd {H}")
    (request,) = requests_of(result)
    assert request.body is not None
    assert request.body.file is not None
    assert request.body.file.file is not None
    assert request.body.file.file.path == "/etc/passwd"
    assert request.body.file.file.strip_newlines
    assert "file-reference" in codes(result)


def test_files_inside_other_data_are_variables() -> None:
    result = import_curl(f"curl -d a=1 --data-urlencode b@f.txt --url-query q@f.txt {H}")
    (request,) = requests_of(result)
    assert request.body is not None
    assert request.body.urlencoded is not None
    assert request.body.urlencoded.fields[1].value == "{{file_f.txt}}"
    assert request.url == "http://h/?q={{file_f.txt_2}}"
    files = [variable.file for variable in result.plan.variables]
    assert [(file.path, file.encoding) for file in files if file is not None] == [
        ("f.txt", FileEncoding.PERCENT),
        ("f.txt", FileEncoding.PERCENT_LOWER),
    ]


def test_bytes_that_are_no_text_stay_bytes() -> None:
    body = request_of(f"curl --data-binary $'\\xff\\x00rest' {H}").body
    assert body is not None
    assert body.bytes is not None
    assert body.bytes.content == b"\xff"


def test_large_bodies_ask_for_leave_first() -> None:
    assert policies_of(f"curl -d '{'x' * 1_048_577}' {H}") == {"expect_continue": True}


def test_parts_of_a_form() -> None:
    body = request_of(f"curl -F a=1 -F 'f=@dir/x.png;type=image/x' -F 'g=@y.pdf' {H}").body
    assert body is not None
    assert body.multipart is not None
    a, f, g = body.multipart.parts
    assert (a.name, a.text, a.content_type) == ("a", "1", "")
    assert (f.name, f.file_name, f.content_type) == ("f", "x.png", "image/x")
    assert f.file is not None
    assert f.file.path == "dir/x.png"
    assert g.content_type == "application/pdf"


def test_a_status_check_of_curl_is_an_assertion() -> None:
    (assertion,) = request_of(f"curl -f {H}").assertions
    assert (assertion.target, assertion.operator, assertion.expected) == (
        Target.STATUS,
        "less",
        "400",
    )


def test_headers_keep_their_order_and_the_last_agent_wins() -> None:
    text = f"curl -A one -A two -e ref -b 'a=1' -b b=2 -H 'X: 1' -H 'Y;' -H 'Z:' -r 0-9 {H}"
    assert headers_of(request_of(text)) == [
        ("User-Agent", "two"),
        ("Range", "bytes=0-9"),
        ("Referer", "ref"),
        ("Cookie", "a=1;b=2"),
        ("X", "1"),
        ("Y", ""),
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("curl -d a -F b=c http://h/", "only select one HTTP request method"),
        ("curl -d a -T f http://h/", "only select one HTTP request method"),
        ("curl -I -d a http://h/", "only select one HTTP request method"),
        ("curl -X POST", "no URL"),
        ("curl 'http://h/a b'", "bad/illegal format"),
        ("curl 'http://h/{a,b'", "unmatched brace"),
        ("curl 'http://h/[3-1]'", "bad range"),
        ("curl ftp://h/x", "only HTTP"),
        ("curl file:///etc/passwd", "only HTTP"),
        ("curl -F a http://h/", "badly used"),
        ("curl http://h/ -d", "requires parameter"),
        ("curl http://h:99999/", "port"),
        ("curl --version http://h/", "sends nothing"),
    ],
)
def test_a_command_that_curl_refuses_gives_a_reason_and_no_step(text: str, why: str) -> None:
    result = import_curl(text)
    assert steps_of(result.plan) == []
    assert why in finding(result, "command-refused").what
    assert {record.fate for record in result.records} == {Fate.DROPPED}


def test_one_refused_command_does_not_cost_the_others() -> None:
    result = import_curl("curl http://h/1\ncurl -d a -F b=c http://h/\ncurl http://h/3")
    assert [request.url for request in requests_of(result)] == ["http://h/1", "http://h/3"]


def test_options_without_effect_are_mentioned_once() -> None:
    result = import_curl(f"curl -s -s -v -o x {H}")
    assert [finding.what for finding in result.findings if finding.code == "no-effect"] == [
        "flag '-s' was dropped",
        "flag '-v' was dropped",
        "flag '-o' was dropped",
    ]
    assert sum(record.fate is Fate.DROPPED for record in result.records) == 4


def test_globs_make_one_step_each_up_to_a_limit() -> None:
    assert len(requests_of(import_curl("curl 'http://h/{a,b}/[1-3]'"))) == 6
    result = import_curl("curl 'http://h/[1-999999999]'")
    assert len(requests_of(result)) == 1000
    assert "999999999" in finding(result, "glob-cut").what


def test_variables_of_curl_8_are_expanded() -> None:
    text = (
        "curl --variable name=wo^rld --variable %HOST=h --expand-url 'http://{{HOST}}/{{name:url}}'"
        " --expand-data '{{name:b64}} {{none}}{{name:json}} \\{{x}}'"
    )
    result = import_curl(text)
    (request,) = requests_of(result)
    assert request.url == "http://{{HOST_2}}/wo%5Erld"
    assert request.body is not None
    assert request.body.text is not None
    assert request.body.text.content == "d29ecmxk wo^rld {{x}}"


def test_a_cookie_file_that_an_earlier_command_writes_is_the_jar() -> None:
    result = import_curl("curl -c jar http://h/login\ncurl -b jar http://h/\ncurl -b old http://h/")
    assert codes(result).count("file-not-opened") == 1
    assert codes(result).count("cookie-jar") == 2
    assert result.plan.defaults is not None
    assert result.plan.defaults.cookies


def test_braces_of_the_command_itself_are_told() -> None:
    result = import_curl("curl -g 'http://h/{{id}}' -d '{{$guid}}'")
    assert finding(result, "braces-in-text").what.endswith("id, $guid")


def test_a_config_file_is_not_opened() -> None:
    result = import_curl(f"curl -K secrets.cfg {H}")
    assert len(requests_of(result)) == 1
    assert finding(result, "file-not-opened").severity == "warning"


def test_a_browser_sample_is_one_request() -> None:
    text = (SAMPLES / "curl" / "browser.sh").read_text("utf-8")
    request = request_of(text)
    assert request.method == "POST"
    assert request.url == "https://shop.example/api/cart/items?locale=en"
    assert len(request.headers) == 8
    assert request.body is not None
    assert request.body.text is not None
    assert request.body.text.content == '{"sku":"A-1","note":"it\'s 5 o\'clock!"}'


@pytest.mark.parametrize("name", ["login-and-order.sh", "order.cmd.txt", "order.ps1"])
def test_the_samples_of_each_shell(name: str) -> None:
    result = import_curl((SAMPLES / "curl" / name).read_bytes())
    orders = [request for request in requests_of(result) if request.url.endswith("/orders")]
    assert len(orders) == 1
    assert ("Content-Type", "application/json") in headers_of(orders[0])
    assert orders[0].body is not None
    assert orders[0].body.text is not None
    assert orders[0].body.text.content == '{"items": [{"sku": "A-1", "count": 2}]}'
    assert not [finding for finding in result.findings if finding.severity == "error"]
