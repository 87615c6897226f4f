"""Values of the client itself are told apart from those of the server."""

from __future__ import annotations

from tests.importers.builders import codes, import_har, requests_of
from tests.importers.recordings import START, entry, recording


def test_times_and_uuids_of_the_client_are_told_and_left_as_they_are() -> None:
    now = int(START.timestamp() * 1000)
    url = f"https://h/a?t={now + 40}&k=5b0c3a52-77d1-4c1e-9a40-0123456789ab&n=12"
    result = import_har(recording(entry(url)))
    told = [one.fix for one in result.findings if one.code == "client-generated"]
    assert len(told) == 2
    assert "{{$now unix_ms}}" in told[0]
    assert "{{$uuid}}" in told[1]
    assert requests_of(result)[0].url == url


def test_a_uuid_that_an_answer_gave_is_the_servers() -> None:
    given = "5b0c3a52-77d1-4c1e-9a40-0123456789ab"
    first = entry("https://h/orders", method="POST")
    first["response"]["content"]["text"] = f'{{"order": {{"id": "{given}"}}}}'
    result = import_har(recording(first, entry(f"https://h/orders/{given}", at=500)))
    assert "client-generated" not in codes(result)
    assert requests_of(result)[1].url == "https://h/orders/{{order_id}}"
