"""Where the Go programs of hazard are."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from hazard_tui.errors import SetupError

PACKAGE_ROOT = Path(__file__).resolve().parent.parent


def find_binary(name: str) -> Path:
    """Path of `hazard-worker` or `hazard-lab`.

    Looked for in `HAZARD_WORKER_BIN` / `HAZARD_LAB_BIN`, in the installed package, in a checkout
    and in PATH. Raises `SetupError` when it is nowhere.
    """
    variable = name.upper().replace("-", "_") + "_BIN"
    explicit = os.environ.get(variable)
    if explicit:
        if _is_program(Path(explicit)):
            return Path(explicit)
        raise SetupError(
            f"{variable} is {explicit}, which is not a program", hint=f"correct or unset {variable}"
        )
    file_name = f"{name}.exe" if sys.platform == "win32" else name
    places = (PACKAGE_ROOT / "bin", PACKAGE_ROOT.parent / "go_worker" / "bin")
    for place in places:
        if _is_program(place / file_name):
            return place / file_name
    found = shutil.which(name)
    if found:
        return Path(found)
    raise SetupError(
        f"the program {name} is not on this machine",
        hint=f"run `make setup` in a checkout of hazard, or set {variable}",
    )


def _is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)
