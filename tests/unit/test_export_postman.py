"""Postman 2.1: read back by the importer it is the same requests, saves and assertions."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hazard_tui.export import export_plan
from hazard_tui.plan.auth import (
    ApiKeyAuth,
    AsapAuth,
    Auth,
    AuthPlace,
    AwsAuth,
    DigestAuth,
    EdgeGridAuth,
    HawkAuth,
    JwtAuth,
    NtlmAuth,
    OAuth1Auth,
    OAuth2Auth,
)
from hazard_tui.plan.base import Pair
from hazard_tui.plan.model import (
    Group,
    Loop,
    Pause,
    Plan,
    SecretRef,
    SetupScope,
    SetupStep,
    Stage,
    Step,
    Task,
    Variable,
)
from hazard_tui.plan.request import (
    Body,
    FormBody,
    GraphqlBody,
    MultipartBody,
    Part,
    Policies,
    Request,
    TextBody,
    UrlEncoding,
)
from hazard_tui.plan.rules import (
    Assertion,
    Extractor,
    Regex,
    Severity,
    Target,
)
from tests.importers.builders import SHARED, needs_shared
from tests.unit.exported import (
    BODIES,
    VARIABLES,
    codes,
    messages,
    plan_of,
    requests,
    requests_in,
)
from tests.unit.exported_postman import collection, read, returned


def as_postman_sends(plan: Plan) -> list[dict[str, Any]]:
    """What the plan sends, with what Postman's importer adds and calls otherwise."""
    found = messages(plan)
    for one in found:
        one["headers"] = sorted(pair for pair in one["headers"] if pair[0] != "accept-encoding")
        if one["policies"]["url_encoding"] is UrlEncoding.POSTMAN:
            one["policies"]["url_encoding"] = UrlEncoding.WHATWG
        if one["policies"]["url_encoding"] is UrlEncoding.POSTMAN_RAW:
            one["policies"]["url_encoding"] = UrlEncoding.NONE
        if one["method"] not in ("GET", "COPY", "HEAD", "PURGE", "UNLOCK") or one["body"] is None:
            del one["policies"]["send_body_with_get"]
    return found


POLICIES = st.builds(
    Policies,
    url_encoding=st.sampled_from([UrlEncoding.NONE, UrlEncoding.POSTMAN, None]),
    cookies=st.sampled_from([None, False, True]),
    verify_tls=st.sampled_from([None, False]),
    follow_redirects=st.sampled_from([None, True]),
    max_redirects=st.sampled_from([None, 3]),
    keep_method_on_redirect=st.sampled_from([None, True]),
    http_version=st.sampled_from([None, "1.1", "2", "auto"]),
    omit_headers=st.sampled_from([(), ("user-agent",)]),
    send_body_with_get=st.sampled_from([None, True]),
)


def sendable(request: Request) -> bool:
    """Postman sends no empty text, and no body in the place of one."""
    text = request.body.text if request.body else None
    return text is None or bool(text.content)


@settings(max_examples=300)
@given(
    st.lists(
        requests(bodies=BODIES, auths=st.none(), policies=POLICIES).filter(sendable),
        min_size=1,
        max_size=3,
    )
)
def test_requests_come_back_as_they_were(made: list[Request]) -> None:
    plan = plan_of(*made, variables=VARIABLES)
    assert as_postman_sends(returned(plan)) == as_postman_sends(plan)


@needs_shared
def test_real_collections_come_back_as_they_were() -> None:
    files = sorted((SHARED / "real-inputs/postman").rglob("*.json"))
    assert len(files) > 50
    steps = 0
    for path in files:
        plan = read(path.read_bytes())
        back = returned(plan)
        assert messages(back) == messages(plan), path
        for before, after in zip(plan.walk(), back.walk(), strict=True):
            masked = {"provenance": None, "id": ""}
            assert before.choice == after.choice, path
            if before.request is None:
                assert after.pause == before.pause
                assert after.jump == before.jump
            else:
                kept = (before.request.before, before.request.after)
                assert (after.request.before, after.request.after) == kept, path
            assert after.model_copy(update=masked).name == before.name
            steps += 1
    assert steps > 1000


