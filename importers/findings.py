"""The contract of every importer: its input, its options, its result, and the count of elements.

Law of conservation: an importer records each element of its input exactly once, so that
`kept + changed + dropped` equals the elements that an independent walker finds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hazard_tui.plan.findings import Finding, FindingSeverity
from hazard_tui.plan.model import Plan
from importers.proposals import Correlation


class Fate(StrEnum):
    """What became of an element of the input."""

    KEPT = "kept"
    CHANGED = "changed"
    """Sent or done in another way than the source says; the reason tells how."""
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Record:
    """One element of the input and what became of it."""

    pointer: str
    """JSON pointer into the source, or `line:column`."""
    kind: str
    """`request`, `header`, `query`, `body`, `auth`, `script`, `variable`, `flag`, `entry` …"""
    fate: Fate
    name: str = ""
    reason: str = ""
    """Empty only when kept."""
    plan_path: str = ""
    """Where it stands in the plan, when it does."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file or pasted text."""

    name: str
    """As the person gave it; `-` for standard input, `paste` for pasted text."""
    data: bytes
    path: str = ""
    """Set when the bytes were not read: the importer reads this file itself, as a stream. Only the
    HAR importer does so, and only this file."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What a person can ask of an import. Importers ignore what does not concern them."""

    environments: tuple[Source, ...] = ()
    globals: tuple[Source, ...] = ()
    data_feeds: tuple[Source, ...] = ()
    """Data files: only names and columns are read; the plan refers to them."""
    name: str = ""
    """Name of the plan; empty: from the source."""
    tasks: str = "collection"
    """Postman: `collection` makes one task of the collection, `folders` one of every top folder."""
    hosts: tuple[str, ...] = ()
    """HAR: keep only these hosts (`*` wildcards). Empty: all but known noise."""
    include_static: bool = False
    """HAR: keep images, fonts, style sheets and scripts."""
    think_time_min_ms: int = 500
    """HAR: shorter gaps make no pause."""
    think_time_max_ms: int = 60_000
    correlate: bool = True
    """HAR: save values that the server makes anew each time, and send them back."""
    read_config: Callable[[str], str | None] | None = None
    """curl: the text of a file that `-K` names; None where it is not there or must not be read.
    Without this no such file is read."""
    progress: Callable[[int, int], None] | None = None
    """Called with (bytes read, bytes in all); an exception that it raises cancels the import."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """A plan and the whole account of how it was made."""

    plan: Plan
    format: str
    """One of `importers.detect.FORMATS` but `auto`."""
    records: tuple[Record, ...] = ()
    findings: tuple[Finding, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict)
    """Values that left the plan and became references, by key."""
    correlations: tuple[Correlation, ...] = ()
    """What was found, the sure ones in the plan. Empty for all formats but HAR."""
    choose: Callable[[Collection[str]], ImportResult] | None = field(
        default=None, compare=False, repr=False
    )
    """Makes the result with the correlations of these keys and no others, where there are any."""

    @property
    def sure(self) -> frozenset[str]:
        """Keys of the correlations that are in the plan unless a person chooses."""
        return frozenset(one.key for one in self.correlations if one.is_sure)

    def counts(self) -> dict[str, Counter[str]]:
        """Kind of element -> how many were kept, changed, dropped."""
        table: dict[str, Counter[str]] = {}
        for record in self.records:
            table.setdefault(record.kind, Counter())[record.fate.value] += 1
        return table

    def total(self, fate: Fate) -> int:
        """How many elements had this fate."""
        return sum(1 for record in self.records if record.fate is fate)


class Ledger:
    """Collects records and findings while an importer walks its input."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.records: list[Record] = []
        self.findings: list[Finding] = []

    def keep(self, pointer: str, kind: str, name: str = "") -> None:
        """The element is in the plan as the source means it."""
        self.records.append(Record(pointer, kind, Fate.KEPT, name))

    def change(
        self,
        pointer: str,
        kind: str,
        reason: str,
        *,
        name: str = "",
        code: str = "changed",
        severity: FindingSeverity = FindingSeverity.INFO,
        fix: str = "",
    ) -> None:
        """The element is in the plan in another form; adds a finding."""
        self.records.append(Record(pointer, kind, Fate.CHANGED, name, reason))
        self.note(pointer, code, _what(kind, name, "changed"), severity, why=reason, fix=fix)

    def drop(
        self,
        pointer: str,
        kind: str,
        reason: str,
        *,
        name: str = "",
        code: str = "dropped",
        severity: FindingSeverity = FindingSeverity.WARNING,
        fix: str = "",
    ) -> None:
        """The element is not in the plan; adds a finding."""
        self.records.append(Record(pointer, kind, Fate.DROPPED, name, reason))
        self.note(pointer, code, _what(kind, name, "dropped"), severity, why=reason, fix=fix)

    def note(
        self,
        pointer: str,
        code: str,
        what: str,
        severity: FindingSeverity = FindingSeverity.INFO,
        *,
        why: str = "",
        fix: str = "",
    ) -> None:
        """A finding that concerns no counted element, or more than its fate."""
        where = f"{self.source.name}#{pointer}"
        self.findings.append(Finding(severity, code, where, what, why, fix))


def _what(kind: str, name: str, fate: str) -> str:
    label = f"{kind} {name!r}" if name else kind
    return f"{label} was {fate}"
