"""JavaScript text: literals, paths into JSON, regular expressions. Shared by Postman and k6."""

from __future__ import annotations

import json
import re

from hazard_tui.export.pieces import Kind, Names

_HIDDEN = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_PATH_PART = re.compile(
    r"""(?:^|\.)(?P<name>[^.\[\]"()|*?&@`{}\s]+)|\[(?P<index>\d+)\]|\[?(?P<quoted>"(?:[^"\\]|\\.)*")\]?"""
)
_FLAGS = re.compile(r"\(\?([ims]+)\)")
_NOT_JAVASCRIPT = re.compile(
    r"\\[AzQpPCx]|\[\[:|\(\?[imsU]*-|\(\?[imsU]+[:)]|\(\?U|(?<![\\(])\(\?P=|[*+?}]\+"
)
"""RE2 that JavaScript reads otherwise: anchors, classes, flags in the middle, possessive signs."""


def literal(text: str) -> str:
    """Text as a string literal."""
    out = json.dumps(text, ensure_ascii=False)
    return _HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", out)


def comment(text: str) -> str:
    """Text as a line comment."""
    return "// " + "".join(char if char.isprintable() else " " for char in text).strip()


def template_literal(text: str) -> str:
    """Literal text for the inside of a template literal."""
    escaped = text.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")
    escaped = escaped.replace("\r", "\\r").replace("\0", "\\0")
    return _HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", escaped)


def member(owner: str, key: str | int) -> str:
    """`owner.key`, `owner[0]` or `owner["the key"]`."""
    if isinstance(key, int):
        return f"{owner}[{key}]"
    return f"{owner}.{key}" if _IDENTIFIER.fullmatch(key) else f"{owner}[{literal(key)}]"


def path_keys(path: str) -> list[str | int] | None:
    """Keys of `a.b[0]["c d"]` or of a plain JMESPath; None when it is more than a path."""
    if path in ("", "@"):
        return []
    keys: list[str | int] = []
    at = 0
    while at < len(path):
        found = _PATH_PART.match(path, at)
        if found is None:
            if path.startswith('."', at):
                at += 1
                continue
            return None
        if found["index"] is not None:
            keys.append(int(found["index"]))
        else:
            keys.append(found["name"] if found["name"] else json.loads(found["quoted"]))
        at = found.end()
    return keys


def json_access(body: str, path: str, *, guarded: bool = False) -> str | None:
    """The expression for a place in a parsed body; None when the path is more than a path.

    With `guarded` a missing object on the way gives undefined, where reading inside it would throw.
    """
    wanted = re.fullmatch(r"length\((?P<path>.+)\)", path)
    keys = path_keys(wanted["path"] if wanted else path)
    if keys is None:
        return None
    out = body
    for number, key in enumerate(keys):
        out = member(f"({out} || {{}})" if guarded and number else out, key)
    return f"{out}.length" if wanted else out


def regex(pattern: str) -> str | None:
    """An RE2 pattern as a regular expression literal; None when JavaScript reads it otherwise."""
    flags = ""
    if found := _FLAGS.match(pattern):
        flags, pattern = found[1], pattern[found.end() :]
    if _NOT_JAVASCRIPT.search(pattern):
        return None
    body = pattern.replace("(?P<", "(?<").replace("\n", "\\n").replace("\r", "\\r")
    body = re.sub(r"(\\.)|/", lambda one: one[1] or "\\/", body)
    flags = "".join(dict.fromkeys(flags))
    return f"/{body or '(?:)'}/{flags}" if not body.endswith("\\") else None


def is_number(text: str) -> bool:
    """True when the text is a plain decimal number, as JavaScript and a plan print it."""
    return re.fullmatch(r"-?(?:0|[1-9]\d*)(?:\.\d+)?", text) is not None


def concatenation(template: str, names: Names, variable: str) -> str:
    """A template as an expression; `variable` is the call that reads one: `get(%s)`."""
    parts = [
        variable % literal(piece.text) if piece.kind is Kind.VARIABLE else literal(piece.template)
        for piece in names.pieces(template)
    ]
    return " + ".join(parts) or '""'
