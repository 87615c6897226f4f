"""Recorded exchanges to the steps of a plan, with an account of every recorded element."""

from __future__ import annotations

import hashlib
import re
from collections import Counter

from hazard_tui.plan.base import Pair, Provenance
from hazard_tui.plan.findings import FindingSeverity
from hazard_tui.plan.model import Step
from hazard_tui.plan.request import Body, Policies, Request
from importers.findings import Fate, Ledger, Record, Source
from importers.har.bodies import Repaired, repaired_body
from importers.har.cookies import RecordedJar, split_cookies
from importers.har.entry import Entry
from importers.har.naming import Routes, entry_name
from importers.har.session import Exchange

_GENERATED = frozenset(
    (
        "host",
        "content-length",
        "connection",
        "proxy-connection",
        "keep-alive",
        "transfer-encoding",
        "upgrade",
        "http2-settings",
        "te",
        "trailer",
        "expect",
        "proxy-authorization",
    )
)
"""Headers of one connection, which the engine makes for its own."""
_CACHE = frozenset(
    ("if-none-match", "if-modified-since", "if-match", "if-unmodified-since", "if-range")
)
_REASONS = {
    "pseudo": "a pseudo header of HTTP/2 repeats method and URL",
    "generated": "the engine makes its own for each request",
    "cache": "the cache of the recording browser is not part of a user",
    "type": "the engine makes it from the body",
    "malformed": "it has no name",
    "tools": "it was added by the browser's developer tools",
    "encoding": "the recorded body is decoded",
}
_MADE_ANEW = frozenset(("pseudo", "generated", "type", "encoding"))
"""Keys of reasons with which what the header says is sent all the same."""


