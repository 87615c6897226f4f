"""Requests as a snippet describes them, and the plan that is made of them."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from dataclasses import dataclass, field

from hazard_tui.plan.base import Pair, Provenance
from hazard_tui.plan.findings import FindingSeverity
from hazard_tui.plan.model import Plan, Step, Task, Variable
from hazard_tui.plan.request import Body, FileBody, FileRef, Policies, Request, TextBody
from importers.curl import decode_text
from importers.findings import ImportOptions, ImportResult, Ledger, Source
from importers.hiding import hide_secrets

OF_THE_CONNECTION = frozenset(
    ["host", "content-length", "connection", "keep-alive", "proxy-connection", "te", "upgrade",
     "transfer-encoding", "expect", "trailer"]
)  # fmt: skip
"""Headers that the engine makes for its own connection."""


@dataclass(slots=True)
class Described:
    """One request."""

    pointer: str
    method: str = "GET"
    url: str = ""
    name: str = ""
    headers: list[Pair] = field(default_factory=list)
    body: str | None = None
    body_file: str = ""
    follow_redirects: bool = True
    cookies: bool = True
    verify_tls: bool = True
    timeout_ms: int = 0
    max_redirects: int | None = None
    not_runnable: str = ""

    def header(self, name: str) -> str:
        """Value of the first header of this name; empty when there is none."""
        return next((one.value for one in self.headers if one.name.lower() == name), "")


class Places:
    """`line:column` of offsets in a text."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def at(self, offset: int) -> str:
        line = bisect_right(self._starts, offset)
        return f"{line}:{offset - self._starts[line - 1] + 1}"


def read_text(source: Source, ledger: Ledger) -> str:
    """The text of a snippet. Bytes that are no UTF-8 are replaced, with a finding."""
    text = decode_text(source.data)
    clean = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if clean != text:
        ledger.note(
            "1:1",
            "not-utf-8",
            "bytes that are no UTF-8 text were replaced",
            FindingSeverity.WARNING,
            fix="save the text as UTF-8",
        )
    return clean


def result_of(
    format: str,
    source: Source,
    options: ImportOptions,
    ledger: Ledger,
    requests: list[Described],
    variables: tuple[Variable, ...] = (),
) -> ImportResult:
    """One task with a step for each request, and the account."""
    sha256 = hashlib.sha256(source.data).hexdigest()
    base = re.split(r"[/\\]", source.name)[-1]
    plain = base in ("-", "paste", "standard input", "")
    name = options.name or (format if plain else base.rsplit(".", 1)[0] or base)
    steps = tuple(_step(one, source, sha256, ledger) for one in requests)
    plan = Plan(
        name=name,
        variables=variables,
        tasks=(Task(name=name, steps=steps),) if steps else (),
    )
    return hide_secrets(
        ImportResult(
            plan=plan,
            format=format,
            records=tuple(ledger.records),
            findings=tuple(ledger.findings),
        )
    )


def _step(one: Described, source: Source, sha256: str, ledger: Ledger) -> Step:
    if one.not_runnable:
        ledger.note(
            one.pointer,
            "not-runnable",
            f"the request is not sent: {one.not_runnable}",
            FindingSeverity.ERROR,
        )
    path = re.sub(r"^(?:https?://)?(?:[^/?{]|\{\{[^{}]*\}\})*", "", one.url).split("?", 1)[0]
    step = Step(
        name=one.name or f"{one.method} {path or '/'}"[:200],
        request=Request(
            method=one.method,
            url=one.url,
            headers=tuple(one.headers),
            body=_body(one),
            policies=_policies(one),
        ),
        not_runnable=one.not_runnable,
    )
    digest = hashlib.sha256(step.model_dump_json().encode()).hexdigest()
    origin = Provenance(
        file=source.name, file_sha256=sha256, pointer=one.pointer, imported_sha256=digest
    )
    return step.model_copy(update={"provenance": origin})


def _body(one: Described) -> Body | None:
    if one.body_file:
        return Body(file=FileBody(file=FileRef(path=one.body_file)))
    return None if one.body is None else Body(text=TextBody(content=one.body))


def _policies(one: Described) -> Policies | None:
    policies = Policies(
        follow_redirects=True if one.follow_redirects else None,
        max_redirects=one.max_redirects,
        cookies=None if one.cookies else False,
        verify_tls=None if one.verify_tls else False,
        timeout_ms=one.timeout_ms or None,
    )
    return None if policies == Policies() else policies
