"""What is wrong with a plan, as findings: one function per rule, all in `RULES`.

The worker compiles the plan again at Prepare and has the last word on expressions.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

from hazard_tui.plan.findings import Finding, FindingSeverity
from hazard_tui.plan.model import Plan, StageKind, Step
from hazard_tui.plan.rules import Source, Target
from hazard_tui.plan.store import path_text
from hazard_tui.plan.variables import (
    Path,
    names_in,
    plan_names,
    plan_steps,
    template_texts,
    uses,
    variable_cycle,
)

Rule = Callable[[Plan], Iterator[Finding]]


def _finding(
    severity: FindingSeverity, code: str, path: Path, what: str, *, why: str = "", fix: str = ""
) -> Finding:
    return Finding(severity, code, path_text(path), what, why, fix)


def _error(code: str, path: Path, what: str, fix: str = "") -> Finding:
    return _finding(FindingSeverity.ERROR, code, path, what, fix=fix)


def _warning(code: str, path: Path, what: str, fix: str = "", why: str = "") -> Finding:
    return _finding(FindingSeverity.WARNING, code, path, what, why=why, fix=fix)


def has_something_to_run(plan: Plan) -> Iterator[Finding]:
    """A plan needs a task with a step that is sent."""
    if not plan.tasks:
        yield _error("no-tasks", ("tasks",), "the plan has no tasks", "add one, or import requests")
        return
    active = [task for task in plan.tasks if not task.disabled]
    if not active:
        yield _error("no-tasks", ("tasks",), "every task is disabled", "enable one")
    for index, task in enumerate(plan.tasks):
        if not task.disabled and not any(not step.disabled for step in task.steps):
            path: Path = ("tasks", index, "steps")
            yield _warning("empty-task", path, f"task {task.name!r} has no steps", "add a step")


def steps_are_complete(plan: Plan) -> Iterator[Finding]:
    """Each step is of one kind, and a request has an address."""
    for path, step in plan_steps(plan):
        if step.disabled:
            continue
        if not step.choice:
            yield _error("no-kind", path, f"step {step.name!r} does nothing", "give it a request")
        if step.not_runnable:
            yield _warning(
                "not-runnable",
                path,
                f"step {step.name!r} cannot be run and counts as failed",
                "edit it, or disable it",
                step.not_runnable,
            )
        request = step.request
        if request is not None and not request.url.strip():
            where: Path = (*path, "request", "url")
            yield _error("no-url", where, f"step {step.name!r} has no URL", "give it one")
        if step.loop is not None and step.loop.until is None and not step.loop.times:
            fix = "set `until` or `times`"
            yield _error("endless-loop", (*path, "loop"), "the loop has no end", fix)
        if step.condition is not None and step.condition.test is None:
            yield _error("no-test", (*path, "condition"), "the condition tests nothing")


def rules_are_complete(plan: Plan) -> Iterator[Finding]:
    """Saves name a variable and say what to read; asserts say what to judge."""
    for path, step in plan_steps(plan):
        if step.request is None:
            continue
        for index, save in enumerate(step.request.extractors):
            place: Path = (*path, "request", "extractors", index)
            if not save.variable:
                yield _error("no-variable", place, "the save names no variable")
            if not save.choice and save.source is Source.BODY:
                fix = "give it a jmespath, regex, xpath … or `whole: true`"
                yield _error("no-expression", place, f"save {save.variable!r} reads nothing", fix)
            if save.source in (Source.HEADER, Source.COOKIE) and not save.header:
                yield _error("no-header", place, f"save {save.variable!r} names no header")
            if save.regex is not None:
                yield from _regex(save.regex.pattern, (*place, "regex", "pattern"))
        for index, claim in enumerate(step.request.assertions):
            place = (*path, "request", "assertions", index)
            if claim.target is Target.VALUE and not claim.choice:
                yield _error("no-expression", place, "the assert on a value reads nothing")
            if claim.target in (Target.HEADER, Target.COOKIE) and not claim.header:
                yield _error("no-header", place, "the assert names no header")
            if claim.regex is not None:
                yield from _regex(claim.regex, (*place, "regex"))


def _regex(pattern: str, path: Path) -> Iterator[Finding]:
    try:
        re.compile(pattern)
    except re.error as exc:
        # RE2 has named groups and flags that Python spells differently: the worker decides.
        if "(?" not in pattern and "\\" not in pattern:
            yield _error("bad-regex", path, f"{pattern!r} is not a regular expression: {exc}")


def variables_are_defined(plan: Plan) -> Iterator[Finding]:
    """Every name that is used is defined, saved earlier, or said to be sent literally."""
    names = plan_names(plan)
    reported = {column for feed in plan.feeds for column in feed.columns}
    for place, text, used in _texts_of_requests(plan):
        for name in used:
            if name.startswith("$") or names.known(name) or name in reported:
                continue
            reported.add(name)
            yield _warning(
                "unknown-variable",
                place,
                f"{{{{{name}}}}} is not defined and will be sent literally",
                "define the variable, or save it in an earlier step",
            )
        for whole in _MADE_OF_ANOTHER.findall(text):
            yield _warning(
                "name-of-names",
                place,
                f"{whole} is not put together: its outer braces will be sent literally",
                "write the name out, or put the value together in a script before the request",
            )


_MADE_OF_ANOTHER = re.compile(r"\{\{[\w.-]*\{\{[\w.-]+\}\}[\w.-]*\}\}")


def _texts_of_requests(plan: Plan) -> Iterator[tuple[Path, str, list[str]]]:
    """Texts of steps with the names in them, and the values of the variables that these name."""
    inner: dict[str, tuple[Path, str]] = {
        variable.name: (("variables", index, "value"), variable.value)
        for index, variable in enumerate(plan.variables)
        if not variable.disabled and variable.value and "{{" in variable.value
    }
    for path, step in plan_steps(plan):
        pending = [] if step.disabled else list(template_texts(step, path))[::-1]
        while pending:
            place, text = pending.pop()
            used = names_in(text)
            yield place, text, used
            if inner:
                pending += [inner.pop(name) for name in set(used) if name in inner]


def variables_are_saved_before_use(plan: Plan) -> Iterator[Finding]:
    """Within a task a value is saved before it is used."""
    names = plan_names(plan)
    steps = list(plan_steps(plan))
    order = {path: number for number, (path, _) in enumerate(steps)}
    first: dict[str, tuple[Path, int]] = {}
    for name, places in names.saved.items():
        owners = {place[:2] for place in places}
        if len(owners) == 1 and name not in names.defined:
            first[name] = (owners.pop(), min(order[place] for place in places))
    for path, step in steps:
        for use in uses(step, path):
            owner, number = first.get(use.name, ((), 0))
            if owner == path[:2] and number >= order[path]:
                saver = steps[number][1]
                yield _warning(
                    "used-before-saved",
                    use.path,
                    f"{step.name!r} uses {{{{{use.name}}}}}, which {saver.name!r} saves later",
                    "move one of them, or define the variable",
                )


def variables_have_no_cycle(plan: Plan) -> Iterator[Finding]:
    """A variable does not need itself; names are not defined twice."""
    cycle = variable_cycle(plan)
    if cycle:
        text = " -> ".join(cycle)
        fix = "break the circle"
        yield _error("variable-cycle", ("variables",), f"variables need each other: {text}", fix)
    counts = Counter(variable.name for variable in plan.variables if not variable.disabled)
    for index, variable in enumerate(plan.variables):
        path: Path = ("variables", index)
        if not variable.name:
            yield _error("no-name", path, "a variable has no name")
        elif counts[variable.name] > 1:
            counts[variable.name] = 0
            what = f"variable {variable.name!r} is defined more than once; the last wins"
            yield _warning("duplicate-variable", path, what, "remove the others")


def feeds_are_known(plan: Plan) -> Iterator[Finding]:
    """Columns refer to feeds that exist; feeds have rows or a file."""
    feeds = {feed.name: feed for feed in plan.feeds}
    for index, feed in enumerate(plan.feeds):
        if not feed.path and not feed.rows:
            path: Path = ("feeds", index)
            fix = "give it a path or rows"
            yield _error("empty-feed", path, f"data feed {feed.name!r} has no rows", fix)
    for index, variable in enumerate(plan.variables):
        if variable.column is None:
            continue
        path = ("variables", index, "column")
        known = feeds.get(variable.column.feed)
        if known is None:
            yield _error("unknown-feed", path, f"there is no data feed {variable.column.feed!r}")
        elif known.columns and variable.column.column not in known.columns:
            what = f"data feed {known.name!r} has no column {variable.column.column!r}"
            yield _error("unknown-column", path, what, f"it has {', '.join(known.columns)}")


def jumps_arrive(plan: Plan) -> Iterator[Finding]:
    """A jump leads to a step of its own task, and cannot go round for ever without a test."""
    steps = list(plan_steps(plan))
    for path, step in steps:
        if step.jump is None or not step.jump.to or step.disabled:
            continue
        task = [(place, one) for place, one in steps if place[:2] == path[:2]]
        target = _jump_target(step.jump.to, task)
        if target is None:
            what = f"there is no step {step.jump.to!r} in this task"
            yield _error("unknown-step", (*path, "jump", "to"), what, "use a step's id or name")
        elif step.jump.when is None and step.jump.max == 0 and target <= path:
            what = f"the jump to {step.jump.to!r} goes round for ever"
            fix = "set `when` or `max`"
            yield _warning("jump-cycle", (*path, "jump"), what, fix, "it ends after 50 jumps")


def _jump_target(to: str, steps: list[tuple[Path, Step]]) -> Path | None:
    by_id = next((path for path, step in steps if step.id == to), None)
    return by_id or next((path for path, step in steps if step.name == to), None)


def ids_are_unique(plan: Plan) -> Iterator[Finding]:
    """A step or task id stands once."""
    seen: set[str] = set()
    for path, step in plan_steps(plan):
        if step.id and step.id in seen:
            fix = "remove one id"
            yield _error("duplicate-id", path, f"step id {step.id!r} stands more than once", fix)
        seen.add(step.id)
    tasks = Counter(task.id for task in plan.tasks if task.id)
    for index, task in enumerate(plan.tasks):
        if tasks[task.id] > 1:
            path = ("tasks", index)
            yield _error("duplicate-id", path, f"task id {task.id!r} stands more than once")


_MOST = {
    StageKind.USERS: (1_000_000, "users"),
    StageKind.ARRIVALS: (10_000_000, "starts per second"),
    StageKind.ITERATIONS: (1_000_000_000_000, "iterations"),
}
"""Beyond these no fleet follows, and Locust needs longer to deal users out than it may take."""


def stages_make_sense(plan: Plan) -> Iterator[Finding]:
    """Stages have a length and a size."""
    for index, stage in enumerate(plan.stages):
        path: Path = ("stages", index)
        most, unit = _MOST[stage.kind]
        if not max(stage.to, stage.from_ or 0) <= most:
            yield _error("too-much-load", path, f"a stage has at most {most} {unit}", "lower it")
        if stage.kind is StageKind.ITERATIONS:
            if stage.to < 1:
                yield _error("empty-stage", path, "the stage has no iterations", "set `to`")
        elif stage.duration_ms == 0:
            yield _error("no-duration", path, "the stage has no duration", "set `duration_ms`")
        if stage.kind is StageKind.USERS and stage.to != int(stage.to):
            yield _error("fraction-of-user", path, f"{stage.to:g} users are not a whole number")
    if plan.stages and not any(stage.to or stage.from_ for stage in plan.stages):
        yield _error("no-load", ("stages",), "no stage has any load", "set `to`")


_THRESHOLD = re.compile(
    r"^(p\d{1,2}(\.\d+)?|avg|min|max|med|errors|failed|rps|checks|dropped|requests)"
    r"\s*(<=|>=|<|>)\s*\d+(\.\d+)?\s*(us|ms|s|%|)$"
)


def thresholds_are_readable(plan: Plan) -> Iterator[Finding]:
    """Thresholds follow the grammar and name what exists."""
    tasks = {task.name for task in plan.tasks}
    steps = {step.name for _, step in plan_steps(plan)}
    for index, threshold in enumerate(plan.thresholds):
        path: Path = ("thresholds", index)
        if not _THRESHOLD.match(threshold.rule.strip()):
            what = f"{threshold.rule!r} is not a threshold"
            fix = "write it like `p95<300ms` or `errors<1%`"
            yield _error("bad-threshold", (*path, "rule"), what, fix)
        if threshold.task and threshold.task not in tasks:
            what = f"there is no task {threshold.task!r}"
            yield _error("unknown-task", (*path, "task"), what)
        if threshold.step and threshold.step not in steps:
            what = f"there is no step {threshold.step!r}"
            yield _error("unknown-step", (*path, "step"), what)


def hosts_are_plain(plan: Plan) -> Iterator[Finding]:
    """Hosts in the host map are hosts, not URLs on the recorded side."""
    for index, mapping in enumerate(plan.host_map):
        path: Path = ("host_map", index)
        if not mapping.recorded or not mapping.test:
            yield _error("incomplete-host-map", path, "a host mapping needs both sides")
        elif "/" in mapping.recorded or names_in(mapping.recorded):
            what = f"{mapping.recorded!r} is not a host"
            yield _error("bad-host", (*path, "recorded"), what, "write host or host:port")


RULES: tuple[Rule, ...] = (
    has_something_to_run,
    steps_are_complete,
    rules_are_complete,
    variables_are_defined,
    variables_are_saved_before_use,
    variables_have_no_cycle,
    feeds_are_known,
    jumps_arrive,
    ids_are_unique,
    stages_make_sense,
    thresholds_are_readable,
    hosts_are_plain,
)


def validate_plan(plan: Plan) -> list[Finding]:
    """Findings of every rule, errors first, else in the order of the rules."""
    findings = [finding for rule in RULES for finding in rule(plan)]
    order = [FindingSeverity.ERROR, FindingSeverity.WARNING, FindingSeverity.INFO]
    return sorted(findings, key=lambda finding: order.index(finding.severity))
