"""A target that notes each arrival."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Arrival:
    """A request as the target read it."""

    at_s: float
    user: int
    name: str
    rest: str


class LoggingTarget:
    """A server that logs requests for `/USER/NAME/…` with their time."""

    def __init__(self) -> None:
        self.log: list[Arrival] = []
        self.url = ""
        self._news = asyncio.Event()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                _, user, name, rest = head.split(b" ", 2)[1].decode().split("/", 3)
                self.log.append(Arrival(time.time(), int(user), name, rest))
                self._news.set()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                await writer.drain()
        writer.close()

    def count(self) -> Counter[str]:
        """Requests by name."""
        return Counter(one.name for one in self.log)

    async def until(self, name: str, least: int) -> None:
        """Waits until a name came so often."""
        await self._until(lambda: self.count()[name] >= least)

    async def until_row(self, rest: str) -> None:
        """Waits until a row came."""
        await self._until(lambda: any(one.rest == rest for one in self.log))

    async def _until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not holds():
                self._news.clear()
                await self._news.wait()


@contextlib.asynccontextmanager
async def logging_target() -> AsyncIterator[LoggingTarget]:
    """A target on a free port."""
    made = LoggingTarget()
    server = await asyncio.start_server(made._serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        server.close()
