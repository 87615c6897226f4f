"""Pieces of the HTML report: sections, tables, and figures as a person reads them.

Every text that comes in is escaped, except where a parameter is said to be HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from html import escape


def pill(text: str, style: str) -> str:
    """A word in a coloured frame; `style` is a class of the style sheet."""
    return f'<span class="pill {style}">{escape(text)}</span>'


def section(title: str, inner: str) -> str:
    """A titled part of the page; `inner` is HTML."""
    return f"<section><h2>{escape(title)}</h2>{inner}</section>"


def table_of(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    wrapped: tuple[int, ...] = (),
    text: tuple[int, ...] = (),
) -> str:
    """A table of plain texts; `wrapped` columns break lines, `text` columns begin at the left."""

    def cells(tag: str, row: Sequence[str]) -> Iterator[str]:
        for index, value in enumerate(row):
            style = "wrap" if index in wrapped and tag == "td" else "text" if index in text else ""
            yield f'<{tag} class="{style}">{escape(value)}</{tag}>'

    lines = [f"<tr>{''.join(cells('th', heads))}</tr>"]
    lines += [f"<tr>{''.join(cells('td', row))}</tr>" for row in rows]
    return f'<div class="box"><table>{"".join(lines)}</table></div>'


def one_line(text: str) -> str:
    """The text with every run of white space as one space."""
    return " ".join(text.split())


def count_text(value: int) -> str:
    """A count with separators of thousands."""
    return f"{value:,}"


def ms_number(value: float) -> str:
    """Milliseconds with three significant digits."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def ms_text(value_us: float) -> str:
    """Microseconds as milliseconds with their unit."""
    return f"{ms_number(value_us / 1000)} ms"


def bytes_text(value: int) -> str:
    """A size with a unit."""
    size = float(value)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.3g} {unit}"
        size /= 1024
    return f"{size:,.1f} TiB"


def moment_text(unix_ms: int) -> str:
    """Date and time in UTC; empty for 0."""
    if not unix_ms:
        return ""
    return datetime.fromtimestamp(unix_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def time_text(unix_ms: int) -> str:
    """Time of day in UTC."""
    return datetime.fromtimestamp(unix_ms / 1000, UTC).strftime("%H:%M:%S")
