"""The lab on this machine: etcd, the sample target and workers, each in a session of its own.

`lab.json` in the runtime folder names every process by pid and start time, so that `hazard down`
ends exactly these and no other.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from hazard_tui.controller.processes import (
    CONTROLLER_LOCK,
    Process,
    folder_lock,
    is_released,
    lock_holder,
    start_detached,
    tail,
)
from hazard_tui.errors import RemoteError
from hazard_tui.rpc.binaries import find_binary
from hazard_tui.settings import Settings, ensure_private_dir

START_TIMEOUT_S = 20.0
Progress = Callable[[str], None]


@dataclass(slots=True)
class Member:
    """One process of the lab."""

    role: str
    """`etcd`, `target` or `worker`."""
    process: Process
    address: str = ""

    @property
    def is_alive(self) -> bool:
        """True while the process runs."""
        return self.process.is_alive


@dataclass(slots=True)
class Lab:
    """What runs, or ran, of a lab."""

    members: list[Member] = field(default_factory=list)
    target_url: str = ""

    def alive(self, role: str) -> list[Member]:
        """Running processes of a role."""
        return [member for member in self.members if member.role == role and member.is_alive]

    @property
    def is_up(self) -> bool:
        """True when etcd, the target and at least one worker run."""
        return all(self.alive(role) for role in ("etcd", "target", "worker"))

    def summary(self) -> dict[str, Any] | None:
        """Plain values for a status line; None when nothing runs."""
        if not any(member.is_alive for member in self.members):
            return None
        return {
            "etcd": ", ".join(self.endpoints),
            "target_url": self.target_url,
            "workers": [member.address for member in self.alive("worker")],
        }

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Endpoints of the lab's etcd."""
        return tuple(member.address for member in self.members if member.role == "etcd")


def lab_status(settings: Settings) -> Lab:
    """The lab of these settings; empty when there is none."""
    try:
        value = json.loads(_state_path(settings).read_text("utf-8"))
        members = [
            Member(one["role"], Process.from_json(one["process"]), one["address"])
            for one in value["members"]
        ]
        return Lab(members, value["target_url"])
    except (OSError, ValueError, KeyError, TypeError):
        return Lab()


def lab_endpoints(settings: Settings) -> tuple[str, ...]:
    """Endpoints of the lab's etcd, whether it lives or not; empty without a lab."""
    return lab_status(settings).endpoints


async def lab_up(settings: Settings, workers: int, on_progress: Progress = print) -> Lab:
    """Starts what is missing of etcd, target and `workers` workers; what runs already stays.

    Raises `SetupError` without the programs, `RemoteError` when one of them does not start; what
    was started then stays in the state file, so that `hazard down` ends it.
    """
    ensure_private_dir(settings.runtime_dir)
    async with folder_lock(settings.runtime_dir):
        return await _up(settings, workers, on_progress)


async def _up(settings: Settings, workers: int, on_progress: Progress) -> Lab:
    lab_binary, worker_binary = find_binary("hazard-lab"), find_binary("hazard-worker")
    lab = lab_status(settings)
    lab.members = [member for member in lab.members if member.is_alive]
    if not lab.alive("etcd"):
        on_progress("etcd")
        data = _folder(settings) / "etcd"
        command = [str(lab_binary), "etcd", "--client", "127.0.0.1:0", "--data", str(data)]
        ready = await _start(settings, lab, "etcd", command)
        lab.members[-1].address = _plain_address(ready["client"])
        _save(settings, lab)
    if not lab.alive("target"):
        on_progress("target")
        command = [str(lab_binary), "target", "--listen", "127.0.0.1:0"]
        ready = await _start(settings, lab, "target", command)
        lab.members[-1].address, lab.target_url = ready["listen"], ready["url"]
        _save(settings, lab)
    endpoint = lab.alive("etcd")[0].address
    missing = max(workers - len(lab.alive("worker")), 0)
    for number in range(missing):
        on_progress(f"worker {number + 1} of {missing}")
        # The folder keeps the worker's id, so each has its own.
        folder = _folder(settings) / f"worker-{secrets.token_hex(3)}"
        command = [str(worker_binary), "--listen", "127.0.0.1:0", "--etcd", endpoint]
        command += ["--data-dir", str(folder)]
        ready = await _start(settings, lab, "worker", command)
        lab.members[-1].address = str(ready.get("address") or ready.get("listen") or "")
        _save(settings, lab)
    return lab


async def lab_down(settings: Settings, on_progress: Progress = print) -> int:
    """Ends the lab and the controller, removes their files; how many processes were ended.

    Raises `RemoteError` when one of them does not end.
    """
    if not settings.runtime_dir.is_dir():
        return 0
    async with folder_lock(settings.runtime_dir):
        return await _down(settings, on_progress)


