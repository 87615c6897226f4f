"""Two runs side by side: a table, plain values, and what counts as a regression."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hazard_tui.report.summary import run_seconds
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2
from hazard_tui.stats.change import (
    Change,
    LatencyBlocks,
    deviations_for,
    latency_changes,
    share_change,
)
from hazard_tui.stats.compare import Compared, RunFigures, compare
from hazard_tui.stats.merge import FrameSum
from hazard_tui.stats.plan_versions import plan_version
from hazard_tui.stats.totals import request_entries

FIGURES = ("per_s", "failed_share", "p50_us", "p95_us", "p99_us")
SLOWER = {"p50_us": 50.0, "p95_us": 95.0}
"""Figures whose growth is a regression, with their percent."""
TOLERANCE = 0.05
"""A latency that grew by no more than this share is no regression, however certain it is."""
LEAST_CHANGE_US = 500.0
"""A latency that grew by less is what two processes on one machine do to each other."""
LEAST_CHANGE_SHARE = 0.001
"""Failures that grew by less, as a share of the requests, are none either."""


@dataclass(frozen=True)
class Side:
    """One run of a comparison; `frames` are its merged seconds."""

    record: control_pb2.RunRecord
    total: FrameSum
    frames: Iterable[worker_pb2.Frame] = ()

    def entries_of(self, one: Compared) -> tuple[int, ...]:
        """Numbers of the entries behind a row; the first row stands for all requests."""
        if not one.name:
            return request_entries(self.record.entries)
        key = (one.task, one.name, one.method)
        return tuple(
            entry.entry
            for entry in self.record.entries
            if (entry.task_name, entry.name, entry.method) == key
        )

    @property
    def figures(self) -> RunFigures:
        """What is compared of the run."""
        return RunFigures(self.record.entries, self.total, run_seconds(self.record))


class Comparison:
    """A base and another run, and what of the difference is more than chance."""

    def __init__(self, base: Side, other: Side, tolerance: float = TOLERANCE) -> None:
        """`tolerance` is the share by which a latency may grow: 0.05 is 5 %."""
        self.base, self.other, self.tolerance = base, other, tolerance
        self.rows = compare(base.figures, other.figures)

    @cached_property
    def _deviations(self) -> float:
        both = sum(one.before is not None and one.after is not None for one in self.rows)
        return deviations_for(both * (len(SLOWER) + 1))

    def changes(self, one: Compared) -> dict[str, Change]:
        """Intervals by figure; without latencies when a run is too short for them."""
        if one.before is None or one.after is None:
            return {}
        found: dict[str, Change] = {}
        sides = [LatencyBlocks(run.frames, run.entries_of(one)) for run in (self.base, self.other)]
        slower = latency_changes(sides[0], sides[1], tuple(SLOWER.values()), self._deviations)
        if slower is not None:
            found.update(zip(SLOWER, slower, strict=True))
        if one.before.requests and one.after.requests:
            found["failed_share"] = share_change(
                (one.before.failed, one.before.requests),
                (one.after.failed, one.after.requests),
                self._deviations,
            )
        return found

    @cached_property
    def all_changes(self) -> list[dict[str, Change]]:
        """`changes` of every row."""
        return [self.changes(one) for one in self.rows]

    @cached_property
    def regressions(self) -> list[str]:
        """What got worse beyond chance and tolerance, one sentence each."""
        found: list[str] = []
        for one, changes in zip(self.rows, self.all_changes, strict=True):
            if one.before is None or one.after is None or not one.after.requests:
                continue
            name = one.name or "all requests"
            found.extend(f"{name}: {text}" for text in self._slower(one, changes))
            failed = changes.get("failed_share")
            if failed and failed.is_growth and failed.value > LEAST_CHANGE_SHARE:
                found.append(f"{name}: failures are {failed.value * 100:+.1f} points")
        return found

    def _slower(self, one: Compared, changes: dict[str, Change]) -> Iterable[str]:
        for figure in SLOWER:
            grown = _value(one, "after", figure) - _value(one, "before", figure)
            change = one.change(figure)
            certain = changes.get(figure)
            if change is None or change <= self.tolerance or grown <= LEAST_CHANGE_US:
                continue
            text = f"{figure.removesuffix('_us')} is {change:+.0%}"
            if certain is None:
                yield f"{text} (the runs are too short to tell it from chance)"
            elif certain.is_growth:
                yield f"{text} ({certain.low:+.0%} to {certain.high:+.0%})"

    def value(self) -> dict[str, Any]:
        """The comparison as plain values."""
        steps = [
            {
                "task": one.task,
                "name": one.name or "all requests",
                "method": one.method,
                **{figure: _figure_value(one, figure, changes.get(figure)) for figure in FIGURES},
            }
            for one, changes in zip(self.rows, self.all_changes, strict=True)
        ]
        return {
            "type": "comparison",
            "base": self.base.record.run_id,
            "other": self.other.record.run_id,
            "base_plan_version": plan_version(self.base.record),
            "other_plan_version": plan_version(self.other.record),
            "steps": steps,
            "regressions": self.regressions,
        }

    def table(self) -> str:
        """Table of text: old, new and change of rate, failures and latencies per step.

        A change that chance may explain is marked with `~`.
        """
        lines = [f"{'step':32} {'rps':>22} {'failed':>16} {'p50 ms':>24} {'p95 ms':>24}"]
        for one, changes in zip(self.rows, self.all_changes, strict=True):
            cells = [
                _cell(one, "per_s", 1.0, 1),
                _cell(one, "failed_share", 100.0, 1, unit="%"),
                _cell(one, "p50_us", 0.001, 2, changes.get("p50_us")),
                _cell(one, "p95_us", 0.001, 2, changes.get("p95_us")),
            ]
            name = (one.name or "all requests")[:32]
            lines.append(f"{name:32} {cells[0]:>22} {cells[1]:>16} {cells[2]:>24} {cells[3]:>24}")
        for side in (self.base.record, self.other.record):
            if side.plan_versions:
                lines.append(
                    f"the plan of {side.run_id} was replaced while it ran; its figures are of all "
                    f"{plan_version(side)} versions"
                )
        return "\n".join(lines) + "\n"


def _value(one: Compared, side: str, figure: str) -> float:
    figures = getattr(one, side)
    if figures is None:
        return 0.0
    return float(getattr(figures.service if figure.endswith("_us") else figures, figure))


def _figure_value(one: Compared, figure: str, change: Change | None) -> dict[str, Any]:
    return {
        "base": _value(one, "before", figure),
        "other": _value(one, "after", figure),
        "change": one.change(figure),
        **({} if change is None else {"low": change.low, "high": change.high}),
    }


def _cell(
    one: Compared,
    figure: str,
    scale: float,
    digits: int,
    interval: Change | None = None,
    unit: str = "",
) -> str:
    before, after = (_value(one, side, figure) * scale for side in ("before", "after"))
    change = one.change(figure)
    if change is None or unit:
        return f"{before:.{digits}f}{unit} > {after:.{digits}f}{unit}"
    chance = "~" if interval is not None and interval.low <= 0 <= interval.high else ""
    return f"{before:.{digits}f} > {after:.{digits}f} {chance}{change:+.0%}"
