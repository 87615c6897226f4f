"""What the Run screen costs a person on a remote line: bytes per second and key latency."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

METER = Path(__file__).resolve().parent.parent.parent.parent / "shared/tools/terminal_meter.py"


def main() -> None:
    """Measures `hazard attach` on the newest run at two sizes; start a run first."""
    if not METER.exists():
        print("../shared/tools/terminal_meter.py is missing: skipped")
        return
    hazard = Path(sys.executable).parent / "hazard"
    for size in ("120x40", "80x24"):
        options = ["--size", size, "--warm", "5", "--dur", "10"]
        presses = ["--press", "f2=address", "--press", "f3=rps"]
        command = [sys.executable, str(METER), *options, *presses, "--", str(hazard), "attach"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=True)
        print(json.dumps(json.loads(done.stdout)))
