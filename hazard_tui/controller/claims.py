"""Which workers are taken, so that two runs never choose the same one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator

from hazard_tui.controller.run import Run


class Claims(Collection[str]):
    """Ids of the workers that are taken, as they are at the moment. One per controller."""

    def __init__(self, runs: Callable[[], Iterable[Run]]) -> None:
        self.choosing = asyncio.Lock()
        """Held while workers are chosen and claimed."""
        self._runs = runs
        self._claimed: set[str] = set()

    def __contains__(self, worker_id: object) -> bool:
        return worker_id in self._claimed or any(worker_id == one for one in self._live())

    def __iter__(self) -> Iterator[str]:
        return iter(self._claimed.union(self._live()))

    def __len__(self) -> int:
        return len(self._claimed.union(self._live()))

    def _live(self) -> Iterator[str]:
        return (link.worker_id for run in self._runs() for link in run.live_links)

    def claim(self, workers: Collection[str]) -> None:
        """Takes workers until `free`."""
        self._claimed.update(workers)

    def free(self, workers: Collection[str]) -> None:
        """Gives them back; those that a run has stay busy."""
        self._claimed.difference_update(workers)
