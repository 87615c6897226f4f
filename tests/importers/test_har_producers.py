"""One session, three producers, one plan; damage of producers is told, and nothing else is."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hazard_tui.plan.model import Step
from importers.findings import ImportResult
from tests.importers.builders import (
    SHARED,
    codes,
    finding,
    import_har,
    needs_shared,
    requests_of,
    steps_of,
)
from tests.importers.recordings import entry, pairs, recording
from tests.importers.wire.engine import sent_by_recording
from tests.support.capture import Capture

REAL = SHARED / "real-inputs" / "har"
PRODUCERS = ("chrome61", "firefox56", "charles42")
OF_THE_BROWSER = frozenset(
    ["accept-encoding", "accept-language", "accept", "user-agent", "upgrade-insecure-requests",
     "cache-control", "origin", "referer", "cookie"]
)  # fmt: skip


def outline(step: Step) -> tuple[Any, ...]:
    """A step without what the browser itself puts in; sizes stand for contents of files."""
    if step.request is None:
        return (step.choice, step.name)
    request = step.request
    headers = [one.name for one in request.headers if one.name.lower() not in OF_THE_BROWSER]
    body: Any = None
    if request.body is not None and request.body.urlencoded is not None:
        body = [(one.name, one.value) for one in request.body.urlencoded.fields]
    elif request.body is not None and request.body.multipart is not None:
        body = [
            (
                part.name,
                part.file_name,
                part.content_type,
                part.file.generate_bytes if part.file else len(part.bytes or b""),
            )
            for part in request.body.multipart.parts
        ]
    return (step.name, request.method, request.url, headers, body, request.policies)


@needs_shared
@pytest.mark.parametrize("session", ["get", "form", "multipart"])
def test_three_producers_of_a_session_give_one_plan(session: str) -> None:
    plans = [import_har(REAL / producer / f"{session}.har").plan for producer in PRODUCERS]
    outlines = [[outline(step) for step in plan.walk()] for plan in plans]
    assert outlines[0] == outlines[1] == outlines[2]
    assert len(outlines[0]) >= 1


@needs_shared
def test_a_body_that_chrome_lost_is_the_only_difference_of_the_redirected_session() -> None:
    chrome, firefox, charles = (
        import_har(REAL / producer / "redirect-post.har") for producer in PRODUCERS
    )
    assert [outline(one) for one in firefox.plan.walk()] == [
        outline(one) for one in charles.plan.walk()
    ]
    assert [outline(one)[:3] for one in chrome.plan.walk()] == [
        outline(one)[:3] for one in firefox.plan.walk()
    ]
    assert "55 bytes" in finding(chrome, "lost-body").what
    assert "55 bytes" in steps_of(chrome.plan)[0].not_runnable


@needs_shared
def test_lost_bodies_are_told_of_two_recordings_only() -> None:
    told = {
        path.relative_to(REAL).as_posix()
        for path in REAL.glob("*/*.har")
        if {"lost-file", "lost-body"} & set(codes(import_har(path)))
    }
    assert told == {"chrome61/multipart.har", "chrome61/redirect-post.har"}


@pytest.fixture
def capture() -> Iterator[Capture]:
    with Capture() as server:
        yield server


@needs_shared
async def test_the_lost_file_is_sent_when_it_is_put_beside_the_plan(
    capture: Capture, tmp_path: Path
) -> None:
    parts = [request.body for request in requests_of(import_har(REAL / "firefox56/multipart.har"))]
    form = parts[-1]
    assert form is not None
    assert form.multipart is not None
    gif = form.multipart.parts[0].bytes
    assert gif is not None
    assert gif.startswith(b"GIF8")
    (tmp_path / "Small.gif").write_bytes(gif)
    bodies = []
    for producer in PRODUCERS:
        result = import_har(REAL / producer / "multipart.har", think_time_max_ms=1)
        sent, complaints = await sent_by_recording(result, capture, tmp_path)
        assert complaints == []
        boundary = sent[1].values("content-type")[0].partition("boundary=")[2].encode()
        bodies.append(sent[1].body.replace(boundary, b"B").replace(b"NOTES", b"FILENAME"))
    assert bodies[0] == bodies[1] == bodies[2]
    assert gif in bodies[0]


CHROME = "Mozilla/5.0 AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36"
FORM = {"mimeType": "text/plain", "text": "whole body"}
BASE = recording(
    entry("http://shop.test/", headers=pairs(Cookie="a=1"), mime="text/html"),
    entry(
        "http://shop.test/send",
        at=200,
        method="POST",
        headers=pairs(Content_Length="10", Content_Type="text/plain"),
        post=FORM,
    ),
    entry("http://shop.test/more", at=400, headers=pairs(User_Agent=CHROME)),
)
BASE["log"]["entries"][0]["request"]["headers"] = []
BASE["log"]["entries"][2]["request"]["headers"] = pairs(Authorization="Bearer {{token}}")

Change = Callable[[list[dict[str, Any]]], None]


def _sanitised(entries: list[dict[str, Any]]) -> None:
    entries[2]["request"]["headers"] = pairs(User_Agent=CHROME)


def _without_body(entries: list[dict[str, Any]]) -> None:
    del entries[1]["request"]["postData"]


def _shorter_body(entries: list[dict[str, Any]]) -> None:
    entries[1]["request"]["postData"]["text"] = "whole"


def _without_file(entries: list[dict[str, Any]]) -> None:
    text = (
        '--b\r\nContent-Disposition: form-data; name="f"; filename="a.gif"\r\n'
        "Content-Type: image/gif\r\n\r\n\r\n--b--\r\n"
    )
    kind = "multipart/form-data; boundary=b"
    headers = pairs(Content_Length="500", Content_Type=kind)
    entries[1]["request"].update(headers=headers, postData={"mimeType": kind, "text": text})


def _without_answer(entries: list[dict[str, Any]]) -> None:
    del entries[2]["response"]


def _aborted(entries: list[dict[str, Any]]) -> None:
    entries[0]["response"]["status"] = 0


def _with_socket(entries: list[dict[str, Any]]) -> None:
    entries[0]["request"]["url"] = "wss://shop.test/live"
    entries[0]["_webSocketMessages"] = [{"data": "a"}, {"data": "b"}]


def _with_foreign_cookie(entries: list[dict[str, Any]]) -> None:
    entries[0]["request"]["headers"] = pairs(Cookie="theme=dark")


def _malformed(entries: list[dict[str, Any]]) -> None:
    entries[0]["request"] = {"headers": []}


DOCTORED: dict[str, Change] = {
    "sanitised-har": _sanitised,
    "lost-body": _without_body,
    "lost-body, a part": _shorter_body,
    "lost-file": _without_file,
    "missing-response": _without_answer,
    "aborted": _aborted,
    "websocket": _with_socket,
    "cookie-seed": _with_foreign_cookie,
    "malformed": _malformed,
}


def serious(result: ImportResult) -> list[str]:
    return [one.code for one in result.findings if one.severity != "info"]


def test_a_sound_recording_has_nothing_to_warn_of() -> None:
    assert serious(import_har(BASE)) == []


@pytest.mark.parametrize("name", DOCTORED)
def test_a_doctored_recording_has_exactly_the_planted_finding(name: str) -> None:
    made = copy.deepcopy(BASE)
    DOCTORED[name](made["log"]["entries"])
    assert serious(import_har(made)) == [name.partition(",")[0]]


def test_a_recording_that_ends_early_has_exactly_that_finding() -> None:
    assert serious(import_har(json.dumps(BASE).encode()[:-20])) == ["malformed-har"]


def large_session() -> dict[str, Any]:
    """1000 entries of 30 routes: ids, slugs, codes, GraphQL operations."""
    made = []
    for number in range(1000):
        which, page = number % 10, number // 10
        url = f"http://shop.test/part{page % 3}"
        post = None
        if which == 0:
            url += f"/users/{page}"
        elif which == 1:
            url += f"/users/{page}/orders/{page * 7}"
        elif which == 2:
            url += f"/articles/{'abcdefghij'[page // 10]}-{'klmnopqrst'[page % 10]}-story"
        elif which == 3:
            url += f"/articles/{'abcdefghij'[page // 10]}{'klmnopqrst'[page % 10]}/comments"
        elif which == 4:
            url += f"/files/{page:032x}"
        elif which == 5:
            url += f"/search?q=word{page}&page={page}"
        elif which < 8:
            url += "/graphql"
            query = {"operationName": ("GetUser", "GetCart")[which - 6], "query": "query { a }"}
            post = {"mimeType": "application/json", "text": json.dumps(query)}
        else:
            url += ("/login", "/cart")[which - 8]
        made.append(entry(url, at=number * 100, method="POST" if post else "GET", post=post))
    return recording(*made)


def test_a_thousand_entries_have_few_names_and_no_two_routes_share_one() -> None:
    steps = steps_of(import_har(large_session(), correlate=False).plan)
    assert len(steps) == 1000
    names = {step.name for step in steps}
    assert len(names) == 30
    assert "GET /part0/articles/{name}" in names
    assert "GET /part1/articles/{name}/comments" in names
    assert "POST /part2/graphql GetCart" in names
    assert "GET /part0/users/{id}/orders/{id}" in names
    assert "GET /part0/login" in names
