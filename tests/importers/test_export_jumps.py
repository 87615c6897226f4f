"""Jumps of a plan in a collection: the same plan after an import, the same requests in Postman."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hazard_tui.export import export_plan
from hazard_tui.plan.base import Operator, Scope
from hazard_tui.plan.model import (
    Condition,
    Group,
    Jump,
    Parallel,
    Pause,
    Plan,
    Step,
    Task,
    Test,
    Variable,
)
from hazard_tui.plan.request import Request, Script
from hazard_tui.plan.rules import Extractor, OnMiss
from importers.detect import import_input
from importers.findings import ImportOptions, ImportResult, Source
from tests.importers.wire.chained_cases import CASES
from tests.importers.wire.exported_jumps import EXPORTED, PLAN
from tests.importers.wire.imported import behaviour_of_engine, behaviour_of_plan, imported


def again(plan: Plan) -> Plan:
    """The plan after an export and an import."""
    text, _ = export_plan(plan, "postman")
    return import_input(Source("c.json", text.encode()), ImportOptions()).plan


def flow(plan: Plan) -> list[tuple[object, ...]]:
    """What jumps and what they read, with the names of targets for their ids."""
    steps = list(plan.walk())
    names = {step.id: number for number, step in enumerate(steps) if step.id}
    for number, step in enumerate(steps):
        names.setdefault(step.name, number)
    found: list[tuple[object, ...]] = []
    for step in steps:
        if step.jump is not None:
            to = names[step.jump.to] if step.jump.to else None
            found.append(("jump", to, step.jump.when, step.jump.max))
        elif step.request is not None:
            request = step.request
            found.append(
                (step.name, request.url, request.extractors, request.before, request.after)
            )
        else:
            found.append((step.choice, step.pause))
    return found


def test_a_plan_with_jumps_is_the_same_after_an_export_and_an_import() -> None:
    assert export_plan(PLAN, "postman")[1] == []
    assert flow(again(PLAN)) == flow(PLAN)


def test_an_imported_collection_with_jumps_comes_back_the_same() -> None:
    (case,) = [one for one in CASES if one.name == "next-request-choices"]
    with case.server() as capture:
        plan = imported(case, capture).plan
    scripts = sum(
        step.request is not None and step.request.after is not None for step in plan.walk()
    )
    assert flow(again(plan)) == flow(plan)
    assert scripts == 2


async def test_a_plan_with_jumps_sends_what_its_collection_sends() -> None:
    with EXPORTED.server() as capture:
        base = Variable(name="base", value=f"http://127.0.0.1:{capture.port}")
        plan = PLAN.model_copy(update={"variables": (base,)})
        result = ImportResult(plan=plan, format="plan")
        by_plan = await behaviour_of_plan(EXPORTED, result, capture)
        by_collection = await behaviour_of_engine(EXPORTED, capture)
    sent = [one.target for one in by_plan.requests]
    assert sent == [one.target for one in by_collection.requests]
    assert sent == [
        "/echo/start", "/echo/chosen?round=3", "/echo/chosen?round=3", "/echo/chosen?round=3",
        "/echo/3", "/echo/last", "/echo/last",
    ]  # fmt: skip


def step(name: str, **more: Any) -> Step:
    return Step(name=name, request=Request(url=f"http://x.test/{name}", **more))


def script_of(plan: Plan, name: str) -> str:
    """The test script of a request of the export."""
    pending: list[dict[str, Any]] = json.loads(export_plan(plan, "postman")[0])["item"]
    while pending:
        item = pending.pop(0)
        if item["name"] == name and "request" in item:
            (event,) = item["event"]
            return "\n".join(event["script"]["exec"])
        pending += item.get("item", [])
    raise AssertionError(name)


def told(*steps: Step) -> list[tuple[str, str]]:
    """Codes and places of the findings of an export."""
    plan = Plan(tasks=(Task(name="t", steps=steps),))
    return [(one.code, one.where) for one in export_plan(plan, "postman")[1]]


def test_the_end_of_a_task_is_the_beginning_of_what_follows_it() -> None:
    first = Task(name="one", steps=(step("a"), Step(jump=Jump()), step("b")))
    plan = Plan(tasks=(first, Task(name="two", steps=(step("c"),))))
    assert script_of(plan, "a") == 'postman.setNextRequest("c");'
    assert script_of(Plan(tasks=(first,)), "a") == "postman.setNextRequest(null);"


def test_a_script_that_names_the_next_request_itself_has_the_last_word() -> None:
    script = Script(source="postman.setNextRequest(f());")
    plan = Plan(tasks=(Task(steps=(step("a", after=script), Step(jump=Jump(to="a", max=1)))),))
    assert script_of(plan, "a").endswith(f"}}\n{script.source}")


def test_a_value_that_others_read_too_is_saved_as_well() -> None:
    save = Extractor(
        variable="_jump_body_x", jsonpath="x", scope=Scope.ITERATION, on_miss=OnMiss.EMPTY
    )
    when = Test(left="{{_jump_body_x}}", right="done")
    steps = (step("a", extractors=(save,)), Step(jump=Jump(when=when)), step("b"))
    alone = Plan(tasks=(Task(steps=steps),))
    assert script_of(alone, "a").startswith('if (pm.response.json().x == "done") {')
    reader = Step(name="c", request=Request(url="http://x.test/{{_jump_body_x}}"))
    both = Plan(tasks=(Task(steps=(*steps, reader)),))
    assert 'pm.variables.set("_jump_body_x"' in script_of(both, "a")


@pytest.mark.parametrize(
    ("steps", "finding"),
    [
        ((Step(jump=Jump(to="a")), step("a")), ("flow-left-out", "tasks[0].steps[0].jump")),
        (
            (step("a"), Step(condition=Condition(then=(Step(jump=Jump()),)))),
            ("flow-left-out", "tasks[0].steps[1].condition.then[0].jump"),
        ),
        (
            (step("a"), Step(parallel=Parallel(steps=(step("b"), Step(jump=Jump()))))),
            ("flow-left-out", "tasks[0].steps[1].parallel.steps[1].jump"),
        ),
        ((step("a"), Step(jump=Jump(to="gone"))), ("flow-left-out", "tasks[0].steps[1].jump")),
        (
            (step("a"), Step(jump=Jump(to="g")), Step(name="g", group=Group())),
            ("flow-left-out", "tasks[0].steps[1].jump"),
        ),
        (
            (
                step("a"),
                Step(jump=Jump(when=Test(left="{}", operator=Operator.MATCHES_SCHEMA, right="{}"))),
            ),
            ("flow-left-out", "tasks[0].steps[1].jump"),
        ),
        (
            (step("a"), Step(jump=Jump()), Step(jump=Jump(to="a"))),
            ("flow-left-out", "tasks[0].steps[2].jump"),
        ),
        ((step("a"), Step(jump=Jump(to="a"))), ("jump-without-cap", "tasks[0].steps[1].jump.max")),
        (
            (step("a"), Step(jump=Jump(to="b")), Step(pause=Pause(min_ms=1)), step("b")),
            ("pause-after-jump", "tasks[0].steps[1].jump"),
        ),
    ],
)
def test_a_jump_that_a_collection_cannot_say_is_told(
    steps: tuple[Step, ...], finding: tuple[str, str]
) -> None:
    assert finding in told(*steps)


def test_no_finding_about_jumps_that_are_said() -> None:
    assert told(step("a"), Step(jump=Jump(to="b")), step("b"), Step(jump=Jump(to="a", max=3))) == []
