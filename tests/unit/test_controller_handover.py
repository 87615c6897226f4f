"""Rows and iterations of lost workers: each goes to somebody once, also after a second loss."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hazard_tui.controller.handover import Handover, Heir, NoRows
from hazard_tui.plan.model import DataFeed, FeedEnd, FeedOrder, Plan, Stage, StageKind
from hazard_tui.rpc.gen.hazard.v1 import worker_pb2

PEOPLE = DataFeed(name="people", order=FeedOrder.UNIQUE, at_end=FeedEnd.STOP)


def handover_of(workers: int, rows: int, *stages: Stage) -> Handover:
    """A run over some workers `w0`, `w1`, …"""
    made = Handover(Plan(feeds=(PEOPLE,), stages=stages))
    made.row_counts = {"people": rows}
    for index in range(workers):
        made.add_worker(f"w{index}", worker_pb2.Share(index=index, count=workers))
    return made


def asking(start: int, step: int, taken: int, allowed: int) -> worker_pb2.RowsAsked:
    """What a worker asks for."""
    stream = worker_pb2.RowStream(
        feed="people", start=start, step=step, taken=taken, allowed=allowed
    )
    return worker_pb2.RowsAsked(streams=[stream])


def numbers(stream: worker_pb2.RowStream, total: int, first: int = 0) -> list[int]:
    """Row numbers of a stream from some place on."""
    return list(range(stream.start + first * stream.step, total, stream.step))


@settings(max_examples=200)
@given(
    workers=st.integers(3, 6),
    rows=st.integers(0, 60),
    allowed=st.integers(0, 12),
    second=st.integers(0, 5),
)
def test_after_two_losses_each_row_is_in_one_hand_or_was_allowed_to_a_lost_worker(
    workers: int, rows: int, allowed: int, second: int
) -> None:
    run = handover_of(workers, rows)
    own = worker_pb2.RowStream(start=0, step=workers)
    allowed = min(allowed, len(numbers(own, rows)))
    run.allow("w0", asking(0, workers, 0, allowed))
    heirs = [Heir(f"w{index}", 1) for index in range(1, workers)]
    run.leave("w0", None, heirs)
    # The second loss is one of the heirs, which was allowed some of what it got.
    got = heirs[0].rows[0] if heirs[0].rows else None
    used = numbers(own, rows)[:allowed]
    if got is not None:
        second = min(second, len(numbers(got, rows)))
        run.allow("w1", asking(got.start, got.step, 0, second))
        used += numbers(got, rows)[:second]
    last = [Heir(f"w{index}", 1) for index in range(2, workers)]
    run.leave("w1", None, last)
    held = Counter(used)
    for index in range(2, workers):
        held.update(numbers(worker_pb2.RowStream(start=index, step=workers), rows))
    for heir in (*heirs[1:], *last):
        for stream in heir.rows:
            held.update(numbers(stream, rows))
    assert held == Counter(range(rows))


def test_rows_that_were_handed_over_are_not_allowed_any_more() -> None:
    run = handover_of(2, 10, Stage(to=4, duration_ms=1000))
    assert run.allow("w0", asking(0, 2, 0, 3)) is not None
    told = run.leave("w0", None, [Heir("w1", 1)])
    assert told == [
        "3 rows of people may have been used by it and are left out",
        "2 rows of people go to the others",
    ]
    assert run.allow("w0", asking(0, 2, 3, 5)) is None
    assert run.leave("w0", None, [Heir("w1", 1)]) == []


def test_iterations_of_this_and_later_stages_go_to_those_who_can_still_do_them() -> None:
    stages = (
        Stage(kind=StageKind.ITERATIONS, to=30, users=9),
        Stage(to=4, duration_ms=1000),
        Stage(kind=StageKind.ITERATIONS, to=10, users=1),
        Stage(kind=StageKind.ITERATIONS, to=9, users=9),
    )
    run = handover_of(3, 0, *stages)
    frame = worker_pb2.Frame(worker_id="w0", stage=1, iterations_left=7, iterations_started=3)
    run.note_frame(frame, [0])
    ahead, beside = Heir("w1", 2), Heir("w2", 1)
    told = run.leave("w0", frame, [ahead, beside])
    assert ahead.iterations == {2: 10, 3: 2}
    assert beside.iterations == {0: 7, 3: 1}
    assert "7 iterations of stage 1 go to the others" in told
    assert "3 that it had begun were aborted with it" in told
    # What an heir had been given is left once more when it is lost before it began.
    alone = Heir("w2", 1)
    run.leave("w1", worker_pb2.Frame(worker_id="w1", stage=2), [alone])
    assert alone.iterations == {2: 10, 3: 5}


def test_without_heirs_it_is_said_what_is_not_sent() -> None:
    run = handover_of(2, 4, Stage(kind=StageKind.ITERATIONS, to=8, users=2))
    assert run.leave("w1", None, []) == [
        "2 rows of people are left over",
        "4 iterations of stage 1 are not sent: nobody is left for them",
    ]


class Hands:
    """Rows that every worker may still take, and those that were allowed, as workers hear it."""

    def __init__(self, run: Handover, workers: int, rows: int) -> None:
        self.run, self.rows = run, rows
        self.used: list[int] = []
        self.joined = 0
        self.streams: dict[str, dict[tuple[int, int], list[int]]] = {}
        """Worker -> (start, step) -> [end, allowed]."""
        for index in range(workers):
            self.streams[f"w{index}"] = {(index, workers): [0, 0]}
            run.allow(f"w{index}", asking(index, workers, 0, 0))

    def left(self, worker: str, key: tuple[int, int]) -> list[int]:
        """Rows of a stream that the worker was not allowed."""
        end, allowed = self.streams[worker][key]
        return list(range(key[0], min(end or self.rows, self.rows), key[1]))[allowed:]

    def hear(self, worker: str, streams: Iterable[worker_pb2.RowStream]) -> None:
        """A worker is told of streams."""
        for one in streams:
            self.streams[worker].setdefault((one.start, one.step), [0, 0])[0] = one.end

    def ask(self, worker: str, more: int) -> None:
        """A worker asks for more rows of every stream, and is taken to use what it is allowed."""
        for key in list(self.streams[worker]):
            own = self.streams[worker][key]
            before = self.left(worker, key)
            wanted = min(own[1] + more, own[1] + len(before))
            allowed = self.run.allow(worker, asking(*key, own[1], wanted))
            assert allowed is not None
            given = allowed.streams[0].allowed - own[1]
            self.used += before[: max(given, 0)]
            own[1] += max(given, 0)

    def join(self, count: int) -> None:
        """Workers join, unless there are no rows for them."""
        fresh = [f"j{self.joined + number}" for number in range(count)]
        self.joined += count
        try:
            told = self.run.deal([*self.streams, *fresh], fresh)
        except NoRows:
            return
        for worker, streams in told.items():
            self.streams.setdefault(worker, {})
            self.hear(worker, streams)

    def lose(self, number: int) -> None:
        """A worker is lost; somebody stays."""
        if len(self.streams) < 2:
            return
        lost = sorted(self.streams)[number % len(self.streams)]
        del self.streams[lost]
        heirs = [Heir(worker, 1) for worker in self.streams]
        self.run.leave(lost, None, heirs)
        for heir in heirs:
            self.hear(heir.worker_id, heir.rows)


@settings(max_examples=300)
@given(
    workers=st.integers(1, 4),
    rows=st.integers(0, 120),
    acts=st.lists(
        st.tuples(st.sampled_from(("ask", "join", "lose")), st.integers(0, 5), st.integers(1, 3)),
        max_size=12,
    ),
)
def test_whoever_joins_or_is_lost_each_row_is_in_one_hand(
    workers: int, rows: int, acts: list[tuple[str, int, int]]
) -> None:
    hands = Hands(handover_of(workers, rows), workers, rows)
    for act, number, count in acts:
        if act == "ask":
            hands.ask(sorted(hands.streams)[number % len(hands.streams)], count)
        elif act == "join":
            hands.join(count)
        else:
            hands.lose(number)
    held = Counter(hands.used)
    for worker, streams in hands.streams.items():
        for key in streams:
            held.update(hands.left(worker, key))
    assert held == Counter(range(rows))


def test_rows_that_a_worker_gave_back_are_dealt_and_not_allowed_to_it_any_more() -> None:
    run = handover_of(1, 100)
    run.allow("w0", asking(0, 1, 10, 100))
    with pytest.raises(NoRows, match="all rows of people are with the workers"):
        run.deal(["w0", "w1"], ["w1"])
    run.give_back("w0", asking(0, 1, 12, 20))
    told = run.deal(["w0", "w1"], ["w1"])
    assert [(one.start, one.step, one.end) for one in told["w0"]] == [(0, 1, 20), (20, 2, 0)]
    assert [(one.start, one.step, one.end) for one in told["w1"]] == [(21, 2, 0)]
    late = run.allow("w0", asking(0, 1, 20, 80))
    assert late is not None
    assert late.streams[0].allowed == 20


def test_rows_are_not_dealt_while_it_is_not_known_who_may_use_which() -> None:
    run = handover_of(2, 100)
    run.allow("w0", asking(0, 2, 0, 4))
    with pytest.raises(NoRows, match="not known yet"):
        run.deal(["w0", "w1", "w2"], ["w2"])
    run.allow("w1", asking(1, 2, 0, 4))
    run.forgets_lost = True
    with pytest.raises(NoRows, match="not known any more"):
        run.deal(["w0", "w1", "w2"], ["w2"])
