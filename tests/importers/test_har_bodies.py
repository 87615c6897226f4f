"""Recorded bodies: three producers of the same sessions, and what recorders lose."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from hazard_tui.plan.model import Plan
from hazard_tui.plan.request import Body, FileMissing, FormEncoding, Part, Request
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

REAL = SHARED / "real-inputs" / "har"
SESSIONS = ("form", "get", "multipart", "redirect-post")
PRODUCERS = ("chrome61", "firefox56", "charles42")


def shape(plan: Plan) -> list[Any]:
    """A plan without what differs between browsers and between two sittings of a person."""
    shaped: list[Any] = []
    for step in plan.walk():
        if step.request is None:
            shaped.append(step.choice)
            continue
        request = step.request
        shaped.append((step.name, request.method, request.url, request.body, request.policies))
    return shaped


def with_gif(plan: list[Any], gif: bytes) -> list[Any]:
    """The shape in which a lost file was supplied, and the other note that was typed."""
    supplied = []
    for item in plan:
        if isinstance(item, tuple) and item[3] is not None and item[3].multipart is not None:
            form = item[3].multipart
            parts = tuple(
                part.model_copy(update={"file": None, "bytes": gif})
                if part.file
                else part.model_copy(update={"text": "FILENAME"})
                for part in form.parts
            )
            body = Body(multipart=form.model_copy(update={"parts": parts}))
            item = (*item[:3], body, *item[4:])
        supplied.append(item)
    return supplied


def gif_of(plan: Plan) -> bytes:
    (content,) = [
        part.bytes
        for step in steps_of(plan)
        if step.request is not None and step.request.body and step.request.body.multipart
        for part in step.request.body.multipart.parts
        if part.bytes is not None
    ]
    return content


@needs_shared
@pytest.mark.parametrize("session", ["form", "get", "multipart"])
def test_three_producers_of_one_session_give_one_plan(session: str) -> None:
    chrome, firefox, charles = (
        import_har(REAL / producer / f"{session}.har").plan for producer in PRODUCERS
    )
    shapes = [shape(plan) for plan in (chrome, firefox, charles)]
    if session == "multipart":
        shapes[0] = with_gif(shapes[0], gif_of(charles))
    assert shapes[0] == shapes[1] == shapes[2]


@needs_shared
def test_three_producers_of_the_redirect_give_one_request_that_follows() -> None:
    for producer in PRODUCERS:
        (request,) = requests_of(import_har(REAL / producer / "redirect-post.har"))
        assert request.method == "POST"
        assert request.policies is not None
        assert request.policies.follow_redirects
        names = {header.name.lower() for header in request.headers}
        assert not names & {"content-length", "host", "connection"}


@needs_shared
def test_both_uploads_hold_the_same_picture() -> None:
    firefox, charles = (
        gif_of(import_har(REAL / producer / "multipart.har").plan)
        for producer in ("firefox56", "charles42")
    )
    assert firefox == charles
    assert len(firefox) == 1769
    assert firefox.startswith(b"GIF89a")


@needs_shared
def test_the_lost_file_of_chrome_is_asked_for_and_its_size_is_known() -> None:
    result = import_har(REAL / "chrome61" / "multipart.har")
    lost = finding(result, "lost-file")
    assert "Small.gif" in lost.what
    assert "1769" in lost.fix
    upload = requests_of(result)[1]
    assert upload.body is not None
    assert upload.body.multipart is not None
    reference = upload.body.multipart.parts[0].file
    assert reference is not None
    assert (reference.path, reference.missing, reference.generate_bytes) == (
        "Small.gif",
        FileMissing.GENERATE,
        1769,
    )


@needs_shared
def test_a_body_either_has_the_recorded_length_or_a_finding() -> None:
    for producer in PRODUCERS:
        for session in SESSIONS:
            result = import_har(REAL / producer / f"{session}.har")
            lost = [code for code in codes(result) if code.startswith("lost")]
            expected = {
                ("chrome61", "multipart"): ["lost-file"],
                ("chrome61", "redirect-post"): ["lost-body"],
            }.get((producer, session), [])
            assert lost == expected, (producer, session)


def posted(
    text: str | None = None,
    *,
    mime: str = "text/plain",
    length: int | None = None,
    params: list[dict[str, str]] | None = None,
    **more: Any,
) -> tuple[Request, list[str]]:
    """The request of a recording with one body, and the codes of its findings."""
    headers = pairs(Content_Type=mime)
    if length is not None:
        headers += pairs(Content_Length=str(length))
    post: dict[str, Any] = {"mimeType": mime, **more}
    if text is not None:
        post["text"] = text
    if params is not None:
        post["params"] = params
    result = import_har(recording(entry(method="POST", headers=headers, post=post)))
    (request,) = requests_of(result)
    found = [code for code in codes(result) if code != "recorded-hosts"]
    return request, found


def test_text_is_sent_as_it_is() -> None:
    request, found = posted('{"a": "é"}', mime="application/json", length=11)
    assert request.body is not None
    assert request.body.text is not None
    assert request.body.text.content == '{"a": "é"}'
    assert [(h.name, h.value) for h in request.headers] == [("Content-Type", "application/json")]
    assert found == []


def test_bytes_that_a_recorder_wrote_as_latin_1_are_found_by_their_length() -> None:
    request, found = posted("\x00\xff\x80", mime="application/octet-stream", length=3)
    assert request.body is not None
    assert request.body.bytes is not None
    assert request.body.bytes.content == b"\x00\xff\x80"
    request, _ = posted("Ã©", length=2)
    assert request.body is not None
    assert request.body.text is not None
    assert request.body.text.content == "é"
    assert found == []


def test_a_base64_body_is_decoded() -> None:
    text = base64.b64encode(b"\x00\x01").decode()
    request, _ = posted(text, mime="application/octet-stream", encoding="base64")
    assert request.body is not None
    assert request.body.text is not None or request.body.bytes is not None
    assert request.body.text is not None
    assert request.body.text.content == "\x00\x01"


@pytest.mark.parametrize(
    ("text", "encoding", "fields"),
    [
        ("a=1&b=x+y&a=%C3%A9", FormEncoding.PLUS, [("a", "1"), ("b", "x y"), ("a", "é")]),
        ("a=x%20y", FormEncoding.PERCENT_20, [("a", "x y")]),
        ("a=%e9&b=%2f", FormEncoding.NONE, [("a", "%e9"), ("b", "%2f")]),
    ],
)
def test_a_form_is_decoded_when_it_encodes_back_to_the_same_text(
    text: str, encoding: FormEncoding, fields: list[tuple[str, str]]
) -> None:
    request, found = posted(text, mime="application/x-www-form-urlencoded", length=len(text))
    assert request.body is not None
    assert request.body.urlencoded is not None
    assert request.body.urlencoded.encoding is encoding
    assert [(f.name, f.value) for f in request.body.urlencoded.fields] == fields
    assert request.headers == ()
    assert found == []


def test_form_fields_without_a_text_are_encoded_to_the_recorded_length() -> None:
    fields = [{"name": "a", "value": "x y"}]
    mime = "application/x-www-form-urlencoded"
    request, found = posted(mime=mime, params=fields, length=5)
    assert request.body is not None
    assert request.body.urlencoded is not None
    assert request.body.urlencoded.encoding is FormEncoding.PLUS
    request, found = posted(mime=mime, params=fields, length=7)
    assert request.body is not None
    assert request.body.urlencoded is not None
    assert request.body.urlencoded.encoding is FormEncoding.PERCENT_20
    assert found == []
    _, found = posted(mime=mime, params=fields, length=99)
    assert found == ["lost-body"]


def test_a_form_that_is_no_form_stays_text() -> None:
    request, _ = posted('{"a": 1}', mime="application/x-www-form-urlencoded", length=8)
    assert request.body is not None
    assert request.body.text is not None
    assert [h.name for h in request.headers] == ["Content-Type"]


MULTIPART = "multipart/form-data; boundary=XX"


def upload(*contents: str) -> str:
    text = "".join(f"--XX\r\n{content}\r\n" for content in contents)
    return text + "--XX--\r\n"


def part_of(request: Request, index: int = 0) -> Part:
    assert request.body is not None
    assert request.body.multipart is not None
    return request.body.multipart.parts[index]


def test_parts_keep_names_types_and_headers() -> None:
    text = upload(
        'Content-Disposition: form-data; name="a"\r\n\r\nvalue',
        'Content-Disposition: form-data; name="f"; filename="q%22.txt"\r\n'
        "Content-Type: text/plain\r\nX-Part: 1\r\n\r\nfile",
    )
    request, found = posted(text, mime=MULTIPART, length=len(text))
    assert found == []
    assert (part_of(request).name, part_of(request).text) == ("a", "value")
    second = part_of(request, 1)
    assert (second.file_name, second.content_type, second.bytes) == (
        'q".txt',
        "text/plain",
        b"file",
    )
    assert [(h.name, h.value) for h in second.headers] == [("X-Part", "1")]


def test_files_in_form_fields_are_base64_only_when_their_length_says_so() -> None:
    encoded = base64.b64encode(b"picture").decode()
    field = {"name": "f", "fileName": "x.png", "contentType": "image/png", "value": encoded}
    head = 'Content-Disposition: form-data; name="f"; filename="x.png"\r\nContent-Type: image/png'
    length = len(f"--XX\r\n{head}\r\n\r\npicture\r\n--XX--\r\n")
    request, found = posted(mime=MULTIPART, params=[field], length=length)
    assert (part_of(request).bytes, found) == (b"picture", [])
    longer = length + len(encoded) - len("picture")
    request, found = posted(mime=MULTIPART, params=[field], length=longer)
    assert (part_of(request).bytes, found) == (encoded.encode(), [])


def test_a_body_that_is_not_in_the_recording_is_not_sent_without_a_word() -> None:
    headers = pairs(Content_Length="12")
    result = import_har(recording(entry(method="PUT", headers=headers)))
    (step,) = steps_of(result.plan)
    assert "12 bytes" in step.not_runnable
    assert finding(result, "lost-body").severity == "error"


def test_a_broken_multipart_text_stays_text() -> None:
    request, _ = posted("no boundary in here", mime=MULTIPART)
    assert request.body is not None
    assert request.body.text is not None


def test_an_empty_body_object_of_a_get_is_no_body() -> None:
    post = {"mimeType": "", "params": [], "text": ""}
    (request,) = requests_of(import_har(recording(entry(post=post))))
    assert request.body is None


def test_the_type_of_a_body_without_a_header_is_kept() -> None:
    post = {"mimeType": "application/json", "text": "{}"}
    (request,) = requests_of(import_har(recording(entry(method="POST", post=post))))
    assert request.body is not None
    assert request.body.content_type == "application/json"


def test_the_plan_of_a_recording_can_be_written_as_json() -> None:
    request, _ = posted("\x00\udcff", mime="text/plain")
    assert json.loads(request.model_dump_json())
