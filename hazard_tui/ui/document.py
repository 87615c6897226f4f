"""The plan that is being edited: its file, its undo list, and a journal that survives a crash."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from hazard_tui.errors import PlanError
from hazard_tui.plan.edit import History, ensure_ids
from hazard_tui.plan.findings import Finding
from hazard_tui.plan.import_base import (
    ImportBase,
    base_of,
    base_path,
    is_part_of,
    read_bases,
    with_base,
    write_bases,
)
from hazard_tui.plan.model import Plan
from hazard_tui.plan.store import SUFFIX, load_plan, parse_plan, read_text, save_plan
from hazard_tui.plan.validate import validate_plan
from hazard_tui.plan.yaml_text import Progress
from hazard_tui.ui.journal import (
    Journal,
    journal_path,
    remove_old_journals,
    text_digest,
)

MOST_NEW_PLANS = 20
"""Consoles that may edit plans without a file at the same time."""

SOON_S = 0.1
"""A plan whose validation takes longer is validated in a thread."""

FileStamp = tuple[int, int, int]
"""Inode, modification time in nanoseconds, size: what tells one version of a file from another."""


class Document:
    """One plan in the console. `on_change` is called after every change of the plan."""

    def __init__(self, plan: Plan, path: Path | None, journal: Journal) -> None:
        self.path = path
        self.journal = journal
        self.history = History(ensure_ids(plan))
        self.on_change: Callable[[], None] = lambda: None
        self.recovered = False
        """True when the plan came from a journal of a session that did not end well."""
        self._imports: tuple[ImportBase, ...] = ()
        self._digest = ""
        self._stamp: FileStamp | None = None
        self._checked: tuple[Plan | None, list[Finding]] = (None, [])
        self._check_s = 0.0

    @classmethod
    def placeholder(cls, path: Path) -> Document:
        """An empty plan without a journal, until the one of a file is there."""
        return cls(Plan(name=path.name.removesuffix(SUFFIX)), None, Journal(Path(os.devnull)))

    @property
    def plan(self) -> Plan:
        """The plan as it is now."""
        return self.history.plan

    @property
    def is_changed(self) -> bool:
        """True when there are edits that are not in the file."""
        return self.history.is_changed

    @property
    def title(self) -> str:
        """Name for the header, with a mark when there are unsaved edits."""
        name = self.path.name.removesuffix(SUFFIX) if self.path else (self.plan.name or "new plan")
        return f"{name}{' *' if self.is_changed else ''}"

    def do(self, label: str, plan: Plan) -> None:
        """Makes `plan` the current one."""
        before = self.plan
        if self.history.do(label, ensure_ids(plan)) is not before:
            self.journal.note_edit(label, before, self.plan)
            self.journal.shorten(self.history, self._digest)
            self.on_change()

    def undo(self) -> str:
        """Takes the last edit back; its label, empty when there is none."""
        label = self.history.undo()
        if label:
            self.journal.note_move("undo")
            self.on_change()
        return label

    def redo(self) -> str:
        """Does an edit again; its label, empty when there is none."""
        label = self.history.redo()
        if label:
            self.journal.note_move("redo")
            self.on_change()
        return label

    def note_import(self, base: ImportBase) -> None:
        """Remembers what an import made; it is written with the plan, for importing again."""
        self._imports = with_base(self._imports, base)

    def earlier_import(self, sources: Sequence[str]) -> ImportBase | None:
        """The import of the same files, or of files with the same names, that the plan came from.

        Raises `PlanError` when what is kept about it cannot be read.
        """
        known = read_bases(self.path) if self.path is not None else ()
        for bases in (self._fresh_imports(self.plan), known):
            base = base_of(bases, sources)
            if base is not None and _file_names(base.sources) == _file_names(sources):
                return base
        return None

    def save(self, path: Path | None = None) -> Path:
        """Writes the plan. Raises `PlanError` when there is no path or it cannot be written."""
        plan, target = self.plan, self._target(path)
        save_plan(plan, target)
        moved, fresh = self._note_written(plan, target), self._fresh_imports(plan)
        _write_imports(fresh, target, moved=moved)
        self._forget_imports(fresh)
        return target

    async def save_in_thread(self, path: Path | None = None) -> Path:
        """The same in a thread; edits that are made meanwhile are not saved."""
        plan, target = self.plan, self._target(path)
        await asyncio.to_thread(save_plan, plan, target)
        moved, fresh = self._note_written(plan, target), self._fresh_imports(plan)
        await asyncio.to_thread(_write_imports, fresh, target, moved=moved)
        self._forget_imports(fresh)
        return target

    def _fresh_imports(self, plan: Plan) -> list[ImportBase]:
        return [one for one in self._imports if is_part_of(one, plan)]

    def _forget_imports(self, written: list[ImportBase]) -> None:
        self._imports = tuple(one for one in self._imports if one not in written)

    def _target(self, path: Path | None) -> Path:
        target = path or self.path
        if target is None:
            raise PlanError("the plan has no file yet", hint="give it a name")
        return target

    def _note_written(self, plan: Plan, target: Path) -> bool:
        """Goes on with the file that was written; True when it is another one than before."""
        moved = self.path is None or target.resolve() != self.path.resolve()
        self.path = target
        is_all = self.plan is plan
        if is_all:
            self.history.mark_saved()
        self.remember_file()
        if moved:
            self._move_journal()
        elif is_all:
            self.journal.note_saved(self._digest)
        self.on_change()
        return moved

    def _move_journal(self) -> None:
        """Goes on in the journal of another file, with the undo list."""
        folder = self.journal.path.parent
        journal = Journal(journal_path(folder, self.path))
        old, self.journal = self.journal, journal
        if journal.open():
            journal.restart(self.history, self._digest)
        old.begin(Plan(), "")
        old.close()

    def take_file(self) -> Plan | None:
        """Reads the file again and makes it the current plan, as one edit.

        None when it holds no plan; raises `PlanError` when it cannot be read.
        """
        if self.path is None:
            return None
        read = parse_plan(read_text(self.path))
        if read.plan is not None:
            self.do("edit the file", read.plan)
            self.history.mark_saved()
            self.remember_file()
            self.journal.note_saved(self._digest)
            self.on_change()
        return read.plan

    def remember_file(self) -> None:
        """The file as it is now is known: only another version of it is news."""
        self._stamp = file_stamp(self.path)
        self._digest = file_digest(self.path)

    def file_has_changed(self) -> bool:
        """True once when somebody else wrote the file; what it holds is then looked at."""
        stamp = file_stamp(self.path)
        if stamp is None or stamp == self._stamp:
            return False
        self._stamp = stamp
        before, self._digest = self._digest, file_digest(self.path)
        return before != self._digest

    @property
    def is_checked(self) -> bool:
        """True when the findings are those of the plan as it is now, or can be had at once."""
        return self._checked[0] is self.plan or self._check_s < SOON_S

    def findings(self) -> list[Finding]:
        """What is wrong with the plan now; of a large plan this takes seconds."""
        if self._checked[0] is not self.plan:
            start = time.perf_counter()
            self._checked = (self.plan, validate_plan(self.plan))
            self._check_s = time.perf_counter() - start
        return self._checked[1]

    async def findings_now(self) -> list[Finding]:
        """The same, of a large plan in a thread."""
        if self.is_checked:
            return self.findings()
        plan = self.plan
        found = await asyncio.to_thread(validate_plan, plan)
        self._checked = (plan, found)
        return found

    @property
    def last_findings(self) -> list[Finding]:
        """What was wrong when it was looked at last."""
        return self._checked[1]

    def recover(self) -> bool:
        """Takes over what an earlier session left; True when it left unsaved edits.

        A file that somebody wrote meanwhile is a version of its own: it is taken when nothing
        was unsaved, and shows up as a change of the file when something was.
        """
        self.remember_file()
        left = self.journal.read()
        if left is None or (not left.is_unsaved and left.digest != self._digest):
            self.journal.begin(self.plan, self._digest)
            return False
        self.history = left.history
        if left.is_unsaved and left.digest != self._digest:
            self._stamp, self._digest = None, left.digest
        self.recovered = left.is_unsaved
        return self.recovered

    def close(self) -> None:
        """Writes what is left of the journal and gives it back."""
        self.journal.close()


def file_stamp(path: Path | None) -> FileStamp | None:
    """What tells this version of a file from others; None when there is none."""
    try:
        status = path.stat() if path is not None else None
    except OSError:
        return None
    return (status.st_ino, status.st_mtime_ns, status.st_size) if status else None


def file_digest(path: Path | None) -> str:
    """Digest of a plan file; empty when it cannot be read."""
    try:
        return text_digest(read_text(path)) if path is not None else ""
    except PlanError:
        return ""


def open_document(
    path: Path | None, journal_dir: Path, progress: Progress | None = None
) -> Document:
    """The plan of a file with what its journal holds; an empty plan without a path.

    `progress` is told (bytes read, bytes in all) and ends the reading by raising.
    """
    plan = load_plan(path, progress) if path is not None and path.exists() else Plan()
    remove_old_journals(journal_dir)
    journal = Journal(journal_path(journal_dir, path))
    for number in range(MOST_NEW_PLANS if path is None else 1):
        journal = Journal(journal_path(journal_dir, path, number))
        if journal.open():
            break
    document = Document(plan, path, journal)
    document.recover()
    return document


def _write_imports(fresh: list[ImportBase], target: Path, *, moved: bool) -> None:
    """Adds what imports made to what is kept beside a plan file."""
    if not fresh and not (moved and base_path(target).exists()):
        return
    # A plan that takes the place of another one has nothing to do with its imports.
    bases = () if moved else read_bases(target)
    for one in fresh:
        bases = with_base(bases, one)
    write_bases(target, bases)


def _file_names(sources: Sequence[str]) -> list[str]:
    return [Path(source).name for source in sources]
