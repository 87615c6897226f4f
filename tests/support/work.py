"""Work counted instead of timed: the same on a busy machine as on an idle one."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Work:
    """Calls of Python and C functions on this thread."""

    calls: int = 0


@contextmanager
def counted_work() -> Iterator[Work]:
    """Counts the calls that this thread makes in the body, those of its event loop included."""
    work = Work()

    def count(_frame: object, event: str, _argument: object) -> None:
        if event in ("call", "c_call"):
            work.calls += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield work
    finally:
        sys.setprofile(before)


LONGEST_S = 6.0
"""Of processor time, on a slow machine: what takes long takes minutes, all else below a second."""


@contextmanager
def ending_soon() -> Iterator[None]:
    """Fails when the body takes so much processor time that it is caught in its input."""
    started = time.process_time()
    yield
    took_s = time.process_time() - started
    assert took_s < LONGEST_S, f"{took_s:.1f} s of processor time"
