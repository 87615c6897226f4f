"""Reading JavaScript: a thin layer over the syntax tree, and what literals mean."""

from __future__ import annotations

import re
import time
from functools import lru_cache

import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

LONGEST_SCRIPT_BYTES = 1_000_000
"""A longer script is kept unread; the largest known in a real collection has 300 kB."""

_SURELY_SHORT_BYTES = 4096
"""Scripts up to here are read in a few hundredths of a second, whatever is in them."""
_PIECE_BYTES = 1024
_LONGEST_S = 0.1
_LONGEST_S_PER_BYTE = 2e-6
"""Of processor time, ten times what JavaScript takes; other text can take its length squared."""

_ESCAPE = re.compile(r"\\(u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r\n|[\s\S])")
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}


@lru_cache(maxsize=1)
def _language() -> Language:
    return Language(tree_sitter_javascript.language())


def parse(source: str) -> Node | None:
    """The program node of a script; broken code gives error nodes, never an exception.

    None for a text on which the parser, looking for JavaScript in it, would spend its time."""
    data = source.encode("utf-8", "surrogatepass")
    if len(data) > _SURELY_SHORT_BYTES and not _soon_parsed(data):
        return None
    return Parser(_language()).parse(data).root_node


def _soon_parsed(data: bytes) -> bool:
    """True when the parser gets through in time.

    It is given the text in pieces, and an early end when it is late: its own ways to stop end the
    process in version 0.25."""
    end = time.thread_time() + _LONGEST_S + _LONGEST_S_PER_BYTE * len(data)
    late = False

    def read(offset: int, _: object) -> bytes:
        nonlocal late
        late = late or time.thread_time() > end
        return b"" if late else data[offset : offset + _PIECE_BYTES]

    Parser(_language()).parse(read)
    return not late


def text_of(node: Node | None) -> str:
    """Source text of a node; empty for none."""
    if node is None or node.text is None:
        return ""
    return node.text.decode("utf-8", "replace")


def statements_of(node: Node) -> list[Node]:
    """Statements of a program or block, without comments, empty statements and directives."""
    return [
        child
        for child in node.named_children
        if child.type not in ("comment", "empty_statement", "hash_bang_line")
        and text_of(child).strip("'\"; \n") != "use strict"
    ]


def arguments_of(call: Node) -> list[Node]:
    """Arguments of a call without comments."""
    arguments = call.child_by_field_name("arguments")
    if arguments is None or arguments.type != "arguments":
        return []
    return [child for child in arguments.named_children if child.type != "comment"]


def line_of(node: Node) -> int:
    """1-based line of a node."""
    return int(node.start_point[0]) + 1


def first_line(node: Node, width: int = 60) -> str:
    """The beginning of a node's text on one line."""
    text = " ".join(text_of(node).split())
    return text if len(text) <= width else text[: width - 1] + "…"


def string_value(node: Node) -> str:
    """Value of a string literal, escapes resolved."""
    return unescape(text_of(node)[1:-1])


def unescape(text: str) -> str:
    """Text with the escapes of JavaScript strings resolved."""
    if "\\" not in text:
        return text
    # JavaScript writes characters beyond the first plane as two halves.
    halves = _ESCAPE.sub(_unescaped, text)
    return halves.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _unescaped(match: re.Match[str]) -> str:
    body = match.group(1)
    if body[0] in "ux" and len(body) > 1:
        code = int(body[1:].strip("{}"), 16)
        return chr(code) if code <= 0x10FFFF else "�"
    if body in ("\n", "\r\n", "\r"):
        return ""
    return _SIMPLE.get(body, body)


def number_value(node: Node) -> int | float | None:
    """Value of a number literal; None for a form that is not understood."""
    text = text_of(node).replace("_", "")
    try:
        return int(text, 0)
    except ValueError:
        pass
    try:
        value = float(text)
    except ValueError:
        return None
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


_NOT_RE2 = re.compile(r"\(\?(?:[=!]|<[=!])|\\[1-9]|\\k<|\\c[A-Za-z]|\\u")
_KNOWN_FLAGS = set("gimsuy")


def re2_pattern(node: Node) -> str | None:
    """A regular expression literal in RE2 syntax; None when RE2 cannot say the same."""
    pattern = text_of(node.child_by_field_name("pattern"))
    flags = text_of(node.child_by_field_name("flags"))
    if _NOT_RE2.search(pattern) or set(flags) - _KNOWN_FLAGS or "y" in flags:
        return None
    kept = "".join(flag for flag in flags if flag in "ims")
    plain = pattern.replace("\\/", "/").replace("(?<", "(?P<")
    # In JavaScript `[^]` is any character and `$` without m is the very end, as in RE2.
    if "[^]" in plain or "[]" in plain:
        return None
    return f"(?{kept}){plain}" if kept else plain


def callback_of(node: Node | None) -> tuple[list[str], list[Node]] | None:
    """Parameter names and statements of a function without tricks."""
    if node is None or node.type not in ("arrow_function", "function_expression"):
        return None
    if text_of(node).startswith("async"):
        return None
    parameters = node.child_by_field_name("parameters")
    single = node.child_by_field_name("parameter")
    names = [text_of(single)] if single is not None else []
    if parameters is not None:
        names = [text_of(child) for child in parameters.named_children if child.type != "comment"]
    body = node.child_by_field_name("body")
    if body is None:
        return None
    return names, statements_of(body) if body.type == "statement_block" else [body]
