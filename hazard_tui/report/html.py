"""A report as one HTML page that needs nothing else: no script, no font, no link to anywhere.

Every text of a plan or an answer is escaped; a content policy forbids everything but the style.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from hazard_tui import __version__
from hazard_tui.report.charts import Line, Mark, chart, clock
from hazard_tui.report.html_parts import (
    bytes_text,
    count_text,
    moment_text,
    ms_number,
    ms_text,
    one_line,
    pill,
    section,
    table_of,
    time_text,
)
from hazard_tui.report.series import Series
from hazard_tui.report.style import STYLE
from hazard_tui.report.summary import (
    KIND_WORDS,
    has_passed,
    run_seconds,
    state_word,
    step_figures,
    total_figures,
)
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2
from hazard_tui.stats.merge import FrameSum
from hazard_tui.stats.plan_versions import plan_version, version_note
from hazard_tui.stats.totals import Figures

MOST_ERRORS = 100
MOST_EVENTS = 500
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_MARKED = (
    "stage", "worker-lost", "worker-joined", "engine-exit",
    "load-changed", "plan-replaced", "marker",
)  # fmt: skip
"""Kinds of events that are drawn into the charts."""

Events = Sequence[control_pb2.RunEventRecord]


def html_report(
    record: control_pb2.RunRecord, totals: FrameSum, series: Series, events: Events
) -> str:
    """The page."""
    title = escape(f"{record.plan_name or 'run'} – {record.run_id[:12]}")
    parts = [
        _header(record),
        _cards(record, totals, series),
        _verdict(record),
        _thresholds(record),
        _charts(series, events),
        _plan_versions(record),
        _steps(record, totals),
        _errors(record, totals),
        _statuses(record, totals),
        _workers(record),
        _events(record, events),
        f"<footer>made by hazard {__version__}; times are milliseconds</footer>",
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head><body><main>\n"
        + "\n".join(part for part in parts if part)
        + "\n</main></body></html>\n"
    )


def _header(record: control_pb2.RunRecord) -> str:
    state = state_word(record)
    style = {"finished": "good", "failed": "bad", "aborted": "bad", "stopped": "warn"}.get(
        state, ""
    )
    verdict = record.verdict.status or "unknown"
    trust = {"valid": "good", "degraded": "warn", "invalid": "bad"}.get(verdict, "")
    pills = [pill(state, style), pill(f"numbers {verdict}", trust)]
    if record.thresholds:
        passed = has_passed(record)
        pills.insert(0, pill("passed" if passed else "failed", "good" if passed else "bad"))
    started = record.started_unix_ms or record.created_unix_ms
    facts = [f"run {record.run_id}", moment_text(started), clock(run_seconds(record))]
    if record.plan_versions:
        facts.append(f"plan version {plan_version(record)}")
    facts += [record.plan_path, record.reason, record.note]
    line = " · ".join(escape(one_line(fact)) for fact in facts if fact)
    return (
        f"<header><h1>{escape(record.plan_name or 'run')}</h1>{''.join(pills)}</header>"
        f'<p class="dim">{line}</p>'
    )


def _cards(record: control_pb2.RunRecord, totals: FrameSum, series: Series) -> str:
    whole = total_figures(record, totals)
    times = whole.service
    peak = max((one for one in series.columns.get("users", ()) if one is not None), default=0.0)
    cards = [
        ("requests", count_text(whole.requests), False),
        ("per second", f"{whole.per_s:,.1f}", False),
        ("failed", f"{whole.failed_share:.2%}", whole.failed > 0),
        *(
            (name, ms_text(value), False)
            for name, value in (
                ("p50", times.p50_us),
                ("p95", times.p95_us),
                ("p99", times.p99_us),
                ("max", times.max_us),
            )
        ),
        ("most users", f"{peak:,.0f}", False),
        ("received", bytes_text(whole.received_bytes), False),
    ]
    return (
        '<div class="cards">'
        + "".join(
            f'<div class="card {"bad" if bad else ""}"><b>{escape(value)}</b>'
            f"<span>{name}</span></div>"
            for name, value, bad in cards
        )
        + "</div>"
    )


def _verdict(record: control_pb2.RunRecord) -> str:
    rows = [
        (reason.code, reason.text, reason.worker_id, _span(reason))
        for reason in record.verdict.reasons
    ]
    if not rows:
        return ""
    return section(
        "Whether the numbers can be trusted",
        table_of(("reason", "what", "worker", "when"), rows, wrapped=(1,), text=(0, 1, 2, 3)),
    )


def _span(reason: control_pb2.VerdictReason) -> str:
    if not reason.from_second:
        return ""
    begin = time_text(reason.from_second * 1000)
    end = time_text(reason.to_second * 1000)
    return begin if begin == end else f"{begin} – {end}"


def _thresholds(record: control_pb2.RunRecord) -> str:
    rows = [
        f'<tr><td class="text">{pill("holds", "good") if one.ok else pill("broken", "bad")}</td>'
        f'<td class="text">{escape(one.rule)}</td><td class="wrap">{escape(one.text)}</td></tr>'
        for one in record.thresholds
    ]
    table = f'<div class="box"><table>{"".join(rows)}</table></div>'
    return section("Thresholds", table) if rows else ""


def _charts(series: Series, events: Events) -> str:
    if not series.columns:
        return ""
    marks = [
        Mark(
            event.at_unix_ms // 1000,
            f"{time_text(event.at_unix_ms)} {event.kind}: {event.text}",
            event.level in ("warn", "error"),
        )
        for event in events
        if event.kind in _MARKED
    ]
    figures = [
        chart(title, unit, [_line(series, *line) for line in lines], series, marks)
        for title, unit, lines in _CHARTS
    ]
    shown = "".join(figures)
    return section("Over time", f'<div class="charts">{shown}</div>') if shown else ""


def _line(series: Series, name: str, column: str, style: str, filled: bool) -> Line:
    """A line of a chart; columns in microseconds become milliseconds."""
    factor = 1000 if column.endswith("_us") else 1
    values = tuple(None if one is None else one / factor for one in series.columns[column])
    return Line(name, values, style, filled)


_CHARTS = (
    (
        "Throughput",
        "requests per second",
        (
            ("answered", "ok_per_s", "c1", True),
            ("planned arrivals", "target_rate", "plan", False),
        ),
    ),
    (
        "Latency",
        "milliseconds",
        (
            ("p50", "p50_us", "c2", True),
            ("p95", "p95_us", "c3", False),
            ("p99", "p99_us", "c4", False),
        ),
    ),
    (
        "Failures",
        "per second",
        (
            ("failed", "failed_per_s", "bad", True),
            ("dropped arrivals", "dropped_per_s", "c3", False),
        ),
    ),
    (
        "Users",
        "active",
        (("users", "users", "c4", True), ("planned", "target_users", "plan", False)),
    ),
)
"""Title, unit, and lines: name, column, style, filled."""


_STEP_HEADS = (
    "step", "requests", "failed", "share", "aborted", "rps", "p50", "p90", "p95", "p99", "p99.9",
    "mean", "min", "max",
)  # fmt: skip


def _steps(record: control_pb2.RunRecord, totals: FrameSum) -> str:
    rows: list[str] = []
    task = ""
    for entry, figures in step_figures(record, totals):
        if entry.task_name != task and entry.task_name:
            task = entry.task_name
            rows.append(
                f'<tr><td class="text" colspan="{len(_STEP_HEADS)}"><b>{escape(task)}</b></td></tr>'
            )
        rows.append(_step_row(_step_name(entry), figures, "inner" if task else ""))
    whole = total_figures(record, totals)
    rows.append(_step_row("all requests", whole, "total"))
    if whole.scheduled.count:
        planned = Figures(whole.seconds, ok=whole.scheduled.count, service=whole.scheduled)
        rows.append(_step_row("all, from the planned start", planned, "inner"))
    heads = "".join(
        f'<th class="{"text" if index == 0 else ""}">{head}</th>'
        for index, head in enumerate(_STEP_HEADS)
    )
    table = f'<div class="box"><table><tr>{heads}</tr>{"".join(rows)}</table></div>'
    return section("Steps", table)


def _plan_versions(record: control_pb2.RunRecord) -> str:
    """What was edited while the run went on."""
    rows = [
        (
            str(one.version),
            time_text(one.at_unix_ms),
            "; ".join([*one.changes, *([f"and {one.more} more"] if one.more else [])]),
        )
        for one in record.plan_versions
    ]
    heads = ("plan version", "since, UTC", "what was edited")
    return section("Plans", table_of(heads, rows, wrapped=(2,), text=(1, 2))) if rows else ""


def _step_name(entry: worker_pb2.StepEntry) -> str:
    kind = KIND_WORDS.get(entry.kind, "request")
    method = f'<span class="tag">{escape(entry.method)}</span> ' if entry.method else ""
    tags = ["" if kind == "request" else kind, version_note(entry)]
    suffix = "".join(f' <span class="tag">{tag}</span>' for tag in tags if tag)
    name = entry.name.removeprefix(f"{entry.method} ") if entry.method else entry.name
    return f"{method}{escape(name)}{suffix}"


def _step_row(name: str, figures: Figures, style: str) -> str:
    times = figures.service
    moments = (
        times.p50_us, times.p90_us, times.p95_us, times.p99_us, times.p999_us, times.mean_us,
        times.min_us, times.max_us,
    )  # fmt: skip
    bad = ' class="bad"' if figures.failed else ""
    cells = [
        f'<td class="text name">{name}</td>',
        f"<td>{count_text(figures.requests)}</td>",
        f"<td{bad}>{count_text(figures.failed)}</td>",
        f"<td{bad}>{figures.failed_share:.2%}</td>",
        f"<td>{count_text(figures.aborted)}</td>",
        f"<td>{figures.per_s:,.1f}</td>",
        *(f"<td>{ms_number(moment / 1000)}</td>" for moment in moments),
    ]
    return f'<tr class="{style}">{"".join(cells)}</tr>'


def _errors(record: control_pb2.RunRecord, totals: FrameSum) -> str:
    found: list[tuple[int, str, str, str]] = []
    for entry, figures in step_figures(record, totals):
        found += [(count, entry.name, kind, text) for kind, text, count in figures.errors]
    if not found:
        return ""
    found.sort(key=lambda row: -row[0])
    rows = [(count_text(count), *rest) for count, *rest in found[:MOST_ERRORS]]
    table = table_of(("count", "step", "kind", "what"), rows, wrapped=(3,), text=(1, 2, 3))
    more = len(found) - MOST_ERRORS
    tail = f'<p class="dim">and {more} more, in the JSON report</p>' if more > 0 else ""
    return section("Errors", table + tail)


def _statuses(record: control_pb2.RunRecord, totals: FrameSum) -> str:
    whole = total_figures(record, totals)
    every = sum(count for _, count in whole.statuses) or 1
    rows = [
        (str(status) if status else "no answer", count_text(count), f"{count / every:.2%}")
        for status, count in whole.statuses
    ]
    table = table_of(("status", "answers", "share"), rows, text=(0,))
    return section("Statuses", table) if rows else ""


def _workers(record: control_pb2.RunRecord) -> str:
    rows = [
        (
            worker.worker_id[:12],
            worker.hostname,
            worker.address,
            worker.state,
            f"{worker.share.index + 1} of {worker.share.count}" if worker.share.count else "",
            f"{worker.generator.cpu_percent:.0f} %",
            f"{worker.generator.schedule_lag_max_us / 1000:.1f}",
            f"{worker.floor.p50_us:.0f}" if worker.HasField("floor") else "",
            f"{worker.floor.p99_us:.0f}" if worker.HasField("floor") else "",
            f"{worker.floor.cost_us:.1f}" if worker.HasField("floor") else "",
            worker.reason,
        )
        for worker in record.workers
    ]
    heads = ("worker", "host", "address", "state", "share", "cpu", "lag ms", "floor p50 us",
             "floor p99 us", "us/request", "reason")  # fmt: skip
    table = table_of(heads, rows, wrapped=(10,), text=(0, 1, 2, 3, 4, 10))
    if record.locust.known:
        locust = record.locust
        table += (
            f'<p class="dim">Locust counts {count_text(locust.requests)} requests and '
            f"{count_text(locust.failures)} failures.</p>"
        )
    return section("Workers", table) if rows else ""


def _events(record: control_pb2.RunRecord, events: Events) -> str:
    rows = [
        (time_text(event.at_unix_ms), event.kind, event.worker_id[:12], event.text)
        for event in events[:MOST_EVENTS]
    ]
    table = table_of(("time UTC", "kind", "worker", "what"), rows, wrapped=(3,), text=(0, 1, 2, 3))
    return section("Events", table) if rows else ""
