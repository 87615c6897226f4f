"""One console holds a run; the others read, and may take it over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hazard_tui.ui.actions import BY_ID, key_text
from hazard_tui.ui.screens.dialogs import ConfirmDialog
from hazard_tui.ui.state import Hold

if TYPE_CHECKING:
    from hazard_tui.ui.app import HazardApp


def may_change(app: HazardApp) -> bool:
    """True when this console may change the run that it shows; else the person is told why not."""
    why = app.state.read_only
    if why:
        key = key_text(BY_ID["run.take_over"], app.keymap_config)
        hint = f"F3 {key} takes it over; `hazard stop` and `hazard change` act all the same"
        app.notify(f"{why}\n{hint}", severity="warning", markup=False, timeout=8)
    return not why


async def take_over(app: HazardApp) -> None:
    """Takes the run over after asking."""
    run, hold = app.state.run, app.state.hold
    if run is None or hold is None or not run.is_active:
        app.notify("nothing is running", markup=False, timeout=3)
        return
    if not app.state.read_only:
        app.notify("this console holds the run", markup=False, timeout=3)
        return
    loses = f"{hold.holder} can then only read." if hold.holder else "Nobody holds it now."
    text = f"{hold.text}.\n{loses}"
    if await app.push_screen_wait(ConfirmDialog("take the run over?", text)):
        app.link.hold(run.run_id, take_over=True)


def tell_of_hold(app: HazardApp, before: Hold | None) -> None:
    """Says when this console got the run, or lost it."""
    hold = app.state.hold
    if hold is None or before is None or before.run_id != hold.run_id:
        return
    if hold.holds and not before.holds:
        app.notify("this console holds the run now", markup=False, timeout=5)
    elif before.holds and not hold.holds:
        app.notify(hold.text, severity="warning", markup=False, timeout=10)
    elif not hold.holder:
        key = key_text(BY_ID["run.take_over"], app.keymap_config)
        app.notify(f"nobody holds the run any more; F3 {key} takes it", markup=False, timeout=10)
