"""`setNextRequest` in the forms that become jumps: alone, under a condition, in a chain of
`if … else if … else`, at most so many times."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from tree_sitter import Node

from hazard_tui.plan.model import Jump
from hazard_tui.plan.rules import Extractor
from importers.scripts.tree import statements_of, text_of

SETTERS = ("postman.setNextRequest", "pm.setNextRequest", "pm.execution.setNextRequest")
_COUNT = re.compile(r'Number\(pm\.variables\.get\("([^"\\]+)"\) \|\| 0\)')


@dataclass(frozen=True, slots=True)
class Branch:
    """One call of setNextRequest, and when it is reached."""

    call: Node
    condition: Node | None = None
    """None: always, or wherever no branch before it was."""
    max: int = 0
    """So many times in an iteration; 0: always."""
    console: int = 0
    """Prints to the console beside it."""


def branches_of(node: Node) -> list[Branch] | None:
    """The branches of a condition that does nothing but name the next request; None for another."""
    found: list[Branch] = []
    rest: Node | None = node
    while rest is not None and rest.type == "if_statement":
        branch = _branch(rest)
        if branch is None:
            return None
        found.append(branch)
        alternative = rest.child_by_field_name("alternative")
        inner = [] if alternative is None else statements_of(alternative)
        rest = inner[0] if inner else None
    if rest is not None:
        last = _call_in(rest)
        if last is None:
            return None
        found.append(last)
    return found


def _branch(node: Node) -> Branch | None:
    condition = _inner(node.child_by_field_name("condition"))
    then = node.child_by_field_name("consequence")
    if condition is None or then is None:
        return None
    plain = _call_in(then)
    if plain is not None:
        return Branch(plain.call, condition, console=plain.console)
    return _counted(condition, then)


def _inner(node: Node | None) -> Node | None:
    """The expression inside parentheses."""
    if node is None or node.type != "parenthesized_expression":
        return node
    inner = [child for child in node.named_children if child.type != "comment"]
    return inner[0] if len(inner) == 1 else None


def _call_in(node: Node) -> Branch | None:
    """The one call of a statement or block, prints to the console aside."""
    statements = statements_of(node) if node.type == "statement_block" else [node]
    calls = [one for one in statements if not text_of(one).startswith("console.")]
    call = _call(calls[0]) if len(calls) == 1 else None
    return None if call is None else Branch(call, console=len(statements) - 1)


def _call(statement: Node) -> Node | None:
    if statement.type != "expression_statement":
        return None
    call = statement.named_children[0]
    return call if text_of(call.child_by_field_name("function")) in SETTERS else None


def _counted(condition: Node, then: Node) -> Branch | None:
    """`if (… && COUNT < 3) { pm.variables.set("n", COUNT + 1); setNextRequest(…); }`, where COUNT
    is `Number(pm.variables.get("n") || 0)`: how an export writes a jump with a cap."""
    outer: Node | None = None
    bound = condition
    if text_of(condition.child_by_field_name("operator")) == "&&":
        right = condition.child_by_field_name("right")
        outer = condition.child_by_field_name("left")
        if right is None:
            return None
        bound = right
    left, most = bound.child_by_field_name("left"), bound.child_by_field_name("right")
    count = _COUNT.fullmatch(text_of(left))
    statements = statements_of(then) if then.type == "statement_block" else []
    if count is None or text_of(bound.child_by_field_name("operator")) != "<":
        return None
    if len(statements) != 2 or not text_of(most).isdigit() or int(text_of(most)) < 1:
        return None
    counting = f'pm.variables.set("{count[1]}", {count[0]} + 1)'
    call = _call(statements[1])
    if call is None or text_of(statements[0]).rstrip(";") != counting:
        return None
    return Branch(call, outer, int(text_of(most)))


def overriding(later: list[Jump], earlier: list[Jump]) -> list[Jump]:
    """Jumps of calls where a later call overrides an earlier one; the first that holds is taken."""
    always = bool(later) and later[-1].when is None and not later[-1].max
    return later if always else [*later, *earlier]


def saved_name(rule: Extractor) -> str:
    """Name of the variable into which an answer's value is saved for a jump; the same value has the
    same name in every script."""
    place = rule.jsonpath or rule.jmespath or rule.header or ""
    plain = re.sub(r"[^A-Za-z0-9]+", "_", f"{rule.source.value}_{place}").strip("_")[:60]
    if not re.fullmatch(r"[A-Za-z0-9]{0,50}", place):
        plain += "_" + hashlib.sha256(place.encode()).hexdigest()[:6]
    return f"_jump_{plain}"


def without_idle_saves(saves: list[Extractor], jumps: list[Jump]) -> list[Extractor]:
    """The saves without those for jumps that are not there any more; each of them once."""
    read = {jump.when.left.strip("{}") for jump in jumps if jump.when is not None}
    kept: list[Extractor] = []
    for save in saves:
        is_for_jump = save.variable == saved_name(save)
        if not is_for_jump or (save.variable in read and save not in kept):
            kept.append(save)
    return kept
