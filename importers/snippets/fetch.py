"""Calls of `fetch()` in JavaScript, as browsers copy them: read as a syntax tree, never run.

Literals, constants of the same text, `JSON.stringify` and `URLSearchParams` of literals are
understood; another name becomes a variable of the plan.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urljoin

from tree_sitter import Node

from hazard_tui.errors import UnreadableInput
from hazard_tui.plan.base import Pair
from hazard_tui.plan.findings import FindingSeverity
from hazard_tui.plan.model import Variable
from importers.findings import ImportOptions, ImportResult, Ledger, Source
from importers.scripts.tree import arguments_of, number_value, parse, string_value, text_of
from importers.scripts.tree import unescape as unescaped
from importers.snippets.browser import (
    ENCODERS,
    FORM_TYPE,
    TEXT_TYPE,
    FormText,
    form_text,
    method_of,
    parsed_url,
    stringified,
)
from importers.snippets.described import Described, read_text, result_of

_CALLED = ("fetch", "window.fetch", "globalThis.fetch", "self.fetch")
_OF_THE_BROWSER = frozenset(
    ["mode", "cache", "referrerPolicy", "integrity", "keepalive", "signal", "priority", "window"]
)
_DEEPEST = 60


class _Unknown(Exception):
    """A value that only a running program knows; the message is its source."""


def import_source(source: Source, options: ImportOptions) -> ImportResult:
    """A step for each call. Raises UnreadableInput when there is none."""
    ledger = Ledger(source)
    text = read_text(source, ledger)
    root = parse(text)
    if root is None:
        raise UnreadableInput(
            f"{source.name} takes too long to read to be a call of fetch()",
            hint="paste the call alone",
        )
    reader = _Reader(ledger)
    calls = reader.survey(root)
    if not calls:
        raise UnreadableInput(
            f"{source.name} holds no call of fetch()", hint="copy the whole call, from fetch on"
        )
    requests = [made for call in calls if (made := reader.request(call)) is not None]
    variables = tuple(reader.variables.values())
    return result_of("fetch", source, options, ledger, requests, variables)


def _place(node: Node) -> str:
    return f"{node.start_point[0] + 1}:{node.start_point[1] + 1}"


class _Reader:
    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.constants: dict[str, Node] = {}
        self.variables: dict[str, Variable] = {}

    def survey(self, root: Node) -> list[Node]:
        """The calls in order; notes the constants of the text."""
        calls: list[Node] = []
        pending = [root]
        while pending:
            node = pending.pop()
            if node.type == "call_expression":
                if text_of(node.child_by_field_name("function")) in _CALLED:
                    calls.append(node)
            elif node.type == "variable_declarator":
                name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
                if name is not None and value is not None and name.type == "identifier":
                    self.constants[text_of(name)] = value
            pending += node.named_children
        return sorted(calls, key=lambda call: call.start_byte)

    def request(self, call: Node) -> Described | None:
        """One call as a request; None when nobody can know its URL."""
        pointer = _place(call)
        arguments = arguments_of(call)
        try:
            url = self.text(arguments[0]) if arguments else ""
            settings = self.value(arguments[1]) if len(arguments) > 1 else {}
        except _Unknown as unknown:
            reason = f"only a running program knows {unknown}"
            self.ledger.drop(pointer, "request", reason, name="fetch")
            return None
        if not url:
            self.ledger.drop(pointer, "request", "it names no URL", name="fetch")
            return None
        made = Described(pointer, url=url)
        for name, value in settings.items() if isinstance(settings, dict) else ():
            self._setting(made, name, value)
        self._add_type(made, settings)
        if not url.startswith(("http://", "https://", "{{")):
            referrer = made.header("referer")
            made.url = urljoin(referrer, url) if referrer else url
            if not referrer:
                made.not_runnable = f"{url} is relative to a page that the snippet does not name"
        made.url = parsed_url(made.url)
        self.ledger.keep(pointer, "request", f"{made.method} {made.url}"[:80])
        return made

    def _setting(self, made: Described, name: str, value: Any) -> None:
        where, kind = made.pointer, "option"
        if name == "headers":
            listed = value.items() if isinstance(value, dict) else _pairs(value)
            for header, text in listed:
                made.headers.append(Pair(name=str(header), value=_scalar(text)))
                self.ledger.keep(where, "header", str(header))
            return
        if name == "body":
            if value is None:
                return
            made.body, kind = _scalar(value), "body"
        elif name == "method":
            made.method = method_of(_scalar(value))
        elif name == "redirect":
            made.follow_redirects = value == "follow"
        elif name == "credentials":
            made.cookies = value != "omit"
            if value == "include":
                self._note_cookies(where)
        elif name == "referrer":
            if str(value).startswith("http"):
                made.headers.append(Pair(name="Referer", value=str(value)))
        elif name in _OF_THE_BROWSER:
            reason = "it tells a browser what to do; no server sees it"
            self.ledger.change(where, kind, reason, name=name)
            return
        else:
            self.ledger.drop(where, kind, "fetch() has no such option", name=name)
            return
        self.ledger.keep(where, kind, name)

    def _add_type(self, made: Described, settings: Any) -> None:
        """The Content-Type that a body brings, when no header names one."""
        typed = any(one.name.lower() == "content-type" for one in made.headers)
        body = settings.get("body") if isinstance(settings, dict) else None
        if body is not None and not typed:
            value = FORM_TYPE if isinstance(body, FormText) else TEXT_TYPE
            made.headers.append(Pair(name="Content-Type", value=value))

    def _note_cookies(self, where: str) -> None:
        self.ledger.note(
            where,
            "cookies-missing",
            "the cookies of the page are not part of the snippet",
            FindingSeverity.INFO,
            fix="copy as cURL instead, if the request needs a login",
        )

    def text(self, node: Node) -> str:
        """A text; unknown names in it are templates."""
        return _scalar(self.value(node))

    def value(self, node: Node, depth: int = 0) -> Any:
        """Value of an expression. Raises _Unknown."""
        if depth > _DEEPEST:
            raise _Unknown("so deep a value")
        kind = node.type
        if kind == "string":
            return string_value(node)
        if kind == "template_string":
            return self._template(node, depth)
        if kind == "number":
            return number_value(node)
        if kind in _LITERALS:
            return _LITERALS[kind]
        if kind == "array":
            return [self.value(one, depth + 1) for one in node.named_children]
        if kind == "object":
            return self._object(node, depth)
        if kind == "identifier":
            return self._named(node, depth)
        if kind in ("parenthesized_expression", "await_expression") and node.named_children:
            return self.value(node.named_children[0], depth + 1)
        if kind == "binary_expression" and text_of(node.child_by_field_name("operator")) == "+":
            sides = (node.child_by_field_name("left"), node.child_by_field_name("right"))
            values = [self.value(one, depth + 1) for one in sides if one is not None]
            if all(isinstance(one, int | float) for one in values):
                return sum(values)
            return "".join(map(_scalar, values))
        if kind == "unary_expression" and text_of(node).startswith("-"):
            inner = self.value(node.named_children[0], depth + 1)
            if isinstance(inner, int | float):
                return -inner
        if kind in ("call_expression", "new_expression"):
            return self._call(node, depth)
        raise _Unknown(text_of(node)[:40])

    def _template(self, node: Node, depth: int) -> str:
        parts: list[str] = []
        at = node.start_byte + 1
        source = node.text or b""
        for child in node.named_children:
            if child.type != "template_substitution":
                continue
            parts.append(_raw(source, at - node.start_byte, child.start_byte - node.start_byte))
            inner = child.named_children
            parts.append(_scalar(self.value(inner[0], depth + 1)) if inner else "")
            at = child.end_byte
        parts.append(_raw(source, at - node.start_byte, len(source) - 1))
        return "".join(parts)

    def _object(self, node: Node, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for child in node.named_children:
            if child.type == "pair":
                key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
                if key is None or value is None:
                    continue
                name = string_value(key) if key.type == "string" else text_of(key)
                made[name] = self.value(value, depth + 1)
            elif child.type == "shorthand_property_identifier":
                made[text_of(child)] = self._named(child, depth)
            elif child.type != "comment":
                raise _Unknown(text_of(child)[:40])
        return made

    def _named(self, node: Node, depth: int) -> Any:
        name = text_of(node)
        if name == "undefined":
            return None
        if name in self.constants:
            return self.value(self.constants[name], depth + 1)
        self.variables.setdefault(
            name, Variable(name=name, value="", description="a name of the snippet's program")
        )
        return "{{" + name + "}}"

    def _call(self, node: Node, depth: int) -> Any:
        function = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        called, arguments = text_of(function), arguments_of(node)
        values = [self.value(one, depth + 1) for one in arguments]
        if called == "JSON.stringify" and values and values[1:2] in ([], [None]):
            return stringified(values[0], *values[2:3])
        if called in ENCODERS and values and "{{" not in _scalar(values[0]):
            return ENCODERS[called](_scalar(values[0]))
        if called == "Headers" and values:
            return values[0]
        if called == "URLSearchParams" and values:
            listed = values[0].items() if isinstance(values[0], dict) else _pairs(values[0])
            if isinstance(values[0], str):
                text = values[0].removeprefix("?")
                listed = parse_qsl(text, keep_blank_values=True, errors="replace")
            return form_text((name, _scalar(one)) for name, one in listed)
        raise _Unknown(text_of(node)[:40])


_LITERALS: dict[str, Any] = {"true": True, "false": False, "null": None, "undefined": None}


def _raw(source: bytes, start: int, end: int) -> str:
    return unescaped(source[start:end].decode("utf-8", "replace"))


def _scalar(value: Any) -> str:
    return value if isinstance(value, str) else stringified(value)


def _pairs(value: Any) -> list[tuple[str, Any]]:
    listed = value if isinstance(value, list) else []
    return [(str(one[0]), one[1]) for one in listed if isinstance(one, list) and len(one) == 2]
