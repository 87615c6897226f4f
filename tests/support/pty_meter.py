"""A program in a pseudo-terminal: what it shows, and how many bytes that costs."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyte


class Terminal:
    """The person's side of a terminal."""

    def __init__(self, process: subprocess.Popen[bytes], fd: int, columns: int, rows: int) -> None:
        self.process = process
        self.received = 0
        """Bytes so far."""
        self.raw = bytearray()
        self._fd = fd
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)

    @property
    def text(self) -> str:
        """The screen, line by line."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def press(self, keys: str) -> None:
        """Sends keys as the terminal would."""
        os.write(self._fd, keys.encode())

    def read(self, seconds: float) -> int:
        """Shows what comes in this time; the number of bytes."""
        before, until = self.received, time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and self._take(min(left, 0.05)):
            pass
        return self.received - before

    def wait_for(self, wanted: str, seconds: float = 30) -> float:
        """Seconds until a text is on the screen. Fails with the screen as text."""
        started = time.monotonic()
        while wanted not in self.text:
            waited = time.monotonic() - started
            assert waited < seconds, f"{wanted!r} never came:\n{self.text}"
            assert self._take(0.01), f"the program ended before {wanted!r}:\n{self.text}"
        return time.monotonic() - started

    def _take(self, longest: float) -> bool:
        if not select.select([self._fd], [], [], longest)[0]:
            return True
        try:
            data = os.read(self._fd, 65536)
        except OSError:
            return False
        self.received += len(data)
        self.raw += data
        # The program asks whether the terminal can paint a whole frame at once.
        if b"?2026$p" in data:
            os.write(self._fd, b"\x1b[?2026;2$y")
        self._stream.feed(data)
        return bool(data)


@contextmanager
def terminal(
    command: Sequence[str],
    environ: Mapping[str, str],
    folder: Path,
    size: tuple[int, int] = (120, 40),
) -> Iterator[Terminal]:
    """Runs a command in a terminal of `size` columns and rows; hangs up at the end."""
    parent, child = os.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
        stdin=child,
        stdout=child,
        stderr=child,
        start_new_session=True,
    )
    os.close(child)
    try:
        yield Terminal(process, parent, *size)
    finally:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGHUP)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
        os.close(parent)
