"""Every element of a recording is counted once, and no recording breaks the importer."""

from __future__ import annotations

import copy
import json
import tracemalloc
from collections import Counter
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hazard_tui.errors import UnreadableInput
from importers.findings import Fate, ImportResult
from importers.har.convert import StepMaker
from tests.importers.builders import (
    SAMPLES,
    SHARED,
    finding,
    import_har,
    import_har_pair,
    needs_shared,
    requests_of,
)
from tests.importers.recordings import entry, pairs, recording, write_large
from tests.support.work import ending_soon


def elements(value: Any) -> Counter[str]:
    """What stands in a recording, counted with nothing but the json module."""
    found: Counter[str] = Counter()
    for item in value["log"]["entries"]:
        found["entry"] += 1
        request = item.get("request") if isinstance(item, dict) else None
        if not isinstance(request, dict):
            continue
        for key, kind in (("headers", "header"), ("cookies", "cookie"), ("queryString", "query")):
            found[kind] += len(request.get(key) or [])
        post = request.get("postData") or {}
        found["param"] += len(post.get("params") or [])
        found["body"] += bool(post.get("text"))
    return +found


def recorded(result: ImportResult) -> Counter[str]:
    return Counter(record.kind for record in result.records)


def check_account(value: Any, **options: Any) -> ImportResult:
    result = import_har(value, **options)
    assert recorded(result) == elements(value)
    pointers = [record.pointer for record in result.records]
    assert len(set(pointers)) == len(pointers)
    assert all(record.reason for record in result.records if record.fate is not Fate.KEPT)
    return result


MIXED = recording(
    entry(headers=pairs(A="1", Cookie="x=1", Host="h"), status=302, location="/b"),
    entry("https://shop.example/b", at=5, headers=pairs(A="1")),
    entry("https://shop.example/x.png", mime="image/png", headers=pairs(A="1", B="2")),
    entry(
        method="POST",
        post={"mimeType": "x", "text": "t", "params": [{"name": "a", "value": "1"}, {}, 7]},
    ),
    {"request": {"headers": pairs(A="1"), "postData": {"text": "lost"}}},
    "nothing",
    entry("wss://h/"),
)


def test_a_mixed_recording_is_counted_as_it_stands() -> None:
    result = check_account(MIXED)
    assert result.counts()["entry"] == {"kept": 2, "changed": 1, "dropped": 4}
    check_account(MIXED, include_static=True)
    check_account(MIXED, hosts=("nowhere",))


@needs_shared
@pytest.mark.parametrize("path", sorted((SHARED / "real-inputs" / "har").glob("*/*.har")), ids=str)
def test_real_recordings_are_counted_as_they_stand(path: Path) -> None:
    check_account(json.loads(path.read_text("utf-8-sig")))


def test_the_sample_is_counted_as_it_stands() -> None:
    check_account(json.loads((SAMPLES / "har" / "shop.har").read_text("utf-8")))


def test_the_count_breaks_when_an_element_is_not_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StepMaker, "_account_rest", lambda *_: None)
    with pytest.raises(AssertionError):
        check_account(MIXED)


