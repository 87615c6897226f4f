"""Which shell a pasted command was written for."""

from __future__ import annotations

import re
from enum import StrEnum

from importers.curl.bash import BashLexer
from importers.curl.marks import Marks
from importers.curl.powershell import PowerShellLexer
from importers.curl.windows import CmdLexer
from importers.curl.words import Reading


class Dialect(StrEnum):
    """Shells whose quoting is understood."""

    BASH = "bash"
    CMD = "cmd"
    POWERSHELL = "powershell"


_CMD = re.compile(
    r"""(?:^|\s)\^[ \t]*$|(?:^|[\s:])\^"|curl(?:\.exe)?\s[^'\n]{0,2000}[\\^]\^"|%\^""", re.MULTILINE
)
_POWERSHELL = re.compile(
    r"[ \t]`[ \t]*$|\$env:\w|(?:(?<![\w-])(?:-\w|--[a-z-]+)|\s)@['\"][ \t]*$"
    r"|^\$\w+[ \t]*=[ \t]*['\"]",
    re.MULTILINE | re.IGNORECASE,
)
_BASH_QUOTED = re.compile(r"'[^']*'|\$'(?:[^'\\]|\\.)*'")


def detect_dialect(text: str) -> Dialect:
    """Carets at line ends or before quotes: cmd.exe; backticks at line ends, `$env:` or
    here-strings: PowerShell; else Bash. What stands in single quotes does not count for cmd.exe,
    which has none."""
    outside = _BASH_QUOTED.sub("''", text)
    if _CMD.search(outside) and not re.search(r"\\\n", outside):
        return Dialect.CMD
    if _POWERSHELL.search(text) and not re.search(r"\\\n", outside):
        return Dialect.POWERSHELL
    first = re.search(r"curl(\.exe)?\s", text, re.IGNORECASE)
    if first and first[1] and re.search(r"''|`[\"$`]", text):
        return Dialect.POWERSHELL
    return Dialect.BASH


def read_commands(text: str, dialect: Dialect, reading: Reading, marks: Marks) -> None:
    """Splits the text into commands, into `reading.commands`."""
    if dialect is Dialect.CMD:
        CmdLexer(text, reading, marks).read()
    elif dialect is Dialect.POWERSHELL:
        PowerShellLexer(text, reading, marks).read()
    else:
        BashLexer(text, reading, marks).read()
