"""Playing a recorded run again: at any speed, paused, or second by second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from hazard_tui.errors import HazardError
from hazard_tui.ui.run_view import RunView

SLOWEST, FASTEST = 0.1, 1000.0
SHORTEST_TICK_S = 0.1
"""The picture changes no more often; a faster replay takes several seconds at once."""


class Replay:
    """Feeds the updates of a recorded run, in their order, into a view of its own."""

    def __init__(self, updates: list[Any], speed: float = 1.0) -> None:
        """`updates` begin with the record."""
        self._updates = updates
        self._next = 1
        self.speed = speed
        self.is_paused = False
        self.view = RunView(updates[0].record)
        self.view.replay = self
        self._woken = asyncio.Event()

    @property
    def is_over(self) -> bool:
        """True when everything was played."""
        return self._next >= len(self._updates)

    @property
    def text(self) -> str:
        """`x4`, `paused` or `over`."""
        return "over" if self.is_over else "paused" if self.is_paused else f"x{self.speed:g}"

    def step(self) -> bool:
        """Plays everything up to the next second; False at the end."""
        while not self.is_over:
            update = self._updates[self._next]
            self._next += 1
            kind = update.WhichOneof("kind")
            if kind == "record":
                continue
            self.view.take(update)
            if kind == "frame" and not update.frame.worker_id:
                return True
        return False

    def pause(self) -> None:
        """Stops, or goes on."""
        self.is_paused = not self.is_paused
        self._woken.set()

    def set_speed(self, speed: float) -> None:
        """Seconds of the run per second. Raises `HazardError` out of 0.1 to 1000."""
        if not SLOWEST <= speed <= FASTEST:
            raise HazardError(f"{speed:g} is no speed", hint="write 0.1 to 1000")
        self.speed = speed
        self._woken.set()

    async def play(self, show: Callable[[], bool]) -> None:
        """Plays to the end; `show` paints the picture and says whether it is still wanted."""
        owed, before = 1.0, time.monotonic()
        while not self.is_over:
            while owed >= 1 and self.step():
                owed -= 1
            if not show():
                return
            self._woken.clear()
            if self.is_paused:
                await self._woken.wait()
                before = time.monotonic()
                continue
            wait = max(SHORTEST_TICK_S, (1 - owed) / self.speed)
            try:
                async with asyncio.timeout(wait):
                    await self._woken.wait()
            except TimeoutError:
                pass
            now = time.monotonic()
            owed += (now - before) * self.speed
            before = now
        show()


def parse_speed(text: str) -> float:
    """`4`, `x4`, `0.5`. Raises `HazardError`."""
    try:
        return float(text.strip().removeprefix("x"))
    except ValueError as exc:
        raise HazardError(f"{text!r} is no speed", hint="write 4 or 0.5") from exc
