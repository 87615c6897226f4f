"""Characters that stand for what is only known at run time: variables, command output, files.

While a command is read, its words are plain strings; each unknown value in them is one character
of Unicode plane 16 (private use). So options, URLs and forms are parsed as curl parses them, and
`Marks.template` turns the marks into `{{name}}` at the end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hazard_tui.plan.base import Scope
from hazard_tui.plan.model import Variable
from hazard_tui.plan.request import FileEncoding, FileRef

_FIRST = 0x100000
_LAST = 0x10FFFD
_MARK = re.compile(f"[{chr(_FIRST)}-{chr(_LAST + 2)}]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_UNNAMEABLE = re.compile("[{}\ud800-\udfff]")
_ONE_FUNCTION = re.compile(r"\{\{(\$[^{}]+)\}\}")
_NAME = re.compile(r"[^A-Za-z0-9_.-]+")


_FUNCTIONS = {
    "uuidgen": "$guid",
    "date +%s": "$timestamp",
    "date +%s%3N": "$now unix_ms",
    "date -u +%Y-%m-%dT%H:%M:%S.000Z": "$isoTimestamp",
    "RANDOM % 1001": "$randomInt",
    "((RANDOM % 2)) && echo true || echo false": "$randomBoolean",
}
"""What scripts run to get a new value -> the function that makes such a value."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a mark stands for: a plan variable, or a literal character of the source."""

    name: str = ""
    literal: str = ""
    encoded: bool = False
    """The value is percent-encoded when it is read."""


