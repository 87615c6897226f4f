"""Who may use which rows and iterations, and who takes over what a lost worker leaves.

Rows of a feed are streams of numbers (`start`, `start + step`, …). A worker takes rows of a feed
that ends only as far as it was allowed. What it was not allowed is certainly unused and goes to
others; the rest of its allowance may have been used after its last word, and nobody uses it again.

Iterations are counted by frames: what a lost worker had not begun by its last frame goes to others.

When workers join, the rows of a feed that ends are dealt anew from the first number on that nobody
was allowed and no stream was given before; below it everybody keeps what it has.
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
    end: int = 0
    """Only numbers below it; 0: to the end of the table."""

    @property
    def front(self) -> int:
        """The lowest number that is not below one that was allowed."""
        return self.start + max(self.allowed - 1, 0) * self.step + 1

    def message(self, feed: str) -> worker_pb2.RowStream:
        """What the worker is told."""
        return worker_pb2.RowStream(feed=feed, start=self.start, step=self.step, end=self.end)


class NoRows(Exception):
    """Rows cannot be dealt anew; says of which feed and why."""


@dataclass(slots=True)
class _Held:
    """What one worker has."""

    share: worker_pb2.Share | None
    """None for a worker that joined: it has no iterations of its own."""
    streams: dict[str, list[Stream]] = field(default_factory=dict)
    parts: dict[int, int] = field(default_factory=dict)
    """Iterations of lost workers, by stage."""
    open: int = 0
    """Iterations that were begun and have not ended, by its frames."""
    waiting: int = 0
    """Planned starts that had come due and waited for a free user, by its frames."""
    told: bool = False
    """It is known which rows it was allowed."""


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
        self._present = set(self._feeds)
        """Those that the plan has now."""
        self._begun: dict[str, dict[str, tuple[int, int]]] = {}
        """Feeds that began with an edited plan: worker -> index and count of its rows."""
        self._stages = plan.stages or (Stage(kind=StageKind.ITERATIONS, to=1, users=1),)
        self._workers: dict[str, _Held] = {}
        self._left: dict[str, int] = {}
        """Of feeds that end: numbers below it may have been used by workers that are lost."""
        self.forgets_lost = False
        """Workers were lost under an earlier controller: what they may have used is not known."""
        self.row_counts: Mapping[str, int] = {}
        """Rows of the feeds; one that is missing is not known."""

    def add_worker(self, worker_id: str, share: worker_pb2.Share) -> None:
        """Names a worker with the share that it was prepared with; an empty one for who joined."""
        if not share.count:
            self._workers[worker_id] = _Held(None)
            return
        streams = {name: [Stream(share.index, share.count)] for name in self._feeds}
        self._workers[worker_id] = _Held(share, streams)

    def follow(self, plan: Plan, row_counts: Mapping[str, int]) -> None:
        """Goes on with an edited plan. Feeds that it does not have any more may come back."""
        self._present = set(_shared_feeds(plan))
        self._feeds = {**self._feeds, **_shared_feeds(plan)}
        self.row_counts = {**self.row_counts, **row_counts}

    def begin_feed(self, name: str, shares: Mapping[str, tuple[int, int]]) -> None:
        """A feed begins at its first row; each worker has the rows of its share."""
        self._begun[name] = dict(shares)
        self._left.pop(name, None)
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
        held.told = True
        allowed = worker_pb2.AllowRows(streams=asked.streams)
        for one in allowed.streams:
            streams = held.streams.setdefault(one.feed, [])
            known = [it for it in streams if (it.start, it.step) == (one.start, one.step)]
            stream = known[0] if known else Stream(one.start, one.step, end=one.end)
            if not known:
                streams.append(stream)
            if one.end:
                # Told to it under an earlier controller, perhaps.
                stream.end = min(stream.end or one.end, one.end)
            if stream.end:
                # It asked before it heard that the rest went to others.
                one.allowed = min(one.allowed, _length(stream.start, stream.step, stream.end))
            stream.taken = max(stream.taken, one.taken)
            stream.allowed = max(stream.allowed, one.allowed)
        return allowed

    @property
    def has_rows_that_end(self) -> bool:
        """True when a feed ends and its rows go round all workers."""
        return any(self._feeds.values())

    def give_back(self, worker_id: str, kept: worker_pb2.RowsAsked) -> None:
        """A worker gives back rows that it was allowed; `kept` says which it keeps."""
        held = self._workers.get(worker_id)
        for one in kept.streams if held is not None else ():
            for stream in held.streams.get(one.feed, ()) if held is not None else ():
                if (stream.start, stream.step) == (one.start, one.step):
                    stream.taken, stream.allowed = one.taken, one.allowed

    def kept(self, worker_id: str) -> worker_pb2.AllowRows:
        """What a worker is allowed now, to be told once more."""
        held = self._workers.get(worker_id)
        allowed = worker_pb2.AllowRows()
        for name, streams in held.streams.items() if held is not None else ():
            for stream in streams:
                message = stream.message(name)
                message.taken, message.allowed = stream.taken, stream.allowed
                allowed.streams.append(message)
        return allowed

    def deal(
        self, workers: Sequence[str], joined: Collection[str]
    ) -> dict[str, list[worker_pb2.RowStream]]:
        """Gives those of the workers that joined their part of the rows; what each is told.

        `workers` are all that carry a share from now on, in the order of their shares. Raises
        `NoRows`, and has changed nothing, when a feed that ends has none left for them.
        """
        fronts = {name: self._front(name) for name, ends in self._feeds.items() if ends}
        for worker_id in joined:
            self._workers[worker_id] = _Held(None, told=True)
        told: dict[str, list[worker_pb2.RowStream]] = {one: [] for one in workers}
        for name in self._feeds:
            for number, worker_id in enumerate(workers):
                held = self._workers[worker_id]
                if name not in fronts:
                    held.streams[name] = [Stream(number, len(workers))]
                    continue
                front = fronts[name]
                streams = held.streams.setdefault(name, [])
                for stream in streams:
                    stream.end = min(stream.end or front, front)
                streams.append(Stream(front + number, len(workers)))
                told[worker_id] += [stream.message(name) for stream in streams]
        return told

    def _front(self, name: str) -> int:
        """The number from which on the rows of a feed that ends can be dealt anew."""
        if name not in self._present:
            raise NoRows(f"data feed {name} was taken out of the plan, and could come back")
        total = self.row_counts.get(name)
        if self.forgets_lost or total is None:
            raise NoRows(f"which rows of {name} lost workers had is not known any more")
        if not all(held.told for held in self._workers.values()):
            raise NoRows(f"which rows of {name} are used is not known yet")
        streams = [one for held in self._workers.values() for one in held.streams.get(name, ())]
        front = max([self._left.get(name, 0), *(stream.front for stream in streams)])
        if front >= total:
            raise NoRows(f"all rows of {name} are with the workers that are there")
        return front

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
            if ends:
                self._left[name] = max(self._left.get(name, 0), stream.front)
            bound = self._bound(name, stream)
            left = _length(first, stream.step, bound)
            if not left:
                continue
            moved += left
            for number, heir in enumerate(heirs):
                start, step = first + number * stream.step, stream.step * len(heirs)
                if not _length(start, step, bound):
                    # Only streams that have rows are certain to differ in where they start.
                    break
                part = Stream(start, step, end=stream.end)
                heir.rows.append(part.message(name))
                self._workers[heir.worker_id].streams.setdefault(name, []).append(part)
        told = []
        if ends and in_doubt:
            told.append(f"{in_doubt} rows of {name} may have been used by it and are left out")
        if ends and moved and self.row_counts.get(name):
            whither = "go to the others" if heirs else "are left over"
            told.append(f"{moved} rows of {name} {whither}")
        return told

    def _bound(self, name: str, stream: Stream) -> int | None:
        """The number at which a stream ends; None when that is not known."""
        total = self.row_counts.get(name)
        if not stream.end:
            return total
        return stream.end if total is None else min(stream.end, total)

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


def _own_part(stage: Stage, share: worker_pb2.Share | None) -> int:
    """Iterations of a stage that a worker has by its share, as the engine counts them."""
    if share is None:
        return 0
    count = min(max(share.count, 1), max(stage.users, 1))
    return _length(share.index, count, int(stage.to)) if share.index < count else 0


def _length(first: int, step: int, total: int | None) -> int:
    """How many of `first`, `first + step`, … lie below a total; 1 when that is not known."""
    if total is None:
        return 1
    return max(0, -(-(total - first) // max(step, 1)))
