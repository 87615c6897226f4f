"""The whole of correlation: find links, put them into the plan, tell a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from urllib.parse import urlsplit

from hazard_tui.plan.findings import FindingSeverity
from hazard_tui.plan.model import Plan
from importers.correlation.answers import Recorded
from importers.correlation.editing import Edits, edited_plan, raw_fields, replace_uses
from importers.correlation.generated import note_generated
from importers.correlation.linking import Link, Links, Slot, find_links, slots_of
from importers.correlation.naming import variable_name
from importers.findings import Ledger


def correlate(plan: Plan, recorded: Mapping[str, Recorded], ledger: Ledger) -> Plan:
    """The plan with its links. `recorded` tells by provenance pointer what each step received;
    the ledger takes one finding per variable."""
    slots = slots_of(plan, dict(recorded))
    links = find_links(slots)
    edits = Edits(taken={variable.name for variable in plan.variables})
    put_links(links, slots, edits, ledger)
    note_generated(slots, links.accepted, ledger)
    return edited_plan(plan, edits) if links.accepted else plan


def put_links(links: Links, slots: list[Slot], edits: Edits, ledger: Ledger) -> None:
    """Notes the edits that links need, and tells of each variable and of what is not sure."""
    names: dict[int, str] = {}
    for group in _by_source(links.accepted):
        variable = _save(group, slots, edits, ledger)
        names.update({id(link): variable for link in group})
    by_step: dict[int, list[Link]] = defaultdict(list)
    for link in links.accepted:
        by_step[link.use.step].append(link)
    for index, group in sorted(by_step.items()):
        slot = slots[index]
        assert slot.step.request is not None
        raw = raw_fields(slot.step.request)
        replace_uses(group, names, slot.recorded.pointer, raw, edits)
    _note_suggested(links.suggested, links.accepted, slots, ledger)


def _by_source(links: list[Link]) -> list[list[Link]]:
    """Links that read the same value of the same answer, in the order of their answers."""
    groups: dict[tuple[int, int, str, str], list[Link]] = defaultdict(list)
    for link in links:
        candidate = link.candidate
        rule = candidate.value.rule.model_dump_json() + candidate.value.decoded_by
        groups[candidate.slot, candidate.hop, link.use.text, rule].append(link)
    return [groups[key] for key in sorted(groups, key=lambda key: (key[0], key[1] or 99, key[2:]))]


def _save(group: list[Link], slots: list[Slot], edits: Edits, ledger: Ledger) -> str:
    best = max(group, key=lambda link: link.judgement.confidence)
    candidate = best.candidate
    producer = slots[candidate.slot]
    assert producer.step.request is not None
    variable = variable_name(best, urlsplit(producer.step.request.url).path, edits.taken)
    why = f"{best.judgement.confidence} % sure: {best.judgement.reason}"
    edits.save(producer.recorded.pointer, candidate, variable, why)
    where = sorted({(link.use.step, link.use.label) for link in group})
    told = ", ".join(f"{slots[step].step.name} ({label})" for step, label in where[:5])
    more = f" and {len(where) - 5} more" if len(where) > 5 else ""
    ledger.note(
        f"{producer.recorded.pointer}/response",
        "correlated",
        f"{variable!r} is saved from {producer.step.name} ({candidate.value.place}) "
        f"and sent by {told}{more}",
        why=why,
        fix="remove the rule and write the value, if it never changes",
    )
    return variable


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
