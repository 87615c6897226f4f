"""Letting the running run go on with the plan as it is edited here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hazard_tui.errors import HazardError
from hazard_tui.plan.delta import change_text, changes_between
from hazard_tui.plan.inputs import file_refs
from hazard_tui.plan.targets import target_hosts
from hazard_tui.ui.flows.checking import base_dir, effective_plan
from hazard_tui.ui.number_text import counted
from hazard_tui.ui.screens.dialogs import ConfirmDialog

if TYPE_CHECKING:
    from hazard_tui.plan.model import Plan
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
    if not changes and not reads_files(plan):
        app.notify("the run follows this plan; ^x stops it, F3 shows it", markup=False)
        return
    if await confirm_replacement(app, before, plan, changes):
        await _replace(app, run)


def reads_files(plan: Plan) -> bool:
    """True when files belong to the plan, which may have changed beside it."""
    return any(feed.path for feed in plan.feeds) or any(True for _ in file_refs(plan))


async def confirm_replacement(app: HazardApp, before: Plan, plan: Plan, changes: list[str]) -> bool:
    """Shows what changes and whom it addresses; a protected environment wants its name typed."""
    more = len(changes) - SHOWN_CHANGES
    listed = [*changes[:SHOWN_CHANGES], *([f"and {more} more"] if more > 0 else [])]
    if not changes:
        listed = ["the plan is the same; its files are read again"]
    elif before.name != plan.name:
        listed = [f"the run was started from another plan: {before.name or 'without a name'}"]
    hosts, known = target_hosts(plan), target_hosts(before)
    fresh = [host for host in hosts if host not in known]
    listed.append(f"targets   {', '.join(hosts)}")
    if fresh:
        listed.append(f"new ones  {', '.join(fresh)}")
    text = "\n".join([*listed, "users keep cookies, rows and what they saved"])
    environment = app.state.environment
    typed = environment.name if environment and environment.protected else ""
    title = "a run is going on: go on with this plan?"
    confirmed: bool = await app.push_screen_wait(ConfirmDialog(title, text, typed))
    return confirmed


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
