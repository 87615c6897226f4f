"""The console's way to the controller: every call is a task with a deadline, each failure a notice.

Streams reconnect by themselves; what arrives goes into the state, and screens are told to look.
"""

from __future__ import annotations

import asyncio
import getpass
import os
import socket
import time
import uuid
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from hazard_tui.errors import HazardError, RemoteError, UsageError
from hazard_tui.settings import Settings
from hazard_tui.ui.run_view import RunView
from hazard_tui.ui.state import Hold

if TYPE_CHECKING:
    from hazard_tui.rpc.clients import ControllerClient
    from hazard_tui.ui.app import HazardApp

T = TypeVar("T")

LOG_LINES = 500
RETRY_S = 2.0


class Link:
    """One per console. Screens never see grpc: they call flows, which call this."""

    def __init__(self, settings: Settings, app: HazardApp) -> None:
        self._settings = settings
        self._app = app
        self._client: ControllerClient | None = None
        self._connecting = asyncio.Lock()
        self._peer = "controller"
        """Whom calls go to."""
        self._log: deque[str] = deque(maxlen=LOG_LINES)
        self._info = "not connected"
        self._watcher_id = uuid.uuid4().hex
        self.offline = False
        """True for a console that asks nothing of a controller, and starts none."""

    def start(self) -> None:
        """Begins to watch workers; starts a controller when none runs."""
        self._app.flow(self._watch_workers(), "link-workers")

    def follow(self, run_id: str = "") -> None:
        """Follows a run from its first second; empty: the active or newest one."""
        self._app.flow(self._watch_run(run_id), "link-run")

    def hold(self, run_id: str, *, take_over: bool = False) -> None:
        """Stands beside an active run, to change it or to read only."""
        self._app.flow(self._hold_run(run_id, take_over=take_over), "link-hold")

    def controller_text(self) -> str:
        """Who the controller is, for diagnostics."""
        return self._info

    def log_text(self) -> str:
        """The calls of this session, oldest first."""
        return "\n".join(self._log) or "nothing was called yet"

    def note(self, text: str) -> None:
        """Writes a line into the log of calls."""
        self._log.append(f"{time.strftime('%H:%M:%S')} {text}")

    async def client(self) -> ControllerClient:
        """The client of a controller that runs. Raises `RemoteError` or `SetupError`."""
        if self.offline:
            raise RemoteError("this console is offline")
        async with self._connecting:
            if self._client is None:
                from hazard_tui.controller.launch import ensure_controller
                from hazard_tui.rpc.clients import ControllerClient

                path = await _in_thread_or_loop(ensure_controller, self._settings)
                self._client = ControllerClient(path, self._watcher_id)
                info = await self._client.info()
                self._info = f"{info.version}, pid {info.pid}, etcd {info.etcd}"
                self._peer = f"controller {info.pid}"
                self.note(f"connect: {self._peer} answers at {path}, etcd {info.etcd}")
            return self._client

    async def drop_client(self) -> None:
        """Forgets a connection that failed."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def call(self, what: str, act: Callable[[ControllerClient], Awaitable[T]]) -> T:
        """One call with its line in the log. Raises `HazardError`."""
        started = time.monotonic()
        try:
            result = await act(await self.client())
        except HazardError as exc:
            self.note(
                f"{what}: {self._peer} failed after {time.monotonic() - started:.2f} s: {exc}"
            )
            if isinstance(exc, RemoteError):
                await self.drop_client()
            raise
        self.note(f"{what}: {self._peer} answered after {time.monotonic() - started:.2f} s")
        return result

    async def _watch_workers(self) -> None:
        state = self._app.state
        while True:
            try:
                client = await self.client()
                async for listing in client.watch_workers():
                    state.controller_error = ""
                    state.workers = list(listing.workers)
                    state.etcd_message = "" if listing.etcd_connected else listing.etcd_message
                    self._app.workers_changed()
            except HazardError as exc:
                state.controller_error = str(exc)
                self.note(f"watch workers: {exc}")
                await self.drop_client()
                self._app.workers_changed()
            await asyncio.sleep(RETRY_S)

    async def _watch_run(self, run_id: str) -> None:
        view: RunView | None = None
        while True:
            try:
                client = await self.client()
                start = view.next_second if view is not None else 0
                wanted = view.run_id if view is not None else run_id
                updates = client.watch_run(wanted, from_second=start, per_worker=True)
                async for update in updates:
                    view = self._take(update, view)
                if view is not None and not view.is_active:
                    return
            except HazardError as exc:
                self.note(f"watch run: {exc}")
                if view is None:
                    self._app.complain(exc)
                    return
                await self.drop_client()
            if view is None:
                return
            await asyncio.sleep(RETRY_S / 2)

    async def _hold_run(self, run_id: str, *, take_over: bool) -> None:
        state, name = self._app.state, watcher_name()
        if state.hold is not None and state.hold.run_id != run_id:
            state.hold = None
        while True:
            try:
                client = await self.client()
                async for one in client.hold_run(run_id, name, take_over=take_over):
                    take_over = False
                    before = state.hold
                    since_s = one.since_unix_ms / 1000
                    state.hold = Hold(run_id, one.holds, one.holder, since_s)
                    self._app.hold_changed(before)
                return
            except UsageError:
                return  # the run has ended
            except HazardError as exc:
                self.note(f"hold run: {exc}")
            # After the controller was away its holder comes first.
            is_holder = state.hold is not None and state.hold.holds
            await asyncio.sleep(RETRY_S / 2 if is_holder else RETRY_S * 2)

    def _take(self, update: Any, view: RunView | None) -> RunView | None:
        kind = update.WhichOneof("kind")
        if kind == "record" and (view is None or view.run_id != update.record.run_id):
            view = RunView(update.record)
            self._app.state.run = view
            if view.is_active:
                self.hold(view.run_id)
        if view is not None:
            view.take(update)
            if view.caught_up or kind == "record":
                of_worker = kind == "frame" and bool(update.frame.worker_id)
                self._app.run_changed(view, "worker" if of_worker else kind or "")
        return view


def watcher_name() -> str:
    """Who sits at this console, for the people at others: `ann@10.0.0.7 (pts/3)`."""
    host = os.environ.get("SSH_CONNECTION", "").partition(" ")[0] or socket.gethostname()
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = str(os.getuid())
    try:
        place = f" ({os.ttyname(0).removeprefix('/dev/')})"
    except OSError:
        place = ""
    return f"{user}@{host}{place}"


async def _in_thread_or_loop(function: Callable[[Settings], Any], settings: Settings) -> Any:
    """Calls a function that blocks in a thread, and one that does not in this loop."""
    if asyncio.iscoroutinefunction(function):
        return await function(settings)
    return await asyncio.to_thread(function, settings)
