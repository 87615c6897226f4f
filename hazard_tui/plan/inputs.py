"""Files that a plan refers to: data feeds, uploads, secrets. Read once, before a run or a check.

Paths are relative to the folder of the plan file and may not leave it by a template: a path that
still holds `{{…}}` is a finding, because workers get the bytes and not the folder.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hazard_tui.errors import PlanError
from hazard_tui.plan.base import Element
from hazard_tui.plan.feed_tables import FeedTable, read_table
from hazard_tui.plan.findings import Finding, FindingSeverity
from hazard_tui.plan.model import DataFeed, Plan
from hazard_tui.plan.request import FileMissing, FileRef
from hazard_tui.plan.secrets import resolve_secrets
from hazard_tui.plan.store import path_text
from hazard_tui.plan.variables import Path as PlanPath
from hazard_tui.plan.variables import plan_steps, script_sources, uses

LARGEST_UPLOAD_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything outside the plan that a run needs."""

    feeds: dict[str, FeedTable] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    """Path as written in the plan -> content."""
    secrets: dict[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    def digests(self) -> dict[str, str]:
        """SHA-256 of every feed and file, by what a person calls it. Slow for large ones."""
        found = {}
        for name, table in self.feeds.items():
            feed = hashlib.sha256()
            for row in (table.columns, *table.rows, *table.kinds):
                feed.update(json.dumps(row).encode())
            found[f"data feed {name}"] = feed.hexdigest()
        for path, content in self.files.items():
            found[f"file {path}"] = hashlib.sha256(content).hexdigest()
        return found


def collect_inputs(plan: Plan, base_dir: Path, secrets_path: Path) -> Inputs:
    """Reads what the plan refers to. What is missing is a finding; nothing raises."""
    findings: list[Finding] = []
    feeds = {}
    for index, feed in enumerate(plan.feeds):
        try:
            feeds[feed.name] = read_feed(feed, base_dir)
        except PlanError as exc:
            findings.append(_error("feed-not-read", f"feeds[{index}]", str(exc), exc.hint))
    files: dict[str, bytes] = {}
    for where, ref in file_refs(plan):
        if ref.path in files:
            continue
        try:
            files[ref.path] = read_file(ref, base_dir)
        except PlanError as exc:
            findings.append(_error("file-not-read", where, str(exc), exc.hint))
    secrets: dict[str, str] = {}
    try:
        secrets, missing = resolve_secrets(plan, secrets_path)
    except PlanError as exc:
        findings.append(_error("secrets-not-read", "variables", str(exc), exc.hint))
        missing = []
    for key in missing:
        if not _is_used(plan, key):
            secrets[key] = ""
            continue
        fix = f"add it to {secrets_path}, or set it in the environment if it is in upper case"
        findings.append(_error("no-secret", "variables", f"secret {key!r} has no value", fix))
    return Inputs(feeds, files, secrets, tuple(findings))


def _is_used(plan: Plan, key: str) -> bool:
    """False for a secret of variables that no template and no script names.

    Exported environments hold many: what nothing uses need not have a value.
    """
    names = {one.name for one in plan.variables if one.secret is not None and one.secret.key == key}
    elements: list[Element] = [plan, *(step for _, step in plan_steps(plan))]
    if any(use.name in names for element in elements for use in uses(element)):
        return True
    return any(name in source for name in names for source in script_sources(plan))


def _error(code: str, where: str, what: str, fix: str) -> Finding:
    return Finding(FindingSeverity.ERROR, code, where, what, fix=fix)


def _bytes_of(path: Path, what: str) -> bytes:
    try:
        size = path.stat().st_size
        if size > LARGEST_UPLOAD_BYTES:
            raise PlanError(f"{what} {path} has {size} bytes; at most {LARGEST_UPLOAD_BYTES}")
        return path.read_bytes()
    except OSError as exc:
        raise PlanError(
            f"{what} {path} cannot be read: {exc.strerror}",
            hint="paths are relative to the folder of the plan",
        ) from exc


def read_file(ref: FileRef, base_dir: Path) -> bytes:
    """Content of a referenced file as it stands on disk. Raises `PlanError` when it is missing."""
    if "{{" in ref.path:
        raise PlanError(f"the file path {ref.path!r} holds a variable", hint="write the path out")
    path = base_dir / ref.path
    if ref.missing is FileMissing.GENERATE and not path.is_file():
        return b"\0" * ref.generate_bytes
    if not ref.path:
        raise PlanError("a file reference has no path", hint="choose a file")
    return _bytes_of(path, "file")


def file_refs(plan: Plan) -> Iterator[tuple[str, FileRef]]:
    """All file references of variables and requests with their places."""
    yield from ((path_text(place), ref) for place, ref in _refs(plan.variables, ("variables",)))
    for path, step in plan_steps(plan):
        if step.request is not None and step.request.body is not None and not step.disabled:
            for place, ref in _refs(step.request.body, (*path, "request", "body")):
                yield path_text(place), ref


def _refs(value: Any, path: PlanPath) -> Iterator[tuple[PlanPath, FileRef]]:
    if isinstance(value, FileRef):
        yield path, value
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _refs(item, (*path, index))
    elif isinstance(value, Element) and not getattr(value, "disabled", False):
        for name in type(value).model_fields:
            yield from _refs(getattr(value, name), (*path, name))


def read_feed(feed: DataFeed, base_dir: Path) -> FeedTable:
    """Rows of a data feed. Raises `PlanError` naming the file and the row."""
    if not feed.path:
        return FeedTable(feed.columns, tuple(row.values for row in feed.rows))
    return read_table(feed, _bytes_of(base_dir / feed.path, f"data feed {feed.name!r}:"))
