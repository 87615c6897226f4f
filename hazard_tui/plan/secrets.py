"""The file of secrets: values that a plan refers to by key, mode 0600, never in a plan.

A key in upper case is looked up in the environment when the file does not hold it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from hazard_tui.errors import PlanError
from hazard_tui.plan import yaml_text
from hazard_tui.plan.model import Plan

_ENVIRONMENT_KEY = re.compile(r"[A-Z][A-Z0-9_]*")

MASK = "••••"


def read_secrets(path: Path) -> dict[str, str]:
    """All secrets of the file; empty when there is none.

    Raises `PlanError` when it is readable by others or is not a mapping of texts.
    """
    if not path.exists():
        return {}
    if path.stat().st_mode & 0o077:
        raise PlanError(
            f"{path} holds secrets but others may read it", hint=f"run: chmod 600 {path}"
        )
    value = yaml_text.parse(path.read_text("utf-8")).value
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise PlanError(f"{path} must hold keys and values")
    return {str(key): "" if inner is None else str(inner) for key, inner in value.items()}


def add_secrets(path: Path, secrets: Mapping[str, str]) -> int:
    """Adds secrets to the file, which is made with mode 0600; how many are new or changed."""
    known = read_secrets(path)
    fresh = {key: value for key, value in secrets.items() if known.get(key) != value}
    if fresh:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        text = yaml_text.dump({**known, **fresh})
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
        os.replace(temporary, path)
    return len(fresh)


def keys_of(plan: Plan) -> list[str]:
    """Keys of the secrets that a plan needs, in order, once each."""
    keys = [
        variable.secret.key
        for variable in plan.variables
        if variable.secret is not None and not variable.disabled
    ]
    return list(dict.fromkeys(keys))


def resolve_secrets(
    plan: Plan, path: Path, environ: Mapping[str, str] | None = None
) -> tuple[dict[str, str], list[str]]:
    """Values of the plan's secrets by key, and the keys that nothing gives a value."""
    environ = os.environ if environ is None else environ
    stored = read_secrets(path)
    found: dict[str, str] = {}
    missing: list[str] = []
    for key in keys_of(plan):
        if key in stored:
            found[key] = stored[key]
        elif _ENVIRONMENT_KEY.fullmatch(key) and key in environ:
            found[key] = environ[key]
        else:
            missing.append(key)
    return found, missing
