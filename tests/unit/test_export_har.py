"""HAR 1.2: read back by the importer it is the same requests and pauses."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hazard_tui.export import export_plan
from hazard_tui.plan.auth import Auth, BasicAuth, DigestAuth
from hazard_tui.plan.base import Pair
from hazard_tui.plan.model import (
    Group,
    HostMapping,
    Pause,
    Plan,
    SecretRef,
    Step,
    Task,
    Variable,
)
from hazard_tui.plan.request import (
    Body,
    BytesBody,
    FileBody,
    FileRef,
    MultipartBody,
    Part,
    Policies,
    Request,
    TextBody,
)
from tests.importers.builders import SHARED, import_har, needs_shared, revealed
from tests.unit.exported import BODIES, TEXT, codes, messages, plan_of, requests

BYTES = bytes(range(256))


def har(plan: Plan) -> dict[str, Any]:
    """The log of the exported text."""
    log: dict[str, Any] = json.loads(export_plan(plan, "har")[0])["log"]
    return log


def returned(plan: Plan) -> Plan:
    """The plan after export and import."""
    options = {"include_static": True}
    return revealed(import_har(export_plan(plan, "har")[0].encode(), **options))


def constant(body: Body | None) -> bool:
    """A body without variables and files, which a HAR can say whole."""
    return body is None or (body.file is None and "{{" not in body.model_dump_json())


HAR_BODIES = st.one_of(
    BODIES.filter(constant),
    st.binary(min_size=1, max_size=20).map(lambda data: Body(bytes=BytesBody(content=data))),
    st.builds(
        lambda text, data: Body(
            multipart=MultipartBody(
                parts=(
                    Part(name="a", text=text.replace("\r", "").replace("\n", "")),
                    Part(name="b", file_name="b.bin", content_type="image/png", bytes=data),
                    Part(name="c", text="x", headers=(Pair(name="X-Part", value="1"),)),
                )
            )
        ),
        TEXT,
        st.binary(max_size=20),
    ),
)


@settings(max_examples=300)
@given(
    st.lists(
        requests(bodies=HAR_BODIES, auths=st.none(), policies=st.none()).map(
            lambda one: one.model_copy(update={"url": one.url.replace("{{user}}", "u")})
        ),
        min_size=1,
        max_size=3,
    )
)
def test_requests_come_back_as_they_were(made: list[Request]) -> None:
    plan = plan_of(*made)
    assert messages(returned(plan)) == [_recorded(one) for one in messages(plan)]


def _recorded(message: dict[str, Any]) -> dict[str, Any]:
    """An empty body cannot be told from none in a HAR, nor bytes from the text that they spell."""
    body = message["body"]
    if body in ("", b""):
        headers = [pair for pair in message["headers"] if pair[0] != "content-type"]
        kept = [pair for pair in message["headers"] if pair not in headers]
        return {**message, "body": None, "headers": sorted(headers + kept)}
    return message


@needs_shared
def test_real_recordings_come_back_as_they_were() -> None:
    recordings = sorted((SHARED / "real-inputs/har").glob("*/*.har"))
    assert recordings
    for path in recordings:
        plan = revealed(import_har(path.read_bytes()))
        runnable = [step for step in plan.walk() if step.request and not step.not_runnable]
        back = returned(plan)
        redirects = ("follow_redirects", "keep_method_on_redirect", "max_redirects")
        redirects += ("keep_auth_on_redirect", "drop_referer_on_redirect")
        expected = messages(plan_of(*(step.request for step in runnable if step.request)))
        for one in expected:
            one["policies"] = {k: v for k, v in one["policies"].items() if k not in redirects}
        assert messages(back) == expected, path


def test_thinking_times_are_gaps() -> None:
    call = Step(name="a", request=Request(url="http://h/"))
    steps = (
        call,
        Step(name="p", pause=Pause(min_ms=2500)),
        Step(name="g", group=Group(steps=(call, call))),
    )
    task = Task(name="t", steps=steps, think_time=Pause(min_ms=1000, max_ms=2000))
    text, findings = export_plan(Plan(name="p", tasks=(task, task)), "har")
    entries = json.loads(text)["log"]["entries"]
    moments = [datetime.fromisoformat(entry["startedDateTime"]) for entry in entries]
    begin = moments[0]
    offsets = [round((moment - begin).total_seconds() * 1000) for moment in moments]
    assert offsets == [0, 2501, 2502, 3503, 6004, 6005]
    assert {entry["pageref"] for entry in entries} == {"page_1", "page_2"}
    assert codes(findings) == ["pause-fixed", "pause-fixed", "pause-left-out", "group-left-out"]
    pauses = [step.pause.min_ms for step in import_har(text.encode()).plan.walk() if step.pause]
    assert pauses == [2500, 1000, 2500]


def test_an_entry_has_everything_that_the_format_demands() -> None:
    entry = har(plan_of(Request(url="h/a?b=c%20d&e", headers=(Pair(name="Cookie", value="x=1"),))))[
        "entries"
    ][0]
    assert set(entry) >= {"startedDateTime", "time", "request", "response", "cache", "timings"}
    request = entry["request"]
    assert request["url"] == "http://h/a?b=c%20d&e"
    assert request["queryString"] == [{"name": "b", "value": "c d"}, {"name": "e", "value": ""}]
    assert request["cookies"] == [{"name": "x", "value": "1"}]
    assert (request["headersSize"], request["bodySize"]) == (-1, 0)
    assert (entry["response"]["status"], entry["response"]["content"]["size"]) == (0, 0)


def test_constants_are_written_out_and_secrets_are_not() -> None:
    plan = plan_of(
        Request(
            url="{{base}}/{{id}}",
            headers=(Pair(name="X-Key", value="{{key}}"),),
            auth=Auth(basic=BasicAuth(username="u", password="{{key}}")),
        ),
        variables=(
            Variable(name="base", value="http://{{host}}"),
            Variable(name="host", value="h"),
            Variable(name="key", secret=SecretRef(key="SHOP")),
            Variable(name="id", generator="$guid"),
        ),
    )
    text, findings = export_plan(plan, "har")
    request = json.loads(text)["log"]["entries"][0]["request"]
    assert request["url"] == "http://h/{{id}}"
    assert request["headers"] == [{"name": "X-Key", "value": "{{key}}"}]
    assert [(one.code, one.where) for one in findings] == [
        ("auth-not-expressed", "tasks[0].steps[0].request.auth.basic"),
        ("variable-kept", "tasks[0].steps[0].request"),
    ]


def test_a_host_is_mapped_to_its_test_host() -> None:
    plan = plan_of(
        Request(url="https://SHOP.example/a?b=https://shop.example/"),
        Request(url="http://other.example/"),
        host_map=(HostMapping(recorded="shop.example", test="http://127.0.0.1:8080"),),
    )
    urls = [entry["request"]["url"] for entry in har(plan)["entries"]]
    assert urls == ["http://127.0.0.1:8080/a?b=https://shop.example/", "http://other.example/"]


def test_bytes_are_base64() -> None:
    plan = plan_of(
        Request(method="POST", url="http://h/", body=Body(bytes=BytesBody(content=BYTES)))
    )
    assert har(plan)["entries"][0]["request"]["postData"]["encoding"] == "base64"
    assert messages(returned(plan))[0]["body"] == BYTES


def test_what_a_har_cannot_say_is_a_finding() -> None:
    file = FileRef(path="a.png")
    plan = plan_of(
        Request(url="http://h/", body=Body(file=FileBody(file=file))),
        Request(url="http://h/", body=Body(multipart=MultipartBody(parts=(Part(file=file),)))),
        Request(url="http://h/", auth=Auth(digest=DigestAuth(username="a"))),
        Request(url="http://h/", policies=Policies(proxy="http://127.0.0.1:1")),
        Request(url="http://h/", body=Body(text=TextBody(content="x"))),
    )
    text, findings = export_plan(plan, "har")
    assert [(one.code, one.where) for one in findings] == [
        ("file-not-read", "tasks[0].steps[0].request.body.file"),
        ("file-not-read", "tasks[0].steps[1].request.body.multipart.parts[0].file"),
        ("auth-not-expressed", "tasks[0].steps[2].request.auth.digest"),
        ("policies-left-out", "tasks[0].steps[3].request.policies"),
    ]
    assert len(json.loads(text)["log"]["entries"]) == 5


def test_a_step_that_is_not_sent_is_left_out() -> None:
    step = Step(name="s", not_runnable="why", request=Request(url="http://h/"))
    text, findings = export_plan(Plan(name="p", tasks=(Task(name="t", steps=(step,)),)), "har")
    assert json.loads(text)["log"]["entries"] == []
    assert codes(findings) == ["step-left-out"]
