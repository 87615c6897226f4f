"""What the console costs on a remote line, measured on a pseudo-terminal."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

from tests.support.terminal import MeteredPty

MakePty = Callable[..., MeteredPty]

IDLE_BYTES_PER_S = 200
KEY_BYTES = 300


def test_an_idle_console_is_silent(metered: MakePty, plan_file: Path) -> None:
    terminal = metered(plan_file)
    terminal.until("browse")
    terminal.press("down", "down")
    terminal.until("{{host}}/login")
    terminal.press("enter")
    terminal.run_for(2)
    assert terminal.run_for(5) <= IDLE_BYTES_PER_S, terminal.screen()


def test_a_key_in_a_field_costs_a_few_hundred_bytes(metered: MakePty, plan_file: Path) -> None:
    terminal = metered(plan_file)
    terminal.until("browse")
    terminal.press("down", "down")
    terminal.until("{{host}}/login")
    terminal.press("enter")
    terminal.run_for(1)
    before = len(terminal.raw)
    typed = "abcdefghij"
    for count, key in enumerate(typed, 1):
        terminal.press(key)
        terminal.until(typed[:count])
    per_key = (len(terminal.raw) - before) / len(typed)
    assert per_key <= KEY_BYTES, f"{per_key:.0f} bytes per key\n{terminal.screen()}"


def test_a_line_that_is_slow_for_five_seconds_lowers_the_tier(
    metered: MakePty, plan_file: Path
) -> None:
    terminal = metered(plan_file)
    terminal.until("browse")
    terminal.slow_down(2500)
    start = time.monotonic()
    while time.monotonic() - start < 5:
        terminal.press("f2")
        terminal.run_for(0.1)
        terminal.press("f1")
        terminal.run_for(0.1)
    terminal.slow_down(0)
    terminal.until(" line", deadline_s=8)
    terminal.press("f12")
    terminal.until("kB/s")
    assert re.search(r"tier (lean|slow)", terminal.screen())
