"""A Locust master that takes long to start, as it does on a machine with much other work."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from hazard_tui.controller.lab import Lab
from hazard_tui.controller.launch import ensure_controller
from hazard_tui.rpc.clients import ControllerClient
from hazard_tui.settings import Settings
from tests.e2e.conftest import (
    Watcher,
    hits,
    plan_of,
    start,
    until_reached,
    users,
    wired_worker,
)

SLOW = """
import sys, time
if "locust" in sys.orig_argv:
    time.sleep({delay_s})
"""


@pytest.mark.parametrize(
    ("delay_s", "options"),
    [
        # Longer than the worker goes on without somebody who commands it.
        pytest.param(5, ("--orphan-grace", "3s"), id="short"),
        # Longer than its grace, and than an engine waits for a master that does not answer.
        pytest.param(18, (), marks=[pytest.mark.soak], id="full"),
    ],
)
@pytest.mark.timeout(120)
async def test_workers_that_are_ready_wait_for_a_slow_locust(
    settings: Settings,
    lab: Lab,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    delay_s: float,
    options: tuple[str, ...],
) -> None:
    (tmp_path / "sitecustomize.py").write_text(SLOW.format(delay_s=delay_s))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    async with wired_worker(settings, *options) as wire:
        wired = dataclasses.replace(settings, static_workers=(wire.address,))
        async with ControllerClient(await ensure_controller(wired)) as client:
            await until_reached(client, wire)
            plan = plan_of(lab.target_url, users(2, 2))
            seen = await Watcher(client, await start(client, plan, (wire.address,))).end()
    assert seen.state == "FINISHED", seen.record.reason
    assert seen.sent() == await hits(lab)
    ready_ms = seen.record.started_unix_ms - seen.record.created_unix_ms
    assert ready_ms > delay_s * 1000, "the control: Locust was slow"