def test_a_file_that_ends_early_keeps_what_was_read() -> None:
    text = json.dumps(recording(*(entry(f"https://h/{n}", at=n) for n in range(20)))).encode()
    result = import_har(text[: len(text) // 2])
    problem = finding(result, "malformed-har")
    assert problem.severity == "error"
    assert 5 < len(requests_of(result)) < 15
    assert f"{len(requests_of(result))} entries" in problem.what


@pytest.mark.parametrize("data", [b"", b"   ", b"{}", b"[]", b"nonsense", b'{"log": 1}', b"\xff"])
def test_what_is_no_recording_is_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadableInput):
        import_har(data)


def test_an_empty_recording_gives_an_empty_plan() -> None:
    assert import_har(recording()).plan.tasks == ()


def test_byte_order_marks_utf_16_and_stray_bytes_are_read() -> None:
    text = json.dumps(recording(entry("https://h/é")), ensure_ascii=False)
    for data in (
        b"\xef\xbb\xbf" + text.encode(),
        text.encode("utf-16"),
        text.encode().replace(b"Recorder", b"Rec\xff"),
    ):
        assert [request.url for request in requests_of(import_har(data))] == ["https://h/é"]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.just("é" * 1000),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    found = [path]
    if isinstance(value, (dict, list)):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in items:
            found += places(inner, (*path, key))
    return found


PLACES = [path for path in places(MIXED) if len(path) > 2]


@settings(max_examples=300)
@given(st.lists(st.tuples(st.sampled_from(PLACES), JSON), min_size=1, max_size=4))
def test_a_recording_with_anything_anywhere_is_imported(changes: list[tuple[Any, Any]]) -> None:
    value: Any = copy.deepcopy(MIXED)
    for path, put in changes:
        place = value
        for key in path[:-1]:
            try:
                place = place[key]
            except (KeyError, IndexError, TypeError):
                break
        if isinstance(place, dict) or (
            isinstance(place, list) and isinstance(path[-1], int) and path[-1] < len(place)
        ):
            place[path[-1]] = put
    result = import_har(value)
    assert result.plan.model_dump_json()


@settings(max_examples=200)
@given(st.integers(0, 4000), st.integers(0, 40), st.binary(max_size=6))
def test_a_damaged_file_is_imported_or_unreadable(at: int, length: int, put: bytes) -> None:
    text = json.dumps(MIXED).encode()
    try:
        import_har(text[:at] + put + text[at + length :])
    except UnreadableInput:
        pass


@pytest.mark.parametrize(
    "text",
    [
        '{"log":{"entries":[' + "[" * 100_000,
        '{"log":{"entries":[' + '{"a":' * 50_000,
        '{"log":{"entries":[1e999999,-1,"x"],"creator":{}}}',
        '{"log":{"entries":[{"request":{"method":"G","url":"http://h/' + "a" * 1_000_000 + '"}}]}}',
    ],
    ids=["deep lists", "deep objects", "numbers", "long URL"],
)
def test_extreme_files_are_quick(text: str) -> None:
    with ending_soon(), suppress(UnreadableInput):
        import_har(text.encode())


def test_a_large_recording_is_read_as_a_stream(tmp_path: Path) -> None:
    path = tmp_path / "large.har"
    count = write_large(path, 60)
    told: list[tuple[int, int]] = []
    tracemalloc.start()
    result = import_har(path, progress=lambda done, total: told.append((done, total)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(requests_of(result)) == count
    assert peak < 20_000_000
    size = path.stat().st_size
    assert told[-1] == (size, size)
    # Whoever leaves waits for no more than a megabyte, which takes milliseconds.
    places = [done for done, _ in told]
    assert max(later - sooner for sooner, later in pairwise(places)) <= 1_000_000


class Cancelled(Exception):
    """The person does not want to wait."""


def test_an_import_can_be_cancelled(tmp_path: Path) -> None:
    path = tmp_path / "large.har"
    write_large(path, 5)

    def cancel(done: int, total: int) -> None:
        if done > 1_000_000:
            raise Cancelled

    with pytest.raises(Cancelled):
        import_har(path, progress=cancel)


def test_a_file_that_cannot_be_opened_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="cannot be read"):
        import_har(tmp_path / "missing.har")


def test_the_account_of_a_pair_is_that_of_both_recordings() -> None:
    shop, image = (
        "https://shop.example/",
        entry("https://shop.example/i.png", at=60, mime="image/png"),
    )
    form = {"mimeType": "application/x-www-form-urlencoded", "params": pairs(q="oak")}
    first = recording(
        entry(shop + "a", headers=pairs(A="1", Host="h")),
        entry(shop + "b", at=50, method="POST", post=form),
        image,
    )
    second = recording(
        entry(shop + "a", headers=pairs(A="2", B="3"), status=302, location="/landed"),
        entry(shop + "landed", at=10, headers=pairs(C="4")),
        entry(shop + "only", at=20, headers=pairs(D="5")),
        entry(shop + "b", at=50, method="POST", post=form | {"params": pairs(q="beech")}),
        image,
    )
    result = import_har_pair(first, second)
    assert recorded(result) == elements(first) + elements(second)
    of_second = [one for one in result.records if one.pointer.startswith("second.har#")]
    assert Counter(one.kind for one in of_second) == elements(second)
    told = {one.pointer.removeprefix("second.har#"): one for one in of_second}
    assert told["/log/entries/1"].fate is Fate.CHANGED
    assert "tells which values change" in told["/log/entries/1/request/headers/0"].reason
    assert told["/log/entries/2"].fate is Fate.DROPPED
    assert "only in the second" in told["/log/entries/2/request/headers/0"].reason
    assert "static" in told["/log/entries/4"].reason
    assert import_har(first).records == result.records[: -len(of_second)]


def test_what_is_wrong_with_the_second_of_a_pair_alone_is_told() -> None:
    good, bad = recording(entry()), recording(entry(), entry(status=0), "nonsense")
    assert finding(import_har_pair(good, bad), "malformed").where.startswith("second.har#")
