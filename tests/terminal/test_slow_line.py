"""The Run screen on slow lines: keys are echoed soon, and what the line has no time for is left."""

from __future__ import annotations

import string
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from tests.support.terminal import MeteredPty

Watch = Callable[..., MeteredPty]

ECHO_S = {16_000: 0.25, 8_000: 0.4}
"""Wanted 95th percentile from a key to its character, by bytes per second of the line."""
TYPED = string.ascii_lowercase + string.digits + "ABCDEFGH"
"""No four characters stand in it twice, so that each key is seen to arrive."""
SEEN = 4


@pytest.fixture
def watch(environment: dict[str, str]) -> Iterator[Watch]:
    """Watches a run of made seconds on a metered terminal."""
    made: list[MeteredPty] = []

    def start(*options: str, size: tuple[int, int] = (120, 40)) -> MeteredPty:
        command = [sys.executable, "-m", "tests.terminal.watched_run", *options]
        terminal = MeteredPty(command, environment, *size)
        made.append(terminal)
        terminal.until("all requests")
        terminal.run_for(0.5)
        return terminal

    yield start
    for terminal in made:
        terminal.close()


def dialog_s(terminal: MeteredPty) -> float:
    """Seconds until a dialog has opened above the run."""
    terminal.press("m")
    return terminal.until("what happened")


def echo_times_s(terminal: MeteredPty) -> list[float]:
    """Seconds from each key to its character in a dialog above the run, shortest first."""
    dialog_s(terminal)
    waits = []
    for count, key in enumerate(TYPED, 1):
        terminal.run_for(0.1)
        terminal.press(key)
        wait = terminal.until(TYPED[max(0, count - SEEN) : count])
        # Fewer characters may stand elsewhere on the screen.
        if count >= SEEN:
            waits.append(wait)
    return sorted(waits)


@pytest.mark.parametrize("bytes_per_s", sorted(ECHO_S))
def test_a_key_is_echoed_soon_on_a_slow_line_while_four_pictures_a_second_come(
    watch: Watch, bytes_per_s: int
) -> None:
    terminal = watch("--hz", "4")
    terminal.slow_down(bytes_per_s)
    terminal.run_for(2)
    waits = echo_times_s(terminal)
    assert waits[len(waits) * 95 // 100] <= ECHO_S[bytes_per_s], waits


def test_five_hundred_names_leave_keys_quick(watch: Watch) -> None:
    waits = echo_times_s(watch("--steps", "500"))
    # Measured: below 10 ms. The machine that runs the tests may be busy with others of them.
    assert waits[len(waits) // 2] <= 0.05, waits
    assert waits[len(waits) * 95 // 100] <= 0.25, waits


def test_without_the_painter_a_key_waits_behind_old_pictures(watch: Watch) -> None:
    terminal = watch("--hz", "4", "--as-textual")
    terminal.slow_down(8_000)
    terminal.run_for(2)
    terminal.press("m")
    with pytest.raises(AssertionError, match="never came on the screen"):
        terminal.until("what happened", deadline_s=2 * ECHO_S[8_000])


def test_a_line_that_stood_still_shows_the_newest_picture_at_once(watch: Watch) -> None:
    terminal = watch("--hz", "4")
    terminal.until("running 1:15")
    # Nothing is read for three seconds, as on a line that is dead for a while.
    time.sleep(3)
    terminal.slow_down(16_000)
    before = len(terminal.raw)
    terminal.until("running 1:2")
    # Twelve pictures were due; what comes is less than two of them as Textual writes them.
    assert len(terminal.raw) - before < 8_000
    terminal.press("f2")
    terminal.until("No workers.", deadline_s=2)


def test_the_tier_follows_a_very_slow_line_down_and_up_again(watch: Watch) -> None:
    terminal = watch("--hz", "4")
    terminal.slow_down(3_000)
    terminal.until(" line", deadline_s=8)
    terminal.slow_down(0)
    terminal.run_for(11)
    screen = terminal.screen().splitlines()[0]
    assert "slow line" not in screen, screen
