"""What the console makes of frames: rows, charts, earlier seconds, jumps, thresholds, replay."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest

from hazard_tui.errors import HazardError
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2
from hazard_tui.stats.windows import Windows
from hazard_tui.ui import run_texts
from hazard_tui.ui.glyphs import ASCII
from hazard_tui.ui.number_text import change_text, count_text, share_text, time_text
from hazard_tui.ui.replay import Replay
from hazard_tui.ui.run_numbers import KEPT_FRAMES, Span
from hazard_tui.ui.run_view import RunView
from tests.ui.recorded import FIRST_SECOND, event, record, second, view_of


def steady(seconds: Iterable[int], steps: int = 3) -> list[worker_pb2.Frame]:
    """Seconds in which each step has its own latency, a little different every second."""
    return [
        second(n, [10_000 * (step + 1) + 37 * n for step in range(steps)], failed=int(n % 4 == 1))
        for n in seconds
    ]


def numbers(view: RunView, until: int = 0) -> list[object]:
    """Everything that the tables show as of a second."""
    return [
        view.rows(until),
        view.task_rows(until),
        view.total_row(until),
        view.errors(until),
        view.statuses(until),
        run_texts.threshold_texts(view, until, ASCII),
        view.point_at(until),
    ]


def test_rows_are_the_numbers_of_the_stats_core() -> None:
    frames = steady(range(30))
    view, windows = view_of(record(), frames), Windows(record().entries)
    for frame in frames:
        windows.add(frame)
    groups = [(n,) for n in range(3)]
    for row, group in [*zip(view.rows(), groups, strict=True), (view.total_row(), None)]:
        whole = windows.whole(group)
        assert (row.ok, row.failed, row.aborted) == (whole.ok, whole.failed, whole.aborted)
        times = (row.p50, row.p95, row.p99, row.max, row.mean)
        service = whole.service
        assert times == pytest.approx(
            (service.p50_us, service.p95_us, service.p99_us, service.max_us, service.mean_us)
        )
        assert row.rps == pytest.approx(windows.over(10, group).per_s)
    last = windows.last()
    point = view.points[-1]
    assert (point.rps, point.failed) == (last.requests, last.failed)
    assert (point.p50, point.p95, point.p99) == pytest.approx(
        (last.service.p50_us, last.service.p95_us, last.service.p99_us)
    )


def test_an_earlier_second_shows_what_was_known_then() -> None:
    made = record(rules=("p95<31ms", "errors<1%"))
    frames = steady(range(200))
    view = view_of(made, frames)
    for last in (150, 151, 149, 20, 80, 0, 199, 60):
        then = view_of(made, frames[: last + 1])
        assert numbers(view, FIRST_SECOND + last) == numbers(then, 0), f"second {last}"


def test_a_second_stays_right_when_the_first_frames_are_no_longer_kept() -> None:
    frames = [second(n, [1000 + n % 50], count=2) for n in range(KEPT_FRAMES + 50)]
    view = view_of(record(1), frames[:-20])
    wanted = KEPT_FRAMES - 100
    assert numbers(view, FIRST_SECOND + wanted) == numbers(view_of(record(1), frames[: wanted + 1]))
    for frame in frames[-20:]:
        view.take_frame(frame)
    assert view.rows()[0].requests == 2 * len(frames)
    assert view.rows(FIRST_SECOND + wanted + 3)[0].requests == 2 * (wanted + 4)


def test_a_chart_leaves_a_gap_where_no_second_came() -> None:
    view = view_of(record(), steady([*range(10), *range(15, 20)]))
    values = view.series("rps", 60, Span())
    assert len(values) == 20
    assert [n for n, value in enumerate(values) if value is None] == [10, 11, 12, 13, 14]
    assert {value for value in values if value is not None} == {30.0}


def test_full_columns_of_a_folded_chart_never_change() -> None:
    view = view_of(record(), steady(range(120)))
    seen: dict[int, float | None] = {}
    for n in range(120, 160):
        view.take_frame(steady([n])[0])
        first, last, fold = view.bounds(20, Span(60))
        values = view.series("p95", 20, Span(60))
        assert len(values) <= 20
        whole = range(-(-first // fold), (last + 1) // fold)
        for column in whole:
            value = values[column - first // fold]
            assert seen.setdefault(column, value) == value


def test_markers_are_in_the_column_of_their_second() -> None:
    view = view_of(record(), steady(range(30)))
    for one in (event(7, "marker", "deployed"), event(9, "log", "a line of the engine")):
        view.take_event(one)
        view.take_event(one)
    assert run_texts.marked_columns(view, 60, Span()) == {7}
    assert len(view.events) == 2


def test_a_ghost_is_laid_over_by_seconds_since_the_start() -> None:
    view = view_of(record(), steady(range(20)))
    view.ghost = view_of(record(), steady(range(1000, 1010), steps=1))
    values = view.ghost_series("rps", 60, Span())
    assert values == [10.0] * 10 + [None] * 10


def with_workers(
    usual: list[int], odd: list[int], *, failed: int = 0, status: int = 200
) -> RunView:
    """Twenty usual seconds of two workers, then four in which one of them is odd."""
    view = RunView(record(len(usual)))
    for n in range(24):
        late = n >= 20
        parts = [
            second(n, usual, worker="w0"),
            second(
                n,
                odd if late else usual,
                worker="w1",
                failed=failed if late else 0,
                status=status,
            ),
        ]
        for frame in (*parts, merged(parts)):
            view.take_frame(frame)
    return view


def merged(parts: list[worker_pb2.Frame]) -> worker_pb2.Frame:
    """The frame of the whole fleet, as the controller makes it."""
    from hazard_tui.stats.merge import FrameSum

    total = FrameSum()
    for part in parts:
        total.add(part)
    frame = total.frame()
    frame.second = parts[0].second
    return frame


def test_a_slow_step_is_named_first_when_p95_jumps() -> None:
    change = with_workers([5000, 6000, 7000], [5000, 6000, 90_000]).changes.last()
    assert change is not None
    assert (change.what, change.second) == ("p95", FIRST_SECOND + 20)
    steps = [one.name for one in change.movers if one.kind == "step"]
    workers = [one.name for one in change.movers if one.kind == "worker"]
    assert steps[0] == "step 2"
    assert workers == ["127.0.0.1:2"]
    assert "90.1ms" in change.movers[0].after or "90ms" in change.text


def test_a_status_and_its_step_are_named_when_failures_jump() -> None:
    view = with_workers([5000, 6000], [5000, 6000], failed=6, status=503)
    change = view.changes.last()
    assert change is not None
    assert change.what == "errors"
    found = {(one.kind, one.name) for one in change.movers}
    assert {("step", "step 0"), ("status", "503"), ("error", "refused")} <= found
    assert ("worker", "127.0.0.1:2") in found
    assert ("step", "step 1") not in found
    assert change.text == "failures went from 0.0% to 15.0%"
    assert view.changes.last(FIRST_SECOND + 10) is None


def test_a_steady_run_has_no_jump() -> None:
    assert not view_of(record(), steady(range(100))).changes.found


@pytest.mark.parametrize(
    ("rule", "word"),
    [("p95<40ms", "ok"), ("p95<32ms", "at risk"), ("p95<20ms", "broken"), ("rps>31", "broken")],
)
def test_a_threshold_has_a_glyph_and_a_word(rule: str, word: str) -> None:
    view = view_of(record(rules=(rule,)), [second(n, [30_000] * 3) for n in range(10)])
    (text,) = run_texts.threshold_texts(view, 0, ASCII)
    glyph = {"ok": ASCII.good, "at risk": ASCII.warn, "broken": ASCII.bad}[word]
    assert text.startswith(f"{glyph} {rule} {word} (")


def updates_of(view_record: control_pb2.RunRecord, count: int) -> list[control_pb2.RunUpdate]:
    """A recorded run as the controller sends it."""
    frames = [control_pb2.RunUpdate(frame=frame) for frame in steady(range(count))]
    return [control_pb2.RunUpdate(record=view_record), *frames]


def test_a_replay_shows_the_same_second_by_second() -> None:
    made = record()
    made.state = control_pb2.RUN_STATE_FINISHED
    replay = Replay(updates_of(made, 12))
    replay.pause()
    for n in range(12):
        assert replay.step()
        assert numbers(replay.view) == numbers(view_of(made, steady(range(n + 1))))
    assert not replay.step()
    assert replay.view.state_text == "replay over 0:12/2:00"


async def test_a_replay_plays_at_any_speed_pauses_and_ends() -> None:
    replay = Replay(updates_of(record(), 300), speed=1000)
    replay.pause()
    playing = asyncio.create_task(replay.play(lambda: True))
    await asyncio.sleep(0)
    assert replay.text == "paused"
    assert len(replay.view.points) == 1
    replay.pause()
    async with asyncio.timeout(10):
        await playing
    assert len(replay.view.points) == 300
    for wrong in (0.0, 5000.0):
        with pytest.raises(HazardError):
            replay.set_speed(wrong)


def test_numbers_have_few_digits() -> None:
    assert [time_text(us) for us in (0, 82.4, 999.6, 4312, 99_960, 1_234_000)] == [
        "-", "82us", "1ms", "4.31ms", "100ms", "1.23s",
    ]  # fmt: skip
    assert [count_text(n) for n in (0, 9.994, 9.996, 950, 12_345, 999_951)] == [
        "0", "9.99", "10", "950", "12.3k", "1.00M",
    ]  # fmt: skip
    assert [share_text(n) for n in (0, 0.0001, 0.123)] == ["0", "<0.1%", "12.3%"]
    assert [change_text(n) for n in (None, 0.001, 0.12, -0.5, 20)] == [
        "", "=", "+12%", "-50%", "x21",
    ]  # fmt: skip
