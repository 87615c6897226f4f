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
from hazard_tui.plan.model import Plan
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
    from importers.reimport import updated_plan

    merged = None
    bases: tuple[ImportBase, ...] = ()
    base: ImportBase | None = None
    new = ImportBase(tuple(args.files), result.plan, _options(args))
    if output.is_file() and not args.overwrite:
        bases, mine = read_bases(output), _read(output, new)
        base = base_of(bases, new.sources)
        if base is not None:
            result, names = _as_before(args, result, base, mine)
            new = replace(new, plan=result.plan, renamed=names)
        merged = updated_plan(mine, bases, new, str(output))
        result = replace(result, plan=merged.plan, findings=(*result.findings, *merged.findings))
    save_plan(result.plan, output)
    if output.is_file():
        write_bases(output, with_base(bases, new, base))
    return result, merged


def _as_before(
    args: argparse.Namespace, result: ImportResult, base: ImportBase, mine: Plan
) -> tuple[ImportResult, dict[str, str]]:
    from hazard_tui.cli.options import settings_of
    from hazard_tui.plan.secrets import read_secrets
    from importers.reimport import as_before

    secrets = read_secrets(settings_of(args).secrets_path) if result.secrets else {}
    return as_before(result, base, mine, secrets)


def _read(output: Path, new: ImportBase) -> Plan:
    try:
        return load_plan(output)
    except PlanError as exc:
        raise UsageError(
            f"{output} is there and cannot be merged with: {exc}",
            hint="mend it, or import with --overwrite to replace it",
        ) from exc


def _options(args: argparse.Namespace) -> dict[str, Any]:
    return {name: value for name in _OPTIONS if (value := getattr(args, name, None))}


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
