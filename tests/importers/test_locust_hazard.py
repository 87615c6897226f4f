"""Plans of the prior art."""

from __future__ import annotations

import copy
import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hazard_tui.plan.base import Operator, Scope
from hazard_tui.plan.model import Plan, SetupScope, Variable
from hazard_tui.plan.rules import OnMiss, Target
from hazard_tui.plan.validate import validate_plan
from importers import locust_hazard
from importers.findings import ImportOptions, ImportResult, Source
from tests.importers.builders import SAMPLES

SAMPLE = SAMPLES / "locust-hazard" / "main.json"
VALUE = json.loads(SAMPLE.read_text())


def imported(value: Any) -> ImportResult:
    source = Source("main.json", json.dumps(value).encode())
    return locust_hazard.import_source(source, ImportOptions())


def plan() -> Plan:
    return imported(VALUE).plan


def variable(name: str) -> Variable:
    return next(one for one in plan().variables if one.name == name)


def fields_of(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def list_of(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def unknown(value: Any, known: str) -> int:
    names = known.split()
    return sum(
        name not in names and inner not in (None, [], {})
        for name, inner in fields_of(value).items()
    )


def count_elements(value: Any) -> Counter[str]:
    """Elements of such a file, counted without the importer."""
    counts: Counter[str] = Counter()
    requests = list_of(value.get("PreTask"))
    for task in value["MainTask"]:
        counts["task"] += 1
        counts["element"] += unknown(task, "TaskName TaskWeight PreWork TestWork")
        requests = [*requests, *list_of(fields_of(task).get("PreWork"))]
        requests += [task["TestWork"]] if fields_of(fields_of(task).get("TestWork")) else []
    for request in requests:
        counts["request"] += 1
        request = fields_of(request)
        counts["header"] += len(fields_of(request.get("Headers")))
        counts["query"] += len(fields_of(request.get("Params")))
        counts["field"] += len(fields_of(request.get("DictData")))
        counts["save"] += len(list_of(request.get("SaveParamChain")))
        counts["assert"] += len(list_of(request.get("AssertChain")))
        bodies = ("DictData", "JsonData", "RawData")
        counts["body"] += sum(bool(request.get(name)) for name in bodies)
        counts["element"] += unknown(
            request,
            "UrlPath Method Headers Params DictData JsonData RawData AssertChain SaveParamChain",
        )
    counts["session"] += "isSession" in value
    counts["proxy"] += bool(value.get("HttpProxy"))
    counts["element"] += unknown(value, "isSession PreTask MainTask HttpProxy LocustMaster")
    return +counts


def test_every_element_is_accounted_for() -> None:
    found = {kind: counts.total() for kind, counts in imported(VALUE).counts().items()}
    assert found == dict(count_elements(VALUE))


def test_the_pre_tasks_run_once_for_all_users_of_a_worker() -> None:
    (setup,) = plan().setup
    assert setup.scope is SetupScope.WORKER
    assert setup.step is not None
    assert setup.step.request is not None
    (save,) = setup.step.request.extractors
    assert (save.variable, save.jsonpath, save.scope) == (
        "token",
        "data.tokens[0].value",
        Scope.RUN,
    )
    assert variable("shop").value == "north"
    assert (variable("lane").generator, variable("lane").scope) == ("$int 1 9", Scope.RUN)


def test_tasks_have_weights_preparation_and_the_measured_request() -> None:
    browse, buy = plan().tasks
    assert (browse.name, browse.weight, buy.weight) == ("browse", 3, 1)
    (preparation,) = browse.preparation
    assert preparation.request is not None
    first, csrf = preparation.request.extractors
    assert (first.xpath, first.on_miss) == ('//a[@class="item"]/@href', OnMiss.KEEP)
    assert csrf.regex is not None
    assert csrf.regex.pattern == r"csrf=(\w+)"
    colour = variable("colour")
    assert (colour.generator, colour.scope) == (
        '$choice red green "light blue"',
        Scope.ITERATION,
    )
    (work,) = browse.steps
    assert work.request is not None
    assert work.request.url == "http://127.0.0.1:8088{{first}}"
    assert work.request.headers[0].value == "Bearer {{token}}"
    assert work.request.query[0].value == "{{colour}}"


def test_asserts_follow_the_code_of_the_worker() -> None:
    (work,) = plan().tasks[0].steps
    assert work.request is not None
    assert [(one.target, one.operator, one.expected) for one in work.request.assertions] == [
        (Target.STATUS, Operator.LESS, "400"),
        (Target.SIZE, Operator.GREATER, "100"),
        (Target.SIZE, Operator.LESS, "100000"),
    ]
    assert any(finding.code == "assert-types" for finding in imported(VALUE).findings)


def test_policies_are_those_of_the_original_client() -> None:
    defaults = plan().defaults
    assert defaults is not None
    assert (defaults.follow_redirects, defaults.verify_tls, defaults.cookies) == (
        False,
        False,
        True,
    )
    proxied = imported({**VALUE, "HttpProxy": "127.0.0.1:3128"}).plan.defaults
    assert proxied is not None
    assert proxied.proxy == "http://127.0.0.1:3128"


def test_the_plan_is_sound() -> None:
    assert [finding for finding in validate_plan(plan()) if finding.severity == "error"] == []


def test_a_name_that_two_tasks_generate_is_kept_apart() -> None:
    save = {"SaveType": 3, "ParamName": "x", "RuleValue": "1"}
    tasks = [
        {
            "TaskName": name,
            "PreWork": [{"UrlPath": "", "SaveParamChain": [save]}],
            "TestWork": {"UrlPath": "http://127.0.0.1/{@x@}"},
        }
        for name in ("a", "b")
    ]
    found = imported({"MainTask": tasks}).plan
    urls = [task.steps[0].request.url for task in found.tasks if task.steps[0].request]
    assert urls == ["http://127.0.0.1/{{x}}", "http://127.0.0.1/{{x_2}}"]
    assert [one.name for one in found.variables] == ["x", "x_2"]


ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, 0, -1, 1.5, True, "", "x", [], {}, [None], [{}], "{@", "1-", ",a"]
)


@settings(max_examples=300)
@given(st.data())
def test_a_wrong_type_anywhere_raises_nothing(data: st.DataObject) -> None:
    value = copy.deepcopy(VALUE)
    owner: Any = value
    while isinstance(owner, (dict, list)) and owner:
        keys = sorted(owner) if isinstance(owner, dict) else range(len(owner))
        key = data.draw(st.sampled_from(list(keys)))
        if data.draw(st.booleans()) or not owner[key] or not isinstance(owner[key], (dict, list)):
            owner[key] = data.draw(ODD)
            break
        owner = owner[key]
    if locust_hazard.is_locust_hazard(value):
        imported(value)


@pytest.mark.parametrize("text", ["{@a@}", "x{@a@}y{@b c@}"])
def test_variables_change_their_braces(text: str) -> None:
    assert "{{a}}" in locust_hazard.template(text)
