"""Setup and teardown of a run over real workers: once, around all load, with the values."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import psutil
import pytest

from hazard_tui.controller.lab import Lab
from hazard_tui.controller.launch import ensure_controller
from hazard_tui.controller.processes import Process
from hazard_tui.plan.model import Plan, SecretRef, SetupScope, SetupStep, Step, Variable
from hazard_tui.plan.request import Body, Request, TextBody
from hazard_tui.plan.rules import Assertion, Extractor, Target
from hazard_tui.rpc.clients import ControllerClient
from hazard_tui.settings import Settings
from tests.e2e.conftest import (
    WORKERS,
    Watcher,
    has_frames,
    hits,
    plan_of,
    start,
    until_ready,
    users,
    worker_process,
)

pytestmark = pytest.mark.timeout(180)

SECRET = "correct-horse-battery"


def shared(scope: SetupScope, step: Step) -> SetupStep:
    """A step of setup or of the shared teardown."""
    return SetupStep(scope=scope, step=step)


def sending(step_id: str, url: str, text: str, **fields: Any) -> Step:
    """A step that posts a text; the target's /echo sends it back."""
    body = Body(text=TextBody(content=text))
    request = Request(method="POST", url=url, body=body, **fields)
    return Step(id=step_id, name=step_id, request=request)


def plan_with_login(lab: Lab, seconds: float = 2, **fields: Any) -> Plan:
    """Setup logs in once with a secret; every request of the load asserts the token."""
    target = lab.target_url
    login = sending(
        "login",
        target + "/echo",
        "{{password}}",
        extractors=(Extractor(variable="token", jmespath="body"),),
    )
    knows = Assertion(target=Target.VALUE, jmespath="body", expected="{{password}}")
    work = sending("work", target + "/echo", "{{token}}", assertions=(knows,))
    logout = sending("logout", target + "/echo", "{{token}}", assertions=(knows,))
    plan = plan_of(target, users(6, seconds), **fields)
    (task,) = plan.tasks
    return plan.model_copy(
        update={
            "variables": (Variable(name="password", secret=SecretRef(key="password")),),
            "setup": (shared(SetupScope.RUN, login),),
            "tasks": (task.model_copy(update={"steps": (work,)}),),
            "shared_teardown": (shared(SetupScope.RUN, logout),),
        }
    )


@pytest.fixture
def secret(settings: Settings) -> None:
    """The password of the plan."""
    settings.secrets_path.write_text(f"password: {SECRET}\n", "utf-8")
    settings.secrets_path.chmod(0o600)


def files_with(folder: Path, text: str) -> list[Path]:
    """Files that hold a text in clear."""
    return [one for one in folder.rglob("*") if one.is_file() and text.encode() in one.read_bytes()]


@pytest.mark.usefixtures("secret")
async def test_what_one_worker_saved_reaches_all_before_the_load(
    controller: ControllerClient, lab: Lab, settings: Settings
) -> None:
    seen = await Watcher(controller, await start(controller, plan_with_login(lab))).end()
    assert seen.state == "FINISHED", seen.record.reason
    sent = seen.sent()
    assert (sent["login"], sent["logout"]) == (1, 1)
    assert sent["work"] > 50
    assert sent == await hits(lab)
    assert seen.record.failed == 0
    assert "setup of the run is done" in next(
        event.text for event in seen.events if event.kind == "setup"
    )
    locust = {entry.name: entry.requests for entry in seen.record.locust.entries}
    assert locust == sent
    assert files_with(settings.data_dir, SECRET) == []
    assert SECRET not in str(seen.events) + str(seen.record)


@pytest.mark.usefixtures("secret")
async def test_a_failed_setup_ends_the_run_and_nobody_sends_load(
    controller: ControllerClient, lab: Lab, settings: Settings
) -> None:
    plan = plan_with_login(lab)
    broken = sending("login", lab.target_url + "/status/500", "{{password}}")
    plan = plan.model_copy(update={"setup": (shared(SetupScope.RUN, broken),)})
    seen = await Watcher(controller, await start(controller, plan)).end()
    assert seen.state == "FAILED"
    assert "setup[0].step (login)" in seen.record.reason
    assert "HTTP 500" in seen.record.reason
    assert "setup-failed" in seen.reasons()
    assert await hits(lab) == {"login": 1}
    assert seen.sent() == {"login": 1, "work": 0, "logout": 0}
    assert files_with(settings.data_dir, SECRET) == []


