"""What k6 scripts compute: templates, saves, checks."""

from __future__ import annotations

import json

from hazard_tui.export.javascript import (
    is_number,
    json_access,
    literal,
    member,
    regex,
    template_literal,
)
from hazard_tui.export.losses import Losses
from hazard_tui.export.pieces import Kind, Names
from hazard_tui.plan.base import Operator
from hazard_tui.plan.model import Test
from hazard_tui.plan.rules import Assertion, Extractor, Match, OnMiss, Source, Target
from hazard_tui.plan.variables import Path

_FUNCTIONS = {
    "$guid": "crypto.randomUUID()",
    "$randomUUID": "crypto.randomUUID()",
    "$timestamp": "Math.floor(Date.now() / 1000)",
    "$isoTimestamp": "new Date().toISOString()",
    "$randomInt": "Math.floor(Math.random() * 1001)",
    "$randomBoolean": "(Math.random() < 0.5)",
}
_ORDERS = {
    Operator.LESS: "<",
    Operator.LESS_OR_EQUAL: "<=",
    Operator.GREATER: ">",
    Operator.GREATER_OR_EQUAL: ">=",
}


class Values:
    """Templates of a plan as JavaScript expressions over the object `v`."""

    def __init__(self, names: Names, losses: Losses) -> None:
        self.names = names
        self.losses = losses

    def text(self, template: str, path: Path) -> str:
        """An expression for the text of a template."""
        pieces = self.names.pieces(template)
        if not pieces or (len(pieces) == 1 and pieces[0].kind is Kind.TEXT):
            return literal(template)
        out = ""
        for piece in pieces:
            if piece.kind is Kind.TEXT:
                out += template_literal(piece.text)
            elif piece.kind is Kind.VARIABLE:
                out += "${" + member("v", piece.text) + "}"
            elif piece.text in _FUNCTIONS:
                out += "${" + _FUNCTIONS[piece.text] + "}"
            else:
                out += template_literal(piece.template)
                self.losses.lost(
                    path,
                    "function-not-expressed",
                    f"{piece.template} is sent as it stands",
                    why="k6 has no such function",
                )
        return f"`{out}`"

    def generator(self, call: str, path: Path) -> str:
        """An expression for a variable that is generated."""
        return self.text("{{" + call.strip().strip("{}") + "}}", path)

    # Saves

    def save(self, rule: Extractor, path: Path) -> str | None:
        """A statement that saves from `res`; None with a finding when k6 cannot."""
        value = None if rule.redirect_hop else self._saved(rule, path)
        if value is None or rule.match is Match.ALL or rule.match_number > 1:
            hint = "import a JMESPath or XPath library" if rule.jmespath or rule.xpath else ""
            what = f"{rule.variable!r} is not saved from the answer"
            self.losses.lost(path, "save-left-out", what, why="k6 has no such reader", fix=hint)
            return None
        target = member("v", rule.variable)
        fallback = "undefined"
        if rule.default is not None:
            fallback = self.text(rule.default, path)
        elif rule.on_miss is OnMiss.EMPTY:
            fallback = '""'
        elif rule.on_miss is OnMiss.KEEP:
            fallback = target
        return f"{target} = found(() => {value}, {fallback});"

    def _saved(self, rule: Extractor, path: Path) -> str | None:
        if rule.constant is not None:
            return self.text(rule.constant, path)
        if rule.random_int is not None:
            low, high = rule.random_int.min, rule.random_int.max
            return f"Math.floor(Math.random() * {high - low + 1}) + {low}"
        if rule.random_choice is not None:
            values = ", ".join(map(literal, rule.random_choice.values))
            return f"[{values}][Math.floor(Math.random() * {len(rule.random_choice.values)})]"
        source = {
            Source.BODY: "res.body",
            Source.HEADER: _header(rule.header),
            Source.COOKIE: f"res.cookies[{literal(rule.header)}][0].value",
            Source.STATUS: "res.status",
            Source.URL: "res.url",
            Source.LATENCY: "res.timings.duration",
        }[rule.source]
        if rule.choice in ("", "whole"):
            return source
        if rule.regex is not None:
            return _regex_match(source, rule.regex.pattern, rule.regex.group)
        if rule.boundaries is not None:
            left, right = literal(rule.boundaries.left), literal(rule.boundaries.right)
            return f"{source}.split({left})[1].split({right})[0]"
        if rule.css is not None:
            return _css(rule.css)
        expression = rule.jsonpath if rule.jsonpath is not None else rule.jmespath
        if expression is None or rule.source is not Source.BODY:
            return None
        return json_access("res.json()", expression)

    # Checks

    def check(self, assertion: Assertion, path: Path) -> str | None:
        """A condition on the answer `r`; None with a finding when k6 cannot say it."""
        subject = self._subject(assertion)
        found = subject and self.comparison(subject, assertion.operator, assertion.expected, path)
        if not found:
            name = assertion.name or assertion.target.value
            what = f"the assertion {name!r} is left out"
            self.losses.lost(path, "assert-left-out", what, why="k6 has no such check")
            return None
        return found

    def _subject(self, assertion: Assertion) -> str | None:
        if assertion.target is Target.VALUE:
            if assertion.variable is not None:
                return member("v", assertion.variable)
            if assertion.regex is not None:
                return _regex_match("r.body", assertion.regex, 0)
            if assertion.css is not None:
                return _css(assertion.css).replace("res.", "r.", 1)
            path = assertion.jsonpath if assertion.jsonpath is not None else assertion.jmespath
            return json_access("r.json()", path) if path is not None else None
        return {
            Target.STATUS: "r.status",
            Target.LATENCY: "r.timings.duration",
            Target.SIZE: "r.body.length",
            Target.HEADER: _header(assertion.header).replace("res.", "r.", 1),
            Target.COOKIE: f"r.cookies[{literal(assertion.header)}][0].value",
            Target.BODY: "r.body",
            Target.URL: "r.url",
        }.get(assertion.target)

    def test(self, test: Test, path: Path) -> str | None:
        """A condition of the plan's flow."""
        left = self.text(test.left, (*path, "left"))
        return self.comparison(left, test.operator, test.right, (*path, "right"))

    def comparison(self, subject: str, operator: Operator, expected: str, path: Path) -> str | None:
        """`subject operator expected` as a condition; None when there is none."""
        right = expected if is_number(expected) else self.text(expected, path)
        if operator in (Operator.EQUALS, Operator.NOT_EQUALS):
            sign = "===" if operator is Operator.EQUALS else "!=="
            if subject in ("r.status", "r.body.length") and is_number(expected):
                return f"{subject} {sign} {expected}"
            return f"String({subject}) {sign} {self.text(expected, path)}"
        if operator in _ORDERS:
            return f"{subject} {_ORDERS[operator]} {right}"
        if operator is Operator.EXISTS:
            return f"{subject} !== undefined"
        if operator is Operator.NOT_EXISTS:
            return f"{subject} === undefined"
        text = f"String({subject})"
        wanted = self.text(expected, path)
        simple = {
            Operator.CONTAINS: f"{text}.includes({wanted})",
            Operator.NOT_CONTAINS: f"!{text}.includes({wanted})",
            Operator.STARTS_WITH: f"{text}.startsWith({wanted})",
            Operator.ENDS_WITH: f"{text}.endsWith({wanted})",
            Operator.LENGTH_EQUALS: f"{subject}.length === {right}",
        }
        return simple.get(operator) or self._literal_test(subject, operator, expected)

    def _literal_test(self, subject: str, operator: Operator, expected: str) -> str | None:
        if not self.names.is_literal(expected):
            return None
        if operator in (Operator.MATCHES, Operator.NOT_MATCHES):
            pattern = regex(expected)
            sign = "!" if operator is Operator.NOT_MATCHES else ""
            return f"{sign}{pattern}.test(String({subject}))" if pattern else None
        if operator in (Operator.IN, Operator.NOT_IN):
            sign = "!" if operator is Operator.NOT_IN else ""
            return f"{sign}{_choices(expected)}.includes(String({subject}))"
        if operator is Operator.TYPE_IS:
            return _type_test(subject, expected)
        return None


