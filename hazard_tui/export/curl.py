"""A plan as a Bash script: variables on top, then one curl command per request in order."""

from __future__ import annotations

import re
from dataclasses import replace

from hazard_tui.export.curl_body import add_body, is_form_type, query_files, sends_type, uploads
from hazard_tui.export.curl_options import (
    COOKIE_FILE,
    Options,
    add_auth,
    add_policies,
    header_words,
)
from hazard_tui.export.linear import Call, Heading, Rest, Sequence, note_answers
from hazard_tui.export.losses import Losses
from hazard_tui.export.pieces import Kind, Names
from hazard_tui.export.shell import Shell
from hazard_tui.export.wire import Sent, note_disabled, sent
from hazard_tui.plan.base import Operator, Pair
from hazard_tui.plan.findings import Finding
from hazard_tui.plan.model import Plan
from hazard_tui.plan.request import Request
from hazard_tui.plan.rules import Assertion, Target
from hazard_tui.plan.variables import Path

EXPECT_BYTES = 1024 * 1024
"""curl asks for leave before larger bodies."""
_BOUNDARY = re.compile(r';[ \t]*boundary=("[^"]*"|[^;]*)', re.IGNORECASE)
_ENDS_URL = re.compile(r"[^!#$%&()*+,./0-9:;=?@A-Z\[\\\]^_a-z|~-]")
_ENDS_PAIR = re.compile(r"[^!$%()*+,./0-9:;=?@A-Z\[\\\]^_a-z|~-]")
"""What the engine would encode in a URL, and in a pair that it adds."""
_GENERATED = ("host", "content-length", "connection", "user-agent", "accept", "content-type")


def export_curl(plan: Plan) -> tuple[str, list[Finding]]:
    """The script, and what it does not say of the plan."""
    return _Writer(plan).script()


class _Writer:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.losses = Losses("curl")
        self.names = Names(plan, with_undefined=True)
        self.shell = Shell(plan, self.names, self.losses)
        self.lines: list[str] = []

    def script(self) -> tuple[str, list[Finding]]:
        """The whole text and the findings."""
        for item in Sequence(self.plan, self.losses).items():
            if isinstance(item, Call):
                self._call(item)
            elif isinstance(item, Rest):
                self.lines += ["", f"sleep {item.ms / 1000:g}"]
            else:
                mark = "==" if isinstance(item, Heading) else "--"
                self.lines += ["", _comment(f"{mark} {item.text}")]
        head = ["#!/usr/bin/env bash", _comment(f"Plan: {self.plan.name}")]
        if self.plan.description:
            head.append(_comment(self.plan.description))
        if any(COOKIE_FILE in line for line in self.lines):
            head.append(_comment(f"Cookies are kept in {COOKIE_FILE}."))
        if assignments := self.shell.assignments():
            head += ["", *assignments]
        return "\n".join(head + self.lines) + "\n", self.losses.findings

    def _call(self, call: Call) -> None:
        step = call.step
        self.lines += ["", _comment(step.name or "request")]
        command = self._command(call.request, call.path)
        reason = step.not_runnable or ("disabled" if step.disabled else "")
        if reason:
            self.lines.append(_comment(f"not sent: {reason}"))
            command = "\n".join(f"# {line}" for line in command.split("\n"))
        self.lines.append(command)

    def _command(self, request: Request, path: Path) -> str:
        options = Options(self.shell, path, self.losses, [])
        message = _without_body_of_head(options, sent(request, self.plan, self.names))
        note_disabled(request, path, self.losses)
        message = add_auth(options, message, request.auth)
        self._note_url(request, message, path)
        url, values = query_files(options, message.url)
        _add_method(options, message)
        if _has_dots(url):
            options.add("--path-as-is")
        if set(url) & set("[]{}") or not self.names.is_literal(url):
            options.add("--globoff")
        self._headers(options, message, path)
        source = add_body(options, message)
        for value in values:
            options.add("--url-query", value, "url")
        add_policies(options, message)
        note_answers(request, path, self.losses, _is_fail)
        if any(map(_is_fail, request.assertions)):
            options.add("--fail")
        url = self.names.mapped(url, _curl_url)
        options.lines.append(self.shell.word(url, (*path, "url")))
        command = " \\\n  ".join(["curl", *options.lines])
        return f"{source} | {command}" if source else command

    def _headers(self, options: Options, message: Sent, path: Path) -> None:
        message = _form_header(message)
        kept = header_words(message, self.losses, path)
        if message.content_type and not is_form_type(message):
            kept.append(Pair(name="Content-Type", value=message.content_type))
        for pair in kept:
            value = pair.value.strip(" \t")
            text = f"{pair.name}: {value}" if value else f"{pair.name};"
            options.add("--header", text, "headers")
        present = {pair.name.lower() for pair in kept}
        policies = message.policies
        omitted = {name.lower(): name for name in policies.omit_headers}
        if policies.add_default_headers is False:
            omitted |= {"user-agent": "User-Agent", "accept": "Accept"}
        if sends_type(message):
            omitted["content-type"] = "Content-Type"
        size = len(message.body.text.content) if message.body and message.body.text else 0
        if size > EXPECT_BYTES and not policies.expect_continue:
            omitted["expect"] = "Expect"
        elif policies.expect_continue and size <= EXPECT_BYTES and "expect" not in present:
            options.add("--header", "Expect: 100-continue")
        if policies.keep_alive is False and "connection" not in present:
            options.add("--header", "Connection: close")
        for name, spelling in omitted.items():
            if name not in present:
                options.add("--header", f"{spelling}:")
            if name not in (*_GENERATED, "expect", "cookie"):
                self.losses.lost(
                    (*path, "policies", "omit_headers"),
                    "header-not-generated",
                    f"curl generates no header {spelling!r}",
                )

    def _note_url(self, request: Request, message: Sent, path: Path) -> None:
        literal = "".join(
            piece.text for piece in self.names.pieces(message.url) if piece.kind is Kind.TEXT
        )
        if any(char <= " " or char == "\x7f" for char in literal):
            self.losses.lost(
                (*path, "url"),
                "url-encoded",
                "spaces and control characters of the URL are percent-encoded",
                why="curl refuses a URL with them",
            )
        auth = [request.auth.api_key.value] if request.auth and request.auth.api_key else []
        added = "".join([*(pair.name + pair.value for pair in request.query), *auth])
        for piece in self.names.pieces(message.url):
            ends = _ENDS_PAIR if piece.template in added else _ENDS_URL
            if ends.search(self.names.constant(piece)):
                self.losses.lost(
                    (*path, "url"),
                    "value-not-encoded",
                    f"the value of {piece.text!r} is not percent-encoded",
                    why="curl sends what stands in the URL",
                    fix="encode the value in the script",
                )


