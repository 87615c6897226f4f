"""Pictures on the terminal: only what differs is written, no faster than the line carries it."""

from __future__ import annotations

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from hazard_tui.ui.line_window import (
    MOST_UNANSWERED,
    NARROWEST,
    QUEUE_S,
    WIDEST,
    LineWindow,
)
from hazard_tui.ui.picture import PLAIN, Picture, change_of, pen_of

WIDTH, HEIGHT = 30, 4
TRUE = ColorSystem.TRUECOLOR
STYLES = [
    Style(),
    Style(color="red"),
    Style(color="#102030", bgcolor="#405060"),
    Style(bgcolor="#405060", bold=True),
    Style(underline=True, color="bright_green"),
    Style(reverse=True),
]
TEXTS = st.text(alphabet="ab .█日é▁", max_size=WIDTH)
LINES = st.lists(
    st.lists(st.tuples(TEXTS, st.sampled_from(STYLES)), max_size=4),
    min_size=HEIGHT,
    max_size=HEIGHT,
)


class Terminal:
    """A terminal that takes pieces."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self.stream = pyte.Stream(self.screen)

    def cells(self) -> list[tuple[object, ...]]:
        """Every cell with what a person sees of it."""
        rows = [self.screen.buffer[y] for y in range(HEIGHT)]
        return [
            (c.data, c.fg if c.data.strip() else "", c.bg, c.bold, c.underscore, c.reverse)
            for row in rows
            for c in (row[x] for x in range(WIDTH))
        ]


def picture_of(lines: list[list[tuple[str, Style]]]) -> list[list[Strip]]:
    """Strips of a whole screen."""
    plain = Style()
    made = [Strip([Segment(*part) for part in line]) for line in lines]
    return [[one.adjust_cell_length(WIDTH, plain)] for one in made]


@pytest.mark.parametrize("erases", [True, False])
@settings(max_examples=60)
@given(pictures=st.lists(LINES, min_size=1, max_size=3), limit=st.integers(1, 400))
def test_pieces_of_any_size_lead_to_the_same_screen_as_the_whole(
    erases: bool, pictures: list[list[list[tuple[str, Style]]]], limit: int
) -> None:
    slow, whole = Terminal(), Terminal()
    picture = Picture(erases=erases)
    for lines in pictures:
        picture.take_lines(picture_of(lines), WIDTH, TRUE)
        slow.stream.feed(picture.piece(limit))
    for _ in range(2000):
        if not picture.is_stale:
            break
        slow.stream.feed(picture.piece(limit))
    fresh = Picture()
    fresh.take_lines(picture_of(pictures[-1]), WIDTH, TRUE)
    whole.stream.feed(fresh.piece(10**6))
    assert slow.cells() == whole.cells()


def test_only_the_cells_that_differ_are_written() -> None:
    picture = Picture()
    picture.take_lines(picture_of([[("rps 408  ", STYLES[1])]] * HEIGHT), WIDTH, TRUE)
    picture.piece(10**6)
    lines = [[("rps 408  ", STYLES[1])]] * (HEIGHT - 1) + [[("rps 412  ", STYLES[1])]]
    picture.take_lines(picture_of(lines), WIDTH, TRUE)
    assert picture.piece(10**6) == "\x1b[4;6H\x1b[31m12\x1b[m"
    assert not picture.is_stale
    picture.forget()
    assert picture.is_stale


def test_a_picture_that_was_replaced_before_it_was_written_is_never_written() -> None:
    picture = Picture()
    picture.take_lines(picture_of([[("a" * 20, STYLES[0])]] * HEIGHT), WIDTH, TRUE)
    picture.piece(10**6)
    for char in "bcd":
        picture.take_lines(picture_of([[(char * 20, STYLES[0])]] * HEIGHT), WIDTH, TRUE)
    text = picture.piece(10**6)
    assert text.count("d" * 20) == HEIGHT
    assert "b" not in text
    assert "c" not in text


def test_the_line_that_changed_last_goes_out_first() -> None:
    picture = Picture()
    lines = [[("old", STYLES[0])]] * HEIGHT
    picture.take_lines(picture_of(lines), WIDTH, TRUE)
    picture.take_lines(picture_of([*lines[:2], [("new", STYLES[0])], *lines[3:]]), WIDTH, TRUE)
    assert picture.piece(1).startswith("\x1b[3;1Hnew")
    assert picture.is_stale


def test_a_pen_changes_by_what_differs_and_starts_anew_where_it_must() -> None:
    red, bold_red = pen_of("31"), pen_of("1;31;48;2;1;2;3")
    assert change_of(PLAIN, red) == "\x1b[31m"
    assert change_of(red, bold_red) == "\x1b[1;48;2;1;2;3m"
    assert change_of(bold_red, red) == "\x1b[;31m"
    assert change_of(red, red) == ""
    assert pen_of("38;5;200;107").back == "107"


class SlowLine:
    """A line of so many bytes a second behind a `LineWindow`; answers when it gets there."""

    def __init__(self, window: LineWindow, bytes_per_s: float, trip_s: float = 0.002) -> None:
        self.window, self.bytes_per_s, self.trip_s = window, bytes_per_s, trip_s
        self.now, self.free_at = 0.0, 0.0

    def send(self, count: int) -> None:
        """Writes with a question behind it."""
        self.window.wrote(count, self.now)
        self.free_at = max(self.now, self.free_at) + count / self.bytes_per_s
        if not self.window.is_asking:
            self.window.asked(self.now)

    def wait(self) -> float:
        """Until the answer; how long what was written took."""
        took = self.free_at + self.trip_s - self.now
        self.now = self.free_at + self.trip_s
        self.window.heard(self.now)
        return took

    def carry(self, count: int) -> float:
        """Sends so many bytes in pieces; the longest that one was on its way."""
        longest = 0.0
        while count > 0:
            piece = min(count, self.window.room(self.now))
            self.send(piece)
            longest = max(longest, self.wait())
            count -= piece
        return longest


@pytest.mark.parametrize("bytes_per_s", [4_000, 8_000, 16_000])
def test_no_more_is_on_its_way_than_a_slow_line_carries_soon(bytes_per_s: int) -> None:
    window = LineWindow()
    line = SlowLine(window, bytes_per_s)
    line.carry(100)
    line.carry(20_000)
    line.carry(20_000)
    assert line.carry(10_000) <= QUEUE_S * 2.2
    assert window.bytes_per_s == pytest.approx(bytes_per_s, rel=0.9)
    assert window.size >= NARROWEST


def test_a_line_that_got_fast_again_is_used_again() -> None:
    window = LineWindow()
    line = SlowLine(window, 8_000)
    line.carry(100)
    line.carry(30_000)
    assert window.size < 2_000
    line.bytes_per_s = 10e6
    line.carry(200_000)
    assert window.size > 30_000


def test_a_distant_terminal_on_a_fast_line_is_not_slow() -> None:
    window = LineWindow()
    line = SlowLine(window, 5e6, trip_s=0.3)
    line.carry(100)
    line.carry(40_000)
    assert window.size == WIDEST


def test_a_terminal_that_never_answers_is_paced_by_its_writes() -> None:
    window = LineWindow()
    for n in range(MOST_UNANSWERED + 1):
        window.asked(float(n))
    assert not window.answers
    assert window.room(10.0) == WIDEST
    window.write_took(4_000, 0.5)
    assert window.size == 800
    window.wrote(800, 20.0)
    assert window.room(20.05) == 0
    assert window.room(window.wakes_at(20.05)) == 800


def test_a_terminal_that_answered_once_is_asked_until_it_answers_again() -> None:
    window = LineWindow()
    window.asked(0.0)
    window.heard(0.01)
    window.wrote(50_000, 1.0)
    for n in range(10):
        window.asked(1.0 + n)
    assert window.answers
    assert window.wakes_at(11.0) <= 10.0 + 2.0
    window.heard(12.0)
    assert window.unheard == 0


def test_a_window_that_became_narrower_than_what_is_on_its_way_wants_a_question() -> None:
    window = LineWindow()
    window.wrote(4_000, 0.0)
    window.asked(0.0)
    assert not window.needs_question(0.0)
    window.heard(0.01)
    window.wrote(4_000, 1.0)
    window.asked(1.0)
    window.wrote(4_000, 1.0)
    window.heard(9.0)
    assert window.unheard == 4_000
    assert window.room(9.0) == 0
    assert window.needs_question(9.0)
    window.asked(9.0)
    window.heard(9.1)
    assert window.room(9.1) > 0
