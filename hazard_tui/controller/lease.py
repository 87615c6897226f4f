"""Who may change a run from a console: one at a time, the others read."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from datetime import datetime

from hazard_tui.controller.parts import now_ms
from hazard_tui.rpc.gen.hazard.v1 import control_pb2


class Watcher:
    """One console beside a run."""

    def __init__(self, watcher_id: str, name: str) -> None:
        self.watcher_id = watcher_id
        self.name = name
        self.news = asyncio.Event()
        self.news.set()


class Lease:
    """The consoles beside one run, and the one that holds it."""

    def __init__(self) -> None:
        self._watchers: set[Watcher] = set()
        self._holder: Watcher | None = None
        self._since_ms = now_ms()
        self._closed = False

    async def watch(
        self, request: control_pb2.HoldRunRequest
    ) -> AsyncIterator[control_pb2.HoldUpdate]:
        """Keeps a console beside the run: who holds it, now and after every change."""
        watcher = Watcher(request.watcher_id, request.name)
        with self._beside(watcher, take_over=request.take_over):
            while not self._closed:
                watcher.news.clear()
                yield control_pb2.HoldUpdate(
                    holds=self._holder is watcher,
                    holder=self._holder.name if self._holder is not None else "",
                    since_unix_ms=self._since_ms,
                )
                await watcher.news.wait()

    @contextlib.contextmanager
    def _beside(self, watcher: Watcher, *, take_over: bool) -> Iterator[None]:
        is_first = not self._watchers and self._holder is None
        self._watchers.add(watcher)
        if is_first or take_over:
            self._give(watcher)
        try:
            yield
        finally:
            self._watchers.discard(watcher)
            if self._holder is watcher:
                self._give(None)

    def _give(self, holder: Watcher | None) -> None:
        self._holder = holder
        self._since_ms = now_ms()
        self._tell()

    def _tell(self) -> None:
        for watcher in self._watchers:
            watcher.news.set()

    def close(self) -> None:
        """The run ended: nobody holds it any more."""
        self._closed = True
        self._holder = None
        self._tell()

    def refusal(self, watcher_id: str) -> str:
        """Why a console may not change the run; empty: it may, as commands always may."""
        holder = self._holder
        if not watcher_id or (holder is not None and holder.watcher_id == watcher_id):
            return ""
        if holder is None:
            is_beside = any(watcher.watcher_id == watcher_id for watcher in self._watchers)
            return "read-only: nobody holds the run" if is_beside else ""
        since = datetime.fromtimestamp(self._since_ms / 1000).strftime("%H:%M:%S")
        return f"read-only: {holder.name} since {since} holds the run"
