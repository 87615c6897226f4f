"""What an input is, found out from its bytes."""

from __future__ import annotations

import json

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
        ("https://127.0.0.1/a\nhttps://127.0.0.1/b\n", "url"),
    ],
)
def test_an_input_is_known_by_its_bytes(text: str, format: str) -> None:
    assert found(text) == format


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_encoding_does_not_matter(encoding: str) -> None:
    assert found(COLLECTION.encode(encoding)) == "postman"
    assert found("curl http://127.0.0.1/".encode(encoding)) == "curl"


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
        (b"<?xml version='1.0'?><jmeterTestPlan/>", "XML"),
        (b"fetch('http://127.0.0.1/')", "fetch()"),
        (b"Invoke-WebRequest -Uri http://127.0.0.1/", "PowerShell"),
        (b"GET / HTTP/1.1\r\nHost: a\r\n", "raw HTTP request"),
        (b"hazard: 1\nname: x\n", "plan of hazard"),
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
