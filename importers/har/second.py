"""The account of the second of two recordings, which is read but not sent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from hazard_tui.plan.findings import Finding, FindingSeverity
from importers.findings import Fate, Record
from importers.har.session import Exchange

_COMPARED = "it tells which values change; what is sent is the first recording"
_ALONE = "its request is only in the second recording"


def records_of_second(
    name: str, records: Iterable[Record], exchanges: Sequence[Exchange], paired: Collection[str]
) -> Iterator[Record]:
    """Records of the second recording, with its name before each place.

    `paired` are the places of its entries that stand in the first recording too. What was dropped
    for a reason of its own stays dropped.
    """
    owners = {
        entry.pointer: exchange.entry.pointer
        for exchange in exchanges
        for entry in (exchange.entry, *exchange.hops)
    }
    for record in records:
        # /log/entries/7/request/headers/0
        entry = "/".join(record.pointer.split("/")[:4])
        if record.fate is not Fate.DROPPED and entry in owners:
            is_paired = owners[entry] in paired
            fate = Fate.CHANGED if is_paired else Fate.DROPPED
            record = replace(record, fate=fate, reason=_COMPARED if is_paired else _ALONE)
        yield replace(record, pointer=f"{name}#{record.pointer}")


def findings_of_second(first: Iterable[Finding], second: Iterable[Finding]) -> list[Finding]:
    """What is wrong with the second recording and not with the first."""
    known = {one.code for one in first}
    severe = [one for one in second if one.severity is not FindingSeverity.INFO]
    return [one for one in severe if one.code not in known]
