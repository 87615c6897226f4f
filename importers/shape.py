"""Shaping of plan elements that every importer may need."""

from __future__ import annotations

from typing import Any

from hazard_tui.plan.model import Step, Task
from hazard_tui.plan.request import Policies


def with_defaults(task: Task, defaults: Policies | None) -> Task:
    """The task with `defaults` written into every request, under what the request says itself."""
    if defaults is None:
        return task
    return task.model_copy(
        update={
            "preparation": tuple(_step_with(step, defaults) for step in task.preparation),
            "steps": tuple(_step_with(step, defaults) for step in task.steps),
        }
    )


def _step_with(step: Step, defaults: Policies) -> Step:
    update: dict[str, Any] = {}
    if step.request is not None:
        policies = combined(step.request.policies, defaults)
        update["request"] = step.request.model_copy(update={"policies": policies})
    inner = step.group or step.loop or step.parallel
    if inner is not None:
        steps = tuple(_step_with(one, defaults) for one in inner.steps)
        update[step.choice] = inner.model_copy(update={"steps": steps})
    if step.condition is not None:
        branches = {
            name: tuple(_step_with(one, defaults) for one in getattr(step.condition, name))
            for name in ("then", "otherwise")
        }
        update["condition"] = step.condition.model_copy(update=branches)
    return step.model_copy(update=update) if update else step


def combined(own: Policies | None, defaults: Policies) -> Policies:
    """`own` where it says something, `defaults` elsewhere."""
    return defaults if own is None else own.over(defaults)
