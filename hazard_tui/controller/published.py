"""Figures of live runs for other programs: opened at the start, or when a client wants it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Iterable

from hazard_tui.errors import HazardError
from hazard_tui.settings import metrics_address
from hazard_tui.stats.totals import LiveRun

log = logging.getLogger(__name__)

Publish = Callable[
    [tuple[str, int], Callable[[], Iterable[LiveRun]]],
    contextlib.AbstractAsyncContextManager[str],
]
"""Shows figures of live runs at a host and port as long as the block lasts; gives the URL."""


class Published:
    """At most one address at which figures are served."""

    def __init__(self, publish: Publish | None, live_runs: Callable[[], Iterable[LiveRun]]) -> None:
        self.url = ""
        """Where they are; empty: nowhere."""
        self._address: tuple[str, int] | None = None
        self._publish = publish
        self._live_runs = live_runs
        self._open = contextlib.AsyncExitStack()
        self._changing = asyncio.Lock()

    async def open(self, wanted: str) -> None:
        """Serves at `HOST:PORT`, unless it does already.

        Raises `UsageError` for what is no address, `SetupError` for a port that is taken.
        """
        address = metrics_address(wanted)
        async with self._changing:
            if self._address is None and self._publish is not None:
                shown = self._publish(address, self._live_runs)
                self.url = await self._open.enter_async_context(shown)
                self._address = address
                log.info("metrics on %s", self.url)

    async def want(self, wanted: str) -> str:
        """The same for a client; why they are not served there, or the empty text."""
        try:
            address = metrics_address(wanted)
            await self.open(wanted)
        except HazardError as exc:
            return str(exc)
        if self._address is None:
            return "this controller serves no metrics"
        if self._address == address:
            return ""
        return f"the running controller serves metrics on {self.url} and not on {wanted}"

    @contextlib.asynccontextmanager
    async def opened(self, wanted: str) -> AsyncIterator[None]:
        """Serves at once when an address is given, and ends what is served with the block."""
        async with self._open:
            if wanted:
                await self.open(wanted)
            yield
