"""Variables of all scopes as one list: data over environment over collection over globals.

Folders and requests may hold variables too; Postman's runner does not read them.
"""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass, field

from hazard_tui.errors import UnreadableInput
from hazard_tui.plan.findings import FindingSeverity
from hazard_tui.plan.model import (
    DataColumn,
    DataFeed,
    FeedFormat,
    Variable,
)
from importers.findings import ImportOptions, Ledger, Source
from importers.postman.document import Node, description_of, read_document
from importers.secrets import SecretKeeper, has_format_of_secret, is_named_secret
from importers.text import decode_json_text

SCOPES = ("global", "collection", "environment", "data")
"""From the weakest to the strongest."""


@dataclass(frozen=True, slots=True)
class Definition:
    """One variable as one of the files defines it."""

    name: str
    value: str
    scope: str
    origin: str
    pointer: str
    disabled: bool = False
    secret: bool = False
    description: str = ""


@dataclass(slots=True)
class Definitions:
    """All variables that the files define, and the data feeds."""

    found: list[Definition] = field(default_factory=list)
    feeds: list[DataFeed] = field(default_factory=list)
    columns: list[tuple[str, str]] = field(default_factory=list)
    """(feed, column)."""

    def names(self) -> frozenset[str]:
        """Every name that has a value somewhere."""
        names = {one.name for one in self.found if not one.disabled}
        return frozenset(names | {column for _, column in self.columns})

    def scope_of(self, name: str) -> str:
        """The strongest scope that defines a name; empty for none."""
        scopes = [one.scope for one in self.found if one.name == name and not one.disabled]
        if any(column == name for _, column in self.columns):
            scopes.append("data")
        return max(scopes, key=SCOPES.index, default="")


def read_collection_variables(root: Node, ledger: Ledger) -> list[Definition]:
    """Variables of the collection itself."""
    name = ledger.source.name
    listed = root.get("variable")
    return [_definition(one, "collection", name) for one in listed.items()]


def drop_inner_variables(node: Node, ledger: Ledger) -> None:
    """Records variables of a folder or request."""
    for one in node.get("variable").items():
        ledger.drop(
            one.pointer,
            "variable",
            "Postman's runner does not read variables of folders and requests",
            name=_name(one),
            severity=FindingSeverity.INFO,
        )


def read_values_file(source: Source, scope: str) -> tuple[list[Definition], list[str]]:
    """Variables of an environment or globals file, and what is wrong with it."""
    text = decode_json_text(source.data, source.name)
    if text.lstrip("\ufeff \t\r\n")[:1] not in ("{", "["):
        return _read_lines(text, source, scope)
    root = Node(read_document(source.data, source.name))
    if root.is_object and not root.get("values", "environment").value:
        return [
            Definition(name, node.text(), scope, source.name, node.pointer)
            for name, node in root.fields()
            if name != "values" and not name.startswith("_postman")
        ], []
    values = root.get("values")
    if root.is_list:
        values = root
    elif not values.is_list and root.get("environment").get("values").is_list:
        values = root.get("environment").get("values")
    if not values.is_list:
        return [], [f"{source.name} holds no list of values; it is no {scope} of Postman"]
    return [_definition(one, scope, source.name) for one in values.items()], []


_LINE = re.compile(r"\s*(?:export\s+)?(?P<name>[^=:#\s][^=:]*?)\s*(?:=|:\s)\s*(?P<value>.*?)\s*")


def _read_lines(text: str, source: Source, scope: str) -> tuple[list[Definition], list[str]]:
    """`NAME=value` lines, or a flat mapping of YAML."""
    found: list[Definition] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#") or line.strip() == "---":
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            problem = f"line {number} of {source.name} is no NAME=value; the {scope} is not used"
            return [], [problem]
        value = match["value"]
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        found.append(Definition(match["name"], value, scope, source.name, f"line:{number}"))
    return found, []


def _name(node: Node) -> str:
    return node.get("key").text()


def _definition(node: Node, scope: str, origin: str) -> Definition:
    value = node.get("value").value
    # A value that is not a text is put into requests as JavaScript prints it.
    text = "[object Object]" if isinstance(value, dict) else Node(value).text()
    if value is None and isinstance(node.value, dict) and "value" in node.value:
        text = "null"
    return Definition(
        name=_name(node),
        value=text,
        scope=scope,
        origin=origin,
        pointer=node.pointer,
        disabled=node.flag("disabled") or node.get("enabled").value is False,
        secret=node.get("type").text() == "secret",
        description=description_of(node),
    )


