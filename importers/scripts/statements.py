"""Translating a whole script: every statement into assertions, saves, steps around the request.

A script is translated only as a whole. One statement that a plan cannot say leaves all of it to the
JavaScript interpreter of the engine.
"""

from __future__ import annotations

from collections.abc import Callable

from tree_sitter import Node

from hazard_tui.plan.base import Scope
from hazard_tui.plan.model import Jump, Pause, Test
from hazard_tui.plan.rules import Assertion
from importers.scripts.expectations import read_chain
from importers.scripts.expressions import Evaluator
from importers.scripts.jumps import SETTERS, Branch, branches_of, overriding
from importers.scripts.requests import request_of
from importers.scripts.saving import extractor_of, test_of
from importers.scripts.translation import Translation
from importers.scripts.tree import (
    LONGEST_SCRIPT_BYTES,
    arguments_of,
    callback_of,
    first_line,
    line_of,
    parse,
    statements_of,
    text_of,
)
from importers.scripts.values import (
    Claim,
    Const,
    Json,
    Object,
    Value,
    as_text,
)


class Untranslatable(Exception):
    """Leaves the translation of one script; never leaves this module."""

    def __init__(self, node: Node) -> None:
        super().__init__(f"line {line_of(node)}: {first_line(node)}")


def never_undefined(name: str) -> bool:
    """For callers that do not know the variables: no name is known to be undefined."""
    return False


def translate_script(
    source: str, is_undefined: Callable[[str], bool] = never_undefined
) -> Translation:
    """Reads a script. `is_undefined` tells that nothing in the plan ever defines a variable."""
    if len(source) > LONGEST_SCRIPT_BYTES:
        return Translation(obstacle=f"it is longer than {LONGEST_SCRIPT_BYTES} bytes")
    program = parse(source)
    if program is None:
        return Translation(statements=1, obstacle="it takes too long to read")
    if program.has_error:
        return Translation(statements=1, obstacle="it is not JavaScript that can be read")
    translator = _Translator(is_undefined)
    result = translator.result
    result.statements = _count(program)
    try:
        translator.block(statements_of(program), "")
    except Untranslatable as exc:
        return Translation(statements=result.statements, console=result.console, obstacle=str(exc))
    except RecursionError:
        return Translation(statements=result.statements, obstacle="it is nested too deeply")
    result.reads = translator.evaluator.reads
    result.decided = list(dict.fromkeys(translator.evaluator.decided))
    return result


def _count(node: Node) -> int:
    """Statements in the tree, those inside blocks and callbacks included."""
    total, pending = 0, [node]
    while pending:
        current = pending.pop()
        kind = current.type
        if kind != "empty_statement" and (
            kind.endswith(("_statement", "_declaration")) or kind == "lexical_declaration"
        ):
            total += 1
        pending += current.named_children
    return total


