"""Collections with scripts: the engine sends what newman sends, and judges as newman judges."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from typing import Any

import pytest

from hazard_tui.plan.inputs import FeedTable, Inputs
from hazard_tui.rpc.engine_check import check
from hazard_tui.rpc.payload import check_request
from importers.detect import import_input
from importers.findings import ImportOptions, ImportResult, Source
from tests.importers.wire.chained import Chained
from tests.importers.wire.chained_cases import CASES
from tests.importers.wire.newman import (
    Behaviour,
    as_recorded,
    behaviour_of_newman,
    newman_command,
    recording_of,
)
from tests.support.capture import Capture

BY_NAME = {case.name: case for case in CASES}
COMPARED = [case.name for case in CASES if not case.refused]


def imported(case: Chained, capture: Capture) -> ImportResult:
    """The import of a collection with everything that belongs to it."""
    sources: dict[str, Source] = {
        file: Source(file, json.dumps(content).encode())
        for _, file, content in case.files(f"http://127.0.0.1:{capture.port}")
    }
    environment, data = sources.get("environment.json"), sources.get("data.json")
    global_values = sources.get("globals.json")
    options = ImportOptions(
        environments=(environment,) if environment else (),
        globals=(global_values,) if global_values else (),
        data_feeds=(data,) if data else (),
    )
    return import_input(sources["collection.json"], options)


async def behaviour_of_engine(case: Chained, capture: Capture) -> Behaviour:
    """One iteration of the imported collection."""
    result = imported(case, capture)
    columns = list(case.data[0]) if case.data else []
    rows = tuple(tuple(row.values()) for row in case.data)
    feeds = {feed.name: FeedTable(tuple(columns), rows) for feed in result.plan.feeds}
    inputs = Inputs(feeds=feeds, secrets=dict(result.secrets))
    found = Behaviour()
    async for event in check(check_request(result.plan, inputs), timeout_s=60):
        step = event.step
        found.tests += [(test.name, test.ok) for test in step.tests]
        found.broken_scripts += [step.name for script in step.scripts if script.error]
    found.requests = capture.taken()
    return found


@pytest.mark.parametrize("name", COMPARED)
async def test_the_engine_does_what_newman_does(name: str) -> None:
    case = BY_NAME[name]
    with case.server() as capture:
        ours = as_recorded(await behaviour_of_engine(case, capture), case, capture.port)
    assert_equal(ours, recording_of(case))


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
        assert as_recorded(live, case, capture.port) == recording_of(case)


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
