"""The engine child as an agent starts it, and the lab's target that keeps the truth about it."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from google.protobuf.internal.decoder import _DecodeVarint32  # type: ignore[attr-defined]

from hazard_tui.plan.model import Plan, Stage, StageKind, Step, Task
from hazard_tui.plan.request import Request
from hazard_tui.rpc.convert import plan_message
from hazard_tui.rpc.engine_check import with_length
from hazard_tui.rpc.gen.hazard.v1 import worker_pb2
from hazard_tui.stats.histogram import Distribution

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = ROOT / "go_worker" / "bin"
FINISHED = worker_pb2.ENGINE_STATUS_FINISHED
LEAD_S = 0.5


def first_core() -> int:
    """The core for generators."""
    return 0


def last_core() -> int:
    """The core for targets; the same as the generators' on a machine with one."""
    return max(0, (os.cpu_count() or 1) - 1)


def pinned(core: int | None) -> list[str]:
    """Prefix of a command that keeps it on one core; none without `taskset`."""
    taskset = shutil.which("taskset")
    return [taskset, "-c", str(core)] if taskset and core is not None else []


@dataclass
class Target:
    """A running target of the lab."""

    url: str

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> bytes:
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(self.url + path, data=data, timeout=10) as answer:
            found: bytes = answer.read()
            return found

    def reset(self, *, arrivals: bool = False) -> None:
        """New counters; with `arrivals` the times of all requests are kept from now on."""
        self._ask("/lab/reset", {})
        self._ask("/lab/arrivals", {"on": arrivals})

    def stall(self, after_s: float, for_s: float) -> None:
        """From `after_s` from now on every request waits until the window ends."""
        self._ask("/lab/stall", {"after_s": after_s, "for_s": for_s, "all": True})

    def hits(self) -> dict[str, Any]:
        """Exact counts since the last reset."""
        found: dict[str, Any] = json.loads(self._ask("/lab/hits"))
        return found

    def arrivals(self) -> npt.NDArray[np.float64]:
        """Unix seconds at which requests were read completely, in order."""
        raw = np.frombuffer(self._ask("/lab/arrivals?format=binary"), dtype="<i8")
        start_ns = int(raw[0])
        seconds, rest_ns = divmod(start_ns, 1_000_000_000)
        times: npt.NDArray[np.float64] = (raw[3:] + rest_ns) / 1e9 + seconds
        return times


class InFlight:
    """Looks again and again at how many requests a target is about to answer.

    Where a request takes long and the next one follows at once, that is the number of users.
    """

    def __init__(self, target: Target, every_s: float) -> None:
        self._every_s = every_s
        self._connection = http.client.HTTPConnection(target.url.partition("//")[2], timeout=10)
        self._seen: list[tuple[float, int]] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> InFlight:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(10)
        self._connection.close()

    def seen(self) -> npt.NDArray[np.float64]:
        """Rows of (unix seconds, requests in flight)."""
        return np.array(self._seen, dtype=np.float64)

    def _look(self) -> None:
        due = time.time()
        while not self._ended.wait(max(0.0, due - time.time())):
            due += self._every_s
            self._connection.request("GET", "/lab/hits")
            report = json.loads(self._connection.getresponse().read())
            self._seen.append((time.time(), report["in_flight"]))


