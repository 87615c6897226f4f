"""Importing a source again in the console: merged into the plan, as one edit."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hazard_tui.errors import PlanError
from hazard_tui.plan.import_base import ImportBase, base_of, read_bases
from hazard_tui.plan.secrets import add_secrets, read_secrets
from hazard_tui.ui.screens.dialogs import ChoiceDialog
from importers.findings import ImportResult, Source

if TYPE_CHECKING:
    from hazard_tui.ui.app import HazardApp


async def merged_again(app: HazardApp, result: ImportResult, sources: list[Source]) -> bool:
    """Offers to merge an import of sources that the plan came from; True when it was answered here.

    The base stays what it was: it is written with the plan by the command line.
    """
    base = earlier_import(app.document.path, [source.name for source in sources])
    if base is None:
        return False
    names = ", ".join(_file_names(base.sources))
    options = [
        ("merge", "merge: take what the source changed, keep my edits"),
        ("add", "add its requests once more"),
    ]
    title = f"{names} was imported into this plan before"
    chosen = await app.push_screen_wait(ChoiceDialog(title, options))
    if chosen != "merge":
        return chosen is None
    from importers.reimport import merge_plans

    mine = app.document.plan
    merged = await asyncio.to_thread(merge_plans, base.plan, mine, result.plan)
    if app.document.plan is not mine:
        app.complain("the plan was changed meanwhile; import again")
        return True
    try:
        known = read_secrets(app.settings.secrets_path)
        fresh = {key: value for key, value in result.secrets.items() if key not in known}
        add_secrets(app.settings.secrets_path, fresh)
    except PlanError as exc:
        app.complain(exc)
        return True
    app.edit(f"merge {names}", lambda _: merged.plan)
    counts = Counter(change.action for change in merged.changes)
    told = ", ".join(f"{count} {action}" for action, count in counts.items()) or "nothing changed"
    app.notify(f"merged: {told}; ^z takes it back", markup=False)
    if merged.findings:
        app.show_findings(
            f"{len(merged.findings)} conflicts: the plan's values stand", [*merged.findings]
        )
    return True


def earlier_import(plan: Path | None, names: Sequence[str]) -> ImportBase | None:
    """The earlier import of the same files, or of files with the same names, into a plan file."""
    if plan is None:
        return None
    try:
        base = base_of(read_bases(plan), names)
    except PlanError:
        # Without a base that can be read there is nothing to merge over; importing goes on.
        return None
    is_same = base is not None and _file_names(base.sources) == _file_names(names)
    return base if is_same else None


def _file_names(sources: Sequence[str]) -> list[str]:
    return [Path(source).name for source in sources]
