"""A console without a controller, on plans in a folder of its own."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from hazard_tui.plan.model import Plan
from hazard_tui.settings import load_settings
from hazard_tui.ui.app import HazardApp
from tests.support.pictures import Pictures
from tests.support.screen import screen_text
from tests.ui.plans import saved

SIZES = [(80, 24), (120, 40)]

Opener = Callable[..., AbstractAsyncContextManager[tuple[HazardApp, Pilot[int]]]]


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("SSH_CONNECTION", "HAZARD_CONFIG", "NO_COLOR", "TMUX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("HAZARD_GLYPHS", "braille")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def console(tmp_path: Path) -> Opener:
    """Opens a console: `async with console(plan) as (app, pilot)`; a failure shows the screen."""

    @asynccontextmanager
    async def open_console(
        plan: Plan | Path | None = None, size: tuple[int, int] = (80, 24), **options: Any
    ) -> AsyncIterator[tuple[HazardApp, Pilot[int]]]:
        settings = load_settings(
            {
                "HAZARD_RUNTIME_DIR": str(tmp_path / "run"),
                "HAZARD_DATA_DIR": str(tmp_path / "data"),
                "HOME": str(tmp_path),
            }
        )
        path = saved(plan, tmp_path) if isinstance(plan, Plan) else plan
        app = HazardApp(settings, path, offline=True, **options)
        async with app.run_test(size=size, notifications=True) as pilot:
            await pilot.pause()
            try:
                yield app, pilot
            except BaseException as exc:
                exc.add_note(f"the screen was\n{screen_text(app)}")
                raise

    return open_console


@pytest.fixture
def pictures(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pictures]:
    """The accepted pictures; the clock on the wall is that of Greenwich."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    found = Pictures(Path(__file__).parent / "pictures")
    yield found
    monkeypatch.undo()
    time.tzset()
    found.judge()
