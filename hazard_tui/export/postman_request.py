"""A request as Postman writes it: URL in parts, headers, the five modes of a body."""

from __future__ import annotations

import re
from typing import Any

from hazard_tui.export.losses import Losses
from hazard_tui.export.pieces import Holes, Kind, Names
from hazard_tui.export.unsaid import note_file
from hazard_tui.export.wire import FORM_TYPE, default_type, mapped_host, note_part_names, sent_text
from hazard_tui.plan.base import Pair
from hazard_tui.plan.model import Plan
from hazard_tui.plan.request import (
    Body,
    FormBody,
    FormEncoding,
    MultipartBody,
    Part,
    PartNames,
    Request,
)
from hazard_tui.plan.urls import split_scheme
from hazard_tui.plan.variables import Path

_LANGUAGES = {
    "application/json": "json",
    "application/xml": "xml",
    "text/html": "html",
    "application/javascript": "javascript",
    "text/plain": "text",
}
"""Content-Type of a raw body -> its language, for which Postman adds that Content-Type."""
_UNCHANGED = re.compile(r"[A-Za-z0-9._-]*")
"""What every encoding of a form leaves as it is."""


def request_value(
    request: Request, plan: Plan, names: Names, losses: Losses, path: Path
) -> tuple[list[str], dict[str, Any]]:
    """Headers that Postman must not add, and the request without auth."""
    value: dict[str, Any] = {
        "method": request.effective_method,
        "header": _headers(request.headers, losses, (*path, "headers")),
        "url": _url(request, plan, names),
    }
    if request.body is None or not request.body.choice:
        return [], value
    content_type = default_type(request.body)
    typed = any(
        pair.name.lower() == "content-type" and not pair.disabled for pair in request.headers
    )
    body, added = _body(request.body, "" if typed else content_type, names, losses, path)
    if body is None:
        return [], value
    value["body"] = body
    if typed or added == content_type:
        return [], value
    if content_type:
        value["header"].append({"key": "Content-Type", "value": content_type})
        return [], value
    return ["content-type"] if added else [], value


def _headers(pairs: tuple[Pair, ...], losses: Losses, path: Path) -> list[dict[str, Any]]:
    """All headers; those with one name in the spelling of the first, since Postman sends only the
    last spelling of a name."""
    spelling: dict[str, str] = {}
    values = []
    for pair in pairs:
        if not pair.disabled:
            first = spelling.setdefault(pair.name.lower(), pair.name)
            if first != pair.name:
                what = f"the header {pair.name!r} is written as {first!r}"
                losses.lost(path, "header-spelling", what, why="Postman sends one spelling only")
                pair = pair.model_copy(update={"name": first})
        values.append(_pair(pair))
    return values


def _pair(pair: Pair) -> dict[str, Any]:
    value: dict[str, Any] = {"key": pair.name, "value": pair.value}
    if pair.disabled:
        value["disabled"] = True
    if pair.description:
        value["description"] = pair.description
    return value


def _url(request: Request, plan: Plan, names: Names) -> dict[str, Any]:
    holes = Holes(names)
    url = mapped_host(request.url.strip(), plan.host_map, names)
    rest, fragment_mark, fragment = holes.cover(url).partition("#")
    base, question, own = rest.partition("?")
    protocol, after = split_scheme(base)
    authority, slash, path = after.partition("/")
    user, at, host = authority.rpartition("@")
    name, colon, port = host.partition(":")
    query = [_own_pair(piece) for piece in own.split("&")] if question else []
    pairs = [{**one, **_uncovered(one, holes)} for one in query]
    pairs += [_query_pair(pair) for pair in request.query]
    value: dict[str, Any] = {"raw": _raw(holes.uncover(base), pairs)}
    if protocol:
        value["protocol"] = holes.uncover(protocol)
    if at:
        login, mark, password = user.partition(":")
        value["auth"] = {"user": holes.uncover(login)}
        if mark:
            value["auth"]["password"] = holes.uncover(password)
    value["host"] = [holes.uncover(part) for part in name.split(".")]
    if colon:
        value["port"] = holes.uncover(port)
    if slash:
        value["path"] = [holes.uncover(part) for part in path.split("/")]
    if pairs:
        value["query"] = pairs
    if fragment_mark:
        value["hash"] = holes.uncover(fragment)
    if request.path_variables:
        value["variable"] = [_pair(pair) for pair in request.path_variables]
        for one in value["variable"]:
            if one.pop("disabled", False):
                one["value"] = None
    return value


def _own_pair(piece: str) -> dict[str, Any]:
    name, equals, text = piece.partition("=")
    return {"key": name, "value": text if equals else None}


def _uncovered(pair: dict[str, Any], holes: Holes) -> dict[str, Any]:
    return {
        key: holes.uncover(text) if isinstance(text, str) else text for key, text in pair.items()
    }


