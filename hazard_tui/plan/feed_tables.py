"""Rows of data feeds, as files hold them: CSV, a JSON list of objects, JSON lines.

A typed feed reads a file as newman does: CSV fields outside of quotes are trimmed and become
numbers when they are some, and requests get every value as JavaScript prints it.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hazard_tui.errors import PlanError
from hazard_tui.plan.model import DataFeed, FeedFormat

UNDEFINED = "undefined"
"""Kind of a value that a row lacks."""


@dataclass(frozen=True, slots=True)
class FeedTable:
    """Rows of a data feed as text."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kinds: tuple[tuple[str, ...], ...] = ()
    """Of a typed feed, for each value of each row: empty for a text, `UNDEFINED`, else its JSON."""


def read_table(feed: DataFeed, raw: bytes) -> FeedTable:
    """Rows of a data feed from the bytes of its file. Raises `PlanError` naming file and row."""
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as exc:
        raise PlanError(f"data feed {feed.path} is not {encoding} text: byte {exc.start}") from exc
    kind = feed.format if feed.format is not FeedFormat.AUTO else _guess(feed.path, text)
    if kind is not FeedFormat.CSV:
        return _json_table(feed, text, lines=kind is FeedFormat.JSONL)
    return _typed_csv_table(feed, text) if feed.typed else _csv_table(feed, text)


def _guess(path: str, text: str) -> FeedFormat:
    if path.endswith((".jsonl", ".ndjson")):
        return FeedFormat.JSONL
    if path.endswith(".json") or text.lstrip().startswith("["):
        return FeedFormat.JSON
    return FeedFormat.CSV


def _csv_table(feed: DataFeed, text: str) -> FeedTable:
    sample = text[:4096].splitlines()[0] if text else ""
    delimiter = max(",;\t|", key=sample.count)
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row]
    columns = feed.columns
    if not rows and not columns:
        raise PlanError(f"data feed {feed.path} is empty")
    header = tuple(rows[0]) if rows else ()
    if not columns or tuple(name.strip() for name in header) == columns:
        columns, rows = columns or header, rows[1:]
    for number, row in enumerate(rows, 2):
        if len(row) != len(columns):
            raise _wrong_length(feed, number, len(row), len(columns))
    return FeedTable(columns, tuple(map(tuple, rows)))


def _wrong_length(feed: DataFeed, number: int, found: int, wanted: int) -> PlanError:
    return PlanError(f"data feed {feed.path}, row {number}: {found} values for {wanted} columns")


def _typed_csv_table(feed: DataFeed, text: str) -> FeedTable:
    lines = csv_fields(text)
    header = [name for name, _ in next(lines, [])]
    items = []
    for number, fields in enumerate(lines, 2):
        if len(fields) > len(header):
            raise _wrong_length(feed, number, len(fields), len(header))
        values = (value if quoted else _number(value) for value, quoted in fields)
        items.append(dict(zip(header, values, strict=False)))
    return _typed_table(feed.columns or tuple(dict.fromkeys(header)), items)


_SPACE = " \t\f"
_FIELD = re.compile(
    rf'[{_SPACE}]*"([^"]*(?:""[^"]*)*)"[{_SPACE}]*(,|\r\n|\n|\r|\Z)|([^,\r\n]*)(,|\r\n|\n|\r|\Z)'
)


def csv_fields(text: str) -> Iterator[list[tuple[str, bool]]]:
    """Lines of a CSV with commas, as newman divides them: (value, whether it stands in quotes).

    Quotes inside a field without quotes belong to it. Empty lines are left out.
    """
    at = 0
    line: list[tuple[str, bool]] = []
    while at < len(text) or line:
        found = _FIELD.match(text, at)
        assert found is not None, "the second form matches anything"
        quoted, end, bare, bare_end = found.groups()
        if quoted is None:
            line.append((bare.strip(_SPACE), False))
        else:
            line.append((quoted.replace('""', '"'), True))
        at = found.end()
        if (end or bare_end) != ",":
            if line != [("", False)]:
                yield line
            line = []


_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def _number(text: str) -> Any:
    return float(text) if _DECIMAL.fullmatch(text) and math.isfinite(float(text)) else text


def _json_table(feed: DataFeed, text: str, *, lines: bool) -> FeedTable:
    # Numbers of JavaScript are all of one kind.
    read = json.JSONDecoder(parse_int=float).decode if feed.typed else json.loads
    try:
        documents = [line for line in text.splitlines() if line.strip()] if lines else []
        items = [read(one) for one in documents] if lines else read(text)
    except json.JSONDecodeError as exc:
        raise PlanError(f"data feed {feed.path}, line {exc.lineno}: not JSON: {exc.msg}") from exc
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise PlanError(f"data feed {feed.path} must be a list of objects")
    columns = feed.columns or tuple(dict.fromkeys(key for item in items for key in item))
    if feed.typed:
        return _typed_table(columns, items)
    rows = tuple(tuple(_as_text(item.get(column)) for column in columns) for item in items)
    return FeedTable(columns, rows)


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _typed_table(columns: tuple[str, ...], items: list[dict[str, Any]]) -> FeedTable:
    rows = tuple(
        tuple(printed(item[name]) if name in item else "" for name in columns) for item in items
    )
    kinds = tuple(
        tuple(_kind(item[name]) if name in item else UNDEFINED for name in columns)
        for item in items
    )
    return FeedTable(columns, rows, kinds)


def _kind(value: Any) -> str:
    if isinstance(value, str) or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def printed(value: Any, null: str = "null") -> str:
    """A JSON value as JavaScript makes a text of it."""
    if value is None:
        return null
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return printed_number(float(value))
    if isinstance(value, list):
        return ",".join(printed(one, "") for one in value)
    return "[object Object]"


def printed_number(value: float) -> str:
    """A number as JavaScript prints it (ECMA-262, Number::toString): the shortest digits, without
    an exponent from 1e-6 to below 1e21."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = f"{abs(value)!r}".partition("e")
    whole, _, part = mantissa.partition(".")
    part = "" if part == "0" else part
    point = len(whole) + int(exponent or 0)
    digits = (whole + part).lstrip("0")
    point -= len(whole + part) - len(digits)
    digits = digits.rstrip("0")
    if 0 < point <= 21:
        text = digits[:point].ljust(point, "0") + ("." + digits[point:] if digits[point:] else "")
    elif -6 < point <= 0:
        text = "0." + "0" * -point + digits
    else:
        rest = "." + digits[1:] if len(digits) > 1 else ""
        text = f"{digits[0]}{rest}e{point - 1:+d}"
    return sign + text
