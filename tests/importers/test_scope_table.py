"""Variables of every scope in every place of a request: the engine sends what newman sends."""

from __future__ import annotations

import asyncio
import json
from functools import cache
from typing import Any

import pytest

from hazard_tui.plan.validate import validate_plan
from tests.importers.wire.imported import behaviour_of_engine, imported
from tests.importers.wire.newman import RECORDINGS, behaviour_of_newman, newman_command
from tests.importers.wire.scope_table import CELLS, RECORDING, sent, sent_names


@cache
def recorded() -> dict[str, list[dict[str, Any]]]:
    """What newman sent for each collection."""
    table: dict[str, list[dict[str, Any]]] = json.loads(
        (RECORDINGS / f"{RECORDING}.json").read_text("utf-8")
    )
    return table


@pytest.mark.parametrize("name", CELLS)
async def test_a_variable_is_sent_as_newman_sends_it_or_listed_as_unresolved(name: str) -> None:
    case = CELLS[name]
    with case.server() as capture:
        result = imported(case, capture)
        ours = await behaviour_of_engine(case, capture)
    assert [sent(one, case) for one in ours.requests] == recorded()[name]
    assert ours.unresolved == sent_names(recorded()[name])
    listed = [one.what for one in validate_plan(result.plan) if one.code == "unknown-variable"]
    assert {what.split("}}")[0].strip("{") for what in listed} == ours.unresolved


@pytest.mark.soak
@pytest.mark.parametrize("name", CELLS)
async def test_newman_still_sends_what_was_recorded(name: str) -> None:
    command = newman_command()
    if command is None:
        pytest.skip("newman is not installed (npm install newman@6), so only its recording counts")
    case = CELLS[name]
    with case.server() as capture:
        live = await asyncio.to_thread(behaviour_of_newman, command, case, capture)
    assert [sent(one, case) for one in live.requests] == recorded()[name]


def test_the_table_has_both_kinds_of_names() -> None:
    sets = [sent_names(recorded()[name]) for name in CELLS]
    assert len([names for names in sets if not names]) > 40
    assert len([names for names in sets if names]) > 8
