"""Reports of a recorded run: HTML, JSON, CSV, JUnit, Prometheus."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from hazard_tui.errors import UsageError
from hazard_tui.report import render_report
from hazard_tui.report.charts import Line, Mark, chart
from hazard_tui.report.prometheus import exposition, exposition_of
from hazard_tui.report.series import Series, series_of
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2
from hazard_tui.stats.merge import FrameSum
from hazard_tui.stats.totals import LiveRun
from tests.support.work import counted_work
from tests.unit.reported import BEGIN, NASTY, run, totals

_VOID = frozenset(("meta", "path", "circle", "polyline", "polygon"))


class Page(HTMLParser):
    """Reads a page: its tags, its texts, and whether every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == [], "tags are left open"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID or (tag == "path" and not self.get_starttag_text().endswith("/>")):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())


def html() -> str:
    """The page of the run."""
    record, frames, events = run()
    return render_report(record, frames, events, "html")


def test_the_page_shows_every_part_of_the_run() -> None:
    page = Page(html())
    titles = [text for text in page.texts if text]
    for part in (
        "shop", "finished", "failed", "numbers degraded", "Thresholds", "Over time", "Throughput",
        "Latency", "Failures", "Users", "Steps", "Errors", "Statuses", "Workers", "Events",
        "deploy", "buy/pay: errors<1% is broken (10%)", "the engine used 95 % of a core",
    ):  # fmt: skip
        assert part in titles, part
    assert len([tag for tag, _ in page.tags if tag == "svg"]) == 4


def test_the_page_needs_nothing_from_outside() -> None:
    text = html()
    assert not re.search(r"https?:|@import|url\(|src=|href=", text)
    policies = [attrs["content"] for tag, attrs in Page(text).tags if "http-equiv" in attrs]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_texts_of_others_are_escaped() -> None:
    record, frames, events = run()
    record.plan_name = record.plan_path = record.note = record.reason = NASTY
    record.run_id = NASTY
    for entry in record.entries:
        entry.name = entry.task_name = entry.method = NASTY
    for worker in record.workers:
        worker.hostname = worker.reason = worker.state = worker.address = NASTY
    record.thresholds[0].text = record.thresholds[0].rule = NASTY
    record.verdict.reasons[0].text = record.verdict.reasons[0].code = NASTY
    record.verdict.status = NASTY
    for frame in frames:
        for step in frame.steps:
            for error in step.errors:
                error.kind = error.text = NASTY
    page = Page(render_report(record, frames, events, "html"))
    assert not [tag for tag, _ in page.tags if tag == "script"]
    assert any("<script>alert(" in text for text in page.texts)


def test_a_run_without_frames_has_a_page() -> None:
    record = control_pb2.RunRecord(run_id="r", state=control_pb2.RUN_STATE_FAILED, reason="why")
    page = Page(render_report(record, [], [], "html"))
    assert "failed" in page.texts
    assert not [tag for tag, _ in page.tags if tag == "svg"]


def test_a_line_is_broken_where_nothing_is_known() -> None:
    series = Series(BEGIN, 1, {"a": (1.0, 2.0, None, 4.0, 5.0)})
    svg = chart("t", "u", [Line("a", series.columns["a"], "c1")], series, [])
    assert svg.count("<polyline") == 2
    assert chart("t", "u", [Line("a", (0.0, None), "c1")], series, []) == ""


def test_marks_outside_of_the_run_are_not_drawn() -> None:
    series = Series(BEGIN, 1, {"a": (1.0, 2.0)})
    line = [Line("a", series.columns["a"], "c1")]
    marks = [Mark(BEGIN + 1, "inside"), Mark(BEGIN - 9, "before"), Mark(BEGIN + 99, "after")]
    svg = chart("t", "u", line, series, marks)
    assert "inside" in svg
    assert "before" not in svg
    assert "after" not in svg


def test_a_long_run_is_folded_and_keeps_its_peaks() -> None:
    record, frames, _ = run()
    frames[3].users = 77
    series = series_of(record.entries, frames, 5)
    assert (series.first_second, series.step_s, series.length) == (BEGIN, 2, 5)
    assert series.columns["users"] == (6.0, 77.0, 10.0, 12.0, 14.0)
    assert series.columns["ok_per_s"] == (96.0,) * 5
    assert series.columns["failed_per_s"] == (4.0,) * 5


def test_the_json_report_is_the_summary_with_its_course() -> None:
    record, frames, events = run()
    value = json.loads(render_report(record, frames, events, "json"))
    assert value["type"] == "report"
    assert value["total"]["failed"] == 40
    series = value["series"]
    assert series["first_second"] == BEGIN
    assert series["step_s"] == 1
    assert series["ok_per_s"] == [96.0] * 10
    assert series["users"] == [5.0 + second for second in range(10)]
    assert [event["kind"] for event in value["events"]] == ["marker", "worker-lost"]


def test_the_csv_report_has_a_line_per_step() -> None:
    record, frames, events = run()
    record.entries[1].name = "=cmd()"
    rows = list(csv.DictReader(io.StringIO(render_report(record, frames, events, "csv"))))
    assert [row["name"] for row in rows] == ["read", "'=cmd()", "buy", "all requests"]
    assert [row["ok"] for row in rows] == ["600", "360", "100", "960"]
    assert rows[1]["failed_share"] == "0.1"
    assert abs(int(rows[0]["p95_us"]) - 20_000) <= 157


