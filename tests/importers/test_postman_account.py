"""The law of conservation: kept + changed + dropped = what an independent walker finds."""

from __future__ import annotations

import copy
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hazard_tui.errors import UnreadableInput
from importers import postman
from importers.detect import import_input
from importers.findings import ImportOptions, ImportResult, Source
from tests.importers.builders import SAMPLES, SHARED, needs_shared
from tests.importers.walk_postman import count_elements

SAMPLE_FILES = sorted(
    path
    for path in (SAMPLES / "postman").rglob("*.json")
    if path.name not in ("truncated.json", "not-a-collection.json")
    and "environment" not in path.name
    and "globals" not in path.name
)
REAL_FILES = sorted((SHARED / "real-inputs" / "postman").rglob("*.json"))


def load(path: Path) -> Any:
    return postman.read_document(path.read_bytes(), path.name)


def account(result: ImportResult) -> Counter[str]:
    return +Counter({kind: counts.total() for kind, counts in result.counts().items()})


def import_bytes(data: bytes, **options: Any) -> ImportResult:
    return import_input(Source("c.json", data), ImportOptions(**options))


def refusal(data: bytes) -> str | None:
    """The one sentence with which bytes are refused; None when they are imported."""
    try:
        import_bytes(data)
    except UnreadableInput as error:
        return str(error)
    return None


@pytest.mark.parametrize("path", SAMPLE_FILES, ids=lambda path: path.name)
def test_every_element_of_a_sample_is_accounted_for(path: Path) -> None:
    assert account(import_bytes(path.read_bytes())) == count_elements(load(path))


@needs_shared
@pytest.mark.parametrize("path", REAL_FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_element_of_a_real_file_is_accounted_for(path: Path) -> None:
    assert account(import_bytes(path.read_bytes())) == count_elements(load(path))


HANDLERS: list[tuple[str, object]] = [
    ("importers.postman.collection.read_headers", ()),
    ("importers.postman.requests._query", ()),
    ("importers.postman.requests._path_variables", ()),
    ("importers.postman.collection.read_behaviour", {}),
    ("importers.postman.collection.drop_inner_variables", None),
    ("importers.postman.bodies.BodyReader._multipart", None),
    ("importers.postman.bodies.BodyReader._stale", None),
    ("importers.postman.events.ScriptReader.read", ()),
    ("importers.postman.collection.CollectionReader.auth", None),
    ("importers.postman.collection.CollectionReader.folder", []),
    ("importers.postman.collection.CollectionReader._examples", None),
]


@pytest.mark.parametrize(("handler", "nothing"), HANDLERS, ids=[name for name, _ in HANDLERS])
def test_the_law_breaks_when_a_handler_is_taken_out(
    handler: str, nothing: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = [load(path) for path in SAMPLE_FILES]
    monkeypatch.setattr(handler, lambda *arguments, **named: nothing)
    broken = [
        value
        for value in values
        if account(postman.import_value(value, Source("c", b""), ImportOptions()))
        != count_elements(value)
    ]
    assert broken


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of all values inside a JSON value."""
    found = [path] if path else []
    if isinstance(value, (dict, list)):
        children = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in children:
            found += places(inner, (*path, key))
    return found


def planted(value: Any, path: tuple[Any, ...], planted_value: Any) -> Any:
    """A copy with another value at a place."""
    made = copy.deepcopy(value)
    inner = made
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = planted_value
    return made


ODD: list[Any] = [
    None,
    0,
    -1,
    1.5,
    True,
    "",
    "x",
    "{{a}}",
    [],
    {},
    [None],
    {"key": None},
    [[]],
    "\0",
    "é" * 99,
]
# The tour is left out: it is three times as long as the others and has nothing that they have not.
DOCUMENTS = [load(path) for path in SAMPLE_FILES if "conduit" not in path.name]
PLACES = [places(document) for document in DOCUMENTS]


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_wrong_type_anywhere_raises_nothing(data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(DOCUMENTS) - 1))
    value = DOCUMENTS[index]
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(PLACES[index]))
        try:
            value = planted(value, path, data.draw(st.sampled_from(ODD)))
        except (KeyError, IndexError, TypeError):
            continue  # an earlier planting took the place away
    refused = refusal(json.dumps(value).encode())
    assert refused is None or refused


@pytest.mark.parametrize("odd", [None, 0, "", [], {}], ids=repr)
@pytest.mark.parametrize("number", range(len(DOCUMENTS)), ids=str)
def test_one_odd_value_at_every_place(number: int, odd: object) -> None:
    value = copy.deepcopy(DOCUMENTS[number])
    for path in PLACES[number]:
        owner = value
        for key in path[:-1]:
            owner = owner[key]
        before, owner[path[-1]] = owner[path[-1]], odd
        if postman.is_collection(value):
            postman.import_value(value, Source("c", b""), ImportOptions())
        owner[path[-1]] = before


@settings(max_examples=150)
@given(st.data())
def test_cut_or_changed_bytes_raise_only_unreadable_input(data: st.DataObject) -> None:
    raw = data.draw(st.sampled_from(SAMPLE_FILES)).read_bytes()
    cut = raw[: data.draw(st.integers(0, len(raw)))]
    position = data.draw(st.integers(0, max(0, len(cut) - 1)))
    changed = cut[:position] + data.draw(st.binary(max_size=4)) + cut[position:]
    assert "\n" not in (refusal(changed) or "")


def test_deep_nesting_is_no_crash() -> None:
    item: dict[str, Any] = {"name": "leaf", "request": "http://127.0.0.1/"}
    for depth in range(300):
        item = {"name": f"folder {depth}", "item": [item]}
    value = {"info": {"name": "deep"}, "item": [item]}
    result = import_bytes(json.dumps(value).encode())
    assert "deeper" in str([record.reason for record in result.records])
    with pytest.raises(UnreadableInput):
        import_bytes(b'{"info": ' + b"[" * 200_000)


def test_a_collection_of_two_and_a_half_megabytes_is_imported_whole() -> None:
    one = json.loads((SAMPLES / "postman" / "conduit.postman_collection.json").read_text())
    copies = 2_500_000 // len(json.dumps(one["item"])) + 1
    value = {
        **one,
        "item": [{"name": f"copy {number}", "item": one["item"]} for number in range(copies)],
    }
    data = json.dumps(value).encode()
    assert len(data) > 2_500_000
    result = import_bytes(data)
    assert sum(step.request is not None for step in result.plan.walk()) == copies * 12
