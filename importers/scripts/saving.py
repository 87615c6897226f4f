"""Saves of scripts as extractors, and conditions as comparisons of saved values."""

from __future__ import annotations

from typing import Any

from hazard_tui.plan.base import Operator, Scope
from hazard_tui.plan.model import Test
from hazard_tui.plan.rules import Extractor, OnMiss, Source, Target
from importers.scripts.jumps import saved_name
from importers.scripts.values import (
    Claim,
    Const,
    Cookie,
    Header,
    Json,
    Part,
    Value,
    jsonpath,
    template_of,
)

MISSING_VALUE = "null"
"""What Postman puts into a variable that is set to `undefined`."""


def extractor_of(name: str, value: Value, scope: Scope, *, guarded: bool) -> Extractor | None:
    """`set(name, value)`; None when a plan cannot save the value. Guarded: the script saves only
    when the value is there."""
    common: dict[str, Any] = {"variable": name, "scope": scope}
    missing: dict[str, Any] = {"on_miss": OnMiss.KEEP} if guarded else {"default": MISSING_VALUE}
    typed: dict[str, Any] = {"typed": True}
    if isinstance(value, Json) and value.path:
        if len(value.path) > value.safe + 1:
            # Where the object around the value is missing, the script fails before it saves.
            missing = {"on_miss": OnMiss.KEEP}
        return Extractor(**common, jsonpath=jsonpath(value.path), **missing, **typed)
    if isinstance(value, Header):
        return Extractor(**common, source=Source.HEADER, header=value.name, **missing)
    if isinstance(value, Cookie):
        return Extractor(**common, source=Source.COOKIE, header=value.name, **missing)
    if isinstance(value, Part):
        source = {Target.STATUS: Source.STATUS, Target.LATENCY: Source.LATENCY}.get(value.target)
        if source is not None:
            return Extractor(**common, source=source, **typed)
        return Extractor(**common, whole=True) if value.target is Target.BODY else None
    if isinstance(value, Const) and isinstance(value.value, (list, dict)):
        return None
    text = template_of(value)
    if isinstance(value, Const) and not isinstance(value.value, str):
        common |= typed
    return None if text is None else Extractor(**common, constant=text)


_NOT_TEXTUAL = (
    Operator.TYPE_IS,
    Operator.MATCHES_SCHEMA,
    Operator.EXISTS,
    Operator.NOT_EXISTS,
)


def test_of(claim: Claim) -> tuple[Test, Extractor | None] | None:
    """The claim as a comparison, and the save of what it reads."""
    rules = claim.assertions
    if len(rules) == 2 and rules[1].operator is Operator.TYPE_IS:
        # A rendered text has no type, so only the text is compared.
        rules = rules[:1]
    one = rules[0]
    if len(rules) != 1 or one.operator in _NOT_TEXTUAL:
        return None
    if one.variable is not None:
        return Test(
            left="{{" + one.variable + "}}", operator=one.operator, right=one.expected
        ), None
    common: dict[str, Any] = {
        "scope": Scope.ITERATION,
        "on_miss": OnMiss.EMPTY,
    }
    saves = {
        Target.STATUS: Extractor(**common, source=Source.STATUS),
        Target.HEADER: Extractor(**common, source=Source.HEADER, header=one.header),
        Target.BODY: Extractor(**common, whole=True),
        Target.VALUE: Extractor(**common, jsonpath=one.jsonpath, jmespath=one.jmespath),
    }
    save = saves.get(one.target)
    if save is None:
        return None
    save = save.model_copy(update={"variable": saved_name(save)})
    left = "{{" + save.variable + "}}"
    return Test(left=left, operator=one.operator, right=one.expected), save