@pytest.mark.parametrize(
    "auth",
    [
        Auth(api_key=ApiKeyAuth(key="{{k}}", value="{{v}}", place=AuthPlace.QUERY)),
        Auth(digest=DigestAuth(username="{{u}}", password="{{p}}", realm="r", no_retry=True)),
        Auth(
            oauth1=OAuth1Auth(consumer_key="{{a}}", consumer_secret="{{b}}", include_body_hash=True)
        ),
        Auth(
            oauth1=OAuth1Auth(consumer_key="{{a}}", consumer_secret="{{b}}", place=AuthPlace.QUERY)
        ),
        Auth(oauth2=OAuth2Auth(access_token="{{t}}", header_prefix="Token")),
        Auth(
            oauth2=OAuth2Auth(
                grant_type="password",
                token_url="http://h/token",
                client_id="{{i}}",
                client_secret="{{s}}",
                username="{{u}}",
                password="{{p}}",
                token_request_params=(Pair(name="audience", value="a"),),
            )
        ),
        Auth(aws=AwsAuth(access_key="{{a}}", secret_key="{{s}}", service="s3", region="eu")),
        Auth(jwt=JwtAuth(algorithm="HS512", secret="{{s}}", payload="{}", secret_is_base64=True)),
        Auth(hawk=HawkAuth(id="{{i}}", key="{{k}}", algorithm="sha256")),
        Auth(ntlm=NtlmAuth(username="{{u}}", password="{{p}}", domain="d", workstation="w")),
        Auth(edgegrid=EdgeGridAuth(access_token="{{a}}", client_token="{{c}}", max_body_bytes=99)),
        Auth(asap=AsapAuth(key_id="{{k}}", issuer="i", private_key="{{p}}", expiry="60")),
    ],
)
def test_every_auth_comes_back_as_it_was(auth: Auth) -> None:
    plan = plan_of(Request(url="http://h/", auth=auth))
    assert requests_in(returned(plan))[0].auth == auth


def test_groups_are_folders_and_pauses_are_kept() -> None:
    call = Step(name="a", request=Request(url="http://h/"))
    steps = (
        Step(name="g", description="why", group=Group(steps=(call,), timed=True)),
        Step(name="p", pause=Pause(min_ms=700)),
        call,
    )
    plan = Plan(name="p", tasks=(Task(name="t", steps=steps),))
    value = collection(plan)
    assert [item["name"] for item in value["item"]] == ["g", "a"]
    assert value["item"][0]["description"] == "why"
    back = returned(plan)
    assert [step.choice for step in back.walk()] == ["group", "request", "pause", "request"]
    assert [step.pause.min_ms for step in back.walk() if step.pause] == [700]


def test_several_tasks_are_folders() -> None:
    call = Step(name="a", request=Request(url="http://h/"))
    tasks = (Task(name="one", preparation=(call,), steps=(call,)), Task(name="two", steps=(call,)))
    last = SetupStep(scope=SetupScope.RUN, step=call)
    value = collection(Plan(name="p", tasks=tasks, teardown=(call,), shared_teardown=(last,)))
    assert [(one["name"], len(one["item"])) for one in value["item"]] == [
        ("one", 2),
        ("two", 1),
        ("teardown", 1),
        ("shared teardown", 1),
    ]


def test_entries_that_are_switched_off_stay_so() -> None:
    request = Request(
        method="POST",
        url="http://h/:id?own=1",
        query=(Pair(name="q", value="1", disabled=True, description="d"),),
        headers=(Pair(name="A", value="1", disabled=True),),
        path_variables=(Pair(name="id", value="7"),),
        body=Body(
            urlencoded=FormBody(fields=(Pair(name="f", disabled=True), Pair(name="g", value="1")))
        ),
    )
    back = requests_in(returned(plan_of(request)))[0]
    assert back.query[-1] == request.query[0]
    assert back.headers[0] == request.headers[0]
    assert back.path_variables == request.path_variables
    assert back.body is not None
    assert back.body.urlencoded == request.body.urlencoded if request.body else False
    item = collection(plan_of(request))["item"][0]["request"]
    assert item["url"]["raw"] == "http://h/:id?own=1"


def test_a_url_is_written_in_parts() -> None:
    url = collection(plan_of(Request(url="https://u:p@{{host}}.test:8443/a//b/?x=1&y#top")))[
        "item"
    ][0]["request"]["url"]
    assert url == {
        "raw": "https://u:p@{{host}}.test:8443/a//b/?x=1&y",
        "protocol": "https",
        "auth": {"user": "u", "password": "p"},
        "host": ["{{host}}", "test"],
        "port": "8443",
        "path": ["a", "", "b", ""],
        "query": [{"key": "x", "value": "1"}, {"key": "y", "value": None}],
        "hash": "top",
    }


