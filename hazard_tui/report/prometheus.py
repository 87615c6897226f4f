"""A run as it stands, in the text format of Prometheus.

Format: https://prometheus.io/docs/instrumenting/exposition_formats/ (version 0.0.4).
"""

from __future__ import annotations

from collections.abc import Iterable

from hazard_tui.report.summary import KIND_WORDS, state_word
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2
from hazard_tui.stats.merge import (
    ABORTED,
    FAILED,
    OK,
    RECEIVED_BYTES,
    SENT_BYTES,
    FrameSum,
)

BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

Labels = dict[str, str]
Sample = tuple[str, Labels, float]
"""Suffix of the name, labels, value."""


def exposition(
    record: control_pb2.RunRecord, totals: FrameSum, latest: worker_pb2.Frame | None = None
) -> str:
    """The metrics of one run. `latest` is its newest merged frame; None: nothing runs."""
    run = {"run_id": record.run_id}
    info = {**run, "plan": record.plan_name, "state": state_word(record)}
    lines = _metric("run_info", "gauge", "The run and its state.", [("", info, 1)])
    if latest is not None:
        for name, text, value in (
            ("users", "Active users.", latest.users),
            ("target_users", "Users that the plan asks for.", latest.target_users),
            ("target_rate", "Arrivals per second that the plan asks for.", latest.target_rate),
            ("in_flight", "Requests that wait for their answer.", latest.in_flight),
        ):
            lines += _metric(name, "gauge", text, [("", run, float(value))])
    lines += _counters(record, totals, run)
    lines += _per_step(record, totals, run)
    lines += _metric(
        "worker_up",
        "gauge",
        "1 while the worker takes part.",
        [
            (
                "",
                {**run, "worker_id": worker.worker_id, "hostname": worker.hostname},
                float(worker.state in ("preparing", "ready", "running")),
            )
            for worker in record.workers
        ],
    )
    return "\n".join(lines) + "\n"


def _counters(record: control_pb2.RunRecord, totals: FrameSum, run: Labels) -> list[str]:
    figures = totals.figures
    lines: list[str] = []
    for name, text, value in (
        ("iterations_started_total", "Iterations started.", figures.iterations_started),
        ("arrivals_dropped_total", "Starts that found no free user.", figures.arrivals_dropped),
        ("arrivals_late_total", "Starts over 10 ms late.", figures.arrivals_late),
    ):
        lines += _metric(name, "counter", text, [("", run, float(value))])
    return lines


def _per_step(record: control_pb2.RunRecord, totals: FrameSum, run: Labels) -> list[str]:
    known = [entry for entry in record.entries if entry.entry < totals.entries]
    labels = {entry.entry: {**run, **_step_labels(entry)} for entry in known}

    def columns(column: int) -> Iterable[Sample]:
        for entry in known:
            yield "", labels[entry.entry], float(totals.counts[entry.entry, column])

    outcomes = [
        (suffix, {**of_step, "outcome": outcome}, value)
        for outcome, column in (("ok", OK), ("failed", FAILED), ("aborted", ABORTED))
        for suffix, of_step, value in columns(column)
    ]
    statuses = [
        ("", {**labels[entry], "status": str(status)}, float(count))
        for (entry, status), count in sorted(totals.statuses.items())
        if entry in labels
    ]
    kinds: dict[tuple[int, str], int] = {}
    for (number, kind, _), count in totals.errors.items():
        kinds[number, kind] = kinds.get((number, kind), 0) + count
    errors = [
        ("", {**labels[number], "error": kind}, float(count))
        for (number, kind), count in sorted(kinds.items())
        if number in labels
    ]
    times = [
        sample for entry in known for sample in _histogram(totals, entry.entry, labels[entry.entry])
    ]
    lines = _metric("requests_total", "counter", "Requests by their outcome.", outcomes)
    lines += _metric("responses_total", "counter", "Answers by their status.", statuses)
    lines += _metric("errors_total", "counter", "Failures by their kind.", errors)
    lines += _metric("sent_bytes_total", "counter", "Bytes sent.", columns(SENT_BYTES))
    lines += _metric("received_bytes_total", "counter", "Bytes received.", columns(RECEIVED_BYTES))
    text = "Time from sending a request to the end of its answer."
    return lines + _metric("request_duration_seconds", "histogram", text, times)


def _step_labels(entry: worker_pb2.StepEntry) -> Labels:
    return {
        "task": entry.task_name,
        "step": entry.name,
        "method": entry.method,
        "kind": KIND_WORDS.get(entry.kind, "request"),
    }


def _histogram(totals: FrameSum, entry: int, labels: Labels) -> Iterable[Sample]:
    times = totals.distribution(entry)
    count = times.count
    for limit_s in BUCKETS_S:
        below = round(times.share_below(limit_s * 1e6) * count)
        yield "_bucket", {**labels, "le": f"{limit_s:g}"}, float(below)
    yield "_bucket", {**labels, "le": "+Inf"}, float(count)
    yield "_sum", labels, times.sum_us / 1e6
    yield "_count", labels, float(count)


def _metric(name: str, kind: str, text: str, samples: Iterable[Sample]) -> list[str]:
    """Lines of one metric; none without samples."""
    full = f"hazard_{name}"
    lines = [f"{full}{suffix}{_braces(labels)} {value:.17g}" for suffix, labels, value in samples]
    return [f"# HELP {full} {text}", f"# TYPE {full} {kind}", *lines] if lines else []


def _braces(labels: Labels) -> str:
    def escaped(value: str) -> str:
        return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")

    return "{" + ",".join(f'{name}="{escaped(value)}"' for name, value in labels.items()) + "}"
