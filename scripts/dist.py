"""`make dist`: what can be given to other machines, in `dist/`.

A wheel for this platform that holds both Go programs, so that `hazard up` works from it, and
`hazard-worker` for every platform that a worker may run on; `SHA256SUMS` names them all.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
GO_MODULE = ROOT / "go_worker"
GO_RECORD = ROOT / ".setup" / "go.path"
PROGRAMS = ("hazard-worker", "hazard-lab")
SYSTEMS = ("linux", "darwin", "windows")
MACHINES = ("amd64", "arm64")
WHEEL_PARTS = ("pyproject.toml", "README.md", "LICENSE", "hazard_tui", "importers")
LONGEST_S = 900


class DistFailed(Exception):
    """One line that says what went wrong, and what to do."""


def run(command: list[str], *, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Runs one command quietly. Raises `DistFailed` with the end of what it wrote."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        timeout=LONGEST_S,
        check=False,
    )
    if done.returncode:
        tail = "\n".join(done.stdout.decode("utf-8", "replace").splitlines()[-15:])
        raise DistFailed(f"{' '.join(command[:3])} … failed:\n{tail}")


def wheel_platform() -> str:
    """The platform tag of the wheel.

    The Go programs are static: any Linux since kernel 3.2 runs them, so the oldest common glibc
    tag is true; on macOS the oldest release that Go 1.26 supports counts.
    """
    machine = platform.machine().lower()
    if sys.platform == "darwin":
        return f"macosx_12_0_{machine}"
    if sys.platform == "linux":
        return f"manylinux_2_17_{machine}"
    raise DistFailed(f"no wheel for {sys.platform}; run make dist on Linux or macOS")


def build_wheel() -> None:
    """Builds the wheel from a copy, so that the checkout keeps no half-built package."""
    missing = [name for name in WHEEL_PARTS if not (ROOT / name).exists()]
    if missing:
        raise DistFailed(f"{', '.join(missing)} is missing; the wheel needs it")
    with tempfile.TemporaryDirectory(prefix="hazard-dist-") as scratch:
        copy = Path(scratch)
        for name in WHEEL_PARTS:
            if (ROOT / name).is_dir():
                skipped = shutil.ignore_patterns("__pycache__", "bin")
                shutil.copytree(ROOT / name, copy / name, ignore=skipped)
            else:
                shutil.copy2(ROOT / name, copy / name)
        (copy / "requirements").mkdir()
        shutil.copy2(ROOT / "requirements" / "runtime.in", copy / "requirements")
        programs = copy / "hazard_tui" / "bin"
        programs.mkdir()
        for program in PROGRAMS:
            shutil.copy2(GO_MODULE / "bin" / program, programs)
        pip = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
        options = f"--config-settings=--build-option=--plat-name={wheel_platform()}"
        run([*pip, options, "--wheel-dir", str(DIST), str(copy)])


def build_worker(system: str, machine: str) -> None:
    """Builds the worker for one platform."""
    suffix = ".exe" if system == "windows" else ""
    target = DIST / f"hazard-worker-{system}-{machine}{suffix}"
    flags = ["-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", str(target)]
    env = {
        "CGO_ENABLED": "0",
        "GOOS": system,
        "GOARCH": machine,
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
    }
    go = GO_RECORD.read_text()
    run([go, "build", *flags, "./cmd/hazard-worker"], cwd=GO_MODULE, env=env)


def write_sums() -> None:
    """Writes `SHA256SUMS` in the format of sha256sum."""
    files = sorted(path for path in DIST.iterdir() if path.name != "SHA256SUMS")
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (DIST / "SHA256SUMS").write_text("".join(lines))
    for path in files:
        print(f"  {path.stat().st_size / 1e6:6.1f} MB  dist/{path.name}")


def main() -> int:
    """Builds everything anew; exit code 1 with one message when something fails."""
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir()
    try:
        build_wheel()
        for system in SYSTEMS:
            for machine in MACHINES:
                started = time.monotonic()
                print(f"  hazard-worker for {system} {machine} …", end="", flush=True)
                build_worker(system, machine)
                print(f" {time.monotonic() - started:.1f} s")
        write_sums()
    except (DistFailed, OSError, subprocess.TimeoutExpired) as exc:
        print(f"\ndist: {exc}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
