"""Saves and assertions as scripts of Postman (`pm` API)."""

from __future__ import annotations

import json

from hazard_tui.export.javascript import (
    concatenation,
    is_number,
    json_access,
    literal,
    path_keys,
    regex,
)
from hazard_tui.export.losses import Losses
from hazard_tui.export.pieces import Names
from hazard_tui.plan.base import Operator, Scope
from hazard_tui.plan.request import Request
from hazard_tui.plan.rules import Assertion, Extractor, Match, OnMiss, Severity, Source, Target
from hazard_tui.plan.variables import Path, names_in

_GET = "pm.variables.get(%s)"
_JSON = "pm.response.json()"
_SETTERS = {
    Scope.USER: "pm.collectionVariables.set",
    Scope.ITERATION: "pm.variables.set",
    Scope.RUN: "pm.collectionVariables.set",
}
_CHAI = {
    Operator.LESS: "to.be.below",
    Operator.LESS_OR_EQUAL: "to.be.most",
    Operator.GREATER: "to.be.above",
    Operator.GREATER_OR_EQUAL: "to.be.least",
    Operator.CONTAINS: "to.include",
    Operator.NOT_CONTAINS: "to.not.include",
}
_SIGNS = {
    Operator.LESS: "<",
    Operator.LESS_OR_EQUAL: "<=",
    Operator.GREATER: ">",
    Operator.GREATER_OR_EQUAL: ">=",
}
_NUMBERS = (Target.STATUS, Target.LATENCY, Target.SIZE)


def test_script(request: Request, names: Names, losses: Losses, path: Path) -> list[str]:
    """Lines of the script after the answer: saves, then assertions, then the kept script."""
    lines: list[str] = []
    guarded: dict[str, list[str]] = {}
    for index, rule in enumerate(request.extractors):
        if not rule.disabled:
            made = _save(rule, names, losses, (*path, "extractors", index))
            # A save that keeps the old value stands behind the assertion of what it reads, and
            # before the first assertion that uses it.
            kept = _needs_guard(rule)
            (guarded.setdefault(rule.variable, []) if kept else lines).extend(made)
    judged = [(index, one) for index, one in enumerate(request.assertions) if not one.disabled]
    for group in _tests(judged):
        name = group[0][1].name or _label(group[0][1])
        claims: list[str] = []
        for index, assertion in group:
            for used in [*names_in(assertion.expected), assertion.variable or ""]:
                lines += guarded.pop(used, [])
            place = (*path, "assertions", index)
            claim = _claim(assertion, names)
            if claim is None:
                what = f"the assertion {name!r} is left out"
                losses.lost(place, "assert-left-out", what, why="scripts of Postman cannot say it")
                continue
            claims.append(f"    {claim};")
            if assertion.severity is not Severity.FAIL:
                what = f"the assertion {name!r} fails as any other, not as {assertion.severity}"
                losses.lost((*place, "severity"), "severity-lost", what)
        if claims:
            lines += [f"pm.test({literal(name)}, function () {{", *claims, "});"]
    lines += [line for made in guarded.values() for line in made]
    off = [one.name or _label(one) for one in request.assertions if one.disabled]
    off += [rule.variable for rule in request.extractors if rule.disabled]
    if off:
        what = f"saves and assertions that are switched off are left out: {', '.join(off)}"
        losses.lost(path, "disabled-left-out", what)
    if request.after is not None:
        lines += request.after.source.split("\n")
    return lines


def _tests(judged: list[tuple[int, Assertion]]) -> list[list[tuple[int, Assertion]]]:
    """Assertions with their numbers, those of one test together."""
    tests: list[list[tuple[int, Assertion]]] = []
    for index, one in judged:
        if one.joined and tests and tests[-1][0][1].name == one.name:
            tests[-1].append((index, one))
        else:
            tests.append([(index, one)])
    return tests


def _label(assertion: Assertion) -> str:
    place = assertion.jsonpath or assertion.jmespath or assertion.header or assertion.variable or ""
    words = (assertion.target.value, place, assertion.operator.value, assertion.expected)
    return " ".join(word for word in words if word).replace("_", " ")[:120]


