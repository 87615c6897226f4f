"""Values that servers make anew are found in recordings of real applications, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from hazard_tui.errors import RemoteError
from hazard_tui.plan.inputs import Inputs
from hazard_tui.plan.model import Plan
from hazard_tui.rpc.engine_check import check
from hazard_tui.rpc.payload import check_request
from importers.correlation.judging import ACCEPTED
from importers.findings import ImportResult
from tests.importers.builders import codes, import_har, requests_of, revealed
from tests.importers.correlation.browser import Browser
from tests.importers.correlation.measure import (
    APPLICATIONS,
    Score,
    both_imports,
    record_application,
    score_application,
)
from tests.importers.correlation.site import Site
from tests.importers.recordings import entry, recording

Recorded = tuple[Site, Browser, ImportResult, ImportResult]


@pytest.fixture(scope="module")
def applications() -> Iterator[list[Recorded]]:
    """Forty applications that run, each recorded and imported without and with correlation."""
    with ExitStack() as stack:
        recorded: list[Recorded] = []
        for number in range(APPLICATIONS):
            site = stack.enter_context(Site(seed=number))
            browser = record_application(site, number)
            plain, linked = both_imports(browser)
            recorded.append((site, browser, plain, linked))
        yield recorded


def test_planted_values_are_found_and_decoys_are_refused(applications: list[Recorded]) -> None:
    score = Score()
    for number, (_, browser, plain, linked) in enumerate(applications):
        score_application(number, browser, plain.plan, linked.plan, score)
    assert score.found + len(score.missed) >= 3 * APPLICATIONS
    assert score.recall >= 0.95, score.missed
    assert score.precision >= 0.90, score.wrong


def test_every_link_is_told_with_its_reason_and_confidence(applications: list[Recorded]) -> None:
    for _, _, plain, linked in applications:
        told = [one for one in linked.findings if one.code == "correlated"]
        rules = [
            rule
            for step in linked.plan.walk()
            if step.request is not None
            for rule in step.request.extractors
        ]
        assert len(told) == len(rules) > 0
        assert all("% sure: " in one.why and one.fix for one in told)
        assert plain.records == linked.records


def test_the_same_recording_gives_the_same_plan(applications: list[Recorded]) -> None:
    for _, browser, plain, linked in applications[:8]:
        again = both_imports(browser)
        assert (again[0].plan, again[1].plan) == (plain.plan, linked.plan)
        assert again[1].findings == linked.findings


def test_a_choice_puts_in_what_was_chosen_and_leaves_the_rest_as_recorded(
    applications: list[Recorded],
) -> None:
    for _, _, plain, linked in applications:
        assert linked.choose is not None
        nothing, everything = linked.choose(()), linked.choose(linked.sure)
        assert revealed(nothing) == plain.plan
        assert revealed(everything) == linked.plan
        assert everything.findings == linked.findings
        half = [one for one in linked.correlations if one.is_sure][::2]
        chosen = linked.choose([one.key for one in half])
        rules = [
            rule.variable.removesuffix("_text")
            for step in chosen.plan.walk()
            if step.request is not None
            for rule in step.request.extractors
        ]
        assert sorted(rules) == sorted(one.variable for one in half)
        assert chosen.correlations == linked.correlations


def test_what_is_not_sure_is_offered_and_put_in_only_when_chosen() -> None:
    answer = entry("http://shop.test/list")
    answer["response"]["content"]["text"] = '{"batch": "k7x2q"}'
    made = recording(answer, entry("http://shop.test/next?run=k7x2q", at=200))
    result = import_har(made)
    (offered,) = result.correlations
    assert (offered.is_sure, result.sure) == (False, frozenset())
    assert offered.confidence < ACCEPTED
    assert "possible-correlation" in codes(result)
    assert result.choose is not None
    chosen = result.choose([offered.key])
    first, second = requests_of(chosen)
    assert [rule.variable for rule in first.extractors] == ["batch"]
    assert second.url == "http://shop.test/next?run={{batch}}"
    assert "possible-correlation" not in codes(chosen)


async def test_a_replay_is_green_only_with_correlation(applications: list[Recorded]) -> None:
    limit = asyncio.Semaphore(2)

    async def replay(site: Site, plan: Plan) -> list[str]:
        async with limit:
            return await complaints_of(plan)

    for site, *_ in applications:
        site.forget()
    green = await asyncio.gather(
        *(replay(site, linked.plan) for site, _, _, linked in applications)
    )
    assert [complaint for told in green for complaint in told] == []
    for site, *_ in applications:
        site.forget()
    red = await asyncio.gather(*(replay(site, plain.plan) for site, _, plain, _ in applications))
    assert all(any("403" in complaint for complaint in told) for told in red)


async def complaints_of(plan: Plan) -> list[str]:
    """What goes wrong when the engine runs a plan once: refusals, errors, unknown variables."""
    complaints: list[str] = []
    try:
        async for event in check(check_request(plan, Inputs()), timeout_s=60):
            if not event.HasField("step"):
                continue
            step = event.step
            status = step.response.first_line.split(" ")[1:2]
            if step.error or step.unresolved or not status or int(status[0]) >= 400:
                told = f"{step.name}: {status} {step.error} {list(step.unresolved)}"
                complaints.append(told)
    except RemoteError as exc:
        complaints.append(str(exc))
    return complaints
