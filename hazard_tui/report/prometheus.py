"""Runs as they stand, in the text format of Prometheus.

Format: https://prometheus.io/docs/instrumenting/exposition_formats/ (version 0.0.4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

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

LINES_AT_ONCE = 500
"""Lines of one piece of text: about 2 ms."""
ENTRIES_AT_ONCE = 50

Labels = dict[str, str]
Sample = tuple[str, str, float]
"""Suffix of the name, labels as text in braces, value."""


@dataclass(slots=True)
class Family:
    """One metric with the samples of every run."""

    kind: str
    text: str
    samples: list[Iterable[Sample]]


def exposition(
    record: control_pb2.RunRecord, totals: FrameSum, latest: worker_pb2.Frame | None = None
) -> str:
    """The metrics of one run. `latest` is its newest merged frame; None: nothing runs."""
    return "".join(exposition_of([LiveRun(record, totals, latest)]))


def exposition_of(runs: Iterable[LiveRun]) -> Iterator[str]:
    """The metrics of several runs, each metric once with the samples of all, in pieces.

    Every piece reads the runs as they stand when it is made, so others may work between two.
    """
    families: dict[str, Family] = {}
    for run in runs:
        for name, kind, text, samples in _families(run):
            families.setdefault(name, Family(kind, text, [])).samples.append(samples)
    for name, family in families.items():
        full = f"hazard_{name}"
        lines = (
            f"{full}{suffix}{labels} {_number(value)}\n"
            for suffix, labels, value in chain.from_iterable(family.samples)
        )
        head = f"# HELP {full} {family.text}\n# TYPE {full} {family.kind}\n"
        while piece := "".join(islice(lines, LINES_AT_ONCE)):
            yield head + piece
            head = ""


def _families(live: LiveRun) -> Iterator[tuple[str, str, str, Iterable[Sample]]]:
    """(name, kind, text, samples) of every metric of a run."""
    record, totals, latest = live.record, live.totals, live.latest
    run = {"run_id": record.run_id}
    whole = _braces(run)
    info = {**run, "plan": record.plan_name, "state": state_word(record)}
    yield "run_info", "gauge", "The run and its state.", [("", _braces(info), 1)]
    if record.started_unix_ms:
        begun = [("", whole, record.started_unix_ms / 1000)]
        yield "run_start_time_seconds", "gauge", "Unix time of the common start.", begun
    verdict = record.verdict.status
    text = "1 for the verdict about the generator that holds."
    states = [("", _braces({**run, "verdict": one}), float(one == verdict)) for one in VERDICTS]
    yield "run_verdict", "gauge", text, states
    if latest is not None:
        for name, text, value in (
            ("users", "Active users.", latest.users),
            ("target_users", "Users that the plan asks for.", latest.target_users),
            ("target_rate", "Arrivals per second that the plan asks for.", latest.target_rate),
            ("in_flight", "Requests that wait for their answer.", latest.in_flight),
        ):
            yield name, "gauge", text, [("", whole, float(value))]
    figures = totals.figures
    for name, text, value in (
        ("iterations_started_total", "Iterations started.", figures.iterations_started),
        ("arrivals_dropped_total", "Starts that found no free user.", figures.arrivals_dropped),
        ("arrivals_late_total", "Starts over 10 ms late.", figures.arrivals_late),
        (
            "arrivals_lost_total",
            "Planned starts that were lost with their worker.",
            sum(totals.lost_starts.values()),
        ),
    ):
        yield name, "counter", text, [("", whole, float(value))]
    yield from _per_step(record, totals, run)
    up = [
        (
            "",
            _braces({**run, "worker_id": worker.worker_id, "hostname": worker.hostname}),
            float(worker.state in ("preparing", "ready", "running")),
        )
        for worker in record.workers
    ]
    yield "worker_up", "gauge", "1 while the worker takes part.", up


def _per_step(
    record: control_pb2.RunRecord, totals: FrameSum, run: Labels
) -> Iterator[tuple[str, str, str, Iterable[Sample]]]:
    known = [entry for entry in record.entries if entry.entry < totals.entries]
    labels = _labels(known, run)

    def columns(column: int, more: str = "") -> Iterator[Sample]:
        for entry, text in labels.items():
            yield "", _with(text, more), float(totals.counts[entry, column])

    outcomes = chain.from_iterable(
        columns(column, f'outcome="{outcome}"')
        for outcome, column in (("ok", OK), ("failed", FAILED), ("aborted", ABORTED))
    )
    yield "requests_total", "counter", "Requests by their outcome.", outcomes
    yield "responses_total", "counter", "Answers by their status.", _statuses(totals, labels)
    yield "errors_total", "counter", "Failures by their kind.", _errors(totals, labels)
    yield "sent_bytes_total", "counter", "Bytes sent.", columns(SENT_BYTES)
    yield "received_bytes_total", "counter", "Bytes received.", columns(RECEIVED_BYTES)
    text = "Time from sending a request to the end of its answer."
    yield "request_duration_seconds", "histogram", text, _times(totals, labels)


def _statuses(totals: FrameSum, labels: dict[int, str]) -> Iterator[Sample]:
    for (entry, status), count in sorted(totals.statuses.items()):
        if entry in labels:
            yield "", _with(labels[entry], f'status="{status}"'), float(count)


def _errors(totals: FrameSum, labels: dict[int, str]) -> Iterator[Sample]:
    kinds: Counter[tuple[int, str]] = Counter()
    for (number, kind, _), count in totals.errors.items():
        kinds[number, kind] += count
    for (number, kind), count in sorted(kinds.items()):
        if number in labels:
            yield "", _with(labels[number], f'error="{_escaped(kind)}"'), float(count)


def _labels(entries: list[worker_pb2.StepEntry], run: Labels) -> dict[int, str]:
    """Labels by entry; steps that share task, name and method are told apart by their id."""
    named = [_step_labels(entry) for entry in entries]
    times = Counter(tuple(one.values()) for one in named)
    return {
        entry.entry: _braces(
            {**run, **one} | ({"step_id": entry.step_id} if times[tuple(one.values())] > 1 else {})
        )
        for entry, one in zip(entries, named, strict=True)
    }


def _step_labels(entry: worker_pb2.StepEntry) -> Labels:
    return {
        "task": entry.task_name,
        "step": entry.name,
        "method": entry.method,
        "kind": KIND_WORDS.get(entry.kind, "request"),
    }


def _times(totals: FrameSum, labels: dict[int, str]) -> Iterator[Sample]:
    """Histograms of the service times, some entries at once without a Python loop over buckets."""
    bounds = [f'le="{limit_s:g}"' for limit_s in BUCKETS_S]
    numbers = iter(labels)
    while some := list(islice(numbers, ENTRIES_AT_ONCE)):
        counts, below, sums_us = totals.below(some, [limit_s * 1e6 for limit_s in BUCKETS_S])
        for row, entry in enumerate(some):
            text, count = labels[entry], float(counts[row])
            for bound, value in zip(bounds, below[row], strict=True):
                yield "_bucket", _with(text, bound), float(value)
            yield "_bucket", _with(text, 'le="+Inf"'), count
            yield "_sum", text, float(sums_us[row]) / 1e6
            yield "_count", text, count


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _braces(labels: Labels) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _with(braces: str, label: str) -> str:
    """Labels with one more."""
    return f"{braces[:-1]},{label}}}" if label else braces
