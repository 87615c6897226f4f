"""A second recording of the same session tells what changes, who made it, and what never does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace

import pytest

from hazard_tui.plan.model import FeedOrder, Plan
from importers.findings import ImportResult
from tests.importers.builders import import_har, import_har_pair, revealed, steps_of
from tests.importers.correlation.browser import Browser
from tests.importers.correlation.measure import (
    APPLICATIONS,
    Score,
    both_imports,
    field_texts,
    record,
    score_application,
    visits_of,
)
from tests.importers.correlation.personal import PERSONAL, noisy_list
from tests.importers.correlation.site import Site
from tests.importers.correlation.test_correlation import complaints_of
from tests.importers.recordings import entry, recording


@dataclass(frozen=True)
class Paired:
    """One application, recorded twice."""

    site: Site
    first: Browser
    single: ImportResult
    pair: ImportResult
    plain: Plan


@pytest.fixture(scope="module")
def applications() -> Iterator[list[Paired]]:
    """Forty applications with what persons and pages add, each recorded by two persons."""
    with ExitStack() as stack:
        recorded = []
        for number in range(APPLICATIONS):
            site = stack.enter_context(Site(seed=number))
            more = (PERSONAL[number % 3], PERSONAL[(number + 1) % 3], noisy_list)
            visits = visits_of(site, number, more)
            first, second = record(site, visits, 0), record(site, visits, 1)
            plain, single = both_imports(first)
            pair = import_har_pair(first.recording(), second.recording())
            pair = replace(pair, plan=revealed(pair))
            recorded.append(Paired(site, first, single, pair, plain.plan))
        yield recorded


def scored(applications: list[Paired], *, paired: bool) -> Score:
    """What one import, or the import of the pair, found in all applications."""
    score = Score()
    for number, one in enumerate(applications):
        plan = (one.pair if paired else one.single).plan
        score_application(number, one.first, one.plain, plan, score)
    return score


def test_a_pair_finds_everything_and_nothing_else(applications: list[Paired]) -> None:
    single, pair = scored(applications, paired=False), scored(applications, paired=True)
    assert pair.recall >= 0.98, pair.missed
    assert pair.precision >= 0.98, pair.wrong
    noisy = [text for text in single.wrong if "lamp" in text or len(text.split("'")[1]) <= 2]
    assert len(noisy) > 40, "one recording cannot tell that ids of a catalogue never change"
    assert len(pair.wrong) * 20 < len(single.wrong)


def test_what_was_typed_or_made_is_replaced_everywhere(applications: list[Paired]) -> None:
    for one in applications:
        texts = {
            int(step.provenance.pointer.rsplit("/", 1)[1]): "\n".join(field_texts(step.request))
            for step in steps_of(one.pair.plan)
            if step.request is not None and step.provenance is not None
        }
        left = [(at, text) for at, text, _ in one.first.own if text in texts[at]]
        assert left == []


def test_typed_texts_are_columns_with_a_row_of_each_recording(applications: list[Paired]) -> None:
    for one in applications:
        for feed in one.pair.plan.feeds:
            assert feed.order is FeedOrder.PER_USER
            assert [len(row.values) for row in feed.rows] == [len(feed.columns)] * 2
            assert all(a != b for a, b in zip(*(row.values for row in feed.rows), strict=True))
            columns = [v.column.column for v in one.pair.plan.variables if v.column is not None]
            assert columns == list(feed.columns)
        kinds = {kind for _, _, kind in one.first.own}
        assert bool(one.pair.plan.feeds) == bool(kinds & {"typed", "name", "town"})


def test_everything_is_told_with_reason_and_confidence(applications: list[Paired]) -> None:
    for one in applications:
        told = [
            finding
            for finding in one.pair.findings
            if finding.code in ("correlated", "client-generated", "typed")
        ]
        assert told
        assert all("% sure: " in finding.why and finding.fix for finding in told)
        assert [finding.code for finding in one.pair.findings].count("paired") == 1
        assert one.pair.records[: len(one.single.records)] == one.single.records


async def test_a_replay_of_the_pair_is_green(applications: list[Paired]) -> None:
    limit = asyncio.Semaphore(2)

    async def replay(plan: Plan) -> list[str]:
        async with limit:
            return await complaints_of(plan)

    for one in applications:
        one.site.forget()
    told = await asyncio.gather(*(replay(one.pair.plan) for one in applications))
    assert [complaint for complaints in told for complaint in complaints] == []


def test_a_password_never_becomes_a_column() -> None:
    def login(password: str) -> dict[str, object]:
        one = entry("https://h/login", method="POST")
        one["request"]["postData"] = {
            "mimeType": "application/x-www-form-urlencoded",
            "text": f"user=ann&password={password}",
        }
        return recording(one)

    result = import_har_pair(login("correct-horse-1"), login("battery-staple-2"))

    assert "differing-secret" in [finding.code for finding in result.findings]
    assert result.plan.feeds == ()
    text = result.plan.model_dump_json()
    assert "correct-horse" not in text
    assert "battery-staple" not in text


def test_recordings_that_took_other_ways_still_pair_what_they_share() -> None:
    first = recording(*(entry(f"https://h/{name}", at=at) for at, name in enumerate("abcd")))
    second = recording(*(entry(f"https://h/{name}?q=1", at=at) for at, name in enumerate("axcyd")))
    result = import_har_pair(first, second)
    (told,) = [finding for finding in result.findings if finding.code == "paired"]
    assert told.what.startswith("3 of 4 requests")
    assert "left out" in told.why


def test_a_value_of_the_server_that_is_a_small_number_is_linked_when_it_differs() -> None:
    def session(number: int) -> dict[str, object]:
        first = entry("https://h/carts", method="POST")
        first["response"]["content"]["text"] = f'{{"position": {number}, "rows": 2}}'
        return recording(first, entry(f"https://h/go?n={number}&rows=2", at=500))

    single = import_har(session(8))
    pair = import_har_pair(session(8), session(9))

    urls = [
        [step.request.url for step in steps_of(result.plan) if step.request is not None][1]
        for result in (single, pair)
    ]
    assert urls == ["https://h/go?n=8&rows=2", "https://h/go?n={{position}}&rows=2"]
