"""What an import linked, compared with what was planted."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from hazard_tui.plan.model import Plan
from hazard_tui.plan.request import Request
from importers.findings import ImportResult
from tests.importers.builders import import_har, revealed, steps_of
from tests.importers.correlation.browser import Browser
from tests.importers.correlation.decoys import DECOYS
from tests.importers.correlation.modules import MODULES, Module, Visit
from tests.importers.correlation.site import Site

APPLICATIONS = 40


def visits_of(site: Site, number: int, more: Sequence[Module] = ()) -> list[Visit]:
    """Gives a site its modules: three or four kinds of value, three of decoy, and `more`."""
    chosen = random.Random(number)
    count = len(MODULES)
    modules = [MODULES[(number + step) % count] for step in (0, 5, 7, 10)[: 3 + number % 2]]
    decoys = [DECOYS[(number + step) % count] for step in (0, 4, 7)]
    everything = [*modules, *decoys, *more]
    chosen.shuffle(everything)
    return [module(site, number // count + number) for module in everything]


def record(site: Site, visits: Sequence[Visit], person: int = 0) -> Browser:
    """What a browser records while a person visits a site."""
    browser = Browser(site.port, person)
    for visit in visits:
        visit(browser)
    return browser


def record_application(site: Site, number: int) -> Browser:
    """Gives a site its modules and visits it."""
    return record(site, visits_of(site, number))


@dataclass(slots=True)
class Score:
    """Counts of links."""

    found: int = 0
    missed: list[str] = field(default_factory=list)
    right: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Share of the planted values that were linked."""
        return self.found / max(self.found + len(self.missed), 1)

    @property
    def precision(self) -> float:
        """Share of the links that were planted."""
        return self.right / max(self.right + len(self.wrong), 1)


def score_application(
    number: int, browser: Browser, plain: Plan, linked: Plan, score: Score
) -> None:
    """Adds the links of one application."""
    texts: dict[int, list[str]] = {}
    for before, after in zip(steps_of(plain), steps_of(linked), strict=True):
        assert before.provenance is not None
        assert before.request is not None
        assert after.request is not None
        entry = int(before.provenance.pointer.rsplit("/", 1)[1])
        texts[entry] = replaced_texts(before.request, after.request)
    for entry, text, kind in browser.sent:
        if any(text in replaced for replaced in texts.get(entry, ())):
            score.found += 1
        else:
            score.missed.append(f"app {number}: {kind} {text!r} in entry {entry}")
    for entry, replaced in texts.items():
        everything = (*browser.sent, *browser.own)
        planted = [text for at, text, _ in everything if at == entry]
        for text in replaced:
            if any(value in text or text in value for value in planted):
                score.right += 1
            else:
                score.wrong.append(f"app {number}: {text!r} in entry {entry}")


def replaced_texts(before: Request, after: Request) -> list[str]:
    """Recorded texts in whose place a template stands now."""
    found: list[str] = []
    for old, new in zip(field_texts(before), field_texts(after), strict=True):
        if old != new:
            pieces = re.split(r"\{\{[^{}]*\}\}", new)
            match = re.fullmatch("(.*)".join(map(re.escape, pieces)), old, re.DOTALL)
            assert match, (old, new)
            found += match.groups()
    return found


def field_texts(request: Request) -> list[str]:
    """All texts of a request that could hold a template."""
    texts = [request.url, *(header.value for header in request.headers)]
    body = request.body
    if body is not None and body.text is not None:
        texts.append(body.text.content)
    if body is not None and body.urlencoded is not None:
        texts += [pair.value for pair in body.urlencoded.fields]
    return texts


def both_imports(browser: Browser) -> tuple[ImportResult, ImportResult]:
    """(without correlation, with it)."""
    recording = browser.recording()
    results = import_har(recording, correlate=False), import_har(recording)
    plain, linked = (replace(result, plan=revealed(result)) for result in results)
    return plain, linked
