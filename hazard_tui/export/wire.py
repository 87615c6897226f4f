"""A request as the engine would send it, as far as it is known without running anything."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from urllib.parse import quote

from hazard_tui.export.losses import Losses
from hazard_tui.export.pieces import Holes, Names, is_hole
from hazard_tui.plan.base import Pair
from hazard_tui.plan.model import HostMapping, Plan
from hazard_tui.plan.request import (
    PRUNED_METHODS,
    Body,
    FormEncoding,
    GraphqlBody,
    MultipartBody,
    PartNames,
    Policies,
    Request,
    UrlEncoding,
)
from hazard_tui.plan.urls import form_encoded, split_authority, split_scheme
from hazard_tui.plan.variables import Path

FORM_TYPE = "application/x-www-form-urlencoded"
_AS_WRITTEN = (UrlEncoding.NONE, UrlEncoding.POSTMAN_RAW)

# The percent-encode sets of the WHATWG URL standard; a pair also encodes & and, in its name, =.
_PATH_SET = '"#<>?`{}'
_QUERY_SET = "\"#<>'"
_VALUE_SET = "\"#<>'&"
_NAME_SET = "\"#<>'&="


@dataclass(frozen=True, slots=True)
class Sent:
    """What goes over the wire. Texts are still templates; literal parts are encoded."""

    method: str
    url: str
    headers: tuple[Pair, ...]
    body: Body | None
    content_type: str
    """Added to the headers when they hold none; empty: nothing is added. Without the boundary of
    a multipart body."""
    policies: Policies


def sent(request: Request, plan: Plan, names: Names) -> Sent:
    """The request with the plan's defaults and hosts applied, without disabled entries."""
    defaults = plan.defaults or Policies()
    policies = request.policies.over(defaults) if request.policies else defaults
    body = request.body
    if policies.send_body_with_get is False and request.effective_method in PRUNED_METHODS:
        body = None
    headers = tuple(pair for pair in request.headers if not pair.disabled)
    omitted = {name.lower() for name in policies.omit_headers}
    typed = any(pair.name.lower() == "content-type" for pair in headers)
    content_type = "" if typed or "content-type" in omitted else default_type(body)
    url = sent_url(request, policies.url_encoding, names)
    url = mapped_host(url, plan.host_map, names)
    return Sent(request.effective_method, url, headers, body, content_type, policies)


def with_header(message: Sent, name: str, value: str) -> Sent:
    """The message with a header set, as the engine does for auth: replaced, else added."""
    pair = Pair(name=name, value=value)
    kept = [one if one.name.lower() != name.lower() else pair for one in message.headers]
    if pair not in kept:
        kept.append(pair)
    return replace(message, headers=tuple(kept))


def with_query(message: Sent, name: str, value: str) -> Sent:
    """The message with a pair added to its URL."""
    bare, mark, fragment = message.url.partition("#")
    joint = "&" if "?" in bare else "?"
    return replace(message, url=f"{bare}{joint}{name}={value}{mark}{fragment}")


def default_type(body: Body | None) -> str:
    """Content-Type of a body when no header says it; empty: none."""
    if body is None:
        return ""
    if body.content_type:
        return body.content_type
    if body.multipart is not None:
        return f"multipart/{body.multipart.subtype or 'form-data'}"
    return {"urlencoded": FORM_TYPE, "graphql": "application/json"}.get(body.choice, "")


def _encoded(text: str, special: str) -> str:
    """Percent-encodes controls, spaces, what is not ASCII, and `special`; holes stay."""
    return "".join(
        char
        if is_hole(char) or ("!" <= char <= "~" and char not in special)
        else quote(char, safe="")
        for char in text
    )


def sent_url(request: Request, mode: UrlEncoding | None, names: Names) -> str:
    """URL, path variables and query pairs put together; literal text is encoded as `mode` says."""
    holes = Holes(names)
    raw = holes.cover(request.url).strip()
    if mode is not UrlEncoding.NONE:
        raw = _with_slashes(raw)
    tail = split_authority(split_scheme(raw)[1])[1]
    rest, fragment_mark, fragment = tail.partition("#")
    path, question, own_query = rest.partition("?")
    pairs = [pair for pair in request.query if not pair.disabled]
    if not path and (question or pairs):
        path = "/"
    variables = {
        pair.name: holes.cover(pair.value) for pair in request.path_variables if not pair.disabled
    }

    def part(text: str, special: str) -> str:
        return text if mode in _AS_WRITTEN else _encoded(text, special)

    segments = [
        part(variables.get(one[1:], one) if one.startswith(":") else one, _PATH_SET)
        for one in path.split("/")
    ]
    queries = [part(own_query, _QUERY_SET)] if own_query else []
    for pair in pairs:
        text = part(holes.cover(pair.name), _NAME_SET)
        if not pair.no_equals:
            text += "=" + part(holes.cover(pair.value), _VALUE_SET)
        queries.append(text)
    query = ("?" if question or queries else "") + "&".join(queries)
    return holes.uncover(
        raw.removesuffix(tail) + "/".join(segments) + query + fragment_mark + fragment
    )


