"""A followed redirect is sent as the installed curl sends it: method, body, Referer, auth."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from hazard_tui.plan.findings import FindingSeverity
from tests.importers.builders import finding, import_curl
from tests.importers.wire.compare import difference
from tests.importers.wire.engine import sent_by_recording
from tests.importers.wire.real_curl import sent_by_curl
from tests.support.capture import ANSWER, Capture, Captured

STATUSES = (301, 302, 303, 307, 308)
OTHER = "http://other.test"
COMMANDS = [
    *(f"curl -L http://h.test/{status}" for status in STATUSES),
    *(f"curl -L -d a=1 http://h.test/{status}" for status in STATUSES),
    *(f"curl -L --post{status} -d a=1 http://h.test/{status}" for status in (301, 302, 303)),
    *(f"curl -L -X PUT -d a=1 http://h.test/{status}" for status in STATUSES),
    "curl -L -X POST http://h.test/302",
    "curl -L -I http://h.test/302",
    "curl -L --json '{}' http://h.test/303",
    "curl -L -F a=1 http://h.test/302",
    "curl -L -e ';auto' http://h.test/302",
    "curl -L -e 'http://r.test/;auto' 'http://h.test/302?q=1#f'",
    "curl -L -e 'http://r.test/' http://h.test/302",
    "curl -L -H 'Referer: http://r.test/' -e ';auto' http://h.test/302",
    "curl -L -u u:p http://h.test/302",
    "curl -L -u u:p http://h.test/away",
    "curl --location-trusted -u u:p http://h.test/away",
    "curl -L -H 'Authorization: Bearer x' http://h.test/away",
    "curl -L -H 'Cookie: a=1' http://h.test/away",
    "curl -L -b a=1 http://h.test/away",
    "curl -L -b a=1 http://h.test/302",
    "curl -L -b '' http://h.test/cookie",
    "curl -L -c /dev/null http://h.test/cookie",
    "curl -L http://h.test/cookie",
    "curl -L --max-redirs 1 http://h.test/twice",
    "curl -L --max-redirs 2 http://h.test/twice",
    "curl -L --max-redirs 0 http://h.test/302",
    "curl http://h.test/302",
    "curl -L --no-location http://h.test/302",
    "curl -L http://h.test/odd",
    "curl -L http://h.test/relative/",
    "curl -L -G -d a=1 http://h.test/302",
]
DIFFERENT = {
    **{
        f"curl -L -X PUT -d a=1 http://h.test/{status}": "curl keeps the method without the body"
        for status in (301, 302, 303)
    },
    "curl -L --json '{}' http://h.test/303": "curl keeps a Content-Type without a body",
    "curl -L -b a=1 http://h.test/away": "curl 7.88 sends cookies of -b to every host",
    "curl -L http://h.test/odd": "curl writes a space as + and hexadecimal digits in lower case",
}
"""Commands whose followed request differs, and how."""
PLACES = {
    "twice": "/302",
    "away": f"{OTHER}/landed",
    "odd": "/landed?a=b c&d=\xc3\xa9",
    "relative": "../landed",
}


def answer(request: Captured) -> bytes:
    """A redirect by the first word of the path; anything else is the end."""
    word = urlsplit(request.target).path.split("/")[1]
    status = int(word) if word.isdigit() else 302
    if not word.isdigit() and word not in PLACES and word != "cookie":
        return ANSWER
    place = PLACES.get(word, "/landed")
    cookie = "Set-Cookie: sid=1; Path=/\r\n" if word == "cookie" else ""
    head = f"HTTP/1.1 {status} X\r\nLocation: {place}\r\n{cookie}Content-Length: 0\r\n\r\n"
    return head.encode("latin-1")


@pytest.fixture(scope="module")
def capture() -> Iterator[Capture]:
    """A server that redirects."""
    with Capture(answer) as server:
        yield server


@pytest.mark.parametrize("command", COMMANDS)
async def test_redirects_are_followed_as_curl_follows_them(
    command: str, capture: Capture, tmp_path: Path
) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    truth, said = sent_by_curl(command, capture, folder)
    assert truth, f"curl sends nothing: {said}"
    ours, complaints = await sent_by_recording(import_curl(command), capture, folder)
    level, first = difference(truth, ours)
    assert (level >= 3) == (command not in DIFFERENT), f"{first}\n{complaints}"


def test_a_body_that_curl_leaves_out_after_a_redirect_is_told() -> None:
    told = import_curl("curl -L -X PUT -d a=1 http://h.test/302")
    assert finding(told, "body-kept-on-redirect").severity is FindingSeverity.WARNING
    for command in ("curl -L -X PUT http://h.test/", "curl -X PUT -d a=1 http://h.test/"):
        codes = [one.code for one in import_curl(command).findings]
        assert "body-kept-on-redirect" not in codes
