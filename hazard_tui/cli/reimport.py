"""`hazard import` into a plan that is there: merge, replace or refuse, and say what was done."""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hazard_tui.errors import PlanError, UsageError
from hazard_tui.plan.import_base import (
    ImportBase,
    base_of,
    base_path,
    read_bases,
    with_base,
    write_bases,
)
from hazard_tui.plan.model import Plan, SecretRef
from hazard_tui.plan.store import load_plan, save_plan
from hazard_tui.plan.yaml_text import collector_paused

if TYPE_CHECKING:
    from importers.findings import ImportResult
    from importers.reimport import Change, Merged

_OPTIONS = ("env", "globals", "data", "host", "static")


@collector_paused()
def write_import(
    args: argparse.Namespace, result: ImportResult, output: Path
) -> tuple[ImportResult, Merged | None]:
    """Writes the plan of an import and what a later one is merged over.

    A plan that is there is merged with, or replaced under --overwrite; raises `UsageError` when
    it can be neither. The result then holds the merged plan and the findings of the merge.
    """
    merged = None
    bases: tuple[ImportBase, ...] = ()
    new = ImportBase(tuple(args.files), result.plan, _options(args))
    if output.is_file() and not args.overwrite:
        bases = read_bases(output)
        base = base_of(bases, new.sources)
        result = _with_keys_of(base.plan, result) if base is not None else result
        new = replace(new, plan=result.plan)
        merged = _merged(output, bases, new)
        result = replace(result, plan=merged.plan, findings=(*result.findings, *merged.findings))
    save_plan(result.plan, output)
    if output.is_file():
        write_bases(output, with_base(bases, new))
    return result, merged


def _with_keys_of(base: Plan, result: ImportResult) -> ImportResult:
    """The result whose secrets have the keys that the earlier import gave them: a key may have
    been taken by another plan then."""
    known = {one.name: one.secret.key for one in base.variables if one.secret is not None}
    renamed: dict[str, str] = {}
    variables = []
    for variable in result.plan.variables:
        key = known.get(variable.name)
        if variable.secret is not None and key is not None:
            renamed[variable.secret.key] = key
            variable = variable.model_copy(update={"secret": SecretRef(key=key)})
        variables.append(variable)
    plan = result.plan.model_copy(update={"variables": tuple(variables)})
    secrets = {renamed.get(key, key): value for key, value in result.secrets.items()}
    return replace(result, plan=plan, secrets=secrets)


def _merged(output: Path, bases: tuple[ImportBase, ...], new: ImportBase) -> Merged:
    from importers.reimport import updated_plan

    try:
        mine = load_plan(output)
    except PlanError as exc:
        raise UsageError(
            f"{output} is there and cannot be merged with: {exc}",
            hint="mend it, or import with --overwrite to replace it",
        ) from exc
    return updated_plan(mine, bases, new, str(output))


def _options(args: argparse.Namespace) -> dict[str, Any]:
    return {name: value for name in _OPTIONS if (value := getattr(args, name, None))}


def keep_known_secrets(result: ImportResult, known: dict[str, str]) -> ImportResult:
    """The result without secrets that have a value already; a finding for each that differs."""
    from hazard_tui.plan.findings import Finding, FindingSeverity

    differing = [key for key, value in result.secrets.items() if known.get(key, value) != value]
    findings = [
        Finding(
            FindingSeverity.INFO,
            "secret-kept",
            f"secrets.{key}",
            f"the source has another value of the secret {key}; the one on file was kept",
            fix="delete it from the file of secrets and import again to take the source's",
        )
        for key in differing
    ]
    fresh = {key: value for key, value in result.secrets.items() if key not in known}
    return replace(result, secrets=fresh, findings=(*result.findings, *findings))


def print_merge(merged: Merged, output: Path) -> None:
    """One line for each thing that the merge did, and how many of each kind."""
    for change in merged.changes:
        values = f"  plan: {change.mine}  source: {change.theirs}" if change.mine else ""
        note = f"  ({change.note})" if change.note else ""
        print(f"{change.action:21} {change.where:44} {change.name}{values}{note}")
    counts = Counter(change.action for change in merged.changes)
    told = ", ".join(f"{count} {action}" for action, count in counts.items())
    print(f"merged into {output}: {told or 'nothing changed'}; base: {base_path(output)}")


def change_value(change: Change) -> dict[str, str]:
    """What a merge did to one element, as plain values."""
    return {
        "action": change.action.value,
        "where": change.where,
        "name": change.name,
        "mine": change.mine,
        "theirs": change.theirs,
        "note": change.note,
    }
