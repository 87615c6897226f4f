"""Reading what is to be imported: in a thread, with how far it is, until the person leaves it."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from hazard_tui.errors import UnreadableInput
from hazard_tui.ui.screens.passing import WaitDialog
from importers.config_files import options_of
from importers.findings import ImportOptions, ImportResult, Source

if TYPE_CHECKING:
    from hazard_tui.ui.app import HazardApp

SHOWN_AFTER_S = 0.3
"""A reading that is quicker shows no dialog."""


class SourcesReading:
    """Sources that are read in a thread."""

    def __init__(self, sources: list[Source]) -> None:
        self._sources = sources
        self._text = f"reading {', '.join(Path(one.name).name for one in sources)}"
        self._left = asyncio.Event()

    @property
    def text(self) -> str:
        """How far the reading is."""
        return self._text

    @property
    def is_left(self) -> bool:
        """True when nobody waits for the result any more."""
        return self._left.is_set()

    def leave(self) -> None:
        """Ends the reading at the next piece of a file; what comes of it is not waited for."""
        self._left.set()

    async def until_left(self) -> None:
        """Waits until the person leaves."""
        await self._left.wait()

    def result(self) -> ImportResult:
        """What all sources hold. Raises `UnreadableInput`, also after it was left."""
        from importers.detect import import_input
        from importers.merge import merge_results

        results = []
        for one in self._sources:
            name = Path(one.name).name
            self._text = f"reading {name}"
            options = ImportOptions(progress=partial(self._progress, name))
            results.append(import_input(one, options_of(one, options)))
        return merge_results(results)

    def _progress(self, name: str, done: int, size: int) -> None:
        if self._left.is_set():
            raise UnreadableInput(f"{name} was left")
        if done < size:
            self._text = f"reading {name}: {done / size:.0%} of {size / 1e6:.1f} MB"
        else:
            self._text = f"finding what belongs together in {name} ({size / 1e6:.1f} MB)"


async def read_sources(app: HazardApp, sources: list[Source]) -> ImportResult | None:
    """What the sources hold; None when the person left. Raises `UnreadableInput`."""
    reading = SourcesReading(sources)
    task = asyncio.create_task(asyncio.to_thread(reading.result))
    left = asyncio.create_task(reading.until_left())
    dialog = WaitDialog(lambda: reading.text, reading.leave)
    try:
        await asyncio.wait({task}, timeout=SHOWN_AFTER_S)
        if not task.done():
            await app.push_screen(dialog)
            await asyncio.wait({task, left}, return_when=asyncio.FIRST_COMPLETED)
            dialog.close()
        if reading.is_left:
            task.add_done_callback(_forget)
            return None
        return task.result()
    finally:
        reading.leave()
        left.cancel()


def _forget(task: asyncio.Task[ImportResult]) -> None:
    """What a reading that was left came to is looked at by nobody."""
    if not task.cancelled():
        task.exception()
