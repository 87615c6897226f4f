"""How much the console paints: full, lean or slow, by what the terminal's line takes.

Keys are echoed at once in every tier; only the pace of data and the number of charts change.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """One pace of painting."""

    FULL = "full"
    LEAN = "lean"
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class Pace:
    """What a tier allows."""

    refresh_s: float
    """Seconds between two pictures of the same data."""
    charts: int
    """Charts that are drawn."""


PACES = {Tier.FULL: Pace(1.0, 4), Tier.LEAN: Pace(1.0, 1), Tier.SLOW: Pace(2.0, 1)}
BLURRED_FACTOR = 5
"""A terminal without the focus is painted this much less often."""

EARLY_S = 0.4
"""How much earlier than its turn a second may be painted."""

BUSY = 0.35
"""Share of a second spent waiting for the terminal from which the line counts as full."""
WAITING_BYTES = 6000
"""Bytes that wait at the end of a second from which the line counts as full."""
CALM = 0.08
DOWN_AFTER = 2
"""Full seconds in a row before the next lower tier."""
UP_AFTER = 10
"""Calm seconds in a row before the next higher tier; doubled each time that was too early."""
MOST_UP_AFTER = 160

_ORDER = list(Tier)


class LinkTier:
    """Chooses the tier from what was measured each second; a person may fix it."""

    def __init__(self) -> None:
        self.manual: Tier | None = None
        self.measured = Tier.FULL
        self.rate_bytes = 0.0
        """Bytes per second in the last second."""
        self.waiting_bytes = 0
        self.is_blurred = False
        self._last: tuple[float, int, float] | None = None
        self._full_seconds = 0
        self._calm_seconds = 0
        self._up_after = UP_AFTER
        self._went_up = False
        self._painted_at = -1000.0

    @property
    def tier(self) -> Tier:
        """The tier that holds now."""
        return self.manual or self.measured

    @property
    def refresh_s(self) -> float:
        """Seconds between two pictures of the same data."""
        factor = BLURRED_FACTOR if self.is_blurred else 1
        return PACES[self.tier].refresh_s * factor

    def is_due(self, now: float) -> bool:
        """Whether the tier lets a new second be painted at a time in seconds; then it counts."""
        # Seconds come a little early or late.
        if now - self._painted_at < self.refresh_s - EARLY_S:
            return False
        self._painted_at = now
        return True

    @property
    def charts(self) -> int:
        """Charts that are drawn."""
        return PACES[self.tier].charts

    @property
    def word(self) -> str:
        """For the top line: empty while nothing is held back by itself."""
        if self.manual is not None:
            return f"{self.manual} line (fixed)"
        return "" if self.measured is Tier.FULL else f"{self.measured} line"

    def cycle(self) -> str:
        """Fixes the next tier, or leaves the choice to the meter again; says which."""
        choices: list[Tier | None] = [None, *Tier]
        self.manual = choices[(choices.index(self.manual) + 1) % len(choices)]
        return self.manual or f"by itself, now {self.measured}"

    def observe(self, now: float, written: int, blocked_s: float, waiting: int) -> bool:
        """Takes the meter's counters at a time in seconds; True when the tier changed."""
        last, self._last = self._last, (now, written, blocked_s)
        self.waiting_bytes = waiting
        if last is None or now <= last[0]:
            return False
        seconds = now - last[0]
        self.rate_bytes = (written - last[1]) / seconds
        busy = (blocked_s - last[2]) / seconds
        if busy > BUSY or waiting > WAITING_BYTES:
            self._calm_seconds = 0
            # A full line can hold up the console itself: then several seconds are told at once.
            self._full_seconds += max(1, int(seconds))
            return self._full_seconds >= DOWN_AFTER and self._step(1)
        self._full_seconds = 0
        self._calm_seconds = self._calm_seconds + 1 if busy < CALM else 0
        return self._calm_seconds >= self._up_after and self._step(-1)

    def _step(self, by: int) -> bool:
        self._full_seconds = self._calm_seconds = 0
        at = _ORDER.index(self.measured) + by
        if not 0 <= at < len(_ORDER):
            return False
        if by > 0 and self._went_up:
            self._up_after = min(MOST_UP_AFTER, self._up_after * 2)
        self._went_up = by < 0
        self.measured = _ORDER[at]
        return True
