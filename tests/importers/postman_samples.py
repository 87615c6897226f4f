"""Imports of the samples, and where to find an element of what they gave."""

from __future__ import annotations

import json
from typing import Any

from hazard_tui.plan.model import Plan, Step, Variable
from hazard_tui.plan.request import Body, Request
from importers.detect import import_input
from importers.findings import ImportOptions, ImportResult, Source
from tests.importers.builders import SAMPLES, steps_of

POSTMAN = SAMPLES / "postman"


def sample(name: str, **options: Any) -> ImportResult:
    """The import of a sample."""
    return import_input(Source(name, (POSTMAN / name).read_bytes()), ImportOptions(**options))


def source(name: str) -> Source:
    return Source(name, (POSTMAN / name).read_bytes())


def collection(*items: Any, **root: Any) -> ImportResult:
    """The import of a collection with these items."""
    value = {"info": {"name": "c"}, "item": list(items), **root}
    return import_input(Source("c.json", json.dumps(value).encode()), ImportOptions())


def item(**request: Any) -> dict[str, Any]:
    return {"name": "r", "request": {"method": "GET", "url": "http://127.0.0.1/", **request}}


def request_of(result: ImportResult) -> Request:
    """The only request."""
    (step,) = steps_of(result.plan)
    assert step.request is not None
    return step.request


def named(plan: Plan, name: str) -> Step:
    return next(step for step in plan.walk() if step.name == name)


def request_named(plan: Plan, name: str) -> Request:
    request = named(plan, name).request
    assert request is not None
    return request


def body_named(plan: Plan, name: str) -> Body | None:
    return request_named(plan, name).body


def variable_named(plan: Plan, name: str) -> Variable:
    return next(variable for variable in plan.variables if variable.name == name)