@contextmanager
def running_target(core: int | None = None) -> Iterator[Target]:
    """A target of its own process."""
    command = [*pinned(core), str(BIN / "hazard-lab"), "target", "--listen", "127.0.0.1:0"]
    with subprocess.Popen([*command, "--exit-with-stdin"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as child:  # fmt: skip
        assert child.stdout is not None
        try:
            yield Target(json.loads(child.stdout.readline())["url"])
        finally:
            child.terminate()


class Engine:
    """One engine child, without a link to Locust or led by it. A thread reads what it says."""

    def __init__(self, plan: Plan, *, index: int = 0, count: int = 1, core: int | None = None,
                 follow_port: int = 0) -> None:  # fmt: skip
        """`follow_port`: the Locust master there says how many users run; no start is needed."""
        self._news = threading.Condition()
        self._events: list[worker_pb2.EngineEvent] = []
        self._times: list[float] = []
        self.child = subprocess.Popen(
            [*pinned(core), str(BIN / "hazard-worker"), "engine"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        request = worker_pb2.PrepareRequest(
            run_id="run", epoch=1, plan=plan_message(plan),
            share=worker_pb2.Share(index=index, count=count),
            options=worker_pb2.RunOptions(seed=7, mark_steps=True),
        )  # fmt: skip
        self.send(prepare=worker_pb2.EnginePrepare(
            request=request, allowed_targets=["127.0.0.0/8"], worker_id=f"worker-{index}",
            locust_port=follow_port, follow_locust=bool(follow_port),
        ))  # fmt: skip
        prepared = self.event(lambda event: event.WhichOneof("kind") == "prepared").prepared
        assert prepared.ready, prepared.findings

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        assert self.child.stdin is not None
        self.child.stdin.close()
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait(10)
        self._reader.join(10)

    def _read(self) -> None:
        assert self.child.stdout is not None
        while True:
            head = b""
            while not head or head[-1] >= 0x80:
                byte = self.child.stdout.read(1)
                if not byte:
                    with self._news:
                        self._news.notify_all()
                    return
                head += byte
            size, _ = _DecodeVarint32(head, 0)
            event = worker_pb2.EngineEvent.FromString(self.child.stdout.read(size))
            with self._news:
                self._events.append(event)
                self._times.append(time.time())
                self._news.notify_all()

    def send(self, **command: Any) -> None:
        """Sends one command, such as `stop=worker_pb2.Stop()`."""
        assert self.child.stdin is not None
        message = worker_pb2.EngineCommand(**command)
        self.child.stdin.write(with_length(message.SerializeToString()))
        self.child.stdin.flush()

    def start(self, at_s: float) -> None:
        """Lets the load begin at a unix time."""
        self.send(start=worker_pb2.Start(start_at_unix_us=round(at_s * 1e6)))

    def event(self, matches: Callable[[worker_pb2.EngineEvent], bool],
              timeout_s: float = 20) -> worker_pb2.EngineEvent:  # fmt: skip
        """The first event that matches, once it came."""
        with self._news:
            self._news.wait_for(
                lambda: any(map(matches, self._events)) or not self._reader.is_alive(), timeout_s
            )
            found = next(filter(matches, self._events), None)
        assert found is not None, [event.WhichOneof("kind") for event in self._events]
        return found

    def finished(self, timeout_s: float) -> list[worker_pb2.Frame]:
        """All frames, once the run is over."""
        self.event(lambda event: event.state.status == FINISHED, timeout_s)
        return self.frames()

    def frames(self) -> list[worker_pb2.Frame]:
        """The frames so far."""
        with self._news:
            return [one.frame for one in self._events if one.WhichOneof("kind") == "frame"]

    def frame_times(self) -> list[tuple[float, worker_pb2.Frame]]:
        """The frames so far, each with the unix time at which it came."""
        with self._news:
            pairs = zip(self._times, self._events, strict=True)
            return [(at, one.frame) for at, one in pairs if one.WhichOneof("kind") == "frame"]


def plan_for(url: str, *stages: Stage, **fields: Any) -> Plan:
    """One task with one GET."""
    step = Step(id="get", name="get", request=Request(url=url))
    return Plan(name="measured", tasks=(Task(name="task", steps=(step,)),), stages=stages, **fields)


def arrivals(per_s: float, seconds: float, **fields: Any) -> Stage:
    """A stage that starts iterations at a rate."""
    return Stage(kind=StageKind.ARRIVALS, to=per_s, duration_ms=round(seconds * 1000), **fields)


def users(count: float, seconds: float, **fields: Any) -> Stage:
    """A stage that holds users."""
    return Stage(to=count, duration_ms=round(seconds * 1000), **fields)


def merged(frames: list[worker_pb2.Frame], name: str, entry: int = 0) -> Distribution:
    """The histogram `service`, `scheduled` or `first_byte` of an entry over all frames."""
    total = Distribution()
    for frame in frames:
        for step in frame.steps:
            if step.entry == entry:
                total.add(getattr(step, name))
    return total


def count_of(frames: list[worker_pb2.Frame], entry: int = 0) -> tuple[int, int, int]:
    """(ok, failed, aborted) of an entry over all frames."""
    steps = [step for frame in frames for step in frame.steps if step.entry == entry]
    return (sum(one.ok for one in steps), sum(one.failed for one in steps),
            sum(one.aborted for one in steps))  # fmt: skip


def dispersion(times_s: npt.NDArray[np.float64], bin_s: float = 0.01) -> float:
    """Index of dispersion: variance over mean of the counts per bin. 1 for a Poisson process."""
    edges = np.arange(times_s[0], times_s[-1], bin_s)
    counts, _ = np.histogram(times_s, edges)
    return float(counts.var() / counts.mean())
