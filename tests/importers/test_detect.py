"""What an input is, found out from its bytes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from hazard_tui.errors import UnreadableInput
from importers.detect import detect, import_input
from importers.findings import Fate, ImportOptions, Source
from tests.importers.builders import SAMPLES, steps_of

COLLECTION = json.dumps({"info": {"name": "c"}, "item": []})
HAR = '{ "log": { "version": "1.2", "entries": [] } }'


def found(text: str | bytes, name: str = "input") -> str:
    return detect(Source(name, text.encode() if isinstance(text, str) else text)).format


@pytest.mark.parametrize(
    ("text", "format"),
    [
        (COLLECTION, "postman"),
        ("\ufeff  \n" + COLLECTION, "postman"),
        (json.dumps({"collection": json.loads(COLLECTION)}), "postman"),
        (json.dumps({"requests": [], "order": [], "name": "old"}), "postman"),
        (HAR, "har"),
        (json.dumps({"x": 1, "log": {"entries": []}}), "har"),
        (json.dumps({"MainTask": []}), "locust-hazard"),
        (json.dumps({"values": [], "_postman_variable_scope": "globals"}), "globals"),
        (json.dumps({"name": "e", "values": [{"key": "a"}]}), "environment"),
        ("curl http://127.0.0.1/", "curl"),
        ("  $ curl -X POST \\\n http://127.0.0.1/", "curl"),
        ("# login\nTOKEN=1\ncurl http://127.0.0.1/", "curl"),
        ("curl.exe ^\n http://127.0.0.1/", "curl"),
        ("cd /tmp && curl http://127.0.0.1/", "curl"),
        ("http://127.0.0.1/a?b=c", "url"),
        ("localhost:8080/a", "url"),
        ("www.example.org/a?b=c", "url"),
        ("fetch('http://127.0.0.1/')", "fetch"),
        ("Invoke-WebRequest -Uri http://127.0.0.1/", "powershell"),
        ("GET / HTTP/1.1\r\nHost: a\r\n", "http"),
        ("### login\n# @name x\nPOST https://a/b\n\n{}", "http"),
        ("https://127.0.0.1/a\nhttps://127.0.0.1/b\n", "url"),
    ],
)
def test_an_input_is_known_by_its_bytes(text: str, format: str) -> None:
    assert found(text) == format


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_encoding_does_not_matter(encoding: str) -> None:
    assert found(COLLECTION.encode(encoding)) == "postman"
    for text in ("curl http://127.0.0.1/", "fetch('http://127.0.0.1/')", "GET http://127.0.0.1/ "):
        result = import_input(Source("paste", text.encode(encoding)), ImportOptions())
        assert [step.request.url for step in steps_of(result.plan) if step.request] == [
            "http://127.0.0.1/"
        ]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b" \n\0", "is empty"),
        (b'{"info": ', "is not JSON"),
        (b"[" * 100_000, "too many levels"),
        (b'{"a": 1}', "JSON of no known kind"),
        (b"[1, 2]", "JSON of no known kind"),
        (b'{"openapi": "3.0.0"}', "OpenAPI"),
        (b'{"_type": "export"}', "Insomnia"),
        (b"\xff\xfeA", "UTF-16"),
        (b"caf\xe9", "neither UTF-8 nor UTF-16"),
        (b"<?xml version='1.0'?>\n<jmeterTestPlan version='1.2'/>", "test plan of JMeter"),
        (b"<?xml version='1.0'?><con:soapui-project/>", "SoapUI"),
        (b"<?xml version='1.0'?><a/>", "is XML"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"hazard: 1\nname: x\n", "plan of hazard"),
        (b"openapi: 3.0.0\npaths: {}\n", "OpenAPI"),
        (b"info:\n  title: x\nopenapi: 3.0.0\n", "OpenAPI"),
        (b"type: collection.insomnia.rest/5.0\nname: x\n", "Insomnia"),
        (b"meta {\n  name: login\n}\npost {\n}\n", "Bruno"),
        (b"import http from 'k6/http';\nexport default function () {}\n", "script of k6"),
        (b"from locust import HttpUser\n", "locustfile"),
        (b"package a\nimport io.gatling.core.Predef._\n", "Gatling"),
        (b"config:\n  target: http://h\nscenarios:\n  - flow: []\n", "Artillery"),
        (b"HTTP/1.1 200 OK\r\nServer: x\r\n", "an HTTP answer"),
        (b"wget http://127.0.0.1/", "another tool"),
        (b'{"v": 2, "name": "c", "folders": [], "requests": []}', "Hoppscotch"),
        (b'{"clientName": "Thunder Client", "requests": {}}', "Thunder Client"),
        (b'{"error": {"name": "notFound"}}', "error message"),
        (gzip.compress(b"{}", mtime=0), "compressed with gzip"),
        (b"PK\x03\x04" + b"\0" * 50, "ZIP archive"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x7fELF\2\1\1\0" + b"\0" * 100, "a program"),
        (bytes(range(256)) * 4, "binary data"),
        (b"just words", "no known kind"),
    ],
)
def test_what_cannot_be_read_gets_one_sentence(data: bytes, says: str) -> None:
    with pytest.raises(UnreadableInput) as raised:
        detect(Source("thing", data))
    message = str(raised.value)
    assert message.startswith("thing ")
    assert says in message
    assert "\n" not in message
    assert raised.value.hint
    assert "\n" not in raised.value.hint


def test_an_environment_alone_says_where_it_belongs() -> None:
    path = SAMPLES / "postman" / "lab.postman_environment.json"
    result = import_input(Source(path.name, path.read_bytes()), ImportOptions())
    assert not result.plan.tasks
    (error,) = [finding for finding in result.findings if finding.code == "not-a-collection"]
    assert "--env" in error.fix
    assert result.total(Fate.DROPPED) == 4


def test_addresses_become_requests() -> None:
    text = b"http://127.0.0.1/a?b=c\nhttp://127.0.0.1/d"
    result = import_input(Source("paste", text), ImportOptions())
    urls = [step.request.url for step in steps_of(result.plan) if step.request]
    assert urls == ["http://127.0.0.1/a?b=c", "http://127.0.0.1/d"]


def test_a_named_format_is_believed() -> None:
    with pytest.raises(UnreadableInput, match="no Postman collection"):
        import_input(Source("x", b"{}"), ImportOptions(), "postman")
    with pytest.raises(UnreadableInput, match="no plan of locust-hazard"):
        import_input(Source("x", b"{}"), ImportOptions(), "locust-hazard")
    with pytest.raises(UnreadableInput, match="there is no format"):
        import_input(Source("x", b"{}"), ImportOptions(), "soap")
    with pytest.raises(UnreadableInput, match="environment file, not a collection"):
        import_input(Source("x", b'{"values": []}'), ImportOptions(), "postman")


@pytest.mark.parametrize(
    ("data", "format"),
    [
        (COLLECTION.encode(), "postman"),
        (b"curl http://127.0.0.1/", "curl"),
        (HAR.replace("entries", 'creator": {}, "entries').encode("utf-16"), "har"),
        (json.dumps({"x": 1, "log": {"creator": {"name": "c"}, "entries": []}}).encode(), "har"),
    ],
)
def test_a_name_that_ends_in_har_proves_nothing(data: bytes, format: str, tmp_path: Path) -> None:
    path = tmp_path / "file.har"
    path.write_bytes(data)
    assert import_input(Source(str(path), b"", str(path)), ImportOptions()).format == format


@pytest.mark.parametrize(
    "data", [gzip.compress(HAR.encode(), mtime=0), b"<html>", b"", b"PK\x03\x04"]
)
def test_a_har_file_that_is_none_gets_the_same_sentence(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file.har"
    path.write_bytes(data)
    with pytest.raises(UnreadableInput) as by_path:
        import_input(Source("x", b"", str(path)), ImportOptions())
    with pytest.raises(UnreadableInput) as by_bytes:
        detect(Source("x", data))
    assert str(by_path.value) == str(by_bytes.value)
