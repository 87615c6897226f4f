"""`--variable` and `--expand-…` (curl 8.3 and later): variables inside a command line."""

from __future__ import annotations

import base64
import binascii
import json
import re

from importers.curl.marks import Marks
from importers.curl.operation import Refused, Use
from importers.curl.payload import Input

_NAME = re.compile(r"(%?)([A-Za-z0-9_]{1,128})(?:\[(\d*)-(\d*)\])?")
_USE = re.compile(r"(?<!\\)\{\{([^{}]*)\}\}")


class Expander:
    """The variables of one command line."""

    def __init__(self, marks: Marks, source: Input) -> None:
        self.marks = marks
        self._input = source
        self._values: dict[str, str] = {}

    def define(self, text: str, use: Use) -> None:
        """`name=content`, `name@file`, `%ENVIRONMENT` or `%ENVIRONMENT=default`."""
        found = _NAME.match(text)
        if found is None:
            raise Refused("option --variable: bad variable name")
        name, rest = found[2], text[found.end() :]
        if found[1]:
            self._values[name] = self.marks.variable(
                name, rest[1:] if rest[:1] == "=" else None, "environment variable"
            )
            use.change(
                "environment variables are not read at import",
                "environment-variable",
                warns=True,
                fix=f"set the plan variable {name!r}",
            )
        elif rest[:1] == "=":
            self._values[name] = rest[1:]
        elif rest[:1] == "@":
            self._values[name] = self._input.read(rest[1:], use)
        else:
            raise Refused("option --variable: bad variable")

    def expand(self, text: str) -> str:
        """Replaces `{{name}}` and `{{name:function:…}}`; a variable that is not set is empty."""
        return _USE.sub(self._one, text).replace("\\{{", "{{")

    def _one(self, found: re.Match[str]) -> str:
        name, *functions = found[1].split(":")
        if not re.fullmatch(r"[A-Za-z0-9_]+", name):
            return found[0]
        value = self._values.get(name, "")
        for function in functions:
            value = self._apply(function, value)
        return value

    def _apply(self, function: str, value: str) -> str:
        """Functions work on known text; a value that is only known at run time stays."""
        if self.marks.in_text(value):
            return value
        data = value.encode("utf-8", "surrogateescape")
        if function == "trim":
            return value.strip()
        if function == "json":
            return json.dumps(value, ensure_ascii=False)[1:-1]
        if function == "url":
            return self._input.encoded(value, Use("", "", "")).replace("+", "%20")
        if function == "b64":
            return base64.b64encode(data).decode()
        if function == "64dec":
            try:
                return base64.b64decode(data, validate=True).decode("utf-8", "surrogateescape")
            except binascii.Error:
                return "[64dec-fail]"
        raise Refused(f"option --expand: unknown function {function!r}")
