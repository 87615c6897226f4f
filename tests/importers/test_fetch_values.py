"""What a browser makes of the arguments of fetch(): the values are those of Node's own fetch()."""

from __future__ import annotations

import pytest

from hazard_tui.plan.request import Request
from importers.detect import import_input
from importers.findings import ImportOptions, Source


def request_of(call: str) -> Request:
    """The request of a pasted call."""
    result = import_input(Source("paste", call.encode()), ImportOptions(), "fetch")
    (step,) = result.plan.tasks[0].steps
    assert step.request is not None
    return step.request


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("JSON.stringify({a: 1}, null, 2)", '{\n  "a": 1\n}'),
        ("JSON.stringify([[], {}, [1]], null, '-')", "[\n-[],\n-{},\n-[\n--1\n-]\n]"),
        ("JSON.stringify([2.50, 1e21, 1e-7, -0, 123456789012345680000])",
         "[2.5,1e+21,1e-7,0,123456789012345680000]"),
        ("`x${1 + 1}` + 1", "x21"),
        ("new URLSearchParams('?a=b c~*&d')", "a=b+c%7E*&d="),
        ("new URLSearchParams({'é=': '&+'})", "%C3%A9%3D=%26%2B"),
        ("new URLSearchParams([['a', '1'], ['a', '2']])", "a=1&a=2"),
        ("'a=' + encodeURIComponent(\"é /?'()\")", "a=%C3%A9%20%2F%3F'()"),
        ("encodeURI('/a b?c=é#d')", "/a%20b?c=%C3%A9#d"),
    ],
)  # fmt: skip
def test_a_body_is_what_the_program_would_send(expression: str, text: str) -> None:
    body = request_of(f"fetch('http://h/', {{method: 'POST', body: {expression}}})").body
    assert body is not None
    assert body.text is not None
    assert body.text.content == text


@pytest.mark.parametrize(
    ("settings", "types"),
    [
        ("body: 'a', headers: {'content-type': 'x/y'}", ["x/y"]),
        ("headers: {'Content-Type': ''}, body: 'a'", [""]),
        ("body: 'a'", ["text/plain;charset=UTF-8"]),
        ("body: new URLSearchParams({a: 1})", ["application/x-www-form-urlencoded;charset=UTF-8"]),
        ("body: null", []),
    ],
)
def test_a_body_brings_its_type_unless_a_header_names_one(settings: str, types: list[str]) -> None:
    request = request_of(f"fetch('http://h/', {{method: 'POST', {settings}}})")
    assert [one.value for one in request.headers if one.name.lower() == "content-type"] == types


@pytest.mark.parametrize(
    ("written", "sent"), [("post", "POST"), ("patch", "patch"), ("Foo", "Foo"), ("head", "HEAD")]
)
def test_six_methods_are_written_in_capitals(written: str, sent: str) -> None:
    assert request_of(f"fetch('http://h/', {{method: '{written}'}})").method == sent


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("http://h/a/../b/./c", "http://h/b/c"),
        ("http://h/a/%2E%2e/b", "http://h/b"),
        ("http://h/.\\\\-;", "http://h/-;"),
        ("http://h\\\\a?b\\\\c", "http://h/a?b\\c"),
        ("\\n http://h/a\\tb\\n", "http://h/ab"),
        ("http://h/a?b/../c", "http://h/a?b/../c"),
    ],
)
def test_a_url_is_parsed_as_browsers_do(written: str, sent: str) -> None:
    assert request_of(f'fetch("{written}")').url == sent
