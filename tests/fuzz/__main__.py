"""`python -m tests.fuzz [--minutes N] [--go-seconds N] [KIND...]`: the long run.

Each kind of input runs in a process of its own with a limit of memory. An input that breaks an
importer is written into the working folder and named; it goes to `tests/fuzz/found` with the fix.
"""

from __future__ import annotations

import argparse
import re
import resource
import subprocess
import sys
import time
import traceback
from pathlib import Path

from tests.fuzz.inputs import KINDS
from tests.fuzz.trial import Found, fuzz

MEMORY_LIMIT_BYTES = 3 << 30
ROOT = Path(__file__).resolve().parents[2]
MINIMIZE = "10x"
"""Trials of making one input smaller. Go's own minute is spent whole, with no other trial, wherever
a map or a clock makes the covered lines differ from trial to trial."""
_TARGET = re.compile(r"^func (Fuzz\w+)\(", re.MULTILINE)


def main() -> int:
    """Fuzzes what is asked for; 1 when something broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join((*KINDS, "go")))
    parser.add_argument("--minutes", type=float, default=10.0, help="for each kind of input")
    parser.add_argument("--go-seconds", type=int, default=30, help="for each target in Go")
    parser.add_argument("--here", action="store_true", help="in this process, one kind")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="first trial")
    args = parser.parse_args()
    if args.here:
        return fuzz_one(args.kinds[0], args.minutes * 60, args.seed)
    good = True
    for kind in args.kinds or [*KINDS, "go"]:
        if kind == "go":
            good &= fuzz_go(args.go_seconds)
        else:
            good &= fuzz_elsewhere(kind, args.minutes, args.seed)
    return 0 if good else 1


def fuzz_elsewhere(kind: str, minutes: float, seed: int) -> bool:
    """One kind of input in a process of its own; False when something broke."""
    command = [sys.executable, "-m", "tests.fuzz", "--here", "--minutes", str(minutes)]
    command += ["--seed", str(seed), kind]
    try:
        return subprocess.run(command, timeout=minutes * 60 + 600, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        print(f"{kind}: an input hangs; the first trial was {seed}", flush=True)
        return False


def fuzz_one(kind: str, seconds: float, seed: int) -> int:
    """One kind of input, in this process; 1 when something broke."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
    try:
        tally = fuzz(kind, seconds, seed)
    except Found as found:
        traceback.print_exc()
        path = Path(f"{found.format}_{found.number}.bin")
        path.write_bytes(found.data)
        print(f"{kind}: the input is in {path.resolve()}", flush=True)
        return 1
    print(
        f"{kind:14} {tally.trials:8} inputs  {tally.read:8} read  slowest {tally.slowest_s:6.2f} s"
        f"  control {tally.control_s:6.3f} s  memory +{tally.grown_mib:.0f} MiB",
        flush=True,
    )
    return 0


def fuzz_go(seconds: int) -> bool:
    """Every fuzz target of the worker; False when one fails."""
    go = (ROOT / ".setup" / "go.path").read_text().strip()
    good = True
    for path in sorted((ROOT / "go_worker").rglob("*_test.go")):
        for target in _TARGET.findall(path.read_text("utf-8")):
            package = f"./{path.parent.relative_to(ROOT / 'go_worker')}"
            command = [go, "test", "-run=^$", f"-fuzz=^{target}$", f"-fuzztime={seconds}s"]
            command += [f"-fuzzminimizetime={MINIMIZE}", package]
            done = subprocess.run(
                command,
                cwd=ROOT / "go_worker",
                timeout=seconds + 600,
                check=False,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            print(done.stdout, end="", flush=True)
            good &= done.returncode == 0 or has_only_run_out(done.stdout)
    return good


def has_only_run_out(output: str) -> bool:
    """True when Go took the end of its time for a failure, and no input failed.

    Before Go 1.27 its own deadline may be told as one of a worker: https://go.dev/issue/75804.
    """
    found = any(word in output for word in ("Failing input", "failure while testing", "panic"))
    return "    context deadline exceeded\nFAIL\n" in output and not found


if __name__ == "__main__":
    sys.exit(main())
