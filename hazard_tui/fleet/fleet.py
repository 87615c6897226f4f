"""The fleet: announced and listed workers, one row each, with their health."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from hazard_tui.errors import RemoteError
from hazard_tui.fleet.discovery import Discovery
from hazard_tui.fleet.health import PROTOCOL, Probe
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2
from hazard_tui.settings import TlsPaths

PROBE_EVERY_S = 2.0
PROBES_AT_ONCE = 16
CHOOSE_S = 3.0
LOST_SHOWN_S = 300.0
"""A lost worker stays listed this long after it was seen last."""

READY = control_pb2.WORKER_HEALTH_READY
BUSY = control_pb2.WORKER_HEALTH_BUSY
LOST = control_pb2.WORKER_HEALTH_LOST
INCOMPATIBLE = control_pb2.WORKER_HEALTH_INCOMPATIBLE
UNREACHABLE = control_pb2.WORKER_HEALTH_UNREACHABLE
UNKNOWN = control_pb2.WORKER_HEALTH_UNKNOWN


@dataclass(slots=True)
class Member:
    """One row: a worker by its id, or an address that has not answered yet."""

    key: str
    probe: Probe
    announced: worker_pb2.WorkerInfo | None = None
    is_static: bool = False
    asked: bool = False

    @property
    def worker_id(self) -> str:
        """The id; the address until the worker said it."""
        return self.probe.info.worker_id if self.probe.info is not None else self.key


class Fleet:
    """Follows etcd and a fixed list, and probes every worker."""

    def __init__(
        self,
        endpoints: Callable[[], Sequence[str]],
        static_workers: Sequence[str] = (),
        tls: TlsPaths | None = None,
    ) -> None:
        self.discovery = Discovery(endpoints, self._announcements_changed, tls=tls)
        self._tls = tls
        self._members: dict[str, Member] = {
            address: Member(address, Probe(address, tls), is_static=True)
            for address in static_workers
        }
        self._slots = asyncio.Semaphore(PROBES_AT_ONCE)
        self._tasks: list[asyncio.Task[None]] = []
        self._waiters: set[asyncio.Event] = set()
        self._wake = asyncio.Event()

    async def __aenter__(self) -> Fleet:
        self._tasks = [
            asyncio.create_task(self.discovery.run(), name="discovery"),
            asyncio.create_task(self._probe_all(), name="probes"),
        ]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        for member in self._members.values():
            await member.probe.close()

    def add_workers(self, addresses: Sequence[str]) -> None:
        """Lists workers by address, as if they had been given at the start."""
        for address in addresses:
            known = [one for one in self._members.values() if one.probe.address == address]
            if not known:
                self._members[address] = Member(address, Probe(address, self._tls), is_static=True)
        self._wake.set()
        self._tell()

    @contextlib.contextmanager
    def changes(self) -> Iterator[asyncio.Event]:
        """An event that is set after every change, for one watcher."""
        event = asyncio.Event()
        self._waiters.add(event)
        try:
            yield event
        finally:
            self._waiters.discard(event)

    def records(self) -> list[control_pb2.WorkerRecord]:
        """Every row, by host name and address."""
        found: dict[str, control_pb2.WorkerRecord] = {}
        for member in self._members.values():
            record = self._record(member)
            known = found.get(record.info.worker_id)
            # One worker listed twice (announced, and by address) is one row: the better one.
            if known is None or record.last_seen_unix_ms > known.last_seen_unix_ms:
                found[record.info.worker_id] = record
        return sorted(found.values(), key=lambda one: (one.info.hostname, one.info.address))

    def listing(self) -> control_pb2.WorkerList:
        """Every row with the state of etcd."""
        return control_pb2.WorkerList(
            workers=self.records(),
            etcd_connected=self.discovery.connected,
            etcd_message=self.discovery.message,
        )

    async def ask_again(self, worker_ids: Collection[str]) -> None:
        """Asks some workers at once instead of at their next turn."""
        members = [one for one in self._members.values() if one.worker_id in worker_ids]
        await asyncio.gather(*(self._probe(one) for one in members))
        self._tell()

    async def choose_soon(
        self, wanted: Sequence[str], busy: Collection[str] = (), within_s: float = CHOOSE_S
    ) -> list[control_pb2.WorkerRecord]:
        """As `choose`, but waits a moment for workers that come up or end a run just now."""
        deadline = asyncio.get_running_loop().time() + within_s
        with self.changes() as changed:
            while True:
                try:
                    return self.choose(wanted, busy)
                except RemoteError:
                    left_s = deadline - asyncio.get_running_loop().time()
                    if left_s <= 0 or not self._may_come:
                        raise
                    changed.clear()
                    self._wake.set()
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(changed.wait(), min(left_s, 0.5))

    @property
    def _may_come(self) -> bool:
        """False when nothing says where workers could be."""
        return bool(self._members or self.discovery.in_use or not self.discovery.tried)

    def choose(
        self, wanted: Sequence[str], busy: Collection[str] = ()
    ) -> list[control_pb2.WorkerRecord]:
        """Workers of a run: by id, unique prefix of an id, or address; none named: all ready ones.

        `busy` are ids that are taken whatever the last probe said. Raises `RemoteError` naming what
        is not there or not ready.
        """
        records = self.records()
        for record in records:
            if record.info.worker_id in busy and record.health == READY:
                record.health, record.reason = BUSY, "it takes part in another run"
        if not wanted:
            ready = [record for record in records if record.health == READY]
            if ready:
                return ready
            why = _none_ready(records) if records else self._none_known()
            raise RemoteError(why, hint="start workers, or run `hazard up`")
        chosen: dict[str, control_pb2.WorkerRecord] = {}
        for name in wanted:
            hits = [one for one in records if name in (one.info.worker_id, one.info.address)]
            hits = hits or [one for one in records if one.info.worker_id.startswith(name)]
            if not hits:
                raise RemoteError(f"there is no worker {name}", hint="`hazard workers` lists them")
            if len(hits) > 1:
                raise RemoteError(f"several workers begin with {name}", hint="write more of the id")
            if hits[0].health != READY:
                raise RemoteError(f"worker {name} is not ready: {hits[0].reason or 'busy'}")
            chosen[hits[0].info.worker_id] = hits[0]
        return list(chosen.values())

    def _none_known(self) -> str:
        discovery = self.discovery
        if discovery.connected:
            return f"no worker is known: etcd at {', '.join(discovery.in_use)} announces none"
        return f"no worker is known: {discovery.message}"

    def clock_offset_us(self, worker_id: str) -> int:
        """Clock of a worker minus ours; 0 when it never answered."""
        for member in self._members.values():
            if member.worker_id == worker_id and member.probe.info is not None:
                return member.probe.clock.offset_us
        return 0

    def _record(self, member: Member) -> control_pb2.WorkerRecord:
        probe = member.probe
        info = worker_pb2.WorkerInfo()
        if probe.info is not None:
            info.CopyFrom(probe.info)
        elif member.announced is not None:
            info.CopyFrom(member.announced)
        info.worker_id = member.worker_id
        # The address that was dialled is the one that works from here.
        info.address = probe.address
        health, reason, run_id = self._health(member)
        return control_pb2.WorkerRecord(
            info=info,
            health=health,
            reason=reason,
            last_seen_unix_ms=probe.last_seen_unix_ms,
            clock_offset_us=probe.clock.offset_us,
            round_trip_us=probe.clock.round_trip_us,
            run_id=run_id,
        )

    def _health(self, member: Member) -> tuple[control_pb2.WorkerHealth, str, str]:
        probe = member.probe
        if probe.failing or probe.info is None:
            if not member.asked:
                return UNKNOWN, "not asked yet", ""
            gone = member.announced is None and (not member.is_static or probe.info is not None)
            return (LOST if gone else UNREACHABLE), probe.reason, ""
        if probe.info.protocol != PROTOCOL:
            reason = (
                f"it speaks protocol {probe.info.protocol} (version {probe.info.version}), "
                f"this hazard speaks {PROTOCOL}"
            )
            return INCOMPATIBLE, reason, ""
        active = [run for run in probe.info.runs if run.state not in _ENDED]
        if active:
            return BUSY, f"it takes part in run {active[0].run_id}", active[0].run_id
        return READY, "", ""

    def _announcements_changed(self) -> None:
        announced = self.discovery.announced
        by_id = {member.worker_id: member for member in self._members.values()}
        for worker_id, info in announced.items():
            member = by_id.get(worker_id)
            if member is None:
                self._members[worker_id] = Member(worker_id, Probe(info.address, self._tls), info)
                continue
            member.announced = info
            if member.probe.address != info.address and not member.is_static:
                self._redial(member, info.address)
        for member in self._members.values():
            if member.announced is not None and member.worker_id not in announced:
                member.announced = None
        self._wake.set()
        self._tell()

    def _redial(self, member: Member, address: str) -> None:
        old, member.probe = member.probe, Probe(address, self._tls, info=member.probe.info)
        member.probe.last_seen_unix_ms = old.last_seen_unix_ms
        self._tasks.append(asyncio.create_task(old.close()))

    async def _probe_all(self) -> None:
        while True:
            self._wake.clear()
            self._forget_old()
            await asyncio.gather(*(self._probe(one) for one in list(self._members.values())))
            self._tell()
            self._tasks = [task for task in self._tasks if not task.done()]
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), PROBE_EVERY_S)

    async def _probe(self, member: Member) -> None:
        async with self._slots:
            await member.probe.ask()
            member.asked = True

    def _forget_old(self) -> None:
        oldest_ms = (time.time() - LOST_SHOWN_S) * 1000
        for key, member in list(self._members.items()):
            gone = member.probe.failing and member.announced is None and not member.is_static
            if gone and member.probe.last_seen_unix_ms < oldest_ms:
                del self._members[key]
                self._tasks.append(asyncio.create_task(member.probe.close()))

    def _tell(self) -> None:
        for event in self._waiters:
            event.set()


_ENDED = frozenset({"finished", "failed", "stopped", "ended", "discarded"})
"""States of a run on an agent that leave the worker free."""


def _none_ready(records: list[control_pb2.WorkerRecord]) -> str:
    listed = "; ".join(
        f"{one.info.hostname or one.info.address}: {one.reason or 'not ready'}" for one in records
    )
    return f"no worker is ready ({listed[:300]})"
