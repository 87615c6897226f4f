"""The vectors that the Go engine renders and reads by must mean the same here.

What the console previews (names in templates, JMESPath, regular expressions) is Python; what a run
does is Go. Both read the same files; the Go side stands in `internal/template` and
`internal/extract`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jmespath
import pytest

from hazard_tui.plan.variables import names_in

VECTORS = Path(__file__).parent / "vectors"


def _cases(name: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads((VECTORS / name).read_text("utf-8"))["cases"]
    return cases


@pytest.mark.parametrize("case", _cases("templates.json"), ids=lambda case: case["text"])
def test_names_in_templates(case: dict[str, Any]) -> None:
    assert names_in(case["text"]) == case["names"]


def _text(value: object) -> str:
    """How the engine writes a value: strings as they are, all else as compact JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


@pytest.mark.parametrize(
    "case",
    [case for case in _cases("jmespath.json") if "python_differs" not in case],
    ids=lambda case: f"{case['expression']} in {case['json']}",
)
def test_jmespath(case: dict[str, Any]) -> None:
    value = jmespath.search(case["expression"], json.loads(case["json"]))
    assert (value is not None) == case["found"]
    if case["found"]:
        assert _text(value) == case["text"]


@pytest.mark.parametrize("case", _cases("regex.json"), ids=lambda case: case["pattern"])
def test_regular_expressions(case: dict[str, Any]) -> None:
    pattern = re.compile(case["pattern"])
    group = case["group"] or (1 if pattern.groups else 0)
    found = [match.group(group) for match in pattern.finditer(case["text"])]
    found = [value for value in found if value is not None]
    if case["found"]:
        assert found[case["match"] - 1] == case["value"]
    else:
        assert len(found) < case["match"]
