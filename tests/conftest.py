"""What tests of several kinds share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.stock import build


@pytest.fixture(scope="session")
def stock_boomer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program of a stock boomer worker, built from the locked boomer."""
    program = tmp_path_factory.mktemp("control") / "stockboomer"
    build(program, "./internal/engine/testdata/stockboomer")
    return program
