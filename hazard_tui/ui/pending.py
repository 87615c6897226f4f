"""Work that is closed, not only forgotten, when it is cancelled before its first step."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any


class Pending:
    """Holds a coroutine until it is run."""

    def __init__(
        self,
        work: Coroutine[Any, Any, object],
        guard: Callable[[Coroutine[Any, Any, object]], Coroutine[None, None, None]],
    ) -> None:
        self._work, self._guard = work, guard

    async def run(self) -> None:
        """Does the work."""
        await self._guard(self._work)

    def __del__(self) -> None:
        self._work.close()
