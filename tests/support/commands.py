"""The `hazard` command as a person runs it, with folders of its own and a lab that always ends."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HAZARD = str(Path(sys.executable).parent / "hazard")
ROOT = Path(__file__).resolve().parent.parent.parent
SHARED = ROOT.parent / "shared"
LONGEST_S = 100


@dataclass(frozen=True)
class Machine:
    """One person's machine: environment, a folder to work in, the lab's target."""

    environ: dict[str, str]
    folder: Path

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Runs one command to its end."""
        return subprocess.run(
            [HAZARD, *arguments],
            cwd=self.folder,
            env=self.environ,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            check=False,
        )

    def ok(self, *arguments: str, stdin: str = "") -> str:
        """Output of a command that must succeed."""
        done = self.run(*arguments, stdin=stdin)
        assert done.returncode == 0, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def lines(self, *arguments: str) -> list[dict[str, Any]]:
        """JSON lines of a command that must succeed."""
        return [json.loads(line) for line in self.ok(*arguments).splitlines()]

    @property
    def target(self) -> str:
        """URL of the lab's target."""
        return self.ok("up", "--print-target").strip()

    def write(self, name: str, text: str) -> str:
        """Writes a file in the person's folder; its name."""
        (self.folder / name).write_text(text, "utf-8")
        return name


@contextmanager
def machine(folder: Path) -> Iterator[Machine]:
    """A machine without a lab. What a command started is ended, and nothing is left of it."""
    # Unix sockets need a short path, which a test's own folder does not have.
    runtime = Path(tempfile.mkdtemp(prefix="hz", dir="/tmp"))
    environ = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "HAZARD_RUNTIME_DIR": str(runtime),
        "HAZARD_CALIBRATE": "asked",
        # Calibrations look at what else the user runs on the machine, by a lock in this folder.
        "TMPDIR": str(folder / "tmp"),
        "HAZARD_DATA_DIR": str(folder / "data"),
        "HAZARD_CONFIG": str(folder / "config.yaml"),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
    }
    (folder / "config.yaml").write_text("")
    (folder / "tmp").mkdir()
    home = folder / "work"
    home.mkdir()
    here = Machine(environ, home)
    try:
        yield here
    finally:
        done = here.run("down", "--force")
        left = list(runtime.rglob("*")) if runtime.exists() else []
        shutil.rmtree(runtime, ignore_errors=True)
    assert done.returncode == 0, done.stderr
    assert not left, f"`hazard down` left {left}"
