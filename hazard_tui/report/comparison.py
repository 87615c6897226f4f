"""Two runs side by side: a table, plain values, and what counts as a regression."""

from __future__ import annotations

from typing import Any

from hazard_tui.report.summary import run_seconds
from hazard_tui.rpc.gen.hazard.v1 import control_pb2
from hazard_tui.stats.compare import Compared, RunFigures, compare
from hazard_tui.stats.merge import FrameSum

Run = tuple[control_pb2.RunRecord, FrameSum]
FIGURES = ("per_s", "failed_share", "p50_us", "p95_us", "p99_us")
SLOWER = ("p50_us", "p95_us")
"""Figures whose growth is a regression."""
LEAST_CHANGE_US = 500.0
"""A latency that grew by less is noise, whatever the share."""


def _compared(base: Run, other: Run) -> list[Compared]:
    return compare(
        *(RunFigures(record.entries, total, run_seconds(record)) for record, total in (base, other))
    )


def _value(one: Compared, side: str, figure: str) -> float:
    figures = getattr(one, side)
    if figures is None:
        return 0.0
    return float(getattr(figures.service if figure.endswith("_us") else figures, figure))


def comparison_value(base: Run, other: Run) -> dict[str, Any]:
    """The comparison as plain values."""
    steps = [
        {
            "task": one.task,
            "name": one.name or "all requests",
            "method": one.method,
            **{
                figure: {
                    "base": _value(one, "before", figure),
                    "other": _value(one, "after", figure),
                    "change": one.change(figure),
                }
                for figure in FIGURES
            },
        }
        for one in _compared(base, other)
    ]
    runs = {"base": base[0].run_id, "other": other[0].run_id}
    return {"type": "comparison", **runs, "steps": steps}


def comparison_table(base: Run, other: Run) -> str:
    """Table of text: old, new and change of rate, failures and latencies per step."""
    lines = [f"{'step':32} {'rps':>22} {'failed':>16} {'p50 ms':>22} {'p95 ms':>22}"]
    for one in _compared(base, other):
        cells = [
            _cell(one, "per_s", 1.0, 1),
            _cell(one, "failed_share", 100.0, 1, unit="%"),
            _cell(one, "p50_us", 0.001, 1),
            _cell(one, "p95_us", 0.001, 1),
        ]
        name = (one.name or "all requests")[:32]
        lines.append(f"{name:32} {cells[0]:>22} {cells[1]:>16} {cells[2]:>22} {cells[3]:>22}")
    return "\n".join(lines) + "\n"


def _cell(one: Compared, figure: str, scale: float, digits: int, unit: str = "") -> str:
    before, after = (_value(one, side, figure) * scale for side in ("before", "after"))
    change = one.change(figure)
    shown = "" if change is None or unit else f" {change:+.0%}"
    return f"{before:.{digits}f}{unit} > {after:.{digits}f}{unit}{shown}"


def regressions(base: Run, other: Run, tolerance: float) -> list[str]:
    """What got worse by more than `tolerance` (0.1: 10 %), one sentence each."""
    found = []
    for one in _compared(base, other):
        if one.before is None or one.after is None or not one.after.requests:
            continue
        name = one.name or "all requests"
        for figure in SLOWER:
            change = one.change(figure)
            grown = _value(one, "after", figure) - _value(one, "before", figure)
            if change is not None and change > tolerance and grown > LEAST_CHANGE_US:
                found.append(f"{name}: {figure.removesuffix('_us')} is {change:+.0%}")
        more = _value(one, "after", "failed_share") - _value(one, "before", "failed_share")
        if more > tolerance:
            found.append(f"{name}: failures are {more:+.1%}")
    return found
