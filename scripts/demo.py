"""`make demo`: imports the sample collection and runs it over a lab on this machine.

On a terminal the console opens on the plan; elsewhere the plan runs for 15 s and its summary is
printed. The lab ends with the demo.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HAZARD = ROOT / ".venv" / "bin" / "hazard"
SAMPLES = ROOT / "samples" / "postman"
COLLECTION = SAMPLES / "conduit.postman_collection.json"
DURATION = "15s"
STAGES = """\
stages:
- {kind: arrivals, shape: linear, to: 30, duration_ms: 5000}
- {kind: arrivals, to: 30, duration_ms: 55000}
"""
"""30 iterations of 12 requests a second: lively, and far from the limits of a small machine."""
PLACEHOLDER = "http://target.invalid"
"""The target in the imported plan until the lab has told its address."""
LONGEST_S = 180


def hazard(*arguments: str, quiet: bool = False, timeout: float = LONGEST_S) -> int:
    """Runs the command; its exit code."""
    out = subprocess.PIPE if quiet else None
    done = subprocess.run([str(HAZARD), *arguments], stdout=out, timeout=timeout, check=False)
    if done.returncode and quiet:
        sys.stderr.write((done.stdout or b"").decode("utf-8", "replace"))
    return done.returncode


def demo(folder: Path) -> int:
    """The main job in `folder`; its exit code."""
    plan, environment = folder / "conduit.hazard.yaml", folder / "lab.env"
    environment.write_text(f"APIURL={PLACEHOLDER}/api\n")
    words = ["import", str(COLLECTION), "--env", str(environment), "-o", str(plan)]
    # The import goes on while the lab comes up.
    with subprocess.Popen(
        [str(HAZARD), *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as importing:
        code = hazard("up", "--workers", "2", quiet=True)
        told, _ = importing.communicate(timeout=LONGEST_S)
    if code or importing.returncode:
        sys.stderr.write(told.decode("utf-8", "replace") if importing.returncode else "")
        return code or importing.returncode
    target = subprocess.run(
        [str(HAZARD), "up", "--print-target"],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    ).stdout.strip()
    plan.write_text(plan.read_text("utf-8").replace(PLACEHOLDER, target) + STAGES, "utf-8")
    if sys.stdin.isatty() and sys.stdout.isatty():
        return subprocess.run([str(HAZARD), str(plan)], check=False).returncode
    print(f"{COLLECTION.name} is imported; it runs for {DURATION} over 2 workers", flush=True)
    return hazard("run", str(plan), "--duration", DURATION, "--plain")


def _interrupt(number: int, frame: object) -> None:
    # Only once: taking the lab down must not be interrupted by what makes it necessary.
    signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def main() -> int:
    """Runs the demo and always takes the lab down, also when its terminal is closed."""
    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, _interrupt)
    with tempfile.TemporaryDirectory(prefix="hazard-demo-") as folder:
        # A lab, controller and history of its own: what the person has running stays as it is.
        os.environ["HAZARD_RUNTIME_DIR"] = f"{folder}/run"
        os.environ["HAZARD_DATA_DIR"] = f"{folder}/data"
        try:
            return demo(Path(folder))
        except KeyboardInterrupt:
            return 130
        except subprocess.SubprocessError as exc:
            print(f"demo: {exc}", file=sys.stderr)
            return 1
        finally:
            # The run of a demo ends with its lab.
            hazard("down", "--force", quiet=True)


if __name__ == "__main__":
    sys.exit(main())
