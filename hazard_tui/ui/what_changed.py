"""What moved when p95 or the failures of a run jumped: steps, workers, statuses, errors.

A jump is three seconds in a row that differ from the twenty before. What each part did in these
three seconds is held against what it did before; the greatest difference comes first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from statistics import median
from typing import TYPE_CHECKING, Any

from hazard_tui.stats.merge import FAILED, OK, FrameSum
from hazard_tui.ui.number_text import count_text, time_text
from hazard_tui.ui.run_numbers import Point, WorkerSecond

if TYPE_CHECKING:
    from hazard_tui.ui.run_view import RunView

AFTER_S = 3
BEFORE_S = 20
LEAST_BEFORE_S = 5
TIMES = 1.5
"""p95 jumped when it is this many times what it was, and `LEAST_US` more."""
LEAST_US = 1000.0
SHARE = 0.02
"""Failures jumped when their share grew by this much."""
QUIET_S = 10
"""Seconds after a jump in which no other is told."""
LEAST_VALUES = 3
MOST_MOVERS = 12
KEPT_CHANGES = 100


_Moved = tuple[str, float, float, float]
"""Name, before, after, and by how much it grew."""


@dataclass(frozen=True, slots=True)
class Mover:
    """One part of the run, before and in the jump."""

    kind: str
    """`step`, `worker`, `status` or `error`."""
    name: str
    before: str
    after: str
    score: float
    """How much it moved, as a share; the greatest first."""


@dataclass(frozen=True, slots=True)
class Change:
    """A jump."""

    second: int
    what: str
    """`p95` or `errors`."""
    text: str
    movers: tuple[Mover, ...]


class ChangeWatch:
    """Looks at a run after every second and keeps its jumps."""

    def __init__(self) -> None:
        self.found: list[Change] = []

    def last(self, until: int = 0) -> Change | None:
        """The newest jump that is not after a second; 0: the newest."""
        for change in reversed(self.found):
            if not until or change.second <= until:
                return change
        return None

    def look(self, view: RunView) -> None:
        """Adds the jump that the newest seconds complete, if there is one."""
        points = list(islice(reversed(view.points), AFTER_S + BEFORE_S))[::-1]
        before, after = points[:-AFTER_S], points[-AFTER_S:]
        if len(before) < LEAST_BEFORE_S:
            return
        if self.found and after[0].second - self.found[-1].second < QUIET_S:
            return
        what = _jump(before, after)
        if what:
            self.found = [*self.found, _change(view, what, before, after)][-KEPT_CHANGES:]


def _jump(before: list[Point], after: list[Point]) -> str:
    usual_share = _share(before)
    if all(_share([one]) >= usual_share + SHARE for one in after):
        return "errors"
    busy = [one.p95 for one in before if one.rps]
    usual = median(busy) if busy else 0.0
    if usual and all(one.p95 > usual * TIMES and one.p95 > usual + LEAST_US for one in after):
        return "p95"
    return ""


def _share(points: list[Point]) -> float:
    done = sum(one.rps for one in points)
    return sum(one.failed for one in points) / done if done else 0.0


def _change(view: RunView, what: str, before: list[Point], after: list[Point]) -> Change:
    old = _Stretch(view, before[0].second, before[-1].second)
    new = _Stretch(view, after[0].second, after[-1].second)
    movers = [*_steps(view, what, old, new), *_workers(view, what, old, new)]
    movers += _counted("status", old.statuses(), new.statuses(), old.seconds, new.seconds)
    movers += _counted("error", old.errors(), new.errors(), old.seconds, new.seconds)
    movers.sort(key=lambda one: -one.score)
    if what == "p95":
        usual = median([one.p95 for one in before if one.rps])
        text = f"p95 went from {time_text(usual)} to {time_text(after[-1].p95)}"
    else:
        text = f"failures went from {_share(before):.1%} to {_share(after):.1%}"
    return Change(after[0].second, what, text, tuple(movers[:MOST_MOVERS]))


class _Stretch:
    """The sum of some seconds."""

    def __init__(self, view: RunView, first: int, last: int) -> None:
        self.first, self.last = first, last
        self.seconds = last - first + 1
        self.total = FrameSum(len(view.record.entries))
        for frame in reversed(view.frames):
            if frame.second < first:
                break
            if frame.second <= last:
                self.total.add(frame)

    def statuses(self) -> Counter[str]:
        """Requests by status."""
        found: Counter[str] = Counter()
        for (_, status), count in self.total.statuses.items():
            found[str(status)] += count
        return found

    def errors(self) -> Counter[str]:
        """Failures by kind."""
        found: Counter[str] = Counter()
        for (_, kind, _), count in self.total.errors.items():
            found[kind] += count
        return found


def _steps(view: RunView, what: str, old: _Stretch, new: _Stretch) -> Iterable[Mover]:
    # A step counts by its part of the whole movement, so that a rare slow one does not hide
    # the frequent one that everybody waits for.
    moved: list[_Moved] = []
    for entry in view.request_entries:
        if entry >= new.total.entries:
            continue
        counts = new.total.counts[entry]
        done = int(counts[OK] + counts[FAILED])
        if done < LEAST_VALUES:
            continue
        if what == "p95":
            before = old.total.distribution(entry).percentile(95)
            after = new.total.distribution(entry).percentile(95)
            moved.append((view.name_of(entry), before, after, max(0.0, after - before)))
        else:
            before = float(old.total.counts[entry][FAILED]) / old.seconds
            after = float(counts[FAILED]) / new.seconds
            moved.append((view.name_of(entry), before, after, max(0.0, after - before)))
    return _by_part("step", what, moved)


def _workers(view: RunView, what: str, old: _Stretch, new: _Stretch) -> Iterable[Mover]:
    if len(view.workers) < 2:
        return []
    moved: list[_Moved] = []
    for worker in view.workers.values():
        before = _mean(worker.seconds, old, what)
        after = _mean(worker.seconds, new, what)
        name = str(worker.record.address or worker.record.worker_id)
        moved.append((name, before, after, max(0.0, after - before)))
    # Where all moved alike, the worker is not what changed: its part is then small.
    least, most = min(by for *_, by in moved), max(by for *_, by in moved)
    if not most:
        return []
    return [
        Mover("worker", name, _text(what, before, " mean"), _text(what, after, " mean"), part)
        for name, before, after, by in moved
        if (part := (by - least) / most) > 0
    ]


def _mean(seconds: Iterable[WorkerSecond], stretch: _Stretch, what: str) -> float:
    done = total = 0.0
    for one in reversed(list(seconds)):
        if one.second < stretch.first:
            break
        if one.second <= stretch.last:
            done += one.done
            total += one.failed if what == "errors" else one.mean * one.done
    if what == "errors":
        return total / stretch.seconds
    return total / done if done else 0.0


def _by_part(kind: str, what: str, moved: list[_Moved]) -> list[Mover]:
    whole = sum(by for *_, by in moved)
    return [
        Mover(kind, name, _text(what, before), _text(what, after), by / whole)
        for name, before, after, by in moved
        if by > 0
    ]


def _text(what: str, value: float, unit: str = "") -> str:
    return time_text(value) + unit if what == "p95" else f"{count_text(value)}/s"


def _counted(
    kind: str, old: Counter[str], new: Counter[str], old_s: int, new_s: int
) -> Iterable[Mover]:
    all_old, all_new = max(1, sum(old.values())), max(1, sum(new.values()))
    for name in {**old, **new}:
        moved: Any = new[name] / all_new - old[name] / all_old
        if kind == "error" and not new[name]:
            continue
        if moved > 0 or (kind == "error" and not old[name]):
            score = moved if kind == "status" else max(moved, 0.0)
            yield Mover(
                kind,
                name,
                f"{count_text(old[name] / old_s)}/s",
                f"{count_text(new[name] / new_s)}/s",
                score,
            )
