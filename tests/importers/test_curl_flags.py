"""Every option of the installed curl takes its value and never mistakes it for the URL."""

from __future__ import annotations

import re
import subprocess

import pytest

from importers.curl.flags import FLAGS, SHORT, UnknownFlag, find_flag
from tests.importers.builders import import_curl, requests_of
from tests.importers.wire.real_curl import CURL

URL = "http://h/"
ENDS_THE_COMMAND = {"next", "help", "manual", "version", "upload-file", "url"}
VALUES = {
    "continue-at": "7",
    "max-time": "7",
    "connect-timeout": "7",
    "max-redirs": "7",
    "tls-max": "1.2",
    "form": "a=b",
    "form-string": "a=b",
    "proto-default": "https",
    "config": "missing.cfg",
}


def listed_flags() -> list[tuple[str, str, bool]]:
    """(long name, letter, takes a value) of `curl --help all`."""
    text = subprocess.run(
        [str(CURL), "--help", "all"], capture_output=True, text=True, check=True, timeout=20
    ).stdout
    found = re.findall(r"^ (?:-(.), |    ) ?--(\S+)( [<\[].*?)?(?=  | [A-Z])", text, re.MULTILINE)
    return [(name, letter, bool(value)) for letter, name, value in found]


LISTED = [row for row in listed_flags() if row[0] != "help"]


def test_the_help_of_curl_lists_what_we_think_it_does() -> None:
    assert len(LISTED) > 230
    assert ("data", "d", True) in LISTED
    assert ("location", "L", False) in LISTED
    assert ("no-buffer", "N", False) in LISTED


@pytest.mark.parametrize(("name", "letter", "valued"), LISTED, ids=[row[0] for row in LISTED])
def test_a_listed_flag_has_the_arity_that_curl_says(name: str, letter: str, valued: bool) -> None:
    flag, on = find_flag(name)
    assert flag.name == name.removeprefix("no-")
    assert flag.takes_value is valued
    assert on is not name.startswith("no-")
    if letter:
        assert SHORT[letter] == name


def spellings(name: str, letter: str, value: str | None) -> list[list[str]]:
    """Long, shortest unambiguous, short apart, short joined."""
    words = [] if value is None else [value]
    made = [[f"--{name}", *words], [f"--{abbreviation(name)}", *words]]
    if letter:
        made.append([f"-{letter}", *words])
    if letter and value is not None:
        made.append([f"-{letter}{value}"])
        made.append([f"-s{letter}{value}"])
    return made


def abbreviation(name: str) -> str:
    for length in range(1, len(name)):
        try:
            flag, _ = find_flag(name[:length])
        except UnknownFlag:
            continue
        if flag.name == name:
            return name[:length]
    return name


SENDING = [row for row in LISTED if row[0] not in ENDS_THE_COMMAND]


@pytest.mark.parametrize(("name", "letter", "valued"), SENDING, ids=[row[0] for row in SENDING])
def test_the_value_of_a_flag_is_never_the_url(name: str, letter: str, valued: bool) -> None:
    value = VALUES.get(name, "VALUE") if valued else None
    expected = {"request-target": [URL], "url-query": [f"{URL}?VALUE"]}.get(name, [URL])
    for words in spellings(name, letter, value):
        result = import_curl("curl " + " ".join(f"'{word}'" for word in [*words, URL]))
        urls = [request.url for request in requests_of(result)]
        assert urls == expected, f"{words}: {[str(f) for f in result.findings]}"


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("--nonsense", "is unknown"),
        ("--re", "is ambiguous"),
        ("--no-data", "used '--no-' for option that isn't a boolean"),
        ("--no-nonsense", "is unknown"),
        ("-?", "is unknown"),
        ("--head=x", "takes no value"),
    ],
)
def test_an_option_that_curl_does_not_know_refuses_the_command(word: str, why: str) -> None:
    result = import_curl(f"curl '{word}' http://h/")
    assert requests_of(result) == []
    errors = [finding for finding in result.findings if finding.severity == "error"]
    assert len(errors) == 1
    assert why in errors[0].what


def test_abbreviations_mean_what_the_installed_curl_means() -> None:
    sample = [flag.name[:length] for flag in FLAGS.values() for length in (3, 5, 8)]
    sample = sorted({name for name in sample if not name.startswith(("he", "ma", "ver"))})[::6]
    for name in sample:
        said = subprocess.run(
            [str(CURL), f"--{name}"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
        ).stderr
        try:
            newer = find_flag(name)[0].newer
        except UnknownFlag:
            assert "is ambiguous" in said or "is unknown" in said, name
        else:
            assert newer or ("is ambiguous" not in said and "is unknown" not in said), name


def test_a_value_joined_with_an_equals_sign_is_taken_as_newer_curls_do() -> None:
    result = import_curl("curl --data=a=b http://h/")
    (request,) = requests_of(result)
    assert request.url == URL
    assert request.body is not None
    assert "newer-curl" in [finding.code for finding in result.findings]
