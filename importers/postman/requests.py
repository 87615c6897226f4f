"""URL, query and path variables of one request, and what it says about its connection."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from hazard_tui.plan.base import Pair
from hazard_tui.plan.findings import FindingSeverity
from hazard_tui.plan.request import Policies
from importers.findings import Ledger
from importers.postman.document import Node, description_of
from importers.secrets import SecretKeeper


@dataclass(frozen=True, slots=True)
class Address:
    """Where a request goes."""

    url: str
    query: tuple[Pair, ...] = ()
    path_variables: tuple[Pair, ...] = ()


def read_address(node: Node, ledger: Ledger, keeper: SecretKeeper) -> Address:
    """The address of a request. An object is read by its parts, as Postman does; `raw` only when
    there are none."""
    if not node.is_object:
        return _from_text(node.text(), node, ledger, keeper)
    base = _base(node)
    if not base:
        address = _from_text(node.get("raw").text(), node, ledger, keeper, node.get("query"))
    else:
        fragment = node.get("hash")
        url = base + (f"#{fragment.text()}" if fragment.is_text and fragment.value else "")
        address = Address(url, _query(node.get("query"), ledger, keeper))
    variables = _path_variables(node.get("variable"), ledger, keeper)
    url, variables = _with_suffixes(address.url, variables)
    return Address(keeper.in_url(url), address.query, variables)


def _base(node: Node) -> str:
    """Protocol, user, host, port and path; empty when there is no host and no path."""
    host, path = node.get("host"), node.get("path")
    host_text = ".".join(host.texts()) if host.is_list else host.text()
    segments = [_segment(one) for one in path.items()] if path.is_list else []
    if path.is_text:
        segments = path.value.removeprefix("/").split("/") if path.value else []
    if not host_text and not segments:
        return ""
    protocol = node.text_at("protocol")
    out = protocol if protocol.endswith("://") or not protocol else f"{protocol}://"
    auth = node.get("auth")
    if auth.get("user").is_text:
        out += auth.text_at("user")
        password = auth.get("password")
        out += f":{password.text()}@" if password.is_text else "@"
    out += host_text
    if node.holds("port"):
        out += f":{node.text_at('port')}"
    return out + "".join(f"/{segment}" for segment in segments)


def _with_suffixes(url: str, variables: tuple[Pair, ...]) -> tuple[str, tuple[Pair, ...]]:
    """`/:id.json`: Postman ends the name at the dot, the plan at the slash, so the value is written
    into the URL."""
    left = []
    for pair in variables:
        suffixed = re.compile(f"/:{re.escape(pair.name)}(?=\\.[^/]*)")
        if pair.disabled or not pair.name or not suffixed.search(url):
            left.append(pair)
        else:
            url = suffixed.sub(("/" + pair.value).replace("\\", "\\\\"), url)
    return url, tuple(left)


def _segment(node: Node) -> str:
    return node.text_at("value") if node.is_object else node.text()


def _from_text(
    text: str, node: Node, ledger: Ledger, keeper: SecretKeeper, query: Node | None = None
) -> Address:
    """An address in one text; a query list beside it replaces the query in the text."""
    bare, _, fragment = text.partition("#")
    base, mark, own = bare.partition("?")
    tail = f"#{fragment}" if fragment else ""
    if query is not None and query.value:
        return Address(base + tail, _query(query, ledger, keeper))
    pairs = []
    for number, piece in enumerate(own.split("&") if mark else ()):
        name, equals, value = piece.partition("=")
        pointer = f"{node.pointer}#query/{number}"
        pairs.append(Pair(name=name, value=keeper.in_field(name, value), no_equals=not equals))
        ledger.keep(pointer, "query", name)
    return Address(keeper.in_url(base + tail), tuple(pairs))


def _query(node: Node, ledger: Ledger, keeper: SecretKeeper) -> tuple[Pair, ...]:
    if node.is_text:
        pairs = []
        for number, piece in enumerate(node.value.split("&")):
            name, equals, value = piece.partition("=")
            pairs.append(Pair(name=name, value=value, no_equals=not equals))
            ledger.keep(f"{node.pointer}#{number}", "query", name)
        return tuple(pairs)
    if node.is_object:
        named = [(name, one) for name, one in node.fields()]
        for name, one in named:
            ledger.keep(one.pointer, "query", name)
        return tuple(Pair(name=name, value=one.text()) for name, one in named)
    return tuple(_query_pair(one, ledger, keeper) for one in node.items())


def _query_pair(node: Node, ledger: Ledger, keeper: SecretKeeper) -> Pair:
    if node.is_text:
        name, equals, text = node.value.partition("=")
        ledger.keep(node.pointer, "query", name)
        return Pair(name=name, value=text, no_equals=not equals)
    name, value = node.text_at("key"), node.get("value")
    if value.missing or value.is_text:
        ledger.keep(node.pointer, "query", name)
    else:
        ledger.change(
            node.pointer,
            "query",
            f"its value is not a text, and Postman then sends the name alone; {value.text()!r} "
            "is left out",
            name=name,
            fix="write the value as a text if it is meant to be sent",
        )
    return Pair(
        name=name,
        value=keeper.in_field(name, value.value) if value.is_text else "",
        no_equals=not value.is_text,
        disabled=node.flag("disabled"),
        description=description_of(node),
    )


def _path_variables(node: Node, ledger: Ledger, keeper: SecretKeeper) -> tuple[Pair, ...]:
    """Path variables in order; of one name only the last counts, also when it has no value."""
    pairs = []
    for one in node.items():
        name, value = one.get("key", "id").text(), one.get("value")
        empty = not (value.is_text and value.value)
        if empty and not value.missing and not value.is_text:
            ledger.change(
                one.pointer,
                "path variable",
                "its value is not a text; Postman leaves the name in the path",
                name=name,
            )
        else:
            ledger.keep(one.pointer, "path variable", name)
        pairs.append(
            Pair(
                name=name,
                value=keeper.in_text(value.text()),
                # Without a value Postman leaves `:name` in the path.
                disabled=empty,
                description=description_of(one),
            )
        )
    last = {pair.name: at for at, pair in enumerate(pairs)}
    return tuple(
        pair if last[pair.name] == at else pair.model_copy(update={"disabled": True})
        for at, pair in enumerate(pairs)
    )


def read_connection(request: Node, ledger: Ledger) -> dict[str, Any]:
    """Policies of `proxy` and `certificate` on a request."""
    fields: dict[str, Any] = {}
    proxy = request.get("proxy")
    if proxy.is_object:
        host, port = proxy.get("host").text(), proxy.get("port").text()
        if proxy.flag("disabled") or not host:
            reason = "it is switched off or names no host"
            ledger.drop(proxy.pointer, "proxy", reason, severity=FindingSeverity.INFO)
        else:
            fields["proxy"] = f"http://{host}:{port or '8080'}"
            ledger.keep(proxy.pointer, "proxy", host)
    certificate = request.get("certificate")
    if certificate.is_object:
        key = certificate.get("key").get("src").text()
        cert = certificate.get("cert").get("src").text()
        if key and cert:
            fields |= {"cert_file": cert, "key_file": key}
            ledger.keep(certificate.pointer, "certificate")
        else:
            ledger.drop(certificate.pointer, "certificate", "it names no key and certificate file")
    return fields


def policies_of(fields: dict[str, Any]) -> Policies | None:
    """Policies with these fields; None for none."""
    return Policies(**fields) if fields else None
