"""Short ways to import a text or a recording and to look at the result."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hazard_tui.plan.findings import Finding
from hazard_tui.plan.model import Plan, Step
from hazard_tui.plan.request import Request
from importers import curl, har
from importers.findings import ImportOptions, ImportResult, Source

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
SAMPLES = ROOT / "samples"

needs_shared = pytest.mark.skipif(
    not (SHARED / "real-inputs").is_dir(),
    reason="../shared/real-inputs is not there, so inputs of other projects are not tried",
)


def import_curl(
    text: str | bytes, dialect: curl.Dialect | None = None, **options: Any
) -> ImportResult:
    """The import of a pasted text."""
    data = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    return curl.import_source(Source("paste", data), ImportOptions(**options), dialect)


def import_har(recording: Any, **options: Any) -> ImportResult:
    """The import of a recording: bytes, a path, or an object that becomes JSON."""
    if isinstance(recording, Path):
        source = Source(recording.name, b"", str(recording))
    elif isinstance(recording, bytes):
        source = Source("recording.har", recording)
    else:
        source = Source("recording.har", json.dumps(recording).encode())
    return har.import_source(source, ImportOptions(**options))


def import_har_pair(first: Any, second: Any, **options: Any) -> ImportResult:
    """The import of two recordings of one session, objects that become JSON."""
    one, two = json.dumps(first).encode(), json.dumps(second).encode()
    sources = Source("first.har", one), Source("second.har", two)
    return har.import_pair(*sources, ImportOptions(**options))


def steps_of(plan: Plan) -> list[Step]:
    """All steps with a request, in order."""
    return [step for step in plan.walk() if step.request is not None]


def revealed(result: ImportResult) -> Plan:
    """The plan as a run sees it: with the values of its secrets."""
    text = result.plan.model_dump_json()
    hidden = {
        variable.name: result.secrets[variable.secret.key]
        for variable in result.plan.variables
        if variable.secret is not None and variable.secret.key in result.secrets
    }
    for name, value in hidden.items():
        text = text.replace("{{" + name + "}}", json.dumps(value, ensure_ascii=False)[1:-1])
    plan = Plan.model_validate_json(text)
    rest = tuple(one for one in plan.variables if one.name not in hidden)
    return plan.model_copy(update={"variables": rest})


def requests_of(result: ImportResult) -> list[Request]:
    """All requests as they are sent, in order."""
    return [step.request for step in steps_of(revealed(result)) if step.request is not None]


def request_of(text: str) -> Request:
    """The only request of a curl text."""
    requests = requests_of(import_curl(text))
    assert len(requests) == 1, f"{len(requests)} requests"
    return requests[0]


def codes(result: ImportResult) -> list[str]:
    """Codes of all findings, in order."""
    return [finding.code for finding in result.findings]


def finding(result: ImportResult, code: str) -> Finding:
    """The only finding with a code."""
    found = [one for one in result.findings if one.code == code]
    assert len(found) == 1, f"{len(found)} findings {code!r} among {codes(result)}"
    return found[0]


def headers_of(request: Request) -> list[tuple[str, str]]:
    """Names and values of the headers, in order."""
    return [(header.name, header.value) for header in request.headers]
