"""Characters for charts and states, in three sets: braille, blocks, ASCII.

No state is told by colour alone: each has a glyph and a word.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One set of characters."""

    name: str
    bars: str
    """Nothing to full, for columns."""
    shades: str
    """Nothing to full, for heat."""
    braille: bool
    on: str
    off: str
    good: str
    bad: str
    warn: str
    lost: str
    folder: str
    ellipsis: str


BRAILLE = Glyphs("braille", " ▁▂▃▄▅▆▇█", " ░▒▓█", True, "●", "○", "✔", "✘", "▲", "✝", "▸", "…")
BLOCKS = Glyphs("blocks", " ▁▂▃▄▅▆▇█", " ░▒▓█", False, "●", "○", "√", "x", "!", "+", ">", "…")
ASCII = Glyphs("ascii", " .:-=+*#@", " .:*#", False, "*", "o", "ok", "x", "!", "+", ">", "~")

SETS = {glyphs.name: glyphs for glyphs in (BRAILLE, BLOCKS, ASCII)}


def choose_glyphs(environ: Mapping[str, str] | None = None) -> Glyphs:
    """The set that the terminal can show, or the one that `HAZARD_GLYPHS` names."""
    environ = os.environ if environ is None else environ
    named = SETS.get(environ.get("HAZARD_GLYPHS", ""))
    if named is not None:
        return named
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
    if "utf" not in locale.lower():
        return ASCII
    if environ.get("TERM", "") in ("linux", "vt100", "dumb"):
        return BLOCKS
    return BRAILLE


_ASCII_OF = str.maketrans(
    {
        **dict.fromkeys("─━═╌╍╶╴╸╺╼╾⎯▔▁", "-"),
        **dict.fromkeys("│┃║╎╏▏▎▍▌▐▕", "|"),
        **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╯╰┏┓┗┛┣┫┳┻╋╔╗╚╝╠╣╦╩╬", "+"),
        **dict.fromkeys("█▇▆▅▉▊▋▓", "#"),
        **dict.fromkeys("▄▃▂▀▒", "="),
        "░": ".",
        **dict.fromkeys("▾▼", "v"),
        **dict.fromkeys("▸▶►", ">"),
        **dict.fromkeys("▴▲", "^"),
        **dict.fromkeys("◀◂◄", "<"),
        "…": "~",
        "•": "*",
        "·": "-",
        "●": "*",
        "○": "o",
        "✔": "v",
        "✘": "x",
        "⏎": "$",
        **dict.fromkeys("“”„", '"'),
        **dict.fromkeys("‘’", "'"),
        **dict.fromkeys("–—", "-"),
        "×": "x",
        "\u00a0": " ",
    }
)


def ascii_text(text: str) -> str:
    """A text in ASCII with the same width on the screen; what has no likeness is `?`."""
    if text.isascii():
        return text
    text = text.translate(_ASCII_OF)
    return "".join(char if char.isascii() else "?" * cell_len(char) for char in text)


class AsciiFilter(LineFilter):
    """Makes every painted line ASCII, for terminals that show nothing else."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments with their text in ASCII."""
        return [Segment(ascii_text(text), style, control) for text, style, control in segments]
