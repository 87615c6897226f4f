"""What the console knows beside the plan: workers, environment, the run that is followed."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from hazard_tui.ui.glyphs import Glyphs
from hazard_tui.ui.run_view import RunView

READY, BUSY = 1, 2
HEALTH_WORDS = {
    0: "unknown",
    1: "ready",
    2: "busy",
    3: "lost",
    4: "incompatible",
    5: "unreachable",
}


@dataclass(frozen=True, slots=True)
class Environment:
    """Values that replace the plan's variables."""

    name: str
    values: dict[str, str]
    protected: bool = False
    """Every start asks for the name."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Who may change an active run from a console."""

    run_id: str
    holds: bool
    """This console may."""
    holder: str
    """Name of the console that may; empty: nobody."""
    since_s: float
    """Unix seconds."""

    @property
    def text(self) -> str:
        """Why this console only reads."""
        since = time.strftime("%H:%M:%S", time.localtime(self.since_s))
        if not self.holder:
            return f"read-only: nobody holds the run since {since}"
        return f"read-only: {self.holder} since {since} holds the run"


class News:
    """Wakes everybody who waits for the next piece of news."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    async def wait(self) -> None:
        """Returns at the next `tell`."""
        await self._event.wait()

    def tell(self) -> None:
        """There is news."""
        self._event.set()
        self._event = asyncio.Event()


@dataclass(slots=True)
class ConsoleState:
    """State of one console; changed by the link and by flows, read by screens."""

    workers: list[Any] = field(default_factory=list)
    """`WorkerRecord` messages of the last list."""
    etcd_message: str = ""
    controller_error: str = "connecting to the controller"
    """Empty when the controller answers."""
    left_out: set[str] = field(default_factory=set)
    """Ids of workers that the next run does not use."""
    preparing: dict[str, Any] = field(default_factory=dict)
    """`RunWorker` messages of a start that goes on, by worker id."""
    environment: Environment | None = None
    checked_values: dict[str, str] = field(default_factory=dict)
    """What the steps of the last check saved, by name."""
    run: RunView | None = None
    """The run that is followed; the last one after its end."""
    hold: Hold | None = None
    """Of the run that is followed while it is active; None until the controller told."""
    stop_asked: str = ""
    """Run that was asked to stop already: asking again forces it."""
    workers_news: News = field(default_factory=News)
    """Set by the link when the list of workers came anew."""
    mouse: bool = True
    link_text: str = ""
    """Bytes per second and tier of the terminal's line."""

    @property
    def read_only(self) -> str:
        """Why this console may not change the run that it shows; empty: it may."""
        run, hold = self.run, self.hold
        if run is None or hold is None or not run.is_active or hold.run_id != run.run_id:
            return ""
        return "" if hold.holds else hold.text

    def environment_values(self) -> dict[str, str]:
        """Values that replace the plan's own; empty without an environment."""
        return self.environment.values if self.environment else {}

    def chosen_workers(self) -> list[Any]:
        """Ready workers that the next run uses."""
        return [
            one
            for one in self.workers
            if one.health == READY and one.info.worker_id not in self.left_out
        ]

    def workers_text(self) -> str:
        """Words for the top line."""
        if self.controller_error:
            return "no controller"
        there = [one for one in self.workers if one.health in (READY, BUSY)]
        busy = sum(one.health == BUSY for one in there)
        lost = len(self.workers) - len(there)
        chosen = len(self.chosen_workers())
        parts = [f"{chosen} of {len(there)} workers"] if busy < len(there) or not busy else []
        parts += [f"{busy} busy"] if busy else []
        parts += [f"{lost} lost"] if lost else []
        return ", ".join(parts)

    def run_text(self, glyphs: Glyphs) -> str:
        """Words for the top line about the run that is followed."""
        if self.run is None:
            return ""
        mark = glyphs.on if self.run.is_active else glyphs.off
        return f"{mark} {self.run.state_text}{' read-only' if self.read_only else ''}"

    def run_style(self) -> str:
        """Style of `run_text`."""
        if self.run is None:
            return ""
        if self.run.state_word in ("failed", "aborted"):
            return "bold red"
        return "bold green" if self.run.is_active else "dim"
