"""Workers that announce themselves in etcd: list, then watch from that revision on.

Any end of the watch (cancelled, compacted, iterator over, etcd silent) starts again with a list,
which is the truth; a full list is also made every five minutes. While etcd is away the last list
stays, and attempts back off up to five seconds apart.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from google.protobuf import json_format

from hazard_tui.rpc import channels  # sets grpc's environment before it is imported
from hazard_tui.rpc.gen.hazard.v1 import worker_pb2
from hazard_tui.settings import TlsPaths

PREFIX = "/hazard/v1/agents/"
RESYNC_S = 300.0
PING_S = 3.0
CALL_TIMEOUT_S = 3.0
FIRST_BACKOFF_S = 0.25
LONGEST_BACKOFF_S = 5.0
NO_ENDPOINT_S = 1.0

assert channels.OPTIONS


class Discovery:
    """Keeps the list of announced workers."""

    def __init__(
        self,
        endpoints: Callable[[], Sequence[str]],
        changed: Callable[[], None],
        *,
        tls: TlsPaths | None = None,
        prefix: str = PREFIX,
    ) -> None:
        self._endpoints = endpoints
        self._changed = changed
        self._tls = tls
        self._prefix = prefix
        self._records: dict[str, worker_pb2.WorkerInfo] = {}
        self.connected = False
        self.message = "no etcd is configured; `hazard up` starts one"
        self.in_use: tuple[str, ...] = ()
        self.tried = False
        """True once etcd answered, failed, or was found not to be configured."""

    @property
    def announced(self) -> Mapping[str, worker_pb2.WorkerInfo]:
        """Worker id -> what it announced; the last known while etcd is away."""
        return self._records

    async def run(self) -> None:
        """Lists and watches until cancelled."""
        backoff_s = FIRST_BACKOFF_S
        while True:
            endpoints = tuple(self._endpoints())
            if not endpoints:
                self._set_state(False, "no etcd is configured; `hazard up` starts one", ())
                await asyncio.sleep(NO_ENDPOINT_S)
                continue
            was_connected = False
            try:
                async with await self._client(endpoints) as client:
                    was_connected = await self._follow(client, endpoints)
            # etcd3aio raises errors of grpc, of its own and of asyncio; all mean the same here.
            except Exception as exc:  # noqa: BLE001
                was_connected = self.connected
                text = str(exc).splitlines()[0] if str(exc) else type(exc).__name__
                self._set_state(
                    False, f"etcd at {', '.join(endpoints)} cannot be reached: {text}", endpoints
                )
            backoff_s = FIRST_BACKOFF_S if was_connected else min(backoff_s * 2, LONGEST_BACKOFF_S)
            await asyncio.sleep(backoff_s)

    async def _client(self, endpoints: Sequence[str]) -> Any:
        import etcd3aio

        addresses: list[str] = []
        secure = any(endpoint.startswith("https://") for endpoint in endpoints)
        for endpoint in endpoints:
            host, _, port = endpoint.rpartition("//")[2].strip("/").rpartition(":")
            # The client takes IPv4 addresses only, names are resolved here.
            found = await asyncio.get_running_loop().getaddrinfo(
                host, int(port), family=socket.AF_INET, type=socket.SOCK_STREAM
            )
            addresses += [":".join(map(str, place[:2])) for *_, place in found]
        options: dict[str, Any] = {}
        if secure and self._tls is not None:
            options = {
                "ca_cert": self._tls.ca.read_bytes(),
                "cert_key": self._tls.key.read_bytes(),
                "cert_chain": self._tls.cert.read_bytes(),
                "tls_server_name": endpoints[0].rpartition("//")[2].rpartition(":")[0],
            }
        return etcd3aio.Etcd3Client(list(dict.fromkeys(addresses)), rpc_max_attempts=1, **options)

    async def _follow(self, client: Any, endpoints: tuple[str, ...]) -> bool:
        """One list and its watch; True when the list came."""
        from etcd3aio.kv import prefix_range_end

        end = prefix_range_end(self._prefix)
        listed = await client.kv.get(self._prefix, end, timeout=CALL_TIMEOUT_S)
        found = {}
        for pair in listed.kvs:
            info = parse_record(pair.key.decode(), pair.value, self._prefix)
            if info is not None:
                found[info.worker_id] = info
        self._records = found
        self._set_state(True, "", endpoints)
        self._changed()
        watch = asyncio.create_task(self._watch(client, end, listed.header.revision + 1))
        try:
            deadline = asyncio.get_running_loop().time() + RESYNC_S
            while not watch.done() and asyncio.get_running_loop().time() < deadline:
                await asyncio.wait({watch}, timeout=PING_S)
                if tuple(self._endpoints()) != endpoints:
                    break
                # The watch reconnects by itself, so only a call of its own shows that etcd is away.
                if not watch.done():
                    await client.kv.get(self._prefix, end, count_only=True, timeout=CALL_TIMEOUT_S)
            if watch.done():
                watch.result()
        finally:
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await watch
        return True

    async def _watch(self, client: Any, end: bytes, revision: int) -> None:
        """Applies events until the watch has to begin anew with a list."""
        stream = client.watch.watch(self._prefix, end, start_revision=revision)
        async for response in stream:
            if response.canceled or response.compact_revision:
                return
            for event in response.events:
                self._apply(event)
            if response.events:
                self._changed()

    def _apply(self, event: Any) -> None:
        key = event.kv.key.decode()
        if event.type == 1:  # DELETE
            self._records.pop(key.removeprefix(self._prefix), None)
            return
        info = parse_record(key, event.kv.value, self._prefix)
        if info is not None:
            self._records[info.worker_id] = info

    def _set_state(self, connected: bool, message: str, endpoints: tuple[str, ...]) -> None:
        self.tried = True
        before = (self.connected, self.message, self.in_use)
        self.connected, self.message, self.in_use = connected, message, endpoints
        if before != (connected, message, endpoints):
            self._changed()


def parse_record(key: str, value: bytes, prefix: str = PREFIX) -> worker_pb2.WorkerInfo | None:
    """The record of a key; None when it is not one. The key's last part is the worker's id."""
    try:
        info = json_format.Parse(value, worker_pb2.WorkerInfo(), ignore_unknown_fields=True)
    except (json_format.ParseError, UnicodeDecodeError):
        return None
    if not info.address:
        return None
    info.worker_id = key.removeprefix(prefix)
    return info
