"""Collections of Postman: format versions 1, 2.0 and 2.1, bare or in an API envelope.

The whole collection becomes one task named like it, since the order of its requests matters:
folders are timed groups, requests are steps. `ImportOptions.tasks = "folders"` makes a task of
every folder at the top instead. What newman would send and conclude is what the plan says; where
the file and newman differ (variables of folders, query values that are no text), newman holds.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from hazard_tui.errors import UnreadableInput
from hazard_tui.plan.findings import FindingSeverity
from hazard_tui.plan.model import Plan, Step, Task
from hazard_tui.plan.variables import script_sets
from hazard_tui.plan.yaml_text import collector_paused
from importers.findings import ImportOptions, ImportResult, Ledger, Source
from importers.hiding import hide_secrets
from importers.postman.behaviour import RUNTIME_DEFAULTS
from importers.postman.collection import CollectionReader, Inherited
from importers.postman.document import Node, child, description_of, read_document
from importers.postman.events import ScriptReader, next_requests, source_of
from importers.postman.variables import Definitions, collect_definitions, plan_variables
from importers.postman.version1 import as_version2, is_version1
from importers.secrets import SecretKeeper

__all__ = [
    "import_source",
    "import_value",
    "is_collection",
    "is_values_file",
    "open_collection",
    "read_document",
]


def import_source(source: Source, options: ImportOptions) -> ImportResult:
    """The plan of a collection. Raises UnreadableInput only when the bytes are no collection."""
    value = read_document(source.data, source.name)
    if not is_collection(value):
        raise UnreadableInput(_refusal(value, source.name), hint=_REFUSAL_HINT)
    return import_value(value, source, options)


@collector_paused()
def import_value(value: Any, source: Source, options: ImportOptions) -> ImportResult:
    """The plan of a collection that is parsed already."""
    ledger = Ledger(source)
    root = open_collection(value)
    info = root.get("info")
    name = options.name or info.get("name").text() or "Postman collection"
    definitions = collect_definitions(root, options, ledger)
    keeper = SecretKeeper(name, lambda: definitions.names() | _names_used(value))
    sources = _sources(root)
    set_names = {name for source in sources for name in script_sets(source)}
    scripts = ScriptReader(
        ledger,
        lambda name: name not in definitions.names() and name not in set_names,
        next_requests(sources),
    )
    digest = hashlib.sha256(source.data).hexdigest()
    reader = CollectionReader(ledger, keeper, scripts, digest)
    reader.name_steps(root.get("item"))
    reader.drop_unknown_fields(root, _ROOT_FIELDS)
    variables = plan_variables(definitions, keeper, ledger)
    handed_down = reader.owner(root, Inherited())
    defaults = RUNTIME_DEFAULTS.model_copy(update=handed_down.policies)
    steps = reader.steps(root.get("item"), Inherited(handed_down.auth, handed_down.events))
    plan = Plan(
        name=name,
        description=description_of(info),
        variables=variables + tuple(keeper.variables),
        feeds=tuple(definitions.feeds),
        defaults=defaults,
        tasks=_tasks(name, steps, options),
    )
    _summarise(reader, scripts, ledger)
    _note_shadowed(plan, definitions, root, ledger)
    return hide_secrets(
        ImportResult(
            plan=plan,
            format="postman",
            records=tuple(ledger.records),
            findings=tuple(ledger.findings),
            secrets=dict(keeper.values),
        )
    )


_ROOT_FIELDS = frozenset(
    [
        "info",
        "item",
        "variable",
        "auth",
        "event",
        "protocolProfileBehavior",
        "id",
        "uid",
        "name",
        "description",
        "order",
    ]
)

_REFUSAL_HINT = "export a collection from Postman as v2.1"


def is_collection(value: Any) -> bool:
    """True for a collection of any version, also in an envelope."""
    inner = _inside(value)
    if not isinstance(inner, dict):
        return False
    if is_version1(inner):
        return True
    return isinstance(inner.get("item"), list) and (
        isinstance(inner.get("info"), dict) or "schema" in inner or "event" in inner
    )


def is_values_file(value: Any) -> str:
    """`environment` or `globals` when the value is such a file of Postman; empty otherwise."""
    if not isinstance(value, dict) or not isinstance(value.get("values"), list):
        return ""
    scope = value.get("_postman_variable_scope")
    return "globals" if scope == "globals" else "environment"


def _inside(value: Any) -> Any:
    return value["collection"] if isinstance(value, dict) and "collection" in value else value


def open_collection(value: Any) -> Node:
    """The collection in the shape of version 2.1, whatever it was written in."""
    inner = _inside(value)
    root = child(inner, "/collection" if inner is not value else "")
    return as_version2(root) if is_version1(inner) else root


def _refusal(value: Any, name: str) -> str:
    kind = is_values_file(value)
    if kind:
        return f"{name} is a Postman {kind} file, not a collection"
    return f"{name} is JSON, but no Postman collection"


_TEMPLATE = re.compile(r"\{\{([^{}]+)\}\}")
_ACCESS = re.compile(r"\.[gs]et\(\s*\\?[\"'`]([^\"'`\\]+)")


def _names_used(value: Any) -> frozenset[str]:
    """Names of variables that stand anywhere in the file, defined or not: what is taken out of the
    plan must not give one of them a value."""
    text = json.dumps(value, ensure_ascii=False)
    return frozenset((*_TEMPLATE.findall(text), *_ACCESS.findall(text)))


def _sources(root: Node) -> list[str]:
    """All scripts of the collection."""
    found: list[str] = []
    pending = [root]
    while pending:
        node = pending.pop()
        found += [source_of(event) for event in node.get("event").items()]
        pending += node.get("item").items()
    return found


def _tasks(name: str, steps: tuple[Step, ...], options: ImportOptions) -> tuple[Task, ...]:
    if not steps:
        return ()
    if options.tasks != "folders":
        return (Task(name=name, steps=steps),)
    loose = tuple(step for step in steps if step.group is None)
    tasks = [
        Task(
            name=step.name,
            description=step.description,
            steps=step.group.steps,
            disabled=step.disabled,
        )
        for step in steps
        if step.group is not None
    ]
    if loose:
        tasks.insert(0, Task(name=name, steps=loose))
    return tuple(tasks)


def _summarise(reader: CollectionReader, scripts: ScriptReader, ledger: Ledger) -> None:
    if reader.examples:
        ledger.note("/item", "examples", f"{reader.examples} saved examples were left out")
    if scripts.console:
        ledger.note("/event", "console", f"{scripts.console} prints to the console were left out")
    if scripts.scripts:
        ledger.note(
            "/event",
            "scripts",
            f"{scripts.translated_scripts} of {scripts.scripts} scripts were translated "
            f"({scripts.translated_statements} of {scripts.statements} statements); the others "
            "run as JavaScript",
        )


def _note_shadowed(plan: Plan, definitions: Definitions, root: Node, ledger: Ledger) -> None:
    """Warns where a script saves into a scope that a stronger one hides."""
    saved = {
        extractor.variable
        for step in plan.walk()
        if step.request is not None
        for extractor in step.request.extractors
    }
    for name in sorted(saved):
        scope = definitions.scope_of(name)
        if scope == "data":
            ledger.note(
                root.get("item").pointer,
                "shadowed-variable",
                f"a script saves {name!r}, which a column of the data file hides in Postman",
                FindingSeverity.WARNING,
                fix="rename one of them",
            )
