"""What is left of a run for people and machines: HTML, JSON, CSV, JUnit, Prometheus text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hazard_tui.errors import UsageError
from hazard_tui.report.html import html_report
from hazard_tui.report.machine import csv_report, json_report, junit_report
from hazard_tui.report.series import series_of, totals_of
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2
from hazard_tui.stats.windows import MOST_POINTS

FORMATS = ("html", "json", "csv", "junit")
CHART_POINTS = 360
"""Points of a line in the page: more than a screen shows, and small enough for a mail."""


def render_report(
    record: control_pb2.RunRecord,
    frames: Iterable[worker_pb2.Frame],
    events: Sequence[control_pb2.RunEventRecord],
    kind: str,
) -> str:
    """A recorded run as the text of a format of `FORMATS`. `frames` are the merged ones, in order.

    Raises `UsageError` for an unknown format.
    """
    kept = list(frames)
    totals = totals_of(record.entries, kept)
    if kind == "html":
        return html_report(record, totals, series_of(record.entries, kept, CHART_POINTS), events)
    if kind == "json":
        return json_report(record, totals, series_of(record.entries, kept, MOST_POINTS), events)
    if kind == "csv":
        return csv_report(record, totals)
    if kind == "junit":
        return junit_report(record, totals)
    raise UsageError(f"{kind!r} is no report format", hint=f"one of {', '.join(FORMATS)}")
