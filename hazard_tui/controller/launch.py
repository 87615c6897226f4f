"""Starting a controller on demand, in a session of its own, so that no terminal can end it."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from hazard_tui.controller.processes import Effort, folder_lock, start_detached, tail
from hazard_tui.errors import RemoteError, UsageError
from hazard_tui.rpc.clients import ControllerClient
from hazard_tui.settings import Settings, ensure_private_dir
from hazard_tui.stats.recording import require_room

IDLE_S = 20.0
MOST_CPU_S = 60.0
"""A start takes one or two."""
ENDED_GRACE_S = 1.0


async def controller_answers(settings: Settings, timeout_s: float = 1.0) -> bool:
    """True when a controller of these settings runs."""
    if not settings.socket_path.exists():
        return False
    async with ControllerClient(settings.socket_path) as client:
        try:
            await client.info(timeout_s)
        except RemoteError:
            return False
    return True


async def ensure_controller(settings: Settings) -> Path:
    """Socket of a controller that answers; starts one when none does.

    Raises `RemoteError` with the end of its log when it ends or hangs, `RecordingError` when the
    disk is full.
    """
    if await controller_answers(settings):
        await _refuse_other_etcd(settings)
        await _want_metrics(settings)
    else:
        ensure_private_dir(settings.runtime_dir)
        ensure_private_dir(settings.data_dir)
        async with folder_lock(settings.runtime_dir):
            if not await controller_answers(settings):
                require_room(settings.data_dir)
                await _start(settings)
    if settings.static_workers:
        # One that was started by somebody else may not know them.
        async with ControllerClient(settings.socket_path) as client:
            await client.add_workers(settings.static_workers)
    return settings.socket_path


async def _refuse_other_etcd(settings: Settings) -> None:
    """Raises `UsageError` for a flag that the controller, which already runs, does not follow."""
    if settings.origin.get("etcd") != "flag":
        return
    async with ControllerClient(settings.socket_path) as client:
        info = await client.info()
    used = ", ".join(settings.etcd)
    # Without a connection the controller tells why, and the sentence names the endpoints.
    if used not in info.etcd:
        raise UsageError(
            f"the running controller does not use etcd at {used}: {info.etcd}",
            hint="`hazard down` ends it; then run this again",
        )


async def _want_metrics(settings: Settings) -> None:
    """Lets a controller that already runs serve figures where a person wants them.

    Raises `UsageError` when it serves them elsewhere, or cannot.
    """
    if not settings.metrics or settings.origin.get("metrics", "default") == "default":
        return
    async with ControllerClient(settings.socket_path) as client:
        error = await client.serve_metrics(settings.metrics)
    if error:
        raise UsageError(
            f"{error} ({settings.origin['metrics']})",
            hint="`hazard down` ends the controller, and the next command starts one that does; "
            "or name the same address, or none",
        )


async def _start(settings: Settings) -> None:
    log_path = settings.data_dir / "logs" / "controller.log"
    child = await start_detached(
        [sys.executable, "-m", "hazard_tui", "serve"], log_path, controller_environment(settings)
    )
    effort, hung = Effort(child.pid, IDLE_S, MOST_CPU_S), ""
    ended_s: float | None = None
    while not hung:
        if await controller_answers(settings):
            return
        now_s = asyncio.get_running_loop().time()
        if child.returncode is None:
            hung = effort.why_hung()
        elif ended_s is None:
            # It may have ended because one in the foreground was faster, which answers soon.
            ended_s = now_s
        elif now_s - ended_s > ENDED_GRACE_S:
            break
        await asyncio.sleep(0.05)
    why = [*([hung] if hung else []), *tail(log_path).splitlines()[-3:]]
    words = " / ".join(why or [f"exit code {child.returncode}"])
    raise RemoteError(f"the controller does not answer: {words}", hint=f"see {log_path}")


def controller_environment(settings: Settings) -> dict[str, str]:
    """The environment in which another process finds the same settings."""
    root = str(Path(__file__).resolve().parent.parent.parent)
    values = {
        "HAZARD_RUNTIME_DIR": str(settings.runtime_dir),
        "HAZARD_DATA_DIR": str(settings.data_dir),
        "HAZARD_SECRETS": str(settings.secrets_path),
        "HAZARD_ETCD": ",".join(settings.etcd),
        "HAZARD_WORKERS": ",".join(settings.static_workers),
        "HAZARD_METRICS": settings.metrics,
        "HAZARD_IDLE_EXIT_S": f"{settings.idle_exit_s:g}",
        "PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")])),
    }
    if settings.config_path is not None:
        values["HAZARD_CONFIG"] = str(settings.config_path)
    if settings.tls is not None:
        values["HAZARD_TLS_CA"] = str(settings.tls.ca)
        values["HAZARD_TLS_CERT"] = str(settings.tls.cert)
        values["HAZARD_TLS_KEY"] = str(settings.tls.key)
    return {**os.environ, **values}
