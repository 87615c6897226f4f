"""Starting, changing and stopping a run from the console."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from hazard_tui.errors import HazardError
from hazard_tui.plan import edit
from hazard_tui.plan.findings import Finding, FindingSeverity
from hazard_tui.plan.model import Plan, Stage, StageKind, StageShape
from hazard_tui.plan.targets import target_hosts
from hazard_tui.ui.flows.checking import base_dir, effective_plan
from hazard_tui.ui.flows.holding import may_change
from hazard_tui.ui.flows.preparing import prepare_run
from hazard_tui.ui.flows.replacing import offer_replacement
from hazard_tui.ui.number_text import counted
from hazard_tui.ui.screens.dialogs import ChoiceDialog, ConfirmDialog, TextDialog
from hazard_tui.ui.widgets.kinds import duration_text, stage_text

if TYPE_CHECKING:
    from hazard_tui.rpc.clients import ControllerClient
    from hazard_tui.ui.app import HazardApp


READY_S = 15.0
"""How long a fresh lab may take until a worker is ready."""


def load_text(plan: Plan) -> str:
    """The load in words."""
    if not plan.stages:
        return "one user, one iteration of every task"
    return ", then ".join(
        f"{stage_text(stage)} for {duration_text(stage.duration_ms)}"
        if stage.duration_ms
        else stage_text(stage)
        for stage in plan.stages
    )


async def start_run(app: HazardApp) -> None:
    """Starts the plan after showing what it will do; refuses with the reason.

    While a run goes on it may go on with the edited plan instead.
    """
    if app.state.run is not None and app.state.run.is_active:
        if not may_change(app):
            return
        await offer_replacement(app, app.state.run)
        return
    plan = effective_plan(app)
    findings = await app.document.findings_now()
    errors = [one for one in findings if one.severity is FindingSeverity.ERROR]
    if errors:
        app.show_findings("the plan cannot be started", errors)
        return
    chosen = app.state.chosen_workers()
    if not chosen:
        reason = app.state.controller_error or "no worker is ready"
        if await app.push_screen_wait(
            ConfirmDialog("no workers", f"{reason}. Start a lab on this machine (etcd, 2 workers)?")
        ):
            await start_lab(app)
            chosen = app.state.chosen_workers()
        if not chosen:
            return
    if not plan.stages:
        if not await ask_load(app):
            return
        plan = effective_plan(app)
    if await confirm_start(app, workers=len(chosen)):
        while chosen := await _start(app, plan, chosen):
            pass


LOADS: list[tuple[str, tuple[Stage, ...]]] = [
    ("one user, every task once", ()),
    ("10 users for one minute", (Stage(to=10, duration_ms=60_000),)),
    (
        "from 0 to 50 users in one minute, then hold for two",
        (
            Stage(from_=0, to=50, duration_ms=60_000, shape=StageShape.LINEAR),
            Stage(to=50, duration_ms=120_000),
        ),
    ),
]
"""Loads that a plan without stages is offered."""


async def ask_load(app: HazardApp) -> bool:
    """Asks how much load a plan without stages shall make; False when the start is left."""
    options = [(str(number), text) for number, (text, _) in enumerate(LOADS)]
    title = "the plan says nothing about load"
    chosen = await app.push_screen_wait(
        ChoiceDialog(title, [*options, ("own", "stages of my own …")])
    )
    if chosen == "own":
        app.plan_screen_do(lambda screen: screen.go_to(("stages",)))
        app.action_app_plan()
    if chosen is None or chosen == "own":
        return False
    stages = LOADS[int(chosen)][1]
    return not stages or app.edit("set load", lambda plan: edit.replace(plan, ("stages",), stages))


async def confirm_start(app: HazardApp, *, workers: int) -> bool:
    """Shows whom the plan loads and how much; a protected environment wants its name typed."""
    plan = effective_plan(app)
    hosts = ", ".join(target_hosts(plan))
    text = f"targets   {hosts}\nload      {load_text(plan)}\nworkers   {workers}"
    environment = app.state.environment
    typed = environment.name if environment and environment.protected else ""
    confirmed: bool = await app.push_screen_wait(ConfirmDialog("start the run?", text, typed))
    return confirmed


async def _start(app: HazardApp, plan: Plan, workers: list[Any]) -> list[Any]:
    """Starts the run; the workers to try again with when it did not start, empty to leave it."""
    from hazard_tui.rpc.convert import finding_model, plan_message
    from hazard_tui.rpc.gen.hazard.v1 import control_pb2

    request = control_pb2.StartRunRequest(
        plan=plan_message(plan),
        base_dir=str(base_dir(app).resolve()),
        workers=[one.info.worker_id for one in workers],
        plan_path=str(app.document.path or ""),
    )
    app.notify(f"preparing {counted(len(workers), 'worker')}", markup=False, timeout=2)
    try:
        answer, dialog = await prepare_run(app, request)
    except HazardError as exc:
        app.complain(exc)
        return []
    if answer is None:
        app.notify("the start was given up", markup=False, timeout=3)
        without = dialog.chosen == "without"
        return [one for one in workers if one.info.worker_id not in dialog.failed and without]
    if answer.run_id:
        app.state.stop_asked = ""
        app.link.follow(answer.run_id)
        app.action_app_run()
        return []
    findings: list[Finding] = [finding_model(one) for one in answer.findings]
    if not answer.error:
        app.show_findings("the run was not started", findings)
        return []
    app.complain(HazardError(answer.error, hint=answer.hint))
    return []


async def join_run(app: HazardApp, info: Any) -> None:
    """Lets a worker join the run that goes on; says when it carries its share, or why not."""
    run = app.state.run
    if run is None or not run.is_active:
        app.notify("nothing is running; F5 starts the plan", markup=False, timeout=3)
        return
    if not may_change(app):
        return
    app.notify(f"{info.address} is prepared to join", markup=False, timeout=2)
    try:
        answer = await app.link.call(
            f"join {info.address}", lambda client: client.join_run(run.run_id, [info.worker_id])
        )
    except HazardError as exc:
        app.complain(exc)
        return
    if answer.problems:
        app.complain(HazardError(answer.problems[0], hint=answer.hint))
    else:
        app.notify(f"{info.address} joined and carries its share", markup=False)


async def stop_run(app: HazardApp) -> None:
    """Asks the run to stop; asks again to force it."""
    run = app.state.run
    if not may_change(app):
        return
    run_id = run.run_id if run is not None and run.is_active else ""
    force = bool(run_id) and app.state.stop_asked == run_id

    async def act(client: ControllerClient) -> list[str]:
        return await client.stop_run(run_id, force=force)

    try:
        stopped = await app.link.call("stop run", act)
    except HazardError as exc:
        app.complain(exc)
        return
    if not stopped:
        app.notify("nothing is running", markup=False, timeout=3)
        return
    app.state.stop_asked = stopped[0]
    word = "cut off" if force else "stopping: what is in flight ends first; ^x again cuts it off"
    app.notify(word, markup=False, timeout=5)


async def change_load(app: HazardApp) -> None:
    """Asks for another number of users or rate, and sets it."""
    run = app.state.run
    if run is None or not run.is_active:
        app.notify("nothing is running", markup=False, timeout=3)
        return
    if not may_change(app):
        return
    hint = "50 users, 200/s, x2, +10, -10"
    text = await app.push_screen_wait(TextDialog("hold from now on", run.load_now_text, hint))
    if not text:
        return
    try:
        users, rate = parse_load(text, run.users_now, run.rate_now)
        error = await app.link.call(
            f"set load {text}",
            lambda client: client.set_run_load(run.run_id, users=users, rate=rate),
        )
    except HazardError as exc:
        app.complain(exc)
        return
    if error:
        app.complain(error)


def parse_load(text: str, users: float, rate: float) -> tuple[float | None, float | None]:
    """(users, rate) of `50`, `200/s`, `x2`, `+10`, `-10`; the one that does not change is None.

    Raises `HazardError`.
    """
    text = text.strip().removesuffix("users").strip()
    is_rate = text.endswith("/s") or (rate > 0 and text[:1] in "x+-")
    current = rate if is_rate else users
    number = text.removesuffix("/s").strip()
    try:
        if number.startswith("x"):
            value = current * float(number[1:])
        elif number[:1] in ("+", "-"):
            value = current + float(number)
        else:
            value = float(number)
    except ValueError as exc:
        raise HazardError(f"{text!r} is not a load", hint="write 50, 200/s, x2 or +10") from exc
    if value < 0:
        raise HazardError("a load cannot be below zero")
    return (None, value) if is_rate else (float(round(value)), None)


async def pause_or_resume(app: HazardApp) -> None:
    """Pauses the load of the run, or resumes it."""
    run = app.state.run
    if run is None or not run.is_active:
        app.notify("nothing is running", markup=False, timeout=3)
        return
    if not may_change(app):
        return
    paused = run.is_paused

    async def act(client: ControllerClient) -> str:
        return await client.set_run_load(run.run_id, pause=not paused, resume=paused)

    try:
        error = await app.link.call("resume" if paused else "pause", act)
    except HazardError as exc:
        app.complain(exc)
        return
    if error:
        app.complain(error)
    else:
        run.is_paused = not paused


async def add_marker(app: HazardApp) -> None:
    """Asks for a note and writes it on the time line."""
    run = app.state.run
    if run is None:
        app.notify("there is no run to mark", markup=False, timeout=3)
        return
    if not may_change(app):
        return
    text = await app.push_screen_wait(TextDialog("marker", "", "what happened"))
    if text:
        try:
            await app.link.call("marker", lambda client: client.add_marker(run.run_id, text))
        except HazardError as exc:
            app.complain(exc)


async def start_lab(app: HazardApp) -> None:
    """Starts etcd, two workers and a target on this machine, and waits until one is ready."""
    from hazard_tui.controller.lab import lab_up

    def tell(text: str) -> None:
        app.link.note(f"lab: {text}")
        app.notify(f"starting {text}", title="lab", markup=False, timeout=2)

    try:
        lab = await lab_up(app.settings, 2, tell)
    except HazardError as exc:
        app.complain(exc)
        return
    # A run that starts while the second worker is still coming up would leave it out.
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(READY_S):
            while len(app.state.chosen_workers()) < len(lab.alive("worker")):
                await app.state.workers_news.wait()
    if not app.state.chosen_workers():
        app.complain("the lab started, but no worker is ready yet; F2 shows why")
        return
    app.notify("the lab is up; F5 starts the plan", markup=False)


def has_arrivals(plan: Plan) -> bool:
    """True when a stage gives arrivals per second."""
    return any(stage.kind is StageKind.ARRIVALS for stage in plan.stages)