def _with_slashes(raw: str) -> str:
    """A URL as browsers and Postman read it: before the query \\ is /."""
    end = min((at for mark in "?#" if (at := raw.find(mark)) >= 0), default=len(raw))
    return raw[:end].replace("\\", "/") + raw[end:]


def mapped_host(url: str, host_map: tuple[HostMapping, ...], names: Names) -> str:
    """The URL with a recorded host replaced by its test host."""
    if not host_map:
        return url
    holes = Holes(names)
    covered = holes.cover(url)
    scheme, rest = split_scheme(covered)
    authority, tail = split_authority(rest)
    for mapping in host_map:
        if authority.lower() in (mapping.recorded.lower(), f"{mapping.recorded.lower()}:80"):
            test = mapping.test
            prefix = f"{scheme}://" if scheme and not split_scheme(test)[0] else ""
            return holes.uncover(prefix + test.rstrip("/") + tail)
    return url


def form_text(body: Body, names: Names) -> str:
    """Text of an urlencoded body; literal text is encoded as the body says."""
    form = body.urlencoded
    if form is None:
        return ""

    def part(text: str) -> str:
        if form.encoding is FormEncoding.NONE:
            return text
        return names.mapped(text, lambda literal: form_encoded(literal, form.encoding))

    return "&".join(
        part(pair.name) + ("" if pair.no_equals else "=" + part(pair.value))
        for pair in form.fields
        if not pair.disabled
    )


def graphql_text(body: GraphqlBody, names: Names) -> str:
    """JSON text of a GraphQL body, as the engine writes it; variables inside stay templates."""

    def quoted(text: str) -> str:
        return '"' + names.mapped(text, lambda part: _json_inside(part)) + '"'

    parts = [f'"query":{quoted(body.query)}']
    if body.operation_name is not None:
        parts.append(f'"operationName":{quoted(body.operation_name)}')
    if body.variables:
        parts.append(f'"variables":{body.variables}')
    return "{" + ",".join(parts) + "}"


def _json_inside(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def without_json_comments(text: str) -> str:
    """JSON without `//` and `/* */` comments outside strings."""
    kept: list[str] = []
    at, in_string = 0, False
    while at < len(text):
        if in_string and text[at] == "\\":
            kept.append(text[at : at + 2])
            at += 2
            continue
        if text[at] == '"':
            in_string = not in_string
        elif not in_string and text.startswith("//", at):
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
            continue
        elif not in_string and text.startswith("/*", at):
            end = text.find("*/", at + 2)
            at = len(text) if end < 0 else end + 2
            continue
        kept.append(text[at])
        at += 1
    return "".join(kept)


def sent_text(body: Body, names: Names) -> str | None:
    """The text of a body that is one text: text, urlencoded, GraphQL; None for the others."""
    if body.text is not None:
        content = body.text.content
        return without_json_comments(content) if body.text.strip_json_comments else content
    if body.urlencoded is not None:
        return form_text(body, names)
    if body.graphql is not None:
        return graphql_text(body.graphql, names)
    if body.bytes is not None:
        try:
            text = body.bytes.content.decode()
        except UnicodeDecodeError:
            return None
        return text if names.is_literal(text) else None
    return None


def note_part_names(form: MultipartBody, written: PartNames, losses: Losses, path: Path) -> None:
    """A finding about each part whose name the format writes in another way than the engine."""
    for index, part in enumerate(form.parts):
        names = part.name + part.file_name
        if form.names is not written and not part.disabled and re.search(r'["\r\n]', names):
            what = f"quotes in the name of the part {part.name!r} are "
            what += "percent-encoded" if written is PartNames.BROWSER else "sent as they stand"
            losses.lost((*path, "parts", index, "name"), "part-name", what)


def note_disabled(request: Request, path: Path, losses: Losses) -> None:
    """A finding about the entries that are switched off, for formats without such a switch."""
    body = request.body
    groups = [("headers", request.headers), ("query", request.query)]
    if body is not None and body.urlencoded is not None:
        groups.append(("body.urlencoded.fields", body.urlencoded.fields))
    for field, pairs in groups:
        off = [pair.name for pair in pairs if pair.disabled]
        if off:
            losses.lost(
                (*path, *field.split(".")),
                "disabled-left-out",
                f"disabled entries are left out: {', '.join(map(repr, off))}",
                why=f"{losses.target} has no switch for them",
            )
    if body is not None and body.multipart is not None:
        off = [part.name for part in body.multipart.parts if part.disabled]
        if off:
            losses.lost(
                (*path, "body", "multipart", "parts"),
                "disabled-left-out",
                f"disabled parts are left out: {', '.join(map(repr, off))}",
                why=f"{losses.target} has no switch for them",
            )
