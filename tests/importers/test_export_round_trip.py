"""A plan, exported and imported again, sends the same; what a format cannot say is told.

Both plans are sent by the engine to a server on loopback and compared at level 2: method, exact
target, content type, body and authorization.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hazard_tui.export import export_plan
from hazard_tui.plan.findings import Finding
from hazard_tui.plan.model import Plan, Step, Variable
from hazard_tui.plan.store import path_text
from hazard_tui.plan.variables import plan_names, plan_steps, uses
from importers.detect import import_input
from importers.findings import ImportOptions, ImportResult, Source
from tests.importers.builders import SAMPLES, SHARED, revealed
from tests.importers.wire.compare import level_two
from tests.importers.wire.engine import sent_by_recording
from tests.support.capture import Capture, Captured

_NO_INPUT = ("environment.json", "globals.json", ".csv", ".md")
REAL = sorted((SHARED / "real-inputs" / "har").glob("**/*.har"))
REAL += sorted((SHARED / "real-inputs" / "postman").glob("*.json"))
INPUTS = [
    *(path for path in sorted(SAMPLES.glob("*/*.*")) if not path.name.endswith(_NO_INPUT)),
    *REAL,
]
CANNOT_SAY = frozenset(["auth-not-expressed", "token-not-fetched", "bytes-left-out"])
CANNOT_SAY |= {"file-not-read", "no-file-chosen", "part-type", "part-headers", "body-left-out"}
CANNOT_SAY |= {"step-left-out", "flow-left-out"}
"""Codes of findings about a request that a format cannot hold."""
_MOMENT = re.compile(r"\b1[0-9]{9}(?:[0-9]{3})?\b|\d{4}-\d\d-\d\dT[\d:.]+Z|\d{8}T[\d:+]+")
_RANDOM = re.compile(r"(nonce|signature|mac|timestamp)=\"?[^\",;]+|eyJ[\w.-]+", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture(scope="module")
def capture() -> Iterator[Capture]:
    """A server that keeps what it gets."""
    with Capture() as server:
        yield server


def imported(path: Path) -> Plan:
    """The plan of a file."""
    return hurried(import_input(Source(path.name, path.read_bytes()), ImportOptions()))


def hurried(result: ImportResult) -> Plan:
    """The plan with its secrets, in clear text, without pauses, with random values that are
    repeated."""
    text = revealed(result).model_dump_json(by_alias=True).replace("https://", "http://")
    plan = _changed(json.loads(text), _without_pause)
    return Plan.model_validate(plan).model_copy(update={"seed": 7})


def _changed(value: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    """A JSON value with every object in it changed, innermost first."""
    if isinstance(value, list):
        return [_changed(inner, change) for inner in value]
    if not isinstance(value, dict):
        return value
    return change({key: _changed(inner, change) for key, inner in value.items()})


def _without_pause(value: dict[str, Any]) -> dict[str, Any]:
    return value | {"min_ms": 0, "max_ms": 0} if "min_ms" in value else value


def settled(plan: Plan) -> Plan:
    """The plan without what happens between requests: what is saved, made by scripts or undefined
    is a constant, since only a collection can say otherwise."""
    names = plan_names(plan)
    used = {one.name for path, step in plan_steps(plan) for one in uses(step, path)}
    constants = {name for name in {*used, *names.saved} if not name.startswith("$")}
    constants -= {
        variable.name
        for variable in plan.variables
        if variable.value and "{{" not in variable.value
    }
    variables = tuple(one for one in plan.variables if one.name not in constants)
    made = tuple(Variable(name=name, value=f"constant-{name}") for name in sorted(constants))
    bare = _changed(plan.model_dump(mode="json", by_alias=True), _without_rules)
    return Plan.model_validate(bare).model_copy(update={"variables": (*variables, *made)})


def _without_rules(value: dict[str, Any]) -> dict[str, Any]:
    rules: dict[str, Any] = {"extractors": [], "assertions": [], "before": None, "after": None}
    return value | rules if "extractors" in value else value


def without(plan: Plan, findings: list[Finding]) -> tuple[Plan, int]:
    """The plan without the requests that the findings say a format cannot hold; how many."""
    told = [finding.where for finding in findings if finding.code in CANNOT_SAY]
    gone = {
        step.provenance.pointer
        for path, step in plan_steps(plan)
        if step.provenance is not None
        and any(
            where == path_text(path) or where.startswith(f"{path_text(path)}.request")
            for where in told
        )
    }
    jumps = {finding.where for finding in findings if finding.where.endswith(".jump")}
    left_out = [step for path, step in plan_steps(plan) if f"{path_text(path)}.jump" in jumps]
    tasks = tuple(
        task.model_copy(update={"steps": _kept(task.steps, gone, left_out)}) for task in plan.tasks
    )
    return plan.model_copy(update={"tasks": tasks}), len(gone)


def _kept(steps: tuple[Step, ...], gone: set[str], left_out: list[Step]) -> tuple[Step, ...]:
    kept = []
    for step in steps:
        if any(step is one for one in left_out):
            continue
        if step.provenance is not None and step.provenance.pointer in gone:
            continue
        for kind in ("group", "parallel"):
            inner = getattr(step, kind)
            if inner is not None:
                steps_left = _kept(inner.steps, gone, left_out)
                step = step.model_copy(
                    update={kind: inner.model_copy(update={"steps": steps_left})}
                )
        kept.append(step)
    return tuple(kept)


async def sent(plan: Plan, capture: Capture, folder: Path) -> list[dict[str, object]]:
    """What the engine sends at level 2, without what is another one each time."""
    result = ImportResult(plan=plan, format="plan")
    arrived, _ = await sent_by_recording(result, capture, folder)
    return [_masked(request) for request in arrived]


def _masked(request: Captured) -> dict[str, object]:
    shown: dict[str, object] = {}
    for key, value in level_two(request).items():
        text = _UUID.sub("UUID", _MOMENT.sub("MOMENT", str(value)))
        shown[key] = _RANDOM.sub("RANDOM", text)
    return shown


async def both(
    plan: Plan, form: str, capture: Capture, folder: Path
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """What a plan sends, and what its export sends after an import."""
    text, _ = export_plan(plan, form)
    back = import_input(Source(f"back.{form}", text.encode()), ImportOptions(correlate=False), form)
    return await sent(plan, capture, folder), await sent(hurried(back), capture, folder)


@pytest.mark.parametrize("form", ["postman", "curl", "har"])
@pytest.mark.parametrize("path", INPUTS, ids=lambda path: f"{path.parent.name}-{path.name}")
async def test_what_a_format_can_say_comes_back_equal_on_the_wire(
    path: Path, form: str, capture: Capture, tmp_path: Path
) -> None:
    plan = settled(imported(path))
    _, findings = export_plan(plan, form)
    plan, left_out = without(plan, findings)
    before, after = await both(plan, form, capture, tmp_path)
    assert after == before
    unsent = any(step.not_runnable for step in plan.walk())
    assert before or left_out or unsent


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: f"{path.parent.name}-{path.name}")
async def test_a_collection_comes_back_with_its_saves_and_scripts(
    path: Path, capture: Capture, tmp_path: Path
) -> None:
    plan = imported(path)
    _, findings = export_plan(plan, "postman")
    plan, _ = without(plan, findings)
    before, after = await both(plan, "postman", capture, tmp_path)
    assert after == before