def _type_test(subject: str, name: str) -> str:
    return {
        "array": f"Array.isArray({subject})",
        "integer": f"Number.isInteger({subject})",
        "null": f"{subject} === null",
        "object": f"({subject} !== null && typeof {subject} === 'object')",
    }.get(name, f"typeof {subject} === {literal(name)}")


def _choices(expected: str) -> str:
    try:
        value = json.loads(expected)
    except ValueError:
        value = None
    if not isinstance(value, list):
        value = [one.strip() for one in expected.split(",")]
    texts = [one if isinstance(one, str) else json.dumps(one) for one in value]
    return "[" + ", ".join(map(literal, texts)) + "]"


def _header(name: str) -> str:
    """k6 writes the names of headers with capitals, as Go does."""
    canonical = "-".join(part.capitalize() for part in name.split("-"))
    return f"res.headers[{literal(canonical)}]"


def _regex_match(source: str, pattern: str, group: int) -> str | None:
    expression = regex(pattern)
    first = group or (1 if "(" in pattern.replace("(?", "").replace("\\(", "") else 0)
    return f"({source}.match({expression}) || [])[{first}]" if expression else None


def _css(selector: str) -> str:
    selector, at, attribute = selector.partition("@")
    read = f"attr({literal(attribute)})" if at else "text()"
    return f"res.html({literal(selector)}).first().{read}"
