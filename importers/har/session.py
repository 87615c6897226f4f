"""The order and rhythm of a recording: redirect chains, pages, bursts and thinking times."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import urljoin, urlsplit

from importers.har.entry import Entry

REDIRECTS = frozenset((301, 302, 303, 307, 308))
_LOOK_AHEAD = 60
"""Entries that are searched for the next hop of a redirect."""


@dataclass(slots=True)
class Exchange:
    """A request of the plan: an entry and the redirect hops behind it."""

    entry: Entry
    hops: list[Entry] = field(default_factory=list)

    @property
    def end(self) -> float:
        """When the last answer was complete."""
        return max(entry.end for entry in (self.entry, *self.hops))

    @property
    def keeps_method(self) -> bool:
        """True when a 301, 302 or 303 was followed with the same method, which is not GET."""
        sent = [self.entry, *self.hops]
        return any(
            before.status in (301, 302, 303)
            and before.method not in ("GET", "HEAD")
            and after.method == before.method
            for before, after in pairwise(sent)
        )


@dataclass(slots=True)
class Burst:
    """Exchanges that were under way at the same time; often just one."""

    exchanges: list[Exchange]


@dataclass(slots=True)
class Page:
    """A page and what it loaded."""

    reference: str
    bursts: list[Burst] = field(default_factory=list)

    @property
    def exchanges(self) -> list[Exchange]:
        """All of them in order."""
        return [exchange for burst in self.bursts for exchange in burst.exchanges]

    @property
    def start(self) -> float:
        """When its first request was sent."""
        return self.bursts[0].exchanges[0].entry.started

    @property
    def end(self) -> float:
        """When its last answer was complete."""
        return max(exchange.end for exchange in self.exchanges)


def in_order(entries: list[Entry]) -> list[Entry]:
    """Entries by the time they were sent; those of the same moment as they stand in the file, but
    with an answer's redirect target behind it."""
    return sorted(entries, key=lambda entry: (entry.started, entry.index))


def fold_redirects(entries: list[Entry]) -> list[Exchange]:
    """Joins each redirect answer with the entry that the browser sent because of it."""
    exchanges: list[Exchange] = []
    folded: set[int] = set()
    for position, entry in enumerate(entries):
        if entry.index in folded:
            continue
        exchange = Exchange(entry)
        current, at = entry, position
        while (found := _next_hop(entries, at, current, folded)) is not None:
            at = found
            current = entries[found]
            folded.add(current.index)
            exchange.hops.append(current)
        exchanges.append(exchange)
    return exchanges


def _next_hop(entries: list[Entry], at: int, entry: Entry, folded: set[int]) -> int | None:
    """Position of the entry that follows a redirect; None when there is none."""
    if entry.status not in REDIRECTS or not entry.location:
        return None
    try:
        target = _address(urljoin(entry.url, entry.location))
    except ValueError:
        return None
    for position in range(at + 1, min(at + 1 + _LOOK_AHEAD, len(entries))):
        other = entries[position]
        if other.index in folded or _address(other.url) != target:
            continue
        if other.method in ("GET", "HEAD") or other.method == entry.method:
            return position
    return None


def _address(url: str) -> tuple[str, str, str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", "", url, ""
    return parts.scheme, parts.netloc.lower(), parts.path or "/", parts.query


def pages_of(exchanges: list[Exchange], *, pages_are_navigations: bool) -> list[Page]:
    """Splits the exchanges into pages: by the recorder's page references where it makes one for
    each navigation, else also at each request that loads a document."""
    pages: list[Page] = []
    for exchange in exchanges:
        reference = exchange.entry.page
        starts = not pages or pages[-1].reference != reference
        if not pages_are_navigations and not starts:
            starts = _navigates(exchange.entry)
        if starts:
            pages.append(Page(reference))
        _join(pages[-1], exchange)
    return pages


def _navigates(entry: Entry) -> bool:
    target = entry.header("sec-fetch-dest")
    if target is not None:
        return target == "document"
    if entry.resource_type:
        return entry.resource_type == "document"
    accept = entry.header("accept") or ""
    return accept.startswith("text/html") and entry.header("x-requested-with") is None


def _join(page: Page, exchange: Exchange) -> None:
    """An exchange joins the burst before it when none of that burst had ended; the document of a
    page stands alone."""
    if len(page.bursts) > 1 or (page.bursts and not _navigates(page.bursts[0].exchanges[0].entry)):
        last = page.bursts[-1]
        if exchange.entry.started < min(one.end for one in last.exchanges):
            last.exchanges.append(exchange)
            return
    page.bursts.append(Burst([exchange]))
