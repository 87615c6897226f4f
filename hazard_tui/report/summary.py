"""The summary of a run: plain values for JSON, and a table of text.

Times are whole microseconds; the fields are documented in docs/json.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hazard_tui.report.planned import planned_text, planned_value
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2
from hazard_tui.stats.floor import floor_text, floor_value, known_floors
from hazard_tui.stats.merge import FrameSum
from hazard_tui.stats.plan_versions import plan_version, version_note
from hazard_tui.stats.totals import Figures, Latency, figures_of, request_entries

KIND_WORDS = {
    worker_pb2.ENTRY_KIND_REQUEST: "request",
    worker_pb2.ENTRY_KIND_GROUP: "group",
    worker_pb2.ENTRY_KIND_ITERATION: "iteration",
    worker_pb2.ENTRY_KIND_SCRIPT: "script",
}


def run_seconds(record: control_pb2.RunRecord) -> float:
    """How long load was offered; for a run that goes on, how long it is planned to last."""
    return float((record.load_ms or record.planned_ms) / 1000)


def state_word(record: control_pb2.RunRecord) -> str:
    """`running`, `finished` …"""
    name: str = control_pb2.RunState.Name(record.state)
    return name.removeprefix("RUN_STATE_").lower()


def has_passed(record: control_pb2.RunRecord) -> bool:
    """True when every threshold holds and the run did not fail."""
    failed = (control_pb2.RUN_STATE_FAILED, control_pb2.RUN_STATE_ABORTED)
    return record.state not in failed and all(result.ok for result in record.thresholds)


def plan_versions_value(record: control_pb2.RunRecord) -> list[dict[str, Any]]:
    """The edited plans that the run went on with, as plain values."""
    return [
        {
            "version": one.version,
            "at_unix_ms": one.at_unix_ms,
            "changes": list(one.changes),
            "more": one.more,
        }
        for one in record.plan_versions
    ]


def total_figures(
    record: control_pb2.RunRecord, totals: FrameSum, seconds: float | None = None
) -> Figures:
    """All requests of a run together. `seconds` None: `run_seconds`."""
    elapsed = run_seconds(record) if seconds is None else seconds
    return figures_of(totals, request_entries(record.entries), elapsed)


def step_figures(
    record: control_pb2.RunRecord, totals: FrameSum, seconds: float | None = None
) -> Iterator[tuple[worker_pb2.StepEntry, Figures]]:
    """Every entry of a run with its figures, in the order of the plan."""
    elapsed = run_seconds(record) if seconds is None else seconds
    for entry in record.entries:
        yield entry, figures_of(totals, (entry.entry,), elapsed)


def latency_value(latency: Latency) -> dict[str, int]:
    """A distribution as whole microseconds."""
    return {
        "count": latency.count,
        "mean_us": round(latency.mean_us),
        "min_us": round(latency.min_us),
        "p50_us": round(latency.p50_us),
        "p90_us": round(latency.p90_us),
        "p95_us": round(latency.p95_us),
        "p99_us": round(latency.p99_us),
        "p99.9_us": round(latency.p999_us),
        "max_us": round(latency.max_us),
    }


def figures_value(figures: Figures) -> dict[str, Any]:
    """Figures as plain values; `scheduled` and `first_byte` only where they were measured."""
    times = latency_value(figures.service)
    del times["count"]
    value: dict[str, Any] = {
        "requests": figures.requests,
        "ok": figures.ok,
        "failed": figures.failed,
        "aborted": figures.aborted,
        "warnings": figures.warnings,
        "rps": round(figures.per_s, 3),
        "failed_share": round(figures.failed_share, 6),
        **times,
        "sent_bytes": figures.sent_bytes,
        "received_bytes": figures.received_bytes,
        "stale_reuse": figures.stale_reuse,
        "statuses": {str(status): count for status, count in figures.statuses},
        "errors": [
            {"kind": kind, "text": text, "count": count} for kind, text, count in figures.errors
        ],
    }
    for name, latency in (("scheduled", figures.scheduled), ("first_byte", figures.first_byte)):
        if latency.count:
            value[name] = latency_value(latency)
    return value


def summary_value(
    record: control_pb2.RunRecord, totals: FrameSum, seconds: float | None = None
) -> dict[str, Any]:
    """The summary line of `hazard run --json`. `seconds` None: `run_seconds(record)`."""
    elapsed = run_seconds(record) if seconds is None else seconds
    return {
        "type": "summary",
        "run_id": record.run_id,
        "plan": record.plan_name,
        "plan_path": record.plan_path,
        "plan_version": plan_version(record),
        "plan_versions": plan_versions_value(record),
        "note": record.note,
        "state": state_word(record),
        "reason": record.reason,
        "passed": has_passed(record),
        "started_unix_ms": record.started_unix_ms,
        "ended_unix_ms": record.ended_unix_ms,
        "seconds": round(elapsed, 3),
        "seed": record.options.seed,
        "verdict": verdict_value(record.verdict),
        "thresholds": [
            {"rule": one.rule, "ok": one.ok, "actual": one.actual, "text": one.text}
            for one in record.thresholds
        ],
        "total": figures_value(total_figures(record, totals, elapsed)),
        "steps": [
            {**entry_value(entry), **figures_value(figures)}
            for entry, figures in step_figures(record, totals, elapsed)
        ],
        "iterations_started": totals.figures.iterations_started,
        "arrivals_dropped": totals.figures.arrivals_dropped,
        "arrivals_late": totals.figures.arrivals_late,
        "planned_starts": planned_value(record, totals),
        "workers": [worker_value(worker) for worker in record.workers],
        "locust": {
            "known": record.locust.known,
            "requests": record.locust.requests,
            "failures": record.locust.failures,
        },
    }


def verdict_value(verdict: control_pb2.Verdict) -> dict[str, Any]:
    """Whether the numbers can be trusted, as plain values."""
    return {
        "status": verdict.status or "unknown",
        "reasons": [
            {
                "code": reason.code,
                "text": reason.text,
                "worker_id": reason.worker_id,
                "from_second": reason.from_second,
                "to_second": reason.to_second,
            }
            for reason in verdict.reasons
        ],
    }


def entry_value(entry: worker_pb2.StepEntry) -> dict[str, Any]:
    """Which step an entry is about."""
    return {
        "entry": entry.entry,
        "task": entry.task_name,
        "name": entry.name,
        "method": entry.method,
        "kind": KIND_WORDS.get(entry.kind, "request"),
        "step_id": entry.step_id,
        "tags": list(entry.tags),
        "plan_version_from": entry.plan_version_from or 1,
        "plan_version_to": entry.plan_version_to or None,
    }


def worker_value(worker: control_pb2.RunWorker) -> dict[str, Any]:
    """One worker of a run."""
    return {
        "worker_id": worker.worker_id,
        "address": worker.address,
        "hostname": worker.hostname,
        "state": worker.state,
        "reason": worker.reason,
        "floor": floor_value(worker.floor) if worker.HasField("floor") else None,
    }


def summary_table(
    record: control_pb2.RunRecord, totals: FrameSum, seconds: float | None = None
) -> str:
    """Table of text: a line per step and the total, then thresholds and verdict. Milliseconds."""
    elapsed = run_seconds(record) if seconds is None else seconds
    rows = [
        (_label(entry), figures)
        for entry, figures in step_figures(record, totals, elapsed)
        if figures.requests or figures.aborted or entry.kind == worker_pb2.ENTRY_KIND_REQUEST
    ]
    rows.append(("all requests", total_figures(record, totals, elapsed)))
    width = min(max(len(label) for label, _ in rows), 48)
    heads = ("ok", "failed", "aborted", "rps", "p50", "p95", "p99", "max ms")
    lines = [f"{'step':{width}}" + "".join(f"{head:>10}" for head in heads)]
    for label, figures in rows:
        times = figures.service
        cells = [f"{figures.ok:10}", f"{figures.failed:10}", f"{figures.aborted:10}"]
        cells.append(f"{figures.per_s:10.1f}")
        moments = (times.p50_us, times.p95_us, times.p99_us, times.max_us)
        cells += [f"{moment / 1000:10.2f}" for moment in moments]
        lines.append(f"{_cut(label, width):{width}}" + "".join(cells))
    planned = rows[-1][1].scheduled
    if planned.count:
        moments = (planned.p50_us, planned.p95_us, planned.p99_us, planned.max_us)
        cells = [f"{moment / 1000:10.2f}" for moment in moments]
        lines.append(f"{'since the planned start':{width + 40}}" + "".join(cells))
        starts = totals.figures
        lines.append(
            f"{starts.iterations_started} starts, {starts.arrivals_late} late, "
            f"{starts.arrivals_dropped} dropped"
        )
    more = (planned_text(record, totals), floor_text(known_floors(record.workers)))
    lines += [text for text in more if text]
    lines += [
        f"threshold {'ok    ' if one.ok else 'BROKEN'} {one.text}" for one in record.thresholds
    ]
    if record.plan_versions:
        version, count = plan_version(record), len(record.plan_versions)
        word = "once" if count == 1 else f"{count} times"
        lines.append(f"the plan was replaced {word} during the run: plan version {version} at last")
    lines.append(f"verdict {record.verdict.status or 'unknown'}")
    lines += [f"  {reason.text}" for reason in record.verdict.reasons]
    return "\n".join(lines) + "\n"


def _label(entry: worker_pb2.StepEntry) -> str:
    """Name of an entry on one line, without control characters."""
    kind = KIND_WORDS.get(entry.kind, "request")
    text = entry.name if kind == "request" else f"{entry.name} ({kind})"
    if note := version_note(entry):
        text = f"{text} ({note})"
    return "".join(char if char.isprintable() else " " for char in text)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
