"""How the elements of a plan look in lists: columns and cells per kind."""

from __future__ import annotations

from typing import Any

from hazard_tui.plan.base import Element, Pair
from hazard_tui.plan.model import (
    DataFeed,
    HostMapping,
    Stage,
    StageKind,
    StageShape,
    Threshold,
    Variable,
)
from hazard_tui.plan.request import Part
from hazard_tui.plan.rules import Assertion, Extractor, Source, Target
from hazard_tui.ui.widgets.element_list import ListKind


def _pair(pair: Pair) -> tuple[str, ...]:
    return (pair.name, pair.value, pair.description)


def _expression(element: Any) -> str:
    if not element.choice:
        return ""
    value = getattr(element, element.choice)
    if isinstance(value, Element):
        inner = [str(getattr(value, name)) for name in type(value).model_fields]
        return f"{element.choice} {' … '.join(one for one in inner if one not in ('', '0'))}"
    return f"{element.choice} {value}" if not isinstance(value, bool) else element.choice


def _save(save: Extractor) -> tuple[str, ...]:
    place = f"{save.source} {save.header}".strip() if save.source is not Source.BODY else "body"
    return (save.variable, place, _expression(save), save.on_miss.value)


def _claim(claim: Assertion) -> tuple[str, ...]:
    judged = _expression(claim) if claim.target is Target.VALUE else claim.target.value
    what = f"{judged} {claim.header}".strip()
    return (what, claim.operator.replace("_", " "), claim.expected, claim.name)


def _part(part: Part) -> tuple[str, ...]:
    value = part.text
    if part.file is not None:
        value = f"file {part.file.path}"
    elif part.bytes is not None:
        value = f"{len(part.bytes)} bytes"
    return (part.name, value or "", part.content_type)


def _variable(variable: Variable) -> tuple[str, ...]:
    value = variable.value or ""
    if variable.secret is not None:
        value = f"secret {variable.secret.key}"
    elif variable.column is not None:
        value = f"{variable.column.feed}.{variable.column.column}"
    elif variable.generator is not None:
        value = variable.generator
    return (variable.name, value, variable.scope.value)


def stage_text(stage: Stage) -> str:
    """A stage in words: `ramp 0 to 50 users`."""
    unit = {
        StageKind.USERS: "users",
        StageKind.ARRIVALS: "starts/s",
        StageKind.ITERATIONS: "iterations",
    }[stage.kind]
    if stage.kind is StageKind.ITERATIONS:
        return f"{stage.to:g} {unit} by {max(1, stage.users)} users"
    if stage.shape is StageShape.CONSTANT:
        return f"hold {stage.to:g} {unit}"
    verb = "ramp" if stage.shape is StageShape.LINEAR else "step"
    start = "" if stage.from_ is None else f"{stage.from_:g} "
    return f"{verb} {start}to {stage.to:g} {unit}"


def duration_text(milliseconds: float) -> str:
    """`1m30s`, `250ms`, `2h`."""
    if milliseconds < 1000:
        return f"{milliseconds:g}ms"
    seconds = round(milliseconds / 1000)
    parts = [(seconds // 3600, "h"), (seconds // 60 % 60, "m"), (seconds % 60, "s")]
    return "".join(f"{value}{unit}" for value, unit in parts if value) or "0s"


def _stage(stage: Stage) -> tuple[str, ...]:
    length = duration_text(stage.duration_ms) if stage.duration_ms else "until done"
    return (stage_text(stage), length)


def _feed(feed: DataFeed) -> tuple[str, ...]:
    source = feed.path or f"{len(feed.rows)} rows in the plan"
    return (feed.name, source, feed.order.value.replace("_", " "), feed.at_end.value)


HEADERS = ListKind(
    "header", Pair, ("name", "value", "note"), _pair, ("name", "value", "disabled", "description")
)
QUERY = ListKind("query parameter", Pair, ("name", "value", "note"), _pair)
PATH_VARIABLES = ListKind(
    "path variable", Pair, ("name", "value", "note"), _pair, ("name", "value", "description")
)
FORM_FIELDS = ListKind(
    "form field",
    Pair,
    ("name", "value", "note"),
    _pair,
    ("name", "value", "disabled", "description"),
)
PARTS = ListKind("part", Part, ("name", "value", "type"), _part)
SAVES = ListKind("save", Extractor, ("variable", "from", "expression", "on miss"), _save)
ASSERTS = ListKind("assert", Assertion, ("what", "operator", "expected", "name"), _claim)
VARIABLES = ListKind("variable", Variable, ("name", "value", "scope"), _variable)
STAGES = ListKind("stage", lambda: Stage(to=10, duration_ms=60_000), ("load", "length"), _stage)
THRESHOLDS = ListKind(
    "threshold", Threshold, ("rule", "task", "step"), lambda one: (one.rule, one.task, one.step)
)
FEEDS = ListKind("data feed", DataFeed, ("name", "rows", "order", "at end"), _feed)
HOST_MAP = ListKind(
    "host mapping", HostMapping, ("recorded", "test"), lambda one: (one.recorded, one.test)
)