def read_data_feed(source: Source) -> tuple[DataFeed | None, str]:
    """Name, format and columns of a data file; the rows stay in the file. Or what is wrong."""
    try:
        text = decode_json_text(source.data, source.name)
    except UnreadableInput as exc:
        return None, str(exc)
    stem = source.name.replace("\\", "/").rsplit("/", 1)[-1].split(".")[0] or "data"
    if text.lstrip()[:1] in ("[", "{"):
        return _json_feed(text, stem, source)
    header = next(iter(csv.reader(io.StringIO(text))), [])
    columns = tuple(name.strip() for name in header if name.strip())
    if not columns:
        return None, f"{source.name} has no header line with column names"
    return DataFeed(name=stem, path=source.name, format=FeedFormat.CSV, columns=columns), ""


def _json_feed(text: str, stem: str, source: Source) -> tuple[DataFeed | None, str]:
    try:
        rows = json.loads(text)
        kind = FeedFormat.JSON
    except (ValueError, RecursionError):
        try:
            rows = [json.loads(line) for line in text.splitlines() if line.strip()]
            kind = FeedFormat.JSONL
        except (ValueError, RecursionError):
            return None, f"{source.name} is neither CSV, JSON nor JSON lines"
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return None, f"{source.name} must hold a list of objects"
    columns = tuple(dict.fromkeys(str(name) for row in rows for name in row))
    return DataFeed(name=stem, path=source.name, format=kind, columns=columns), ""


def collect_definitions(root: Node, options: ImportOptions, ledger: Ledger) -> Definitions:
    """Everything that gives a variable a value before the first request."""
    result = Definitions()
    for source in options.globals:
        _add_file(result, source, "global", ledger)
    result.found += read_collection_variables(root, ledger)
    for source in options.environments:
        _add_file(result, source, "environment", ledger)
    for source in options.data_feeds:
        feed, problem = read_data_feed(source)
        if feed is None:
            ledger.note("", "unreadable-data", problem, FindingSeverity.ERROR)
            continue
        result.feeds.append(feed)
        result.columns += [(feed.name, column) for column in feed.columns]
    return result


def _add_file(result: Definitions, source: Source, scope: str, ledger: Ledger) -> None:
    found, problems = read_values_file(source, scope)
    result.found += found
    for problem in problems:
        ledger.note("", f"no-{scope}", problem, FindingSeverity.ERROR)


def plan_variables(
    definitions: Definitions, keeper: SecretKeeper, ledger: Ledger
) -> tuple[Variable, ...]:
    """One variable for each name; what a stronger definition hides is recorded as dropped."""
    winners = _winners(definitions.found)
    hidden = {column for _, column in definitions.columns}
    made: list[Variable] = []
    for one in definitions.found:
        if not one.name:
            _drop(ledger, one, "it has no name")
        elif one.name in hidden and not one.disabled:
            _drop(ledger, one, "a column of the data file has the same name and wins")
        elif winners.get(one.name) is not one:
            other = winners[one.name]
            _drop(ledger, one, f"{other.scope} {other.origin} defines it and wins")
        else:
            _keep(ledger, one)
            made.append(_variable(one, keeper))
    made += [
        Variable(name=column, column=DataColumn(feed=feed, column=column), description="data file")
        for feed, column in definitions.columns
    ]
    return tuple(made)


def _winners(found: list[Definition]) -> dict[str, Definition]:
    """Name -> the definition that holds: the strongest scope, the last in a list; one that is
    switched off only when all are."""
    winners: dict[str, Definition] = {}
    for one in sorted(found, key=lambda one: (not one.disabled, SCOPES.index(one.scope))):
        winners[one.name] = one
    return winners


def _place(ledger: Ledger, one: Definition) -> str:
    return one.pointer if one.origin == ledger.source.name else f"{one.origin}#{one.pointer}"


def _keep(ledger: Ledger, one: Definition) -> None:
    ledger.keep(_place(ledger, one), "variable", one.name)


def _drop(ledger: Ledger, one: Definition, reason: str) -> None:
    ledger.drop(
        _place(ledger, one),
        "variable",
        reason,
        name=one.name,
        severity=FindingSeverity.INFO,
    )


def _variable(one: Definition, keeper: SecretKeeper) -> Variable:
    origin = f"{one.scope} {one.origin}" if one.scope != "collection" else "collection"
    description = f"{one.description} ({origin})" if one.description else origin
    common = {"name": one.name, "disabled": one.disabled, "description": description}
    secret = one.secret or is_named_secret(one.name, one.value) or has_format_of_secret(one.value)
    if secret and one.value and "{{" not in one.value:
        return Variable(secret=keeper.reference(one.name, one.value), **common)
    if one.secret and not one.value:
        return Variable(secret=keeper.unset_reference(one.name), **common)
    return Variable(value=one.value, **common)
