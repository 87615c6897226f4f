"""Reads a recording, drops what no load test needs, and builds the plan."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from hazard_tui.errors import UnreadableInput
from hazard_tui.plan.findings import Finding, FindingSeverity
from hazard_tui.plan.model import Group, Parallel, Pause, Plan, Step, Task
from importers.correlation import (
    AnswerStore,
    Proposals,
    Recorded,
    Recording,
    correlate_pair,
    propose,
)
from importers.findings import (
    Fate,
    ImportOptions,
    ImportResult,
    Ledger,
    Record,
    Source,
)
from importers.har.convert import StepMaker
from importers.har.entry import Entry, count_elements, keep_answer, read_entry
from importers.har.filters import host_of, is_public, why_dropped
from importers.har.naming import Routes
from importers.har.reader import HarReader
from importers.har.second import findings_of_second, records_of_second
from importers.har.session import Exchange, Page, fold_redirects, in_order, pages_of
from importers.hiding import hide_secrets

_SANITISED_SINCE = 130
"""Chrome from this version on leaves cookies and authorization out unless asked not to."""
_CHROME = re.compile(r"Chrom(?:e|ium)/(\d+)")


@dataclass(slots=True)
class _Survey:
    """What is noticed while entries go by."""

    total: int = 0
    dropped: Counter[tuple[str, str]] = field(default_factory=Counter)
    sockets: int = 0
    messages: int = 0
    no_response: int = 0
    chrome: int = 0
    has_secrets: bool = False

    def look(self, entry: Entry) -> None:
        """Notes the signs of a sanitised recording."""
        names = {(header.name or "").lower() for header in entry.headers}
        self.has_secrets |= bool(
            names & {"cookie", "authorization"} or entry.cookies or entry.set_cookies
        )
        found = _CHROME.search(entry.header("user-agent") or "")
        self.chrome = max(self.chrome, int(found[1]) if found else 0)
        self.no_response += not entry.has_response


def import_source(source: Source, options: ImportOptions) -> ImportResult:
    """A plan with one task: the recorded session of one user.

    Raises UnreadableInput when the file is no HAR or cannot be read, and whatever
    `options.progress` raises.
    """
    return _Importer(source, options).run()


def import_pair(first: Source, second: Source, options: ImportOptions) -> ImportResult:
    """A plan of the first recording; the second, of the same session, tells which values change.

    The account is that of both; places in the second begin with its name. Raises as
    `import_source` does, for either file.
    """
    options = replace(options, correlate=True)
    importer, other = _Importer(first, options), _Importer(second, options)
    one, two = importer.recording(), other.recording()
    ledger = importer.ledger
    ledger.findings += findings_of_second(ledger.findings, other.ledger.findings)
    plan, paired = correlate_pair(one, two, ledger)
    ledger.records += records_of_second(second.name, other.ledger.records, other.exchanges, paired)
    return importer.result(plan)


class _Importer:
    def __init__(self, source: Source, options: ImportOptions) -> None:
        self.source = source
        self.options = options
        self.ledger = Ledger(source)
        self.reader = HarReader(source, options.progress)
        self.survey = _Survey()
        self.answers = AnswerStore()
        self.exchanges: list[Exchange] = []

    def run(self) -> ImportResult:
        """Reads everything and gives the result."""
        recording = self.recording()
        if not self.options.correlate:
            return self.result(recording.plan)
        proposals = propose(recording.plan, recording.answers)
        sure = [one.correlation.key for one in proposals.all if one.correlation.is_sure]
        return self._chosen(proposals, sure)

    def _chosen(self, proposals: Proposals, keys: Collection[str]) -> ImportResult:
        """The result with a choice of what was found; the ledger stays as the reading left it."""
        ledger = Ledger(self.source)
        ledger.findings += self.ledger.findings
        plan = proposals.plan(keys, ledger)
        return replace(
            self.result(plan, ledger.findings),
            correlations=tuple(one.correlation for one in proposals.all),
            choose=partial(self._chosen, proposals),
        )

    def recording(self) -> Recording:
        """Reads everything; the plan holds the recorded values."""
        kept = self._read()
        head = self.reader.head
        if not self.survey.total and (head.problem or not head.creator):
            why = f": {head.problem}" if head.problem else ""
            raise UnreadableInput(
                f"{self.source.name} is no HAR{why}", hint="export the network log as HAR"
            )
        exchanges = self.exchanges = fold_redirects(in_order(kept))
        hosts = list(dict.fromkeys(host_of(exchange.entry.url) for exchange in exchanges))
        routes = Routes(exchange.entry for exchange in exchanges)
        maker = StepMaker(
            self.source, self.reader.sha256, self.ledger, routes, with_hosts=len(hosts) > 1
        )
        pages = pages_of(exchanges, pages_are_navigations=self._pages_are_navigations())
        steps = self._steps(pages, maker)
        self._findings(maker, hosts, exchanges)
        name = self.options.name or _plan_name(self.source.name)
        plan = Plan(name=name, tasks=(Task(name=name, steps=tuple(steps)),) if steps else ())
        answers = self._answers(exchanges) if self.options.correlate else {}
        return Recording(plan, answers, self.source.name)

    def result(self, plan: Plan, findings: Sequence[Finding] | None = None) -> ImportResult:
        """The plan with the account of its recording; `findings` instead of the ledger's own."""
        return hide_secrets(
            ImportResult(
                plan=plan,
                format="har",
                records=tuple(self.ledger.records),
                findings=tuple(self.ledger.findings if findings is None else findings),
            )
        )

    def _read(self) -> list[Entry]:
        """Entries that stay; the others are recorded at once and forgotten."""
        kept: list[Entry] = []
        dropper = StepMaker(self.source, "", self.ledger, Routes(()), with_hosts=False)
        for index, raw in enumerate(self.reader.entries()):
            self.survey.total += 1
            entry = read_entry(raw, index)
            if entry is None:
                self._malformed(raw, index)
                continue
            self.survey.look(entry)
            code, reason = why_dropped(entry, self.options)
            if not code:
                kept.append(entry)
                if self.options.correlate:
                    keep_answer(self.answers, raw, entry)
                continue
            self.survey.dropped[code, reason] += 1
            if entry.socket_messages is not None:
                self.survey.sockets += 1
                self.survey.messages += entry.socket_messages
            dropper.drop_all(entry, Fate.DROPPED, reason)
        return kept

    def _answers(self, exchanges: list[Exchange]) -> dict[str, Recorded]:
        """What each step received, by its provenance pointer."""
        self.answers.note_limits(self.ledger)
        return {
            exchange.entry.pointer: Recorded(
                exchange.entry.pointer,
                exchange.entry.started,
                exchange.end,
                tuple(
                    self.answers.answers[entry.index] for entry in (exchange.entry, *exchange.hops)
                ),
            )
            for exchange in exchanges
        }

    def _malformed(self, raw: Any, index: int) -> None:
        reason = "it has no request with a method and a URL"
        self.survey.dropped["malformed", reason] += 1
        pointer = f"/log/entries/{index}"
        self.ledger.records.append(Record(pointer, "entry", Fate.DROPPED, "", reason))
        for path, kind, name in count_elements(raw):
            record = Record(f"{pointer}/{path}", kind, Fate.DROPPED, name, reason)
            self.ledger.records.append(record)

    def _pages_are_navigations(self) -> bool:
        creator = self.reader.head.creator
        name = creator[0].get("name") if creator and isinstance(creator[0], dict) else ""
        return name == "WebInspector" and bool(self.reader.head.pages)

    def _steps(self, pages: list[Page], maker: StepMaker) -> list[Step]:
        """Steps of all pages with the pauses between them."""
        titles = {
            page.get("id"): page.get("title")
            for page in self.reader.head.pages
            if isinstance(page, dict) and isinstance(page.get("id"), str)
        }
        steps: list[Step] = []
        end: float | None = None
        for page in pages:
            if pause := self._pause(end, page.start):
                steps.append(pause)
            inner = self._page_steps(page, maker)
            if len(page.exchanges) > 1:
                title = titles.get(page.reference)
                name = title if isinstance(title, str) and title else ""
                name = (name or f"page {page.exchanges[0].entry.method} {page.reference}")[:200]
                steps.append(Step(name=name, group=Group(steps=tuple(inner), timed=True)))
            else:
                steps += inner
            end = page.end
        return steps

    def _page_steps(self, page: Page, maker: StepMaker) -> list[Step]:
        steps: list[Step] = []
        end: float | None = None
        for burst in page.bursts:
            if pause := self._pause(end, burst.exchanges[0].entry.started):
                steps.append(pause)
            inner = tuple(maker.step(exchange) for exchange in burst.exchanges)
            if len(inner) > 1:
                name = f"{len(inner)} at once"
                steps.append(Step(name=name, parallel=Parallel(steps=inner)))
            else:
                steps += inner
            last = max(exchange.end for exchange in burst.exchanges)
            end = last if end is None else max(end, last)
        return steps

    def _pause(self, end: float | None, start: float) -> Step | None:
        """The time that the person thought, from the last answer to the next request."""
        gap = 0 if end is None else round(start - end)
        if gap < max(self.options.think_time_min_ms, 1):
            return None
        length = min(gap, self.options.think_time_max_ms)
        if length < gap:
            self.survey.dropped["long-pause", ""] += 1
        return Step(name="pause", pause=Pause(min_ms=length))

    def _findings(self, maker: StepMaker, hosts: list[str], exchanges: list[Exchange]) -> None:
        survey, note = self.survey, self.ledger.note
        if self.reader.head.problem:
            note(
                f"/log/entries/{survey.total}",
                "malformed-har",
                f"the file ends early; {survey.total} entries before that are kept",
                FindingSeverity.ERROR,
                why=self.reader.head.problem,
                fix="export it again",
            )
        self._note_dropped()
        maker.note_cookies()
        if survey.chrome >= _SANITISED_SINCE and not survey.has_secrets and exchanges:
            note(
                "/log/entries",
                "sanitised-har",
                "the recording holds no cookie and no authorization at all",
                FindingSeverity.WARNING,
                why=f"Chrome {survey.chrome} leaves them out unless asked not to",
                fix="export it again with sensitive data, if the site has a login",
            )
        if survey.no_response:
            note(
                "/log/entries",
                "missing-response",
                f"{survey.no_response} entries have no answer",
                FindingSeverity.WARNING,
            )
        if folded := sum(len(exchange.hops) for exchange in exchanges):
            note(
                "/log/entries",
                "redirects-folded",
                f"{folded} redirected requests are part of the request before them",
            )
        if hosts:
            note(
                "/log/entries",
                "recorded-hosts",
                f"requests go to the recorded hosts: {', '.join(hosts[:10])}",
                FindingSeverity.WARNING if any(map(is_public, hosts)) else FindingSeverity.INFO,
                fix="map them to test hosts in host_map, and list those in allowed_targets",
            )

    def _note_dropped(self) -> None:
        """One finding per reason instead of one per entry."""
        survey = self.survey
        for (code, reason), count in sorted(survey.dropped.items()):
            if code == "long-pause":
                self.ledger.note(
                    "/log/entries",
                    code,
                    f"{count} pauses are cut to {self.options.think_time_max_ms} ms",
                )
                continue
            what = f"{count} entries were dropped"
            if code == "websocket":
                what = f"{survey.sockets} WebSockets with {survey.messages} messages were dropped"
            warns = code in ("websocket", "malformed", "aborted")
            severity = FindingSeverity.WARNING if warns else FindingSeverity.INFO
            fix = "import again with static files" if code == "static" else ""
            self.ledger.note("/log/entries", code, what, severity, why=reason, fix=fix)


def _plan_name(name: str) -> str:
    base = re.split(r"[/\\]", name)[-1]
    return "recording" if base in ("-", "paste", "") else base.rsplit(".", 1)[0] or base
