"""Bash: quoting, and plan variables as shell variables."""

from __future__ import annotations

import re

from hazard_tui.export.losses import Losses
from hazard_tui.export.pieces import Kind, Names, Piece
from hazard_tui.plan.model import Plan, Variable
from hazard_tui.plan.request import FileEncoding
from hazard_tui.plan.variables import Path

_BARE = re.compile(r"[A-Za-z0-9_@%+:,./-]+(?:=[A-Za-z0-9_@%+:,./-]*)?")
_HIDDEN = r"\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\udc80-\udcff"
_UNSEEN = re.compile(rf"[\x00-\x08\x0b-\x1f{_HIDDEN}]")
"""Characters that a terminal acts on or hides; a line feed and a tab may stand in quotes."""
_RAW_IN_DOUBLE = re.compile(rf"[^\"$`\\!\x00-\x1f{_HIDDEN}]*")
_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SHELL_NAMES = """
PATH HOME IFS PWD OLDPWD SHELL USER ENV BASH BASH_ENV BASHOPTS SHELLOPTS EUID UID PPID PS1 PS2 PS4
CDPATH RANDOM SECONDS LINENO OPTIND OPTARG REPLY HOSTNAME TMPDIR LANG LC_ALL TERM LD_PRELOAD
LD_LIBRARY_PATH CURL_HOME http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY
SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE _
"""
_SHELL_OWN = frozenset(_SHELL_NAMES.split())
"""Names that mean something to Bash or curl."""

_FUNCTIONS = {
    "$guid": "$(uuidgen)",
    "$randomUUID": "$(uuidgen)",
    "$timestamp": "$(date +%s)",
    "$isoTimestamp": "$(date -u +%Y-%m-%dT%H:%M:%S.000Z)",
    "$randomInt": "$((RANDOM % 1001))",
    "$randomBoolean": "$( ((RANDOM % 2)) && echo true || echo false)",
}
"""Functions that Bash has an expression for."""


def quoted(text: str) -> str:
    """Literal text as one Bash word; bytes that are not UTF-8 may stand in it as surrogates."""
    if _BARE.fullmatch(text):
        return text
    if _UNSEEN.search(text):
        return ansi_c(text.encode("utf-8", "surrogateescape"))
    return "'" + text.replace("'", "'\\''") + "'"


def ansi_c(data: bytes) -> str:
    """Bytes as `$'…'`; what is not printable is escaped byte by byte, in any locale."""
    out: list[str] = []
    for char in data.decode("utf-8", "surrogateescape"):
        if char in _ESCAPES:
            out.append(_ESCAPES[char])
        elif _UNSEEN.match(char):
            out += [f"\\x{byte:02x}" for byte in char.encode("utf-8", "surrogateescape")]
        else:
            out.append(char)
    return "$'" + "".join(out) + "'"