class Marks:
    """The marks of one import, and the plan variables behind them."""

    def __init__(self, source: str) -> None:
        self._meanings: dict[str, Meaning] = {}
        self._by_key: dict[object, str] = {}
        self._taken = set(re.findall(r"\{\{([^{}]*)\}\}", source))
        self._values: dict[str, str] = {}
        self._paths: dict[str, str] = {}
        self.variables: dict[str, Variable] = {}

    def guard(self, text: str) -> str:
        """Source text in which plane 16 characters stand for themselves."""
        return _MARK.sub(lambda found: self._mark(Meaning(literal=found[0])), text)

    def variable(self, name: str, value: str | None = None, description: str = "") -> str:
        """Mark of an environment variable; `value` is its default, when the text gives one."""
        key = ("variable", name, value if value is not None else self._values.get(name))
        if found := self._by_key.get(key):
            return found
        return self._new(name, key, value=value or "", description=description)

    def assign(self, name: str, value: str) -> None:
        """`NAME=value` in the text: later uses of the name mean this value."""
        self._values[name] = value
        key = ("variable", name, value)
        if key not in self._by_key:
            self._new(name, key, value=self.template(value), description="")
            function = _ONE_FUNCTION.fullmatch(self.template(value))
            if function is not None:
                # The shell makes it once, so all uses of one iteration are equal.
                made = {"value": None, "generator": function[1], "scope": Scope.ITERATION}
                meant = self._meanings[self._by_key[key]].name
                self.variables[meant] = self.variables[meant].model_copy(update=made)

    def assigned(self, name: str) -> str | None:
        """The value that the text gave to a name."""
        return self._values.get(name)

    def function(self, command: str) -> str:
        """Mark of the function that makes what a well-known command prints; empty: none does."""
        name = _FUNCTIONS.get(" ".join(command.split()).strip("()").strip()) or _FUNCTIONS.get(
            " ".join(command.split())
        )
        return self._mark(Meaning(name)) if name else ""

    def command(self, text: str, what: str = "output of") -> str:
        """Mark of a command's output: a variable that a person fills in."""
        key = ("command", text)
        return self._by_key.get(key) or self._new(
            f"command_{self._count('command_') + 1}", key, value="", description=f"{what} {text}"
        )

    def file(
        self,
        path: str,
        *,
        strip_newlines: bool = False,
        encoding: FileEncoding = FileEncoding.NONE,
    ) -> str:
        """Mark of a file's content; the file is read when a run is prepared."""
        key = ("file", path, strip_newlines, encoding)
        if found := self._by_key.get(key):
            return found
        reference = FileRef(
            path=self.template(path), strip_newlines=strip_newlines, encoding=encoding
        )
        base = re.split(r"[/\\]", self.template(path))[-1]
        name = self._free("file_" + (_NAME.sub("_", base).strip("_") or "1"))
        self.variables[name] = Variable(name=name, scope=Scope.RUN, file=reference)
        mark = self._mark(Meaning(name, encoded=encoding is not FileEncoding.NONE))
        if encoding is FileEncoding.PERCENT:
            self._paths[mark] = path
        return self._by_key.setdefault(key, mark)

    def lowered(self, text: str) -> str:
        """The text with the lower-case variant of every percent-encoded file in it."""
        if text.isascii():
            return text
        return "".join(
            self.file(self._paths[char], encoding=FileEncoding.PERCENT_LOWER)
            if char in self._paths
            else char
            for char in text
        )

    def file_behind(self, text: str) -> FileRef | None:
        """The file, when `text` is one file mark and nothing else."""
        meaning = self._meanings.get(text)
        variable = self.variables.get(meaning.name) if meaning else None
        return variable.file if variable else None

    def in_text(self, text: str) -> list[Meaning]:
        """Unknown values in a text, in order."""
        if text.isascii():
            return []
        found = (self._meanings[mark] for mark in _MARK.findall(text) if mark in self._meanings)
        return [meaning for meaning in found if meaning.name]

    def is_mark(self, char: str) -> bool:
        """True when the character stands for an unknown value."""
        meaning = self._meanings.get(char)
        return meaning is not None and bool(meaning.name)

    def encoded(self, char: str) -> bool:
        """True when a mark's value is percent-encoded already."""
        return self._meanings[char].encoded

    def template(self, text: str) -> str:
        """The text with `{{name}}` for each mark; bytes that are not UTF-8 are lost."""
        if text.isascii():
            return text
        return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", self.raw_template(text))

    def raw_template(self, text: str) -> str:
        """The text with `{{name}}` for each mark; bytes that are not UTF-8 are surrogates."""
        return text if text.isascii() else _MARK.sub(self._written, text)

    def plan_variables(self, texts: str) -> tuple[Variable, ...]:
        """Variables that occur in `texts`, and those that they need."""
        wanted: list[str] = []
        pending = [texts]
        while pending:
            for name in re.findall(r"\{\{([^{}]*)\}\}", pending.pop()):
                if name in self.variables and name not in wanted:
                    wanted.append(name)
                    variable = self.variables[name]
                    pending.append(variable.value or "")
                    pending.append(variable.file.path if variable.file else "")
        return tuple(self.variables[name] for name in self.variables if name in wanted)

    def _written(self, found: re.Match[str]) -> str:
        meaning = self._meanings.get(found[0])
        if meaning is None:
            return found[0]
        return meaning.literal or "{{" + meaning.name + "}}"

    def _new(self, name: str, key: object, *, value: str, description: str) -> str:
        free = self._free(_UNNAMEABLE.sub("_", name))
        # Words of the source may hold bytes that are no text.
        shown = self.template(description)[:200]
        self.variables[free] = Variable(name=free, value=value, description=shown)
        mark = self._mark(Meaning(free))
        self._by_key[key] = mark
        return mark

    def _free(self, name: str) -> str:
        free, number = name, 1
        while free in self.variables or free in self._taken:
            number += 1
            free = f"{name}_{number}"
        return free

    def _count(self, prefix: str) -> int:
        return sum(1 for name in self.variables if name.startswith(prefix))

    def _mark(self, meaning: Meaning) -> str:
        code = _FIRST + len(self._meanings)
        if code > _LAST:
            return "\N{REPLACEMENT CHARACTER}"
        self._meanings[chr(code)] = meaning
        return chr(code)
