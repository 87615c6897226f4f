"""Reports for programs: JSON, CSV, JUnit."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

from hazard_tui.report.series import Series
from hazard_tui.report.summary import (
    entry_value,
    figures_value,
    run_seconds,
    state_word,
    step_figures,
    summary_value,
    total_figures,
)
from hazard_tui.rpc.gen.hazard.v1 import control_pb2
from hazard_tui.stats.merge import FrameSum

Events = Sequence[control_pb2.RunEventRecord]

CSV_COLUMNS = (
    "task", "name", "method", "kind", "requests", "ok", "failed", "aborted", "rps",
    "failed_share", "min_us", "mean_us", "p50_us", "p90_us", "p95_us", "p99_us", "p99.9_us",
    "max_us", "sent_bytes", "received_bytes", "plan_version_from", "plan_version_to",
)  # fmt: skip
_JUDGED = ("assert", "status")
"""Kinds of errors that judge an answer: assertions, and a status of 400 or more without any."""
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def json_report(
    record: control_pb2.RunRecord, totals: FrameSum, series: Series, events: Events
) -> str:
    """The summary with the course over time and the events, as one JSON object."""
    value: dict[str, Any] = {
        **summary_value(record, totals),
        "type": "report",
        "series": series.value(),
        "events": [
            {
                "at_unix_ms": event.at_unix_ms,
                "kind": event.kind,
                "level": event.level,
                "text": event.text,
                "worker_id": event.worker_id,
            }
            for event in events
        ],
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def csv_report(record: control_pb2.RunRecord, totals: FrameSum) -> str:
    """One line per entry of the numbers, then `all requests`; times in microseconds."""
    out = io.StringIO()
    writer = csv.DictWriter(out, CSV_COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for entry, figures in step_figures(record, totals):
        writer.writerow(_cells({**entry_value(entry), **figures_value(figures)}))
    whole = {"task": "", "name": "all requests", "method": "", "kind": "total"}
    writer.writerow(_cells({**whole, **figures_value(total_figures(record, totals))}))
    return out.getvalue()


def _cells(row: dict[str, Any]) -> dict[str, Any]:
    """Texts that a spreadsheet would run as a formula get a quote in front."""
    return {
        name: f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value
        for name, value in row.items()
    }


def junit_report(record: control_pb2.RunRecord, totals: FrameSum) -> str:
    """A case for the run itself, for each threshold, and for each step with broken assertions."""
    suite = ElementTree.Element("testsuite", name=_xml(record.plan_name or "hazard"))
    _run_case(suite, record)
    for index, result in enumerate(record.thresholds):
        name = result.rule
        if index < len(record.plan.thresholds):
            threshold = record.plan.thresholds[index]
            about = [one for one in (threshold.task, threshold.step, threshold.tag) if one]
            name = " ".join([result.rule, *(["of", "/".join(about)] if about else [])])
        case = _case(suite, "threshold", name)
        if not result.ok:
            _add(case, "failure", result.text)
    for entry, figures in step_figures(record, totals):
        broken = [(text, count) for kind, text, count in figures.errors if kind in _JUDGED]
        if broken:
            case = _case(suite, f"step.{entry.task_name}", entry.name)
            count = sum(number for _, number in broken)
            _add(
                case,
                "failure",
                f"{count} of {figures.requests} requests broke an assertion",
                "\n".join(f"{number} times: {text}" for text, number in broken),
            )
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", str(len(suite.findall("testcase/error"))))
    suite.set("time", f"{run_seconds(record):.3f}")
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _run_case(suite: ElementTree.Element, record: control_pb2.RunRecord) -> None:
    case = _case(suite, "run", f"run {record.run_id}")
    case.set("time", f"{run_seconds(record):.3f}")
    if record.state in (control_pb2.RUN_STATE_FAILED, control_pb2.RUN_STATE_ABORTED):
        _add(case, "error", f"the run {state_word(record)}: {record.reason}")
    elif record.verdict.status == "invalid":
        reasons = "\n".join(reason.text for reason in record.verdict.reasons)
        _add(case, "error", "the numbers cannot be trusted", reasons)


def _case(suite: ElementTree.Element, group: str, name: str) -> ElementTree.Element:
    attributes = {"classname": _xml(group), "name": _xml(name), "time": "0"}
    return ElementTree.SubElement(suite, "testcase", attributes)


def _add(case: ElementTree.Element, tag: str, message: str, text: str = "") -> None:
    element = ElementTree.SubElement(case, tag, {"message": _xml(message)})
    element.text = _xml(text or message)


def _xml(text: str) -> str:
    """Text without the characters that XML does not allow."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
