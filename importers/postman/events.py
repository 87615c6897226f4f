"""Scripts of a collection: inherited in Postman's order, translated where a plan can say them.

Postman runs the scripts of the collection, then of each folder, then of the request, every one in a
scope of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from hazard_tui.plan.findings import FindingSeverity
from hazard_tui.plan.model import Jump, Pause
from hazard_tui.plan.request import Request, Script
from hazard_tui.plan.rules import Assertion, Extractor
from importers.findings import Fate, Ledger, Record
from importers.postman.document import ID_FIELDS, Node
from importers.scripts import Translation, missing_libraries, translate_script
from importers.scripts.jumps import overriding, without_idle_saves
from importers.secrets import has_format_of_secret

LISTENERS = ("prerequest", "test")


@dataclass(frozen=True, slots=True)
class Event:
    """One script and its place."""

    listen: str
    source: str
    pointer: str
    is_jumped_to: bool = False
    """Some setNextRequest may lead to a request that runs it."""


@dataclass(slots=True)
class Assembled:
    """What the scripts of one request became."""

    before: Script | None = None
    after: Script | None = None
    extractors: list[Extractor] = field(default_factory=list)
    assertions: list[Assertion] = field(default_factory=list)
    requests_before: list[Request] = field(default_factory=list)
    requests_after: list[Request] = field(default_factory=list)
    pauses_before: list[Pause] = field(default_factory=list)
    pauses_after: list[Pause] = field(default_factory=list)
    jumps: list[Jump] = field(default_factory=list)
    """Of these the first whose condition holds is taken."""


_FILLED_IN = re.compile(r"sendRequest\b.*\{\{[^{}]+\}\}", re.DOTALL)
_NEXT = re.compile(r"""setNextRequest\s*\((?:\s*(?:(["'])(?P<name>.*?)\1|null)\s*\))?""")


def next_requests(sources: Iterable[str]) -> frozenset[str] | None:
    """Names and ids that calls of setNextRequest give; None when one of them is computed."""
    calls = [call for source in sources for call in _NEXT.finditer(source)]
    if any(not call[0].endswith(")") for call in calls):
        return None
    return frozenset(call["name"] for call in calls if call["name"])


def source_of(event: Node) -> str:
    """Text of an event's script, whose `exec` is a list of lines or a text."""
    script = event.get("script")
    if script.is_text:
        return str(script.value)
    if script.is_list:
        return "\n".join(script.texts())
    code = script.get("exec")
    return "\n".join(code.texts()) if code.is_list else code.text()


class ScriptReader:
    """Reads, translates and records the scripts of one collection."""

    def __init__(
        self,
        ledger: Ledger,
        is_undefined: Callable[[str], bool],
        jumped_to: frozenset[str] | None = frozenset(),
    ) -> None:
        """`jumped_to`: requests that scripts name as the next; None: any."""
        self.ledger = ledger
        self.is_undefined = is_undefined
        self.jumped_to = jumped_to
        self.statements = 0
        self.translated_statements = 0
        self.console = 0
        self.scripts = 0
        self.translated_scripts = 0
        self._known: dict[str, Translation] = {}
        # The same script stands on many requests of a large collection.
        self._missing = lru_cache(maxsize=None)(missing_libraries)
        self._secret = lru_cache(maxsize=None)(has_format_of_secret)

    def read(self, owner: Node) -> tuple[Event, ...]:
        """Scripts of a collection, folder or request; each is recorded once, here."""
        events = []
        is_jumped_to = self._is_jumped_to(owner)
        for node in owner.get("event").items():
            listen = node.text_at("listen")
            source = source_of(node)
            if not source.strip():
                self.ledger.records.append(Record(node.pointer, "script", Fate.KEPT, "empty"))
            elif listen not in LISTENERS:
                reason = f"Postman's runner has no event {listen!r}"
                self.ledger.drop(node.pointer, "script", reason, name=listen)
            else:
                event = Event(listen, source, node.pointer, is_jumped_to)
                self._record(event)
                events.append(event)
        return tuple(events)

    def _is_jumped_to(self, owner: Node) -> bool:
        if self.jumped_to is None:
            return True
        if not owner.holds("request"):  # a collection or folder: one of its requests may be
            return bool(self.jumped_to)
        return any(owner.text_at(key) in self.jumped_to for key in ("name", *ID_FIELDS))

    def translation(self, source: str) -> Translation:
        """The translation of a script, made once."""
        if source not in self._known:
            self._known[source] = translate_script(source, self.is_undefined)
        return self._known[source]

    def _record(self, event: Event) -> None:
        translation = self.translation(event.source)
        usable = translation.complete and not self._needed(event, translation)
        self.scripts += 1
        self.statements += translation.statements
        self.console += translation.console if usable else 0
        self.translated_scripts += usable
        self.translated_statements += translation.statements if usable else 0
        missing = () if usable else self._missing(event.source)
        if missing:
            self.ledger.change(
                event.pointer,
                "script",
                f"it needs {', '.join(missing)}, which the engine does not have",
                name=event.listen,
                code="missing-library",
                severity=FindingSeverity.WARNING,
                fix="rewrite it without, or switch the request off",
            )
        else:
            self.ledger.keep(event.pointer, "script", event.listen)
            if not usable:
                self._note_kept(event, translation)
        for name in translation.decided if usable else ():
            self.ledger.note(
                event.pointer,
                "decided-condition",
                f"a condition on {name!r}, which nothing defines, was decided as undefined",
                fix=f"import again when {name!r} gets a value",
            )
        if _FILLED_IN.search(event.source) and "replaceIn" not in event.source:
            self.ledger.note(
                event.pointer,
                "variables-in-sent-request",
                "the variables in braces of what pm.sendRequest sends are filled in",
                why="Postman sends the braces as they stand",
            )
        kind = self._secret(event.source)
        if kind:
            self.ledger.note(
                event.pointer,
                "secret-in-script",
                f"the script holds something that looks like a secret ({kind})",
                FindingSeverity.WARNING,
                fix="put it into a variable of type secret",
            )

    def _needed(self, event: Event, translation: Translation) -> bool:
        """True for a script before the request that is no step of its own: it sets variables, which
        a plan does only after answers, or a jump to the request would pass by the step."""
        if event.listen != "prerequest":
            return False
        around = event.is_jumped_to and (translation.requests or translation.pauses)
        late = any(jump.when is not None for jump in translation.jumps)
        return bool(translation.extractors or translation.assertions or around or late)

    def _note_kept(self, event: Event, translation: Translation) -> None:
        why = translation.obstacle or "it has to run with each sending of its request"
        self.ledger.note(
            event.pointer,
            "script-kept",
            f"the {event.listen} script stays JavaScript and is run by the engine",
            why=why,
        )

    def assemble(self, events: tuple[Event, ...]) -> Assembled:
        """The scripts of one request, those that it inherits first."""
        result = Assembled()
        self._prerequest([one for one in events if one.listen == "prerequest"], result)
        self._test([one for one in events if one.listen == "test"], result)
        return result

    def _prerequest(self, events: list[Event], result: Assembled) -> None:
        translations = [self.translation(event.source) for event in events]
        kept = [
            event
            for event, translation in zip(events, translations, strict=True)
            if not translation.complete or self._needed(event, translation)
        ]
        if kept:
            # Order matters between scripts, so all stay; those that do nothing may go.
            result.before = joined_script(
                [
                    event
                    for event, translation in zip(events, translations, strict=True)
                    if event in kept or not _does_nothing(translation)
                ]
            )
            return
        for translation in translations:
            result.requests_before += _requests(translation)
            result.pauses_before += translation.pauses
            result.jumps = overriding(translation.jumps, result.jumps)

    def _test(self, events: list[Event], result: Assembled) -> None:
        pairs = [(event, self.translation(event.source)) for event in events]
        # Which request is next, only a script can say after a script.
        jumped = result.before is not None and "setNextRequest" in result.before.source
        kept = [event for event, one in pairs if not one.complete or (jumped and one.jumps)]
        said = [one for event, one in pairs if event not in kept]
        if kept and not all(_independent(one, kept) for one in said):
            result.after = joined_script(
                [event for event, one in pairs if event in kept or not _does_nothing(one)]
            )
            return
        result.after = joined_script(kept)
        for translation in said:
            result.extractors += translation.extractors
            result.assertions += translation.assertions
            result.requests_after += _requests(translation)
            result.pauses_after += translation.pauses
            result.jumps = overriding(translation.jumps, result.jumps)
        result.extractors = without_idle_saves(result.extractors, result.jumps)


def _does_nothing(translation: Translation) -> bool:
    return translation.complete and not (
        translation.extractors
        or translation.assertions
        or translation.requests
        or translation.pauses
        or translation.jumps
    )


def _independent(translation: Translation, kept: list[Event]) -> bool:
    """True when it may come before or after the kept scripts alike."""
    if translation.reads or translation.jumps or translation.requests:
        return False
    saved = {extractor.variable for extractor in translation.extractors}
    return not any(name in event.source for name in saved for event in kept)


def _requests(translation: Translation) -> list[Request]:
    return [
        request.model_copy(
            update={"extractors": tuple(extractors), "assertions": tuple(assertions)}
        )
        for request, extractors, assertions in translation.requests
    ]


def joined_script(events: list[Event]) -> Script | None:
    """Several scripts as one, each in a function of its own; None for none."""
    if not events:
        return None
    if len(events) == 1:
        return Script(source=events[0].source)
    parts = [f"(function () {{\n{event.source}\n}})();" for event in events]
    return Script(source="\n".join(parts))
