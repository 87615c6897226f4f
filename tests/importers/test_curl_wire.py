"""What the engine sends for an imported command is what the installed curl sends."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from importers.config_files import options_of
from importers.detect import import_input
from importers.findings import ImportOptions, Source
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


CONFIG = """\
# what every request has
url = "U/from-config?a=1"
header = "X-One: 1"
-H "X-Two: \\"2\\""
user: ann:s3cret
data = "k=v"
config = inner.cfg
"""


async def test_files_of_options_beside_the_command_are_read(capture: Capture, folder: Path) -> None:
    command = folder / "command.sh"
    for name, text in (
        ("command.sh", "curl -K options.cfg -d more=1 U/second"),
        ("options.cfg", CONFIG),
        ("inner.cfg", "get\n"),
    ):
        (folder / name).write_text(with_address(text, capture))
    truth, said = sent_by_curl(command.read_text(), capture, folder)
    assert len(truth) == 2, said
    source = Source(str(command), command.read_bytes())
    result = import_input(source, options_of(source, ImportOptions()))
    ours, complaints = await sent_by_engine(result, capture, folder)
    level, first = difference(truth, ours)
    assert level == 3, f"{first}\n{complaints}"
    assert {one.code for one in result.findings} >= {"config-read"}
    assert "s3cret" not in str(result.plan)


@pytest.mark.parametrize("name", ["../outside.cfg", "link.cfg", "missing.cfg", "/etc/hostname"])
def test_files_of_options_elsewhere_are_not_read(folder: Path, name: str) -> None:
    (folder.parent / "outside.cfg").write_text("header = 'A: b'")
    (folder / "link.cfg").symlink_to(folder.parent / "outside.cfg")
    command = folder / "command.sh"
    command.write_text(f"curl -K {name} http://127.0.0.1/")
    source = Source(str(command), command.read_bytes())
    result = import_input(source, options_of(source, ImportOptions()))
    codes = {one.code for one in result.findings}
    assert "file-not-opened" in codes
    assert "config-read" not in codes


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
