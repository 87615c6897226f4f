"""Every option and URL of a command is counted once: kept, changed or dropped."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from importers.curl.options import OptionReader
from importers.findings import Fate, ImportResult
from tests.importers.builders import SHARED, import_curl, needs_shared
from tests.importers.test_curl_flags import listed_flags
from tests.importers.wire.curl_commands import own_commands

LONG = {name.removeprefix("no-"): valued for name, _, valued in listed_flags()}
LETTERS = {letter: valued for _, letter, valued in listed_flags() if letter}

DUMP = """#!/bin/sh
for word in "$@"; do printf '%s\\0' "$word"; done >> "$WORDS"
printf '\\0\\0' >> "$WORDS"
exit "${CURL_EXIT:-0}"
"""


def words_by_bash(text: str, folder: Path) -> list[list[str]]:
    """The arguments of each curl command, as the installed Bash hands them over."""
    bin_dir, words = folder / "bin", folder / "words"
    bin_dir.mkdir(exist_ok=True)
    words.write_bytes(b"")
    script = bin_dir / "curl"
    script.write_text(DUMP)
    script.chmod(0o755)
    for name in ("add_params.xml", "input_redirected_file.txt", "myfile.jg", "image.jpg"):
        (folder / name).write_text("x")
    for name in ("note.txt", "data.bin", "startend"):
        (folder / name).write_text("x")
    subprocess.run(
        ["bash", "-c", text],
        cwd=folder,
        env={"PATH": f"{bin_dir}:/usr/bin:/bin", "WORDS": str(words), "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=30,
    )
    raw = words.read_bytes().decode("utf-8", "surrogateescape")
    return [command.split("\0")[:-1] for command in re.split("(?<=\0)\0\0", raw)[:-1]]


def elements(words: list[str]) -> int:
    """Options and URLs of a command line, by the arities that `curl --help all` lists."""
    count, index, options = 0, 0, True
    while index < len(words):
        word = words[index]
        index += 1
        if options and word == "--":
            options = False
        elif options and word.startswith("--"):
            count += 1
            index += _takes_value(word[2:])
        elif options and word.startswith("-") and len(word) > 1:
            for position, letter in enumerate(word[1:], 2):
                count += 1
                if LETTERS[letter]:
                    index += not word[position:]
                    break
        else:
            count += 1
    return count


def _takes_value(name: str) -> bool:
    name = name.lower()
    if name in LONG:
        return LONG[name]
    if name.startswith("no-"):
        return False
    (found,) = {valued for known, valued in LONG.items() if known.startswith(name)}
    return found


def counted(result: ImportResult) -> Counter[str]:
    return Counter(record.kind for record in result.records if record.kind in ("flag", "url"))


REAL = SHARED / "real-inputs" / "curl" / "commands.json"
IN_THE_TEXT = {
    "parsing-07": "the command behind || only runs under the real curl",
    "parsing-22": "its options stand in a config text",
    "parsing-23": "its options stand in a config text",
    "shell-10": "the command behind || does not run",
    "shell-20": "the command behind a default does not run",
}


def agree(text: str, folder: Path) -> None:
    """Fails unless our count of a text is Bash's and curl's."""
    expected = sum(elements(words) for words in words_by_bash(text, folder))
    result = import_curl(text)
    found = counted(result)
    assert found.total() == expected, found
    fates = sum(result.total(fate) for fate in Fate)
    assert fates == len(result.records)
    assert all(record.reason for record in result.records if record.fate is not Fate.KEPT)


@pytest.mark.parametrize("name", sorted(set(own_commands()) - set(IN_THE_TEXT)))
def test_own_commands_are_counted_as_bash_and_curl_count(name: str, tmp_path: Path) -> None:
    agree(own_commands()[name].replace("U", "http://127.0.0.1"), tmp_path)


@needs_shared
def test_real_commands_are_counted_as_bash_and_curl_count(tmp_path: Path) -> None:
    commands: dict[str, str] = json.loads(REAL.read_text("utf-8"))
    assert len(commands) == 108
    for name, text in commands.items():
        if name == "redirect_variable_data":
            continue  # Bash itself gives up: the variable is not set
        try:
            agree(text, tmp_path)
        except AssertionError as difference:
            raise AssertionError(f"{name}: {difference}") from difference


def test_the_count_breaks_when_an_option_is_not_recorded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    agree("curl -H 'A: b' http://h/", tmp_path)
    original = OptionReader._letters

    def forgetful(reader: OptionReader, word: object, following: object) -> None:
        original(reader, word, following)  # type: ignore[arg-type]
        reader.uses.pop()

    monkeypatch.setattr(OptionReader, "_letters", forgetful)
    with pytest.raises(AssertionError):
        agree("curl -H 'A: b' http://h/", tmp_path)