def test_bodies_have_their_mode() -> None:
    parts = (Part(name="a", text="1"), Part(name="f", file={"path": "x.png"}, disabled=True))
    plan = plan_of(
        Request(
            method="POST",
            url="http://h/",
            body=Body(
                text=TextBody(content="{} // c", strip_json_comments=True),
                content_type="application/json",
            ),
        ),
        Request(
            method="POST",
            url="http://h/",
            body=Body(text=TextBody(content="{} // c"), content_type="application/json"),
        ),
        Request(method="POST", url="http://h/", body=Body(multipart=MultipartBody(parts=parts))),
        Request(method="POST", url="http://h/", body=Body(graphql=GraphqlBody(query="{a}"))),
    )
    bodies = [item["request"]["body"] for item in collection(plan)["item"]]
    assert bodies[0]["options"] == {"raw": {"language": "json"}}
    # As JSON Postman would cut the comment off, which the plan sends.
    assert bodies[1]["options"] == {"raw": {"language": "text"}}
    assert bodies[2]["formdata"] == [
        {"key": "a", "type": "text", "value": "1"},
        {"key": "f", "type": "file", "src": "x.png", "disabled": True},
    ]
    assert bodies[3] == {"mode": "graphql", "graphql": {"query": "{a}", "variables": ""}}
    assert messages(returned(plan))[1]["body"] == "{} // c"


def test_secrets_have_no_value_and_variables_have_theirs() -> None:
    plan = plan_of(
        Request(url="http://h/"),
        variables=(
            Variable(name="a", value="1", description="d"),
            Variable(name="b", secret=SecretRef(key="SHOP")),
            Variable(name="c", generator="$guid"),
            Variable(name="d", value="x", disabled=True),
        ),
    )
    text, findings = export_plan(plan, "postman")
    assert json.loads(text)["variable"] == [
        {"key": "a", "value": "1", "type": "string", "description": "d"},
        {"key": "b", "value": "", "type": "secret"},
        {"key": "c", "value": "{{$guid}}", "type": "string"},
        {"key": "d", "value": "x", "type": "string", "disabled": True},
    ]
    assert [(one.code, one.where) for one in findings] == [
        ("secret-left-out", "variables[1].secret")
    ]


def test_what_a_collection_cannot_say_is_a_finding() -> None:
    call = Step(
        name="c",
        request=Request(
            url="http://h/",
            policies=Policies(timeout_ms=5),
            extractors=(
                Extractor(variable="v", xpath="//a"),
                Extractor(variable="w", regex=Regex(pattern="\\Aa")),
            ),
            assertions=(
                Assertion(name="x", target=Target.VALUE, xpath="//a"),
                Assertion(name="y", expected="200", severity=Severity.WARN),
            ),
        ),
    )
    steps = (call, Step(name="l", loop=Loop(steps=(call,), times=2)))
    plan = Plan(name="p", tasks=(Task(name="t", steps=steps),), stages=(Stage(to=5),))
    found = [(one.code, one.where) for one in export_plan(plan, "postman")[1]]
    inside = "tasks[0].steps[0].request"
    assert [one for one in found if one[1].startswith(inside)] == [
        ("policies-left-out", f"{inside}.policies"),
        ("save-left-out", f"{inside}.extractors[0]"),
        ("save-left-out", f"{inside}.extractors[1]"),
        ("assert-left-out", f"{inside}.assertions[0]"),
        ("severity-lost", f"{inside}.assertions[1].severity"),
    ]
    assert ("flow-left-out", "tasks[0].steps[1].loop") in found
    assert ("load-left-out", "stages") in found


def test_a_plan_that_a_collection_can_say_has_no_findings() -> None:
    assert codes(export_plan(plan_of(Request(url="http://h/")), "postman")[1]) == []


def test_two_spellings_of_a_header_are_both_sent_in_one() -> None:
    pairs = (Pair(name="X-C", value="1"), Pair(name="x-c", value="2"))
    plan = plan_of(Request(method="GET", url="http://h/", headers=pairs))
    assert codes(export_plan(plan, "postman")[1]) == ["header-spelling"]
    assert as_postman_sends(returned(plan)) == as_postman_sends(plan)
