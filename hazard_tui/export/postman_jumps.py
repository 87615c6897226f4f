"""Jumps of a plan as `postman.setNextRequest` in the test script of the request before them.

A request has the jumps that follow it in the plan, as one chain of conditions: the first that holds
is taken. A cap is a count in `pm.variables`, which live as long as an iteration.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from hazard_tui.export.javascript import concatenation, is_number, literal, regex
from hazard_tui.export.losses import Losses
from hazard_tui.export.pieces import Kind, Names
from hazard_tui.export.postman_scripts import saved_value
from hazard_tui.plan.base import Operator, Scope
from hazard_tui.plan.model import Jump, Plan, Step, Test
from hazard_tui.plan.request import Request
from hazard_tui.plan.rules import Extractor, OnMiss
from hazard_tui.plan.variables import Path, plan_steps, uses

SAVED_FOR_JUMP = "_jump_"
"""How the names of variables begin that are saved only for a jump."""
_DEFAULT_CAP = 50
_GET = "pm.variables.get(%s)"
_ORDERS = {
    Operator.LESS: "<",
    Operator.LESS_OR_EQUAL: "<=",
    Operator.GREATER: ">",
    Operator.GREATER_OR_EQUAL: ">=",
}


@dataclass(slots=True)
class Item:
    """A request of the collection, as long as its scripts are not written."""

    value: dict[str, Any]
    step: Step
    request: Request
    path: Path
    """Of the step."""
    pauses_before: list[int] = field(default_factory=list)
    pauses_after: list[int] = field(default_factory=list)
    jumps: list[tuple[Jump, Path]] = field(default_factory=list)


class Jumps:
    """Writes the jumps of one collection; what cannot be said is a finding."""

    def __init__(self, plan: Plan, names: Names, losses: Losses) -> None:
        self.names = names
        self.losses = losses
        self.items: list[Item] = []
        """Requests in the order of the collection."""
        self._places = {path: number for number, (path, _) in enumerate(plan_steps(plan))}
        self._steps = {path: step for path, step in plan_steps(plan) if not step.disabled}
        self._read = Counter(
            use.name for _, step in plan_steps(plan) if step.jump is None for use in uses(step)
        )
        self._counts = 0

    def attach(self, jump: Jump, path: Path) -> bool:
        """Gives a jump to the request before it; False when there is none."""
        before = self.items[-1] if self.items else None
        if before is None or path[0] != "tasks" or before.path[:2] != path[:2]:
            return self._lost(path, "no request of its task stands before it")
        for kind in ("condition", "parallel"):
            if kind in path:
                return self._lost(path, f"it stands in a {kind}")
        before.jumps.append((jump, path))
        return True

    def _lost(self, path: Path, why: str) -> bool:
        what = "the jump is left out"
        self.losses.lost((*path, "jump"), "flow-left-out", what, why=why)
        return False

    def lines(self, item: Item) -> tuple[Request, list[str]]:
        """The request without what is saved only for its jumps, and the jumps as a script."""
        request, is_chain = item.request, len(item.jumps) > 1
        lines: list[str] = []
        inlined: set[str] = set()
        for number, (jump, path) in enumerate(item.jumps):
            call = self._call(jump, item, path)
            saved = self._saved_for(jump, item, is_chain=is_chain)
            condition = self._condition(jump.when, saved) if jump.when is not None else ""
            if call is None:
                continue
            if condition is None:
                self._lost(path, "scripts of Postman cannot say its condition")
                continue
            if saved is not None:
                inlined.add(saved.variable)
            inside = [call]
            if jump.max:
                self._counts += 1
                name = literal(f"{SAVED_FOR_JUMP}count_{self._counts}")
                count = f"Number(pm.variables.get({name}) || 0)"
                inside.insert(0, f"pm.variables.set({name}, {count} + 1);")
                bound = f"{count} < {jump.max}"
                condition = f"{condition} && {bound}" if condition else bound
            if not condition:
                lines = _joined(lines, "else", inside) if lines else inside
                for _, unreached in item.jumps[number + 1 :]:
                    self._lost(unreached, "the jump before it is always taken")
                break
            lines = _joined(
                lines, f"else if ({condition})" if lines else f"if ({condition})", inside
            )
        if inlined:
            kept = tuple(one for one in request.extractors if one.variable not in inlined)
            request = request.model_copy(update={"extractors": kept})
        return request, lines

    def _saved_for(self, jump: Jump, item: Item, *, is_chain: bool) -> Extractor | None:
        """The save of the request that only this jump reads."""
        name = jump.when.left.strip("{} ") if jump.when is not None else ""
        if not name.startswith(SAVED_FOR_JUMP) or self._read[name]:
            return None
        for one in item.request.extractors:
            if one.variable == name and not one.disabled:
                # In a chain, a body that is no JSON must not keep the other branches from it.
                plain = one.choice not in ("jsonpath", "jmespath") or not is_chain
                fits = one.scope is Scope.ITERATION and one.on_miss is OnMiss.EMPTY
                return one if fits and plain and saved_value(one, self.names) else None
        return None

    # Where it goes

    def _call(self, jump: Jump, item: Item, path: Path) -> str | None:
        target = self._next_task(item) if not jump.to else self._target(jump.to, path)
        if jump.to and target is None:
            return None
        if target is None:
            return "postman.setNextRequest(null);"
        if jump.to and self._number(target) <= self._number(item) and not jump.max:
            self.losses.lost(
                (*path, "jump", "max"),
                "jump-without-cap",
                f"nothing ends the jumps to {target.step.name!r} but their condition",
                why=f"a plan stops after {_DEFAULT_CAP}, Postman does not",
                fix="set `max`",
            )
        return f"postman.setNextRequest({literal(self._known_as(target))});"

    def _next_task(self, item: Item) -> Item | None:
        """What comes after the task; the end of an iteration is the end of its task."""
        after = self.items[self._number(item) :]
        return next((one for one in after if one.path[:2] != item.path[:2]), None)

    def _number(self, item: Item) -> int:
        return next(number for number, one in enumerate(self.items) if one is item)

    def _target(self, to: str, path: Path) -> Item | None:
        inside = [place for place in self._steps if place[:2] == path[:2]]
        found = next((one for one in inside if self._steps[one].id == to), None)
        found = found or next((one for one in inside if self._steps[one].name == to), None)
        if found is None:
            self._lost(path, f"its task has no step {to!r}")
            return None
        step, at = self._steps[found], self._places[found]
        same_task = [one for one in self.items if one.path[:2] == path[:2]]
        target = next((one for one in same_task if self._places[one.path] >= at), None)
        exact = target is not None and (
            step.pause is not None or target.path[: len(found)] == found
        )
        if target is None or not exact:
            self._lost(path, f"the step {to!r} is no request here")
            return None
        if target.pauses_before and step.request is not None:
            self.losses.lost(
                (*path, "jump"),
                "pause-after-jump",
                f"the pause before {target.step.name!r} is made after the jump as well",
                why="a request of Postman makes it before every sending",
            )
        return target

    def _known_as(self, target: Item) -> str:
        """The name of a request, or an id where several have the name."""
        name = str(target.value["name"])
        alike = [one for one in self.items if one.value["name"] == name]
        if len(alike) == 1:
            return name
        taken = {one.value.get("id") for one in self.items}
        made = target.step.id or "request"
        while "id" not in target.value:
            if made not in taken:
                target.value["id"] = made
            made += "-2"
        return str(target.value["id"])

    # When it goes

    def _condition(self, when: Test, saved: Extractor | None) -> str | None:
        """The comparison of a jump as an expression; None when it cannot be said."""
        left = self._side(when.left) if saved is None else saved_value(saved, self.names)
        right, operator, names = when.right, when.operator, self.names
        if left is None:
            return None
        # A plan compares texts: 1 and "1" are the same, and so are true and "true".
        exact = saved is not None and saved.choice in ("", "whole")
        text = left if exact else f"String({left})"
        if operator in (Operator.EQUALS, Operator.NOT_EQUALS):
            sign = "==" if operator is Operator.EQUALS else "!="
            if not names.is_literal(right):
                return f"{self._side(right)} {sign} {left}"
            is_word = right in ("true", "false", "null", "undefined") or is_number(right)
            return f"{text if is_word and not exact else left} {sign} {literal(right)}"
        if operator in _ORDERS:
            if is_number(right):
                return f"{left} {_ORDERS[operator]} {right}"
            return f"Number({left}) {_ORDERS[operator]} Number({self._side(right)})"
        if operator in (Operator.CONTAINS, Operator.NOT_CONTAINS):
            sign = "" if operator is Operator.CONTAINS else "!"
            return f"{sign}{text}.includes({self._side(right)})"
        if operator in (Operator.STARTS_WITH, Operator.ENDS_WITH):
            method = "startsWith" if operator is Operator.STARTS_WITH else "endsWith"
            return f"{text}.{method}({self._side(right)})"
        if operator in (Operator.MATCHES, Operator.NOT_MATCHES) and names.is_literal(right):
            sign, pattern = "" if operator is Operator.MATCHES else "!", regex(right)
            return f"{sign}{pattern}.test({text})" if pattern else None
        return None

    def _side(self, template: str) -> str:
        if any(piece.kind is Kind.FUNCTION for piece in self.names.pieces(template)):
            return f"pm.variables.replaceIn({literal(template)})"
        return concatenation(template, self.names, _GET)


def _joined(lines: list[str], head: str, inside: list[str]) -> list[str]:
    """A chain of conditions with one more branch."""
    if lines:
        lines, head = lines[:-1], f"}} {head}"
    return [*lines, f"{head} {{", *(f"    {one}" for one in inside), "}"]
