"""A TCP connection that a test can break."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator


class Wire:
    """Carries TCP to an address; `cut` breaks every connection, `block` refuses new ones."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._writers: set[asyncio.StreamWriter] = set()
        self._blocked = False
        self.address = ""
        self.connections = 0
        """Connections carried so far."""

    @contextlib.asynccontextmanager
    async def up(self) -> AsyncIterator[Wire]:
        """The wire while the block runs."""
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()
            self.cut()

    def cut(self) -> None:
        """Breaks what is open."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def cut_for(self, seconds: float) -> None:
        """Breaks what is open, and anything new for a while."""
        self._blocked = True
        self.cut()
        await asyncio.sleep(seconds)
        self._blocked = False

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._blocked:
            writer.transport.abort()
            return
        self.connections += 1
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writers |= {writer, far_writer}
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()
        self._writers.discard(writer)
