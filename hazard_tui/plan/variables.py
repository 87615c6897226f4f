"""Templates and the variables they use: what is defined, saved, used, and in which order.

A template holds `{{name}}` and `{{$function args}}`; names may contain anything but braces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from hazard_tui.plan.base import Element
from hazard_tui.plan.model import Plan, SetupStep, Step

_TOKEN = re.compile(r"\{\{([^{}]*)\}\}")

_NOT_TEMPLATES = frozenset(
    {"id", "name", "description", "not_runnable", "provenance", "tags", "source"}
)
"""Fields of steps and scripts that are never rendered."""

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """One occurrence of a variable or function in a template."""

    name: str
    """Without braces; functions start with `$`."""
    path: Path


def names_in(text: str) -> list[str]:
    """Names between double braces, in order, duplicates kept."""
    if "{{" not in text:
        return []
    return [match.group(1).strip() for match in _TOKEN.finditer(text)]


def template_texts(element: Element, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text of an element that may hold a template, with its place; steps inside excluded."""
    found: list[tuple[Path, str]] = []
    _collect(element, path, found)
    return iter(found)


def _collect(element: Element, path: Path, found: list[tuple[Path, str]]) -> None:
    is_step = isinstance(element, Step)
    # The fields of an element are its dict; asking the class for them takes half of the time.
    for name, value in element.__dict__.items():
        if not value or (is_step and name in _NOT_TEMPLATES):
            continue
        if isinstance(value, str):
            if "{{" in value:
                found.append(((*path, name.rstrip("_")), value))
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                if isinstance(item, str):
                    if "{{" in item:
                        found.append(((*path, name.rstrip("_"), index), item))
                elif isinstance(item, Element) and not isinstance(item, Step):
                    _collect(item, (*path, name.rstrip("_"), index), found)
        elif isinstance(value, Element) and not isinstance(value, Step):
            _collect(value, (*path, name.rstrip("_")), found)


def uses(element: Element, path: Path = ()) -> Iterator[Use]:
    """Variables and functions that an element uses, with their places."""
    for place, text in template_texts(element, path):
        for name in names_in(text):
            yield Use(name, place)


def walk_steps(steps: tuple[Step, ...], path: Path) -> Iterator[tuple[Path, Step]]:
    """Steps and the steps inside them in the order of a run, with their places."""
    for index, step in enumerate(steps):
        place = (*path, index)
        yield place, step
        if step.condition is not None:
            yield from walk_steps(step.condition.then, (*place, "condition", "then"))
            yield from walk_steps(step.condition.otherwise, (*place, "condition", "otherwise"))
        elif step.choice in ("group", "loop", "parallel"):
            yield from walk_steps(step.children, (*place, step.choice, "steps"))


def plan_steps(plan: Plan) -> Iterator[tuple[Path, Step]]:
    """All steps of a plan with their places: setup, tasks, teardown."""
    yield from _shared_steps(plan.setup, "setup")
    for index, task in enumerate(plan.tasks):
        yield from walk_steps(task.preparation, ("tasks", index, "preparation"))
        yield from walk_steps(task.steps, ("tasks", index, "steps"))
    yield from walk_steps(plan.teardown, ("teardown",))
    yield from _shared_steps(plan.shared_teardown, "shared_teardown")


def _shared_steps(steps: tuple[SetupStep, ...], field: str) -> Iterator[tuple[Path, Step]]:
    for index, one in enumerate(steps):
        if one.step is not None:
            place: Path = (field, index, "step")
            yield place, one.step
            for inner in one.step.children:
                yield from walk_steps((inner,), (*place, one.step.choice, "steps"))


def saved_by(step: Step) -> list[str]:
    """Variables that a step saves, in order; also those that its scripts set by a constant name."""
    names = []
    if step.request is not None:
        names = [rule.variable for rule in step.request.extractors if not rule.disabled]
    return names + [name for source in _scripts(step) for name in script_sets(source)]


def _scripts(step: Step) -> list[str]:
    scripts = [step.script]
    if step.request is not None:
        scripts += [step.request.before, step.request.after]
    return [script.source for script in scripts if script is not None]


def script_sources(plan: Plan) -> list[str]:
    """Sources of all scripts of a plan."""
    return [source for _, step in plan_steps(plan) for source in _scripts(step)]


_SCRIPT_SET = re.compile(
    r"""(?:\.set|setEnvironmentVariable|setGlobalVariable)\s*\(\s*(['"])(?P<name>.+?)\1"""
)


def script_sets(source: str) -> list[str]:
    """Variables that a script sets under a constant name."""
    return [match.group("name") for match in _SCRIPT_SET.finditer(source)]


@dataclass(frozen=True, slots=True)
class Names:
    """What a plan defines: variables by name, and the steps that save them."""

    defined: frozenset[str]
    """Plan variables that are not disabled."""
    saved: dict[str, list[Path]] = field(default_factory=dict)
    """Name -> places of the steps that save it, in order."""

    def known(self, name: str) -> bool:
        """True when something defines or saves the name."""
        return name in self.defined or name in self.saved


def plan_names(plan: Plan) -> Names:
    """Everything that gives a variable a value in the plan."""
    saved: dict[str, list[Path]] = {}
    for path, step in plan_steps(plan):
        for name in saved_by(step):
            saved.setdefault(name, []).append(path)
    defined = frozenset(variable.name for variable in plan.variables if not variable.disabled)
    return Names(defined, saved)


def available_before(plan: Plan, path: Path) -> dict[str, str]:
    """Variables that have a value when the step at `path` runs: name -> where it comes from."""
    found = {
        variable.name: _variable_origin(variable.choice)
        for variable in plan.variables
        if not variable.disabled and variable.name
    }
    for place, step in plan_steps(plan):
        if place == path[: len(place)] and place[0] != "setup":
            break
        if place[0] == "setup" or place[:2] == path[:2]:
            for name in saved_by(step):
                found[name] = f"saved by {step.name or step.id}"
    return found


def _variable_origin(choice: str) -> str:
    return {"secret": "secret", "column": "data", "generator": "generated"}.get(choice, "variable")


def variable_cycle(plan: Plan) -> list[str]:
    """Names of plan variables that need each other in a circle; empty when there is none."""
    needs = {
        variable.name: [name for name in names_in(variable.value) if not name.startswith("$")]
        for variable in plan.variables
        if variable.value is not None and not variable.disabled
    }
    done: set[str] = set()
    for start in needs:
        trail: list[str] = []
        if cycle := _find_cycle(start, needs, trail, done):
            return cycle
    return []


def _find_cycle(
    name: str, needs: dict[str, list[str]], trail: list[str], done: set[str]
) -> list[str]:
    if name in trail:
        return [*trail[trail.index(name) :], name]
    if name in done or name not in needs:
        return []
    trail.append(name)
    for inner in needs[name]:
        if cycle := _find_cycle(inner, needs, trail, done):
            return cycle
    trail.pop()
    done.add(name)
    return []
