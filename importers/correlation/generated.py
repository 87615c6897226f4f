"""Values that the recorded client made itself: times, UUIDs, nonces that no answer gave it."""

from __future__ import annotations

import re
from collections import defaultdict

from importers.correlation.linking import Link, Slot
from importers.correlation.uses import Part, Use, uses_of
from importers.correlation.words import words_of
from importers.findings import Ledger

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-7][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.I)
_NONCE_NAMES = frozenset(("nonce", "idempotency", "correlation", "trace"))
_NEAR_MS = 3_600_000
"""A time that the client made is that near to the moment of its request."""


def note_generated(slots: list[Slot], accepted: list[Link], ledger: Ledger) -> None:
    """One finding per value that the client seems to make itself. The plan is left as it is: one
    recording does not tell whether a server wants a new value each time."""
    linked = {(link.use.step, link.use.field, link.use.start) for link in accepted}
    first: dict[str, tuple[Use, str]] = {}
    counts: dict[str, int] = defaultdict(int)
    for index, slot in enumerate(slots):
        assert slot.step.request is not None
        for use in uses_of(slot.step.request, index):
            if not use.whole or use.part is Part.URL or (index, use.field, use.start) in linked:
                continue
            template = generated_by(use, slot.recorded.started_ms)
            if template:
                first.setdefault(use.text, (use, template))
                counts[use.text] += 1
    for text, (use, template) in first.items():
        slot = slots[use.step]
        times = "once" if counts[text] == 1 else f"{counts[text]} times"
        ledger.note(
            f"{slot.recorded.pointer}/request",
            "client-generated",
            f"{use.label} of {slot.step.name} seems to be made by the client",
            why=f"no answer before gave it; it was sent {times}",
            fix=f"write {template} there, if it has to be new each time",
        )


def generated_by(use: Use, started_ms: float) -> str:
    """The function that makes such a value; empty when it looks like none."""
    text = use.text
    if _UUID.fullmatch(text):
        return "{{$uuid}}"
    if text.isdigit() and started_ms:
        for digits, factor, unit in ((13, 1, "unix_ms"), (10, 1000, "unix")):
            if len(text) == digits and abs(int(text) * factor - started_ms) < _NEAR_MS:
                return f"{{{{$now {unit}}}}}"
    if _NONCE_NAMES & set(words_of(use.name)) and re.fullmatch(r"[\w-]{8,64}", text):
        return f"{{{{$string {len(text)}}}}}"
    return ""
