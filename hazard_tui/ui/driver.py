"""The terminal's driver with a meter: bytes written, and how long the terminal lets them wait."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TextIO, cast

from textual.driver import Driver
from textual.events import CursorPosition
from textual.message import Message
from textual.messages import TerminalSupportsSynchronizedOutput

if TYPE_CHECKING:
    from hazard_tui.ui.painter import PaintedApp


ANSWER_S = 0.5
"""How long leaving the terminal waits for an answer that is on its way."""


@dataclass(slots=True)
class LinkMeter:
    """Counters of one terminal; the writer's thread adds, the console reads."""

    queued_bytes: int = 0
    """Bytes that were given to the driver."""
    written_bytes: int = 0
    """Bytes that the terminal took."""
    queued_writes: int = 0
    written_writes: int = 0
    blocked_s: float = 0.0
    """Seconds in which a write waited for the terminal."""
    _writing_since: float | None = field(default=None)

    @property
    def waiting_bytes(self) -> int:
        """Bytes that the terminal has not taken yet."""
        return max(0, self.queued_bytes - self.written_bytes)

    @property
    def waiting_writes(self) -> int:
        """Writes that the terminal has not taken yet."""
        return max(0, self.queued_writes - self.written_writes)

    def blocked_until(self, now: float) -> float:
        """Seconds of waiting with the write that is going on."""
        since = self._writing_since
        return self.blocked_s + (max(0.0, now - since) if since is not None else 0.0)

    def begin(self) -> None:
        """A write begins."""
        self._writing_since = time.monotonic()

    def end(self, count: int) -> float:
        """A write ended; the seconds it took."""
        since, self._writing_since = self._writing_since, None
        took = time.monotonic() - since if since is not None else 0.0
        self.blocked_s += took
        self.written_bytes += count
        self.written_writes += 1
        return took


class MeteredFile:
    """The terminal as a text file; every byte goes to the system at once and is counted."""

    def __init__(
        self, file: TextIO, meter: LinkMeter, ended: Callable[[int, float], None] | None = None
    ) -> None:
        """`ended` is told bytes and seconds of every write, in the writer's thread."""
        self._file = file
        self._meter = meter
        self._ended = ended

    def write(self, text: str) -> int:
        """Writes and waits until the terminal has taken the text."""
        self._meter.begin()
        try:
            count = self._file.write(text)
            self._file.flush()
        finally:
            size = len(text.encode("utf-8", "replace"))
            took = self._meter.end(size)
            if self._ended is not None:
                self._ended(size, took)
        return count

    def flush(self) -> None:
        """Nothing is kept back."""

    def fileno(self) -> int:
        """The terminal's descriptor."""
        return self._file.fileno()

    def isatty(self) -> bool:
        """As the terminal says."""
        return self._file.isatty()


class TerminalLine(Protocol):
    """What a painter needs of the driver."""

    meter: LinkMeter
    is_open: bool
    """False while the terminal belongs to somebody else: an editor, the shell."""

    def write(self, data: str) -> None:
        """Queues text for the terminal."""

    def expect_answer(self, expected: bool) -> None:
        """A question is on its way; leaving the terminal waits a moment for its answer."""


def metered_driver() -> type[Driver] | None:
    """Driver class for this system; None where Textual chooses (Windows, a web server)."""
    if sys.platform == "win32" or os.environ.get("TEXTUAL_DRIVER"):
        return None
    from textual.drivers.linux_driver import LinuxDriver

    class MeteredDriver(LinuxDriver):
        """Counts what is written, hears answers, and can turn the mouse off and on."""

        def __init__(self, app: PaintedApp, **options: Any) -> None:
            super().__init__(app, **options)
            self.meter = LinkMeter()
            self.is_open = False
            self._painter = app.painter
            self._answered = threading.Event()
            self._answered.set()
            self._knows_sync = False
            file = MeteredFile(cast(TextIO, self._file), self.meter, self._write_ended)
            self._file = cast(Any, file)

        def write(self, data: str) -> None:
            self.meter.queued_bytes += len(data.encode("utf-8", "replace"))
            self.meter.queued_writes += 1
            super().write(data)

        def expect_answer(self, expected: bool) -> None:
            """A question is on its way; leaving the terminal waits a moment for its answer."""
            if expected:
                self._answered.clear()
            else:
                self._answered.set()

        def start_application_mode(self) -> None:
            """Takes the terminal, on which another program may have written."""
            self._painter.forget()
            self.is_open = True
            super().start_application_mode()  # type: ignore[no-untyped-call]

        def _request_terminal_sync_mode_support(self) -> None:
            # Textual's own question, before any picture: it tells how far away the terminal is.
            super()._request_terminal_sync_mode_support()
            if self.input_tty:
                self._answered.clear()
                self._painter.window.asked(time.monotonic())

        def stop_application_mode(self) -> None:
            """Gives the terminal back; an answer that came later would look typed."""
            self.is_open = False
            self._answered.wait(ANSWER_S)
            super().stop_application_mode()

        def process_message(self, message: Message) -> None:
            """Takes out answers to the painter's questions. Runs in the reader's thread."""
            to_mode = isinstance(message, TerminalSupportsSynchronizedOutput)
            if to_mode or isinstance(message, CursorPosition):
                self._answered.set()
                self._tell(lambda at: self._painter.answered(at, to_mode=to_mode))
                if not to_mode or self._knows_sync:
                    return
                self._knows_sync = True
            super().process_message(message)

        def _write_ended(self, count: int, seconds: float) -> None:
            self._tell(lambda at: self._painter.write_ended(count, seconds))

        def _tell(self, what: Callable[[float], None]) -> None:
            at = time.monotonic()
            with contextlib.suppress(RuntimeError):
                # The loop may have ended: then nobody needs to know.
                self._loop.call_soon_threadsafe(what, at)

        def set_mouse(self, *, on: bool) -> None:
            """Turns the terminal's reports of the mouse on or off."""
            if on:
                self._mouse = True
                self._enable_mouse_support()
            else:
                self._disable_mouse_support()
                self._mouse = False

    return MeteredDriver
