"""The console's screen as text, for assertions and for the message of a failing test."""

from __future__ import annotations

from textual.app import App
from textual.pilot import Pilot


def screen_text(app: App[object]) -> str:
    """What the terminal shows, line by line, without colours."""
    compositor = app.screen._compositor
    strips = compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


async def until(pilot: Pilot[object], wanted: str, *, tries: int = 200) -> str:
    """Waits until the screen shows a text; the screen then. Fails with the screen as text."""
    for _ in range(tries):
        shown = screen_text(pilot.app)
        if wanted in shown:
            return shown
        await pilot.pause(0.02)
    raise AssertionError(f"{wanted!r} never came on the screen:\n{screen_text(pilot.app)}")
