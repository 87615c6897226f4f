"""What every element of a plan shares: frozen, strict about unknown fields, one-of checks."""

from __future__ import annotations

import base64
import binascii
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, model_validator


def _decode_base64(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return base64.b64decode(value, validate=True)
        except binascii.Error as exc:
            raise ValueError("not base64") from exc
    return value


Base64 = Annotated[
    bytes,
    BeforeValidator(_decode_base64),
    PlainSerializer(lambda value: base64.b64encode(value).decode(), str, when_used="json"),
]
"""Bytes in memory and in messages, base64 text on disk."""


class Element(BaseModel):
    """A frozen node of the plan tree. An edit makes a new node (`model_copy(update=...)`)."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    one_of: ClassVar[tuple[str, ...]] = ()
    """Fields of which at most one is set, as `oneof` in the protocol."""

    @property
    def choice(self) -> str:
        """Name of the field of `one_of` that is set; empty when none is."""
        return next((name for name in self.one_of if getattr(self, name) is not None), "")


class OneOf(Element):
    """An element with alternatives. Apart from the others since a check in Python doubles the time
    that it takes to make one."""

    @model_validator(mode="after")
    def _at_most_one(self) -> Self:
        values = self.__dict__
        chosen = [name for name in self.one_of if values[name] is not None]
        if len(chosen) > 1:
            raise ValueError(f"only one of {', '.join(chosen)} may be set")
        return self


class Scope(StrEnum):
    """How long a value lives and who sees it."""

    USER = "user"
    ITERATION = "iteration"
    RUN = "run"


class Operator(StrEnum):
    """How two rendered texts are compared."""

    EQUALS = "equals"
    NOT_EQUALS = "not_equals"
    CONTAINS = "contains"
    NOT_CONTAINS = "not_contains"
    MATCHES = "matches"
    LESS = "less"
    LESS_OR_EQUAL = "less_or_equal"
    GREATER = "greater"
    GREATER_OR_EQUAL = "greater_or_equal"
    EXISTS = "exists"
    NOT_EXISTS = "not_exists"
    IN = "in"
    TYPE_IS = "type_is"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    LENGTH_EQUALS = "length_equals"
    MATCHES_SCHEMA = "matches_schema"
    NOT_IN = "not_in"
    NOT_MATCHES = "not_matches"


class Pair(Element):
    """An ordered, repeatable name and value; both are templates."""

    name: str = ""
    value: str = ""
    disabled: bool = False
    description: str = ""
    no_equals: bool = False
    """A query name without `=`."""


class Provenance(Element):
    """Where an element came from, for re-import and for the import report."""

    file: str = ""
    file_sha256: str = ""
    pointer: str = ""
    """JSON pointer into the file, or `line:column`."""
    imported_sha256: str = ""
    edited: bool = False
    source_id: str = ""
    """Id that the source itself gives the element; it outlives renaming and moving there."""
