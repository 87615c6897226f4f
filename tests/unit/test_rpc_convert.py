"""Plan <-> message: nothing is lost either way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hazard_tui.plan.base import Element
from hazard_tui.plan.findings import Finding, FindingSeverity
from hazard_tui.plan.model import Plan, Stage, Step, Task
from hazard_tui.plan.request import Request
from hazard_tui.rpc import convert
from hazard_tui.rpc.gen.hazard.v1 import plan_pb2


def _message_pairs() -> Iterator[tuple[Descriptor, type[Element]]]:
    """Every message of the plan with its model, the plan first."""
    todo: list[tuple[Descriptor, type[Element]]] = [(plan_pb2.Plan.DESCRIPTOR, Plan)]
    seen: set[str] = set()
    while todo:
        descriptor, model = todo.pop()
        if descriptor.full_name in seen:
            continue
        seen.add(descriptor.full_name)
        yield descriptor, model
        for field in descriptor.fields:
            if field.message_type is not None:
                name = convert.model_fields(model)[field.name]
                todo.append((field.message_type, convert.element_type(model, name)))


PAIRS = list(_message_pairs())


@pytest.mark.parametrize(("descriptor", "model"), PAIRS, ids=[pair[0].name for pair in PAIRS])
def test_message_and_model_have_the_same_fields(
    descriptor: Descriptor, model: type[Element]
) -> None:
    assert set(convert.model_fields(model)) == {field.name for field in descriptor.fields}


@pytest.mark.parametrize(("descriptor", "model"), PAIRS, ids=[pair[0].name for pair in PAIRS])
def test_enums_have_the_same_words(descriptor: Descriptor, model: type[Element]) -> None:
    for field in descriptor.fields:
        if field.enum_type is None:
            continue
        enum = convert.element_type(model, convert.model_fields(model)[field.name])
        numbers = [value.number for value in field.enum_type.values]
        words = [convert.enum_word(field.enum_type, number) for number in numbers]
        assert sorted(words) == sorted(member.value for member in enum)
        assert [convert.enum_number(field.enum_type, word) for word in words] == numbers


@pytest.mark.parametrize(("descriptor", "model"), PAIRS, ids=[pair[0].name for pair in PAIRS])
def test_oneof_and_one_of_agree(descriptor: Descriptor, model: type[Element]) -> None:
    real = [oneof for oneof in descriptor.oneofs if len(oneof.fields) > 1]
    if real:
        assert set(model.one_of) == {field.name for field in real[0].fields}


def _text() -> st.SearchStrategy[str]:
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


def _scalar(model: type[Element], name: str, kind: type[Any]) -> st.SearchStrategy[Any]:
    if kind is bool:
        return st.booleans()
    if kind is int:
        low = -5 if model.__name__ == "IntRange" else 1 if name == "weight" else 0
        return st.integers(low, 2**31)
    if kind is float:
        return st.floats(0, 1e9)
    if kind is bytes:
        return st.binary(max_size=8)
    if kind is str:
        return _text()
    return st.sampled_from(list(kind))


@st.composite
def elements(draw: st.DrawFn, model: type[Element], depth: int = 0) -> Element:
    values: dict[str, Any] = {}
    chosen = draw(st.sampled_from(model.one_of)) if model.one_of else ""
    for name, info in model.model_fields.items():
        if name in model.one_of and name != chosen:
            continue
        # A field that is left out takes its default, which must come back as well.
        if draw(st.integers(0, 2)) == 0 and name != chosen:
            continue
        kind = convert.element_type(model, name)
        repeated = isinstance(info.default, tuple)
        nested = isinstance(kind, type) and issubclass(kind, Element)
        if nested and depth > 4:
            continue
        one = elements(kind, depth + 1) if nested else _scalar(model, name, kind)
        strategy: st.SearchStrategy[Any] = (
            st.lists(one, max_size=1 if nested else 3).map(tuple) if repeated else one
        )
        value = draw(strategy)
        if name == "hazard":
            value = 1
        values[info.alias or name] = value
    return model.model_validate(values)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(plan=elements(Plan))
def test_a_plan_comes_back_equal(plan: Plan) -> None:
    message = convert.plan_message(plan)
    again = plan_pb2.Plan.FromString(message.SerializeToString())
    assert convert.plan_model(again) == plan
    assert json_format.Parse(json_format.MessageToJson(message), plan_pb2.Plan()) == message


def test_zero_without_presence_is_the_default() -> None:
    message = plan_pb2.Plan(hazard=1, tasks=[plan_pb2.Task(name="read")])
    assert convert.plan_model(message).tasks[0].weight == 1


def test_from_of_a_stage_keeps_its_presence() -> None:
    unset = convert.to_message(Stage(to=3), plan_pb2.Stage())
    zero = convert.to_message(Stage(to=3, from_=0), plan_pb2.Stage())
    assert not unset.HasField("from")
    assert zero.HasField("from")
    assert convert.from_message(zero, Stage).from_ == 0


def test_an_empty_element_is_not_lost() -> None:
    plan = Plan(tasks=(Task(steps=(Step(request=Request()),)),))
    assert convert.plan_model(convert.plan_message(plan)).tasks[0].steps[0].request == Request()


def test_an_unknown_enum_number_means_the_default() -> None:
    message = plan_pb2.Plan(hazard=1)
    message.MergeFromString(bytes([0x80, 0x01, 99]))  # field 16, task_order, number 99
    assert convert.plan_model(message).task_order == "weighted"


def test_a_finding_comes_back_equal() -> None:
    finding = Finding(FindingSeverity.WARNING, "code", "tasks[0]", "what", "why", "fix")
    assert convert.finding_model(convert.finding_message(finding)) == finding
