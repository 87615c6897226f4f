"""The terminal cell by cell: what it shows, what it should show, and the difference as text.

Textual repaints whole widgets and whole screens; most of their cells are on the terminal already.
Here only cells that differ are written, in pieces of a wanted size, and an old picture that the
line had no time for is never written at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from textual.strip import Strip

Cell = tuple[str, str]
"""Text and SGR codes; the cell behind a wide character has no text."""

UNKNOWN: Cell = ("\0", "")
"""What a cell of the terminal shows after something else wrote on it."""
LONGEST_GAP = 4
"""Unchanged cells between two changed ones that are cheaper to write than to jump over."""
ERASED_SPACES = 12
"""Blank cells from which erasing is shorter than writing them."""

_BLANKS = re.compile(f"( {{{ERASED_SPACES},}})")
_SHOWN_ON_BLANKS = frozenset({"4", "7", "9", "21", "53"})
"""Underlined, reverse … blanks look different from erased cells."""


@dataclass(frozen=True, slots=True)
class Pen:
    """What is in force at the terminal: attributes, foreground, background."""

    attributes: frozenset[str] = frozenset()
    fore: str = ""
    back: str = ""


PLAIN = Pen()


@lru_cache(maxsize=4096)
def pen_of(codes: str) -> Pen:
    """The pen that SGR codes such as `1;38;2;10;20;30` ask for."""
    attributes, fore, back = set(), "", ""
    words = codes.split(";") if codes else []
    while words:
        word = words.pop(0)
        if word in ("38", "48"):
            count = 4 if words[:1] == ["2"] else 2
            colour, words = ";".join([word, *words[:count]]), words[count:]
        elif (len(word) > 1 and word[0] in "349") or len(word) == 3:
            colour = word
        else:
            attributes.add(word)
            continue
        if colour[0] == "4" or colour[:2] == "10":
            back = colour
        else:
            fore = colour
    return Pen(frozenset(attributes), fore, back)


@lru_cache(maxsize=4096)
def change_of(before: Pen, after: Pen) -> str:
    """The shortest sequence from one pen to another."""
    if before == after:
        return ""
    lost = (before.fore and not after.fore) or (before.back and not after.back)
    if lost or not before.attributes <= after.attributes:
        codes = ["", *sorted(after.attributes), after.fore, after.back]
        text = ";".join([codes[0], *(code for code in codes[1:] if code)])
        return f"\x1b[{text}m"
    codes = sorted(after.attributes - before.attributes)
    codes += [after.fore] if after.fore != before.fore else []
    codes += [after.back] if after.back != before.back else []
    return f"\x1b[{';'.join(codes)}m"


def cells_of(strip: Strip, colours: ColorSystem) -> list[Cell]:
    """The cells of a strip. Links are left out: the console has none."""
    cells: list[Cell] = []
    for text, style, control in strip:
        if control:
            continue
        codes = ""
        if style is not None:
            known = style._ansi
            codes = Strip.render_ansi(style, colours) if known is None else known
        if text.isascii() and text.isprintable():
            cells += [(char, codes) for char in text]
            continue
        for char in text:
            width = get_character_cell_size(char) if char.isprintable() else 0
            if width:
                cells += [(char, codes), *[("", codes)] * (width - 1)]
            elif cells and ord(char) >= 0x300:
                # A combining mark belongs to the character before it.
                cells[-1] = (cells[-1][0] + char, cells[-1][1])
    return cells


class Picture:
    """Takes what Textual wants to show; gives it out in pieces, the newest lines first."""

    def __init__(self, *, erases: bool = False) -> None:
        self.erases = erases
        """The terminal gives erased cells the background colour."""
        self.width = self.height = 0
        self._wanted: list[list[Cell]] = []
        self._shown: list[list[Cell]] = []
        self._stale: dict[int, int] = {}
        """Lines that may differ, with the number of the picture that changed them last."""
        self._number = 0

    @property
    def is_stale(self) -> bool:
        """True when the terminal does not show what it should."""
        return bool(self._stale)

    def forget(self) -> None:
        """Something else wrote on the terminal: everything is written again."""
        self._shown = [[UNKNOWN] * self.width for _ in range(self.height)]
        self._stale = dict.fromkeys(range(self.height), self._number)

    def take_lines(self, lines: list[list[Strip]], width: int, colours: ColorSystem) -> None:
        """Takes a whole screen: the strips of each line, side by side."""
        self._fit(width, len(lines))
        self._number += 1
        for y, strips in enumerate(lines):
            cells = [cell for strip in strips for cell in cells_of(strip, colours)]
            self._put(y, 0, cells)

    def take_spans(self, update: Any, colours: ColorSystem) -> None:
        """Takes a `ChopsUpdate`: strips by their place in some lines."""
        ends = update.chop_ends
        self._fit(max(line[-1] for line in ends if line), len(ends))
        self._number += 1
        for y, first, last in update.spans:
            for end, (x, strip) in zip(ends[y], update.chops[y].items(), strict=False):
                if strip is not None and x <= last and end > first:
                    self._put(y, x, cells_of(strip, colours)[: min(end, last) - x])

    def _fit(self, width: int, height: int) -> None:
        if (width, height) != (self.width, self.height):
            self.width, self.height = width, height
            self._wanted = [[(" ", "")] * width for _ in range(height)]
            self.forget()

    def _put(self, y: int, x: int, cells: list[Cell]) -> None:
        line = self._wanted[y]
        last = min(self.width, x + len(cells))
        new = cells[: last - x]
        if line[x:last] != new:
            line[x:last] = new
            self._stale[y] = self._number

    def piece(self, limit: int) -> str:
        """What differs, as text of `limit` bytes and at most a line more; the rest stays stale."""
        parts: list[str] = []
        size, pen = 0, PLAIN
        for y in sorted(self._stale, key=lambda line: (-self._stale[line], line)):
            wanted, shown = self._wanted[y], self._shown[y]
            move = f"\x1b[{y + 1};%dH"
            for first, last in _runs(wanted, shown):
                if size >= limit:
                    break
                text, pen = self._run(wanted[first:last], first, pen)
                parts.append(move % (first + 1) + text)
                size += len(parts[-1].encode("utf-8"))
                shown[first:last] = wanted[first:last]
                move = "\x1b[%dG"
            else:
                del self._stale[y]
        return "".join(parts) + ("\x1b[m" if pen != PLAIN else "")

    def _run(self, cells: list[Cell], x: int, pen: Pen) -> tuple[str, Pen]:
        parts: list[str] = []
        start = 0
        while start < len(cells):
            codes, end = cells[start][1], start + 1
            while end < len(cells) and cells[end][1] == codes:
                end += 1
            after = pen_of(codes)
            parts.append(change_of(pen, after))
            pen = after
            text = "".join(text for text, _ in cells[start:end])
            may_erase = self.erases and not after.attributes & _SHOWN_ON_BLANKS
            parts.append(_erased(text, x + start) if may_erase else text)
            start = end
        return "".join(parts), pen


def _erased(text: str, x: int) -> str:
    """The text with long blanks erased instead of written. Its first cell is `x`."""
    if " " * ERASED_SPACES not in text or not all(
        get_character_cell_size(char) == 1 for char in text
    ):
        return text
    parts = []
    for part in _BLANKS.split(text):
        x += len(part)
        parts.append(f"\x1b[{len(part)}X\x1b[{x + 1}G" if len(part) >= ERASED_SPACES and
                     not part.strip(" ") else part)  # fmt: skip
    return "".join(parts)


def _runs(wanted: list[Cell], shown: list[Cell]) -> Iterator[tuple[int, int]]:
    """First and behind the last cell of each run that differs; short gaps belong to it."""
    width, x = len(wanted), 0
    if wanted == shown:
        return
    while x < width:
        if wanted[x] == shown[x]:
            x += 1
            continue
        first = last = x
        while x < width and x - last <= LONGEST_GAP:
            if wanted[x] != shown[x]:
                last = x
            elif wanted[x][1] != wanted[last][1]:
                break
            x += 1
        while first and not wanted[first][0]:
            first -= 1
        x = last + 1
        yield first, x