@pytest.mark.usefixtures("secret")
async def test_a_stop_still_tears_down_once_and_a_forced_one_does_not(
    controller: ControllerClient, lab: Lab
) -> None:
    watcher = Watcher(controller, await start(controller, plan_with_login(lab, 60)))
    await watcher.until(has_frames(2))
    await controller.stop_run()
    seen = await watcher.end()
    assert seen.state == "STOPPED"
    assert seen.sent()["logout"] == 1
    watcher = Watcher(controller, await start(controller, plan_with_login(lab, 60)))
    await watcher.until(has_frames(2))
    await controller.stop_run(force=True)
    seen = await watcher.end()
    assert seen.sent()["logout"] == 0
    assert any("left out: the stop was forced" in event.text for event in seen.events)


@pytest.mark.usefixtures("secret")
async def test_another_worker_tears_down_when_the_first_was_lost(
    controller: ControllerClient, lab: Lab
) -> None:
    watcher = Watcher(controller, await start(controller, plan_with_login(lab, 8)))
    seen = await watcher.until(has_frames(2))
    first = next(one for one in seen.record.workers if one.share.index == 0)
    worker_process(lab, first.address).kill()
    seen = await watcher.end()
    assert seen.state == "FINISHED"
    assert seen.sent()["login"] == seen.sent()["logout"] == 1
    assert seen.record.failed == 0
    done = next(event for event in seen.events if event.kind == "teardown")
    assert done.worker_id != first.worker_id


@pytest.mark.usefixtures("secret")
async def test_a_run_whose_controller_died_during_setup_is_closed_by_the_next(
    controller: ControllerClient, lab: Lab, settings: Settings
) -> None:
    plan = plan_with_login(lab)
    slow = sending("login", lab.target_url + "/delay?ms=60000", "{{password}}")
    plan = plan.model_copy(update={"setup": (shared(SetupScope.RUN, slow),)})
    run_id = await start(controller, plan)
    watcher = Watcher(controller, run_id)
    await watcher.until(lambda seen: seen.state == "STARTING")
    process = Process.of((await controller.info()).pid)
    psutil.Process(process.pid).kill()
    assert await process.end()
    await watcher.close()
    async with ControllerClient(await ensure_controller(settings)) as again:
        (listed,) = await again.list_runs()
        seen = await Watcher(again, run_id).end()
        await until_ready(again, WORKERS)
    assert (listed.run_id, seen.state) == (run_id, "FAILED")
    assert "the controller ended" in seen.record.reason
    assert seen.record.verdict.status == "invalid"
    assert "no-load" in seen.reasons()


@pytest.mark.usefixtures("secret")
async def test_a_stop_during_setup_ends_the_run_at_once(
    controller: ControllerClient, lab: Lab
) -> None:
    plan = plan_with_login(lab)
    slow = sending("login", lab.target_url + "/delay?ms=60000", "{{password}}")
    plan = plan.model_copy(update={"setup": (shared(SetupScope.RUN, slow),)})
    watcher = Watcher(controller, await start(controller, plan))
    await watcher.until(has_frames(1))
    await controller.stop_run(force=True)
    seen = await watcher.end(timeout_s=20)
    assert seen.state == "STOPPED"
    assert seen.sent() == {"login": 1, "work": 0, "logout": 0} == {**seen.sent(), **await hits(lab)}
    assert "no-load" in seen.reasons()


@pytest.mark.usefixtures("secret")
async def test_the_next_worker_tears_down_when_one_is_lost_meanwhile(
    controller: ControllerClient, lab: Lab
) -> None:
    plan = plan_with_login(lab, 1)
    slow = sending("logout", lab.target_url + "/delay?ms=3000", "{{token}}")
    plan = plan.model_copy(update={"shared_teardown": (shared(SetupScope.RUN, slow),)})
    watcher = Watcher(controller, await start(controller, plan))
    seen = await watcher.until(lambda seen: seen.state == "STOPPING")
    async with asyncio.timeout(10):
        while not (await hits(lab)).get("logout"):  # noqa: ASYNC110  the target tells nobody
            await asyncio.sleep(0.05)
    first = next(one for one in seen.record.workers if one.share.index == 0)
    worker_process(lab, first.address).kill()
    seen = await watcher.end()
    assert seen.state == "FINISHED"
    assert (await hits(lab))["logout"] == 2
    assert seen.sent()["logout"] == 1
    (done,) = [event for event in seen.events if event.kind == "teardown"]
    assert done.worker_id != first.worker_id
