"""How one worker is: dialled every two seconds, its clock compared with ours."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field

from hazard_tui.errors import HazardError
from hazard_tui.rpc.clients import WorkerClient
from hazard_tui.rpc.gen.hazard.v1 import worker_pb2
from hazard_tui.settings import TlsPaths

PROTOCOL = 1
PROBE_TIMEOUT_S = 2.0
CLOCK_SAMPLES = 8


@dataclass(frozen=True, slots=True)
class ClockSample:
    """One round trip."""

    round_trip_us: int
    offset_us: int
    """Worker minus us, at the middle of the round trip."""


@dataclass(slots=True)
class Probe:
    """Dials one address, and remembers what it answered."""

    address: str
    tls: TlsPaths | None = None
    info: worker_pb2.WorkerInfo | None = None
    last_seen_unix_ms: int = 0
    failing: bool = False
    reason: str = ""
    _clock: deque[ClockSample] = field(default_factory=lambda: deque(maxlen=CLOCK_SAMPLES))
    _client: WorkerClient | None = None

    @property
    def clock(self) -> ClockSample:
        """The sample with the shortest round trip of the last ones, which errs least."""
        if not self._clock:
            return ClockSample(0, 0)
        return min(self._clock, key=lambda sample: sample.round_trip_us)

    async def ask(self) -> None:
        """Asks once; a failure is kept as `reason`."""
        try:
            if self._client is None:
                self._client = WorkerClient(self.address, self.tls)
            before_us, started = time.time_ns() // 1000, time.perf_counter_ns()
            info = await self._client.describe(PROBE_TIMEOUT_S)
            round_trip_us = (time.perf_counter_ns() - started) // 1000
            if not await self._client.serving(PROBE_TIMEOUT_S):
                self.failing, self.reason = True, "the agent says that it does not serve"
                return
        except HazardError as exc:
            self.failing, self.reason = True, str(exc)
            return
        if self.info is not None and info.boot_id != self.info.boot_id:
            self._clock.clear()
        offset_us = info.clock_unix_us - (before_us + round_trip_us // 2)
        self._clock.append(ClockSample(round_trip_us, offset_us))
        self.info = info
        self.last_seen_unix_ms = time.time_ns() // 1_000_000
        self.failing, self.reason = False, ""

    async def close(self) -> None:
        """Closes the connection."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()
