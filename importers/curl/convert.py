"""Commands to steps: finds curl among them, keeps the account, builds the plan."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from itertools import islice
from typing import Any

from hazard_tui.plan.base import Provenance
from hazard_tui.plan.findings import FindingSeverity
from hazard_tui.plan.model import Plan, Step, Task
from hazard_tui.plan.request import Policies, Request
from importers.curl.bash_text import assignment
from importers.curl.dialect import Dialect
from importers.curl.marks import Marks
from importers.curl.operation import NO_URL, Operation, Refused, Use
from importers.curl.options import OptionReader
from importers.curl.requests import Prepared, RequestMaker
from importers.curl.words import Command, Word
from importers.findings import (
    Fate,
    ImportOptions,
    ImportResult,
    Ledger,
    Record,
    Source,
)
from importers.hiding import hide_secrets

MAX_STEPS = 5000
"""Most requests that one text makes."""
MAX_PLAN_BYTES = 64 * 1024 * 1024
"""Most that the bodies and headers of all requests of one text hold: a pattern in a URL repeats
them for each request."""

_PREFIXES = "sudo time exec command nohup then do else if while until ! { $ % > >> # winpty export"
_BEFORE_CURL = frozenset(_PREFIXES.split())
_CURL = re.compile(r"(?:.*[/\\])?curl(?:\.exe)?", re.IGNORECASE | re.DOTALL)
_CONFIG = ("-K", "--config")
_KEYWORDS = frozenset(("done", "fi", "esac", "}"))


class Converter:
    """Collects the steps of all commands of one source."""

    def __init__(
        self, source: Source, options: ImportOptions, ledger: Ledger, marks: Marks
    ) -> None:
        self.source = source
        self.options = options
        self.ledger = ledger
        self.marks = marks
        self.steps: list[Step] = []
        self.jars: set[str] = set()
        self._refused = False
        self._full = False
        self._room_bytes = MAX_PLAN_BYTES
        self.sha256 = hashlib.sha256(source.data).hexdigest()

    def add(self, command: Command) -> None:
        """Reads one command of the text."""
        words = list(command.words)
        while words and (known := assignment(words[0])):
            self.marks.assign(*known)
            self.ledger.keep(words[0].pointer, "variable", known[0])
            words.pop(0)
        while words and words[0].text in _BEFORE_CURL:
            words.pop(0)
            while words and words[0].text.startswith("-"):
                takes_value = words.pop(0).text in ("-u", "-g")
                del words[: int(takes_value)]
            while words and (known := assignment(words[0])):
                self.marks.assign(*known)
                self.ledger.keep(words[0].pointer, "variable", known[0])
                words.pop(0)
        if not words or words[0].text in _KEYWORDS:
            return
        at = next((i for i, word in enumerate(words[:8]) if _CURL.fullmatch(word.text)), None)
        if at is None or (at > 0 and not _runs_another(words[:at])):
            self._other(command, words)
            return
        if command.after == "||" and not self._refused:
            self._alternative(command, words[at + 1 :])
            return
        self._curl(command, words[at], words[at + 1 :])

    def _other(self, command: Command, words: list[Word]) -> None:
        name = self.marks.template(words[0].text)[:60]
        self.ledger.drop(
            command.pointer,
            "command",
            "it is not curl, and nothing is executed at import",
            name=name,
            code="other-command",
            severity=FindingSeverity.INFO,
        )

    def _alternative(self, command: Command, words: list[Word]) -> None:
        """The command behind `||`: it runs only when the one before fails."""
        reader = OptionReader(self.marks, command.stdin, self.jars, self.options.read_config)
        with suppress(Refused):
            reader.read(words)
        self.ledger.drop(
            command.pointer,
            "command",
            "it runs only when the command before it fails",
            name="curl",
            code="alternative-command",
        )
        for use in reader.uses:
            self.ledger.records.append(
                Record(use.pointer, use.kind, Fate.DROPPED, use.name, "part of a dropped command")
            )

    def _curl(self, command: Command, curl: Word, words: list[Word]) -> None:
        reader = OptionReader(self.marks, command.stdin, self.jars, self.options.read_config)
        self._refused = False
        reason = ""
        try:
            reader.read(words)
        except Refused as refused:
            reason = str(refused)
        prepared: list[Prepared] = []
        if not reason:
            reason = self._make(reader, prepared)
        if reason and not prepared:
            self._refuse(curl, reader.uses, reason)
            return
        if reason:
            self._error(curl.pointer, f"the rest of the command is refused by curl: {reason}")
        self.ledger.keep(curl.pointer, "command", "curl")
        self._account(reader.uses)
        for operation in reader.operations:
            self._notes(operation)
        self.steps += [self._step(one) for one in prepared]

    def _make(self, reader: OptionReader, prepared: list[Prepared]) -> str:
        """Appends the requests of all operations; gives the reason where curl stops."""
        for operation in reader.operations:
            size = _size_of(operation)
            room = min(MAX_STEPS - len(self.steps) - len(prepared), self._room_bytes // size)
            room = max(room, 0)
            before = len(prepared)
            try:
                maker = RequestMaker(operation, self.marks, reader.input)
                prepared.extend(islice(maker.requests(), room + 1))
            except Refused as refused:
                return str(refused)
            if len(prepared) > before + room:
                del prepared[before + room :]
                self._note_full(operation, len(prepared))
                return ""
            self._room_bytes -= size * (len(prepared) - before)
        return "" if prepared else NO_URL

    def _note_full(self, operation: Operation, made: int) -> None:
        """Told once; what is left makes no steps. `made`: requests of this command so far."""
        if not self._full:
            self._full = True
            self.ledger.note(
                operation.targets[0].pointer,
                "too-many-requests",
                f"the text makes more than {len(self.steps) + made} requests; the rest is left out",
                FindingSeverity.ERROR,
                fix="use a data feed for the values that vary",
            )

    def _refuse(self, curl: Word, uses: list[Use], reason: str) -> None:
        """No step; every option and URL counts as dropped."""
        self._refused = True
        why = f"the command is refused: {reason}"
        self.ledger.records.append(Record(curl.pointer, "command", Fate.DROPPED, "curl", why))
        for use in uses:
            record = Record(use.pointer, use.kind, Fate.DROPPED, use.name, why)
            self.ledger.records.append(record)
        unread = [use for use in uses if use.code == "file-not-opened" and use.name in _CONFIG]
        if reason == NO_URL and unread:
            what = "this command has no URL but in a file of -K, which is not opened at import"
            self._error(curl.pointer, what, "paste the options of the file into the command")
            return
        self._error(curl.pointer, f"curl refuses this command: {reason}")

    def _error(
        self, pointer: str, what: str, fix: str = "correct the command and import it again"
    ) -> None:
        self.ledger.note(
            pointer,
            "command-refused",
            what,
            FindingSeverity.ERROR,
            fix=fix,
        )

    def _account(self, uses: list[Use]) -> None:
        mentioned: set[tuple[str, str]] = set()
        for use in uses:
            record = Record(use.pointer, use.kind, use.fate, use.name, use.reason)
            self.ledger.records.append(record)
            if use.fate is Fate.KEPT or (use.name, use.reason) in mentioned:
                continue
            mentioned.add((use.name, use.reason))
            severity = FindingSeverity.WARNING if use.warns else FindingSeverity.INFO
            what = f"{use.kind} {use.name!r} was {use.fate.value}"
            self.ledger.note(use.pointer, use.code, what, severity, why=use.reason, fix=use.fix)

    def _notes(self, operation: Operation) -> None:
        for pointer, code, what in dict.fromkeys(operation.notes):
            self.ledger.note(pointer, code, what, FindingSeverity.WARNING)

    def _step(self, prepared: Prepared) -> Step:
        request = prepared.request
        step = Step(
            name=step_name(request),
            request=request,
            not_runnable=prepared.not_runnable,
        )
        if prepared.not_runnable:
            self.ledger.note(
                prepared.pointer,
                "not-runnable",
                f"the request is not sent: {prepared.not_runnable}",
                FindingSeverity.ERROR,
            )
        digest = hashlib.sha256(step.model_dump_json().encode()).hexdigest()
        origin = Provenance(
            file=self.source.name,
            file_sha256=self.sha256,
            pointer=prepared.pointer,
            imported_sha256=digest,
        )
        return step.model_copy(update={"provenance": origin})

    def result(self, dialect: Dialect) -> ImportResult:
        """The plan of all commands and the account."""
        defaults, steps = common_policies(self.steps)
        name = self.options.name or _plan_name(self.source.name)
        texts = "".join(step.model_dump_json() for step in steps)
        plan = Plan(
            name=name,
            variables=self.marks.plan_variables(texts),
            defaults=defaults,
            tasks=(Task(name=name, steps=tuple(steps)),) if steps else (),
        )
        self._note_templates(texts)
        if steps:
            self.ledger.note(
                "1:1",
                "curl-defaults",
                "requests without -A carry hazard's User-Agent, not curl's",
                fix="add -A to the command where a server looks at it",
            )
        if dialect is not Dialect.BASH:
            self.ledger.note("1:1", "dialect", f"read as a command of {dialect.value}")
        return hide_secrets(
            ImportResult(
                plan=plan,
                format="curl",
                records=tuple(self.ledger.records),
                findings=tuple(self.ledger.findings),
            )
        )

    def _note_templates(self, texts: str) -> None:
        """Braces that the command itself holds read as templates in a plan."""
        names = dict.fromkeys(re.findall(r"\{\{([^{}]*)\}\}", texts))
        foreign = [name for name in names if name not in self.marks.variables]
        if foreign:
            self.ledger.note(
                "1:1",
                "braces-in-text",
                f"names in double braces are variables of the plan: {', '.join(foreign[:5])}",
                why="they are sent as they stand as long as nothing defines them; $functions are "
                "evaluated",
            )


_BYTES_OF_AN_ELEMENT = 500


def _size_of(operation: Operation) -> int:
    """About how many bytes a plan takes in memory for one request of an operation."""
    texts = [
        operation.data or "",
        *operation.headers,
        *(part.text or "" for part in operation.form),
    ]
    fields = len(texts) + texts[0].count("&")
    # A part of several files is a body of its own.
    fields += 40 * sum(1 for part in operation.form if part.parts)
    return sum(map(len, texts)) + fields * _BYTES_OF_AN_ELEMENT


def _runs_another(words: list[Word]) -> bool:
    """True for programs that run the command behind them: `env A=b curl …`, `timeout 5 curl …`."""
    return words[0].text in ("env", "timeout", "nice", "xargs", "watch", "PS", "proxychains")


def _plan_name(name: str) -> str:
    base = re.split(r"[/\\]", name)[-1]
    return "curl" if base in ("-", "paste", "") else base.rsplit(".", 1)[0] or base


def step_name(request: Request) -> str:
    """`METHOD /path`, without the query."""
    path = re.sub(r"^(?:https?://)?(?:[^/?{]|\{\{[^{}]*\}\})*", "", request.url).split("?", 1)[0]
    return f"{request.effective_method} {path or '/'}"[:200]


def common_policies(steps: list[Step]) -> tuple[Policies | None, list[Step]]:
    """What all requests agree on becomes the plan's default; the steps keep the rest."""
    policies = [step.request.policies for step in steps if step.request and step.request.policies]
    if not policies:
        return None, steps
    shared: dict[str, Any] = {
        name: getattr(policies[0], name)
        for name in Policies.model_fields
        if getattr(policies[0], name) not in (None, ())
        and name not in ("omit_headers", "resolve", "connect_to")
        and all(getattr(one, name) == getattr(policies[0], name) for one in policies)
    }
    trimmed: list[Step] = []
    for step in steps:
        if step.request is None or step.request.policies is None:
            trimmed.append(step)
            continue
        own = step.request.policies.model_copy(update=dict.fromkeys(shared))
        request = step.request.model_copy(update={"policies": None if own == Policies() else own})
        trimmed.append(step.model_copy(update={"request": request}))
    return Policies(**shared) if shared else None, trimmed
