"""One run's updates to any number of watchers, none of which can slow the run."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

from hazard_tui.rpc.gen.hazard.v1 import control_pb2

LONGEST_QUEUE = 20_000


class Subscription:
    """What one watcher has not read yet."""

    def __init__(self, per_worker: bool) -> None:
        self.per_worker = per_worker
        self.overrun = False
        """True when the watcher read too slowly; it has to begin anew."""
        self._queue: asyncio.Queue[control_pb2.RunUpdate | None] = asyncio.Queue(LONGEST_QUEUE)

    async def next(self) -> control_pb2.RunUpdate | None:
        """The next update; None at the end."""
        return await self._queue.get()

    def put(self, update: control_pb2.RunUpdate | None) -> None:
        """Adds an update; None ends."""
        try:
            self._queue.put_nowait(update)
        except asyncio.QueueFull:
            self.overrun = True
            while not self._queue.empty():
                self._queue.get_nowait()
            self._queue.put_nowait(None)


class Broadcast:
    """The watchers of one run."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()
        self.closed = False

    @contextlib.contextmanager
    def subscribe(self, per_worker: bool) -> Iterator[Subscription]:
        """Everything that is published from now on."""
        subscription = Subscription(per_worker)
        self._subscriptions.add(subscription)
        if self.closed:
            subscription.put(None)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)

    def publish(self, update: control_pb2.RunUpdate, *, of_worker: bool = False) -> None:
        """Gives an update to every watcher, or only to those who want frames of workers."""
        for subscription in self._subscriptions:
            if subscription.per_worker or not of_worker:
                subscription.put(update)

    def close(self) -> None:
        """Ends every subscription, now and later."""
        self.closed = True
        for subscription in self._subscriptions:
            subscription.put(None)