def _comment(text: str) -> str:
    return "# " + "".join(char if char.isprintable() else " " for char in text).strip()


def _curl_url(url: str) -> str:
    """The URL without what curl refuses."""
    return "".join(f"%{ord(char):02X}" if char <= " " or char == "\x7f" else char for char in url)


def _has_dots(url: str) -> bool:
    """True when the path has segments that curl would remove."""
    path = url.partition("#")[0].partition("?")[0]
    return any(segment in (".", "..") for segment in path.split("/")[3:])


def _form_header(message: Sent) -> Sent:
    """A message whose Content-Type of a form says no boundary: curl writes its own."""
    body = message.body
    if body is None or body.multipart is None or not body.multipart.boundary:
        return message
    headers = tuple(
        Pair(name=pair.name, value=_BOUNDARY.sub("", pair.value))
        if pair.name.lower() == "content-type"
        else pair
        for pair in message.headers
    )
    return Sent(message.method, message.url, headers, body, message.content_type, message.policies)


def _without_body_of_head(options: Options, message: Sent) -> Sent:
    """The message as curl can send it: after HEAD with a body it would wait for a body too."""
    if message.method != "HEAD" or message.body is None:
        return message
    what = "the body of a HEAD request is not sent"
    options.lost(
        "body", "head-without-body", what, why="curl would wait for the body of the answer"
    )
    return replace(message, body=None)


def _add_method(options: Options, message: Sent) -> None:
    method, body, policies = message.method, message.body, message.policies
    if method == "HEAD" and body is None:
        options.add("--head")
        return
    implied = "GET" if body is None else "PUT" if uploads(message) else "POST"
    # With -X curl keeps the method in every redirect.
    keeps = bool(policies.follow_redirects and policies.keep_method_on_redirect)
    named = method != implied or (keeps and method not in ("GET", "HEAD"))
    if named:
        options.add("--request", method, "method")
    if named and policies.follow_redirects and not keeps and method not in ("GET", "HEAD"):
        options.lost(
            "policies.keep_method_on_redirect",
            "method-kept-on-redirect",
            f"a redirect keeps the method {method}",
            why="curl keeps a method that is named",
        )


def _is_fail(assertion: Assertion) -> bool:
    """The claim that --fail makes."""
    return (
        not assertion.disabled
        and assertion.target is Target.STATUS
        and assertion.operator is Operator.LESS
        and assertion.expected == "400"
    )
