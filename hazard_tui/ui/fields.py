"""Forms from models: which fields an element has and what kind of control each needs.

Nested elements whose fields are plain are flattened: `regex.pattern`. Lists of elements are edited
by lists, not by forms.
"""

from __future__ import annotations

import types
from dataclasses import dataclass
from enum import Enum
from typing import Any, Union, get_args, get_origin

from hazard_tui.plan.base import Element

MULTILINE = frozenset({"content", "source", "private_key", "payload", "claims", "query_text"})
HIDDEN = frozenset({"provenance", "id"})


@dataclass(frozen=True, slots=True)
class Field:
    """One control of a form."""

    path: tuple[str, ...]
    """Names from the element down: `("regex", "pattern")`."""
    kind: str
    """`text`, `multiline`, `integer`, `number`, `boolean`, `choice`, `words`."""
    optional: bool
    choices: tuple[str, ...] = ()
    choice_of: str = ""
    """Field of `one_of` that this control belongs to; empty when it is always there."""

    @property
    def key(self) -> str:
        """`regex.pattern`."""
        return ".".join(self.path)

    @property
    def label(self) -> str:
        """Name as shown."""
        name = self.path[-1] if self.path[-1] != self.choice_of else self.choice_of
        return name.rstrip("_").replace("_", " ")


def fields_of(element_type: type[Element], only: tuple[str, ...] = ()) -> list[Field]:
    """Fields of an element type in the order of the model; `only` names the ones wanted."""
    found: list[Field] = []
    for name, info in element_type.model_fields.items():
        if name in HIDDEN or (only and name not in only):
            continue
        owner = name if name in element_type.one_of else ""
        found += _fields((name,), info.annotation, owner)
    return found


def _fields(path: tuple[str, ...], annotation: Any, owner: str) -> list[Field]:
    inner, optional = _without_none(annotation)
    kind, choices = _kind(path[-1], inner)
    if kind:
        return [Field(path, kind, optional, choices, owner)]
    if isinstance(inner, type) and issubclass(inner, Element) and len(path) == 1:
        found: list[Field] = []
        for name, info in inner.model_fields.items():
            found += _fields((*path, name), info.annotation, owner)
        return found
    return []


def _without_none(annotation: Any) -> tuple[Any, bool]:
    if get_origin(annotation) in (Union, types.UnionType):
        rest = [one for one in get_args(annotation) if one is not type(None)]
        return (rest[0] if len(rest) == 1 else annotation), True
    return annotation, False


def _kind(name: str, inner: Any) -> tuple[str, tuple[str, ...]]:
    if inner is bool:
        return "boolean", ()
    if inner is int:
        return "integer", ()
    if inner is float:
        return "number", ()
    if inner is str:
        return ("multiline" if name in MULTILINE else "text"), ()
    if isinstance(inner, type) and issubclass(inner, Enum):
        return "choice", tuple(str(member.value) for member in inner)
    if get_origin(inner) is tuple and get_args(inner)[:1] == (str,):
        return "words", ()
    return "", ()


def has_fields(owner: type[Element], name: str) -> bool:
    """False for a nested element that says everything by being there."""
    inner, _ = _without_none(owner.model_fields[name].annotation)
    return not (isinstance(inner, type) and issubclass(inner, Element) and not inner.model_fields)


def value_text(element: Element, field: Field) -> str:
    """The field's value as text for its control; empty when it is not set."""
    value: Any = element
    for name in field.path:
        value = getattr(value, name) if value is not None else None
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


def element_from(
    old: Element, fields: list[Field], texts: dict[str, str], choice: str | None = None
) -> Element:
    """The element with the values of a form. `choice` names the chosen field of `one_of`.

    Raises `pydantic.ValidationError` for values that cannot stand there.
    """
    update: dict[str, Any] = {name: getattr(old, name) for name in type(old).model_fields}
    if choice is not None:
        update.update(dict.fromkeys(type(old).one_of))
        if choice and choice in update:
            kept = getattr(old, choice)
            update[choice] = kept if isinstance(kept, Element) else _empty(type(old), choice)
    for field in fields:
        if choice is not None and field.choice_of and field.choice_of != choice:
            continue
        value = _parsed(field, texts.get(field.key, ""))
        if len(field.path) == 1:
            update[field.path[0]] = value
        else:
            update[field.path[0]] = _nested(type(old), update[field.path[0]], field, value)
    return type(old).model_validate(update, by_name=True)


def _nested(owner: type[Element], current: Any, field: Field, value: Any) -> Any:
    if current is None:
        if value in (None, "", False, (), 0) and not field.choice_of:
            return None
        current = _empty(owner, field.path[0])
    fields = {name: getattr(current, name) for name in type(current).model_fields}
    return type(current).model_validate({**fields, field.path[1]: value}, by_name=True)


def _empty(owner: type[Element], name: str) -> Any:
    inner, _ = _without_none(owner.model_fields[name].annotation)
    if isinstance(inner, type) and issubclass(inner, Element):
        return inner()
    return {bool: True, int: 0, float: 0.0}.get(inner, "")


def _parsed(field: Field, text: str) -> Any:
    if field.kind == "words":
        return tuple(word.strip() for word in text.split(",") if word.strip())
    if field.kind == "boolean":
        return None if field.optional and text == "" else text == "yes"
    if text == "" and field.optional and not field.choice_of:
        return None
    if text == "" and field.kind in ("integer", "number"):
        return 0
    return text