def _save(rule: Extractor, names: Names, losses: Losses, path: Path) -> list[str]:
    value = None if rule.redirect_hop else saved_value(rule, names)
    if value is None or rule.match is not Match.NUMBER or rule.match_number > 1:
        losses.lost(
            path,
            "save-left-out",
            f"{rule.variable!r} is not saved from the answer",
            why="scripts of Postman have no such reader",
            fix="write a script that saves it",
        )
        return []
    if rule.default not in (None, "null"):
        value = f"{value} ?? {concatenation(rule.default or '', names, _GET)}"
    if rule.scope is Scope.RUN:
        what = f"{rule.variable!r} is saved for one user, not for the run"
        losses.lost((*path, "scope"), "scope-left-out", what)
    if rule.on_miss is OnMiss.FAIL and rule.default is None:
        what = f"a missing value of {rule.variable!r} fails nothing"
        losses.lost((*path, "on_miss"), "miss-not-told", what, fix="add a test that it is there")
    line = f"{_SETTERS[rule.scope]}({literal(rule.variable)}, {value});"
    return [f"if ({value} !== undefined) {{ {line} }}" if _needs_guard(rule) else line]


def _needs_guard(rule: Extractor) -> bool:
    """True for a save that keeps the old value and whose script would not throw on a miss."""
    if rule.on_miss is not OnMiss.KEEP:
        return False
    keys = path_keys(rule.jsonpath or rule.jmespath or "") or []
    return len(keys) < 2 or rule.source is not Source.BODY


def saved_value(rule: Extractor, names: Names) -> str | None:
    """What an extractor reads, as an expression; None when scripts of Postman cannot say it."""
    if rule.constant is not None:
        return concatenation(rule.constant, names, _GET)
    if rule.random_int is not None:
        low, high = rule.random_int.min, rule.random_int.max
        return f"Math.floor(Math.random() * {high - low + 1}) + {low}"
    if rule.random_choice is not None:
        values = ", ".join(map(literal, rule.random_choice.values))
        return f"[{values}][Math.floor(Math.random() * {len(rule.random_choice.values)})]"
    text = _source(rule)
    if text is None or rule.choice in ("", "whole"):
        return text
    if rule.regex is not None:
        pattern = regex(rule.regex.pattern)
        group = rule.regex.group or (1 if "(" in rule.regex.pattern.replace("(?", "") else 0)
        return f"({text}.match({pattern}) || [])[{group}]" if pattern else None
    if rule.boundaries is not None:
        left, right = literal(rule.boundaries.left), literal(rule.boundaries.right)
        return f'({text}.split({left})[1] || "").split({right})[0]'
    if rule.css is not None and "@" not in rule.css:
        page = 'require("cheerio").load(pm.response.text())'
        return f"{page}({literal(rule.css)}).first().text()"
    expression = rule.jsonpath if rule.jsonpath is not None else rule.jmespath
    if expression is None or rule.source is not Source.BODY:
        return None
    # A save without a value on a miss keeps what was there, as a script that throws does.
    return json_access(_JSON, expression, guarded=rule.default is not None)


def _source(rule: Extractor) -> str | None:
    return {
        Source.BODY: "pm.response.text()",
        Source.HEADER: f"pm.response.headers.get({literal(rule.header)})",
        Source.COOKIE: f"pm.cookies.get({literal(rule.header)})",
        Source.STATUS: "pm.response.code",
        Source.LATENCY: "pm.response.responseTime",
    }.get(rule.source)


def _subject(assertion: Assertion) -> str | None:
    if assertion.target is Target.VALUE:
        if assertion.variable is not None:
            return _GET % literal(assertion.variable)
        if assertion.regex is not None:
            pattern = regex(assertion.regex)
            group = 1 if "(" in assertion.regex.replace("(?", "") else 0
            return f"(pm.response.text().match({pattern}) || [])[{group}]" if pattern else None
        path = assertion.jsonpath if assertion.jsonpath is not None else assertion.jmespath
        return json_access(_JSON, path) if path is not None else None
    return {
        Target.STATUS: "pm.response.code",
        Target.LATENCY: "pm.response.responseTime",
        Target.SIZE: "pm.response.responseSize",
        Target.HEADER: f"pm.response.headers.get({literal(assertion.header)})",
        Target.COOKIE: f"pm.cookies.get({literal(assertion.header)})",
        Target.BODY: "pm.response.text()",
    }.get(assertion.target)


