"""Opening a large plan: it is read in a thread, and the console says how far that is."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path
from typing import TYPE_CHECKING

from hazard_tui.errors import HazardError, PlanError
from hazard_tui.ui.document import Document, open_document

if TYPE_CHECKING:
    from hazard_tui.ui.app import HazardApp

LARGE_BYTES = 256 * 1024
"""A plan file below it is there in a moment and is read at once."""
SHOWN_EVERY_S = 0.25


def is_large(path: Path | None) -> bool:
    """True for a plan file that takes a while."""
    try:
        return path is not None and path.stat().st_size > LARGE_BYTES
    except OSError:
        return False


class Reading:
    """A plan file that is being read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._size = max(1, path.stat().st_size)
        self._done = 0
        self._is_left = False

    @property
    def text(self) -> str:
        """Words for the status line."""
        size = f"{self._size / 1e6:.1f} MB"
        if self._done >= self._size:
            return f"checking {self.path.name} ({size})   esc leaves it"
        share = self._done / self._size
        return f"reading {self.path.name}: {share:.0%} of {size}   esc leaves it"

    @property
    def is_left(self) -> bool:
        """True when nobody waits for the plan any more."""
        return self._is_left

    def leave(self) -> None:
        """Ends the reading at the next piece of the file."""
        self._is_left = True

    def open(self, journal_dir: Path) -> Document:
        """Reads the plan and what its journal holds, and validates it. Raises `PlanError`."""
        document = open_document(self.path, journal_dir, self._progress)
        document.findings()
        return document

    def _progress(self, done: int, size: int) -> None:
        self._done, self._size = done, size
        if self._is_left:
            raise PlanError(f"{self.path.name} was left")


async def read(app: HazardApp, reading: Reading) -> None:
    """Reads a plan while the console goes on; the console then shows it."""
    folder = app.settings.data_dir / "journal"
    task = asyncio.create_task(asyncio.to_thread(reading.open, folder))
    try:
        while not task.done():
            app.plan_screen_do(lambda screen: screen.show_status())
            await asyncio.wait({task}, timeout=SHOWN_EVERY_S)
        document = task.result()
    except HazardError as exc:
        if app.reading is reading:
            app.reading = None
            app.complain(exc)
            app.take_document(open_document(None, folder))
        return
    finally:
        reading.leave()
    if app.reading is not reading:
        document.close()
        return
    app.reading = None
    # What a large plan consists of is looked through no more for garbage: that takes a second.
    gc.collect()
    gc.freeze()
    app.take_document(document)
    state = app.session.read(document.path).get("plan") or {}
    app.plan_screen_do(lambda screen: screen.restore_state(state))
