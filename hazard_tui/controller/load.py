"""What the controller reads off the stages of a plan: length, plateaus, share of a stage."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hazard_tui.plan.model import Plan, Stage, StageKind, StageShape

DEFAULT_MAX_USERS = 1000
DEFAULT_STEPS = 5
LONGEST_RUN_MS = 24 * 3600 * 1000
MARGIN_MS = 3600 * 1000
"""Time after the planned end at which the dead-man switch silences an engine."""


def planned_ms(stages: Sequence[Stage]) -> int:
    """Length of the load; 0 when it ends by itself or only when stopped."""
    if not stages or any(not stage.duration_ms for stage in stages):
        return 0
    return sum(stage.duration_ms for stage in stages)


def not_after_ms(now_ms: int, stages: Sequence[Stage]) -> int:
    """When the engines are silent whatever happens: an hour after the planned end, at most a day.

    A run whose end is not planned may last a day. The switch is set once, with Prepare; a load that
    is changed during the run ends before it.
    """
    planned = planned_ms(stages)
    return now_ms + min(planned + MARGIN_MS if planned else LONGEST_RUN_MS, LONGEST_RUN_MS)


@dataclass(frozen=True, slots=True)
class Plateau:
    """From `at_ms` of the run on, Locust is told this many users."""

    at_ms: int
    users: int


def plateaus(plan: Plan, workers: int) -> list[Plateau]:
    """Users that Locust is told, stage after stage.

    The engines do the ramps, so Locust gets the largest count of a ramp when it begins. Every
    worker gets at least one: boomer throws samples away as long as it was given no user. An arrival
    stage shows as many users as it starts iterations per second, as if each took a second.
    """
    found: list[Plateau] = []
    at_ms, before = 0, 0.0
    for stage in plan.stages or (Stage(kind=StageKind.ITERATIONS, to=1, users=1),):
        for offset_ms, users in _stage_users(stage, before, plan.max_users or DEFAULT_MAX_USERS):
            shown = max(users, workers)
            if not found or found[-1].users != shown:
                found.append(Plateau(at_ms + offset_ms, shown))
        at_ms += stage.duration_ms
        before = stage.to if stage.kind is StageKind.USERS else 0.0
    return found


def arrival_users(per_s: float) -> int:
    """Users that Locust is told for a rate."""
    return math.ceil(per_s)


def _stage_users(stage: Stage, before: float, max_users: int) -> list[tuple[int, int]]:
    """(milliseconds into the stage, users) of a stage."""
    if stage.kind is StageKind.ARRIVALS:
        return [(0, min(arrival_users(max(stage.from_ or 0.0, stage.to)), max_users))]
    if stage.kind is StageKind.ITERATIONS:
        return [(0, stage.users or 1)]
    start = stage.from_ if stage.from_ is not None else before
    if stage.shape is StageShape.LINEAR:
        return [(0, round(max(start, stage.to)))]
    if stage.shape is StageShape.STEP:
        steps = stage.steps or DEFAULT_STEPS
        part = stage.duration_ms / steps
        return [
            (round(index * part), round(max(start + (stage.to - start) * (index + 1) / steps, 0)))
            for index in range(steps)
        ]
    return [(0, round(stage.to))]
