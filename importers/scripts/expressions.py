"""Evaluating expressions of a script to what a plan can name. None: the plan cannot say it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tree_sitter import Node

from hazard_tui.plan.base import Operator
from hazard_tui.plan.rules import Target
from importers.scripts import calls
from importers.scripts.tree import (
    arguments_of,
    number_value,
    re2_pattern,
    string_value,
    text_of,
    unescape,
)
from importers.scripts.values import (
    Claim,
    Const,
    Cookie,
    Json,
    Length,
    Object,
    Part,
    Pattern,
    Template,
    TypeName,
    Undefined,
    Value,
    Variable,
    as_text,
    claim,
    equality,
    joined,
    negated,
    template_of,
)

GLOBAL_NAMES: dict[str, Value] = {
    "undefined": Undefined(),
    "responseBody": Part(Target.BODY),
    "responseTime": Part(Target.LATENCY),
    "pm": Object("pm"),
    "postman": Object("postman"),
    "responseCode": Object("responseCode"),
    "environment": Object("environment"),
    "globals": Object("globals"),
    "data": Object("data"),
    "JSON": Object("JSON"),
    "Array": Object("Array"),
    "Number": Object("Number"),
    "String": Object("String"),
    "Object": Object("Object"),
}
"""What a name means when the script does not declare it."""

MEMBERS: dict[tuple[str, str], Value] = {
    ("pm", "response"): Object("response"),
    ("pm", "environment"): Object("scope"),
    ("pm", "globals"): Object("scope"),
    ("pm", "collectionVariables"): Object("scope"),
    ("pm", "variables"): Object("scope"),
    ("pm", "iterationData"): Object("scope"),
    ("pm", "cookies"): Object("cookies"),
    ("response", "code"): Part(Target.STATUS),
    ("response", "responseTime"): Part(Target.LATENCY),
    ("response", "responseSize"): Part(Target.SIZE),
    ("response", "headers"): Object("headers"),
    ("responseCode", "code"): Part(Target.STATUS),
}

LEGACY_SCOPES = ("environment", "globals", "data")

_ORDER = {
    "<": Operator.LESS,
    "<=": Operator.LESS_OR_EQUAL,
    ">": Operator.GREATER,
    ">=": Operator.GREATER_OR_EQUAL,
}
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Evaluator:
    """Knows the names that a script has bound so far, and what `tests[…]` held."""

    def __init__(self, is_undefined: Callable[[str], bool]) -> None:
        self.names: dict[str, Value | None] = {}
        self.tests: dict[str, Claim] = {}
        self.is_undefined = is_undefined
        self.reads: set[str] = set()
        """Variables of Postman that were read."""
        self.decided: list[str] = []
        """Variables that nothing defines and on which a condition was decided."""

    def value(self, node: Node | None) -> Value | None:
        """What the expression stands for."""
        if node is None:
            return None
        handler = getattr(self, f"_{node.type}", None)
        found: Value | None = handler(node) if handler is not None else None
        return found

    def truth(self, node: Node | None) -> Claim | bool | None:
        """The expression as a condition: a claim, or a truth that is known at import."""
        value = self.value(node)
        if isinstance(value, Claim):
            return value
        if isinstance(value, Undefined):
            return False
        if isinstance(value, Const) and not isinstance(value.value, (list, dict)):
            return bool(value.value)
        if isinstance(value, Variable) and self.is_undefined(value.name):
            self.decided.append(value.name)
            return False
        return None

    def variable(self, name: str) -> Variable:
        """A variable that the script reads."""
        self.reads.add(name)
        return Variable(name)

    # Literals

    def _string(self, node: Node) -> Value:
        return Const(string_value(node))

    def _number(self, node: Node) -> Value | None:
        number = number_value(node)
        return None if number is None else Const(number)

    def _true(self, node: Node) -> Value:
        return Const(True)

    def _false(self, node: Node) -> Value:
        return Const(False)

    def _null(self, node: Node) -> Value:
        return Const(None)

    def _undefined(self, node: Node) -> Value:
        return Undefined()

    def _regex(self, node: Node) -> Value | None:
        pattern = re2_pattern(node)
        return None if pattern is None else Pattern(pattern)

    def _array(self, node: Node) -> Value | None:
        items = []
        for child in node.named_children:
            if child.type == "comment":
                continue
            value = self.value(child)
            if not isinstance(value, Const):
                return None
            items.append(value.value)
        return Const(items)

    def _object(self, node: Node) -> Value | None:
        fields: dict[str, Any] = {}
        for child in node.named_children:
            if child.type == "comment":
                continue
            if child.type != "pair":
                return None
            key = self._key(child.child_by_field_name("key"))
            value = self.value(child.child_by_field_name("value"))
            text = None if value is None else template_of(value)
            if key is None or text is None:
                return None
            fields[key] = value.value if isinstance(value, Const) else text
        return Const(fields)

    def _key(self, node: Node | None) -> str | None:
        if node is None:
            return None
        if node.type in ("property_identifier", "number"):
            return text_of(node)
        return string_value(node) if node.type == "string" else None

    def _template_string(self, node: Node) -> Value | None:
        out, templated = "", False
        for child in node.named_children:
            if child.type == "string_fragment":
                out += text_of(child)
            elif child.type == "escape_sequence":
                out += unescape(text_of(child))
            else:
                value = self.value(child.named_children[0] if child.named_children else None)
                text = None if value is None else template_of(value)
                if text is None:
                    return None
                templated = templated or not isinstance(value, Const)
                out += text
        return Template(out) if templated else Const(out)

    # Names and members

    def _identifier(self, node: Node) -> Value | None:
        name = text_of(node)
        if name in self.names:
            return self.names[name]
        return GLOBAL_NAMES.get(name)

    def _parenthesized_expression(self, node: Node) -> Value | None:
        inner = [child for child in node.named_children if child.type != "comment"]
        return self.value(inner[0]) if len(inner) == 1 else None

    def _member_expression(self, node: Node) -> Value | None:
        owner = self.value(node.child_by_field_name("object"))
        return self.member(owner, text_of(node.child_by_field_name("property")))

    def _subscript_expression(self, node: Node) -> Value | None:
        holder = node.child_by_field_name("object")
        index = self.value(node.child_by_field_name("index"))
        if not isinstance(index, Const) or isinstance(index.value, (bool, list, dict, float)):
            return None
        if holder is not None and text_of(holder) == "tests" and "tests" not in self.names:
            return self.tests.get(as_text(index.value))
        owner = self.value(holder)
        if isinstance(index.value, int) and isinstance(owner, Json):
            return owner.inside(index.value) if index.value >= 0 else None
        return self.member(owner, as_text(index.value))

    def member(self, owner: Value | None, name: str) -> Value | None:
        """`owner.name`."""
        if isinstance(owner, Json):
            return Length(owner) if name == "length" else owner.inside(name)
        if isinstance(owner, Const) and isinstance(owner.value, dict):
            return Const(owner.value[name]) if name in owner.value else Undefined()
        if isinstance(owner, Part) and owner.target is Target.BODY and name == "length":
            return Length(None)
        if isinstance(owner, Object):
            if owner.name in LEGACY_SCOPES:
                return self.variable(name)
            return MEMBERS.get((owner.name, name))
        return None

    # Operators

    def _binary_expression(self, node: Node) -> Value | None:
        operator = text_of(node.child_by_field_name("operator"))
        left_node, right_node = node.child_by_field_name("left"), node.child_by_field_name("right")
        left, right = self.value(left_node), self.value(right_node)
        if operator == "||" and isinstance(left, Json) and right in (Const({}), Const([])):
            return Json(left.path, len(left.path))
        if operator == "&&":
            if isinstance(left, Claim) and isinstance(right, Claim):
                return joined(left, right)
            return None
        if operator == "in" and isinstance(left, Const) and isinstance(right, Json):
            return claim(Json((*right.path, as_text(left.value))), Operator.EXISTS)
        if left is None or right is None:
            return None
        if operator == "+":
            return self._sum(left, right)
        if operator in ("===", "==", "!==", "!="):
            return self._equal(left, right, operator)
        if operator in _ORDER:
            return self._ordered(left, right, operator)
        return None

    def _sum(self, left: Value, right: Value) -> Value | None:
        texts = [template_of(left), template_of(right)]
        if texts[0] is None or texts[1] is None:
            return None
        if isinstance(left, Const) and isinstance(right, Const):
            if not (isinstance(left.value, str) or isinstance(right.value, str)):
                return None
            return Const(texts[0] + texts[1])
        return Template(texts[0] + texts[1])

    def _equal(self, left: Value, right: Value, operator: str) -> Value | None:
        if isinstance(left, (Const, Undefined)) or (
            isinstance(left, (Variable, Template)) and not isinstance(right, Const)
        ):
            left, right = right, left
        found = equality(left, right, strict=len(operator) == 3)
        if found is None or operator[0] == "=":
            return found
        return negated(found)

    def _ordered(self, left: Value, right: Value, operator: str) -> Value | None:
        if isinstance(left, Const):
            left, right, operator = right, left, _FLIPPED[operator]
        if not isinstance(right, Const) or isinstance(right.value, (str, bool, list, dict)):
            return None
        if right.value is None:
            return None
        return claim(left, _ORDER[operator], as_text(right.value))

    def _unary_expression(self, node: Node) -> Value | None:
        operator = text_of(node.child_by_field_name("operator"))
        inner = node.child_by_field_name("argument")
        if operator == "typeof":
            value = self.value(inner)
            return TypeName(value) if isinstance(value, Json) else None
        if operator == "-":
            value = self.value(inner)
            if isinstance(value, Const) and isinstance(value.value, (int, float)):
                return Const(-value.value)
            return None
        if operator != "!":
            return None
        truth = self.truth(inner)
        if isinstance(truth, bool):
            return Const(not truth)
        return None if truth is None else negated(truth)

    def _await_expression(self, node: Node) -> Value | None:
        return None

    # Calls

    def _call_expression(self, node: Node) -> Value | None:
        function = node.child_by_field_name("function")
        if function is None or function.type not in ("member_expression", "identifier"):
            return None
        arguments = [self.value(argument) for argument in arguments_of(node)]
        if function.type == "identifier":
            name = text_of(function)
            return calls.of_function(name, arguments) if name not in self.names else None
        owner = self.value(function.child_by_field_name("object"))
        method = text_of(function.child_by_field_name("property"))
        if isinstance(owner, Object) and owner.name == "scope" and method == "get":
            return self._read(arguments)
        if isinstance(owner, Object) and owner.name == "cookies" and method == "get":
            name_value = arguments[0] if arguments else None
            return Cookie(as_text(name_value.value)) if isinstance(name_value, Const) else None
        return None if owner is None else calls.of_method(owner, method, arguments)

    def _read(self, arguments: list[Value | None]) -> Value | None:
        name = arguments[0] if len(arguments) == 1 else None
        if isinstance(name, Const) and isinstance(name.value, str):
            return self.variable(name.value)
        return None
