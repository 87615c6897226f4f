"""A plan to begin with: a few requests to the sample target of a lab on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hazard_tui.plan.model import Plan, Stage, Step, Task, Threshold, Variable
from hazard_tui.plan.request import Request
from hazard_tui.plan.rules import Assertion, Target
from hazard_tui.ui.flows.running import start_lab

if TYPE_CHECKING:
    from hazard_tui.ui.app import HazardApp


def sample_plan(target_url: str) -> Plan:
    """Two tasks against a target: most users look around, some search."""

    def step(name: str, path: str) -> Step:
        holds = Assertion(target=Target.STATUS, expected="200")
        request = Request(method="GET", url=f"{{{{host}}}}{path}", assertions=(holds,))
        return Step(name=name, request=request)

    return Plan(
        name="sample",
        variables=(Variable(name="host", value=target_url.rstrip("/")),),
        tasks=(
            Task(name="look around", weight=3, steps=(step("home", "/"), step("next", "/?page=2"))),
            Task(name="search", steps=(step("search", "/?q={{$randomWord}}"),)),
        ),
        stages=(Stage(to=5, duration_ms=60_000),),
        thresholds=(Threshold(rule="p95<500ms"),),
    )


async def use_sample(app: HazardApp) -> None:
    """Starts a lab where none runs, and makes the sample plan the content of the empty plan."""
    from hazard_tui.controller.lab import lab_status

    if app.document.plan.tasks:
        app.notify("the sample is for an empty plan; o opens a new one", markup=False)
        return
    if not lab_status(app.settings).is_up:
        await start_lab(app)
    target = lab_status(app.settings).target_url
    if target and app.edit("use the sample", lambda _: sample_plan(target)):
        app.notify("the sample is here: F5 starts it, c sends it once", markup=False)
