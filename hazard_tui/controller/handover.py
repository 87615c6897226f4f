"""Who may use which rows and iterations, and who takes over what a lost worker leaves.

Rows of a feed are streams of numbers (`start`, `start + step`, …). A worker takes rows of a feed
that ends only as far as it was allowed. What it was not allowed is certainly unused and goes to
others; the rest of its allowance may have been used after its last word, and nobody uses it again.

Iterations are counted by frames: what a lost worker had not begun by its last frame goes to others.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from hazard_tui.plan.model import FeedEnd, FeedOrder, Plan, Stage, StageKind
from hazard_tui.rpc.gen.hazard.v1 import worker_pb2


@dataclass(slots=True)
class Stream:
    """Row numbers `start`, `start + step`, … of a feed, in the hands of one worker."""

    start: int
    step: int
    taken: int = 0
    """As far as the worker told."""
    allowed: int = 0


@dataclass(slots=True)
class _Held:
    """What one worker has."""

    share: worker_pb2.Share
    streams: dict[str, list[Stream]] = field(default_factory=dict)
    parts: dict[int, int] = field(default_factory=dict)
    """Iterations of lost workers, by stage."""
    open: int = 0
    """Iterations that were begun and have not ended, by its frames."""
    waiting: int = 0
    """Planned starts that had come due and waited for a free user, by its frames."""


@dataclass(slots=True)
class Heir:
    """A worker that takes over, and what it gets."""

    worker_id: str
    stage: int
    """1 + index of the stage it is in; 0: none yet."""
    rows: list[worker_pb2.RowStream] = field(default_factory=list)
    iterations: dict[int, int] = field(default_factory=dict)

    def reshare(self, at_unix_us: int, share: worker_pb2.Share) -> worker_pb2.Reshare:
        """The command that tells it."""
        parts = [
            worker_pb2.IterationPart(stage=stage, count=count)
            for stage, count in sorted(self.iterations.items())
        ]
        return worker_pb2.Reshare(
            at_unix_us=at_unix_us, share=share, rows=self.rows, iterations=parts
        )


class Handover:
    """The rows and iterations of one run."""

    def __init__(self, plan: Plan) -> None:
        self._feeds = _shared_feeds(plan)
        """Feeds whose rows go round all workers, and whether they end."""
        self._begun: dict[str, dict[str, tuple[int, int]]] = {}
        """Feeds that began with an edited plan: worker -> index and count of its rows."""
        self._stages = plan.stages or (Stage(kind=StageKind.ITERATIONS, to=1, users=1),)
        self._workers: dict[str, _Held] = {}
        self.row_counts: Mapping[str, int] = {}
        """Rows of the feeds; one that is missing is not known."""

    def add_worker(self, worker_id: str, share: worker_pb2.Share) -> None:
        """Names a worker with the share that it was prepared with."""
        streams = {name: [Stream(share.index, share.count)] for name in self._feeds}
        self._workers[worker_id] = _Held(share, streams)

    def follow(self, plan: Plan, row_counts: Mapping[str, int]) -> None:
        """Goes on with an edited plan. Feeds that it does not have any more may come back."""
        self._feeds = {**self._feeds, **_shared_feeds(plan)}
        self.row_counts = {**self.row_counts, **row_counts}

    def begin_feed(self, name: str, shares: Mapping[str, tuple[int, int]]) -> None:
        """A feed begins at its first row; each worker has the rows of its share."""
        self._begun[name] = dict(shares)
        for worker_id, held in self._workers.items():
            held.streams.pop(name, None)
            if worker_id in shares and name in self._feeds:
                held.streams[name] = [Stream(*shares[worker_id])]

    def begun_shares(self) -> dict[str, dict[str, list[int]]]:
        """What `begin_feed` was told, as JSON can hold it."""
        return {
            name: {worker_id: list(share) for worker_id, share in shares.items()}
            for name, shares in self._begun.items()
        }

    def owns(self, worker_id: str) -> bool:
        """True until what the worker had was handed over."""
        return worker_id in self._workers

    def share_of(self, worker_id: str) -> worker_pb2.Share | None:
        """The share that a worker was prepared with; None after it was handed over."""
        held = self._workers.get(worker_id)
        return held.share if held is not None else None

    def waiting(self, worker_id: str) -> int:
        """Planned starts of a worker that had come due and were not begun, by its frames."""
        held = self._workers.get(worker_id)
        return held.waiting if held is not None else 0

    def note_waiting(self, worker_id: str, count: int) -> None:
        """Starts that waited by frames that an earlier controller heard."""
        if worker_id in self._workers:
            self._workers[worker_id].waiting += count

    def note_frame(self, frame: worker_pb2.Frame, whole: Collection[int]) -> None:
        """Counts a frame that was not seen before; `whole` are the entries of whole iterations."""
        held = self._workers.get(frame.worker_id)
        if held is not None:
            ended = sum(
                step.ok + step.failed + step.aborted for step in frame.steps if step.entry in whole
            )
            held.open += frame.iterations_started - ended
            held.waiting += waiting_starts(frame)

    def allow(self, worker_id: str, asked: worker_pb2.RowsAsked) -> worker_pb2.AllowRows | None:
        """Allows what a worker asks for; None for one whose rows were handed over."""
        held = self._workers.get(worker_id)
        if held is None:
            return None
        for one in asked.streams:
            streams = held.streams.setdefault(one.feed, [])
            known = [it for it in streams if (it.start, it.step) == (one.start, one.step)]
            stream = known[0] if known else Stream(one.start, one.step)
            if not known:
                streams.append(stream)
            stream.taken = max(stream.taken, one.taken)
            stream.allowed = max(stream.allowed, one.allowed)
        return worker_pb2.AllowRows(streams=asked.streams)

    def forget_iterations(self) -> None:
        """Leaves iteration stages alone from now on: others took their place."""
        self._stages = ()

    def leave(
        self, worker_id: str, last: worker_pb2.Frame | None, heirs: Sequence[Heir]
    ) -> list[str]:
        """Gives what a lost worker had to others; what comes of it, in sentences.

        `last` is the worker's last frame. Without heirs everything is left undone.
        """
        held = self._workers.pop(worker_id, None)
        if held is None:
            return []
        told = []
        for name, streams in held.streams.items():
            told += self._leave_rows(name, streams, heirs)
        return told + self._leave_iterations(held, last, heirs)

    def _leave_rows(self, name: str, streams: list[Stream], heirs: Sequence[Heir]) -> list[str]:
        ends, in_doubt, moved = self._feeds.get(name, True), 0, 0
        for stream in streams:
            first = stream.start + (stream.allowed * stream.step if ends else 0)
            in_doubt += stream.allowed - stream.taken
            left = _length(first, stream.step, self.row_counts.get(name))
            if not left:
                continue
            moved += left
            for number, heir in enumerate(heirs):
                part = Stream(first + number * stream.step, stream.step * len(heirs))
                heir.rows.append(worker_pb2.RowStream(feed=name, start=part.start, step=part.step))
                self._workers[heir.worker_id].streams.setdefault(name, []).append(part)
        told = []
        if ends and in_doubt:
            told.append(f"{in_doubt} rows of {name} may have been used by it and are left out")
        if ends and moved and self.row_counts.get(name):
            whither = "go to the others" if heirs else "are left over"
            told.append(f"{moved} rows of {name} {whither}")
        return told

    def _leave_iterations(
        self, held: _Held, last: worker_pb2.Frame | None, heirs: Sequence[Heir]
    ) -> list[str]:
        told = []
        now = last.stage if last is not None else 0
        for index, stage in enumerate(self._stages):
            if stage.kind is not StageKind.ITERATIONS or index + 1 < now:
                continue
            left = _own_part(stage, held.share) + held.parts.get(index, 0)
            begun = 0
            if last is not None and index + 1 == now:
                left, begun = last.iterations_left, held.open
            # A stage of few users has room for as many workers only.
            takers = [heir for heir in heirs[: max(stage.users, 1)] if heir.stage <= index + 1]
            for number, heir in enumerate(takers):
                count = left // len(takers) + (number < left % len(takers))
                if count:
                    heir.iterations[index] = heir.iterations.get(index, 0) + count
                    parts = self._workers[heir.worker_id].parts
                    parts[index] = parts.get(index, 0) + count
            if left:
                whither = "go to the others" if takers else "are not sent: nobody is left for them"
                told.append(f"{left} iterations of stage {index + 1} {whither}")
            if begun:
                told.append(f"{begun} that it had begun were aborted with it")
        return told


def _shared_feeds(plan: Plan) -> dict[str, bool]:
    return {
        feed.name: feed.at_end is FeedEnd.STOP or feed.order is FeedOrder.UNIQUE
        for feed in plan.feeds
        if feed.order in (FeedOrder.SEQUENTIAL, FeedOrder.UNIQUE)
    }


def waiting_starts(frame: worker_pb2.Frame) -> int:
    """How many more planned starts wait for a free user after a frame than before it."""
    begun = frame.arrivals_started + frame.arrivals_dropped + frame.arrivals_given_up
    return int(frame.arrivals_due - begun)


def _own_part(stage: Stage, share: worker_pb2.Share) -> int:
    """Iterations of a stage that a worker has by its share, as the engine counts them."""
    count = min(max(share.count, 1), max(stage.users, 1))
    return _length(share.index, count, int(stage.to)) if share.index < count else 0


def _length(first: int, step: int, total: int | None) -> int:
    """How many of `first`, `first + step`, … lie below a total; 1 when that is not known."""
    if total is None:
        return 1
    return max(0, -(-(total - first) // max(step, 1)))
