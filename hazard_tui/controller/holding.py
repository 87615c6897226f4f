"""Holding an engine that is ready: until its run begins its agent must not take it for an orphan.

Meanwhile it waits for slower workers, for Locust and perhaps for a person who looks at a failed
worker, which may last longer than the agent's grace.
"""

from __future__ import annotations

import asyncio

import grpc.aio

from hazard_tui.rpc.clients import WorkerClient
from hazard_tui.rpc.gen.hazard.v1 import worker_pb2

BEAT_S = 0.5
RETRY_S = 0.2


class Hold:
    """A stream that only beats, from now until `end`.

    What the engine says meanwhile the agent tells the stream that follows.
    """

    def __init__(self, client: WorkerClient, run_id: str, epoch: int) -> None:
        self._client = client
        self._run_id = run_id
        self._epoch = epoch
        self._task = asyncio.create_task(self._keep(), name=f"hold {client.address}")

    def end(self) -> None:
        """Lets the engine go."""
        self._task.cancel()

    async def _keep(self) -> None:
        while True:
            stream = self._client.open_run()
            beating = asyncio.create_task(self._beat(stream))
            try:
                while await stream.read() is not grpc.aio.EOF:
                    pass
            except (grpc.aio.AioRpcError, asyncio.InvalidStateError):
                pass  # the stream that follows finds out why
            finally:
                beating.cancel()
                stream.cancel()
            await asyncio.sleep(RETRY_S)

    async def _beat(self, stream: grpc.aio.StreamStreamCall) -> None:
        command = worker_pb2.RunCommand(
            run_id=self._run_id, epoch=self._epoch, attach=worker_pb2.Attach()
        )
        try:
            while True:
                await stream.write(command)
                await asyncio.sleep(BEAT_S)
                command = worker_pb2.RunCommand(
                    run_id=self._run_id, epoch=self._epoch, heartbeat=worker_pb2.Heartbeat()
                )
        except (grpc.aio.AioRpcError, asyncio.InvalidStateError):
            return  # who reads hears it as well
