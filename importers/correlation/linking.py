"""Links values of answers with their uses in later requests."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from hazard_tui.plan.model import Plan, Step
from importers.correlation.answer_values import values_of
from importers.correlation.answers import Answer, Recorded
from importers.correlation.assets import asset_tokens
from importers.correlation.judging import (
    ACCEPTED,
    CONFIRMED,
    SUGGESTED,
    Judgement,
    is_possible,
    judge,
    names_agree,
)
from importers.correlation.produced import RANK, Kind, Produced
from importers.correlation.tokens import Wanted
from importers.correlation.uses import Part, Use, uses_of
from importers.correlation.words import has_hint

_MAX_SAME = 8
"""Fields of the same name and value that are looked at."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One recorded step of the plan."""

    step: Step
    recorded: Recorded
    turn: int
    """Steps of the same turn run at once."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value and the answer that holds it."""

    value: Produced
    slot: int
    hop: int
    """1-based; 0: the last answer."""


@dataclass(frozen=True, slots=True)
class Link:
    """A use that takes its value from an answer."""

    candidate: Candidate
    use: Use
    judgement: Judgement


@dataclass(slots=True)
class Links:
    """What was found."""

    accepted: list[Link] = field(default_factory=list)
    suggested: list[Link] = field(default_factory=list)
    """Not sure enough."""


class Evidence(Protocol):
    """What a second recording of the same session says."""

    def other(self, use: Use) -> str | None:
        """The text that stands there in the second recording; None: there is no such place."""

    def weigh(self, candidate: Candidate, use: Use, judgement: Judgement) -> Judgement:
        """The judgement with what both recordings say."""


def slots_of(plan: Plan, recorded: dict[str, Recorded]) -> list[Slot]:
    """The recorded steps in the order of a run, with their turns."""
    slots: list[Slot] = []
    turn = 0

    def add(step: Step, *, same_turn: bool) -> None:
        nonlocal turn
        if step.parallel is not None:
            turn += 1
            for child in step.parallel.steps:
                add(child, same_turn=True)
            return
        for child in step.children:
            add(child, same_turn=same_turn)
        known = recorded.get(step.provenance.pointer) if step.provenance is not None else None
        if step.request is not None and known is not None:
            turn += not same_turn
            slots.append(Slot(step, known, turn))

    for task in plan.tasks:
        for step in task.preparation + task.steps:
            add(step, same_turn=False)
    return slots


def find_links(slots: list[Slot], evidence: Evidence | None = None) -> Links:
    """Every link, and those that are not sure enough; the same input gives the same links."""
    wanted: dict[str, list[Use]] = defaultdict(list)
    for index, slot in enumerate(slots):
        assert slot.step.request is not None
        for use in uses_of(slot.step.request, index):
            if is_possible(use.text) or (evidence and _varies(use, evidence)):
                wanted[use.text].append(use)
    candidates = _candidates(slots, wanted)
    links = Links()
    for text, found in candidates.items():
        for uses in _same_values(wanted[text], evidence):
            _link(text, found, uses, slots, links, evidence)
    links.accepted = _without_overlaps(links.accepted)
    return links


def _varies(use: Use, evidence: Evidence) -> bool:
    return use.whole and evidence.other(use) not in (None, use.text)


def _same_values(uses: list[Use], evidence: Evidence | None) -> list[list[Use]]:
    """Uses of one text, apart where a second recording tells that they are different values."""
    if evidence is None:
        return [uses]
    groups: dict[str | None, list[Use]] = defaultdict(list)
    for use in uses:
        groups[evidence.other(use)].append(use)
    return list(groups.values())


def _candidates(slots: list[Slot], wanted: dict[str, list[Use]]) -> dict[str, list[Candidate]]:
    """Values that stand in an answer before one of their uses."""
    ending: dict[int, list[str]] = defaultdict(list)
    for text, uses in wanted.items():
        ending[max(slots[use.step].turn for use in uses)].append(text)
    coming = Wanted(wanted)
    found: dict[str, list[Candidate]] = defaultdict(list)
    searched: set[Answer] = set()
    counts: Counter[tuple[str, str]] = Counter()
    turn = 0
    for index, slot in enumerate(slots):
        while turn <= slot.turn:
            coming.difference_update(ending[turn])
            turn += 1
        count = len(slot.recorded.answers)
        for position, answer in enumerate(slot.recorded.answers, 1):
            hop = 0 if position == count else position
            # The same answer again tells nothing new.
            if answer in searched:
                continue
            searched.add(answer)
            assets = asset_tokens(answer)
            for value in values_of(answer, coming):
                key = value.text, value.name
                if value.text in assets and not has_hint(value.name):
                    continue
                if counts[key] < _MAX_SAME:
                    counts[key] += 1
                    found[value.text].append(Candidate(value, index, hop))
    return found


