"""A run of hazard beside a stock Locust master with stock boomer workers, under the same trouble.

Both run at the same time, so that the machine treats them alike; each has a target of its own,
which says what came.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from hazard_tui.controller.lab import lab_down, lab_up
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


def rss_mb(processes: list[psutil.Process]) -> float:
    """Resident memory of processes that live, in MB."""
    return sum(one.memory_info().rss for one in processes if one.is_running()) / 1e6


COUNT = 100_000


def many_plan(url: str) -> Plan:
    """Every request has another address, and every answer fails with another text."""
    request = Request.model_validate({
        "url": url + "/static?item={{$guid}}",
        "after": {"source": "throw new Error('the answer has no item ' + Math.random())"},
    })  # fmt: skip
    step = Step(id="get", name="item", request=request)
    stage = Stage(kind=StageKind.ITERATIONS, to=COUNT, users=50)
    return Plan(name="many", tasks=(Task(name="t", steps=(step,), pacing_ms=10),), stages=(stage,))


async def ours_with_many(settings: Settings) -> str:
    """Runs the plan on two workers; what grew."""
    lab = await lab_up(settings, 2, lambda text: None)
    try:
        async with ControllerClient(await ensure_controller(settings)) as client:
            await until_ready(client, 2)
            watcher = Watcher(client, await start(client, many_plan(lab.target_url)))
            seen = await watcher.until(lambda seen: len(seen.frames) >= 3)
            controller = psutil.Process((await client.info()).pid)
            locust = [
                one
                for one in controller.children(recursive=True)
                if any("locust_plugin" in part for part in one.cmdline())
            ]
            engines = [
                engine
                for row in seen.record.workers
                for engine in worker_process(lab, row.address).children()
            ]
            parts = {"Locust master": locust, "controller": [controller], "engines": engines}
            assert all(parts.values()), parts
            before = {name: rss_mb(found) for name, found in parts.items()}
            most = dict(before)
            ending = asyncio.create_task(watcher.end(120))
            while not ending.done():
                for name, found in parts.items():
                    most[name] = max(most[name], rss_mb(found))
                await asyncio.wait({ending}, timeout=0.2)
            seen = await ending
            hits = await asyncio.to_thread(Target(lab.target_url).hits)
    finally:
        await lab_down(settings, lambda text: None)
    texts: dict[str, int] = {}
    entry = next(one for one in seen.record.entries if one.step_id == "get")
    for frame in seen.frames:
        for step in frame.steps:
            for error in step.errors if step.entry == entry.entry else ():
                texts[error.text] = texts.get(error.text, 0) + error.count
    grown = {name: most[name] - before[name] for name in parts}
    assert hits["total"] == COUNT == seen.done(entry.entry)[1]
    assert sum(texts.values()) == COUNT, "every error is in a text or among the others"
    assert 2 <= len(texts) <= 102, "50 texts and the others of each worker"
    assert len(seen.record.entries) <= 3
    assert max(grown.values()) < 20, grown
    rest = max(texts.values())
    return (f"hazard {len(seen.record.entries)} entries, {len(texts)} texts, {rest} errors among "
            f"the others; most growth of memory: "
            + ", ".join(f"{name} {by:.1f} MB" for name, by in grown.items()))  # fmt: skip


def theirs_with_many(stock: Stock, target: Target) -> str:
    """Runs the same in the stock pair; what grew."""
    stock.swarm(50, 50)
    stock.until(lambda state: state["stats"][-1]["num_requests"] > 0)
    before = rss_mb([stock.master])
    deadline = time.monotonic() + 120
    while target.hits()["total"] < COUNT:
        assert time.monotonic() < deadline, target.hits()
        time.sleep(0.2)
    while (total := stock.total()["num_requests"]) < COUNT:
        assert time.monotonic() < deadline, total
        time.sleep(0.5)
    grown = rss_mb([stock.master]) - before
    rows = stock.rows()
    assert rows >= COUNT, "the control's entries do not grow"
    assert grown >= 20, "the control's memory does not grow"
    return f"Locust {rows} entries, {grown:.0f} MB more"


@pytest.mark.soak
@pytest.mark.timeout(290)
async def test_distinct_addresses_and_errors_fill_locust_and_nothing_of_ours(
    settings: Settings, stock_boomer: Path, tmp_path: Path
) -> None:
    ours = await ours_with_many(settings)
    with ExitStack() as stack:
        target = stack.enter_context(running_target())
        stock = stack.enter_context(Stock(stock_boomer, tmp_path / "stock"))
        for name in "ab":
            url = f"{target.url}/static?item={name}{{n}}"
            stock.join(url, "-mismatch", "-pacing", "10ms")
        theirs = await asyncio.to_thread(theirs_with_many, stock, target)
    print(f"{COUNT} distinct addresses and error texts: {ours}; {theirs}")
