"""The Locust master of one run: a child process with our plugin, on loopback only."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hazard_tui.controller.processes import Effort, Process, free_port, start_detached, tail
from hazard_tui.errors import RemoteError
from hazard_tui.rpc.clients import LocustClient

IDLE_S = 30.0
MOST_CPU_S = 60.0
"""A start takes two or three."""
LOOK_EVERY_S = 0.1
ATTEMPTS = 3
"""A port that was free may be taken a moment later."""
PACKAGE_ROOT = Path(__file__).resolve().parent.parent


@dataclass(slots=True)
class LocustChild:
    """A running master and the client of its plugin."""

    process: Process
    socket_path: Path
    port: int
    web_port: int
    client: LocustClient
    child: asyncio.subprocess.Process | None = None
    """None for one that an earlier controller started."""

    @property
    def url(self) -> str:
        """Locust's own web page."""
        return f"http://127.0.0.1:{self.web_port}"

    @property
    def is_alive(self) -> bool:
        """False once the process ended."""
        return self.process.is_alive

    def context(self) -> dict[str, Any]:
        """What another controller needs to adopt it."""
        return {
            "process": self.process.to_json(),
            "socket": str(self.socket_path),
            "port": self.port,
            "web_port": self.web_port,
        }

    async def end(self) -> None:
        """Quits, then kills; removes the socket."""
        with contextlib.suppress(RemoteError):
            await self.client.quit()
        await self.client.close()
        if not await self.process.end(grace_s=5.0):
            raise RemoteError(f"the Locust master (pid {self.process.pid}) does not end")
        if self.child is not None:
            await self.child.wait()
        self.socket_path.unlink(missing_ok=True)


async def start_locust(socket_path: Path, log_path: Path) -> LocustChild:
    """Starts a master and waits until its plugin answers.

    Raises `RemoteError` with its last words.
    """
    for _ in range(ATTEMPTS):
        port, web_port = free_port(), free_port()
        child = await start_detached(_command(port, web_port), log_path, _environment(socket_path))
        client = LocustClient(socket_path)
        try:
            if await _answers(client, child, log_path):
                return LocustChild(
                    Process.of(child.pid), socket_path, port, web_port, client, child
                )
        except BaseException:
            await _abandon(client, child)
            raise
        await _abandon(client, child)
    words = tail(log_path).splitlines()[-3:]
    raise RemoteError(
        f"the Locust master did not start: {' / '.join(words)}", hint=f"see {log_path}"
    )


def adopt_locust(context: dict[str, Any]) -> LocustChild | None:
    """The master that an earlier controller started; None when it is gone."""
    process = Process.from_json(context["process"])
    socket_path = Path(context["socket"])
    if not process.is_alive:
        socket_path.unlink(missing_ok=True)
        return None
    return LocustChild(
        process, socket_path, context["port"], context["web_port"], LocustClient(socket_path)
    )


def _command(port: int, web_port: int) -> list[str]:
    plugin = PACKAGE_ROOT / "locust_plugin.py"
    return [
        sys.executable, "-m", "locust", "-f", str(plugin), "--master",
        "--master-bind-host", "127.0.0.1", "--master-bind-port", str(port),
        "--web-host", "127.0.0.1", "--web-port", str(web_port), "--enable-rebalancing",
        "--skip-log-setup",
    ]  # fmt: skip


def _environment(socket_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LOCUST_")}
    paths = [str(PACKAGE_ROOT.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join(paths),
        "HAZARD_LOCUST_SOCKET": str(socket_path),
        "LOCUST_WAIT_FOR_WORKERS_REPORT_AFTER_RAMP_UP": "0.05",
    }


async def _answers(client: LocustClient, child: asyncio.subprocess.Process, log_path: Path) -> bool:
    """True when the plugin answers; False when the process ended first.

    Raises `RemoteError` when it hangs.
    """
    effort = Effort(child.pid, IDLE_S, MOST_CPU_S)
    while child.returncode is None:
        try:
            await client.state(timeout_s=2.0)
            return True
        except RemoteError as exc:
            if why := effort.why_hung():
                raise RemoteError(
                    f"the Locust master does not get ready: {why}", hint=f"see {log_path}"
                ) from exc
            await asyncio.sleep(LOOK_EVERY_S)
    return False


async def _abandon(client: LocustClient, child: asyncio.subprocess.Process) -> None:
    await client.close()
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
    await child.wait()
