"""Plan <-> message, driven by the descriptors of the protocol: no code per message.

Rules: an enum word `weighted` is `TASK_ORDER_WEIGHTED` by the prefix of its enum; a field with
presence is set exactly when the model's is not None; repeated fields are tuples; the model field of
a name that Python reserves ends in `_` (`from_`). A scalar without presence that is zero in the
message takes the model's default, since a zero means the default in the protocol.
"""

from __future__ import annotations

import re
import types
import typing
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message
from pydantic import ValidationError

from hazard_tui.plan.base import Element
from hazard_tui.plan.findings import Finding, FindingSeverity
from hazard_tui.plan.model import Plan
from hazard_tui.rpc.gen.hazard.v1 import plan_pb2, worker_pb2

E = TypeVar("E", bound=Element)
M = TypeVar("M", bound=Message)


@cache
def _enum_prefix(enum: EnumDescriptor) -> str:
    """`TASK_ORDER_` of enum TaskOrder."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", enum.name).upper() + "_"


def enum_number(enum: EnumDescriptor, word: str) -> int:
    """Number of an enum word in the protocol."""
    return int(enum.values_by_name[_enum_prefix(enum) + word.upper()].number)


def enum_word(enum: EnumDescriptor, number: int) -> str:
    """Word of an enum number; the zero value's for a number that this version does not know."""
    value = enum.values_by_number.get(number) or enum.values_by_number[0]
    return value.name.removeprefix(_enum_prefix(enum)).lower()


@cache
def model_fields(model: type[Element]) -> dict[str, str]:
    """Name in the protocol -> name in the model."""
    return {name.rstrip("_"): name for name in model.model_fields}


@cache
def element_type(model: type[Element], name: str) -> type[Any]:
    """Type of a model field without its optional and tuple wrapping."""
    hint = typing.get_type_hints(model)[name]
    while True:
        origin = typing.get_origin(hint)
        if origin in (typing.Union, types.UnionType):
            inner = [part for part in typing.get_args(hint) if part is not type(None)]
            hint = inner[0]
        elif origin in (tuple, typing.Annotated):
            hint = typing.get_args(hint)[0]
        else:
            return typing.cast("type[Any]", hint)


def to_message(element: Element, message: M) -> M:
    """Fills an empty message from a model; the message."""
    descriptor = message.DESCRIPTOR
    names = model_fields(type(element))
    for field in descriptor.fields:
        value = getattr(element, names[field.name])
        if value is None:
            continue
        if field.is_repeated:
            target = getattr(message, field.name)
            if field.message_type is not None:
                for item in value:
                    to_message(item, target.add())
            else:
                target.extend(value)
        elif field.message_type is not None:
            inner = getattr(message, field.name)
            inner.SetInParent()
            to_message(value, inner)
        else:
            setattr(message, field.name, _scalar(field, value))
    return message


def _scalar(field: Any, value: Any) -> Any:
    if field.enum_type is not None:
        return enum_number(field.enum_type, str(value))
    return value


def from_message(message: Message, model: type[E]) -> E:
    """The model of a message. Raises pydantic's `ValidationError` for values out of range."""
    return model.model_validate(_values(message, model))


def _values(message: Message, model: type[Element]) -> dict[str, Any]:
    names = model_fields(model)
    values: dict[str, Any] = {}
    for field, raw in message.ListFields():
        name = names.get(field.name)
        if name is None:
            continue
        info = model.model_fields[name]
        inner = element_type(model, name)
        if field.is_repeated:
            found: Any = [_value(field, item, inner) for item in raw]
        else:
            found = _value(field, raw, inner)
        values[info.alias or name] = found
    return values


def _value(field: FieldDescriptor, raw: Any, inner: type[Any]) -> Any:
    if field.message_type is not None:
        return _values(raw, inner)
    if field.enum_type is not None:
        return enum_word(field.enum_type, raw)
    return raw


def plan_message(plan: Plan) -> plan_pb2.Plan:
    """The message of a plan."""
    return to_message(plan, plan_pb2.Plan())


def plan_model(message: plan_pb2.Plan) -> Plan:
    """The plan of a message. Raises pydantic's `ValidationError` for values out of range."""
    return from_message(message, Plan)


_SEVERITY = worker_pb2.FindingSeverity.DESCRIPTOR


def finding_message(finding: Finding) -> worker_pb2.Finding:
    """The message of a finding."""
    return worker_pb2.Finding(
        severity=enum_number(_SEVERITY, finding.severity),  # type: ignore[arg-type]
        code=finding.code,
        where=finding.where,
        what=finding.what,
        why=finding.why,
        fix=finding.fix,
    )


def finding_model(message: worker_pb2.Finding) -> Finding:
    """The finding of a message."""
    severity = FindingSeverity(enum_word(_SEVERITY, message.severity))
    return Finding(severity, message.code, message.where, message.what, message.why, message.fix)


def word_of(enum: type[StrEnum], descriptor: EnumDescriptor, number: int) -> StrEnum:
    """Member of a model enum for a number of the protocol."""
    return enum(enum_word(descriptor, number))


def validation_findings(error: ValidationError) -> list[Finding]:
    """What the model has against a message."""
    return [
        Finding(
            FindingSeverity.ERROR,
            one["type"].replace("_", "-"),
            ".".join(map(str, one["loc"])),
            one["msg"],
        )
        for one in error.errors(include_url=False)
    ]