async def _down(settings: Settings, on_progress: Progress) -> int:
    ended = await _end_controller(settings, on_progress)
    lab = lab_status(settings)
    # Workers first, so that they can take their leave from etcd.
    for role in ("worker", "target", "etcd"):
        members = lab.alive(role)
        if members:
            on_progress(role if len(members) == 1 else f"{len(members)} {role}s")
        # A worker that had to be killed leaves its engines to themselves.
        engines = [child for member in members for child in member.process.children()]
        gone = await asyncio.gather(*(member.process.end() for member in members))
        await asyncio.gather(*(engine.end() for engine in engines))
        stuck = [one.process.pid for one, is_gone in zip(members, gone, strict=True) if not is_gone]
        if stuck:
            raise RemoteError(f"{role} with pid {stuck[0]} does not end")
        ended += len(members)
    ended += await _end_masters(settings)
    _state_path(settings).unlink(missing_ok=True)
    shutil.rmtree(_folder(settings), ignore_errors=True)
    with contextlib.suppress(OSError):
        # Only when nothing else is in it.
        settings.runtime_dir.rmdir()
    return ended


async def _end_controller(settings: Settings, on_progress: Progress) -> int:
    """Ends the controller, also one that does not answer, and removes what a killed one left."""
    from hazard_tui.controller.launch import controller_answers
    from hazard_tui.rpc.clients import ControllerClient

    lock = settings.runtime_dir / CONTROLLER_LOCK
    process = lock_holder(lock)
    if process is not None:
        on_progress("controller")
        if await controller_answers(settings):
            async with ControllerClient(settings.socket_path) as client:
                with contextlib.suppress(RemoteError):
                    await client.shutdown(stop_runs=True)
        if not await process.end():
            raise RemoteError(f"the controller (pid {process.pid}) does not end")
    # Whoever came meanwhile holds the lock now, and keeps its files.
    if await is_released(lock, process):
        lock.unlink(missing_ok=True)
        settings.socket_path.unlink(missing_ok=True)
    return 0 if process is None else 1


async def _end_masters(settings: Settings) -> int:
    """Ends Locust masters that a killed controller left behind, by the sockets they listen on."""
    ended = 0
    for socket_path in settings.runtime_dir.glob("locust-*.sock"):
        for process in _processes_with(f"HAZARD_LOCUST_SOCKET={socket_path}"):
            if not await process.end():
                raise RemoteError(f"the Locust master (pid {process.pid}) does not end")
            ended += 1
        socket_path.unlink(missing_ok=True)
    return ended


def _processes_with(setting: str) -> list[Process]:
    """Own processes that were started with a setting in their environment."""
    name, _, value = setting.partition("=")
    found = []
    for one in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if one.uids().real == os.getuid() and one.environ().get(name) == value:
                found.append(Process.of(one.pid))
    return found


def _folder(settings: Settings) -> Path:
    return settings.runtime_dir / "lab"


def _state_path(settings: Settings) -> Path:
    return settings.runtime_dir / "lab.json"


def _save(settings: Settings, lab: Lab) -> None:
    members = [
        {"role": one.role, "process": one.process.to_json(), "address": one.address}
        for one in lab.members
    ]
    path = _state_path(settings)
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps({"members": members, "target_url": lab.target_url}), "utf-8")
    temporary.replace(path)


def _plain_address(address: str) -> str:
    return address.rpartition("//")[2].strip("/")


async def _start(settings: Settings, lab: Lab, role: str, command: list[str]) -> dict[str, Any]:
    """Starts one process and reads the JSON line that it prints when it serves."""
    log_path = _folder(settings) / f"{role}-{secrets.token_hex(3)}.log"
    child = await start_detached(command, log_path)
    lab.members.append(Member(role, Process.of(child.pid)))
    _save(settings, lab)
    deadline = asyncio.get_running_loop().time() + START_TIMEOUT_S
    while True:
        ready = _ready_line(log_path)
        if ready is not None:
            return ready
        over = asyncio.get_running_loop().time() > deadline
        if child.returncode is not None or over:
            words = tail(log_path).splitlines()[-3:]
            state = f"ended with code {child.returncode}" if not over else "does not serve"
            raise RemoteError(f"the lab's {role} {state}: {' / '.join(words)}", hint=str(log_path))
        await asyncio.sleep(0.05)


def _ready_line(path: Path) -> dict[str, Any] | None:
    with contextlib.suppress(OSError):
        for line in path.read_text("utf-8", "replace").splitlines():
            if line.startswith("{") and '"ready"' in line:
                with contextlib.suppress(ValueError):
                    value: dict[str, Any] = json.loads(line)
                    return value
    return None
