"""A target per test and the control programs, built once."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.support.engine import Target, running_target
from tests.support.stock import build


@pytest.fixture
def target() -> Iterator[Target]:
    """A fresh target."""
    with running_target() as found:
        yield found


@dataclass(frozen=True)
class Bare:
    """What boomer with fasthttp did."""

    requests: int
    """That had a good answer."""
    tried: int
    p99_ms: float


BareRun = Callable[..., Bare]


@pytest.fixture(scope="session")
def bare_boomer(tmp_path_factory: pytest.TempPathFactory) -> BareRun:
    """Runs boomer with its own limiter: (url, users, requests per second, seconds)."""
    program = tmp_path_factory.mktemp("control") / "bareboomer"
    build(program, "./internal/engine/testdata/bareboomer")

    def run(url: str, users: int, rate: int, seconds: float, attempts: int = 1) -> Bare:
        command = [str(program), "-url", url, "-users", str(users), "-rate", str(rate),
                   "-duration", f"{seconds}s", "-attempts", str(attempts)]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=True,
                              timeout=seconds + 30)  # fmt: skip
        found = re.search(r"tried (\d+)\s+p99 (\d+) us\s+(\d+)", done.stdout)
        assert found is not None, done.stdout
        return Bare(int(found[3]), int(found[1]), int(found[2]) / 1000)

    return run
