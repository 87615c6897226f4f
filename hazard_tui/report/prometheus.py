"""Runs as they stand, in the text format of Prometheus.

Format: https://prometheus.io/docs/instrumenting/exposition_formats/ (version 0.0.4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

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
from hazard_tui.stats.totals import LiveRun
from hazard_tui.stats.verdict import DEGRADED, INVALID, VALID

BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

VERDICTS = (VALID, DEGRADED, INVALID)

Labels = dict[str, str]
Sample = tuple[str, Labels, float]
"""Suffix of the name, labels, value."""


@dataclass(slots=True)
class Family:
    """One metric with the samples of every run."""

    kind: str
    text: str
    samples: list[Sample]


def exposition(
    record: control_pb2.RunRecord, totals: FrameSum, latest: worker_pb2.Frame | None = None
) -> str:
    """The metrics of one run. `latest` is its newest merged frame; None: nothing runs."""
    return exposition_of([LiveRun(record, totals, latest)])


def exposition_of(runs: Iterable[LiveRun]) -> str:
    """The metrics of several runs, each metric once with the samples of all."""
    families: dict[str, Family] = {}
    for run in runs:
        for name, family in _families(run):
            known = families.setdefault(name, Family(family.kind, family.text, []))
            known.samples += family.samples
    lines = [line for name, family in families.items() for line in _lines(name, family)]
    return "".join(f"{line}\n" for line in lines)


def _families(live: LiveRun) -> Iterator[tuple[str, Family]]:
    record, totals, latest = live.record, live.totals, live.latest
    run = {"run_id": record.run_id}
    info = {**run, "plan": record.plan_name, "state": state_word(record)}
    yield "run_info", Family("gauge", "The run and its state.", [("", info, 1)])
    if record.started_unix_ms:
        begun = [("", run, record.started_unix_ms / 1000)]
        yield "run_start_time_seconds", Family("gauge", "Unix time of the common start.", begun)
    verdict = record.verdict.status
    text = "1 for the verdict about the generator that holds."
    states = [("", {**run, "verdict": one}, float(one == verdict)) for one in VERDICTS]
    yield "run_verdict", Family("gauge", text, states)
    if latest is not None:
        for name, text, value in (
            ("users", "Active users.", latest.users),
            ("target_users", "Users that the plan asks for.", latest.target_users),
            ("target_rate", "Arrivals per second that the plan asks for.", latest.target_rate),
            ("in_flight", "Requests that wait for their answer.", latest.in_flight),
        ):
            yield name, Family("gauge", text, [("", run, float(value))])
    yield from _counters(totals, run)
    yield from _per_step(record, totals, run)
    up = [
        (
            "",
            {**run, "worker_id": worker.worker_id, "hostname": worker.hostname},
            float(worker.state in ("preparing", "ready", "running")),
        )
        for worker in record.workers
    ]
    yield "worker_up", Family("gauge", "1 while the worker takes part.", up)


def _counters(totals: FrameSum, run: Labels) -> Iterator[tuple[str, Family]]:
    figures = totals.figures
    for name, text, value in (
        ("iterations_started_total", "Iterations started.", figures.iterations_started),
        ("arrivals_dropped_total", "Starts that found no free user.", figures.arrivals_dropped),
        ("arrivals_late_total", "Starts over 10 ms late.", figures.arrivals_late),
    ):
        yield name, Family("counter", text, [("", run, float(value))])


def _per_step(
    record: control_pb2.RunRecord, totals: FrameSum, run: Labels
) -> Iterator[tuple[str, Family]]:
    known = [entry for entry in record.entries if entry.entry < totals.entries]
    labels = _labels(known, run)

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
    sent, received = list(columns(SENT_BYTES)), list(columns(RECEIVED_BYTES))
    yield "requests_total", Family("counter", "Requests by their outcome.", outcomes)
    yield "responses_total", Family("counter", "Answers by their status.", statuses)
    yield "errors_total", Family("counter", "Failures by their kind.", errors)
    yield "sent_bytes_total", Family("counter", "Bytes sent.", sent)
    yield "received_bytes_total", Family("counter", "Bytes received.", received)
    text = "Time from sending a request to the end of its answer."
    yield "request_duration_seconds", Family("histogram", text, times)


def _labels(entries: list[worker_pb2.StepEntry], run: Labels) -> dict[int, Labels]:
    """Labels by entry; steps that share task, name and method are told apart by their id."""
    named = [_step_labels(entry) for entry in entries]
    times = Counter(tuple(one.values()) for one in named)
    return {
        entry.entry: {**run, **one}
        | ({"step_id": entry.step_id} if times[tuple(one.values())] > 1 else {})
        for entry, one in zip(entries, named, strict=True)
    }


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


def _lines(name: str, family: Family) -> list[str]:
    """Lines of one metric; none without samples."""
    full = f"hazard_{name}"
    lines = [
        f"{full}{suffix}{_braces(labels)} {_number(value)}"
        for suffix, labels, value in family.samples
    ]
    head = [f"# HELP {full} {family.text}", f"# TYPE {full} {family.kind}"]
    return [*head, *lines] if lines else []


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)


def _braces(labels: Labels) -> str:
    def escaped(value: str) -> str:
        return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")

    return "{" + ",".join(f'{name}="{escaped(value)}"' for name, value in labels.items()) + "}"
