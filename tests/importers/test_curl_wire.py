"""What the engine sends for an imported command is what the installed curl sends."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.importers.builders import SHARED, import_curl, needs_shared
from tests.importers.wire.compare import difference
from tests.importers.wire.curl_commands import FILES, own_commands
from tests.importers.wire.engine import sent_by_engine
from tests.importers.wire.real_curl import sent_by_curl
from tests.support.capture import Capture

REAL = SHARED / "real-inputs" / "curl" / "commands.json"
REAL_FILES = (
    "file myfile.jpg filename.txt my_file.txt upload.txt myfile new_file image.jpg file.txt "
    "myfile.jg NewDoc.pdf cookies.txt input_redirected_file.txt"
)
LEVEL_TWO_ONLY = {
    "shell-44": "a header out of a command substitution, which is not run",
}


@pytest.fixture(scope="module")
def capture() -> Iterator[Capture]:
    with Capture() as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "work"
    made.mkdir()
    return made


def with_address(text: str, capture: Capture) -> str:
    return re.sub(r"\bU\b", f"http://127.0.0.1:{capture.port}", text)


def test_there_are_enough_commands() -> None:
    assert len(own_commands()) >= 150


@pytest.mark.parametrize("name", own_commands())
async def test_own_commands_are_sent_as_curl_sends_them(
    name: str, capture: Capture, folder: Path
) -> None:
    for file, content in FILES.items():
        (folder / file).write_bytes(content)
    text = with_address(own_commands()[name], capture)
    truth, said = sent_by_curl(text, capture, folder)
    assert truth, f"curl sends nothing: {said}"
    ours, complaints = await sent_by_engine(import_curl(text), capture, folder)
    level, first = difference(truth, ours)
    assert level >= (2 if name in LEVEL_TWO_ONLY else 3), f"{text}\n{first}\n{complaints}"


@needs_shared
async def test_real_commands_are_sent_as_curl_sends_them(capture: Capture, folder: Path) -> None:
    commands: dict[str, str] = json.loads(REAL.read_text("utf-8"))
    for file in REAL_FILES.split():
        (folder / file).write_text(f"content of {file}\n")
    compared, unequal = 0, []
    for name, text in commands.items():
        truth, _ = sent_by_curl(text, capture, folder)
        if not truth:
            continue
        compared += 1
        ours, complaints = await sent_by_engine(import_curl(text), capture, folder)
        level, first = difference(truth, ours)
        if level < 2:
            unequal.append(f"{name}: {first} {complaints}")
    assert unequal == []
    assert compared == 98


@needs_shared
async def test_real_commands_that_curl_refuses_are_refused(capture: Capture, folder: Path) -> None:
    commands: dict[str, str] = json.loads(REAL.read_text("utf-8"))
    refused = {}
    for name in ("j_data_priority_than_f", "multiple_urls", "put_with_T_option"):
        truth, _ = sent_by_curl(commands[name], capture, folder)
        assert truth == []
        refused[name] = [
            finding.what
            for finding in import_curl(commands[name]).findings
            if finding.severity == "error"
        ]
    assert all("one HTTP request method" in what for (what,) in refused.values())
