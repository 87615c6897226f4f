"""The summary of a run: plain values, and the table."""

from __future__ import annotations

import json

from hazard_tui.report.summary import (
    has_passed,
    state_word,
    summary_table,
    summary_value,
)
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2
from tests.importers.builders import ROOT
from tests.unit.reported import run, totals


def test_a_summary_counts_per_step_and_in_total() -> None:
    record, frames, _ = run()
    value = summary_value(record, totals(record, frames))
    assert value["type"] == "summary"
    assert (
        value["total"]
        | {
            "requests": 1000,
            "ok": 960,
            "failed": 40,
            "aborted": 5,
            "rps": 100.0,
            "failed_share": 0.04,
            "statuses": {"200": 960, "500": 40},
            "errors": [{"kind": "assert", "text": "status is 500", "count": 40}],
        }
        == value["total"]
    )
    read, pay, whole = value["steps"]
    assert (read["name"], read["kind"], read["ok"], read["rps"]) == ("read", "request", 600, 60.0)
    assert (pay["name"], pay["failed"], pay["aborted"]) == ("pay", 40, 5)
    assert (whole["kind"], whole["requests"]) == ("iteration", 100)


def test_times_are_whole_microseconds_within_a_bucket() -> None:
    record, frames, _ = run()
    read = summary_value(record, totals(record, frames))["steps"][0]
    for name in ("min_us", "p50_us", "p90_us", "p95_us", "p99_us", "p99.9_us", "max_us", "mean_us"):
        assert isinstance(read[name], int)
        assert abs(read[name] - 20_000) <= 20_000 / 128, name


def test_a_summary_is_json_and_says_whether_the_run_passed() -> None:
    record, frames, _ = run()
    value = json.loads(json.dumps(summary_value(record, totals(record, frames))))
    assert value["passed"] is False
    assert [one["ok"] for one in value["thresholds"]] == [True, False]
    assert value["verdict"]["status"] == "degraded"
    assert value["verdict"]["reasons"][0]["code"] == "cpu"
    assert value["workers"][0]["worker_id"] == "w1"
    assert value["locust"] == {"known": True, "requests": 1000, "failures": 40}
    assert value["seconds"] == 10.0


def test_a_run_passes_when_its_thresholds_hold_and_it_ended_well() -> None:
    record = control_pb2.RunRecord(state=control_pb2.RUN_STATE_FINISHED)
    assert has_passed(record)
    record.state = control_pb2.RUN_STATE_ABORTED
    assert not has_passed(record)
    assert state_word(record) == "aborted"


def test_seconds_that_are_given_are_used() -> None:
    record, frames, _ = run()
    assert summary_value(record, totals(record, frames), 20.0)["total"]["rps"] == 50.0


def test_the_table_has_a_line_per_step_and_the_verdict() -> None:
    record, frames, _ = run()
    record.entries[0].name = "read\x1b[31m\nall"
    table = summary_table(record, totals(record, frames))
    lines = table.splitlines()
    assert lines[0].split() == [
        "step",
        *["ok", "failed", "aborted", "rps", "p50", "p95", "p99", "max", "ms"],
    ]
    assert lines[1].split()[-8:] == ["600", "0", "0", "60.0", "20.00", "20.00", "20.00", "20.00"]
    assert lines[4].startswith("all requests")
    assert lines[4].split()[2:5] == ["960", "40", "5"]
    assert any(line.startswith("threshold") and "errors<1%" in line for line in lines)
    assert "verdict degraded" in lines
    assert "\x1b" not in table


def test_arrivals_have_a_line_of_the_time_since_the_planned_start() -> None:
    record, frames, _ = run()
    assert "since the planned start" not in summary_table(record, totals(record, frames))
    step = frames[0].steps[0]
    step.scheduled.CopyFrom(step.service)
    frames[0].arrivals_late, frames[0].arrivals_dropped = 7, 2
    table = summary_table(record, totals(record, frames)).splitlines()
    (line,) = [line for line in table if line.startswith("since the planned start")]
    assert line.split()[-4:] == ["20.00"] * 4
    assert any(line.endswith(" starts, 7 late, 2 dropped") for line in table)


def test_a_run_without_frames_has_zeros() -> None:
    record = control_pb2.RunRecord(entries=[worker_pb2.StepEntry(name="a")])
    total = summary_value(record, totals(record, []))["total"]
    assert (total["requests"], total["p95_us"], total["rps"], total["statuses"]) == (0, 0, 0, {})


def test_every_field_of_the_summary_is_documented() -> None:
    record, frames, _ = run()
    value = summary_value(record, totals(record, frames))
    documented = (ROOT / "docs/json.md").read_text()
    parts = [value, value["total"], value["steps"][0], value["verdict"], value["workers"][0]]
    parts += [value["verdict"]["reasons"][0], value["thresholds"][0], value["locust"]]
    for name in dict.fromkeys(name for part in parts for name in part):
        assert f"`{name}`" in documented, name
