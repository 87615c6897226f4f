"""The console's screen as text, for assertions and for the message of a failing test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.app import App
from textual.pilot import Pilot

STILL = 5
"""Looks in a row at the same screen after which it counts as still."""


def screen_text(app: App[Any]) -> str:
    """What the terminal shows, line by line, without colours."""
    compositor = app.screen._compositor
    strips = compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


async def until(pilot: Pilot[Any], wanted: str, *, tries: int = 400) -> str:
    """Waits until the screen shows a text; the screen then. Fails with the screen as text."""
    for _ in range(tries):
        shown = screen_text(pilot.app)
        if wanted in shown:
            return shown
        await pilot.pause(0.02)
    raise AssertionError(f"{wanted!r} never came on the screen:\n{screen_text(pilot.app)}")


async def until_true(
    pilot: Pilot[Any], is_so: Callable[[], object], what: str, *, tries: int = 400
) -> None:
    """Waits until a condition holds. Fails with the screen as text."""
    for _ in range(tries):
        if is_so():
            return
        await pilot.pause(0.02)
    raise AssertionError(f"{what} never came true; the screen is\n{screen_text(pilot.app)}")


async def until_still(pilot: Pilot[Any], *, tries: int = 400) -> str:
    """Waits until the screen was the same in several looks in a row; the screen then."""
    shown, same = screen_text(pilot.app), 0
    for _ in range(tries):
        await pilot.pause(0.01)
        before, shown = shown, screen_text(pilot.app)
        same = same + 1 if shown == before else 0
        if same == STILL:
            return shown
    raise AssertionError(f"the screen never stood still:\n{shown}")


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Presses keys; `'text` types a text."""
    for key in keys:
        if key.startswith("'"):
            for char in key[1:]:
                await pilot.press(_NAMES.get(char, char))
        else:
            await pilot.press(key)
    await pilot.pause()


_NAMES = {" ": "space", "/": "slash", ":": "colon", ".": "full_stop", "-": "minus"}
