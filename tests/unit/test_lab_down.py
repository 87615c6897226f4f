"""Ending what runs on this machine, also what ends in a strange way."""

from __future__ import annotations

import asyncio
import platform
import sys
import tempfile
from pathlib import Path

import pytest

from hazard_tui.controller.lab import lab_down
from hazard_tui.controller.processes import CONTROLLER_LOCK, Process, lock_holder
from hazard_tui.settings import Settings

HOLDS_LONGER = """
import ctypes, fcntl, os, sys, threading
handle = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
fcntl.flock(handle, fcntl.LOCK_EX)
os.write(handle, f"{os.getpid()}\\n".encode())

def last():
    print("held", flush=True)
    sys.stdin.read()
    os._exit(0)

threading.Thread(target=last).start()
ctypes.CDLL(None).syscall(60, 0)
"""
"""A program whose first thread is gone while another one still holds the lock (60: exit)."""


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the number of a system call is x86's")
async def test_down_removes_the_lock_of_a_controller_whose_last_thread_ends_late() -> None:
    # Unix sockets need a short path, which a test's own folder does not have.
    runtime = Path(tempfile.mkdtemp(prefix="hz", dir="/tmp"))
    settings = Settings(runtime, runtime / "data", runtime / "c.sock", runtime / "secrets.yaml")
    lock = runtime / CONTROLLER_LOCK
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        HOLDS_LONGER,
        str(lock),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    await child.stdout.readline()
    process = Process.of(child.pid)
    async with asyncio.timeout(10):
        while process.is_alive:  # noqa: ASYNC110  a process tells only its parent that it ended
            await asyncio.sleep(0.01)
    assert lock_holder(lock) is not None
    asyncio.get_running_loop().call_later(0.2, child.stdin.close)
    await lab_down(settings, lambda text: None)
    await child.wait()
    assert not runtime.exists()
