"""`hazard import` with files that are right, half right and wrong: exit code and what is said."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from hazard_tui.cli import main
from tests.importers.builders import SAMPLES

POSTMAN = SAMPLES / "postman"
COLLECTION = POSTMAN / "conduit.postman_collection.json"
ENVIRONMENT = POSTMAN / "lab.postman_environment.json"

Import = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Import:
    """Runs `hazard import ARGUMENTS` in an empty folder: exit code, output, errors."""
    monkeypatch.setenv("HAZARD_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("HAZARD_CONFIG", str(tmp_path / "config.yaml"))
    (tmp_path / "config.yaml").write_text("")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main(["import", *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_an_environment_that_overrides_the_collection_loses_nothing(run_import: Import) -> None:
    code, out, _ = run_import(COLLECTION, "--env", ENVIRONMENT, "--strict", "-o", "a.hazard.yaml")
    assert code == 0
    assert "variable 'APIURL' was changed (environment" in out


@pytest.mark.parametrize(
    ("option", "text", "says"),
    [
        ("--env", "x\n=y", "is no environment file: line 1 is no NAME=value"),
        ("--env", "", "is empty"),
        ("--env", '{"log": {"entries": []}}', "holds no list of values"),
        ("--env", '{"values": 7}', "holds no list of values"),
        ("--env", '{"values": [1, 2]}', "holds no list of values"),
        ("--env", '{"values": [', "is not JSON"),
        ("--globals", "just words", "is no globals file"),
        ("--data", "", "is empty"),
        ("--data", "\n\n", "is empty"),
        ("--data", '{"a": 1, "b": {}}\n[]', "must hold a list of objects"),
        ("--data", "[1, 2]", "must hold a list of objects"),
        ("--data", "[]", "must hold a list of objects"),
    ],
)
def test_a_file_that_was_asked_for_and_cannot_be_used_is_an_error(
    option: str, text: str, says: str, run_import: Import, tmp_path: Path
) -> None:
    (tmp_path / "given").write_text(text)
    code, _, err = run_import(COLLECTION, option, "given", "-o", "a.hazard.yaml")
    assert code == 2
    assert says in err
    assert not (tmp_path / "a.hazard.yaml").exists()


def test_variables_for_what_is_no_collection_are_refused(run_import: Import) -> None:
    code, _, err = run_import(SAMPLES / "har" / "shop.har", "--env", ENVIRONMENT)
    assert code == 2
    assert "--env belongs to a Postman collection" in err


LOSSLESS = {
    "collection": json.dumps({"info": {"name": "c"}, "item": [{"request": "http://127.0.0.1/"}]}),
    "curl": "curl -H 'A: b' -d x=1 http://127.0.0.1/",
    "plan of the prior art": json.dumps(
        {"MainTask": [{"TaskName": "a", "TestWork": {"UrlPath": "http://127.0.0.1/"}}]}
    ),
    "raw HTTP": "POST http://127.0.0.1/ HTTP/1.1\nHost: h\nA: b\n\nx",
    "fetch": "fetch('http://127.0.0.1/', {method: 'POST', body: 'x', mode: 'cors'})",
    "PowerShell": "Invoke-WebRequest -UseBasicParsing -Uri http://127.0.0.1/ -Body 'x'",
    "recording": json.dumps(
        {
            "log": {
                "creator": {"name": "c"},
                "entries": [
                    {
                        "startedDateTime": "2024-05-01T12:00:00Z",
                        "request": {
                            "method": "GET",
                            "url": "http://127.0.0.1/",
                            "headers": [
                                {"name": "Host", "value": "127.0.0.1"},
                                {"name": "Accept", "value": "*/*"},
                            ],
                        },
                        "response": {"status": 200, "content": {"mimeType": "text/html"}},
                    }
                ],
            }
        }
    ),
}
LOSSY = {
    "collection": json.dumps({"info": {"name": "c"}, "item": [{"request": "http://h/"}, 7]}),
    "collection with a warning only": json.dumps(
        {"info": {"name": "c"}, "item": [{"name": "no URL", "request": {"method": "GET"}}]}
    ),
    "curl": "curl --netrc http://127.0.0.1/",
    "curl that is refused": "curl http://127.0.0.1/; curl --no-such-option http://127.0.0.1/",
    "plan of the prior art": json.dumps(
        {"Strange": 1, "MainTask": [{"TestWork": {"UrlPath": "http://127.0.0.1/"}}]}
    ),
    "raw HTTP": "GET http://127.0.0.1/ HTTP/1.1\n\n> {% run() %}",
    "fetch": "fetch('http://127.0.0.1/', {strange: 1})",
    "PowerShell": "irm http://127.0.0.1/ -Proxy http://p:1",
    "recording": LOSSLESS["recording"].replace('"Accept"', '"If-None-Match"'),
    "recording that ends early": LOSSLESS["recording"][:-2],
}


@pytest.mark.parametrize("name", LOSSLESS)
def test_strict_is_content_with_what_loses_nothing(
    name: str, run_import: Import, tmp_path: Path
) -> None:
    (tmp_path / "given").write_text(LOSSLESS[name])
    code, out, err = run_import("given", "--strict", "-o", "a.hazard.yaml")
    assert code == 0, out + err


@pytest.mark.parametrize("name", LOSSY)
def test_strict_exits_with_2_where_anything_is_lost_or_warned_of(
    name: str, run_import: Import, tmp_path: Path
) -> None:
    (tmp_path / "given").write_text(LOSSY[name])
    assert run_import("given", "-o", "a.hazard.yaml")[0] == 0
    code, _, err = run_import("given", "--strict", "-o", "a.hazard.yaml")
    assert code == 2
    assert "--strict: " in err


WRONG: dict[str, tuple[bytes, str]] = {
    "empty.json": (b"", "is empty"),
    "page.json": (b"<!DOCTYPE html><html><body>Sign in</body></html>", "is a web page"),
    "page.har": (b"<!DOCTYPE html><html><body>Sign in</body></html>", "is a web page"),
    "session.har": (gzip.compress(b"{}", mtime=0), "is compressed with gzip"),
    "export.zip": (b"PK\x03\x04" + b"\0" * 60, "is a ZIP archive"),
    "program": (b"\x7fELF" + b"\0" * 600, "is a program"),
    "noise.bin": (bytes(range(256)) * 8, "is binary data"),
    "insomnia.json": (b'{"_type": "export", "resources": []}', "is an export of Insomnia"),
    "api.yaml": (b"openapi: 3.0.0\npaths: {}\n", "is an OpenAPI description"),
    "api.json": (b'{"openapi": "3.0.0", "paths": {}}', "is an OpenAPI description"),
    "test.js": (b"import http from 'k6/http';\n", "is a script of k6"),
    "plan.jmx": (b'<?xml version="1.0"?>\n<jmeterTestPlan/>', "is a test plan of JMeter"),
    "locustfile.py": (b"from locust import HttpUser, task\n", "is a locustfile"),
    "notes.txt": (b"remember the milk", "is of no known kind"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_named_with_what_to_do(
    name: str, run_import: Import, tmp_path: Path
) -> None:
    data, says = WRONG[name]
    (tmp_path / name).write_bytes(data)
    code, out, err = run_import(name, "-o", "a.hazard.yaml")
    assert (code, out) == (2, "")
    sentence, hint = err.splitlines()
    assert sentence.startswith(f"hazard: {name} {says}")
    assert hint.strip()
    assert not (tmp_path / "a.hazard.yaml").exists()


def test_a_folder_and_a_missing_file_are_named(run_import: Import, tmp_path: Path) -> None:
    (tmp_path / "folder.har").mkdir()
    assert "folder.har cannot be read: Is a directory" in run_import("folder.har")[2]
    code, _, err = run_import("missing.har")
    assert (code, "missing.har cannot be read: No such file" in err) == (2, True)
