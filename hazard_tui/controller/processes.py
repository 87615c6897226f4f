"""Processes that outlive who started them, named by pid and start time so that none is mistaken."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import socket
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

END_GRACE_S = 5.0
RELEASE_S = 5.0
LEAST_WORK_S = 0.5
"""CPU time that an idle process does not use in half a minute, and a starved one does."""
CONTROLLER_LOCK = "controller.lock"
"""File of the runtime folder that a controller holds locked; its pid stands in it."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process of this machine; a pid alone may belong to another one by now."""

    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> Process:
        """The process that has a pid now."""
        try:
            return cls(pid, psutil.Process(pid).create_time())
        except psutil.Error:
            return cls(pid, 0.0)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Process:
        """The process of a state file."""
        return cls(int(value["pid"]), float(value["started"]))

    def to_json(self) -> dict[str, Any]:
        """For a state file."""
        return asdict(self)

    @property
    def is_alive(self) -> bool:
        """True while exactly this process runs; a zombie does not."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < 0.05
            return bool(same and process.status() != psutil.STATUS_ZOMBIE)
        except psutil.Error:
            return False

    def children(self) -> list[Process]:
        """Processes that it started and theirs."""
        try:
            started = psutil.Process(self.pid).children(recursive=True) if self.is_alive else []
        except psutil.Error:
            return []
        return [Process.of(one.pid) for one in started]

    async def end(self, grace_s: float = END_GRACE_S) -> bool:
        """Asks the process to end, kills it after the grace; True when it is gone."""
        if not self.is_alive:
            return True
        with contextlib.suppress(psutil.Error):
            psutil.Process(self.pid).terminate()
        if await self._gone(grace_s):
            return True
        if self.is_alive:
            with contextlib.suppress(psutil.Error):
                psutil.Process(self.pid).kill()
        return await self._gone(2.0)

    async def _gone(self, timeout_s: float) -> bool:
        deadline = asyncio.get_running_loop().time() + timeout_s
        while self.is_alive:
            if asyncio.get_running_loop().time() > deadline:
                return False
            # Somebody else's child cannot be waited for, only looked at.
            await asyncio.sleep(0.05)
        return True


class Effort:
    """Tells whether a process that is being started still gets on.

    Its own use of the CPU is looked at, not the clock: what takes two seconds takes a minute on a
    machine with much other work, and is no reason to give up.
    """

    def __init__(self, pid: int, idle_s: float, most_cpu_s: float) -> None:
        """It hangs when it does next to nothing for `idle_s`, or used up `most_cpu_s`."""
        self._pid, self._idle_s, self._most_cpu_s = pid, idle_s, most_cpu_s
        self._cpu_s, self._since = self._used_s(), time.monotonic()

    def why_hung(self) -> str:
        """Why there is nothing to wait for any more; empty: it gets on."""
        used_s, now = self._used_s(), time.monotonic()
        if used_s > self._most_cpu_s:
            return f"it has worked for {used_s:.0f} s of CPU time"
        if used_s - self._cpu_s >= LEAST_WORK_S:
            self._cpu_s, self._since = used_s, now
        idle_s = now - self._since
        return f"it has done nothing for {idle_s:.0f} s" if idle_s > self._idle_s else ""

    def _used_s(self) -> float:
        try:
            times = psutil.Process(self._pid).cpu_times()
        except psutil.Error:
            return 0.0
        return float(times.user + times.system)


async def start_detached(
    command: list[str],
    log_path: Path,
    env: Mapping[str, str] | None = None,
) -> asyncio.subprocess.Process:
    """Starts a program in a session of its own; what it prints goes to a file.

    Neither a closed terminal nor the end of this process touches it.
    """
    log_path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with log_path.open("ab") as log:
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=env,
            start_new_session=True,
        )


@contextlib.asynccontextmanager
async def folder_lock(folder: Path) -> AsyncIterator[None]:
    """Lets one process at a time start or end things of a runtime folder.

    The folder itself is locked, so no file is left behind.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await asyncio.sleep(0.05)
        yield
    finally:
        os.close(handle)


def lock_holder(path: Path) -> Process | None:
    """The process that holds a lock file and wrote its pid into it; None when nobody does."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        text = os.read(handle, 32).decode("ascii", "replace").strip()
        return Process.of(int(text)) if text.isdigit() else None
    finally:
        os.close(handle)
    return None


async def is_released(path: Path, former: Process | None) -> bool:
    """True once nobody holds a lock file; False when another process does than the one that ended.

    The last thread of a process that was cut off may hold it a moment longer than its first.
    """
    deadline = asyncio.get_running_loop().time() + RELEASE_S
    while (holder := lock_holder(path)) is not None:
        is_former = former is not None and holder.pid == former.pid
        if not is_former or asyncio.get_running_loop().time() > deadline:
            return False
        await asyncio.sleep(0.02)
    return True


def tail(path: Path, most: int = 2000) -> str:
    """The end of a text file; empty when it cannot be read."""
    try:
        with path.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(file.tell() - most, 0))
            return file.read().decode("utf-8", "replace").strip()
    except OSError:
        return ""


def free_port() -> int:
    """A loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