def _link(
    text: str,
    found: list[Candidate],
    uses: list[Use],
    slots: list[Slot],
    links: Links,
    evidence: Evidence | None,
) -> None:
    first = min(candidate.slot for candidate in found)
    earlier = [use for use in uses if slots[use.step].turn <= slots[first].turn]
    if earlier and _comes_from_client(text, earlier, found[0], slots):
        return
    for use in uses:
        usable = [one for one in found if slots[one.slot].turn < slots[use.step].turn]
        found_links = []
        for candidate in usable:
            judgement = judge(candidate.value, use, len(uses), _path(slots[candidate.slot]))
            if evidence is not None:
                judgement = evidence.weigh(candidate, use, judgement)
            found_links.append(Link(candidate, use, judgement))
        sure = [link for link in found_links if link.judgement.confidence >= CONFIRMED]
        best = min(sure if evidence and sure else found_links, key=_order, default=None)
        if best is None:
            continue
        if best.judgement.confidence >= ACCEPTED:
            links.accepted.append(best)
        elif best.judgement.confidence >= SUGGESTED and use.whole:
            links.suggested.append(best)


def _comes_from_client(
    text: str, earlier: list[Use], candidate: Candidate, slots: list[Slot]
) -> bool:
    """True when the client has sent the value before the server did."""
    if len(text) >= 6 and not text.isdigit():
        return True
    path = _path(slots[candidate.slot])
    return any(use.whole and names_agree(candidate.value, use, path) for use in earlier)


def _path(slot: Slot) -> str:
    assert slot.step.request is not None
    try:
        return urlsplit(slot.step.request.url).path
    except ValueError:
        return ""


def _order(link: Link) -> tuple[int, int, int, int]:
    """The better link comes first: sure, robust, early."""
    candidate = link.candidate
    accepted = link.judgement.confidence >= ACCEPTED
    rank = RANK[candidate.value.kind]
    weak = rank >= RANK[Kind.CLAIM]
    return (
        -accepted if accepted else -link.judgement.confidence,
        int(weak),
        candidate.slot,
        rank * 100 - link.judgement.confidence,
    )


def _without_overlaps(links: list[Link]) -> list[Link]:
    """Of links whose places overlap the best: whole addresses only where their parts would have to
    be cut out of texts, else the longest."""
    by_field: dict[tuple[int, tuple[str, int]], list[Link]] = defaultdict(list)
    for link in links:
        by_field[link.use.step, link.use.field].append(link)
    kept: list[Link] = []
    for group in by_field.values():
        sound = [
            link
            for link in group
            if link.use.part is not Part.URL and link.candidate.value.kind is not Kind.TEXT
        ]
        whole = [link for link in group if link.use.part is Part.URL]
        if sound and whole:
            group = [link for link in group if link.use.part is not Part.URL]
        taken: list[Link] = []
        for link in sorted(group, key=_size):
            if not any(_overlap(link.use, other.use) for other in taken):
                taken.append(link)
        kept += taken
    kept.sort(key=lambda link: (link.use.step, link.use.field, link.use.start))
    return kept


def free_of(links: list[Link], taken: list[Link]) -> list[Link]:
    """Links that overlap neither each other nor those that are taken."""
    fields: dict[tuple[int, tuple[str, int]], list[Use]] = defaultdict(list)
    for link in taken:
        fields[link.use.step, link.use.field].append(link.use)
    return _without_overlaps(
        [
            link
            for link in links
            if not any(
                _overlap(link.use, use) for use in fields.get((link.use.step, link.use.field), [])
            )
        ]
    )


def _size(link: Link) -> tuple[int, int, int]:
    use = link.use
    return use.start - use.end, -len(use.text), len(use.encodings)


def _overlap(one: Use, other: Use) -> bool:
    if (
        one.inside_base64
        and other.inside_base64
        and (one.start, one.end)
        == (
            other.start,
            other.end,
        )
    ):
        a, b = one.inside_base64, other.inside_base64
        return a[0] < b[1] and b[0] < a[1]
    return one.start < other.end and other.start < one.end
