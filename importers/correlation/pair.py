"""Correlation with two recordings of one session: what the server makes is saved, what the client
makes becomes a function, what a person typed becomes a column of data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hazard_tui.plan.base import Scope
from hazard_tui.plan.findings import FindingSeverity
from hazard_tui.plan.model import DataColumn, DataFeed, FeedOrder, FeedRow, Plan, Variable
from importers.correlation.answers import Recorded
from importers.correlation.correlate import Proposals
from importers.correlation.editing import Edits, Replacement, edited_plan, template_for
from importers.correlation.generated import generated_by
from importers.correlation.linking import Links, Slot, find_links, slots_of
from importers.correlation.pairing import PairEvidence, looks_random
from importers.correlation.uses import Part, Use
from importers.correlation.words import snake
from importers.findings import Ledger
from importers.secrets import is_named_secret, is_secret_header

FEED = "recorded"
"""Name of the feed that holds what was typed."""
_LEFT_ALONE = (Part.HEADER, Part.COOKIE)
"""Where nothing is typed; what differs there is told."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One imported recording, not correlated yet."""

    plan: Plan
    answers: Mapping[str, Recorded]
    """By provenance pointer."""
    name: str


@dataclass(slots=True)
class _Columns:
    """What was typed: a column for each pair of texts."""

    by_texts: dict[tuple[str, str], str] = field(default_factory=dict)

    def name(self, use: Use, other: Use, edits: Edits) -> str:
        """The column that holds both texts."""
        texts = (use.text, other.text)
        if texts not in self.by_texts:
            self.by_texts[texts] = edits.derived_name(snake(use.name) or "typed")
        return self.by_texts[texts]

    def feed(self) -> DataFeed:
        """Both rows. Each user keeps one, as each recording was of one person."""
        rows = tuple(FeedRow(values=tuple(texts[row] for texts in self.by_texts)) for row in (0, 1))
        columns = tuple(self.by_texts.values())
        return DataFeed(name=FEED, columns=columns, rows=rows, order=FeedOrder.PER_USER)


def correlate_pair(one: Recording, two: Recording, ledger: Ledger) -> tuple[Plan, frozenset[str]]:
    """The plan of the first recording, with what the second tells about its values; and the
    places of the entries of the second that stand in the first too."""
    slots, others = slots_of(one.plan, dict(one.answers)), slots_of(two.plan, dict(two.answers))
    evidence = PairEvidence(slots, others)
    _note_alignment(evidence, two.name, ledger)
    links = find_links(slots, evidence)
    edits = Edits(taken={variable.name for variable in one.plan.variables})
    proposals = Proposals(one.plan, slots, links)
    sure = [told.correlation.key for told in proposals.all if told.correlation.is_sure]
    proposals.put(sure, edits, ledger)
    plan = _Rest(evidence, links, edits, ledger).put(one.plan)
    paired = (others[index].recorded.pointer for index in evidence.pairs.values())
    return plan, frozenset(paired)


def _note_alignment(evidence: PairEvidence, name: str, ledger: Ledger) -> None:
    alone = len(evidence.one) - len(evidence.pairs)
    extra = len(evidence.two) - len(set(evidence.pairs.values()))
    severity = FindingSeverity.WARNING if alone or extra else FindingSeverity.INFO
    why = f"{alone} requests are only in the first, {extra} only in the second; those of the "
    ledger.note(
        "/log/entries",
        "paired",
        f"{len(evidence.pairs)} of {len(evidence.one)} requests stand in {name} too",
        severity,
        why=f"{why}second are left out",
        fix="record the same session twice" if severity is FindingSeverity.WARNING else "",
    )


