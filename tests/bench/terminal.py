"""What the console costs a person on a remote line: bytes per second, and how soon keys are echoed.

A run whose seconds are made here is watched on pseudo-terminals of several sizes and speeds, by the
console as it is and, as a control, with pictures written as Textual writes them by itself.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence

from tests.support.terminal import MeteredPty

VIEWS = ("workers", "errors", "changes", "heat", "events", "steps")
TYPED = "abcdefghij" * 4
LINES = (0, 32_000, 16_000, 8_000, 4_000)
"""Bytes per second; 0: as fast as it comes."""
GIVEN_UP_S = 12.0


def main() -> None:
    """Prints one table for a fast line and one for slow ones."""
    print("fast line               kB/s   key p50   key p95   view ms   F2 ms   F2 bytes")
    for size, steps, hertz in (
        ((120, 40), 20, 1),
        ((80, 24), 20, 1),
        ((120, 40), 20, 4),
        ((120, 40), 500, 1),
    ):
        print(_fast(size, steps, hertz))
    print("\n120x40, 20 rows, 4 pictures a second: ms to open a dialog, key p50, key p95")
    print("bytes/s                     painter                  as Textual writes")
    for bytes_per_s in LINES:
        ours, control = _slow(bytes_per_s), _slow(bytes_per_s, "--as-textual")
        print(f"{bytes_per_s or 'no limit':>10}  {ours:>24}  {control:>24}")


def _watch(folder: str, size: tuple[int, int], *options: str) -> MeteredPty:
    environment = {
        "HAZARD_RUNTIME_DIR": f"{folder}/run",
        "HAZARD_DATA_DIR": f"{folder}/data",
        "XDG_CONFIG_HOME": f"{folder}/config",
        "HOME": folder,
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": os.getcwd(),
    }
    command = [sys.executable, "-m", "tests.terminal.watched_run", *options]
    terminal = MeteredPty(command, environment, *size)
    terminal.until("all requests")
    terminal.run_for(1.5)
    return terminal


def _fast(size: tuple[int, int], steps: int, hertz: int) -> str:
    with tempfile.TemporaryDirectory(prefix="hz") as folder:
        terminal = _watch(folder, size, "--steps", str(steps), "--hz", str(hertz))
        try:
            rate = terminal.run_for(8) / 1000
            views = []
            for name in VIEWS * 3:
                terminal.run_for(0.13)
                terminal.press("tab")
                views.append(terminal.until(f"{name} (tab)"))
            before = len(terminal.raw)
            terminal.press("f2")
            fleet = terminal.until("No workers.")
            painted = len(terminal.raw) - before
            terminal.press("f3")
            terminal.until("all requests")
            keys = _echoes(terminal)
        finally:
            terminal.close()
    name = f"{size[0]}x{size[1]} {steps} rows {hertz}/s"
    return (
        f"{name:20} {rate:7.1f} {_ms(keys, 50):9.1f} {_ms(keys, 95):9.1f} {_ms(views, 50):9.0f} "
        f"{fleet * 1000:7.0f} {painted:10}"
    )


def _slow(bytes_per_s: int, *options: str) -> str:
    with tempfile.TemporaryDirectory(prefix="hz") as folder:
        terminal = _watch(folder, (120, 40), "--hz", "4", *options)
        try:
            terminal.slow_down(bytes_per_s)
            terminal.run_for(2)
            keys = _echoes(terminal)
            return f"{keys[0] * 1000:.0f}, {_ms(keys[1:], 50):.0f}, {_ms(keys[1:], 95):.0f}"
        except AssertionError:
            return f"nothing in {GIVEN_UP_S:g} s"
        finally:
            terminal.close()


def _echoes(terminal: MeteredPty) -> list[float]:
    """Seconds until a dialog is open, then until each of its characters is seen."""
    terminal.press("m")
    waits = [terminal.until("what happened", deadline_s=GIVEN_UP_S)]
    for count, key in enumerate(TYPED, 1):
        terminal.run_for(0.1)
        terminal.press(key)
        waits.append(terminal.until(TYPED[max(0, count - 4) : count], deadline_s=GIVEN_UP_S))
    return waits


def _ms(seconds: Sequence[float], percent: int) -> float:
    return sorted(seconds)[min(len(seconds) - 1, len(seconds) * percent // 100)] * 1000
