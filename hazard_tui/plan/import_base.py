"""What earlier imports made, kept beside the plan: the base that a later import is merged over.

`.NAME.hazard.yaml.base` next to the plan: compressed JSON, one entry for each import into it. It
holds no more than the plan did when it was imported; secrets are references there too.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hazard_tui.errors import PlanError
from hazard_tui.plan.model import Plan, Step
from hazard_tui.plan.store import plan_json, write_atomically
from hazard_tui.plan.yaml_text import collector_paused

FORMAT_VERSION = 1
LARGEST_BASE_BYTES = 256 * 1024 * 1024
"""Of the text inside."""


@dataclass(frozen=True, slots=True)
class ImportBase:
    """One import into a plan."""

    sources: tuple[str, ...]
    """Files as they were named."""
    plan: Plan
    """What the import made, before any edit."""
    options: dict[str, Any] = field(default_factory=dict)
    """Options that shape an import, as on the command line; those not given are left out."""
    renamed: dict[str, str] = field(default_factory=dict)
    """Variables with other names in the plan: what the import calls them -> what the plan does."""


def base_path(plan: Path) -> Path:
    """Where the bases of a plan file are kept."""
    plan = plan.resolve() if plan.is_symlink() else plan
    return plan.with_name(f".{plan.name}.base")


def read_bases(plan: Path) -> tuple[ImportBase, ...]:
    """All imports that went into a plan file; none when nothing is known about them.

    Raises `PlanError` when the file of bases is there and cannot be read.
    """
    path = base_path(plan)
    try:
        with gzip.open(path, "rb") as file:
            raw = file.read(LARGEST_BASE_BYTES + 1)
    except FileNotFoundError:
        return ()
    except (OSError, EOFError, zlib.error) as exc:
        raise _broken(path, str(exc)) from exc
    if len(raw) > LARGEST_BASE_BYTES:
        raise _broken(path, f"it holds more than {LARGEST_BASE_BYTES} bytes")
    try:
        with collector_paused():
            return _bases_of(json.loads(raw), path)
    except (ValueError, KeyError, TypeError, ValidationError) as exc:
        raise _broken(path, f"{type(exc).__name__}: {exc}"[:200]) from exc


def _bases_of(value: Any, path: Path) -> tuple[ImportBase, ...]:
    if value["hazard_base"] != FORMAT_VERSION:
        raise _broken(path, f"it has format {value['hazard_base']}")
    return tuple(
        ImportBase(
            tuple(one["sources"]),
            Plan.model_validate(one["plan"]),
            dict(one["options"]),
            dict(one.get("renamed", {})),
        )
        for one in value["imports"]
    )


def _broken(path: Path, why: str) -> PlanError:
    return PlanError(
        f"{path}, which holds what the earlier import made, cannot be read: {why}",
        hint="restore it, or import with --overwrite",
    )


def write_bases(plan: Path, bases: Sequence[ImportBase]) -> None:
    """Writes the bases of a plan file. Raises `PlanError` when that fails."""
    with collector_paused():
        imports = ",".join(map(_import_text, bases))
    text = f'{{"hazard_base":{FORMAT_VERSION},"imports":[{imports}]}}'
    packed = gzip.compress(text.encode(), compresslevel=1, mtime=0)
    write_atomically(base_path(plan), packed)


def _import_text(one: ImportBase) -> str:
    head = {"sources": one.sources, "options": one.options, "renamed": one.renamed}
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
    return f'{text[:-1]},"plan":{plan_json(one.plan)}}}'


def base_of(bases: Sequence[ImportBase], sources: Sequence[str]) -> ImportBase | None:
    """The earlier import of these sources: of the same files, else of files with the same names,
    else the only one that there is; None when that is not clear."""
    wanted = tuple(sources)
    for one in bases:
        if one.sources == wanted:
            return one
    names = [Path(name).name for name in wanted]
    alike = [one for one in bases if [Path(name).name for name in one.sources] == names]
    found = alike or list(bases)
    return found[0] if len(found) == 1 else None


def with_base(
    bases: Sequence[ImportBase], new: ImportBase, over: ImportBase | None = None
) -> tuple[ImportBase, ...]:
    """The bases with a new one in the place of that of the same files, or of `over`."""
    return (*(one for one in bases if one is not over and one.sources != new.sources), new)


def is_part_of(base: ImportBase, plan: Plan) -> bool:
    """True when the plan has an element that the import made."""
    made = {_origin(step) for step in base.plan.walk()} - {""}
    return any(_origin(step) in made for step in plan.walk())


def _origin(step: Step) -> str:
    return step.provenance.file_sha256 if step.provenance is not None else ""
