"""What one correlation changes in a plan, step by step: a field before and after."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from hazard_tui.plan.model import Plan, Variable
from hazard_tui.plan.request import Request
from hazard_tui.plan.rules import Extractor
from hazard_tui.plan.variables import plan_steps
from hazard_tui.ui.number_text import counted
from hazard_tui.ui.widgets.kinds import SAVES
from importers.correlation.editing import raw_fields
from importers.proposals import Correlation

_AROUND = 24
"""Characters that are shown of a long text before and behind what changed."""
_LONGEST = 76
_NAME = re.compile(r"\{\{([^{}$]+)\}\}")


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a step. A line that is new has nothing before."""

    field: str
    """`url`, `header Authorization`, `body`, `form csrf`, `save`, `script`, `variable`."""
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class StepChange:
    """What changes in one step, or in the plan around the steps."""

    title: str
    """Method and name of the step."""
    changes: tuple[Change, ...]


def step_changes(before: Plan, after: Plan) -> list[StepChange]:
    """Steps of two plans of one shape that differ, in order; new variables of the plan last."""
    found = []
    pairs = zip(plan_steps(before), plan_steps(after), strict=True)
    for (_, old), (_, new) in pairs:
        if old.request is None or new.request is None or old.request == new.request:
            continue
        changes = tuple(_request_changes(old.request, new.request))
        if changes:
            method = new.request.effective_method
            title = new.name if new.name.startswith(f"{method} ") else f"{method} {new.name}"
            found.append(StepChange(title, changes))
    known = {one.name for one in before.variables}
    made = tuple(
        Change("variable", "", _variable_text(one))
        for one in after.variables
        if one.name not in known and one.secret is None
    )
    return [*found, StepChange("variables of the plan", made)] if made else found


def _variable_text(variable: Variable) -> str:
    return f"{variable.name} = {variable.value or variable.generator or ''}"


def _request_changes(old: Request, new: Request) -> Iterator[Change]:
    for rule in new.extractors[len(old.extractors) :]:
        yield Change("save", "", _rule_text(rule))
    if new.after is not None and new.after != old.after:
        yield Change("script", "", new.after.source.strip().rpartition("\n")[2])
    texts = raw_fields(old)
    for place, after in raw_fields(new).items():
        before = texts.get(place, "")
        if before != after:
            yield Change(_label(new, place), *_around(before, after))


def _rule_text(rule: Extractor) -> str:
    variable, place, expression, _ = SAVES.cells(rule)
    return f"{variable}  from {' '.join(one for one in (place, expression) if one)}"


def _label(request: Request, place: tuple[str, int]) -> str:
    kind, index = place
    if kind == "header":
        return f"header {request.headers[index].name}"
    body = request.body
    if kind == "form" and body is not None and body.urlencoded is not None:
        return f"form {body.urlencoded.fields[index].name}"
    if kind == "part" and body is not None and body.multipart is not None:
        return f"part {body.multipart.parts[index].name}"
    return {"text": "body"}.get(kind, kind)


def _around(before: str, after: str) -> tuple[str, str]:
    """Long texts cut to what differs and some characters around it."""
    if max(len(before), len(after)) <= _LONGEST:
        return before, after
    shortest = min(len(before), len(after))
    start = 0
    while start < shortest and before[start] == after[start]:
        start += 1
    end = 0
    while end < shortest - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return _part(before, start, len(before) - end), _part(after, start, len(after) - end)


def _part(text: str, start: int, end: int) -> str:
    first, last = max(0, start - _AROUND), min(len(text), end + _AROUND)
    cut = text[first:last].replace("\n", " ")
    return f"{'…' if first else ''}{cut}{'…' if last < len(text) else ''}"


def correlation_lines(one: Correlation, before: Plan, after: Plan) -> list[tuple[str, str]]:
    """Lines that tell a person of a correlation, each with its kind: `title`, `text`, `step`, `-`,
    `+`. The plans are without and with it."""
    requests = counted(len({sending.origin for sending in one.sendings}), "request")
    lines = [
        ("title", f"{one.variable}: saved from {one.step}"),
        ("text", f"{one.place}; {requests} {'sends' if requests.startswith('1 ') else 'send'} it"),
        ("text", f"{one.confidence} % sure: {one.reason}"),
    ]
    changes = step_changes(before, after)
    for step, times in Counter(changes).items():
        lines += [("text", ""), ("step", step.title if times == 1 else f"{step.title} ({times} x)")]
        for change in step.changes:
            if change.before:
                lines.append(("-", f"{change.field}: {change.before}"))
            lines.append(("+", f"{change.field}: {change.after}"))
    secrets = {one.name for one in before.variables if one.secret is not None}
    removed = " ".join(change.before for step in changes for change in step.changes)
    hidden = sorted({name for name in _NAME.findall(removed) if name in secrets})
    if hidden:
        names = ", ".join(f"{{{{{name}}}}}" for name in hidden)
        lines += [("text", ""), ("text", f"{names}: the recorded value, kept with the secrets")]
    return lines
