"""The whole of correlation: find links, propose them, put a choice of them into the plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from hazard_tui.plan.findings import FindingSeverity
from hazard_tui.plan.model import Plan, Step
from importers.correlation.answers import Recorded
from importers.correlation.editing import Edits, edited_plan, raw_fields, replace_uses
from importers.correlation.generated import note_generated
from importers.correlation.linking import (
    Link,
    Links,
    Slot,
    find_links,
    free_of,
    slots_of,
)
from importers.correlation.naming import variable_name
from importers.findings import Ledger
from importers.proposals import Correlation, Origin, Sending, origin_of


@dataclass(frozen=True, slots=True)
class Proposal:
    """Links that read one value of one answer, and what a person is told of them."""

    correlation: Correlation
    links: tuple[Link, ...]


class Proposals:
    """What was found in a recording; a choice of it is put into the plan."""

    def __init__(self, plan: Plan, slots: list[Slot], links: Links) -> None:
        self._plan = plan
        self._slots = slots
        self._suggested = links.suggested
        self._taken = {variable.name for variable in plan.variables}
        unsure = free_of(links.suggested, links.accepted)
        self.all = (
            *self._proposals(links.accepted, is_sure=True),
            *self._proposals(unsure, is_sure=False),
        )

    def _proposals(self, links: list[Link], *, is_sure: bool) -> list[Proposal]:
        groups = _by_source(links)
        return [Proposal(self._told(group, is_sure), tuple(group)) for group in groups]

    def _told(self, group: list[Link], is_sure: bool) -> Correlation:
        best = max(group, key=lambda link: link.judgement.confidence)
        candidate = best.candidate
        producer = self._slots[candidate.slot].step
        assert producer.request is not None
        variable = variable_name(best, urlsplit(producer.request.url).path, self._taken)
        where = sorted({(link.use.step, link.use.label) for link in group})
        return Correlation(
            key=variable,
            variable=variable,
            origin=_origin(producer),
            step=producer.name,
            place=candidate.value.place,
            sendings=tuple(
                Sending(_origin(self._slots[step].step), self._slots[step].step.name, label)
                for step, label in where
            ),
            confidence=best.judgement.confidence,
            reason=best.judgement.reason,
            is_sure=is_sure,
        )

    def put(self, keys: Collection[str], edits: Edits, ledger: Ledger) -> list[Link]:
        """Notes the edits that a choice needs, and tells of each variable and of what is not sure.
        The chosen links."""
        chosen = [one for one in self.all if one.correlation.key in keys]
        edits.taken |= self._taken
        names: dict[int, str] = {}
        for one in chosen:
            self._save(one, edits, ledger)
            names.update({id(link): one.correlation.variable for link in one.links})
        by_step: dict[int, list[Link]] = defaultdict(list)
        links = sorted((link for one in chosen for link in one.links), key=_place)
        for link in links:
            by_step[link.use.step].append(link)
        for index, group in sorted(by_step.items()):
            slot = self._slots[index]
            assert slot.step.request is not None
            raw = raw_fields(slot.step.request)
            replace_uses(group, names, slot.recorded.pointer, raw, edits)
        _note_suggested(self._suggested, links, self._slots, ledger)
        return links

    def plan(self, keys: Collection[str], ledger: Ledger) -> Plan:
        """The plan with the correlations of these keys; the ledger takes one finding for each."""
        edits = Edits()
        links = self.put(keys, edits, ledger)
        note_generated(self._slots, links, ledger)
        return edited_plan(self._plan, edits) if links else self._plan

    def _save(self, one: Proposal, edits: Edits, ledger: Ledger) -> None:
        told = one.correlation
        best = max(one.links, key=lambda link: link.judgement.confidence)
        pointer = self._slots[best.candidate.slot].recorded.pointer
        why = f"{told.confidence} % sure: {told.reason}"
        edits.save(pointer, best.candidate, told.variable, why)
        sent = ", ".join(f"{sending.step} ({sending.label})" for sending in told.sendings[:5])
        more = f" and {len(told.sendings) - 5} more" if len(told.sendings) > 5 else ""
        ledger.note(
            f"{pointer}/response",
            "correlated",
            f"{told.variable!r} is saved from {told.step} ({told.place}) and sent by {sent}{more}",
            why=why,
            fix="remove the rule and write the value, if it never changes",
        )


def propose(plan: Plan, recorded: Mapping[str, Recorded]) -> Proposals:
    """What links the answers of a recording with its requests. `recorded` tells by provenance
    pointer what each step received."""
    slots = slots_of(plan, dict(recorded))
    return Proposals(plan, slots, find_links(slots))


def _origin(step: Step) -> Origin:
    return origin_of(step) or ("", "")


def _place(link: Link) -> tuple[int, tuple[str, int], int]:
    return link.use.step, link.use.field, link.use.start


def _by_source(links: list[Link]) -> list[list[Link]]:
    """Links that read the same value of the same answer, in the order of their answers."""
    groups: dict[tuple[int, int, str, str], list[Link]] = defaultdict(list)
    for link in links:
        candidate = link.candidate
        rule = candidate.value.rule.model_dump_json() + candidate.value.decoded_by
        groups[candidate.slot, candidate.hop, link.use.text, rule].append(link)
    return [groups[key] for key in sorted(groups, key=lambda key: (key[0], key[1] or 99, key[2:]))]


def _note_suggested(
    suggested: list[Link], accepted: list[Link], slots: list[Slot], ledger: Ledger
) -> None:
    covered = {(link.use.step, link.use.field, link.use.start) for link in accepted}
    told: set[str] = set()
    for link in suggested:
        use = link.use
        if (use.step, use.field, use.start) in covered or use.text in told:
            continue
        told.add(use.text)
        producer = slots[link.candidate.slot]
        ledger.note(
            f"{slots[use.step].recorded.pointer}/request",
            "possible-correlation",
            f"{use.label} of {slots[use.step].step.name} may come from {producer.step.name} "
            f"({link.candidate.value.place})",
            FindingSeverity.INFO,
            why=f"{link.judgement.confidence} % sure: {link.judgement.reason}",
            fix="save the value there and use it here, if the server makes it anew each time",
        )
