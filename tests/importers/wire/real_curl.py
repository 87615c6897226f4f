"""What the installed curl sends for a piece of shell text, on loopback and in an empty folder."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

from tests.support.capture import Capture, Captured

CURL = shutil.which("curl")
RECORDED_PORTS = ("28139", "8888")


def install_wrapper(folder: Path, port: int) -> Path:
    """A `curl` that goes to the capture server whatever host a command names."""
    bin_dir = folder / "bin"
    bin_dir.mkdir(exist_ok=True)
    script = bin_dir / "curl"
    script.write_text(
        f"#!/bin/sh\nexec {CURL} -sS --max-time 5 -k --noproxy '*' "
        f"--connect-to '::127.0.0.1:{port}' \"$@\"\n"
    )
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return bin_dir


def sent_by_curl(text: str, capture: Capture, folder: Path) -> tuple[list[Captured], str]:
    """(requests, what curl said) of a Bash text that is run in `folder`."""
    bin_dir = install_wrapper(folder.parent, capture.port)
    environment = {"PATH": f"{bin_dir}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder)}
    done = subprocess.run(
        ["bash", "-c", text],
        cwd=folder,
        env={**environment, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=30,
        check=False,
    )
    return capture.taken(), done.stderr.decode("utf-8", "replace")
