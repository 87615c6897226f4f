"""What an import proposes and a person may refuse: values that the server makes anew each time."""

from __future__ import annotations

from dataclasses import dataclass

from hazard_tui.plan.model import Step

Origin = tuple[str, str]
"""Hash of the file and pointer into it that a step came from."""


@dataclass(frozen=True, slots=True)
class Sending:
    """One place of a request that sends a value back."""

    origin: Origin
    step: str
    """Name of the step."""
    label: str
    """`header Authorization`, `path articles`."""


@dataclass(frozen=True, slots=True)
class Correlation:
    """A value that is saved from one answer and sent by later requests."""

    key: str
    """Unique in a result."""
    variable: str
    origin: Origin
    """Of the step whose answer holds the value."""
    step: str
    """Name of that step."""
    place: str
    """Where in the answer: `JSON field data.token`."""
    sendings: tuple[Sending, ...]
    confidence: int
    """Per cent."""
    reason: str
    is_sure: bool
    """Taken unless a person refuses it; the others are left unless a person takes them."""


def origin_of(step: Step) -> Origin | None:
    """Where a step came from; None for one that was made by hand."""
    known = step.provenance
    return (known.file_sha256, known.pointer) if known is not None else None
