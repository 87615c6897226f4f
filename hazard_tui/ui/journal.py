"""The journal of an editing session: every edit a line, so that a killed console loses nothing.

The first line holds the plan that the edits start from; each further line an edit (its label and
what it changed), an undo, a redo or a save. A thread writes; a locked file belongs to one console.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from pydantic import ValidationError

from hazard_tui.errors import PlanError
from hazard_tui.plan.delta import changes_between, plain_value, with_changes
from hazard_tui.plan.edit import Edit, History
from hazard_tui.plan.model import Plan

FORMAT = 1
MOST_LINES = 2000
MOST_BYTES = 16 * 1024 * 1024
"""A journal beyond either bound is written anew with the undo list only."""
KEPT_S = 30 * 24 * 3600.0
"""Age after which the journal of a plan that nobody edits is removed."""


def text_digest(text: str) -> str:
    """Digest by which a plan file is recognised."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a journal holds."""

    history: History
    digest: str
    """Digest of the plan file as it was when it was last read or saved."""
    is_unsaved: bool
    """True when edits had not been saved."""


class Journal:
    """Writes one journal file. `note_*` return at once; `close` waits until all is written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None
        self._lines = 0
        self._bytes = 0
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._last: Future[None] | None = None

    def open(self) -> bool:
        """Takes the journal for this console; False when another one has it."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            return False
        self._file = os.fdopen(handle, "a+", encoding="utf-8", newline="\n")
        return True

    @property
    def is_open(self) -> bool:
        """False when edits are not written down."""
        return self._file is not None

    def read(self) -> Recovered | None:
        """What an earlier session left; None when there is nothing that can be used."""
        if self._file is None:
            return None
        self._file.seek(0)
        lines = list(_records(self._file))
        self._lines, self._bytes = len(lines), self.path.stat().st_size
        try:
            return _replayed(lines)
        except (PlanError, ValidationError, KeyError, TypeError, ValueError):
            return None

    def begin(self, plan: Plan, digest: str) -> None:
        """Starts anew from a plan; what the journal held is gone."""
        self._submit(lambda: self._rewrite([Edit("open", plan)], 0, digest, 0))

    def note_edit(self, label: str, old: Plan, new: Plan) -> None:
        """Writes an edit down."""
        self._submit(lambda: self._append({"do": label, "changes": changes_between(old, new)}))

    def note_move(self, word: str) -> None:
        """Writes `undo` or `redo` down."""
        self._submit(lambda: self._append({word: 1}))

    def note_saved(self, digest: str) -> None:
        """Writes down that the plan is on disk as it is now, with the file's digest."""
        self._submit(lambda: self._append({"saved": digest}))

    def shorten(self, history: History, digest: str) -> None:
        """Writes the journal anew when it has grown beyond its bounds."""
        if self._lines <= MOST_LINES and self._bytes <= MOST_BYTES:
            return
        self.restart(history, digest)

    def restart(self, history: History, digest: str) -> None:
        """Writes the journal anew: the undo list as it is now."""
        self._lines = self._bytes = 0
        edits, position, saved = list(history.edits), history.position, history.saved_position
        self._submit(lambda: self._rewrite(edits, position, digest, saved))

    def close(self) -> None:
        """Waits for the last line and gives the file back."""
        self._writer.shutdown(wait=True)
        if self._file is not None:
            self._file.close()
            self._file = None

    def wait(self) -> None:
        """Waits until everything noted so far is in the file."""
        if self._last is not None:
            self._last.result()

    def _submit(self, act: Callable[[], None]) -> None:
        if self._file is not None:
            self._last = self._writer.submit(act)

    def _append(self, record: dict[str, Any]) -> None:
        if self._file is None:
            return
        line = f"{json_text(record, PIECES_DEEP)}\n"
        # A full disk must not keep a person from editing; saving says so loudly.
        with contextlib.suppress(OSError):
            self._file.write(line)
            self._file.flush()
        self._lines += 1
        self._bytes += len(line)

    def _rewrite(self, edits: list[Edit], position: int, digest: str, saved: int | None) -> None:
        if self._file is None:
            return
        with contextlib.suppress(OSError):
            self._file.truncate(0)
        self._lines = self._bytes = 0
        base = {"journal": FORMAT, "digest": digest, "is_saved": saved == 0}
        self._append({**base, "plan": plain_value(edits[0].plan)})
        for number, edit in enumerate(edits[1:], 1):
            self._append(
                {"do": edit.label, "changes": changes_between(edits[number - 1].plan, edit.plan)}
            )
            if saved == number:
                self._append({"saved": digest})
        for _ in range(len(edits) - 1 - position):
            self._append({"undo": 1})


PIECES_DEEP = 5
"""Levels from a record to the single steps of its plan's tasks."""


def json_text(value: Any, deep: int) -> str:
    """JSON, made in pieces down to some depth: other threads run between them, not within one."""
    if deep and isinstance(value, dict):
        parts = (f"{json.dumps(key)}:{json_text(one, deep - 1)}" for key, one in value.items())
        return f"{{{','.join(parts)}}}"
    if deep and isinstance(value, list):
        return f"[{','.join(json_text(one, deep - 1) for one in value)}]"
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _records(lines: IO[str]) -> Iterator[dict[str, Any]]:
    """Whole lines; the last one may be cut off where the console was killed."""
    for line in lines:
        try:
            record = json.loads(line)
        except ValueError:
            return
        if isinstance(record, dict):
            yield record


def _replayed(records: list[dict[str, Any]]) -> Recovered | None:
    if not records or records[0].get("journal") != FORMAT:
        return None
    history = History(Plan.model_validate(records[0]["plan"]))
    digest = str(records[0].get("digest", ""))
    if not records[0].get("is_saved", True):
        history.forget_saved()
    for record in records[1:]:
        if "do" in record:
            history.do(record["do"], with_changes(history.plan, record["changes"]))
        elif "undo" in record:
            history.undo()
        elif "redo" in record:
            history.redo()
        elif "saved" in record:
            history.mark_saved()
            digest = str(record["saved"])
    return Recovered(history, digest, history.is_changed)


def journal_path(folder: Path, plan_path: Path | None, number: int = 0) -> Path:
    """Where the journal of a plan file is; `number` tells new plans without a file apart."""
    if plan_path is None:
        return folder / f"new-plan-{number}.journal"
    digest = hashlib.sha256(os.fsencode(plan_path.resolve())).hexdigest()[:16]
    safe = "".join(char if char.isalnum() or char in "-_." else "_" for char in plan_path.name)
    return folder / f"{safe[-60:]}-{digest}.journal"


def remove_old_journals(folder: Path, now: float | None = None) -> None:
    """Removes journals that nobody wrote to for a month."""
    limit = (time.time() if now is None else now) - KEPT_S
    for path in folder.glob("*.journal"):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < limit:
                path.unlink()
