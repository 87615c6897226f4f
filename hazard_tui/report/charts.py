"""Line charts as inline SVG. Colours are classes, so that the page's style sheet decides them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from hazard_tui.report.series import Series, Values

WIDTH, HEIGHT = 720, 220
LEFT, RIGHT, TOP, BOTTOM = 54, 12, 12, 26
"""Room for the axes, in units of the view box."""

MOST_TICKS = 8
_TICKS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart."""

    name: str
    values: Values
    style: str
    """Class in the style sheet: `c1` … `c4`, `bad`, `plan`."""
    filled: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened, as a vertical line."""

    second: int
    text: str
    bad: bool = False


def chart(
    title: str, unit: str, lines: Sequence[Line], series: Series, marks: Sequence[Mark]
) -> str:
    """A figure with a legend; empty lines are left out, and so is a chart without any."""
    shown = [line for line in lines if any(value for value in line.values)]
    if not shown or series.length < 1:
        return ""
    top = _nice(max(value for line in shown for value in line.values if value is not None))
    parts = [*_grid(top, series), *_marks(series, marks)]
    for line in shown:
        parts += _path(line, top, series.length)
    legend = "".join(f'<span class="key {line.style}">{escape(line.name)}</span>' for line in shown)
    label = escape(f"{title}, {unit}")
    return (
        f'<figure><figcaption><b>{escape(title)}</b> <span class="unit">{escape(unit)}</span>'
        f'<span class="legend">{legend}</span></figcaption>'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">'
        f"{''.join(parts)}</svg></figure>"
    )


def _x(place: float, length: int) -> float:
    span = max(length - 1, 1)
    return LEFT + (WIDTH - LEFT - RIGHT) * place / span


def _y(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(value / top, 1.0)


def _nice(largest: float) -> float:
    """The next of 1, 2, 2.5, 5 times a power of ten that is not smaller."""
    if largest <= 0:
        return 1.0
    power: float = 10.0 ** math.floor(math.log10(largest))
    for factor in (1, 2, 2.5, 5, 10):
        if largest <= factor * power:
            return factor * power
    return 10 * power


def _grid(top: float, series: Series) -> list[str]:
    parts: list[str] = []
    for quarter in range(5):
        value = top * quarter / 4
        y = _y(value, top)
        parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
        parts.append(
            f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{short(value)}</text>'
        )
    seconds = (series.length - 1) * series.step_s
    tick = next((one for one in _TICKS_S if seconds / one <= MOST_TICKS), _TICKS_S[-1])
    for at in range(0, seconds + 1, tick):
        x = _x(at / series.step_s, series.length)
        anchor = "start" if at == 0 else "end" if seconds - at < tick / 8 else "middle"
        parts.append(
            f'<text x="{x:.1f}" y="{HEIGHT - 8}" text-anchor="{anchor}">{clock(at)}</text>'
        )
    return parts


def _marks(series: Series, marks: Sequence[Mark]) -> list[str]:
    parts: list[str] = []
    for mark in marks:
        place = (mark.second - series.first_second) / series.step_s
        if 0 <= place <= series.length - 1:
            x = _x(place, series.length)
            style = "mark bad" if mark.bad else "mark"
            parts.append(
                f'<path class="{style}" d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}">'
                f"<title>{escape(mark.text)}</title></path>"
            )
    return parts


def _path(line: Line, top: float, length: int) -> list[str]:
    """The line in pieces: it is broken where nothing is known."""
    pieces: list[list[tuple[float, float]]] = [[]]
    for place, value in enumerate(line.values):
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append((_x(place, length), _y(value, top)))
    parts: list[str] = []
    for piece in pieces:
        if not piece:
            continue
        if len(piece) == 1:
            x, y = piece[0]
            parts.append(f'<circle class="{line.style}" cx="{x:.1f}" cy="{y:.1f}" r="2"/>')
            continue
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in piece)
        if line.filled:
            base = f"{HEIGHT - BOTTOM}"
            area = f"{piece[0][0]:.1f},{base} {points} {piece[-1][0]:.1f},{base}"
            parts.append(f'<polygon class="area {line.style}" points="{area}"/>')
        parts.append(f'<polyline class="line {line.style}" points="{points}"/>')
    return parts


def short(value: float) -> str:
    """A number for an axis: `12k`, `1.5M`, `0.25`."""
    for limit, sign in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if value >= limit:
            return f"{value / (1e3 if sign == 'k' else limit):.3g}{sign}"
    return f"{value:.4g}"


def clock(seconds: float) -> str:
    """`m:ss` or `h:mm:ss`."""
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
