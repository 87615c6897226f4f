"""Importing a source again in the console: merged into the plan, as one edit."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hazard_tui.errors import PlanError
from hazard_tui.plan.import_base import ImportBase
from hazard_tui.plan.secrets import add_secrets, read_secrets
from hazard_tui.ui.screens.dialogs import ChoiceDialog
from importers.findings import ImportResult, Source

if TYPE_CHECKING:
    from hazard_tui.ui.app import HazardApp


async def merged_again(app: HazardApp, result: ImportResult, sources: list[Source]) -> bool:
    """Offers to merge an import of sources that the plan came from; True: it was answered here."""
    base = _earlier_import(app, [source.name for source in sources])
    if base is None:
        return False
    names = ", ".join(Path(source).name for source in base.sources)
    options = [
        ("merge", "merge: take what the source changed, keep my edits"),
        ("add", "add its requests once more"),
    ]
    title = f"{names} was imported into this plan before"
    chosen = await app.push_screen_wait(ChoiceDialog(title, options))
    if chosen != "merge":
        return chosen is None
    from importers.reimport import as_before, keep_known_secrets, merged_over

    mine = app.document.plan
    try:
        known = read_secrets(app.settings.secrets_path)
        result, renamed = as_before(result, base, mine, known)
        merged = await asyncio.to_thread(merged_over, base.plan, mine, result.plan)
        if app.document.plan is not mine:
            app.complain("the plan was changed meanwhile; import again")
            return True
        kept = keep_known_secrets(result, known)
        add_secrets(app.settings.secrets_path, kept.secrets)
    except PlanError as exc:
        app.complain(exc)
        return True
    later = replace(base, plan=result.plan, renamed=renamed)
    app.document.note_import(later)
    app.edit(f"merge {names}", lambda _: merged.plan)
    counts = Counter(change.action for change in merged.changes)
    told = ", ".join(f"{count} {action}" for action, count in counts.items()) or "nothing changed"
    app.notify(f"merged: {told}; ^z takes it back", markup=False)
    if merged.findings:
        app.show_findings(
            f"{len(merged.findings)} conflicts: the plan's values stand", [*merged.findings]
        )
    return True


def _earlier_import(app: HazardApp, names: Sequence[str]) -> ImportBase | None:
    try:
        return app.document.earlier_import(names)
    except PlanError:
        # Without a base that can be read there is nothing to merge over; importing goes on.
        return None
