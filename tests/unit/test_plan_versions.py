"""Runs whose plan was replaced while they went on, in summaries, reports and comparisons."""

from __future__ import annotations

import csv
import io
import json

from hazard_tui.report import render_report
from hazard_tui.report.comparison import Comparison, Side
from hazard_tui.report.series import totals_of
from hazard_tui.report.summary import summary_table
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2
from hazard_tui.stats.plan_versions import plan_title
from tests.unit.reported import BEGIN, run


def replaced() -> tuple[
    control_pb2.RunRecord, list[worker_pb2.Frame], list[control_pb2.RunEventRecord]
]:
    """The run with `read` taken out by the second plan and `pay` brought by the third."""
    record, frames, events = run()
    record.entries[0].plan_version_to = 1
    record.entries[1].plan_version_from = 3
    record.plan_version = 3
    for version, changes in ((2, ["taken out: read"]), (3, ["new: pay", "tasks[0].weight = 3"])):
        at_unix_ms = (BEGIN + 2 * version) * 1000
        record.plan_versions.add(version=version, at_unix_ms=at_unix_ms, changes=changes)
    for number, frame in enumerate(frames):
        frame.plan_version = 1 + (number >= 4) + (number >= 6)
    events.append(
        control_pb2.RunEventRecord(
            at_unix_ms=(BEGIN + 6) * 1000, kind="plan-replaced", text="plan version 3: new: pay"
        )
    )
    return record, frames, events


def test_every_report_tells_the_versions_and_what_belongs_to_which() -> None:
    record, frames, events = replaced()
    value = json.loads(render_report(record, frames, events, "json"))
    assert value["plan_version"] == 3
    assert [one["changes"][0] for one in value["plan_versions"]] == ["taken out: read", "new: pay"]
    assert value["series"]["plan_version"] == [1, 1, 1, 1, 2, 2, 3, 3, 3, 3]
    spans = [(one["plan_version_from"], one["plan_version_to"]) for one in value["steps"]]
    assert spans == [(1, 1), (3, None), (1, None)]
    page = render_report(record, frames, events, "html")
    for text in ("plan version 3", "until plan 1", "since plan 3", "tasks[0].weight = 3"):
        assert text in page
    assert page.count("plan-replaced: plan version 3: new: pay") >= 4, "a mark in every chart"
    rows = list(csv.DictReader(io.StringIO(render_report(record, frames, events, "csv"))))
    assert [(row["plan_version_from"], row["plan_version_to"]) for row in rows[:2]] == [
        ("1", "1"), ("3", ""),
    ]  # fmt: skip
    table = summary_table(record, totals_of(record.entries, frames))
    assert "read (until plan 1)" in table
    assert "the plan was replaced 2 times during the run: plan version 3 at last" in table
    assert plan_title(record) == "shop (plan version 3)"


def test_a_run_whose_plan_was_never_replaced_says_nothing_of_versions() -> None:
    record, frames, events = run()
    table = summary_table(record, totals_of(record.entries, frames))
    page = render_report(record, frames, events, "html")
    assert "plan version" not in table + page
    assert json.loads(render_report(record, frames, events, "json"))["plan_version"] == 1
    assert plan_title(record) == "shop"


def test_a_comparison_says_that_a_side_had_several_plans() -> None:
    (old, old_frames, _), (new, new_frames, _) = run(), replaced()
    sides = [
        Side(record, totals_of(record.entries, frames), frames)
        for record, frames in ((old, old_frames), (new, new_frames))
    ]
    compared = Comparison(*sides)
    value = compared.value()
    assert (value["base_plan_version"], value["other_plan_version"]) == (1, 3)
    assert compared.table().count("was replaced while it ran") == 1
