"""Postman 2.1: saves, assertions and scripts are the same when they are read back."""

from __future__ import annotations

import pytest

from hazard_tui.plan.base import Operator, Scope
from hazard_tui.plan.request import (
    Request,
    Script,
)
from hazard_tui.plan.rules import (
    Assertion,
    Extractor,
    OnMiss,
    Source,
    Target,
)
from tests.unit.exported import (
    VARIABLES,
    plan_of,
    requests_in,
)
from tests.unit.exported_postman import returned

ASSERTIONS = [
    Assertion(name="status", target=Target.STATUS, expected="201"),
    Assertion(name="slow", target=Target.LATENCY, operator=Operator.LESS, expected="500"),
    Assertion(name="size", target=Target.SIZE, operator=Operator.GREATER, expected="0"),
    Assertion(name="type", target=Target.HEADER, header="X-Kind", expected="a b"),
    Assertion(
        name="has", target=Target.HEADER, header="X-Kind", operator=Operator.CONTAINS, expected="a"
    ),
    Assertion(name="text", target=Target.BODY, operator=Operator.CONTAINS, expected='"ok"'),
    Assertion(name="re", target=Target.BODY, operator=Operator.MATCHES, expected="a/b\\d+"),
    Assertion(name="not", target=Target.STATUS, operator=Operator.NOT_EQUALS, expected="500"),
    *(
        Assertion(name="value", target=Target.VALUE, jsonpath='a.b[0]["c d"]', **fields)
        for fields in (
            {"expected": "word"},
            {"expected": "5"},
            {"expected": "true"},
            {"expected": "{{user}}"},
            {"operator": Operator.NOT_EQUALS, "expected": "5"},
            {"operator": Operator.EXISTS},
            {"operator": Operator.NOT_EXISTS},
            {"operator": Operator.GREATER_OR_EQUAL, "expected": "1.5"},
            {"operator": Operator.TYPE_IS, "expected": "array"},
            {"operator": Operator.TYPE_IS, "expected": "integer"},
            {"operator": Operator.LENGTH_EQUALS, "expected": "3"},
            {"operator": Operator.IN, "expected": '["a", "b"]'},
            {"operator": Operator.MATCHES, "expected": "^x"},
            {"operator": Operator.MATCHES_SCHEMA, "expected": '{"type": "object"}'},
        )
    ),
]


@pytest.mark.parametrize("assertion", ASSERTIONS)
def test_an_assertion_comes_back_as_it_was(assertion: Assertion) -> None:
    plan = plan_of(Request(url="http://h/", assertions=(assertion,)), variables=VARIABLES)
    request = requests_in(returned(plan))[0]
    assert request.after is None
    assert request.assertions == (assertion,)


@pytest.mark.parametrize(
    "rule",
    [
        Extractor(variable="a b", jsonpath='x.y[1]["z z"]', default="null", typed=True),
        Extractor(variable="v", source=Source.HEADER, header="Location", default="null"),
        Extractor(variable="v", source=Source.COOKIE, header="sid", default="null"),
        Extractor(variable="v", source=Source.STATUS, typed=True),
        Extractor(variable="v", constant="it's {{user}}"),
        Extractor(variable="v", whole=True, scope=Scope.ITERATION),
    ],
)
def test_a_save_comes_back_as_it_was(rule: Extractor) -> None:
    plan = plan_of(Request(url="http://h/", extractors=(rule,)), variables=VARIABLES)
    request = requests_in(returned(plan))[0]
    assert request.after is None
    assert request.extractors == (rule,)


def test_a_save_that_keeps_the_old_value_is_guarded() -> None:
    rule = Extractor(variable="v", jsonpath="a", on_miss=OnMiss.KEEP, typed=True)
    claim = Assertion(name="n", target=Target.VALUE, jsonpath="a", operator=Operator.EXISTS)
    plan = plan_of(Request(url="http://h/", extractors=(rule,), assertions=(claim,)))
    assert requests_in(returned(plan))[0].extractors == (rule,)


def test_kept_scripts_are_unchanged() -> None:
    before, after = "if (x) {\n  y();\n}\n", 'const a = pm.response.json();\nfoo(a, "}");'
    request = Request(url="http://h/", before=Script(source=before), after=Script(source=after))
    back = requests_in(returned(plan_of(request)))[0]
    assert (back.before, back.after) == (request.before, request.after)
