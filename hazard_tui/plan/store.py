"""Plans on disk: `NAME.hazard.yaml`, read with located findings, written without losing a comment.

A file without comments is written anew; of one with comments the elements that changed go through
a slow round trip that keeps them. Both write a temporary file and rename it.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hazard_tui.errors import PlanError
from hazard_tui.plan import yaml_text
from hazard_tui.plan.findings import Finding, FindingSeverity, has_errors
from hazard_tui.plan.model import FORMAT_VERSION, Plan, Step
from hazard_tui.plan.yaml_text import Progress, collector_paused

SUFFIX = ".hazard.yaml"
LARGEST_FILE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """What a plan file holds: a plan, or findings that say why not."""

    plan: Plan | None
    findings: tuple[Finding, ...] = ()
    text: str = ""


def path_text(path: tuple[str | int, ...]) -> str:
    """`("tasks", 0, "name")` as `tasks[0].name`."""
    out = ""
    for key in path:
        out += f"[{key}]" if isinstance(key, int) else f".{key}" if out else str(key)
    return out or "plan"


def read_text(path: Path) -> str:
    """Text of a plan file. Raises `PlanError` when it is not there, too large or not UTF-8."""
    try:
        with path.open("rb") as file:
            # A pipe or device has no size that could be asked for.
            raw = file.read(LARGEST_FILE_BYTES + 1)
        if len(raw) > LARGEST_FILE_BYTES:
            raise PlanError(f"{path} is too large: a plan has at most {LARGEST_FILE_BYTES} bytes")
        return raw.decode("utf-8-sig")
    except FileNotFoundError as exc:
        raise PlanError(
            f"there is no plan {path}", hint="make one with `hazard import FILE -o PLAN`"
        ) from exc
    except UnicodeDecodeError as exc:
        raise PlanError(f"{path} is not UTF-8 text: byte {exc.start}") from exc
    except OSError as exc:
        raise PlanError(f"{path} cannot be read: {exc.strerror}") from exc


def parse_plan(text: str, progress: Progress | None = None) -> ReadPlan:
    """A plan from YAML or JSON text. Raises `PlanError` only for text that is not YAML.

    `progress` is told (bytes read, bytes in all); what it raises ends the reading.
    """
    with collector_paused():
        return _parsed(text, progress)


def _parsed(text: str, progress: Progress | None) -> ReadPlan:
    document = yaml_text.parse(text, progress)
    value = document.value
    if value is None:
        return ReadPlan(
            None,
            (_error("empty-plan", "plan", "the file is empty", "import something first"),),
            text,
        )
    if not isinstance(value, dict):
        what = f"a plan is a mapping, this is a {type(value).__name__}"
        return ReadPlan(None, (_error("not-a-plan", "plan", what, "start with `hazard: 1`"),), text)
    findings = [
        _error(
            "duplicate-key",
            f"line {duplicate.line}",
            f"the key {duplicate.key!r} stands twice",
            "remove one; the second would win",
        )
        for duplicate in document.duplicates
    ]
    if document.has_nulls:
        value = _without_nulls(value)
    version = value.get("hazard")
    if version != str(FORMAT_VERSION):
        findings.append(_foreign(value) or _version_finding(version, document))
        return ReadPlan(None, tuple(findings), text)
    try:
        plan = Plan.model_validate(_with_steps(value) if progress is not None else value)
    except ValidationError as exc:
        findings.extend(_validation_findings(exc, document))
        return ReadPlan(None, tuple(findings), text)
    return ReadPlan(plan, tuple(findings), text)


def _without_nulls(value: Any) -> Any:
    """The value without the keys that hold nothing: a field without a value has its default."""
    if isinstance(value, dict):
        return {key: _without_nulls(one) for key, one in value.items() if one is not None}
    return [_without_nulls(one) for one in value] if isinstance(value, list) else value


def _with_steps(value: dict[str, Any]) -> dict[str, Any]:
    """The value with the steps of its tasks made, one after the other.

    In one go no other thread would run meanwhile. Values with a fault stay as they are: the whole
    plan then tells it with its place.
    """
    tasks = value.get("tasks")
    if not isinstance(tasks, list):
        return value
    try:
        made = [
            {**task, "steps": [Step.model_validate(step) for step in task["steps"]]}
            if isinstance(task, dict) and isinstance(task.get("steps"), list)
            else task
            for task in tasks
        ]
    except ValidationError:
        return value
    return {**value, "tasks": made}


def read_plan(path: Path, progress: Progress | None = None) -> ReadPlan:
    """The plan file with its findings. Raises `PlanError` for a file that cannot be read at all."""
    try:
        return parse_plan(read_text(path), progress)
    except PlanError as exc:
        if str(path) in str(exc):
            raise
        raise PlanError(f"{path}: {exc}", hint=exc.hint) from exc


def load_plan(path: Path, progress: Progress | None = None) -> Plan:
    """The plan of a file. Raises `PlanError` that lists the first findings when it has errors.

    With `progress`, which is told (bytes read, bytes in all) and ends the reading by raising, other
    threads run while a large file is read.
    """
    read = read_plan(path, progress)
    if read.plan is None or has_errors(read.findings):
        listed = "\n".join(f"  {finding}" for finding in read.findings[:10])
        raise PlanError(f"{path} is not a plan that can be used:\n{listed}")
    return read.plan


def _error(code: str, where: str, what: str, fix: str = "") -> Finding:
    return Finding(FindingSeverity.ERROR, code, where, what, fix=fix)


_FOREIGN = (
    (frozenset({"info", "item"}), "a Postman collection"),
    (frozenset({"log"}), "a HAR recording"),
    (frozenset({"MainTask"}), "a locust-hazard plan"),
)


def _foreign(value: dict[str, Any]) -> Finding | None:
    """The finding for a file of another tool, which has to be imported first."""
    for fields, what in _FOREIGN:
        if fields <= value.keys() and "hazard" not in value:
            return _error(
                "not-imported",
                "plan",
                f"this is {what}, not a plan yet",
                "make a plan of it with `hazard import FILE -o PLAN`",
            )
    return None


def _version_finding(version: Any, document: yaml_text.Document) -> Finding:
    line, _ = document.place(("hazard",))
    if version is None:
        return _error(
            "no-version", f"hazard (line {line})", "the format version is missing", "add hazard: 1"
        )
    return _error(
        "unknown-version",
        f"hazard (line {line})",
        f"format version {version} is not known; this hazard reads version {FORMAT_VERSION}",
        "use a newer hazard, or import the source again",
    )


def _validation_findings(exc: ValidationError, document: yaml_text.Document) -> list[Finding]:
    findings = []
    for error in exc.errors(include_url=False):
        path = tuple(error["loc"])
        line, _ = document.place(path)
        where = f"{path_text(path)} (line {line})"
        findings.append(
            _error(error["type"].replace("_", "-"), where, _sentence(error["type"], error["msg"]))
        )
    return findings


def _sentence(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "there is no such field"
    return message.removeprefix("Value error, ").replace("Input should", "the value should")


def plan_value(plan: Plan) -> dict[str, Any]:
    """Plain values of a plan as they stand on disk: defaults left out, enums as words."""
    value = plan.model_dump(mode="json", exclude_defaults=True, by_alias=True)
    return {"hazard": plan.hazard, **value}


def plan_json(plan: Plan) -> str:
    """The same as JSON; the model library writes it in half of the time."""
    text = plan.model_dump_json(exclude_defaults=True, by_alias=True)
    return f'{{"hazard":{plan.hazard}{"," if text != "{}" else ""}{text[1:]}'


def plan_text(plan: Plan) -> str:
    """YAML text of a plan."""
    return yaml_text.dump(plan_value(plan))


def save_plan(plan: Plan, path: Path) -> None:
    """Writes the plan. Comments of an existing file are kept.

    Raises `PlanError` when it cannot be written; the old file is then as it was.
    """
    with collector_paused():
        text = plan_text(plan)
    try:
        old = path.read_text("utf-8") if path.is_file() else ""
    except (OSError, UnicodeDecodeError):
        old = ""
    if "#" in old:
        from hazard_tui.plan.comments import has_comments, rewrite

        with collector_paused():
            if has_comments(old):
                text = rewrite(old, plan_value(plan))
    write_atomically(path, text)


def write_atomically(path: Path, content: str | bytes) -> None:
    """Writes a text, or bytes, so that readers see the old file or the new one. Raises `PlanError`.

    A link stays one: the file behind it changes. A pipe or device is written to, not replaced.
    """
    import tempfile

    temporary = ""
    raw = content.encode() if isinstance(content, str) else content
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            path.write_bytes(raw)
            return
        path = path.resolve() if path.is_symlink() else path
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as out:
            out.write(raw)
            out.flush()
            os.fsync(out.fileno())
        os.chmod(temporary, path.stat().st_mode & 0o777 if path.exists() else 0o644)
        os.replace(temporary, path)
    except OSError as exc:
        if temporary:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
        raise PlanError(
            f"{path} cannot be written: {exc.strerror}", hint="nothing was lost"
        ) from exc


def json_schema() -> str:
    """JSON Schema of the plan format, for editors."""
    schema = Plan.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "hazard plan"
    return json.dumps(schema, indent=1, sort_keys=True) + "\n"
