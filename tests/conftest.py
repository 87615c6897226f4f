"""What tests of several kinds share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.stock import build

LONG = ("terminal", "e2e", "fuzz", "engine")
"""Folders whose tests wait for runs, terminals or a time that must pass; the longest first."""

# On a busy machine any example may take long once.
settings.register_profile("hazard", deadline=None)
settings.load_profile("hazard")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts long files first: begun last, one of them would keep the others waiting at the end."""
    places = {name: place for place, name in enumerate(LONG)}
    here = Path(__file__).parent
    items.sort(key=lambda item: places.get(item.path.relative_to(here).parts[0], len(LONG)))


@pytest.fixture(scope="session")
def stock_boomer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program of a stock boomer worker, built from the locked boomer."""
    program = tmp_path_factory.mktemp("control") / "stockboomer"
    build(program, "./internal/engine/testdata/stockboomer")
    return program
