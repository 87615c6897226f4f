"""`hazard serve`: one controller per runtime folder, on a unix socket of mode 0600."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

from hazard_tui.controller.journal import Journal
from hazard_tui.controller.lab import lab_endpoints
from hazard_tui.controller.parts import Parts
from hazard_tui.controller.processes import CONTROLLER_LOCK
from hazard_tui.controller.published import Publish, Published
from hazard_tui.controller.recovery import adopt_runs
from hazard_tui.controller.run_life import live_on
from hazard_tui.controller.service import ControllerService
from hazard_tui.errors import SetupError, UsageError
from hazard_tui.fleet.fleet import Fleet
from hazard_tui.rpc.channels import OPTIONS
from hazard_tui.rpc.gen.hazard.v1 import control_pb2_grpc
from hazard_tui.settings import Settings, ensure_private_dir
from hazard_tui.stats.recording import Recording

# isort: split
import grpc.aio

log = logging.getLogger(__name__)

IDLE_LOOK_S = 1.0
HISTORY = "history.db"


async def serve(
    settings: Settings,
    started: Callable[[], None] | None = None,
    publish: Publish | None = None,
) -> None:
    """Serves until a signal, a Shutdown call, or `idle_exit_s` without runs and clients.

    Active runs are left alone by a signal: the next controller takes them over, and without one
    their engines stop after their grace. Raises `UsageError` when a controller runs already.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    ensure_private_dir(settings.runtime_dir)
    ensure_private_dir(settings.data_dir)
    with _only_one(settings.runtime_dir / CONTROLLER_LOCK):
        async with _parts(settings) as parts:
            ended = asyncio.Event()
            service = ControllerService(parts, ended.set)
            service.published = Published(publish, service.live_runs)
            async with service.published.opened(settings.metrics):
                await _serve(service, parts, ended, started)


@contextlib.asynccontextmanager
async def _parts(settings: Settings) -> AsyncIterator[Parts]:
    journal = Journal(Recording(settings.data_dir / HISTORY))
    journal.start()
    fleet = Fleet(
        lambda: settings.etcd or lab_endpoints(settings), settings.static_workers, settings.tls
    )
    try:
        async with fleet:
            yield Parts(settings, fleet, journal)
    finally:
        await journal.close()


async def _serve(
    service: ControllerService,
    parts: Parts,
    ended: asyncio.Event,
    started: Callable[[], None] | None,
) -> None:
    settings = parts.settings
    parts.journal.troubled = service.tell_history_trouble
    for run in await adopt_runs(parts):
        run.open_links()
        service.keep(run, live_on(run))
    server = grpc.aio.server(interceptors=[_CountCalls(service)], options=OPTIONS)
    control_pb2_grpc.add_ControllerServicer_to_server(service, server)  # type: ignore[no-untyped-call]
    settings.socket_path.unlink(missing_ok=True)
    # The mask, because the socket must not be open to others even for a moment.
    previous = os.umask(0o177)
    try:
        if not server.add_insecure_port(f"unix:{settings.socket_path}"):
            raise SetupError(f"the socket {settings.socket_path} cannot be opened")
        await server.start()
    finally:
        os.umask(previous)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    log.info("serving on %s, pid %d", settings.socket_path, os.getpid())
    if started is not None:
        started()
    idle = asyncio.create_task(_end_when_idle(service, settings, ended))
    try:
        await ended.wait()
    finally:
        idle.cancel()
        await server.stop(grace=0.5)
        await service.abandon_runs()
        settings.socket_path.unlink(missing_ok=True)


async def _end_when_idle(
    service: ControllerService, settings: Settings, ended: asyncio.Event
) -> None:
    loop = asyncio.get_running_loop()
    idle_s, busy_at = settings.idle_exit_s, loop.time()
    while loop.time() - busy_at < idle_s:
        await asyncio.sleep(min(IDLE_LOOK_S, idle_s))
        if service.runs or service.open_calls:
            busy_at = loop.time()
        elif not settings.socket_path.exists():
            log.info("%s was removed, so nobody can come; ending", settings.socket_path)
            break
    else:
        log.info("no run and no client for %g s; ending", idle_s)
    ended.set()


class _CountCalls(grpc.aio.ServerInterceptor):  # type: ignore[misc]
    """Counts calls that are open, since a controller with clients is not idle."""

    def __init__(self, service: ControllerService) -> None:
        self._service = service

    async def intercept_service(self, continuation: Any, details: Any) -> Any:
        handler = await continuation(details)
        if handler is None:
            return None
        if handler.request_streaming:
            return grpc.stream_stream_rpc_method_handler(
                self._stream(handler.stream_stream),
                handler.request_deserializer,
                handler.response_serializer,
            )
        if handler.response_streaming:
            return grpc.unary_stream_rpc_method_handler(
                self._stream(handler.unary_stream),
                handler.request_deserializer,
                handler.response_serializer,
            )
        return grpc.unary_unary_rpc_method_handler(
            self._single(handler.unary_unary),
            handler.request_deserializer,
            handler.response_serializer,
        )

    def _single(self, call: Any) -> Any:
        async def counted(request: Any, context: Any) -> Any:
            self._service.open_calls += 1
            try:
                return await call(request, context)
            finally:
                self._service.open_calls -= 1

        return counted

    def _stream(self, call: Any) -> Any:
        async def counted(request: Any, context: Any) -> AsyncIterator[Any]:
            self._service.open_calls += 1
            try:
                async for message in call(request, context):
                    yield message
            finally:
                self._service.open_calls -= 1

        return counted


@contextlib.contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Holds the lock of the runtime folder; the file is gone afterwards."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            pid = os.read(handle, 32).decode().strip()
            os.close(handle)
            raise UsageError(
                f"a controller runs already (pid {pid or 'unknown'})",
                hint="`hazard status` asks it, `hazard down` ends it",
            ) from exc
        # Its former holder may have removed the file between our open and our lock.
        with contextlib.suppress(FileNotFoundError):
            if os.stat(path).st_ino == os.fstat(handle).st_ino:
                break
        os.close(handle)
    try:
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)
