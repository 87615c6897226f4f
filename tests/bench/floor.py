"""The floor of the engine: what it measures at a target that does nothing, next to wrk.

One connection, the target on the last core and the generator on the first, turns one after the
other. The difference of the medians is what the engine itself adds to a latency; wrk is not
installed everywhere, then only the engine's own floor is printed.
"""

from __future__ import annotations

import re
import shutil
import statistics
import subprocess
import time

from tests.support.engine import (
    LEAD_S,
    Engine,
    Target,
    first_core,
    last_core,
    merged,
    pinned,
    plan_for,
    running_target,
    users,
)

TURNS = 5
TURN_S = 3
UNITS = {"us": 1.0, "ms": 1e3, "s": 1e6}


def engine_p50_us(target: Target, connections: int = 1) -> float:
    """Median service time of a closed load of one user per connection."""
    plan = plan_for(target.url + "/static", users(connections, TURN_S))
    with Engine(plan, core=first_core()) as engine:
        engine.start(time.time() + LEAD_S)
        return float(merged(engine.finished(TURN_S + 30), "service").percentile(50))


def wrk_p50_us(target: Target, connections: int = 1) -> float:
    """Median latency that wrk prints."""
    command = [
        "wrk",
        "-t1",
        f"-c{connections}",
        f"-d{TURN_S}s",
        "--latency",
        target.url + "/static",
    ]
    done = subprocess.run([*pinned(first_core()), *command], capture_output=True, text=True,
                          check=True, timeout=TURN_S + 30)  # fmt: skip
    found = re.search(r"50%\s+([\d.]+)(us|ms|s)", done.stdout)
    assert found is not None, done.stdout
    return float(found[1]) * UNITS[found[2]]


def measure(connections: int = 1) -> tuple[list[float], list[float]]:
    """Medians of the engine's and of wrk's turns; the latter is empty without wrk."""
    ours, theirs = [], []
    with running_target(last_core()) as target:
        for _ in range(TURNS):
            ours.append(engine_p50_us(target, connections))
            if shutil.which("wrk"):
                theirs.append(wrk_p50_us(target, connections))
    return ours, theirs


def main() -> None:
    """Prints both floors and their ratio."""
    for connections in (1, 20):
        ours, theirs = measure(connections)
        line = f"{connections} connections, p50: engine {spread(ours)} us"
        if theirs:
            ratio = statistics.median(ours) / statistics.median(theirs)
            line += f", wrk {spread(theirs)} us, ratio {ratio:.2f}"
        else:
            line += "; wrk is not installed: skipped"
        print(line)


def spread(values: list[float]) -> str:
    """min..median..max."""
    return f"{min(values):.0f} .. {statistics.median(values):.0f} .. {max(values):.0f}"
