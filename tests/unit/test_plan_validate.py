"""One bad plan per rule."""

from __future__ import annotations

import pytest

from hazard_tui.plan.findings import Finding, FindingSeverity
from hazard_tui.plan.store import parse_plan
from hazard_tui.plan.validate import validate_plan

HEAD = "hazard: 1\ntasks:\n- name: t\n  steps:\n"
OK_STEP = "  - {name: s, request: {url: 'http://127.0.0.1/'}}\n"


def findings_of(text: str) -> list[Finding]:
    read = parse_plan(text)
    assert read.plan is not None, read.findings
    return validate_plan(read.plan)


def test_a_good_plan_has_no_findings() -> None:
    assert findings_of(HEAD + OK_STEP) == []


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ("hazard: 1\n", "no-tasks", "tasks"),
        ("hazard: 1\ntasks: [{name: t, disabled: true}]", "no-tasks", "tasks"),
        ("hazard: 1\ntasks: [{name: t}]", "empty-task", "tasks[0].steps"),
        (HEAD + "  - {name: s}", "no-kind", "tasks[0].steps[0]"),
        (HEAD + "  - {name: s, request: {}}", "no-url", "tasks[0].steps[0].request.url"),
        (HEAD + "  - {name: s, loop: {}}", "endless-loop", "tasks[0].steps[0].loop"),
        (HEAD + "  - {name: s, condition: {}}", "no-test", "tasks[0].steps[0].condition"),
        (
            HEAD + "  - {name: s, not_runnable: no key, request: {url: 'http://127.0.0.1/'}}",
            "not-runnable",
            "tasks[0].steps[0]",
        ),
        (
            HEAD
            + "  - {name: s, request: {url: 'http://127.0.0.1/', extractors: [{variable: v}]}}",
            "no-expression",
            "tasks[0].steps[0].request.extractors[0]",
        ),
        (
            HEAD + "  - {name: s, request: {url: 'http://127.0.0.1/{{who}}'}}",
            "unknown-variable",
            "tasks[0].steps[0].request.url",
        ),
        (
            HEAD
            + "  - {name: s, request: {url: 'http://127.0.0.1/{{outer}}'}}\n"
            + "variables: [{name: unused, value: x}, {name: outer, value: '<{{inner}}>'}]",
            "unknown-variable",
            "variables[1].value",
        ),
        (
            HEAD + '  - {name: s, script: {source: "pm.variables.replaceIn(`{{who}}`)"}}',
            "unknown-variable",
            "tasks[0].steps[0].script.source",
        ),
        (
            HEAD + "  - {name: s, request: {url: 'http://127.0.0.1/{{o{{who}}r}}'}}",
            "name-of-names",
            "tasks[0].steps[0].request.url",
        ),
        (HEAD + "  - {name: s, jump: {to: nowhere}}", "unknown-step", "tasks[0].steps[0].jump.to"),
        (HEAD + OK_STEP + "  - {name: j, jump: {to: s}}", "jump-cycle", "tasks[0].steps[1].jump"),
        (HEAD + OK_STEP + "stages: [{to: 3}]", "no-duration", "stages[0]"),
        (HEAD + OK_STEP + "stages: [{kind: iterations}]", "empty-stage", "stages[0]"),
        (HEAD + OK_STEP + "stages: [{to: 1.5, duration_ms: 5}]", "fraction-of-user", "stages[0]"),
        (HEAD + OK_STEP + "thresholds: [{rule: fast}]", "bad-threshold", "thresholds[0].rule"),
        (HEAD + OK_STEP + "feeds: [{name: f}]", "empty-feed", "feeds[0]"),
        (
            HEAD + OK_STEP + "variables: [{name: v, column: {feed: f, column: c}}]",
            "unknown-feed",
            "variables[0].column",
        ),
        (
            HEAD + OK_STEP + "variables: [{name: a, value: '{{b}}'}, {name: b, value: '{{a}}'}]",
            "variable-cycle",
            "variables",
        ),
        (
            HEAD + OK_STEP + "variables: [{name: a, value: x}, {name: a, value: y}]",
            "duplicate-variable",
            "variables[0]",
        ),
        (HEAD + OK_STEP + "host_map: [{recorded: a}]", "incomplete-host-map", "host_map[0]"),
    ],
)
def test_each_rule_finds_its_fault_at_its_place(text: str, code: str, where: str) -> None:
    found = [(finding.code, finding.where) for finding in findings_of(text)]
    assert (code, where) in found


def test_a_value_used_before_it_is_saved_names_both_steps() -> None:
    text = HEAD + (
        "  - {name: use, request: {url: 'http://127.0.0.1/{{token}}'}}\n"
        "  - {name: make, request: {url: 'http://127.0.0.1/',"
        " extractors: [{variable: token, jmespath: t}]}}\n"
    )
    (finding,) = findings_of(text)
    assert finding.code == "used-before-saved"
    assert "use" in finding.what
    assert "make" in finding.what


def test_errors_come_before_warnings() -> None:
    severities = [finding.severity for finding in findings_of(HEAD + "  - {name: s}\nseed: 1")]
    assert severities == sorted(severities, key=list(reversed(FindingSeverity)).index)