class _Translator:
    def __init__(self, is_undefined: Callable[[str], bool]) -> None:
        self.evaluator = Evaluator(is_undefined)
        self.result = Translation()
        self.joined = False
        """The test around the statement has a claim already: the next belongs to the same one."""
        self.guarded = False
        """Inside a condition that is judged by an assertion of its own."""

    def block(self, statements: list[Node], test: str) -> None:
        """Statements in order; `test` names the `pm.test` around them."""
        for statement in statements:
            self.statement(statement, test)

    def statement(self, node: Node, test: str) -> None:
        kind = node.type
        if kind == "expression_statement":
            self.expression(node.named_children[0], test)
        elif kind in ("lexical_declaration", "variable_declaration"):
            for declarator in node.named_children:
                if declarator.type == "variable_declarator":
                    self.declare(declarator)
        elif kind == "if_statement":
            self.condition(node, test)
        elif kind == "statement_block":
            self.block(statements_of(node), test)
        elif kind not in ("comment", "empty_statement"):
            raise Untranslatable(node)

    def declare(self, node: Node) -> None:
        """`name = value` or `{a, b: c} = value`."""
        target = node.child_by_field_name("name")
        given = node.child_by_field_name("value")
        value = self.evaluator.value(given) if given is not None else None
        if target is None or (given is not None and value is None):
            raise Untranslatable(node)
        self.bind(target, value, node)

    def bind(self, target: Node, value: Value | None, node: Node) -> None:
        names = self.evaluator.names
        if target.type == "identifier":
            names[text_of(target)] = value
            return
        if target.type != "object_pattern" or not isinstance(value, Json):
            raise Untranslatable(node)
        for child in target.named_children:
            if child.type == "shorthand_property_identifier_pattern":
                names[text_of(child)] = self.evaluator.member(value, text_of(child))
            elif child.type == "pair_pattern":
                key = text_of(child.child_by_field_name("key"))
                alias = child.child_by_field_name("value")
                if alias is None or alias.type != "identifier":
                    raise Untranslatable(node)
                names[text_of(alias)] = self.evaluator.member(value, key)
            else:
                raise Untranslatable(node)

    def expression(self, node: Node, test: str) -> None:
        if node.type == "assignment_expression":
            self.assign(node, test)
            return
        if node.type not in ("call_expression", "member_expression"):
            raise Untranslatable(node)
        function = text_of(node.child_by_field_name("function"))
        handler = _CALLS.get(function)
        if handler is not None:
            handler(self, node, test)
        elif function.startswith("console."):
            self.result.console += 1
        elif not self.save(node):
            claim = read_chain(node, self.evaluator)
            if claim is None:
                raise Untranslatable(node)
            self.judge(claim, test)

    def assign(self, node: Node, test: str) -> None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            raise Untranslatable(node)
        holder = text_of(left.child_by_field_name("object"))
        if left.type in ("subscript_expression", "member_expression") and holder == "tests":
            self.legacy_test(left, right, node)
        elif left.type in ("identifier", "object_pattern"):
            value = self.evaluator.value(right)
            if value is None:
                raise Untranslatable(node)
            self.bind(left, value, node)
        else:
            raise Untranslatable(node)

    def legacy_test(self, left: Node, right: Node, node: Node) -> None:
        """`tests["name"] = claim`."""
        index = left.child_by_field_name("index")
        key = self.evaluator.value(index) if index is not None else None
        name = as_text(key.value) if isinstance(key, Const) else None
        if left.type == "member_expression":
            name = text_of(left.child_by_field_name("property"))
        truth = self.evaluator.value(right)
        if name is None or not isinstance(truth, Claim) or name in self.evaluator.tests:
            # The last of two values of one name would be the verdict.
            raise Untranslatable(node)
        self.evaluator.tests[name] = truth
        self.joined = False
        self.judge(truth, name)

    def judge(self, claim: Claim, test: str) -> None:
        for one in claim.assertions:
            named = one.model_copy(update={"name": test, "joined": self.joined}) if test else one
            self.result.assertions.append(named)
            self.joined = True

    # Saves

    def save(self, node: Node) -> bool:
        """`scope.set(name, value)`; False when the call is none."""
        function = node.child_by_field_name("function")
        if function is None or function.type != "member_expression":
            return False
        method = text_of(function.child_by_field_name("property"))
        owner_node = function.child_by_field_name("object")
        owner = self.evaluator.value(owner_node)
        legacy = owner == Object("postman") and method in (
            "setEnvironmentVariable",
            "setGlobalVariable",
        )
        if not legacy and not (owner == Object("scope") and method == "set"):
            return False
        arguments = [self.evaluator.value(argument) for argument in arguments_of(node)]
        name = arguments[0] if arguments else None
        value = arguments[1] if len(arguments) > 1 else None
        if not isinstance(name, Const) or not isinstance(name.value, str) or value is None:
            raise Untranslatable(node)
        local = text_of(owner_node) == "pm.variables"
        scope = Scope.ITERATION if local else Scope.USER
        extractor = extractor_of(name.value, value, scope, guarded=self.guarded)
        if extractor is None or name.value in self.evaluator.reads:
            # What was read before must be the old value; saves of a plan come first.
            raise Untranslatable(node)
        self.result.extractors.append(extractor)
        return True

    # Conditions

    def condition(self, node: Node, test: str) -> None:
        branches = branches_of(node)
        if branches is not None:
            self.jump(node, branches, test)
            return
        truth = self.evaluator.truth(node.child_by_field_name("condition"))
        then = node.child_by_field_name("consequence")
        otherwise = node.child_by_field_name("alternative")
        if truth is None or then is None:
            raise Untranslatable(node)
        if isinstance(truth, bool):
            chosen = then if truth else otherwise
            if chosen is not None:
                inner = chosen.named_children[0] if chosen.type == "else_clause" else chosen
                self.statement(inner, test)
            return
        if otherwise is not None or not self.asserted(truth):
            raise Untranslatable(node)
        # Where the condition does not hold, the step fails by the assertion of the same claim.
        outer, self.guarded = self.guarded, True
        self.statement(then, test)
        self.guarded = outer

    def asserted(self, claim: Claim) -> bool:
        known = [_nameless(one) for one in self.result.assertions]
        return all(_nameless(one) in known for one in claim.assertions)

    def jump(self, node: Node, branches: list[Branch], test: str) -> None:
        """`setNextRequest(name)`, after which the task goes on elsewhere; the last call counts."""
        if self.guarded or test:  # where a claim before it fails, it is not reached
            raise Untranslatable(node)
        made: list[Jump] = []
        for branch in branches:
            arguments = [self.evaluator.value(argument) for argument in arguments_of(branch.call)]
            target = arguments[0] if len(arguments) == 1 else None
            if not isinstance(target, Const) or not isinstance(target.value, (str, type(None))):
                raise Untranslatable(node)
            self.result.console += branch.console
            truth = True if branch.condition is None else self.evaluator.truth(branch.condition)
            if truth is False:
                continue
            when = self.jump_test(node, truth, alone=len(branches) == 1)
            made.append(Jump(to=target.value or "", when=when, max=branch.max))
            if truth is True and not branch.max:
                break
        if self.result.jumps and any(one.max for one in [*made, *self.result.jumps]):
            raise Untranslatable(node)  # Postman counts also a call that a later one overrides
        self.result.jumps = overriding(made, self.result.jumps)

    def jump_test(self, node: Node, truth: Claim | bool | None, *, alone: bool) -> Test | None:
        """The condition of a jump; its value is saved from the answer."""
        if truth is True:
            return None
        made = test_of(truth) if isinstance(truth, Claim) else None
        if made is None:
            raise Untranslatable(node)
        when, extractor = made
        if extractor is not None:
            if not alone and extractor.choice in ("jsonpath", "jmespath"):
                # Where the body is no JSON the script fails, and none of the branches is taken.
                raise Untranslatable(node)
            if extractor not in self.result.extractors:
                self.result.extractors.append(extractor)
        return when


