"""Memory per idle, connected user: of the engine, and of k6 where it is installed.

Every user sends one request and then rests with its connection open. The figure is the growth of
the process's resident memory from few users to many, over the users between; k6 runs the same in
one process. `python -m tests.bench users`
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable

import psutil

from hazard_tui.plan.model import Pause, Plan, Task
from tests.support.engine import Engine, count_of, plan_for, running_target, users

FEW, MANY = 100, 5_000
TURNS = 3
REST_S = 120
LONGEST_S = 60
KIB = 1024


def resting(url: str, count: int) -> Plan:
    """Users that rest after their first request."""
    made = plan_for(url, users(count, REST_S), max_users=count)
    rest = Pause(min_ms=REST_S * 1000, max_ms=REST_S * 1000)
    task = Task(name="rest", steps=made.tasks[0].steps, think_time=rest)
    return Plan.model_validate(
        {**made.model_dump(by_alias=True), "tasks": [task.model_dump(by_alias=True)]}
    )


def engine_rss(url: str, count: int) -> int:
    """Resident bytes of an engine once each of its users has rested for a while."""
    with Engine(resting(url, count)) as engine:
        engine.start(time.time() + 0.5)
        until = time.monotonic() + LONGEST_S
        while count_of(engine.frames())[0] < count:
            if time.monotonic() > until:
                raise RuntimeError(f"{count_of(engine.frames())} of {count} users have answers")
            time.sleep(0.2)
        return settled_rss(engine.child.pid)


def k6_rss(url: str, count: int) -> int:
    """The same of k6."""
    script = (
        "import http from 'k6/http'; import {sleep} from 'k6';"
        f"export const options = {{vus: {count}, duration: '{REST_S}s'}};"
        f"export default () => {{ http.get('{url}'); sleep({REST_S}) }}"
    )
    with tempfile.NamedTemporaryFile("w", suffix=".js") as file:
        file.write(script)
        file.flush()
        with subprocess.Popen(["k6", "run", "--quiet", file.name], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as child:  # fmt: skip
            try:
                connected(child.pid, count)
                return settled_rss(child.pid)
            finally:
                child.kill()


def connected(pid: int, count: int) -> None:
    """Waits until a process has as many connections as users."""
    until = time.monotonic() + LONGEST_S
    while len(psutil.Process(pid).net_connections("tcp")) < count:
        if time.monotonic() > until:
            raise RuntimeError(f"process {pid} has not connected its {count} users")
        time.sleep(0.5)


def settled_rss(pid: int) -> int:
    """Resident bytes, once they grew by less than one percent in two seconds."""
    last = psutil.Process(pid).memory_info().rss
    for _ in range(15):
        time.sleep(2)
        now = int(psutil.Process(pid).memory_info().rss)
        if abs(now - last) < last * 0.01:
            return now
        last = now
    return int(last)


def main() -> None:
    """Interleaved turns, then min, median and max per user."""
    measured: dict[str, Callable[[str, int], int]] = {"hazard engine": engine_rss}
    if shutil.which("k6"):
        measured["k6"] = k6_rss
    else:
        print("k6 is not installed: skipped")
    found: dict[str, list[float]] = {name: [] for name in measured}
    with running_target() as target:
        for turn in range(TURNS):
            print(f"turn {turn + 1} of {TURNS}", flush=True)
            for name, rss in measured.items():
                few, many = (rss(target.url + "/static", count) for count in (FEW, MANY))
                found[name].append((many - few) / (MANY - FEW) / KIB)
    print(f"{MANY} idle connected users  KiB per user min..median..max")
    for name, values in found.items():
        print(
            f"{name:24} {min(values):.1f} .. {statistics.median(values):.1f} .. {max(values):.1f}"
        )
