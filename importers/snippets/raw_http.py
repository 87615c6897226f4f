"""Raw HTTP requests, as proxies and browsers show them, and `.http` files of editors.

A request line, headers, an empty line, the body. `.http` files hold several, separated by `###`,
with comments, `@name = value` variables and `{{name}}` in any place.
"""

from __future__ import annotations

import re

from hazard_tui.errors import UnreadableInput
from hazard_tui.plan.base import Pair
from hazard_tui.plan.findings import FindingSeverity
from hazard_tui.plan.model import Variable
from importers.findings import ImportOptions, ImportResult, Ledger, Source
from importers.har.filters import is_public
from importers.snippets.described import OF_THE_CONNECTION, Described, read_text, result_of

_METHODS = "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|TRACE|PROPFIND|PURGE|QUERY"
_ADDRESS = r"(?:https?://|/|\*|\{\{)"
_LINE = re.compile(rf"(?:(?P<method>{_METHODS})\s+)?(?P<target>{_ADDRESS}[\s\S]*)")
_START = re.compile(
    rf"\A(?:[ \t]*(?:#.*|//.*|@[\w.-]+[ \t]*=.*)?\n)*[ \t]*(?:{_METHODS})\s+{_ADDRESS}\S*"
)
_VARIABLE = re.compile(r"@(?P<name>[\w.-]+)\s*=\s*(?P<value>.*)")
_NAME = re.compile(r"(?:#|//)\s*@name\s*=?\s*(?P<name>.+)")
_HEADER = re.compile(r"(?P<name>[^\s:]+)\s*:\s*(?P<value>.*)")
_HANDLER = re.compile(r"(?m)^(?:> ?\{%[\s\S]*?%\}|<> ?\S.*|>>?!? ?\S.*)$")


def is_raw_http(text: str) -> bool:
    """True for a text that begins with a request line, or an `.http` file that does."""
    return _START.match(text) is not None


def import_source(source: Source, options: ImportOptions) -> ImportResult:
    """A step for each request. Raises UnreadableInput when there is none."""
    ledger = Ledger(source)
    reader = _Reader(ledger)
    lines = read_text(source, ledger).split("\n")
    start, title = 0, ""
    for number, line in enumerate([*lines, "###"]):
        if line.startswith("###"):
            reader.block(lines[start:number], start, title)
            start, title = number + 1, line.lstrip("#").strip()
    if not reader.requests:
        raise UnreadableInput(
            f"{source.name} holds no HTTP request",
            hint="it begins with a line such as `GET /path HTTP/1.1`",
        )
    return result_of("http", source, options, ledger, reader.requests, tuple(reader.variables))


class _Reader:
    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.requests: list[Described] = []
        self.variables: list[Variable] = []

    def block(self, lines: list[str], offset: int, title: str) -> None:
        """One request with the lines before it."""
        at = 0
        while at < len(lines) and not self._before(lines[at], offset + at):
            if found := _NAME.fullmatch(lines[at].strip()):
                title = found["name"].strip()
            at += 1
        if at >= len(lines):
            return
        pointer = f"{offset + at + 1}:1"
        text, _, version = lines[at].strip().rpartition(" ")
        line = text.rstrip() if re.fullmatch(r"HTTP/[\d.]+", version) else lines[at].strip()
        found = _LINE.fullmatch(line)
        if found is None:
            self.ledger.drop(pointer, "request", "its first line is no request line")
            return
        made = Described(pointer, found["method"] or "GET", name=title)
        made.follow_redirects = False
        target, at = found["target"].strip(), at + 1
        while at < len(lines) and re.match(r"\s+[?&]", lines[at]):
            target += lines[at].strip()
            at += 1
        at = self._headers(made, lines, at, offset)
        self._body(made, lines[at:], f"{offset + at + 1}:1")
        self._address(made, target)
        self.ledger.keep(pointer, "request", made.name or f"{made.method} {target}"[:80])
        self.requests.append(made)

    def _before(self, line: str, number: int) -> bool:
        """True where the request begins; takes variables that stand before it."""
        text = line.strip()
        if found := _VARIABLE.fullmatch(text):
            name = found["name"]
            self.ledger.keep(f"{number + 1}:1", "variable", name)
            known = [one for one in self.variables if one.name != name]
            self.variables = [*known, Variable(name=name, value=found["value"].strip())]
            return False
        return bool(text) and not text.startswith(("#", "//"))

    def _headers(self, made: Described, lines: list[str], at: int, offset: int) -> int:
        """Reads headers; gives the index of the first line of the body."""
        while at < len(lines) and lines[at].strip():
            text, pointer = lines[at].strip(), f"{offset + at + 1}:1"
            at += 1
            if text.startswith(("#", "//")):
                continue
            found = _HEADER.fullmatch(text)
            if found is None:
                self.ledger.drop(pointer, "header", "it has no colon", name=text[:40])
                continue
            made.headers.append(Pair(name=found["name"], value=found["value"]))
            if found["name"].lower() in OF_THE_CONNECTION:
                reason = "the engine makes its own for each request"
                self.ledger.change(pointer, "header", reason, name=found["name"])
            else:
                self.ledger.keep(pointer, "header", found["name"])
        return at + 1

    def _body(self, made: Described, lines: list[str], pointer: str) -> None:
        text = "\n".join(lines)
        for handler in _HANDLER.finditer(text):
            reason = "editors run it; nothing is executed here"
            self.ledger.drop(pointer, "script", reason, name=handler[0][:40])
        text = _HANDLER.sub("", text)
        if not text.strip():
            return
        self.ledger.keep(pointer, "body")
        if found := re.fullmatch(r"\s*<@? *(\S[^\n]*?)\s*", text):
            made.body_file = found[1]
            return
        length = made.header("content-length").strip()
        data = text.encode("utf-8")
        if length.isdigit() and int(length[:12]) <= len(data):
            text = data[: int(length[:12])].decode("utf-8", "replace")
        else:
            text = text.rstrip("\n")
        if made.header("content-type").lower().startswith("multipart/"):
            text = text.replace("\n", "\r\n") + "\r\n"
        made.body = text

    def _address(self, made: Described, target: str) -> None:
        host = made.header("host").strip()
        made.headers = [one for one in made.headers if one.name.lower() not in OF_THE_CONNECTION]
        if not target.startswith(("/", "*")):
            made.url = target
            return
        made.url = target
        if not host:
            made.not_runnable = "no Host header says where it goes"
            return
        scheme = "https" if is_public(host.lower()) and not re.search(r":(?!443)", host) else "http"
        made.url = f"{scheme}://{host}{target.replace('*', '/', 1) if target == '*' else target}"
        self.ledger.note(
            made.pointer,
            "assumed-scheme",
            f"the text names no scheme; {scheme} is assumed for {host}",
            FindingSeverity.INFO,
            fix="correct the URL where that is wrong",
        )
