"""`python -m tests.bench [cost|floor|imports|merge|terminal|users …]`: all benchmarks, or some."""

from __future__ import annotations

import sys

from tests.bench import cost, floor, imports, merge, terminal, users

BENCHMARKS = {
    "cost": cost.main,
    "floor": floor.main,
    "imports": imports.main,
    "merge": merge.main,
    "terminal": terminal.main,
    "users": users.main,
}


def main() -> int:
    """Runs the named benchmarks, or all."""
    names = sys.argv[1:] or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
        return 2
    for name in names:
        print(f"== {name}", flush=True)
        BENCHMARKS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main())
