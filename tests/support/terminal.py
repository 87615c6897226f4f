"""Real terminals for tests: tmux for what a person sees, a pty with a meter for what it costs."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import shlex
import shutil
import signal
import struct
import subprocess
import termios
import time
from pathlib import Path

import pyte

KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "f1": "\x1bOP",
    "f2": "\x1bOQ",
    "f3": "\x1bOR",
    "f12": "\x1b[24~",
    "ctrl+q": "\x11",
    "ctrl+z": "\x1a",
}
DEADLINE_S = 30.0
QUESTION = b"?2026$p"
"""Whether pictures can be shown as a whole; a terminal answers when it gets there."""


class Tmux:
    """One tmux server with one pane; everything is gone after `close`."""

    def __init__(self, socket: Path, columns: int = 80, lines: int = 24) -> None:
        self._base = [shutil.which("tmux") or "tmux", "-S", str(socket), "-f", os.devnull]
        self._size = ["-x", str(columns), "-y", str(lines)]

    def start(self, command: list[str], environment: dict[str, str]) -> None:
        """Runs a command in a shell of the pane, so that its terminal can be looked at after it."""
        self.tell("new-session", "-d", *self._size, "sh")
        self.tell("set", "-g", "set-clipboard", "on")
        self.tell("set", "-g", "escape-time", "20")
        self.start_again(command, environment)

    def start_again(self, command: list[str], environment: dict[str, str]) -> None:
        """Runs a command in the pane's shell, which is idle."""
        words = [*(f"{name}={value}" for name, value in environment.items()), *command]
        unset = "".join(f"-u {name} " for name in sorted(_LEFT_OUT - environment.keys() - {"TMUX"}))
        self.type_line(f"clear; env {unset}" + " ".join(map(shlex.quote, words)))

    def tell(self, *words: str) -> str:
        """One tmux command; what it printed."""
        done = subprocess.run(
            [*self._base, *words], capture_output=True, text=True, timeout=10, check=False
        )
        assert done.returncode == 0, f"tmux {words}: {done.stderr}"
        return done.stdout

    def type_line(self, text: str) -> None:
        """Types a text and Enter."""
        self.tell("send-keys", "-l", text)
        self.tell("send-keys", "Enter")

    def press(self, *keys: str) -> None:
        """Presses keys by tmux's names."""
        for key in keys:
            self.tell("send-keys", key)

    def paste(self, text: str) -> None:
        """Pastes as a terminal does: bracketed where the program asked for it."""
        self.tell("set-buffer", "-b", "given", text)
        self.tell("paste-buffer", "-p", "-b", "given")

    def screen(self, *, colours: bool = False) -> str:
        """The pane as text."""
        return self.tell("capture-pane", "-p", *(["-e"] if colours else []))

    def until(self, wanted: str, *, gone: bool = False, deadline_s: float = DEADLINE_S) -> str:
        """Waits until a text is on the screen, or has gone from it; the screen then."""
        end = time.monotonic() + deadline_s
        shown = ""
        while time.monotonic() < end:
            shown = self.screen()
            if (wanted in shown) != gone:
                return shown
            time.sleep(0.05)
        word = "stayed on" if gone else "never came on"
        raise AssertionError(f"{wanted!r} {word} the screen:\n{shown}")

    def child(self) -> int:
        """Pid of what runs in the pane's shell."""
        shell = self.tell("list-panes", "-F", "#{pane_pid}").strip()
        return next(iter(children(int(shell))))

    def resize(self, columns: int, lines: int) -> None:
        """Gives the pane another size."""
        self.tell("resize-window", "-x", str(columns), "-y", str(lines))

    def close(self) -> None:
        """Ends the server and what runs in it."""
        subprocess.run([*self._base, "kill-server"], capture_output=True, timeout=10, check=False)


def children(pid: int) -> list[int]:
    """Pids of a process's children."""
    import psutil

    try:
        return [one.pid for one in psutil.Process(pid).children()]
    except psutil.NoSuchProcess:
        return []


def is_alive(pid: int) -> bool:
    """False for a process that has ended, also when nobody has waited for it."""
    import psutil

    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


class MeteredPty:
    """A program on a pseudo-terminal whose bytes are counted, read no faster than a line would."""

    def __init__(
        self,
        command: list[str],
        environment: dict[str, str],
        columns: int = 120,
        lines: int = 40,
        bytes_per_s: int = 0,
    ) -> None:
        self.raw = bytearray()
        """Everything that the program wrote."""
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self._bytes_per_s = bytes_per_s
        self._last = time.monotonic()
        self._budget = 0.0
        self._unread_question = b""
        primary, secondary = pty.openpty()
        fcntl.ioctl(secondary, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        inherited = {key: value for key, value in os.environ.items() if key not in _LEFT_OUT}
        self._process = subprocess.Popen(
            command,
            stdin=secondary,
            stdout=secondary,
            stderr=secondary,
            env={**inherited, "TERM": "xterm-256color", "COLORTERM": "truecolor", **environment},
            start_new_session=True,
        )
        os.close(secondary)
        self._terminal = primary

    @property
    def pid(self) -> int:
        """Pid of the program."""
        return self._process.pid

    def slow_down(self, bytes_per_s: int) -> None:
        """Reads no faster from now on; 0 as fast as it comes."""
        self._bytes_per_s, self._budget, self._last = bytes_per_s, 0.0, time.monotonic()

    def _pump(self, wait_s: float) -> bool:
        count = 65536
        if self._bytes_per_s:
            now = time.monotonic()
            most = max(64.0, self._bytes_per_s / 4)
            self._budget = min(self._budget + (now - self._last) * self._bytes_per_s, most)
            self._last = now
            count = int(self._budget)
        if count < 64:
            time.sleep(0.004)
            return True
        if not select.select([self._terminal], [], [], wait_s)[0]:
            return True
        try:
            data = os.read(self._terminal, count)
        except OSError:
            return False
        self._budget -= len(data)
        self.raw += data
        # A question may come in two reads.
        seen = self._unread_question + data
        os.write(self._terminal, b"\x1b[?2026;2$y" * seen.count(QUESTION))
        self._unread_question = seen[seen.rfind(QUESTION) + 1 :][1 - len(QUESTION) :]
        self._stream.feed(data)
        return bool(data)

    def run_for(self, seconds: float) -> float:
        """Reads for a while; bytes per second in it."""
        before, end = len(self.raw), time.monotonic() + seconds
        while time.monotonic() < end:
            self._pump(0.02)
        return (len(self.raw) - before) / seconds

    def until(self, wanted: str, deadline_s: float = DEADLINE_S) -> float:
        """Reads until a text is on the screen; the seconds it took."""
        start = time.monotonic()
        while time.monotonic() < start + deadline_s:
            if any(wanted in line for line in self._screen.display):
                return time.monotonic() - start
            if not self._pump(0.01):
                break
        raise AssertionError(f"{wanted!r} never came on the screen:\n{self.screen()}")

    def screen(self) -> str:
        """The terminal as text."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def write(self, text: str) -> None:
        """Sends bytes as a keyboard would."""
        os.write(self._terminal, text.encode())

    def press(self, *keys: str) -> None:
        """Presses keys by name, or types characters."""
        for key in keys:
            self.write(KEYS.get(key, key))

    def close(self) -> None:
        """Ends the program."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)
        os.close(self._terminal)


_LEFT_OUT = {"COLUMNS", "LINES", "NO_COLOR", "TMUX", "SSH_CONNECTION", "HAZARD_GLYPHS"}
