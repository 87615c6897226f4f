"""Variables of all scopes as one list: data over environment over collection over globals.

Folders and requests may hold variables too; Postman's runner does not read them.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from hazard_tui.errors import UnreadableInput
from hazard_tui.plan.feed_tables import csv_fields
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
from importers.text import decode_json_text, whole_escapes

SCOPES = ("globals", "collection", "environment", "data")
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
    for one in node.get("variable").items() if node.holds("variable") else ():
        ledger.drop(
            one.pointer,
            "variable",
            "Postman's runner does not read variables of folders and requests",
            name=_name(one),
            severity=FindingSeverity.INFO,
        )


def read_values_file(source: Source, scope: str) -> list[Definition]:
    """Variables of an environment or globals file: an export of Postman, an object with a value for
    each name, `NAME=value` lines, or a flat mapping of YAML.

    Raises UnreadableInput, since a person asked for the values of this file.
    """
    text = decode_json_text(source.data, source.name)
    if text.lstrip("\ufeff \t\r\n")[:1] not in ("{", "["):
        return _read_lines(text, source, scope)
    root = Node(read_document(source.data, source.name))
    if root.is_object and not root.get("values", "environment").value:
        return _read_object(root, source, scope)
    values = root.get("values")
    if root.is_list:
        values = root
    elif not values.is_list and root.get("environment").get("values").is_list:
        values = root.get("environment").get("values")
    if not values.is_list or not all(one.is_object for one in values.items()):
        raise _no_values(source, scope)
    return [_definition(one, scope, source.name) for one in values.items()]


def _no_values(source: Source, scope: str) -> UnreadableInput:
    return UnreadableInput(
        f"{source.name} holds no list of values, so it is no {scope} file",
        hint="export the environment or globals from Postman, or write NAME=value lines",
    )


def _read_object(root: Node, source: Source, scope: str) -> list[Definition]:
    found = [
        (name, node)
        for name, node in root.fields()
        if name != "values" and not name.startswith("_postman")
    ]
    exported = root.get("values").is_list
    if not exported and any(node.is_object or node.is_list for _, node in found):
        raise _no_values(source, scope)
    return [
        Definition(name, node.text(), scope, source.name, node.pointer)
        for name, node in found
        if not exported
    ]


_LINE = re.compile(r"\s*(?:export\s+)?(?P<name>[^=:#\s][^=:]*?)\s*(?:=|:\s)\s*(?P<value>.*?)\s*")


def _read_lines(text: str, source: Source, scope: str) -> list[Definition]:
    """`NAME=value` lines, or a flat mapping of YAML."""
    found: list[Definition] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#") or line.strip() == "---":
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise UnreadableInput(
                f"{source.name} is no {scope} file: line {number} is no NAME=value",
                hint="write one NAME=value on each line, or give an export of Postman",
            )
        value = match["value"]
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        found.append(Definition(match["name"], value, scope, source.name, f"line:{number}"))
    return found


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


def read_data_feed(source: Source) -> DataFeed:
    """Name, format and columns of a data file; the rows stay in the file.

    Raises UnreadableInput, since a person asked for this file.
    """
    text = decode_json_text(source.data, source.name)
    stem = source.name.replace("\\", "/").rsplit("/", 1)[-1].split(".")[0] or "data"
    if text.lstrip()[:1] in ("[", "{"):
        return _json_feed(text, stem, source)
    header = next(csv_fields(text), [])
    columns = tuple(dict.fromkeys(name for name, _ in header if name))
    if not columns or "\0" in text[:4096]:
        raise UnreadableInput(
            f"{source.name} has no header line with column names", hint=_ROWS_HINT
        )
    return DataFeed(name=stem, path=source.name, format=FeedFormat.CSV, columns=columns, typed=True)


_ROWS_HINT = "data files are CSV with a header line, a JSON list of objects, or JSON lines"


def _json_feed(text: str, stem: str, source: Source) -> DataFeed:
    text = whole_escapes(text)
    try:
        rows = json.loads(text)
        kind = FeedFormat.JSON
    except (ValueError, RecursionError):
        try:
            rows = [json.loads(line) for line in text.splitlines() if line.strip()]
            kind = FeedFormat.JSONL
        except (ValueError, RecursionError):
            raise UnreadableInput(
                f"{source.name} is neither CSV, JSON nor JSON lines", hint=_ROWS_HINT
            ) from None
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise UnreadableInput(f"{source.name} must hold a list of objects", hint=_ROWS_HINT)
    columns = tuple(dict.fromkeys(str(name) for row in rows for name in row))
    return DataFeed(name=stem, path=source.name, format=kind, columns=columns, typed=True)


def collect_definitions(root: Node, options: ImportOptions, ledger: Ledger) -> Definitions:
    """Everything that gives a variable a value before the first request. Raises UnreadableInput
    when an environment, globals or data file cannot be used."""
    result = Definitions()
    for source in options.globals:
        result.found += read_values_file(source, "globals")
    result.found += read_collection_variables(root, ledger)
    for source in options.environments:
        result.found += read_values_file(source, "environment")
    for source in options.data_feeds:
        feed = read_data_feed(source)
        result.feeds.append(feed)
        result.columns += [(feed.name, column) for column in feed.columns]
    return result


def plan_variables(
    definitions: Definitions, keeper: SecretKeeper, ledger: Ledger
) -> tuple[Variable, ...]:
    """One variable for each name. What another definition hides is recorded as changed: the name
    has another value, as in Postman, and nothing that would be sent is missing."""
    winners = _winners(definitions.found)
    hidden = {column for _, column in definitions.columns}
    made: list[Variable] = []
    for one in definitions.found:
        if not one.name:
            _drop(ledger, one, "it has no name")
        elif one.name in hidden and not one.disabled:
            _hide(ledger, one, "a column of the data file gives it its values")
        elif winners.get(one.name) is not one:
            _hide(ledger, one, _why_hidden(one, winners[one.name]))
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


def _why_hidden(one: Definition, other: Definition) -> str:
    off = "it is switched off; " if one.disabled and not other.disabled else ""
    return f"{off}{other.scope} {other.origin} gives it its value"


def _hide(ledger: Ledger, one: Definition, reason: str) -> None:
    ledger.change(
        _place(ledger, one), "variable", reason, name=one.name, code="overridden-variable"
    )


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
    common = {
        "name": one.name,
        "disabled": one.disabled,
        "description": description,
        "origin": one.scope,
    }
    secret = one.secret or is_named_secret(one.name, one.value) or has_format_of_secret(one.value)
    if secret and one.value and "{{" not in one.value:
        return Variable(secret=keeper.reference(one.name, one.value), **common)
    if one.secret and not one.value:
        return Variable(secret=keeper.unset_reference(one.name), **common)
    return Variable(value=one.value, **common)
