"""Exported scripts, run by Bash with the installed curl against a server on loopback."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from hazard_tui.export import export_plan
from hazard_tui.plan.auth import ApiKeyAuth, Auth, AuthPlace, BasicAuth, BearerAuth
from hazard_tui.plan.base import Pair
from hazard_tui.plan.model import Plan, SecretRef, Variable
from hazard_tui.plan.request import (
    Body,
    BytesBody,
    FileBody,
    FileRef,
    FormBody,
    FormEncoding,
    MultipartBody,
    Part,
    Policies,
    Request,
    TextBody,
)
from tests.support.capture import Capture, Captured
from tests.unit.exported import plan_of

pytestmark = pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("bash")),
    reason="curl or bash is not installed, so exported scripts are not run",
)

NAMED = Pair(name="a", value="{{v}}")
NAMING = Pair(name="{{v}}", value="a")
QUERY_KEY = ApiKeyAuth(key="k", value="{{v}}", place=AuthPlace.QUERY)
BYTES = bytes(range(256))


@pytest.fixture(scope="module")
def capture() -> Iterator[Capture]:
    """A server that keeps what it gets."""
    with Capture() as server:
        yield server


def run(plan: Plan, capture: Capture, folder: Path, **secrets: str) -> list[Captured]:
    """What arrives when the exported script runs in the folder."""
    text, _ = export_plan(plan, "curl")
    (folder / "plan.sh").write_text(text)
    home = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    done = subprocess.run(
        ["bash", "-eu", "plan.sh"],
        cwd=folder,
        env={**home, "HOME": str(folder), **secrets},
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return capture.taken()


def test_an_address_in_the_query_of_a_url_without_scheme_stays_there(
    capture: Capture, tmp_path: Path
) -> None:
    request = Request(
        method="GET",
        url=f"127.0.0.1:{capture.port}/a b?to=http://other.example/c d",
        query=(Pair(name="q", value="1"),),
    )
    (arrived,) = run(plan_of(request), capture, tmp_path)
    assert arrived.target == "/a%20b?to=http://other.example/c%20d&q=1"


def test_a_head_request_is_sent_without_its_body_and_that_is_told(
    capture: Capture, tmp_path: Path
) -> None:
    url = f"http://127.0.0.1:{capture.port}/"
    plan = plan_of(Request(method="HEAD", url=url, body=Body(text=TextBody(content="x"))))
    (arrived,) = run(plan, capture, tmp_path)
    assert (arrived.method, arrived.body) == ("HEAD", b"")
    assert "head-without-body" in {one.code for one in export_plan(plan, "curl")[1]}


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        (Request(url="http://h/?a={{v}}"), False),
        (Request(url="http://h/", query=(Pair(name="a", value="{{v}}"),)), True),
        (Request(url="http://h/?a={{deep}}"), True),
        (Request(url="http://h/", auth=Auth(api_key=QUERY_KEY)), True),
        (Request(url="http://h/", body=Body(urlencoded=FormBody(fields=(NAMED,)))), False),
        (Request(url="http://h/", body=Body(urlencoded=FormBody(fields=(NAMING,)))), True),
    ],
)
def test_what_curl_does_not_encode_is_told(request_: Request, told: bool) -> None:
    variables = (Variable(name="v", value="a&b"), Variable(name="deep", value="{{v}} c"))
    _, findings = export_plan(plan_of(request_, variables=variables), "curl")
    assert ("value-not-encoded" in {one.code for one in findings}) is told


def test_a_boundary_of_the_plan_arrives_once(capture: Capture, tmp_path: Path) -> None:
    request = Request(
        method="POST",
        url=f"http://127.0.0.1:{capture.port}/",
        headers=(Pair(name="Content-Type", value='multipart/form-data; boundary="my own"'),),
        body=Body(multipart=MultipartBody(parts=(Part(name="a", text="b"),), boundary="my own")),
    )
    (arrived,) = run(plan_of(request), capture, tmp_path)
    (content_type,) = arrived.values("content-type")
    assert content_type.count("boundary=") == 1
    assert content_type.partition("boundary=")[2].encode() in arrived.body


def test_text_and_headers_arrive_as_the_plan_says(capture: Capture, tmp_path: Path) -> None:
    content = 'it\'s "quoted" `$x` \\ {{value}} \x07\r\n\tend'
    request = Request(
        method="PUT",
        url=f"http://127.0.0.1:{capture.port}/a b/é/../c",
        query=(Pair(name="q", value="1 & 2"), Pair(name="flag", no_equals=True)),
        headers=(Pair(name="x-Odd", value='a "b" $c!'), Pair(name="X-Empty")),
        body=Body(text=TextBody(content=content), content_type="text/plain; charset=utf-8"),
    )
    variables = (Variable(name="value", value="a'b\"$(id)`id`"),)
    (arrived,) = run(plan_of(request, variables=variables), capture, tmp_path)
    assert arrived.method == "PUT"
    assert arrived.target == "/a%20b/%C3%A9/../c?q=1%20%26%202&flag"
    assert arrived.body.decode() == content.replace("{{value}}", "a'b\"$(id)`id`")
    assert ("x-Odd", 'a "b" $c!') in arrived.headers
    assert ("X-Empty", "") in arrived.headers
    assert arrived.values("content-type") == ["text/plain; charset=utf-8"]


@pytest.mark.parametrize("content", [BYTES, BYTES[1:], b"", b"\n", b"@file", b"plain\n\n"])
def test_bytes_arrive(capture: Capture, tmp_path: Path, content: bytes) -> None:
    url = f"http://127.0.0.1:{capture.port}/"
    body = Body(bytes=BytesBody(content=content))
    (arrived,) = run(plan_of(Request(method="POST", url=url, body=body)), capture, tmp_path)
    assert arrived.body == content
    assert arrived.values("content-type") == []


def test_a_large_body_arrives(capture: Capture, tmp_path: Path) -> None:
    content = "0123456789'\\n" * 30_000
    body = Body(text=TextBody(content=content), content_type="application/json")
    url = f"http://127.0.0.1:{capture.port}/"
    (arrived,) = run(plan_of(Request(method="POST", url=url, body=body)), capture, tmp_path)
    assert arrived.body.decode() == content


def test_files_arrive(capture: Capture, tmp_path: Path) -> None:
    (tmp_path / "a file.bin").write_bytes(BYTES)
    file = FileRef(path="a file.bin")
    url = f"http://127.0.0.1:{capture.port}/up"
    plan = plan_of(
        Request(method="PUT", url=url, body=Body(file=FileBody(file=file))),
        Request(
            method="POST",
            url=url,
            body=Body(
                file=FileBody(file=FileRef(path="lines.txt", strip_newlines=True)),
                content_type="application/octet-stream",
            ),
        ),
        Request(method="POST", url=url, body=Body(text=TextBody(content="<{{f}}>"))),
        variables=(Variable(name="f", file=FileRef(path="lines.txt")),),
    )
    (tmp_path / "lines.txt").write_bytes(b"one\r\ntwo\n\n")
    whole, stripped, inside = run(plan, capture, tmp_path)
    assert whole.body == BYTES
    assert whole.values("content-type") == []
    assert stripped.body == b"onetwo"
    assert stripped.values("content-type") == ["application/octet-stream"]
    assert inside.body == b"<one\r\ntwo\n\n>"


def test_forms_arrive(capture: Capture, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{capture.port}/form"
    fields = (Pair(name="a b", value="{{v}}"), Pair(name="c", value="d e~*"))
    plan = plan_of(
        *(
            Request(
                method="POST",
                url=url,
                body=Body(urlencoded=FormBody(fields=fields[index:], encoding=encoding)),
            )
            for index, encoding in ((0, FormEncoding.PLUS), (1, FormEncoding.PERCENT_20))
        ),
        variables=(Variable(name="v", value="1&2=é"),),
    )
    encoded, literal = run(plan, capture, tmp_path)
    assert encoded.body == b"a+b=1%262%3D%C3%A9&c=d+e~%2A"
    assert literal.body == b"c=d%20e~%2A"
    assert literal.values("content-type") == ["application/x-www-form-urlencoded"]


def test_parts_arrive(capture: Capture, tmp_path: Path) -> None:
    (tmp_path / "p,1;.png").write_bytes(BYTES)
    parts = (
        Part(name="plain", text='@not "a" file; {{v}}'),
        Part(name="typed", text='{"a": "b;c"}', content_type="application/json; charset=utf-8"),
        Part(
            name="file",
            file=FileRef(path="p,1;.png"),
            file_name='x"y.png',
            content_type="image/png",
        ),
    )
    request = Request(
        method="POST",
        url=f"http://127.0.0.1:{capture.port}/form",
        body=Body(multipart=MultipartBody(parts=parts)),
    )
    plan = plan_of(request, variables=(Variable(name="v", value="<1>"),))
    (arrived,) = run(plan, capture, tmp_path)
    (kind,) = arrived.values("content-type")
    boundary = re.fullmatch(r"multipart/form-data; boundary=(\S+)", kind)
    assert boundary is not None
    pieces = arrived.body.split(f"--{boundary[1]}".encode())[1:-1]
    assert pieces[0] == (
        b'\r\nContent-Disposition: form-data; name="plain"\r\n\r\n@not "a" file; <1>\r\n'
    )
    assert b"Content-Type: application/json; charset=utf-8\r\n" in pieces[1]
    assert pieces[1].endswith(b'\r\n\r\n{"a": "b;c"}\r\n')
    assert b'filename="x%22y.png"' in pieces[2] or b'filename="x\\"y.png"' in pieces[2]
    assert pieces[2].endswith(b"\r\n\r\n" + BYTES + b"\r\n")


@pytest.mark.parametrize("file_name", ["", "a.bin"])
@pytest.mark.parametrize("content", [BYTES, BYTES[1:], b"\xff"])
def test_parts_of_bytes_arrive(
    capture: Capture, tmp_path: Path, content: bytes, file_name: str
) -> None:
    part = Part(name="b", bytes=content, file_name=file_name, content_type="image/x")
    request = Request(
        method="POST",
        url=f"http://127.0.0.1:{capture.port}/form",
        body=Body(multipart=MultipartBody(parts=(part, Part(name="n", bytes=b"\xfe")))),
    )
    (arrived,) = run(plan_of(request), capture, tmp_path)
    assert b"\r\n\r\n" + content + b"\r\n--" in arrived.body
    assert b"\r\n\r\n\xfe\r\n--" in arrived.body
    assert (b'filename="a.bin"' in arrived.body) is bool(file_name)


def test_proof_and_policies_arrive(capture: Capture, tmp_path: Path) -> None:
    url = "http://shop.test/"
    policies = Policies(
        connect_to=(f"shop.test:80:127.0.0.1:{capture.port}",),
        http_version="1.0",
        add_default_headers=False,
        cookies=False,
    )
    plan = plan_of(
        Request(url=url, auth=Auth(basic=BasicAuth(username="a", password="{{pw}}"))),
        Request(
            url=url,
            auth=Auth(bearer=BearerAuth(token="t")),
            headers=(Pair(name="Authorization", value="replaced"),),
        ),
        Request(method="HEAD", url=url),
        defaults=policies,
        variables=(Variable(name="pw", secret=SecretRef(key="shop pw")),),
    )
    basic, bearer, head = run(plan, capture, tmp_path, shop_pw="p:w")
    assert basic.values("authorization") == ["Basic YTpwOnc="]
    assert basic.values("host") == ["shop.test"]
    assert basic.values("user-agent") == basic.values("accept") == []
    assert bearer.values("authorization") == ["Bearer t"]
    assert head.method == "HEAD"
