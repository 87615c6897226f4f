"""Thresholds: pass/fail rules over the numbers of a run, such as `p95<300ms` or `errors<1%`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from hazard_tui.errors import PlanError
from hazard_tui.plan.model import Threshold
from hazard_tui.rpc.gen.hazard.v1 import control_pb2
from hazard_tui.stats.merge import FrameSum
from hazard_tui.stats.totals import Entries, Figures, figures_of, request_entries

DEFAULT_ABORT_AFTER_MS = 10_000

_RULE = re.compile(
    r"(?P<metric>p\d{1,2}(?:\.\d+)?|avg|min|max|med|errors|failed|rps|checks|dropped|requests)"
    r"\s*(?P<sign><=|>=|<|>)\s*(?P<limit>\d+(?:\.\d+)?)\s*(?P<unit>us|ms|s|%|)"
)
_UNIT_US = {"us": 1.0, "ms": 1e3, "s": 1e6, "": 1e3}
_UNIT_OF_TIME = {"us", "ms", "s", ""}


@dataclass(frozen=True, slots=True)
class Rule:
    """A parsed threshold."""

    metric: str
    sign: str
    limit: float
    unit: str
    """Times without a unit are milliseconds; counts with `%` are shares."""

    def holds(self, actual: float) -> bool:
        """Whether a value in the rule's unit is on the right side."""
        return {
            "<": actual < self.limit,
            "<=": actual <= self.limit,
            ">": actual > self.limit,
            ">=": actual >= self.limit,
        }[self.sign]


def parse_rule(text: str) -> Rule:
    """The rule of a text. Raises `PlanError` when it follows no grammar."""
    match = _RULE.fullmatch(text.strip())
    if match is None:
        raise PlanError(f"{text!r} is not a threshold", hint="write it like p95<300ms or errors<1%")
    rule = Rule(match["metric"], match["sign"], float(match["limit"]), match["unit"])
    timed = rule.metric in ("avg", "min", "max", "med") or rule.metric.startswith("p")
    if timed != (rule.unit in _UNIT_OF_TIME) and rule.unit:
        raise PlanError(f"{text!r}: the unit {rule.unit} does not fit {rule.metric}")
    return rule


def threshold_entries(threshold: Threshold, entries: Entries) -> tuple[int, ...]:
    """Numbers of the entries that a threshold is about."""
    chosen = [
        entry
        for entry in entries
        if (not threshold.task or entry.task_name == threshold.task)
        and (not threshold.step or entry.name == threshold.step)
        and (not threshold.tag or threshold.tag in entry.tags)
    ]
    # A step is named on purpose, whatever its kind; a whole adds up requests only.
    return tuple(entry.entry for entry in chosen) if threshold.step else request_entries(chosen)


def _actual(rule: Rule, total: FrameSum, entries: tuple[int, ...], figures: Figures) -> float:
    metric = rule.metric
    if metric == "rps":
        return figures.per_s
    if metric == "requests":
        return float(figures.requests)
    if metric == "dropped":
        return float(total.figures.arrivals_dropped)
    if metric in ("errors", "failed"):
        return figures.failed_share * 100 if rule.unit == "%" else float(figures.failed)
    if metric == "checks":
        broken = sum(count for kind, _, count in figures.errors if kind == "assert")
        held = figures.requests - broken
        if rule.unit != "%":
            return float(held)
        return held / figures.requests * 100 if figures.requests else 100.0
    times = total.distribution_of(entries)
    known = {"avg": times.mean_us, "min": times.least_us, "max": float(times.max_us)}
    if metric in known:
        value = known[metric]
    else:
        value = times.percentile(50.0 if metric == "med" else float(metric[1:]))
    return value / _UNIT_US[rule.unit]


def judge(
    threshold: Threshold, total: FrameSum, entries: Entries, seconds: float
) -> control_pb2.ThresholdResult:
    """Whether a threshold holds over `total`. Without any request only counts can hold."""
    rule = parse_rule(threshold.rule)
    chosen = threshold_entries(threshold, entries)
    figures = figures_of(total, chosen, seconds)
    actual = _actual(rule, total, chosen, figures)
    nothing = not figures.requests and rule.metric not in ("requests", "failed", "dropped", "rps")
    ok = rule.holds(actual) and not nothing
    unit = rule.unit or ("ms" if _is_time(rule.metric) else "")
    about = "/".join(part for part in (threshold.task, threshold.step, threshold.tag) if part)
    value = "no requests" if nothing else f"{actual:.4g}{unit}"
    text = f"{about + ': ' if about else ''}{threshold.rule.strip()} "
    text += f"holds ({value})" if ok else f"is broken ({value})"
    return control_pb2.ThresholdResult(rule=threshold.rule, ok=ok, actual=actual, text=text)


def _is_time(metric: str) -> bool:
    return metric in ("avg", "min", "max", "med") or metric.startswith("p")


def judge_all(
    thresholds: Iterable[Threshold], total: FrameSum, entries: Entries, seconds: float
) -> list[control_pb2.ThresholdResult]:
    """Results in the order of the plan."""
    return [judge(threshold, total, entries, seconds) for threshold in thresholds]


def broken_for_good(
    thresholds: Iterable[Threshold], total: FrameSum, entries: Entries, elapsed_ms: float
) -> control_pb2.ThresholdResult | None:
    """The first threshold that aborts the run now; None when it may go on."""
    for threshold in thresholds:
        after_ms = threshold.abort_after_ms or DEFAULT_ABORT_AFTER_MS
        if threshold.abort and elapsed_ms >= after_ms:
            result = judge(threshold, total, entries, elapsed_ms / 1000)
            if not result.ok:
                return result
    return None
