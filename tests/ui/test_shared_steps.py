"""Setup and teardown of a plan in its tree."""

from __future__ import annotations

from hazard_tui.plan.model import Plan, SetupScope, SetupStep
from hazard_tui.ui.screens.plan import PlanScreen
from tests.support.screen import press, until, until_true
from tests.ui.conftest import Opener
from tests.ui.plans import request_step, shop


def plan_with_shared_steps() -> Plan:
    """One step of each kind around the tasks."""
    steps = {name: request_step(name) for name in ("open", "leave", "close")}
    return shop().model_copy(
        update={
            "setup": (SetupStep(scope=SetupScope.RUN, step=steps["open"]),),
            "teardown": (steps["leave"],),
            "shared_teardown": (SetupStep(scope=SetupScope.RUN, step=steps["close"]),),
        }
    )


async def test_shared_teardown_stands_behind_the_others_and_can_be_edited(console: Opener) -> None:
    async with console(plan_with_shared_steps(), (120, 40)) as (app, pilot):
        for text in ("setup", "GET open", "GET leave", "shared teardown", "GET close"):
            await until(pilot, text)
        assert isinstance(app.screen, PlanScreen)
        tree = app.screen.plan_tree
        tree.select(("shared_teardown",))
        await until(pilot, "Steps that run once per worker or run")
        await press(pilot, "down")
        await until_true(pilot, lambda: tree.place.key == "s-close", "the cursor is on the step")
        assert tree.place.path == ("shared_teardown", 0, "step")
        await press(pilot, "space")
        await until(pilot, "GET close off")
