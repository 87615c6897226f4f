"""Two runs side by side, entry by entry; also our totals against Locust's."""

from __future__ import annotations

from dataclasses import dataclass

from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2
from hazard_tui.stats.merge import FAILED, OK, FrameSum
from hazard_tui.stats.totals import Entries, Figures, figures_of, request_entries

NO_METHOD = "http"
"""What an engine tells Locust when a method is not known before it is rendered."""

Key = tuple[str, str, str]
"""Task name, entry name, method."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One entry in two runs; None where a run does not have it."""

    name: str
    task: str
    method: str
    before: Figures | None
    after: Figures | None

    def change(self, figure: str) -> float | None:
        """Relative change of `per_s`, `failed_share`, or a time such as `p95_us`.

        0.1 is 10 % more. None when there is nothing to compare with.
        """
        if self.before is None or self.after is None:
            return None
        old, new = _figure(self.before, figure), _figure(self.after, figure)
        if old == 0:
            return 0.0 if new == 0 else None
        return new / old - 1


def _figure(figures: Figures, name: str) -> float:
    owner = figures.service if name.endswith("_us") else figures
    return float(getattr(owner, name))


@dataclass(frozen=True, slots=True)
class RunFigures:
    """What is compared of one run."""

    entries: Entries
    total: FrameSum
    seconds: float


def compare(before: RunFigures, after: RunFigures) -> list[Compared]:
    """The whole first (name empty), then every entry of either run, in the order of the later."""
    whole = Compared("", "", "", _whole(before), _whole(after))
    old, new = _by_key(before), _by_key(after)
    keys = [*new, *(key for key in old if key not in new)]
    return [
        whole,
        *(
            Compared(name, task, method, old.get(key), new.get(key))
            for key in keys
            for task, name, method in (key,)
        ),
    ]


def _whole(run: RunFigures) -> Figures:
    return figures_of(run.total, request_entries(run.entries), run.seconds)


def _by_key(run: RunFigures) -> dict[Key, Figures]:
    numbers: dict[Key, list[int]] = {}
    for entry in run.entries:
        numbers.setdefault((entry.task_name, entry.name, entry.method), []).append(entry.entry)
    return {
        key: figures_of(run.total, tuple(entries), run.seconds) for key, entries in numbers.items()
    }


def locust_differences(
    entries: Entries, total: FrameSum, locust: control_pb2.LocustTotals
) -> list[str]:
    """Where Locust's totals differ from ours, in sentences; empty when they agree.

    Entries are matched by method and name; several of ours may share one of Locust's. Locust gets
    requests only, and none that was aborted.
    """
    ours: dict[tuple[str, str], list[int]] = {}
    for entry in entries:
        if entry.entry >= total.entries or entry.kind != worker_pb2.ENTRY_KIND_REQUEST:
            continue
        row = total.counts[entry.entry]
        pair = ours.setdefault((entry.method or NO_METHOD, entry.name), [0, 0])
        pair[0] += int(row[OK] + row[FAILED])
        pair[1] += int(row[FAILED])
    theirs = {(entry.method, entry.name): entry for entry in locust.entries}
    found = []
    for (method, name), (requests, failures) in ours.items():
        other = theirs.pop((method, name), None)
        seen = (other.requests, other.failures) if other else (0, 0)
        if seen != (requests, failures):
            found.append(
                f"{method} {name}: {requests} requests, {failures} failed; "
                f"Locust has {seen[0]} and {seen[1]}"
            )
    found.extend(
        f"{method} {name}: only Locust has it, {entry.requests} requests"
        for (method, name), entry in theirs.items()
        if entry.requests
    )
    return found
