"""Whether a process that is being started still gets on."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hazard_tui.controller.processes import LEAST_WORK_S, Effort


@asynccontextmanager
async def python(code: str) -> AsyncIterator[int]:
    """Pid of a program while the block runs."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", f"print(flush=True)\n{code}", stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    await child.stdout.readline()
    try:
        yield child.pid
    finally:
        child.kill()
        await child.wait()


async def hung(effort: Effort) -> str:
    """What it says once it says something."""
    async with asyncio.timeout(30):
        while not (why := effort.why_hung()):  # noqa: ASYNC110  CPU time does not tell
            await asyncio.sleep(0.02)
    return why


async def test_a_process_that_does_nothing_hangs() -> None:
    async with python("import time; time.sleep(60)") as pid:
        assert "has done nothing" in await hung(Effort(pid, idle_s=0.3, most_cpu_s=60))


async def test_a_process_that_works_gets_on_until_it_has_worked_too_much() -> None:
    async with python("while True: pass") as pid:
        # Idle for too long was never said, although the work took several times that long.
        why = await hung(Effort(pid, idle_s=4 * LEAST_WORK_S, most_cpu_s=5 * LEAST_WORK_S))
        assert "of CPU time" in why
