"""A plan as a plain sequence of requests and pauses, for formats that know nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hazard_tui.export.losses import Losses
from hazard_tui.export.unsaid import note_load
from hazard_tui.plan.model import Pause, Plan, Step, Task
from hazard_tui.plan.request import Request
from hazard_tui.plan.rules import Assertion
from hazard_tui.plan.variables import Path


@dataclass(frozen=True, slots=True)
class Heading:
    """A part of the plan begins: setup, a task, teardown."""

    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """A group inside a part begins."""

    text: str


@dataclass(frozen=True, slots=True)
class Rest:
    """A pause of fixed length, milliseconds."""

    ms: int


@dataclass(frozen=True, slots=True)
class Call:
    """A request of the plan."""

    step: Step
    request: Request
    path: Path
    """Place of the request."""


Item = Heading | Section | Rest | Call


class Sequence:
    """Walks a plan; what a sequence cannot say is a finding."""

    def __init__(self, plan: Plan, losses: Losses) -> None:
        self.plan = plan
        self.losses = losses

    def items(self) -> Iterator[Item]:
        """Everything in the order of the plan; load and thresholds are findings."""
        plan = self.plan
        for index, setup in enumerate(plan.setup):
            if setup.step is not None:
                yield Heading(f"setup, once per {setup.scope.value}")
                yield from self._step(setup.step, ("setup", index, "step"))
        for index, task in enumerate(plan.tasks):
            yield from self._task(task, ("tasks", index))
        for index, step in enumerate(plan.teardown):
            yield Heading("teardown")
            yield from self._step(step, ("teardown", index))
        for index, last in enumerate(plan.shared_teardown):
            if last.step is not None:
                yield Heading(f"teardown, once per {last.scope.value}")
                yield from self._step(last.step, ("shared_teardown", index, "step"))
        self._note_load()

    def _task(self, task: Task, path: Path) -> Iterator[Item]:
        if task.disabled:
            self.losses.lost(path, "task-left-out", f"the disabled task {task.name!r} is left out")
            return
        yield Heading(f"task {task.name}")
        for field, steps in (("preparation", task.preparation), ("steps", task.steps)):
            for index, step in enumerate(steps):
                yield from self._step(step, (*path, field, index))
        if task.think_time is not None:
            yield from self._pause(task.think_time, (*path, "think_time"))
        if task.pacing_ms:
            self.losses.lost((*path, "pacing_ms"), "load-left-out", "the pacing is left out")

    def _step(self, step: Step, path: Path) -> Iterator[Item]:
        if step.request is not None:
            yield Call(step, step.request, (*path, "request"))
        elif step.disabled:
            what = f"the disabled {step.choice or 'step'} {step.name!r} is left out"
            self.losses.lost(path, "step-left-out", what)
        elif step.pause is not None:
            yield from self._pause(step.pause, (*path, "pause"))
        elif step.condition is not None:
            self._flow(step, path, "the steps of both branches stand one after the other")
            for branch in ("then", "otherwise"):
                for index, child in enumerate(getattr(step.condition, branch)):
                    yield from self._step(child, (*path, "condition", branch, index))
        elif step.children:
            yield Section(step.name or step.choice)
            if step.parallel is not None:
                self._flow(step, path, "its steps run one after the other")
            elif step.loop is not None:
                self._flow(step, path, "its steps stand once")
            for index, child in enumerate(step.children):
                yield from self._step(child, (*path, step.choice, "steps", index))
        elif step.choice in ("jump", "script"):
            self._flow(step, path, f"the {step.choice} is left out")

    def _flow(self, step: Step, path: Path, what: str) -> None:
        self.losses.lost(
            (*path, step.choice),
            "flow-left-out",
            f"{step.choice} {step.name!r}: {what}",
            why=f"{self.losses.target} is a list of requests",
        )

    def _pause(self, pause: Pause, path: Path) -> Iterator[Item]:
        if pause.min_ms:
            yield Rest(pause.min_ms)
        if pause.max_ms and pause.max_ms != pause.min_ms:
            what = f"the pause is its shortest time, {pause.min_ms} ms"
            self.losses.lost(path, "pause-fixed", what, why=f"{self.losses.target} has fixed times")

    def _note_load(self) -> None:
        note_load(self.plan, self.losses, f"{self.losses.target} is a list of requests")


def note_answers(
    request: Request,
    path: Path,
    losses: Losses,
    expressed: Callable[[Assertion], bool] = lambda assertion: False,
) -> None:
    """Findings for everything that reads an answer; assertions that are `expressed` are fine."""
    for index, rule in enumerate(request.extractors):
        if not rule.disabled:
            losses.lost(
                (*path, "extractors", index),
                "save-left-out",
                f"{rule.variable!r} is not saved from the answer",
                why=f"{losses.target} does not read answers",
            )
    for index, assertion in enumerate(request.assertions):
        if not assertion.disabled and not expressed(assertion):
            losses.lost(
                (*path, "assertions", index),
                "assert-left-out",
                f"the assertion {assertion.name or assertion.target.value!r} is left out",
                why=f"{losses.target} does not judge answers",
            )
    off = [rule.variable for rule in request.extractors if rule.disabled]
    off += [one.name or one.target.value for one in request.assertions if one.disabled]
    if off:
        what = f"saves and assertions that are switched off are left out: {', '.join(off)}"
        losses.lost(path, "disabled-left-out", what)
    for name in ("before", "after"):
        if getattr(request, name) is not None:
            losses.lost((*path, name), "script-left-out", f"the script {name!r} is left out")
