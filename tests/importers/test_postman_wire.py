"""Collections with scripts: the engine sends what newman sends, and judges as newman judges."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.importers.wire import libraries
from tests.importers.wire.chained_cases import CASES
from tests.importers.wire.imported import behaviour_of_engine, imported
from tests.importers.wire.newman import (
    as_recorded,
    behaviour_of_newman,
    newman_command,
    recording_of,
    unsigned,
)

BY_NAME = {case.name: case for case in CASES}
COMPARED = [case.name for case in CASES if not case.refused]


@pytest.mark.parametrize("name", COMPARED)
async def test_the_engine_does_what_newman_does(name: str) -> None:
    case = BY_NAME[name]
    with case.server() as capture:
        ours = as_recorded(await behaviour_of_engine(case, capture), case, capture.port)
    assert_equal(unsigned(ours, case), unsigned(recording_of(case), case))


def assert_equal(ours: dict[str, Any], newmans: dict[str, Any]) -> None:
    """The same requests in the same order, and the same verdict of every test."""
    assert ours["requests"] == newmans["requests"]
    assert counted(ours["tests"]) == counted(newmans["tests"])
    assert ours["broken scripts"] == newmans["broken scripts"]


def counted(tests: list[list[Any]]) -> Counter[tuple[str, bool]]:
    return Counter((name, ok) for name, ok in tests)


@pytest.mark.parametrize("name", list(BY_NAME))
async def test_newman_still_does_what_was_recorded(name: str) -> None:
    command = newman_command()
    if command is None:
        pytest.skip("newman is not installed (npm install newman@6), so only its recordings count")
    case = BY_NAME[name]
    with case.server() as capture:
        live = await asyncio.to_thread(behaviour_of_newman, command, case, capture)
        now = as_recorded(live, case, capture.port)
    assert unsigned(now, case) == unsigned(recording_of(case), case)


@pytest.mark.parametrize("file", libraries.recordings(), ids=lambda file: file.stem)
def test_the_libraries_of_newman_still_give_what_was_recorded(file: Path) -> None:
    command = newman_command()
    if command is None:
        pytest.skip("newman is not installed (npm install newman@6), so only its recordings count")
    recording = json.loads(file.read_text("utf-8"))
    live = libraries.evaluated_by_newman(command, recording)
    assert live == [result for _, result in recording["cases"]]


@pytest.mark.parametrize("name", [case.name for case in CASES if case.refused])
def test_a_script_that_needs_what_is_not_there_is_refused_by_name(name: str) -> None:
    case = BY_NAME[name]
    with case.server() as capture:
        found = [one for one in imported(case, capture).findings if one.code == "missing-library"]
    assert [name in one.why for name, one in zip(case.refused, found, strict=True)] == [True]
    assert all(one.severity == "warning" and one.fix for one in found)


def test_there_are_enough_collections() -> None:
    assert len([case for case in CASES if not case.file and not case.refused]) >= 15
    verdicts = [ok for name in COMPARED for _, ok in recording_of(BY_NAME[name])["tests"]]
    assert len(verdicts) > 200
    assert verdicts.count(False) > 40