def test_the_junit_report_has_a_case_per_threshold_and_broken_step() -> None:
    record, frames, events = run()
    record.entries[1].name = NASTY
    root = ElementTree.fromstring(render_report(record, frames, events, "junit"))
    (suite,) = root
    cases = [(case.get("classname"), case.get("name"), len(case)) for case in suite]
    assert cases == [
        ("run", "run run-1", 0),
        ("threshold", "p95<300ms", 0),
        ("threshold", "errors<1% of buy/pay", 1),
        ("step.buy", NASTY.replace("\x07", "�"), 1),
    ]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("4", "2", "0")
    assert suite[3][0].get("message") == "40 of 400 requests broke an assertion"


def test_a_bad_status_without_assertions_counts_as_a_broken_one() -> None:
    record, frames, events = run()
    for frame in frames:
        for step in frame.steps:
            for error in step.errors:
                error.kind, error.text = "status", "HTTP 500"
    suite = ElementTree.fromstring(render_report(record, frames, events, "junit"))[0]
    assert suite[3][0].text == "40 times: HTTP 500"


def test_a_run_that_failed_is_an_error_in_junit() -> None:
    record, frames, events = run()
    record.state, record.reason = control_pb2.RUN_STATE_ABORTED, "no workers left"
    suite = ElementTree.fromstring(render_report(record, frames, events, "junit"))[0]
    assert suite.get("errors") == "1"
    assert suite[0][0].get("message") == "the run aborted: no workers left"


def test_an_unknown_format_is_refused() -> None:
    record, frames, events = run()
    with pytest.raises(UsageError, match="'pdf' is no report format"):
        render_report(record, frames, events, "pdf")


def samples(text: str) -> dict[str, float]:
    """Samples of an exposition; checks the grammar of every line."""
    found: dict[str, float] = {}
    for line in text.splitlines():
        if line.startswith("#"):
            assert re.fullmatch(
                r"# (HELP hazard_\w+ .+|TYPE hazard_\w+ (gauge|counter|histogram))", line
            )
            continue
        match = re.fullmatch(r'(hazard_\w+\{(?:\w+="(?:[^"\\\n]|\\.)*",?)*\}) (\S+)', line)
        assert match, line
        assert match[1] not in found, "a sample stands twice"
        found[match[1]] = float(match[2])
    return found


def test_prometheus_gets_counters_per_step() -> None:
    record, frames, _ = run()
    found = samples(exposition(record, totals(record, frames), frames[-1]))
    of_pay = 'run_id="run-1",task="buy",step="pay",method="POST",kind="request"'
    assert found[f'hazard_requests_total{{{of_pay},outcome="ok"}}'] == 360
    assert found[f'hazard_requests_total{{{of_pay},outcome="failed"}}'] == 40
    assert found[f'hazard_requests_total{{{of_pay},outcome="aborted"}}'] == 5
    assert found[f'hazard_responses_total{{{of_pay},status="500"}}'] == 40
    assert found[f'hazard_errors_total{{{of_pay},error="assert"}}'] == 40
    assert found['hazard_users{run_id="run-1"}'] == 14
    assert found['hazard_iterations_started_total{run_id="run-1"}'] == 100


def test_prometheus_gets_a_histogram_in_seconds() -> None:
    record, frames, _ = run()
    found = samples(exposition(record, totals(record, frames), None))
    of_read = 'run_id="run-1",task="browse",step="read",method="GET",kind="request"'
    name = "hazard_request_duration_seconds"
    assert found[f'{name}_bucket{{{of_read},le="0.01"}}'] == 0
    assert found[f'{name}_bucket{{{of_read},le="0.025"}}'] == 600
    assert found[f'{name}_bucket{{{of_read},le="+Inf"}}'] == 600
    assert found[f"{name}_count{{{of_read}}}"] == 600
    assert found[f"{name}_sum{{{of_read}}}"] == pytest.approx(12.0)
    assert 'hazard_users{run_id="run-1"}' not in found


def test_labels_of_prometheus_are_escaped() -> None:
    record, frames, _ = run()
    record.plan_name = 'a"b\\c\nd'
    text = exposition(record, totals(record, frames))
    samples(text)
    assert 'plan="a\\"b\\\\c\\nd"' in text


def test_a_scrape_of_many_steps_is_made_in_short_pieces() -> None:
    entries = [worker_pb2.StepEntry(entry=one, name=f"step {one}") for one in range(500)]
    sum_ = FrameSum(500)
    frame = worker_pb2.Frame()
    for one in range(500):
        step = frame.steps.add(entry=one, ok=10)
        step.service.index.extend(range(300, 310))
        step.service.count.extend([1] * 10)
    sum_.add(frame)
    record = control_pb2.RunRecord(run_id="run", entries=entries)
    pieces = exposition_of([LiveRun(record, sum_)])
    text, calls = "", []
    while True:
        with counted_work() as work:
            piece = next(pieces, None)
        if piece is None:
            break
        text += piece
        calls.append(work.calls)
    assert text.count("\n") > 10_000
    # The control is the whole text: the event loop stands still for a piece of it.
    assert max(calls) < sum(calls) / 3
