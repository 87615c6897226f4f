"""Seconds of what `make fuzz` does for minutes, and every input that broke something once."""

from __future__ import annotations

import pytest

from tests.fuzz.__main__ import has_only_run_out
from tests.fuzz.inputs import KINDS, found_before
from tests.fuzz.trial import fuzz, try_import
from tests.support.work import ending_soon

SECONDS = 10.0
LARGEST_GROWTH_MIB = 700
"""Of the process, which has read nothing so large before."""


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_inputs_are_read_or_refused(kind: str) -> None:
    tally = fuzz(kind, SECONDS, first_seed=1)
    assert tally.trials > 20
    assert tally.read > 0
    assert tally.grown_mib < LARGEST_GROWTH_MIB


@pytest.mark.parametrize(("format", "data"), found_before())
def test_what_broke_an_importer_once_does_so_no_more(format: str, data: bytes) -> None:
    try_import(format, data)


EXTREME = {
    "addresses": "http://a" * 50 + " '",
    "empty lines": "\n" * 100_000 + "x",
    "empty lines before a method": "\r\n" * 100_000 + "GET x",
    "blanks": " " * 200_000 + "x",
    "the word curl": "curl " * 30_000,
    "dashes": "curl -b " + "-" * 60_000,
    "blanks before an at": "curl " + " " * 100_000 + "@",
    "comments": "# a\n" * 50_000 + "x",
    "assignments": "a=b " * 50_000,
    "blanks behind a path": "GET /" + " " * 100_000 + "x",
    "braces": "curl " + '{"a":' * 5000 + "1" + "}" * 5000 + " http://h/",
    "headers for many addresses": "curl " + "-H 'A: b' http://h/ " * 2000,
    "fields for many addresses": "curl " + "-d a=b http://h/ " * 2000,
    "addresses without an option": "curl " + "@--d " * 20_000 + "http://h/",
    "parts of a body": "curl " + "-F 'a=(;type=x' " * 2000 + "http://h/",
    "files for many addresses": "curl " + "-F 'f=@a,b' http://h/ " * 1000,
    "parameters": "Invoke-WebRequest " + "-a " * 50_000,
    "tables": "irm " + "@{" * 3000,
    "brackets": "irm " + "($" * 50_000,
    "quotes": "irm '" + "''" * 50_000,
    "calls": "fetch('h',{" * 5000,
    "a long header": "GET / HTTP/1.1\n" + "A" * 100_000 + "\n" + " " * 100_000,
}


@pytest.mark.parametrize("name", EXTREME)
def test_an_extreme_text_is_answered_soon(name: str) -> None:
    with ending_soon():
        try_import("auto", EXTREME[name].encode())


RUN_OUT = """fuzz: elapsed: 30s, execs: 40304 (0/sec), new interesting: 104 (total: 108)
--- FAIL: FuzzURLs (30.20s)
    context deadline exceeded
FAIL
exit status 1
FAIL\thazard/internal/address\t30.202s
"""


def test_the_end_of_go_s_time_is_no_finding_and_a_failing_input_is_one() -> None:
    assert has_only_run_out(RUN_OUT)
    written = "    Failing input written to testdata/fuzz/FuzzURLs/0a1b\n"
    for output in (
        written + RUN_OUT,
        "panic: x\n" + RUN_OUT,
        RUN_OUT.replace("context deadline", "limit"),
    ):
        assert not has_only_run_out(output)
