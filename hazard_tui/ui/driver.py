"""The terminal's driver with a meter: bytes written, and how long the terminal lets them wait."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TextIO, cast

from textual.driver import Driver

if TYPE_CHECKING:
    from textual.app import App


@dataclass(slots=True)
class LinkMeter:
    """Counters of one terminal; the writer's thread adds, the console reads."""

    queued_bytes: int = 0
    """Bytes that were given to the driver."""
    written_bytes: int = 0
    """Bytes that the terminal took."""
    blocked_s: float = 0.0
    """Seconds in which a write waited for the terminal."""
    _writing_since: float | None = field(default=None)

    @property
    def waiting_bytes(self) -> int:
        """Bytes that the terminal has not taken yet."""
        return max(0, self.queued_bytes - self.written_bytes)

    def blocked_until(self, now: float) -> float:
        """Seconds of waiting with the write that is going on."""
        since = self._writing_since
        return self.blocked_s + (max(0.0, now - since) if since is not None else 0.0)

    def begin(self) -> None:
        """A write begins."""
        self._writing_since = time.monotonic()

    def end(self, count: int) -> None:
        """A write ended."""
        since, self._writing_since = self._writing_since, None
        if since is not None:
            self.blocked_s += time.monotonic() - since
        self.written_bytes += count


class MeteredFile:
    """The terminal as a text file; every byte goes to the system at once and is counted."""

    def __init__(self, file: TextIO, meter: LinkMeter) -> None:
        self._file = file
        self._meter = meter

    def write(self, text: str) -> int:
        """Writes and waits until the terminal has taken the text."""
        self._meter.begin()
        try:
            count = self._file.write(text)
            self._file.flush()
        finally:
            self._meter.end(len(text.encode("utf-8", "replace")))
        return count

    def flush(self) -> None:
        """Nothing is kept back."""

    def fileno(self) -> int:
        """The terminal's descriptor."""
        return self._file.fileno()

    def isatty(self) -> bool:
        """As the terminal says."""
        return self._file.isatty()


def metered_driver() -> type[Driver] | None:
    """Driver class for this system; None where Textual chooses (Windows, a web server)."""
    if sys.platform == "win32" or os.environ.get("TEXTUAL_DRIVER"):
        return None
    from textual.drivers.linux_driver import LinuxDriver

    class MeteredDriver(LinuxDriver):
        """Counts what is written and can turn the mouse off and on."""

        def __init__(self, app: App[Any], **options: Any) -> None:
            super().__init__(app, **options)
            self.meter = LinkMeter()
            self._file = cast(Any, MeteredFile(cast(TextIO, self._file), self.meter))

        def write(self, data: str) -> None:
            self.meter.queued_bytes += len(data.encode("utf-8", "replace"))
            super().write(data)

        def set_mouse(self, *, on: bool) -> None:
            """Turns the terminal's reports of the mouse on or off."""
            if on:
                self._mouse = True
                self._enable_mouse_support()
            else:
                self._disable_mouse_support()
                self._mouse = False

    return MeteredDriver
