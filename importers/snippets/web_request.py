"""PowerShell's `Invoke-WebRequest` and `Invoke-RestMethod`, as browsers copy them.

Strings, hash tables, variables of the same text and the session object of browsers are understood;
nothing is executed.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote_plus

from hazard_tui.errors import UnreadableInput
from hazard_tui.plan.base import Pair
from hazard_tui.plan.model import Variable
from importers.findings import ImportOptions, ImportResult, Ledger, Source
from importers.snippets.described import Described, Places, read_text, result_of

_COMMAND = re.compile(r"(?i)\b(?:Invoke-WebRequest|Invoke-RestMethod|iwr|irm)\b")
_NEXT = re.compile(r"(?i)#|\$\w|invoke-|iwr|irm")
_ASSIGNED = re.compile(r"\$(?:\w+:)?(\w+)\s*=\s*")
_ADDED = re.compile(r"(?i)\$(\w+)(?:\.Headers)?\.Add\(\s*")
_INDEXED = re.compile(r"\$(\w+)\[")
_AGENT = re.compile(r"(?i)\$(\w+)\.UserAgent\s*=\s*")
_COOKIE = re.compile(r"(?i)\$(\w+)\.Cookies\.Add\(.*?Net\.Cookie\(\s*")
_PARAMETER = re.compile(r"-([A-Za-z]+)(?::\s*)?")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "b": "\b", "a": "\a", "f": "\f", "v": "\v"}
_NAMES = (
    "uri", "method", "custommethod", "headers", "body", "contenttype", "websession", "useragent",
    "usebasicparsing", "maximumredirection", "timeoutsec", "skipcertificatecheck", "infile",
    "outfile", "sessionvariable", "disablekeepalive", "form", "credential", "proxy",
    "authentication", "token", "passthru", "skipheadervalidation", "skiphttperrorcheck",
)  # fmt: skip
_SWITCHES = frozenset(
    ["usebasicparsing", "skipcertificatecheck", "disablekeepalive", "passthru",
     "skipheadervalidation", "skiphttperrorcheck"]
)  # fmt: skip
_SAYS_NOTHING = frozenset(
    ["usebasicparsing", "outfile", "sessionvariable", "passthru", "skipheadervalidation"]
)


def is_web_request(text: str) -> bool:
    """True for a text with one of the commands at the start of a statement."""
    return re.search(rf"(?im)(?:^|[;|(=])[ \t]*{_COMMAND.pattern[4:]}", text) is not None


def import_source(source: Source, options: ImportOptions) -> ImportResult:
    """A step for each command. Raises UnreadableInput when there is none."""
    ledger = Ledger(source)
    reader = _Reader(read_text(source, ledger), ledger)
    reader.read()
    if not reader.requests:
        raise UnreadableInput(
            f"{source.name} holds no Invoke-WebRequest", hint="copy the whole command"
        )
    variables = tuple(reader.unknown.values())
    return result_of("powershell", source, options, ledger, reader.requests, variables)


class _Reader:
    def __init__(self, text: str, ledger: Ledger) -> None:
        self.text = text
        self.ledger = ledger
        self.at = 0
        self.places = Places(self.text)
        self.requests: list[Described] = []
        self.known: dict[str, Any] = {}
        self.unknown: dict[str, Variable] = {}
        self.agents: dict[str, str] = {}
        self.cookies: dict[str, list[str]] = {}

    def read(self) -> None:
        """Reads statements to the end of the text."""
        while found := _NEXT.search(self.text, self.at):
            self.at = found.start()
            if found[0] == "#":
                self._skip_line()
            elif self._statement() or self._command():
                continue
            else:
                self.at += 1

    def _skip_line(self) -> None:
        end = self.text.find("\n", self.at)
        self.at = len(self.text) if end < 0 else end + 1

    def _matched(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.at)
        if found is not None:
            self.at = found.end()
        return found

    def _statement(self) -> bool:
        """An assignment, or a call of the session object."""
        if self.text[self.at] != "$":
            return False
        where = self.places.at(self.at)
        if found := self._matched(_AGENT):
            self.agents[found[1].lower()] = _text(self._value())
            self.ledger.keep(where, "variable", f"${found[1]}.UserAgent")
        elif found := self._matched(_COOKIE):
            name, value = _text(self._value()), _text(self._after_comma())
            self.cookies.setdefault(found[1].lower(), []).append(f"{name}={value}")
            self.ledger.keep(where, "cookie", name)
            self._skip_line()
        elif found := self._matched(_ADDED):
            key, value = _text(self._value()), _text(self._after_comma())
            self._put(where, found[1], key, value)
        elif found := self._matched(_INDEXED):
            key = _text(self._value())
            if self._matched(re.compile(r"\]\s*=\s*")):
                self._put(where, found[1], key, _text(self._value()))
        elif found := self._matched(_ASSIGNED):
            if _COMMAND.match(self.text, self.at):
                return True
            self.ledger.keep(where, "variable", f"${found[1]}")
            self.known[found[1].lower()] = self._expression()
        else:
            return False
        return True

    def _put(self, where: str, name: str, key: str, value: str) -> None:
        table = self.known.setdefault(name.lower(), {})
        if isinstance(table, dict):
            table[key] = value
            self.ledger.keep(where, "variable", f"${name}[{key}]")
        else:
            self.ledger.drop(where, "variable", f"${name} is no table", name=key)

    def _after_comma(self) -> Any:
        self._matched(re.compile(r"\s*,\s*"))
        return self._value()

    def _command(self) -> bool:
        start = self.at
        if not _COMMAND.match(self.text, start) or (start and self.text[start - 1].isalnum()):
            return False
        pointer = self.places.at(start)
        self._matched(_COMMAND)
        made = Described(pointer)
        given: dict[str, Any] = {}
        while self._blank() and self.at < len(self.text):
            char = self.text[self.at]
            if char in "\n;|)}":
                break
            where = self.places.at(self.at)
            if found := self._matched(_PARAMETER):
                self._parameter(found[1], where, given)
            elif found := self._matched(re.compile(r"@(\w+)")):
                table = self.known.get(found[1].lower())
                for name, value in table.items() if isinstance(table, dict) else ():
                    self._given(str(name), where, given, value)
            else:
                before = self.at
                given.setdefault("uri", self._value())
                self.at = max(self.at, before + 1)
        self._finish(made, given)
        return True

    def _blank(self) -> bool:
        """Skips blanks and continued lines."""
        self._matched(re.compile(r"(?:[ \t]|`[ \t]*\n)*"))
        return True

    def _parameter(self, name: str, where: str, given: dict[str, Any]) -> None:
        full = _full_name(name)
        if full in _SWITCHES:
            self._given(name, where, given, True)
            return
        self._blank()
        self._given(name, where, given, self._value())

    def _given(self, name: str, where: str, given: dict[str, Any], value: Any) -> None:
        full = _full_name(name)
        if full in _SAYS_NOTHING:
            reason = "it changes nothing that is sent"
            self.ledger.change(where, "option", reason, name=f"-{name}")
        elif full in ("", "credential", "proxy", "authentication", "token", "form"):
            reason = "this parameter is not read" if full else "there is no such parameter"
            self.ledger.drop(where, "option", reason, name=f"-{name}")
        else:
            self.ledger.keep(where, "option", f"-{name}")
            given[full] = value

    def _finish(self, made: Described, given: dict[str, Any]) -> None:
        made.method = _text(given.get("custommethod", given.get("method", "GET"))).upper()
        made.url = _text(given.get("uri", ""))
        headers = given.get("headers")
        for name, value in headers.items() if isinstance(headers, dict) else ():
            made.headers.append(Pair(name=str(name), value=_text(value)))
        session = _text(given.get("websession", "")).lower().strip("${}")
        agent = given.get("useragent") or self.agents.get(session)
        if agent:
            made.headers.append(Pair(name="User-Agent", value=_text(agent)))
        if cookies := self.cookies.get(session):
            made.headers.append(Pair(name="Cookie", value="; ".join(cookies)))
        self._finish_body(made, given)
        redirects = _text(given.get("maximumredirection", ""))
        if redirects.isdigit():
            made.follow_redirects = int(redirects) > 0
            made.max_redirects = min(int(redirects), 1000) or None
        timeout = _text(given.get("timeoutsec", ""))
        made.timeout_ms = int(timeout[:6]) * 1000 if timeout.isdigit() else 0
        made.verify_tls = "skipcertificatecheck" not in given
        if not made.url:
            made.not_runnable = "it names no -Uri"
        self.ledger.keep(made.pointer, "request", f"{made.method} {made.url}"[:80])
        self.requests.append(made)

    def _finish_body(self, made: Described, given: dict[str, Any]) -> None:
        body = given.get("body")
        if given.get("infile"):
            made.body_file = _text(given["infile"])
        elif isinstance(body, dict):
            form = "&".join(f"{quote_plus(k)}={quote_plus(_text(v))}" for k, v in body.items())
            if made.method in ("GET", "HEAD"):
                made.url += ("&" if "?" in made.url else "?") + form
                return
            made.body = form
        elif body is not None:
            made.body = _text(body)
        kind = _text(given.get("contenttype", ""))
        if kind:
            made.headers = [one for one in made.headers if one.name.lower() != "content-type"]
        elif made.body is not None and not made.header("content-type"):
            kind = "application/x-www-form-urlencoded"
        if kind:
            made.headers.append(Pair(name="Content-Type", value=kind))

    def _expression(self) -> Any:
        """A value and what it is piped into."""
        value = self._value()
        if self._matched(re.compile(r"(?i)[ \t]*\|[ \t]*ConvertTo-Json[^\n;)]*")):
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return value

    def _value(self, depth: int = 0) -> Any:
        text = self.text
        if self.at >= len(text) or depth > 50:
            return ""
        if found := self._matched(re.compile(r"@\"[ \t]*\n([\s\S]*?)\n\"@")):
            return self._expanded(found[1])
        if found := self._matched(re.compile(r"@'[ \t]*\n([\s\S]*?)\n'@")):
            return found[1]
        if text.startswith("@{", self.at):
            return self._table(depth)
        char = text[self.at]
        if char == '"':
            found = self._matched(re.compile(r'"((?:[^"`]|`[\s\S]|"")*)"?'))
            return self._expanded(found[1].replace('""', '`"')) if found else ""
        if char == "'":
            found = self._matched(re.compile(r"'((?:[^']|'')*)'?"))
            return found[1].replace("''", "'") if found else ""
        if found := self._matched(re.compile(r"(?i)\[[\w.]+\]::[\w.]+(?:GetBytes|Parse)?\(\s*")):
            return self._closed(depth)
        if found := self._matched(re.compile(r"(?i)\[[\w.\[\]]+\]\s*")):
            return self._value(depth + 1)
        if char in "(@" and self._matched(re.compile(r"@?\(\s*")):
            return self._closed(depth)
        if found := self._matched(re.compile(r"\$(?:\w+:)?(\w+)")):
            return self._named(found[1])
        if found := self._matched(re.compile(r"(?i)New-Object\b[^\n;]*")):
            return ""
        found = self._matched(re.compile(r"[^\s;|,()={}\]`]+"))
        return found[0] if found else ""

    def _closed(self, depth: int) -> Any:
        """The value up to a closing bracket."""
        value = self._value(depth + 1)
        if self._matched(re.compile(r"(?i)[ \t]*\|[ \t]*ConvertTo-Json[^\n;)]*")):
            value = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        self._matched(re.compile(r"[^)\n]{0,500}\)"))
        return value

    def _named(self, name: str) -> Any:
        lower = name.lower()
        if lower in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[lower]
        if lower in self.known:
            value = self.known[lower]
            return value if value != "" else f"${name}"
        return self._template(name)

    def _template(self, name: str) -> str:
        if name.lower() in self.agents or name.lower() in self.cookies:
            return f"${name}"
        self.unknown.setdefault(
            name, Variable(name=name, value="", description="a variable of the shell")
        )
        return "{{" + name + "}}"

    def _table(self, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        self.at += 2
        while self.at < len(self.text):
            self._matched(re.compile(r"[\s;]*"))
            if self._matched(re.compile(r"\}")):
                break
            before = self.at
            key = _text(self._value(depth + 1))
            if self._matched(re.compile(r"\s*=\s*")):
                made[key] = self._value(depth + 1)
            self.at = max(self.at, before + 1)
        return made

    def _expanded(self, text: str) -> str:
        """A double-quoted text: escapes and variables."""

        def one(found: re.Match[str]) -> str:
            if found[1] is not None:
                return _ESCAPES.get(found[1], "" if found[1] == "\n" else found[1])
            return _text(self._named(found[2] or found[3]))

        return re.sub(r"`([\s\S])|\$\{(\w+)\}|\$(?:\w+:)?([A-Za-z_]\w*)", one, text)


def _full_name(name: str) -> str:
    """A parameter by its beginning, as PowerShell reads it; empty when there is none."""
    lower = name.lower()
    return lower if lower in _NAMES else next((one for one in _NAMES if one.startswith(lower)), "")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