class _Rest:
    """What differs and comes from no answer."""

    def __init__(self, evidence: PairEvidence, links: Links, edits: Edits, ledger: Ledger) -> None:
        self.evidence = evidence
        self.edits = edits
        self.ledger = ledger
        self.columns = _Columns()
        self.linked = [link.use for link in links.accepted]

    def put(self, plan: Plan) -> Plan:
        """The plan with everything that was found."""
        values: dict[tuple[str, str], list[tuple[Use, Use]]] = defaultdict(list)
        for use, other in self.evidence.differing():
            if not any(_overlap(use, linked) for linked in self.linked):
                values[use.text, other.text].append((use, other))
        for uses in values.values():
            template = self._generated(*uses[0])
            if template:
                self._generate(template, uses)
            else:
                self._typed(uses)
        plan = edited_plan(plan, self.edits)
        if not self.columns.by_texts:
            return plan
        variables = tuple(
            Variable(name=name, scope=Scope.USER, column=DataColumn(feed=FEED, column=name))
            for name in self.columns.by_texts.values()
        )
        return plan.model_copy(
            update={
                "feeds": (*plan.feeds, self.columns.feed()),
                "variables": (*variables, *plan.variables),
            }
        )

    def _generated(self, use: Use, other: Use) -> str:
        """The function that makes such values; empty: none does."""
        partner = self.evidence.pairs[use.step]
        mine = generated_by(use, self._slot(use).recorded.started_ms)
        theirs = generated_by(other, self.evidence.two[partner].recorded.started_ms)
        if mine and mine == theirs:
            return mine
        return f"{{{{$string {len(use.text)}}}}}" if looks_random(use.text, other.text) else ""

    def _slot(self, use: Use) -> Slot:
        return self.evidence.one[use.step]

    def _generate(self, template: str, uses: list[tuple[Use, Use]]) -> None:
        """A value that is sent in several places is made once an iteration."""
        use = uses[0][0]
        if len(uses) > 1:
            name = self.edits.derived_name(snake(use.name) or "made")
            generator = template.removeprefix("{{").removesuffix("}}")
            variable = Variable(name=name, scope=Scope.ITERATION, generator=generator)
            self.edits.variables.append(variable)
            template = f"{{{{{name}}}}}"
        for one, _ in uses:
            self._replace(one, template)
        self._note(
            use,
            "client-generated",
            f"{use.label} of {self._slot(use).step.name} is made anew by the client: {template}",
            f"95 % sure: no answer gave it, and the recordings have {use.text[:40]!r} and "
            f"{uses[0][1].text[:40]!r}",
            "write the recorded value, if the server does not mind",
        )

    def _typed(self, uses: list[tuple[Use, Use]]) -> None:
        use, other = uses[0]
        where = f"{use.label} of {self._slot(use).step.name}"
        if any(_is_secret(one, text) for one, text in uses):
            self._note(
                use,
                "differing-secret",
                f"{where} differs between the recordings and is a secret",
                "secrets stand in no data feed of a plan",
                "give users a file of data with --data, or let all send this one",
            )
            return
        uses = [pair for pair in uses if pair[0].part not in _LEFT_ALONE]
        if not uses:
            self._note(
                use,
                "differs",
                f"{where} differs between the recordings and comes from no answer",
                "what stands in headers is not typed",
                "make it a variable, if the server wants another one each time",
            )
            return
        name = self.columns.name(*uses[0], self.edits)
        for one, _ in uses:
            # Other rows may hold what this one does not, so the value is always encoded.
            encodings = one.encodings
            if one.part in (Part.PATH, Part.QUERY) and "url" not in encodings:
                encodings = ("url", *encodings)
            needy = replace(one, encodings=encodings)
            self._replace(one, template_for(needy, f'{one.text} "', name, self.edits))
        self._note(
            use,
            "typed",
            f"{where} is column {name!r} of the feed {FEED!r}: {use.text[:40]!r}, "
            f"{other.text[:40]!r}",
            f"90 % sure: it differs between the recordings, comes from no answer and looks "
            f"made by nobody but a person; sent in {len(uses)} places",
            "add rows to the feed, or write the value if it never changes",
        )

    def _replace(self, use: Use, template: str) -> None:
        place = Replacement(use.start, use.end, template)
        self.edits.replace(self._slot(use).recorded.pointer, use.field, place)

    def _note(self, use: Use, code: str, what: str, why: str, fix: str) -> None:
        pointer = f"{self._slot(use).recorded.pointer}/request"
        self.ledger.note(pointer, code, what, why=why, fix=fix)


def _is_secret(use: Use, other: Use) -> bool:
    if use.part is Part.HEADER and is_secret_header(use.name):
        return True
    return any(is_named_secret(use.name, text) for text in (use.text, other.text))


def _overlap(use: Use, linked: Use) -> bool:
    return (
        (use.step, use.field) == (linked.step, linked.field)
        and use.start < linked.end
        and linked.start < use.end
    )