def _nameless(assertion: Assertion) -> Assertion:
    return assertion.model_copy(update={"name": "", "joined": False})


def _pm_test(translator: _Translator, node: Node, test: str) -> None:
    arguments = arguments_of(node)
    if len(arguments) != 2 or test:
        raise Untranslatable(node)
    name = translator.evaluator.value(arguments[0])
    callback = callback_of(arguments[1])
    if not isinstance(name, Const) or callback is None or callback[0]:
        raise Untranslatable(node)
    outer = dict(translator.evaluator.names)
    before = len(translator.result.assertions)
    translator.joined = False
    for statement in callback[1]:
        if statement.type.endswith(("_statement", "_declaration", "statement_block")):
            translator.statement(statement, as_text(name.value))
        else:
            translator.expression(statement, as_text(name.value))
    translator.evaluator.names = outer
    if len(translator.result.assertions) == before:
        # A test without a claim always passes; leaving it out would lose its line in the results.
        raise Untranslatable(node)


def _set_next(translator: _Translator, node: Node, test: str) -> None:
    translator.jump(node, [Branch(node)], test)


def _sleep(translator: _Translator, node: Node, test: str) -> None:
    """`setTimeout(function () {}, 500)`, which keeps Postman waiting."""
    arguments = arguments_of(node)
    callback = callback_of(arguments[0] if arguments else None)
    delay = translator.evaluator.value(arguments[1]) if len(arguments) == 2 else None
    if callback is None or not isinstance(delay, Const) or not isinstance(delay.value, int):
        raise Untranslatable(node)
    if any(not text_of(statement).startswith("console.") for statement in callback[1]):
        raise Untranslatable(node)
    translator.result.pauses.append(Pause(min_ms=max(0, delay.value)))


def _send(translator: _Translator, node: Node, test: str) -> None:
    """`pm.sendRequest(constant, callback)`."""
    arguments = arguments_of(node)
    request = request_of(translator.evaluator.value(arguments[0])) if arguments else None
    if request is None or test or translator.guarded:
        raise Untranslatable(node)
    inner = _Translator(translator.evaluator.is_undefined)
    if len(arguments) > 1:
        callback = callback_of(arguments[1])
        if callback is None:
            raise Untranslatable(node)
        names, statements = callback
        inner.evaluator.names = dict(translator.evaluator.names)
        inner.evaluator.names |= {
            "responseBody": None,
            "responseCode": None,
            "responseTime": None,
            "pm.response": None,
        }
        if len(names) > 1:
            inner.evaluator.names[names[1]] = Object("response")
        if any("pm.response" in text_of(statement) for statement in statements):
            raise Untranslatable(node)
        inner.block([_as_statement(statement) for statement in statements], "")
    found = inner.result
    if found.requests or found.jumps or found.pauses:
        raise Untranslatable(node)
    translator.result.console += found.console
    translator.result.requests.append((request, found.extractors, found.assertions))


def _as_statement(node: Node) -> Node:
    if node.type.endswith(("_statement", "_declaration", "statement_block")):
        return node
    raise Untranslatable(node)


_CALLS: dict[str, Callable[[_Translator, Node, str], None]] = {
    "pm.test": _pm_test,
    "setTimeout": _sleep,
    "pm.sendRequest": _send,
    **dict.fromkeys(SETTERS, _set_next),
}
