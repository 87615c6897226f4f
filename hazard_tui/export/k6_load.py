"""Stages and thresholds of a plan as options of k6.

Reference: https://grafana.com/docs/k6/latest/using-k6/scenarios/executors/
"""

from __future__ import annotations

import re
from typing import Any

from hazard_tui.export.losses import Losses
from hazard_tui.plan.model import ArrivalSpacing, Plan, Stage, StageKind, StageShape, Threshold
from hazard_tui.plan.variables import Path

DEFAULT_STEPS = 5
DEFAULT_MAX_USERS = 1000
DEFAULT_ABORT_AFTER_MS = 10_000
_RULE = re.compile(
    r"(?P<metric>p\d{1,2}(?:\.\d+)?|[a-z]+)\s*(?P<sign><=|>=|<|>)\s*"
    r"(?P<limit>\d+(?:\.\d+)?)\s*(?P<unit>us|ms|s|%|)"
)
_TO_MS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "": 1.0}


def scenarios(plan: Plan, losses: Losses) -> dict[str, Any]:
    """Scenarios that run one after the other; neighbouring stages of one kind are one scenario."""
    if not plan.stages:
        return {"plan": {"executor": "per-vu-iterations", "vus": 1, "iterations": 1}}
    found: dict[str, Any] = {}
    begin_ms, level, at = 0, 0.0, 0
    while at < len(plan.stages):
        end = at + 1
        kind = plan.stages[at].kind
        while end < len(plan.stages) and kind is not StageKind.ITERATIONS:
            if plan.stages[end].kind is not kind:
                break
            end += 1
        group = plan.stages[at:end]
        if kind is StageKind.ITERATIONS:
            made = _iterations(group[0])
            level = 0.0
        else:
            made, level = _ramping(plan, kind, group, level)
        if begin_ms:
            made["startTime"] = _duration(begin_ms)
        found[f"stage_{at + 1}"] = made
        _note(group, at, end < len(plan.stages), losses)
        begin_ms += sum(stage.duration_ms for stage in group)
        at = end
    return found


def _note(group: tuple[Stage, ...], first: int, more: bool, losses: Losses) -> None:
    for index, stage in enumerate(group, first):
        if stage.spacing is ArrivalSpacing.POISSON:
            what = "arrivals come evenly, not at random"
            losses.lost(("stages", index, "spacing"), "even-arrivals", what)
        if stage.kind is StageKind.ITERATIONS and not stage.duration_ms and more:
            losses.lost(
                ("stages", index),
                "stage-overlaps",
                "the next stage starts at once",
                why="k6 starts scenarios by time, and this one has none",
                fix="give the stage a duration",
            )


def _iterations(stage: Stage) -> dict[str, Any]:
    made: dict[str, Any] = {
        "executor": "shared-iterations",
        "vus": max(stage.users, 1),
        "iterations": max(int(stage.to), 1),
    }
    if stage.duration_ms:
        made["maxDuration"] = _duration(stage.duration_ms)
    return made


def _ramping(
    plan: Plan, kind: StageKind, group: tuple[Stage, ...], level: float
) -> tuple[dict[str, Any], float]:
    """A scenario, and the level at its end."""
    first = group[0]
    start = level if first.from_ is None else first.from_
    if first.shape is StageShape.CONSTANT:
        start = first.to
    stages: list[dict[str, Any]] = []
    now = start
    for stage in group:
        now = _add_stage(stages, stage, now)
    if kind is StageKind.USERS:
        made = {"executor": "ramping-vus", "startVUs": round(start), "stages": stages}
        return made, now
    users = plan.max_users or DEFAULT_MAX_USERS
    return {
        "executor": "ramping-arrival-rate",
        "startRate": round(start),
        "timeUnit": "1s",
        "preAllocatedVUs": min(users, 100),
        "maxVUs": users,
        "stages": stages,
    }, now


def _add_stage(stages: list[dict[str, Any]], stage: Stage, now: float) -> float:
    """Adds the lines of one stage; gives the level at its end."""

    def jump(level: float) -> None:
        if level != now:
            stages.append({"duration": "0s", "target": round(level)})

    if stage.shape is StageShape.CONSTANT:
        jump(stage.to)
        stages.append({"duration": _duration(stage.duration_ms), "target": round(stage.to)})
        return stage.to
    begin = now if stage.from_ is None else stage.from_
    if stage.shape is StageShape.LINEAR:
        jump(begin)
        stages.append({"duration": _duration(stage.duration_ms), "target": round(stage.to)})
        return stage.to
    count = stage.steps or DEFAULT_STEPS
    for step in range(1, count + 1):
        level = begin + (stage.to - begin) * step / count
        stages.append({"duration": "0s", "target": round(level)})
        stages.append({"duration": _duration(stage.duration_ms // count), "target": round(level)})
    return stage.to


def _duration(duration_ms: int) -> str:
    return f"{duration_ms / 1000:g}s"


def thresholds(plan: Plan, losses: Losses) -> dict[str, list[Any]]:
    """Thresholds by metric of k6."""
    found: dict[str, list[Any]] = {}
    for index, threshold in enumerate(plan.thresholds):
        made = _threshold(threshold, ("thresholds", index), losses)
        if made is None:
            losses.lost(
                ("thresholds", index, "rule"),
                "threshold-left-out",
                f"{threshold.rule!r} is left out",
                why="k6 has no such measure",
            )
            continue
        metric, expression = made
        value: Any = expression
        if threshold.abort:
            after_ms = threshold.abort_after_ms or DEFAULT_ABORT_AFTER_MS
            value = {
                "threshold": expression, "abortOnFail": True, "delayAbortEval": _duration(after_ms)
            }  # fmt: skip
        found.setdefault(metric, []).append(value)
    return found


def _threshold(threshold: Threshold, path: Path, losses: Losses) -> tuple[str, str] | None:
    match = _RULE.fullmatch(threshold.rule.strip())
    if match is None:
        return None
    metric, sign, unit, limit = match["metric"], match["sign"], match["unit"], match["limit"]
    tags = [f"task:{threshold.task}"] if threshold.task else []
    tags += [f"name:{threshold.step}"] if threshold.step else []
    tags += [threshold.tag.replace("=", ":", 1)] if threshold.tag else []
    if any(set(tag) & set("{},") for tag in tags):
        losses.lost(path, "threshold-left-out", "k6 cannot name a tag with braces or commas")
        return None
    suffix = "{" + ",".join(tags) + "}" if tags else ""
    times = {"avg": "avg", "min": "min", "max": "max", "med": "med"}
    if metric[0] == "p" and metric[1:2].isdigit():
        times[metric] = f"p({metric[1:]})"
    if metric in times and unit in _TO_MS:
        return f"http_req_duration{suffix}", f"{times[metric]}{sign}{_number(limit, _TO_MS[unit])}"
    share = _number(limit, 0.01) if unit == "%" else None
    if metric in ("errors", "failed") and share is not None:
        return f"http_req_failed{suffix}", f"rate{sign}{share}"
    if metric == "checks" and share is not None:
        return f"checks{suffix}", f"rate{sign}{share}"
    plain = {
        "rps": ("http_reqs", "rate"),
        "requests": ("http_reqs", "count"),
        "dropped": ("dropped_iterations", "count"),
    }
    if metric in plain and not unit:
        name, aggregate = plain[metric]
        return f"{name}{suffix}", f"{aggregate}{sign}{limit}"
    return None


def _number(text: str, factor: float) -> str:
    return f"{float(text) * factor:.10g}"
