"""A run of hazard beside a stock Locust master with stock boomer workers, under the same trouble.

Both run at the same time, so that the machine treats them alike; each has a target of its own,
which says what came.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from hazard_tui.controller.lab import Lab, lab_down, lab_up
from hazard_tui.controller.launch import ensure_controller
from hazard_tui.plan.model import Plan, Stage, StageKind, Step, Task
from hazard_tui.plan.request import Request
from hazard_tui.rpc.clients import ControllerClient
from hazard_tui.settings import Settings
from tests.e2e.conftest import Watcher, start, until_ready, users, worker_process
from tests.e2e.test_faults import rates
from tests.support.engine import Target, running_target
from tests.support.stock import Stock

WORKERS, USERS, PACING_MS, SPAWN_RATE = 4, 200, 100, 20
RATE = USERS * 1000 / PACING_MS
BEFORE_S, AFTER_S = 5, 95


def paced(url: str, seconds: float) -> Plan:
    """One request per user and 100 ms."""
    step = Step(id="get", name="get", request=Request(url=url + "/static"))
    task = Task(name="t", steps=(step,), pacing_ms=PACING_MS)
    return Plan(name="paced", tasks=(task,), stages=(users(USERS, seconds),))


def curve(name: str, values: list[float]) -> str:
    """Ten seconds a line."""
    lines = [
        f"  {first:>3} s " + "".join(f"{value:>6.0f}" for value in values[first : first + 10])
        for first in range(0, len(values), 10)
    ]
    return "\n".join([name, *lines])


@pytest.mark.soak
@pytest.mark.timeout(290)
@pytest.mark.parametrize("options", [(), ("--enable-rebalancing",)], ids=["default", "rebalancing"])
async def test_the_rate_comes_back_and_stays_where_locust_dips_twice(
    settings: Settings, stock_boomer: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    lab = await lab_up(settings, WORKERS, lambda text: None)
    try:
        async with ControllerClient(await ensure_controller(settings)) as client:
            await until_ready(client, WORKERS)
            with ExitStack() as stack:
                ours, theirs = Target(lab.target_url), stack.enter_context(running_target())
                stock = stack.enter_context(Stock(stock_boomer, tmp_path / "stock", *options))
                for _ in range(WORKERS):
                    await asyncio.to_thread(
                        stock.join, theirs.url + "/static", "-pacing", f"{PACING_MS}ms"
                    )
                await asyncio.to_thread(stock.swarm, USERS, SPAWN_RATE)
                await asyncio.to_thread(
                    stock.until,
                    lambda state: state["state"] == "running" and state["user_count"] == USERS,
                )
                length_s = BEFORE_S + AFTER_S
                run = await start(client, paced(lab.target_url, length_s + 2))
                watcher = Watcher(client, run)
                seen = await watcher.until(lambda seen: seen.record.started_unix_ms)
                for target in (ours, theirs):
                    await asyncio.to_thread(target.reset, arrivals=True)
                begin_s = seen.record.started_unix_ms / 1000
                await asyncio.sleep(max(begin_s + BEFORE_S - time.time(), 0))  # the chosen moment
                (engine,) = worker_process(lab, seen.record.workers[1].address).children()
                engine.kill()
                stock.workers[1].kill()
                killed_s = time.time()
                await asyncio.sleep(AFTER_S - 1)
                end_s = killed_s + AFTER_S - 1
                found = [
                    rates(await asyncio.to_thread(target.arrivals), killed_s, end_s)
                    for target in (ours, theirs)
                ]
                seen = await watcher.end(60)
                log = stock.log.read_text()
    finally:
        await lab_down(settings, lambda text: None)
    hazard, stock_rates = found
    print(f"one of {WORKERS} killed at {RATE:.0f}/s, requests in each second after it")
    print(curve("hazard", hazard))
    print(curve(f"Locust {' '.join(options) or 'with its defaults'} and boomer", stock_rates))
    print("\n".join(line for line in log.splitlines() if "missing" in line or "spawn jobs" in line))
    assert seen.state == "FINISHED", seen.record.reason
    assert min(hazard[3:]) >= 0.95 * RATE
    assert min(stock_rates[:60]) <= 0.8 * RATE, "the control does not lose a worker's users"
    assert min(stock_rates[60:80]) <= 0.5 * RATE, "the control has no second dip"


def rss_mb(process: psutil.Process) -> float:
    """Resident memory, in MB."""
    return float(process.memory_info().rss / 1e6)


COUNT = 100_000
MOST_TEXTS = 51
"""50 of a worker, and the others."""


def many_plan(url: str, distinct: bool) -> Plan:
    """Every answer fails; with `distinct` each request has an address and a text of its own."""
    request = Request.model_validate({
        "url": url + "/static?item=" + ("{{$guid}}" if distinct else "1"),
        "after": {"source": "const drawn = Math.random(); throw new Error('the answer has no item '"
                            + (" + drawn)" if distinct else ")")},
    })  # fmt: skip
    step = Step(id="get", name="item", request=request)
    stage = Stage(kind=StageKind.ITERATIONS, to=COUNT, users=50)
    return Plan(name="many", tasks=(Task(name="t", steps=(step,), pacing_ms=10),), stages=(stage,))


def lines_of(locust: psutil.Process, path: str) -> int:
    """Lines of a table that the Locust master of a run offers, without its head."""
    command = locust.cmdline()
    port = command[command.index("--web-port") + 1]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return len(answer.read().splitlines()) - 1


@dataclass(frozen=True)
class Kept:
    """What a run of hazard kept of its requests."""

    grown_mb: dict[str, float]
    """Process -> the most by which its memory grew."""
    locust_rows: int
    locust_texts: int
    texts: int

    def __str__(self) -> str:
        grown = ", ".join(f"{name} {by:.1f} MB" for name, by in self.grown_mb.items())
        return (f"{self.locust_rows} line and {self.locust_texts} texts in Locust, {self.texts} "
                f"texts in the frames; more memory at most: {grown}")  # fmt: skip


async def kept_of(client: ControllerClient, lab: Lab, plan: Plan) -> Kept:
    """Runs a plan on two workers to its end."""
    target = Target(lab.target_url)
    await asyncio.to_thread(target.reset)
    watcher = Watcher(client, await start(client, plan))
    seen = await watcher.until(lambda seen: len(seen.frames) >= 3)
    controller = psutil.Process((await client.info()).pid)
    (locust,) = [
        one
        for one in controller.children(recursive=True)
        if any("locust_plugin" in part for part in one.cmdline())
    ]
    parts = {"Locust master": locust, "controller": controller}
    for number, row in enumerate(seen.record.workers, 1):
        (parts[f"engine {number}"],) = worker_process(lab, row.address).children()
    before = {name: rss_mb(one) for name, one in parts.items()}
    most, rows, locust_texts = dict(before), 0, 0
    ending = asyncio.create_task(watcher.end(150))
    while not ending.done():
        # The processes of the run end with it.
        with contextlib.suppress(psutil.NoSuchProcess, urllib.error.URLError, ConnectionError):
            for name, one in parts.items():
                most[name] = max(most[name], rss_mb(one))
            rows = await asyncio.to_thread(lines_of, locust, "/stats/requests/csv") - 1
            locust_texts = await asyncio.to_thread(lines_of, locust, "/stats/failures/csv")
        await asyncio.wait({ending}, timeout=0.2)
    seen = await ending
    texts: Counter[str] = Counter()
    entry = next(one.entry for one in seen.record.entries if one.step_id == "get")
    for frame in seen.frames:
        for step in frame.steps:
            for error in step.errors if step.entry == entry else ():
                texts[error.text] += error.count
    hits = await asyncio.to_thread(target.hits)
    assert hits["total"] == COUNT == seen.done(entry)[1]
    assert sum(texts.values()) == COUNT, "every error is in a text or among the others"
    assert len(seen.record.entries) <= 3
    grown = {name: most[name] - before[name] for name in parts}
    return Kept(grown, rows, locust_texts, len(texts))


def theirs_with_many(stock: Stock, target: Target) -> str:
    """Runs the same in the stock pair; what grew."""
    stock.swarm(50, 50)
    stock.until(lambda state: state["stats"][-1]["num_requests"] > 0)
    before = rss_mb(stock.master)
    deadline = time.monotonic() + 120
    while target.hits()["total"] < COUNT:
        assert time.monotonic() < deadline, target.hits()
        time.sleep(0.2)
    while (total := stock.total()["num_requests"]) < COUNT:
        assert time.monotonic() < deadline, total
        time.sleep(0.5)
    grown = rss_mb(stock.master) - before
    rows = stock.rows()
    assert rows >= COUNT, "the control's entries do not grow"
    assert grown >= 20, "the control's memory does not grow"
    return f"Locust {rows} entries, {grown:.0f} MB more"


@pytest.mark.soak
@pytest.mark.timeout(290)
async def test_distinct_addresses_and_errors_fill_locust_and_nothing_of_ours(
    settings: Settings, stock_boomer: Path, tmp_path: Path
) -> None:
    lab = await lab_up(settings, 2, lambda text: None)
    try:
        async with ControllerClient(await ensure_controller(settings)) as client:
            await until_ready(client, 2)
            one, many = [
                await kept_of(client, lab, many_plan(lab.target_url, distinct))
                for distinct in (False, True)
            ]
    finally:
        await lab_down(settings, lambda text: None)
    print(f"{COUNT} failures of hazard, one address and text: {one}\n  as many of both: {many}")
    with ExitStack() as stack:
        target = stack.enter_context(running_target())
        stock = stack.enter_context(Stock(stock_boomer, tmp_path / "stock"))
        for name in "ab":
            url = f"{target.url}/static?item={name}{{n}}"
            stock.join(url, "-mismatch", "-pacing", "10ms")
        theirs = await asyncio.to_thread(theirs_with_many, stock, target)
    print(f"  {theirs}")
    assert one.locust_rows == many.locust_rows == 1
    assert 2 <= many.texts <= 2 * MOST_TEXTS
    assert 2 <= many.locust_texts <= 2 * MOST_TEXTS
    # An engine's heap grows to what its garbage collector allows whatever the texts are.
    more = {name: by - one.grown_mb[name] for name, by in many.grown_mb.items()}
    assert max(more.values()) < 20, more
    assert max(many.grown_mb[name] for name in ("Locust master", "controller")) < 20
