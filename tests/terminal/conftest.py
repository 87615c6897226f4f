"""A console in a real terminal, with folders of its own."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.terminal import MeteredPty, Tmux
from tests.ui.plans import saved, shop

CONSOLE = Path(__file__).parent / "offline_console.py"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Environment of a console that touches nothing outside its folder."""
    return {
        "HAZARD_RUNTIME_DIR": str(tmp_path / "run"),
        "HAZARD_DATA_DIR": str(tmp_path / "data"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
    }


@pytest.fixture
def plan_file(tmp_path: Path) -> Path:
    """A plan of two tasks."""
    return saved(shop(), tmp_path)


def console_command(plan: Path | None = None, *options: str) -> list[str]:
    """Starts the console without a controller."""
    return [sys.executable, str(CONSOLE), *options, *([str(plan)] if plan else [])]


@pytest.fixture
def tmux() -> Iterator[Callable[..., Tmux]]:
    """Makes tmux panes; they are gone after the test."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed: what only a real terminal shows is not tested")
    made: list[Tmux] = []
    # A socket's path must be short, which pytest's folders are not.
    with tempfile.TemporaryDirectory(prefix="hz") as folder:

        def make(columns: int = 80, lines: int = 24) -> Tmux:
            pane = Tmux(Path(folder) / f"t{len(made)}", columns, lines)
            made.append(pane)
            return pane

        yield make
        for pane in made:
            pane.close()


@pytest.fixture
def metered(environment: dict[str, str]) -> Iterator[Callable[..., MeteredPty]]:
    """Starts consoles on metered terminals; they are gone after the test."""
    made: list[MeteredPty] = []

    def start(
        plan: Path | None = None, size: tuple[int, int] = (120, 40), **changes: str
    ) -> MeteredPty:
        terminal = MeteredPty(console_command(plan), {**environment, **changes}, *size)
        made.append(terminal)
        return terminal

    yield start
    for terminal in made:
        terminal.close()