def _claim(assertion: Assertion, names: Names) -> str | None:
    """The assertion as one statement; None when it cannot be said."""
    subject, operator, expected = _subject(assertion), assertion.operator, assertion.expected
    if subject is None:
        return None
    if operator in (Operator.EQUALS, Operator.NOT_EQUALS):
        return _equality(assertion, subject, names)
    if operator in _SIGNS:
        if is_number(expected) and assertion.target is Target.VALUE:
            # chai wants a number; a plan and JavaScript also take the text of one.
            return f"pm.expect({subject} {_SIGNS[operator]} {expected}).to.be.true"
        if is_number(expected):
            return f"pm.expect({subject}).{_CHAI[operator]}({expected})"
        if names.is_literal(expected):
            return None
        value = f"Number({concatenation(expected, names, _GET)})"
        return f"pm.expect(Number({subject})).{_CHAI[operator]}({value})"
    is_text = assertion.target in (Target.BODY, Target.HEADER)
    text = subject if is_text else f"String({subject})"
    if operator in _CHAI:
        return f"pm.expect({text}).{_CHAI[operator]}({concatenation(expected, names, _GET)})"
    if operator in (Operator.MATCHES, Operator.NOT_MATCHES):
        pattern = regex(expected) if names.is_literal(expected) else None
        negation = "not." if operator is Operator.NOT_MATCHES else ""
        return f"pm.expect({text}).to.{negation}match({pattern})" if pattern else None
    return _other_claim(subject, operator, expected, names)


def _equality(assertion: Assertion, subject: str, names: Names) -> str | None:
    expected, positive = assertion.expected, assertion.operator is Operator.EQUALS
    if assertion.target in _NUMBERS and is_number(expected):
        if assertion.target is Target.STATUS and positive:
            return f"pm.response.to.have.status({expected})"
        return f"pm.expect({subject}).to.{'' if positive else 'not.'}eql({expected})"
    text = concatenation(expected, names, _GET)
    plain = names.is_literal(expected) and not is_number(expected)
    if assertion.target is not Target.VALUE or (
        plain and expected not in ("true", "false", "null") and assertion.variable is None
    ):
        return f"pm.expect({subject}).to.{'' if positive else 'not.'}eql({text})"
    # A plan compares texts: 1 and "1" are the same.
    return f"pm.expect(String({subject}) {'==' if positive else '!='} {text}).to.be.true"


def _other_claim(subject: str, operator: Operator, expected: str, names: Names) -> str | None:
    if operator is Operator.EXISTS:
        return f"pm.expect({subject}).to.not.be.undefined"
    if operator is Operator.NOT_EXISTS:
        return f"pm.expect({subject}).to.be.undefined"
    if not names.is_literal(expected):
        return None
    if operator is Operator.TYPE_IS:
        if expected == "integer":
            return f"pm.expect(Number.isInteger({subject})).to.be.true"
        return f"pm.expect({subject}).to.be.a({literal(expected)})"
    if operator is Operator.LENGTH_EQUALS and expected.isdigit():
        return f"pm.expect({subject}).to.have.lengthOf({expected})"
    if operator is Operator.STARTS_WITH:
        return f"pm.expect(String({subject}).startsWith({literal(expected)})).to.be.true"
    if operator is Operator.ENDS_WITH:
        return f"pm.expect(String({subject}).endsWith({literal(expected)})).to.be.true"
    if operator in (Operator.IN, Operator.NOT_IN):
        negation = "not." if operator is Operator.NOT_IN else ""
        return f"pm.expect({subject}).to.{negation}be.oneOf({_choices(expected)})"
    if operator is Operator.MATCHES_SCHEMA:
        return f"pm.expect({subject}).to.have.jsonSchema({expected})"
    return None


def _choices(expected: str) -> str:
    try:
        value = json.loads(expected)
    except ValueError:
        value = None
    if not isinstance(value, list):
        value = [one.strip() for one in expected.split(",")]
    return json.dumps(value, ensure_ascii=False)
