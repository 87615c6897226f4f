"""All values of an answer: headers, cookies, redirects and the body in its language."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from hazard_tui.plan.rules import Extractor, Source
from importers.correlation.answers import Answer
from importers.correlation.json_answers import json_values
from importers.correlation.markup_answers import html_values, script_values, xml_values
from importers.correlation.produced import Found, Kind, Produced, read_by_regex, read_header
from importers.correlation.tokens import Wanted, tokens_of

_PLAIN_HEADERS_TEXT = """
date server content-length content-type content-encoding cache-control vary expires connection
keep-alive transfer-encoding pragma age via allow accept-ranges content-language
strict-transport-security alt-svc content-security-policy x-frame-options x-powered-by
x-content-type-options x-xss-protection referrer-policy permissions-policy last-modified
"""
_PLAIN_HEADERS = frozenset(_PLAIN_HEADERS_TEXT.split())
"""Headers that hold nothing a client sends back."""
_LINE = re.compile(r"^\s*([\w.-]{1,60})\s*[=:]\s*(\S+)\s*$", re.MULTILINE)


def values_of(answer: Answer, wanted: Wanted) -> Found:
    """Values of an answer that are wanted, in a fixed order."""
    for name, value in answer.headers:
        lower = name.lower()
        if lower == "set-cookie":
            for line in value.split("\n"):
                yield from _cookie(line, wanted)
        elif lower == "location":
            yield from _location(name, value, wanted)
        elif lower not in _PLAIN_HEADERS and not lower.startswith("access-control-"):
            yield from _header(name, value, wanted)
    body = answer.body
    if body:
        yield from _body(body, answer.mime_type, wanted)


def _body(body: str, mime_type: str, wanted: Wanted) -> Found:
    start = body.lstrip("\ufeff \t\r\n")[:1]
    if "html" in mime_type:
        yield from html_values(body, wanted)
    elif start in ("{", "[", '"') or "json" in mime_type:
        yield from json_values(body, wanted)
    elif "xml" in mime_type or body.lstrip().startswith("<?xml"):
        yield from xml_values(body, wanted)
    elif start == "<":
        yield from html_values(body, wanted)
    elif "javascript" in mime_type:
        yield from script_values(body, body, wanted)
    else:
        yield from _plain(body, wanted)


def _plain(body: str, wanted: Wanted) -> Found:
    if body in wanted:
        yield Produced(body, Kind.WHOLE, "", (), Extractor(whole=True), place="whole answer")
    elif body.strip() in wanted:
        rule = read_by_regex(r"^\s*(\S.*?)\s*$")
        yield Produced(body.strip(), Kind.WHOLE, "", (), rule, place="whole answer")
    for found in _LINE.finditer(body):
        if found[2] in wanted:
            rule = read_by_regex(rf"(?m)^\s*{re.escape(found[1])}\s*[=:]\s*(\S+)")
            yield Produced(found[2], Kind.TEXT, found[1], (), rule, place=f"line {found[1]}")
    # A form has no white space; a text with `=` in it is none.
    is_form = "=" in body and len(body) < 4096 and not re.search(r"\s", body.strip())
    for name, value in parse_qsl(body.strip()) if is_form else ():
        if value in wanted:
            rule = read_by_regex(rf"(?:^|&){re.escape(name)}=([^&\s]+)")
            decoded = "" if f"={value}" in body else "decodeURIComponent(value)"
            place = f"form field {name}"
            yield Produced(value, Kind.TEXT, name, (), rule, decoded, place)


def _header(name: str, value: str, wanted: Wanted) -> Found:
    place = f"header {name}"
    if value in wanted:
        yield Produced(value, Kind.HEADER, name, (), read_header(name), place=place)
    for text, before, after in tokens_of(value, wanted):
        query = re.search(r"([\w.-]+)=$", before)
        lead = rf"[?&;]{re.escape(query[1])}=" if query else re.escape(before[-20:])
        stop = "[^&>;#]" if query else rf"[^\s{re.escape(after[:1])}]"
        rule = read_header(name, f"{lead}({stop}+)")
        label = query[1] if query else name
        yield Produced(text, Kind.HEADER, label, (), rule, place=place)


def _cookie(line: str, wanted: Wanted) -> Found:
    name, _, value = line.split(";", 1)[0].partition("=")
    name, value = name.strip(), value.strip()
    rule = Extractor(source=Source.COOKIE, header=name, whole=True)
    place = f"cookie {name}"
    if value in wanted:
        yield Produced(value, Kind.COOKIE, name, (), rule, place=place)
    decoded = unquote(value)
    if decoded != value and decoded in wanted:
        script = "decodeURIComponent(value)"
        yield Produced(decoded, Kind.COOKIE, name, (), rule, script, place)


def _location(name: str, value: str, wanted: Wanted) -> Found:
    place = f"header {name}"
    if value in wanted:
        yield Produced(value, Kind.HEADER, name, (), read_header(name), place=place)
    try:
        parts = urlsplit(urljoin("http://-/", value))
    except ValueError:
        return
    for source, mark in ((parts.query, "[?&]"), (parts.fragment, "[#&]")):
        for pair in source.split("&"):
            key, _, raw = pair.partition("=")
            for text in dict.fromkeys((raw, unquote(raw))):
                if text in wanted:
                    rule = read_header(name, f"{mark}{re.escape(key)}=([^&#]*)")
                    script = "" if text == raw else "decodeURIComponent(value)"
                    where = f"{key} in the {place}"
                    yield Produced(text, Kind.HEADER, key, ("location",), rule, script, where)
    segments = parts.path.split("/")
    for position, segment in enumerate(segments):
        if segment and segment in wanted:
            before = "/".join(segments[:position])
            rule = read_header(name, f"{re.escape(before)}/([^/?#]+)")
            label = segments[position - 1]
            where = f"path of the {place}"
            yield Produced(segment, Kind.HEADER, label, ("location",), rule, place=where)
