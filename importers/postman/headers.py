"""Headers of one request, as Postman's runtime sends them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from hazard_tui.plan.base import Pair
from hazard_tui.plan.findings import FindingSeverity
from hazard_tui.plan.request import PRUNED_METHODS, Body
from importers.findings import Ledger
from importers.postman.document import Node, description_of, scalar_text
from importers.secrets import SecretKeeper

ACCEPT_ENCODING = "gzip, deflate, br"
"""What Postman asks for; the engine adds User-Agent and `Accept: */*` by itself."""

Note = Callable[[str, str], None]
"""Takes a code and what happened."""

_HEADER_LINE = re.compile(r"^\s*(//\s*)?([^:\s]+)\s*:(.*)$")
_FORM_TYPE = re.compile(r"application/x-www-form-urlencoded\b")
_BOUNDARY = re.compile(r'multipart/form-data;.*boundary=(?:"([^"]+)"|([^;]+))')
"""Types that the runtime keeps for a form, with the boundary it takes from them."""


def read_headers(node: Node, ledger: Ledger, keeper: SecretKeeper) -> tuple[Pair, ...]:
    """Headers in order with their spelling."""
    if node.is_text:
        pairs = list(_header_lines(node, ledger, keeper))
    else:
        pairs = _header_list(node, ledger, keeper)
    return joined_cookies(
        _without_overridden(pairs, node, ledger),
        lambda code, what: ledger.note(node.pointer, code, what),
    )


def _without_overridden(pairs: list[Pair], node: Node, ledger: Ledger) -> tuple[Pair, ...]:
    """The headers with those switched off that Postman overrides: it sends a header that is
    repeated as often as it stands, but of two spellings of a name only the later one."""
    last: dict[str, str] = {}
    seen: set[str] = set()
    for pair in pairs:
        if not pair.disabled and pair.name not in seen:
            seen.add(pair.name)
            last[pair.name.lower()] = pair.name
    kept = []
    for pair in pairs:
        winner = last.get(pair.name.lower(), pair.name)
        if not pair.disabled and pair.name != winner:
            ledger.note(
                node.pointer,
                "overridden-header",
                f"the header {pair.name!r} is switched off: Postman sends {winner!r} instead",
            )
            pair = pair.model_copy(update={"disabled": True})
        kept.append(pair)
    return tuple(kept)


def joined_cookies(pairs: tuple[Pair, ...], note: Note) -> tuple[Pair, ...]:
    """The headers with several Cookie headers as one: Node joins them, unlike any others."""
    places = [
        at for at, pair in enumerate(pairs) if pair.name.lower() == "cookie" and not pair.disabled
    ]
    if len(places) < 2:
        return pairs
    note("joined-cookies", "Cookie headers are sent as one, as Postman does")
    text = "; ".join(pairs[at].value for at in places)
    changes: dict[int, dict[str, Any]] = {at: {"disabled": True} for at in places[1:]}
    changes[places[0]] = {"value": text}
    return tuple(
        pair.model_copy(update=changes[at]) if at in changes else pair
        for at, pair in enumerate(pairs)
    )


def _header_list(node: Node, ledger: Ledger, keeper: SecretKeeper) -> list[Pair]:
    pairs = []
    for one in node.items():
        if one.is_text:
            name, _, text = one.value.partition(":")
            ledger.keep(one.pointer, "header", name.strip())
            pairs.append(Pair(name=name.strip(), value=keeper.in_header(name, text.strip())))
            continue
        name, value = one.text_at("key"), one.get("value")
        if not name:
            ledger.drop(
                one.pointer,
                "header",
                "it has no name, so Postman does not send it",
                severity=FindingSeverity.INFO,
            )
            continue
        ledger.keep(one.pointer, "header", name)
        # A value of null is sent as the word.
        written = isinstance(one.value, dict) and "value" in one.value
        text = scalar_text(value.value) if written else ""
        pairs.append(
            Pair(
                name=name,
                value=keeper.in_header(name, text),
                disabled=one.flag("disabled"),
                description=description_of(one),
            )
        )
    return pairs


def _header_lines(node: Node, ledger: Ledger, keeper: SecretKeeper) -> tuple[Pair, ...]:
    pairs = []
    for number, line in enumerate(node.value.splitlines()):
        match = _HEADER_LINE.match(line)
        if match is None:
            continue
        off, name, value = match.groups()
        pointer = f"{node.pointer}#{number}"
        ledger.keep(pointer, "header", name)
        value = keeper.in_header(name, value.strip())
        pairs.append(Pair(name=name, value=value, disabled=bool(off)))
    return tuple(pairs)


def sent_content_type(headers: tuple[Pair, ...]) -> str:
    """Value of the first Content-Type that is sent; empty for none."""
    return next(
        (
            pair.value
            for pair in headers
            if not pair.disabled and pair.name.strip().lower() == "content-type"
        ),
        "",
    )


def with_accept_encoding(headers: tuple[Pair, ...], omitted: tuple[str, ...]) -> tuple[Pair, ...]:
    """The headers with the Accept-Encoding that Postman adds."""
    names = {pair.name.strip().lower() for pair in headers if not pair.disabled}
    if "accept-encoding" in names or "accept-encoding" in {name.lower() for name in omitted}:
        return headers
    added = Pair(
        name="Accept-Encoding", value=ACCEPT_ENCODING, description="added, as Postman does"
    )
    return (*headers, added)


def for_form(
    headers: tuple[Pair, ...],
    body: Body | None,
    method: str,
    policies: dict[str, Any],
    note: Note,
) -> tuple[tuple[Pair, ...], Body | None]:
    """The headers and the body of a form, which agree about the type: unless a behaviour leaves the
    Content-Type to the headers, Postman replaces one that is not the form's, and takes the
    boundary from one that is."""
    form = body is not None and (body.urlencoded is not None or body.multipart is not None)
    omitted = {name.lower() for name in policies.get("omit_headers", ())}
    pruned = method.upper() in PRUNED_METHODS and not policies.get("send_body_with_get")
    typed = [
        pair.value
        for pair in headers
        if not pair.disabled and pair.name.strip().lower() == "content-type"
    ]
    if body is None or not form or not typed or pruned or "content-type" in omitted:
        return headers, body
    if len(typed) == 1 and "{{" not in typed[0]:
        if body.urlencoded is not None and _FORM_TYPE.match(typed[0]):
            return headers, body
        if body.multipart is not None and (found := _BOUNDARY.match(typed[0])):
            boundary = found[1] or found[2]
            parts = body.multipart.model_copy(update={"boundary": boundary})
            return headers, body.model_copy(update={"multipart": parts})
    shown = " and ".join(repr(value) for value in typed)
    note("form-type", f"the Content-Type {shown} is switched off: Postman sends the form's own")
    return tuple(
        pair.model_copy(update={"disabled": True})
        if pair.name.strip().lower() == "content-type"
        else pair
        for pair in headers
    ), body
