"""What Prometheus gets of a real run."""

from __future__ import annotations

import asyncio
import re
import socket
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from hazard_tui.controller.lab import Lab
from hazard_tui.controller.launch import ensure_controller
from hazard_tui.errors import RemoteError, UsageError
from hazard_tui.rpc.clients import ControllerClient
from hazard_tui.settings import Settings, metrics_address
from tests.e2e.conftest import (
    WORKERS,
    Watcher,
    has_frames,
    plan_of,
    start,
    until_ready,
    users,
)

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
async def measured(settings: Settings, lab: Lab) -> AsyncIterator[ControllerClient]:
    """A controller that serves figures on a free port."""
    wanted = replace(settings, metrics="127.0.0.1:0")
    async with ControllerClient(await ensure_controller(wanted)) as client:
        await until_ready(client, WORKERS)
        yield client


async def scrape(url: str) -> dict[str, float]:
    """Samples by name and labels."""

    def read() -> str:
        with urllib.request.urlopen(url, timeout=5) as answer:
            assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
            text: str = answer.read().decode()
            return text

    found: dict[str, float] = {}
    for line in (await asyncio.to_thread(read)).splitlines():
        if line.startswith("#"):
            continue
        name, value = line.rsplit(" ", 1)
        assert name not in found
        found[name] = float(value)
    return found


def total(found: dict[str, float], pattern: str) -> float:
    """Sum of the samples whose name and labels match."""
    return sum(value for name, value in found.items() if re.search(pattern, name))


async def test_prometheus_follows_a_run_and_sees_its_last_figures(
    measured: ControllerClient, lab: Lab
) -> None:
    url = (await measured.info()).metrics_url
    assert await scrape(url) == {}
    watcher = Watcher(measured, await start(measured, plan_of(lab.target_url, users(4, 4))))
    await watcher.until(has_frames(2))
    live = await scrape(url)
    requests = r'requests_total.*kind="request"'
    assert total(live, r"^hazard_users\{") == 4
    assert total(live, r'run_verdict.*verdict="(valid|degraded|invalid)"') == 1
    assert total(live, r"^hazard_worker_up") == WORKERS
    assert total(live, requests) > 0
    seen = await watcher.end()
    last = await scrape(url)
    assert total(last, requests) == sum(seen.sent().values())
    for step in ("read", "write"):
        buckets = [
            value for name, value in last.items() if "_bucket" in name and f'step="{step}"' in name
        ]
        assert buckets == sorted(buckets)
        assert buckets[-1] == seen.sent()[step]
    assert total(last, r"^hazard_users\{") == 0
    for before in live:
        if "_total" in before or "_bucket" in before:
            assert last[before] >= live[before]


async def test_only_figures_are_answered(measured: ControllerClient) -> None:
    url = (await measured.info()).metrics_url
    for method, address, code in (
        ("GET", url.replace("/metrics", "/"), 404),
        ("POST", url, 405),
        ("GET", url + "/../secrets", 404),
    ):
        request = urllib.request.Request(address, method=method)
        with pytest.raises(urllib.error.HTTPError) as caught:
            await asyncio.to_thread(urllib.request.urlopen, request, None, 5)
        assert caught.value.code == code


async def test_a_port_that_is_taken_is_told(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(RemoteError, match=f"metrics cannot be served on 127.0.0.1:{port}"):
            await ensure_controller(replace(settings, metrics=str(port)))


async def test_a_running_controller_serves_where_a_person_wants_it_first(
    settings: Settings,
) -> None:
    """One that already serves elsewhere says so."""
    said = {"metrics": "HAZARD_METRICS"}
    async with ControllerClient(await ensure_controller(settings)) as client:
        assert (await client.info()).metrics_url == ""
        wanted = replace(settings, metrics="127.0.0.1:0", origin=said)
        await ensure_controller(wanted)
        url = (await client.info()).metrics_url
        assert await scrape(url) == {}
        await ensure_controller(wanted)
        assert (await client.info()).metrics_url == url
        other = replace(settings, metrics="127.0.0.1:9", origin=said)
        with pytest.raises(UsageError, match=f"serves metrics on {url} and not on") as caught:
            await ensure_controller(other)
        assert "hazard down" in caught.value.hint
        # The control: who names no address goes on as before.
        await ensure_controller(settings)


def test_metrics_are_served_on_loopback_unless_a_host_is_named() -> None:
    assert metrics_address("9646") == metrics_address(":9646") == ("127.0.0.1", 9646)
    assert metrics_address("10.0.0.1:9646") == ("10.0.0.1", 9646)
    assert metrics_address("[::1]:9646") == ("::1", 9646)
    with pytest.raises(UsageError):
        metrics_address("localhost")
