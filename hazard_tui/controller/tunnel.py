"""Joins boomer's link, carried by the agent's Tunnel stream, to the Locust master on loopback."""

from __future__ import annotations

import asyncio
import contextlib
from enum import IntEnum
from typing import Any

import grpc.aio

from hazard_tui.rpc.clients import WorkerClient
from hazard_tui.rpc.gen.hazard.v1 import worker_pb2

CHUNK = 64 * 1024
FIRST_RETRY_S = 0.2
LONGEST_RETRY_S = 2.0


class Reached(IntEnum):
    """How far boomer has come on its way to Locust."""

    NOTHING = 0
    LINKED = 1
    """The agent took the stream up, and boomer's connection came through it."""
    GREETED = 2
    """Bytes of boomer went to Locust."""
    ANSWERED = 3
    """Bytes of Locust went back."""


class Tunnel:
    """One Tunnel stream, reopened as often as it breaks; a TCP connection per link number."""

    def __init__(self, client: WorkerClient, run_id: str, epoch: int, port: int) -> None:
        self._client = client
        self._run_id = run_id
        self._epoch = epoch
        self._port = port
        self._writers: dict[int, asyncio.StreamWriter] = {}
        self._pumps: set[asyncio.Task[None]] = set()
        self._write_lock = asyncio.Lock()
        self._greeted: set[int] = set()
        """Links that carried bytes of boomer. The first link of an engine only looks whether
        somebody listens."""
        self.reached = Reached.NOTHING
        """The farthest so far."""
        self.was_cut = False
        """True when a stream ended with a link open: boomer does not come back, so Locust's totals
        end there."""

    async def run(self) -> None:
        """Carries bytes until cancelled."""
        retry_s = FIRST_RETRY_S
        while True:
            stream = self._client.open_tunnel()
            try:
                await stream.write(worker_pb2.TunnelBytes(run_id=self._run_id, epoch=self._epoch))
                while (message := await stream.read()) is not grpc.aio.EOF:
                    retry_s = FIRST_RETRY_S
                    await self._take(stream, message)
            except (grpc.aio.AioRpcError, asyncio.InvalidStateError):
                pass
            finally:
                self.was_cut = self.was_cut or bool(self._writers)
                stream.cancel()
                await self._close_links()
            await asyncio.sleep(retry_s)
            retry_s = min(retry_s * 2, LONGEST_RETRY_S)

    async def _take(self, stream: Any, message: worker_pb2.TunnelBytes) -> None:
        writer = self._writers.get(message.link)
        if writer is None and not message.closed:
            writer = await self._dial(stream, message.link)
        if writer is None:
            return
        self._note(Reached.LINKED)
        if message.data:
            self._greeted.add(message.link)
            self._note(Reached.GREETED)
            writer.write(message.data)
            with contextlib.suppress(ConnectionError):
                await writer.drain()
        if message.closed:
            self._drop(message.link)

    def _note(self, reached: Reached) -> None:
        self.reached = max(self.reached, reached)

    async def _dial(self, stream: Any, link: int) -> asyncio.StreamWriter | None:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            await self._send(stream, worker_pb2.TunnelBytes(link=link, closed=True))
            return None
        self._writers[link] = writer
        pump = asyncio.create_task(self._pump(stream, link, reader))
        self._pumps.add(pump)
        pump.add_done_callback(self._pumps.discard)
        return writer

    async def _pump(self, stream: Any, link: int, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(grpc.aio.AioRpcError, asyncio.InvalidStateError):
            try:
                while data := await reader.read(CHUNK):
                    if link in self._greeted:
                        self._note(Reached.ANSWERED)
                    await self._send(stream, worker_pb2.TunnelBytes(link=link, data=data))
            except ConnectionError:
                pass
            await self._send(stream, worker_pb2.TunnelBytes(link=link, closed=True))

    async def _send(self, stream: Any, message: worker_pb2.TunnelBytes) -> None:
        # One write at a time is all that a gRPC stream takes.
        async with self._write_lock:
            await stream.write(message)

    def _drop(self, link: int) -> None:
        # The pump ends by itself when its connection does: cancelling it inside a write would
        # cancel the whole stream, and with it the links of everybody else.
        writer = self._writers.pop(link, None)
        if writer is not None:
            writer.close()

    async def _close_links(self) -> None:
        for link in list(self._writers):
            self._drop(link)
