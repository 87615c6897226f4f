"""Letting the running run go on with the plan as it is edited here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hazard_tui.errors import HazardError
from hazard_tui.plan.delta import change_text, changes_between
from hazard_tui.ui.flows.checking import base_dir, effective_plan
from hazard_tui.ui.number_text import counted
from hazard_tui.ui.screens.dialogs import ConfirmDialog

if TYPE_CHECKING:
    from hazard_tui.ui.app import HazardApp
    from hazard_tui.ui.run_view import RunView

SHOWN_CHANGES = 6


async def offer_replacement(app: HazardApp, run: RunView) -> None:
    """Asks whether the run goes on with this plan; says so when it does already."""
    from hazard_tui.rpc.convert import plan_message, plan_model

    # Through the protocol, as the run's own plan went.
    before, plan = run.plan(), plan_model(plan_message(effective_plan(app)))
    # The load of a running run is changed by its own commands.
    plan = plan.model_copy(
        update={"stages": before.stages, "max_users": before.max_users, "seed": before.seed}
    )
    changes = [change_text(one) for one in changes_between(before, plan)]
    if not changes:
        app.notify("the run follows this plan; ^x stops it, F3 shows it", markup=False)
        return
    more = len(changes) - SHOWN_CHANGES
    listed = [*changes[:SHOWN_CHANGES], *([f"and {more} more"] if more > 0 else [])]
    if before.name != plan.name:
        listed = [f"the run was started from another plan: {before.name or 'without a name'}"]
    text = "\n".join([*listed, "users keep cookies, rows and what they saved"])
    if await app.push_screen_wait(ConfirmDialog("a run is going on: go on with this plan?", text)):
        await _replace(app, run)


async def _replace(app: HazardApp, run: RunView) -> None:
    from hazard_tui.rpc.convert import finding_model, plan_message

    plan, folder = plan_message(effective_plan(app)), str(base_dir(app).resolve())
    try:
        answer = await app.link.call(
            "replace plan", lambda client: client.replace_run_plan(run.run_id, plan, folder)
        )
    except HazardError as exc:
        app.complain(exc)
        return
    if not answer.plan_version:
        findings = [finding_model(one) for one in answer.findings]
        app.show_findings("the run goes on with its old plan", findings)
        return
    changed = counted(len(answer.changes), "change")
    app.notify(f"plan version {answer.plan_version}: {changed}", markup=False)
