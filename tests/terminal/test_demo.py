"""The demo in a real terminal that is closed in the middle of its run."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.support.terminal import Tmux

ROOT = Path(__file__).resolve().parent.parent.parent


def processes_of(folder: Path) -> list[str]:
    """Command lines of whatever runs with a file of the demo's folder."""
    found = []
    for one in psutil.process_iter(["cmdline", "environ", "status"]):
        words = one.info["cmdline"] or []
        runtime = (one.info["environ"] or {}).get("HAZARD_RUNTIME_DIR", "")
        is_of = str(folder) in " ".join(words) or runtime.startswith(str(folder))
        if is_of and one.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(" ".join(words))
    return found


@pytest.mark.timeout(150)
def test_a_demo_whose_terminal_is_closed_during_the_run_leaves_nothing(
    tmux: Callable[..., Tmux],
) -> None:
    # Unix sockets need a short path.
    folder = Path(tempfile.mkdtemp(prefix="hd", dir="/tmp"))
    try:
        pane = tmux(120, 40)
        pane.start(
            [sys.executable, str(ROOT / "scripts" / "demo.py")],
            {"TMPDIR": str(folder), "HOME": str(folder), "LC_ALL": "C.UTF-8"},
        )
        pane.until("2 of 2 workers", deadline_s=60)
        pane.press("F5")
        pane.until("start the run?")
        pane.press("Enter")
        pane.until("running 0:0", deadline_s=30)
        assert processes_of(folder)
        pane.close()
        deadline = time.monotonic() + 60
        while processes_of(folder) or list(folder.glob("hazard-demo-*")):
            assert time.monotonic() < deadline, (processes_of(folder), list(folder.iterdir()))
            time.sleep(0.1)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
