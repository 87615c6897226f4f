"""What every run uses, made once by the controller; and errors that stop a start."""

from __future__ import annotations

import time
from dataclasses import dataclass

from hazard_tui.controller.journal import Journal
from hazard_tui.fleet.fleet import Fleet
from hazard_tui.settings import Settings


@dataclass(frozen=True, slots=True)
class Parts:
    """The controller's long-lived parts."""

    settings: Settings
    fleet: Fleet
    journal: Journal


def now_us() -> int:
    """Unix microseconds of the controller's clock."""
    return time.time_ns() // 1000


def now_ms() -> int:
    """Unix milliseconds of the controller's clock."""
    return time.time_ns() // 1_000_000
