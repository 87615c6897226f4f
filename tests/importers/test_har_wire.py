"""What the engine sends for a recording is what the browser sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.importers.builders import SAMPLES, SHARED, import_har, needs_shared
from tests.importers.wire.engine import sent_by_recording
from tests.support.capture import Capture

REAL = SHARED / "real-inputs" / "har"


@pytest.fixture(scope="module")
def capture() -> Iterator[Capture]:
    with Capture() as server:
        yield server


async def test_the_sample_is_sent_in_its_order_with_its_bodies(
    capture: Capture, tmp_path: Path
) -> None:
    result = import_har(SAMPLES / "har" / "shop.har", think_time_max_ms=1)
    sent, complaints = await sent_by_recording(result, capture, tmp_path)
    assert complaints == []
    assert [(request.method, request.target) for request in sent[:2]] == [
        ("GET", "/"),
        ("POST", "/login"),
    ]
    assert {request.target for request in sent[2:4]} == {"/api/orders/1017", "/api/orders/1018"}
    login, upload = sent[1], sent[4]
    assert login.body == b"user=ann&remember=on+this+device"
    assert login.values("content-type") == ["application/x-www-form-urlencoded"]
    assert login.values("cookie") == ["consent=yes"]
    assert b'name="photo"; filename="receipt.png"\r\nContent-Type: image/png' in upload.body
    assert b"\r\n\r\n\x89PNG\r\n\r\n--" in upload.body


@needs_shared
@pytest.mark.parametrize("producer", ["chrome61", "firefox56", "charles42"])
async def test_real_forms_are_sent_as_recorded(
    producer: str, capture: Capture, tmp_path: Path
) -> None:
    result = import_har(REAL / producer / "form.har", think_time_max_ms=1)
    sent, complaints = await sent_by_recording(result, capture, tmp_path)
    assert complaints == []
    assert [request.target for request in sent] == ["/ex/simple-form.html", "/ex/simple-form.cgi"]
    assert sent[1].body == b"name=NAME&quest=QUEST&color=chartreuse&swallow=african&text=HI"
    assert sent[1].values("content-length") == ["62"]