class Shell:
    """The plan's variables in Bash."""

    def __init__(self, plan: Plan, names: Names, losses: Losses) -> None:
        self.plan = plan
        self.names = names
        self.losses = losses
        self._shell_names: dict[str, str] = {}
        self._referenced: set[str] = set()
        for name in (*names.variables, *names.saved, *names.undefined):
            self._name(name)

    def word(self, template: str, path: Path) -> str:
        """A template as one Bash word, variables as `"${NAME}"`."""
        pieces = self.names.pieces(template)
        if not pieces:
            return "''"
        if len(pieces) == 1 and pieces[0].kind is Kind.TEXT:
            return quoted(template)
        expanded = [(piece, self._expansion(piece, path)) for piece in pieces]
        texts = [piece.text for piece, open_part in expanded if open_part is None]
        if all(_RAW_IN_DOUBLE.fullmatch(text) for text in texts):
            return '"' + "".join(part or piece.template for piece, part in expanded) + '"'
        return "".join(
            quoted(piece.template) if part is None else f'"{part}"' for piece, part in expanded
        )

    def reference(self, name: str) -> str:
        """`${NAME}` of a plan variable."""
        self._referenced.add(name)
        return "${" + self._name(name) + "}"

    def _expansion(self, piece: Piece, path: Path) -> str | None:
        """What stands in double quotes for a variable or function; None for literal text."""
        if piece.kind is Kind.TEXT:
            return None
        if piece.kind is Kind.VARIABLE:
            return self.reference(piece.text)
        known = _FUNCTIONS.get(piece.text)
        if known is None:
            self.losses.lost(
                path,
                "function-not-expressed",
                f"{{{{{piece.text}}}}} is sent as it stands",
                why="Bash has no such function",
                fix="replace it in the script",
            )
        return known

    def _name(self, name: str) -> str:
        """A shell name for a plan variable: its own where Bash allows it."""
        if name not in self._shell_names:
            base = re.sub(r"[^A-Za-z0-9_]", "_", name) or "variable"
            if not re.match(r"[A-Za-z_]", base) or base in _SHELL_OWN:
                base = f"plan_{base}"
            free, number = base, 1
            while free in self._shell_names.values():
                number += 1
                free = f"{base}_{number}"
            self._shell_names[name] = free
        return self._shell_names[name]

    def assignments(self) -> list[str]:
        """A line per variable, those that others need first. To be asked last: the content of a
        file is read only where a command needs it as a variable."""
        lines: list[str] = []
        order = {variable.name: index for index, variable in enumerate(self.plan.variables)}
        for variable in self.names.needed_first():
            lines += self._assignment(variable, ("variables", order[variable.name]))
        for name in self.names.saved:
            lines.append(f"{self._name(name)}=''  # saved from an answer: fill it in")
        for name in self.names.undefined:
            value = quoted("{{" + name + "}}")
            lines.append(f"{self._name(name)}={value}  # nothing gives it a value: fill it in")
        return lines

    def _assignment(self, variable: Variable, path: Path) -> list[str]:
        name = self._name(variable.name)
        if variable.file is not None:
            return self._file_assignment(variable, path)
        if variable.secret is not None:
            key = re.sub(r"[^A-Za-z0-9_]", "_", variable.secret.key) or "SECRET"
            key = key if re.match(r"[A-Za-z_]", key) else f"SECRET_{key}"
            return [f'{name}="${{{key}:?set {key} to the secret}}"  # secret']
        if variable.generator is not None:
            call = Piece(Kind.FUNCTION, variable.generator.strip().strip("{}"))
            known = self._expansion(call, (*path, "generator"))
            return [f'{name}="{known}"' if known else f"{name}={quoted(variable.generator)}"]
        if variable.column is not None:
            return [f"{name}={quoted(self._first_cell(variable, path))}  # first row of the data"]
        return [f"{name}={self.word(variable.value or '', (*path, 'value'))}"]

    def _file_assignment(self, variable: Variable, path: Path) -> list[str]:
        name, file = self._name(variable.name), variable.file
        if file is None:
            return []
        if variable.name not in self._referenced:
            return []
        if file.encoding is not FileEncoding.NONE:
            self.losses.lost(
                (*path, "file", "encoding"),
                "file-not-encoded",
                f"the content of {file.path!r} is not percent-encoded",
                why="curl encodes a file only as a whole field",
            )
        word = self.word(file.path, (*path, "file", "path"))
        strip = " | tr -d '\\r\\n\\000'" if file.strip_newlines else ""
        read = f"$(cat -- {word}{strip}; printf x)"
        return [f'{name}="{read}"; {name}="${{{name}%x}}"  # content of the file']

    def _first_cell(self, variable: Variable, path: Path) -> str:
        column = variable.column
        for feed in self.plan.feeds:
            if column is None or feed.name != column.feed or not feed.rows:
                continue
            if column.column in feed.columns:
                values = feed.rows[0].values
                at = feed.columns.index(column.column)
                if at < len(values):
                    self.losses.lost(
                        (*path, "column"),
                        "data-first-row",
                        f"{variable.name!r} is the first row of the data",
                        why="a script of curl commands has no data feed",
                    )
                    return values[at]
        self.losses.lost(
            (*path, "column"),
            "data-not-read",
            f"{variable.name!r} is empty: its data feed is a file",
            why="an export opens no files",
            fix="fill the value in",
        )
        return ""
