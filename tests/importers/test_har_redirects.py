"""A redirect chain is one request, and what its middle hops hold reaches later requests."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.importers.builders import import_har, import_har_pair, steps_of
from tests.importers.recordings import entry, pairs, recording
from tests.importers.wire.engine import sent_by_recording
from tests.support.capture import Capture, Captured

CODE = "c0de7f31a9e5%d"
Hop = Callable[[str], tuple[dict[str, str], str]]
PLACES: dict[str, Hop] = {
    "address": lambda code: ({"Location": f"/done?code={code}"}, ""),
    "path": lambda code: ({"Location": f"/done/{code}"}, ""),
    "header": lambda code: ({"Location": "/done", "X-Code": code}, ""),
    "page": lambda code: ({"Location": "/done"}, f'<input name="code" value="{code}">'),
}  # fmt: skip
"""Where the second answer of the chain holds the code: its headers and its body."""


class Site:
    """302 to 302 to 200; the code of the second answer is new each time."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.numbers = count(1)
        self.code = ""

    def answer(self, target: str) -> tuple[int, dict[str, str], str]:
        """Status, headers and body."""
        path = urlsplit(target).path
        if path == "/start":
            return 302, {"Location": "/middle"}, ""
        if path == "/middle":
            self.code = CODE % next(self.numbers)
            headers, body = PLACES[self.place](self.code)
            return 302, headers, body
        if path.startswith("/done"):
            return 200, {}, "<p>welcome</p>"
        return (200 if self.code in target else 403), {}, "{}"

    def __call__(self, request: Captured) -> bytes:
        status, headers, body = self.answer(request.target)
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Content-Type: text/html"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", body]).encode()


def recorded(site: Site, base: str) -> dict[str, Any]:
    """A browser's recording of the chain, and of two requests that use the code."""
    entries, at = [], 0.0

    def fetch(target: str) -> str:
        nonlocal at
        status, headers, body = site.answer(target)
        one = entry(
            base + target,
            at=at,
            took=5,
            status=status,
            mime="text/html",
            location=headers.get("Location", ""),
        )
        one["response"]["headers"] = pairs() + [
            {"name": name, "value": value} for name, value in headers.items()
        ]
        one["response"]["content"] = {"mimeType": "text/html", "size": len(body), "text": body}
        entries.append(one)
        at += 10
        return headers.get("Location", "")

    target = "/start"
    while target:
        target = fetch(target)
    fetch(f"/token?code={site.code}")
    fetch(f"/again/{site.code}")
    return recording(*entries)


@pytest.mark.parametrize("recordings", [1, 2])
@pytest.mark.parametrize("place", PLACES)
async def test_a_code_of_a_middle_hop_reaches_later_requests(
    place: str, recordings: int, tmp_path: Path
) -> None:
    site = Site(place)
    with Capture(site) as capture:
        files = [recorded(site, f"http://127.0.0.1:{capture.port}") for _ in range(recordings)]
        result = import_har_pair(*files) if recordings == 2 else import_har(*files)
        sent, complaints = await sent_by_recording(result, capture, tmp_path)
    fresh = CODE % (recordings + 1)
    done = {"address": f"/done?code={fresh}", "path": f"/done/{fresh}"}.get(place, "/done")
    assert complaints == []
    assert [one.target for one in sent] == [
        "/start", "/middle", done, f"/token?code={fresh}", f"/again/{fresh}",
    ]  # fmt: skip
    steps = steps_of(result.plan)
    assert len(steps) == 3, "the chain is one request"
    (save,) = [rule for step in steps if step.request for rule in step.request.extractors]
    assert save.redirect_hop == 2
