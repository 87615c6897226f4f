"""Environments: files of values that replace a plan's variables.

Read are Postman environment files (`values`), YAML or JSON mappings of names to values, and
`NAME=value` lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from hazard_tui.errors import PlanError, UsageError
from hazard_tui.plan import yaml_text
from hazard_tui.plan.model import Plan, Variable

_LINE = re.compile(r"\s*(?:export\s+)?(?P<name>[^=#\s][^=]*?)\s*=\s*(?P<value>.*?)\s*")


def read_environment(path: Path) -> dict[str, str]:
    """Names and values of an environment file. Raises `UsageError` naming the file."""
    try:
        raw = path.read_bytes()
    except OSError as exc:
        raise UsageError(f"the environment {path} cannot be read: {exc.strerror}") from exc
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
        value = yaml_text.parse(text).value
    except (UnicodeDecodeError, PlanError):
        value = None
        text = raw.decode("utf-8", "replace")
    if isinstance(value, dict):
        return _from_mapping(value)
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    matches = [_LINE.fullmatch(line) for line in lines]
    if not lines or not all(matches):
        raise UsageError(
            f"the environment {path} is no Postman environment, no mapping and no NAME=value lines"
        )
    return {match["name"]: _unquoted(match["value"]) for match in matches if match}


def _unquoted(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    return text


def _from_mapping(value: Mapping[str, Any]) -> dict[str, str]:
    listed = value.get("values")
    if isinstance(listed, list):
        return {
            str(item["key"]): str(item.get("value") or "")
            for item in listed
            if isinstance(item, dict) and "key" in item and item.get("enabled") != "false"
        }
    return {str(name): "" if inner is None else str(inner) for name, inner in value.items()}


def assignment(text: str) -> tuple[str, str]:
    """`NAME=VALUE` as a pair. Raises `UsageError`."""
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise UsageError(f"{text!r} is not NAME=VALUE")
    return name, value


def with_values(plan: Plan, values: Mapping[str, str]) -> Plan:
    """The plan whose variables have these values; unknown names are added."""
    if not values:
        return plan
    kept = []
    left = dict(values)
    for variable in plan.variables:
        if variable.name in left:
            kept.append(_constant(variable.name, left.pop(variable.name), variable))
        else:
            kept.append(variable)
    kept += [_constant(name, value) for name, value in left.items()]
    return plan.model_copy(update={"variables": tuple(kept)})


def _constant(name: str, value: str, old: Variable | None = None) -> Variable:
    if old is None:
        return Variable(name=name, value=value)
    source = {"secret": None, "column": None, "generator": None, "disabled": False}
    return old.model_copy(update={**source, "value": value})


def with_environment(plan: Plan, files: Iterable[Path], assignments: Iterable[str]) -> Plan:
    """The plan with the values of environment files, then of `NAME=VALUE` texts."""
    values: dict[str, str] = {}
    for path in files:
        values.update(read_environment(path))
    values.update(assignment(text) for text in assignments)
    return with_values(plan, values)