class StepMaker:
    """Makes the steps of one recording, in its order."""

    def __init__(
        self,
        source: Source,
        sha256: str,
        ledger: Ledger,
        routes: Routes,
        *,
        with_hosts: bool,
    ) -> None:
        self.source = source
        self.routes = routes
        self.sha256 = sha256
        self.ledger = ledger
        self.jar = RecordedJar()
        self.with_hosts = with_hosts
        self.seeds: Counter[str] = Counter()
        self.without_cookies = 0
        self._pairs: dict[tuple[str, str], Pair] = {}

    def step(self, exchange: Exchange) -> Step:
        """One step; its redirect hops are followed."""
        entry = exchange.entry
        repaired = repaired_body(entry)
        headers = self._headers(entry, repaired)
        self._account_rest(entry, repaired)
        if repaired.reason:
            self._record(entry, "", "entry", Fate.CHANGED, repaired.reason)
        else:
            self._record(entry, "", "entry", Fate.KEPT)
        policies = self._policies(exchange)
        self.jar.learn(entry.url, entry.set_cookies)
        for hop in exchange.hops:
            self.drop_all(hop, Fate.CHANGED, "part of a redirect chain, which is followed")
            self.jar.learn(hop.url, hop.set_cookies)
        url = entry.url.split("#", 1)[0]
        request = Request(
            method=entry.method,
            url=url,
            query=() if "?" in url else self._query(entry),
            headers=tuple(headers),
            body=repaired.body,
            policies=policies,
        )
        return self._finished(entry, request, repaired)

    def _policies(self, exchange: Exchange) -> Policies | None:
        """Redirects that were followed, and cookies that were left out: by `credentials`, by the
        rules about other sites."""
        entries = (exchange.entry, *exchange.hops)
        bare = exchange.entry.header("sec-fetch-mode") is not None and not any(
            one.header("cookie") is not None or one.cookies or one.set_cookies for one in entries
        )
        cookies = False if bare and self.jar.sends_any(exchange.entry.url) else None
        self.without_cookies += cookies is False
        if not exchange.hops:
            return None if cookies is None else Policies(cookies=False)
        return Policies(
            follow_redirects=True,
            keep_method_on_redirect=True if exchange.keeps_method else None,
            cookies=cookies,
        )

    def _finished(self, entry: Entry, request: Request, repaired: Repaired) -> Step:
        for problem in repaired.problems:
            self.ledger.note(
                f"{entry.pointer}/request/postData",
                problem.code,
                problem.what,
                problem.severity,
                fix=problem.fix,
            )
        step = Step(
            name=entry_name(entry, self.routes, with_host=self.with_hosts),
            request=request,
            not_runnable=repaired.not_runnable,
        )
        origin = Provenance(
            file=self.source.name,
            file_sha256=self.sha256,
            pointer=entry.pointer,
            imported_sha256=hashlib.sha256(step.model_dump_json().encode()).hexdigest(),
        )
        return step.model_copy(update={"provenance": origin})

    def _headers(self, entry: Entry, repaired: Repaired) -> list[Pair]:
        """Headers to send; records every recorded header."""
        headers: list[Pair] = []
        for position, header in enumerate(entry.headers):
            pointer = f"request/headers/{position}"
            why = _why_not_sent(header.name, entry, repaired)
            if why:
                fate = Fate.CHANGED if why in _MADE_ANEW else Fate.DROPPED
                self._record(entry, pointer, "header", fate, _REASONS[why], header.name or "")
            elif header.name is not None and header.name.lower() == "cookie":
                self._cookie_header(entry, pointer, header.value, headers)
            else:
                name, value = header.name or "", header.value
                clean = re.sub(r"[\r\n\x00]+", " ", value).strip()
                fate = Fate.KEPT if clean == value else Fate.CHANGED
                reason = "" if fate is Fate.KEPT else "line breaks cannot stand in a header"
                self._record(entry, pointer, "header", fate, reason, name)
                headers.append(self._pair(name, clean))
        if entry.header("cookie") is None and entry.cookies:
            listed = "; ".join(f"{one.name}={one.value}" for one in entry.cookies if one.name)
            self._cookie_header(entry, "", listed, headers)
        return headers

    def _query(self, entry: Entry) -> tuple[Pair, ...]:
        """The recorded query; where the URL holds it, as it should, the list only repeats it."""
        return tuple(self._pair(one.name, one.value) for one in entry.query if one.name is not None)

    def _pair(self, name: str, value: str) -> Pair:
        known = self._pairs.get((name, value))
        if known is None:
            known = self._pairs[name, value] = Pair(name=name, value=value)
        return known

    def _cookie_header(self, entry: Entry, pointer: str, value: str, headers: list[Pair]) -> None:
        """Keeps the cookies that no recorded answer has set."""
        cookies = split_cookies(value)
        seeds = [cookie for cookie in cookies if not self.jar.sends(entry.url, cookie.name)]
        self.seeds.update(cookie.name for cookie in seeds)
        if seeds:
            headers.append(self._pair("Cookie", "; ".join(cookie.text for cookie in seeds)))
        if not pointer:
            return
        if len(seeds) == len(cookies):
            self._record(entry, pointer, "header", Fate.KEPT, "", "Cookie")
            return
        reason = "cookies that the server set come from the user's jar"
        self._record(entry, pointer, "header", Fate.CHANGED, reason, "Cookie")

    def _account_rest(self, entry: Entry, repaired: Repaired) -> None:
        """Records cookies, query and form fields, and the body."""
        for position, cookie in enumerate(entry.cookies):
            pointer = f"request/cookies/{position}"
            if cookie.name is None:
                self._record(entry, pointer, "cookie", Fate.DROPPED, _REASONS["malformed"])
            elif self.jar.sends(entry.url, cookie.name):
                reason = "the server set it; the user's jar sends it"
                self._record(entry, pointer, "cookie", Fate.CHANGED, reason, cookie.name)
            else:
                self._record(entry, pointer, "cookie", Fate.KEPT, "", cookie.name)
        for position, query in enumerate(entry.query):
            pointer, fate, reason = f"request/queryString/{position}", Fate.KEPT, ""
            if query.name is None and "?" not in entry.url:
                fate, reason = Fate.DROPPED, _REASONS["malformed"]
            self._record(entry, pointer, "query", fate, reason, query.name or "")
        for position, param in enumerate(entry.post.params):
            pointer = f"request/postData/params/{position}"
            named = param.name is not None
            fate, reason = (Fate.KEPT, "") if named else (Fate.DROPPED, _REASONS["malformed"])
            self._record(entry, pointer, "param", fate, reason, param.name or "")
        if entry.post.text:
            fate = Fate.CHANGED if repaired.reason else Fate.KEPT
            self._record(entry, "request/postData/text", "body", fate, repaired.reason)

    def drop_all(self, entry: Entry, fate: Fate, reason: str) -> None:
        """An entry that makes no step of its own, with all its elements."""
        self._record(entry, "", "entry", fate, reason)
        lists = (
            ("headers", "header", entry.headers),
            ("cookies", "cookie", entry.cookies),
            ("queryString", "query", entry.query),
        )
        for key, kind, items in lists:
            for position, item in enumerate(items):
                pointer = f"request/{key}/{position}"
                self._record(entry, pointer, kind, fate, reason, item.name or "")
        for position, param in enumerate(entry.post.params):
            pointer = f"request/postData/params/{position}"
            self._record(entry, pointer, "param", fate, reason, param.name or "")
        if entry.post.text:
            self._record(entry, "request/postData/text", "body", fate, reason)

    def _record(
        self, entry: Entry, path: str, kind: str, fate: Fate, reason: str = "", name: str = ""
    ) -> None:
        pointer = f"{entry.pointer}/{path}" if path else entry.pointer
        self.ledger.records.append(Record(pointer, kind, fate, name, reason))

    def note_cookies(self) -> None:
        """A finding for the cookies that stand in requests, one for requests without cookies."""
        if self.without_cookies:
            self.ledger.note(
                "/log/entries",
                "without-cookies",
                f"requests that are sent without the user's cookies: {self.without_cookies}",
                why="the browser left them out, as for other sites or `credentials: 'omit'`",
            )
        if not self.seeds:
            return
        names = ", ".join(sorted(self.seeds)[:10])
        self.ledger.note(
            "/log/entries",
            "cookie-seed",
            f"cookies that no recorded answer sets are sent as recorded: {names}",
            FindingSeverity.WARNING,
            why="every user sends the same values",
            fix="remove them, or make them variables",
        )


def _why_not_sent(name: str | None, entry: Entry, repaired: Repaired) -> str:
    """Key of `_REASONS`; empty when the header is sent."""
    if name is None:
        return "malformed"
    lower = name.lower()
    if not lower.strip() or lower.startswith(":"):
        return "pseudo" if lower.startswith(":") else "malformed"
    if lower in _GENERATED:
        return "generated"
    if lower in _CACHE and entry.method in ("GET", "HEAD"):
        return "cache"
    if lower == "content-type" and (repaired.replaces_content_type or not _sends_body(repaired)):
        return "type" if repaired.replaces_content_type else ""
    if lower.startswith("x-devtools-"):
        return "tools"
    return "encoding" if lower == "content-encoding" and _sends_body(repaired) else ""


def _sends_body(repaired: Repaired) -> bool:
    body: Body | None = repaired.body
    return body is not None
