"""Puts pictures on the terminal, no faster than the line carries them."""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING, Any, cast

from rich.color import ColorSystem
from rich.console import RenderableType
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.events import Resize
from textual.screen import Screen

from hazard_tui.ui.line_window import LineWindow
from hazard_tui.ui.picture import Picture

if TYPE_CHECKING:
    from hazard_tui.ui.driver import TerminalLine

MOST_WRITES = 8
"""Writes that may wait; Textual's own queue holds 30, and a full one stops the whole console."""
SYNC_START, SYNC_END = "\x1b[?2026h", "\x1b[?2026l"
ASK_MODE = "\x1b[?2026$p"
"""Asks whether pictures can be shown as a whole: answered by most terminals, ignored by others."""
ASK_PLACE = "\x1b[6n"
"""Asks where the cursor is: answered by every terminal."""


def erases_with_colour(environ: dict[str, str] | os._Environ[str] = os.environ) -> bool:
    """Whether erased cells get the background: not on every terminal that calls itself `screen`."""
    return environ.get("TERM", "").startswith("xterm") or bool(environ.get("TMUX"))


class Painter:
    """One per console; called in its loop only."""

    def __init__(self, app: PaintedApp) -> None:
        self.picture = Picture(erases=erases_with_colour())
        self.window = LineWindow()
        self.held_s = 0.0
        """Seconds in which a picture waited for the line."""
        self._app = app
        self._held_since: float | None = None
        self._cursor = (-1, -1)
        self._timer: asyncio.TimerHandle | None = None
        self._asks_mode = False

    def held_until(self, now: float) -> float:
        """Seconds of waiting with the one that is going on."""
        since = self._held_since
        return self.held_s + (max(0.0, now - since) if since is not None else 0.0)

    def can_show(self, update: Any) -> bool:
        """Whether it is a picture of this painter's kind."""
        return isinstance(update, (LayoutUpdate, ChopsUpdate))

    def show(self, update: Any, colours: ColorSystem) -> None:
        """Takes a picture and writes as much as the line carries now."""
        if isinstance(update, LayoutUpdate):
            self.picture.take_lines(
                [list(line) for line in update.strips], update.region.width, colours
            )
        else:
            self.picture.take_spans(update, colours)
        self.paint()

    def forget(self) -> None:
        """The terminal was written on by something else, or has another size."""
        self.picture.forget()
        self._cursor = (-1, -1)

    def paint(self) -> None:
        """Writes until everything is shown or the line is full."""
        line = self._app.line
        if line is None or not line.is_open:
            return
        now = time.monotonic()
        while self.picture.is_stale or self._cursor != self._wanted_cursor:
            room = self.window.room(now)
            if room <= 0 or self._is_full(line):
                if self.window.needs_question(now):
                    self._ask(line, now)
                self._hold(now)
                return
            self._write_piece(line, room, now)
        if self._held_since is not None:
            self.held_s = self.held_until(now)
            self._held_since = None
        self._wake_when_late(now)

    def answered(self, at: float, *, to_mode: bool) -> None:
        """The terminal answered, at a time of the monotonic clock."""
        self._asks_mode = self._asks_mode or to_mode
        self.window.heard(at)
        line = self._app.line
        if line is not None and self.window.unheard > 0 and not self.picture.is_stale:
            self._ask(line, time.monotonic())
        self.paint()

    def write_ended(self, count: int, seconds: float) -> None:
        """A write to the terminal ended."""
        self.window.write_took(count, seconds)
        if self._held_since is not None:
            self.paint()

    def _is_full(self, line: TerminalLine) -> bool:
        meter = line.meter
        return meter.waiting_bytes > self.window.size or meter.waiting_writes >= MOST_WRITES

    @property
    def _wanted_cursor(self) -> tuple[int, int]:
        place = self._app.screen.outer_size.clamp_offset(self._app.cursor_position)
        return place.x, place.y

    def _write_piece(self, line: TerminalLine, room: int, now: float) -> None:
        text = self.picture.piece(room)
        if text and self._app._sync_available:
            text = f"{SYNC_START}{text}{SYNC_END}"
        self._cursor = x, y = self._wanted_cursor
        text += f"\x1b[{y + 1};{x + 1}H"
        asks = self.window.answers and not self.window.is_asking
        if asks:
            text += self._question
        self._give(line, text, now)
        if asks:
            self._asked(line, now)

    def _give(self, line: TerminalLine, text: str, now: float) -> None:
        self.window.wrote(len(text.encode("utf-8", "replace")), now)
        line.write(text)

    def _ask(self, line: TerminalLine, now: float) -> None:
        self._give(line, self._question, now)
        self._asked(line, now)

    def _asked(self, line: TerminalLine, now: float) -> None:
        self.window.asked(now)
        line.expect_answer(self.window.is_asking)

    @property
    def _question(self) -> str:
        return ASK_MODE if self._asks_mode else ASK_PLACE

    def _hold(self, now: float) -> None:
        if self._held_since is None:
            self._held_since = now
        self._wake_when_late(now)

    def _wake_when_late(self, now: float) -> None:
        """An answer may get lost, and a terminal that gives none is looked at by the clock."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.window.is_asking or self._held_since is not None:
            wait = max(0.01, self.window.wakes_at(now) - now)
            self._timer = asyncio.get_running_loop().call_later(wait, self._late)

    def _late(self) -> None:
        self._timer = None
        now = time.monotonic()
        line = self._app.line
        if line is None or not line.is_open:
            return
        waits_for_answer = self.window.answers and self.window.is_asking
        if waits_for_answer and now >= self.window.wakes_at(now) and not self._is_full(line):
            self._ask(line, now)
        self._wake_when_late(now)
        self.paint()


class PaintedApp(App[int]):
    """An application whose pictures go through a `Painter` where the terminal has a driver of ours.

    Elsewhere (tests without a terminal, Windows, a web server) Textual writes as it always does.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.painter = Painter(self)

    @property
    def line(self) -> TerminalLine | None:
        """The terminal's driver; None where it is another one."""
        return cast("TerminalLine | None", self._driver if hasattr(self._driver, "meter") else None)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        # The one place where Textual hands over what is to be written.
        shows = self._running and not self._closed and not self._batch_count
        if self.line is None or renderable is None or not shows:
            super()._display(screen, renderable)
        elif self.painter.can_show(renderable):
            self.painter.show(renderable, self.console._color_system or ColorSystem.TRUECOLOR)
            self.post_display_hook()
        else:
            self.painter.forget()
            super()._display(screen, renderable)

    def on_resize(self, event: Resize) -> None:
        # A terminal that was resized to and fro shows anything.
        picture = self.painter.picture
        self.painter.forget()
        if (picture.width, picture.height) == tuple(event.size):
            self.painter.paint()