def _query_pair(pair: Pair) -> dict[str, Any]:
    value = _pair(pair)
    if pair.no_equals:
        value["value"] = None
    return value


def _raw(base: str, pairs: list[dict[str, Any]]) -> str:
    sent = [one for one in pairs if not one.get("disabled")]
    texts = [one["key"] + ("" if one["value"] is None else f"={one['value']}") for one in sent]
    return base + ("?" + "&".join(texts) if texts else "")


def _body(
    body: Body, content_type: str, names: Names, losses: Losses, path: Path
) -> tuple[dict[str, Any] | None, str]:
    """The body, and the Content-Type that Postman adds to it by itself."""
    place = (*path, "body")
    if body.urlencoded is not None and _keeps_form(body.urlencoded, names):
        fields = [_field(pair) for pair in body.urlencoded.fields]
        return {"mode": "urlencoded", "urlencoded": fields}, FORM_TYPE
    if body.multipart is not None:
        parts = _parts(body.multipart, losses, place)
        note_part_names(body.multipart, PartNames.POSTMAN, losses, (*place, "multipart"))
        return {"mode": "formdata", "formdata": parts}, "multipart/form-data"
    if body.graphql is not None:
        graphql = {"query": body.graphql.query, "variables": body.graphql.variables}
        if body.graphql.operation_name is not None:
            graphql["operationName"] = body.graphql.operation_name
        return {"mode": "graphql", "graphql": graphql}, "application/json"
    if body.file is not None:
        file = body.file.file
        note_file(file, (*place, "file"), losses)
        return {"mode": "file", "file": {"src": file.path if file else ""}}, ""
    if body.text is not None and not body.text.strip_json_comments:
        return _raw_body(body.text.content, content_type, strip=False)
    if body.text is not None:
        return _raw_body(body.text.content, content_type, strip=True)
    text = sent_text(body, names)
    if text is None:
        losses.lost(place, "bytes-left-out", "a body of bytes that are no text is left out")
        return None, ""
    return _raw_body(text, content_type, strip=False)


def _raw_body(text: str, content_type: str, *, strip: bool) -> tuple[dict[str, Any], str]:
    language = _LANGUAGES.get(content_type, "text")
    commented = "//" in text or "/*" in text
    if commented and language == "json" and not strip:
        # Postman would strip what looks like a comment.
        language = "text"
    if strip:
        language = "json"
    added = next(kind for kind, name in _LANGUAGES.items() if name == language)
    return {"mode": "raw", "raw": text, "options": {"raw": {"language": language}}}, added


def _keeps_form(form: FormBody, names: Names) -> bool:
    """True when Postman's urlencoded mode sends the same bytes: it encodes every field, spaces as
    %20, and puts fields of one name together."""
    fields = [pair for pair in form.fields if not pair.disabled]
    order = [pair.name for pair in fields]
    grouped = sorted(order, key=order.index)
    if order != grouped or any(name.isdigit() for name in order) or not fields:
        return False
    if any(pair.no_equals for pair in fields):
        return False
    if form.encoding is FormEncoding.PERCENT_20:
        return True
    return all(
        _UNCHANGED.fullmatch(piece.text)
        for pair in fields
        for text in (pair.name, pair.value)
        for piece in names.pieces(text)
        if piece.kind is Kind.TEXT
    )


def _field(pair: Pair) -> dict[str, Any]:
    return {**_pair(pair), "type": "text"}


def _parts(form: MultipartBody, losses: Losses, path: Path) -> list[dict[str, Any]]:
    if form.subtype not in ("", "form-data"):
        what = f"the parts are sent as form-data, not as {form.subtype}"
        losses.lost((*path, "multipart", "subtype"), "multipart-subtype", what)
    return [
        _part(part, losses, (*path, "multipart", "parts", index))
        for index, part in enumerate(form.parts)
    ]


def _part(part: Part, losses: Losses, path: Path) -> dict[str, Any]:
    value: dict[str, Any] = {"key": part.name, "type": "text"}
    note_file(part.file, (*path, "file"), losses)
    if part.file is not None:
        value |= {"type": "file", "src": part.file.path}
    elif part.bytes == b"":
        value |= {"type": "file", "src": None}
    elif part.text is not None:
        value["value"] = part.text
    else:
        try:
            value["value"] = (part.bytes or b"").decode()
        except UnicodeDecodeError:
            value["value"] = ""
            losses.lost(path, "bytes-left-out", f"the bytes of the part {part.name!r} are left out")
    if part.content_type:
        value["contentType"] = part.content_type
    if part.file_name:
        value["fileName"] = part.file_name
    if part.disabled:
        value["disabled"] = True
    if part.headers:
        losses.lost((*path, "headers"), "part-headers", f"headers of {part.name!r} are left out")
    return value
