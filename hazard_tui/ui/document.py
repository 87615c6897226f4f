"""The plan that is being edited: its file, its undo list, and a journal that survives a crash."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path

from hazard_tui.errors import PlanError
from hazard_tui.plan.edit import History, ensure_ids
from hazard_tui.plan.findings import Finding
from hazard_tui.plan.model import Plan
from hazard_tui.plan.store import load_plan, parse_plan, plan_text, save_plan, write_atomically
from hazard_tui.plan.validate import validate_plan


class Document:
    """One plan in the console. `on_change` is called after every change of the plan."""

    def __init__(self, plan: Plan, path: Path | None, journal_dir: Path) -> None:
        self.path = path
        self.journal_dir = journal_dir
        self.history = History(ensure_ids(plan))
        self.on_change: Callable[[], None] = lambda: None
        self.recovered = False
        """True when the plan came from a journal of a session that did not end well."""

    @property
    def plan(self) -> Plan:
        """The plan as it is now."""
        return self.history.plan

    @property
    def title(self) -> str:
        """Name for the header, with a mark when there are unsaved edits."""
        name = self.path.name if self.path else (self.plan.name or "new plan")
        return f"{name}{' *' if self.history.is_changed else ''}"

    def do(self, label: str, plan: Plan) -> None:
        """Makes `plan` the current one."""
        before = self.plan
        if self.history.do(label, ensure_ids(plan)) is not before:
            self._changed()

    def undo(self) -> str:
        """Takes the last edit back; its label, empty when there is none."""
        label = self.history.undo()
        if label:
            self._changed()
        return label

    def redo(self) -> str:
        """Does an edit again; its label, empty when there is none."""
        label = self.history.redo()
        if label:
            self._changed()
        return label

    def save(self, path: Path | None = None) -> Path:
        """Writes the plan. Raises `PlanError` when there is no path or it cannot be written."""
        target = path or self.path
        if target is None:
            raise PlanError("the plan has no file yet", hint="give it a name")
        save_plan(self.plan, target)
        self.path = target
        self.history.mark_saved()
        self.forget_journal()
        self.on_change()
        return target

    def findings(self) -> list[Finding]:
        """What is wrong with the plan now."""
        return validate_plan(self.plan)

    def _changed(self) -> None:
        self._write_journal()
        self.on_change()

    @property
    def journal_path(self) -> Path:
        """File of the edits that are not saved yet."""
        name = str(self.path.resolve()) if self.path else "new plan"
        safe = "".join(char if char.isalnum() or char in "-_." else "_" for char in name)
        return self.journal_dir / f"{safe[-120:]}.journal"

    def _write_journal(self) -> None:
        edits = self.history.edits
        first = max(0, len(edits) - 200)
        entries = [{"label": edit.label, "plan": plan_text(edit.plan)} for edit in edits[-20:]]
        record = {"position": self.history.position - max(first, len(edits) - 20), "edits": entries}
        # A full disk must not keep a person from editing; saving says so loudly.
        with contextlib.suppress(PlanError):
            write_atomically(self.journal_path, json.dumps(record))

    def forget_journal(self) -> None:
        """Removes the journal: everything in it is saved, or was thrown away on purpose."""
        self.journal_path.unlink(missing_ok=True)

    def recover(self) -> bool:
        """Takes over the edits of a session that ended without saving; True when there were any."""
        try:
            record = json.loads(self.journal_path.read_text("utf-8"))
            plans = [(entry["label"], parse_plan(entry["plan"]).plan) for entry in record["edits"]]
        except (OSError, ValueError, KeyError, TypeError, PlanError):
            return False
        for label, plan in plans:
            if plan is not None:
                self.history.do(label, plan)
        for _ in range(max(0, len(plans) - 1 - int(record.get("position", 0)))):
            self.history.undo()
        self.recovered = self.history.is_changed
        return self.recovered


def open_document(path: Path | None, journal_dir: Path) -> Document:
    """The plan of a file with what its journal holds; an empty plan without a path."""
    plan = load_plan(path) if path is not None and path.exists() else Plan()
    document = Document(plan, path, journal_dir)
    document.recover()
    return document
