"""curl scripts: read back by the importer they are the same requests."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hazard_tui.export import export_plan
from hazard_tui.plan.auth import Auth, AuthPlace, BasicAuth, HawkAuth, OAuth2Auth
from hazard_tui.plan.base import Operator, Pair
from hazard_tui.plan.findings import FindingSeverity
from hazard_tui.plan.model import (
    Loop,
    Pause,
    Plan,
    SecretRef,
    Stage,
    Step,
    Task,
    Threshold,
    Variable,
)
from hazard_tui.plan.request import (
    Body,
    BytesBody,
    FormBody,
    FormEncoding,
    GraphqlBody,
    Policies,
    Request,
    TextBody,
    UrlEncoding,
)
from hazard_tui.plan.rules import Assertion, Extractor, Target
from tests.importers.builders import SHARED, import_curl, needs_shared, revealed
from tests.importers.wire.curl_commands import own_commands
from tests.unit.exported import VARIABLES, codes, messages, plan_of, requests, requests_in

RAW = Policies(cookies=False, url_encoding=UrlEncoding.NONE)


def script(plan: Plan) -> str:
    """The exported text."""
    return export_plan(plan, "curl")[0]


def returned(plan: Plan) -> Plan:
    """The plan after export and import."""
    return revealed(import_curl(script(plan)))


POLICIES = st.builds(
    Policies,
    url_encoding=st.just(UrlEncoding.NONE),
    cookies=st.booleans(),
    verify_tls=st.sampled_from([None, False]),
    timeout_ms=st.sampled_from([None, 500, 2000, 1500]),
    connect_timeout_ms=st.sampled_from([None, 3000]),
    http_version=st.sampled_from([None, "1.0", "1.1", "2-prior-knowledge"]),
    proxy=st.sampled_from([None, "http://127.0.0.1:3128", "socks5h://u:p@127.0.0.1:1080"]),
    ca_file=st.sampled_from([None, "my ca.pem"]),
    tls_min=st.sampled_from([None, "1.2"]),
    tls_max=st.sampled_from([None, "1.3"]),
    omit_headers=st.sampled_from([(), ("User-Agent",), ("Accept", "Host")]),
    resolve=st.sampled_from([(), ("shop.test:8443:127.0.0.1",)]),
    connect_to=st.sampled_from([(), ("shop.test:8443:127.0.0.1:1",)]),
    unix_socket=st.sampled_from([None, "/run/shop.sock", "@shop"]),
)


@settings(max_examples=300)
@given(st.lists(requests(policies=POLICIES), min_size=1, max_size=3))
def test_requests_come_back_as_they_were(made: list[Request]) -> None:
    plan = plan_of(*made, variables=VARIABLES)
    assert messages(returned(plan)) == messages(plan)


@needs_shared
def test_real_commands_come_back_as_they_were() -> None:
    commands = json.loads((SHARED / "real-inputs/curl/commands.json").read_text())
    assert len(commands) > 100
    for name, text in commands.items():
        plan = revealed(import_curl(text))
        if requests_in(plan):
            assert messages(returned(plan)) == messages(plan), name


@pytest.mark.parametrize("command", own_commands().values())
def test_commands_of_every_option_come_back_as_they_were(command: str) -> None:
    plan = revealed(import_curl(command.replace("U", "http://127.0.0.1:1")))
    if requests_in(plan):
        assert messages(returned(plan)) == messages(plan)


def test_a_variable_is_assigned_once_and_referred_to() -> None:
    plan = plan_of(
        Request(url="{{base url}}/a", headers=(Pair(name="X-Key", value="a{{key}}b"),)),
        variables=(Variable(name="key", value="it's"), Variable(name="base url", value="http://h")),
    )
    text = script(plan)
    assert "key='it'\\''s'\n" in text
    assert "base_url=http://h\n" in text
    assert '"${base_url}/a"' in text
    assert '--header "X-Key: a${key}b"' in text


def test_variables_stand_behind_those_that_they_need() -> None:
    plan = plan_of(
        Request(url="{{all}}"),
        variables=(
            Variable(name="all", value="http://{{host}}/"),
            Variable(name="host", value="h"),
        ),
    )
    lines = script(plan).splitlines()
    assert lines.index("host=h") < lines.index('all="http://${host}/"')


def test_a_name_that_means_something_to_the_shell_is_changed() -> None:
    plan = plan_of(Request(url="http://h/{{PATH}}"), variables=(Variable(name="PATH", value="x"),))
    assert "\nplan_PATH=x\n" in script(plan)
    assert "\nPATH=" not in script(plan)


def test_an_undefined_name_is_lifted_with_its_own_text_as_value() -> None:
    text = script(plan_of(Request(url="{{base}}/a")))
    assert "base='{{base}}'" in text
    assert '"${base}/a"' in text


def test_a_secret_is_a_reference_to_the_environment() -> None:
    plan = plan_of(
        Request(url="http://h/", auth=Auth(basic=BasicAuth(username="a", password="{{pw}}"))),
        variables=(Variable(name="pw", secret=SecretRef(key="SHOP_PASSWORD")),),
    )
    text = script(plan)
    assert 'pw="${SHOP_PASSWORD:?set SHOP_PASSWORD to the secret}"' in text
    assert '--basic --user "a:${pw}"' in text


def test_control_characters_stand_in_escapes() -> None:
    body = Body(text=TextBody(content="a\x1b[31m\x07'\u202e"), content_type="text/plain")
    text = script(plan_of(Request(method="POST", url="http://h/", body=body)))
    assert "$'a\\x1b[31m\\x07\\'\\xe2\\x80\\xae'" in text
    assert all(char.isprintable() or char == "\n" for char in text)


def test_comments_hold_no_line_of_their_own() -> None:
    step = Step(name="a\nrm -rf /\n", request=Request(url="http://h/"))
    plan = Plan(name="p\necho", description="x\ny", tasks=(Task(name="t\nid", steps=(step,)),))
    for line in script(plan).splitlines():
        assert not line or line.startswith(("#", "curl", "  "))


def test_a_step_that_is_not_sent_is_a_comment() -> None:
    body = Body(text=TextBody(content="one\ntwo"))
    step = Step(name="s", disabled=True, request=Request(url="http://h/", body=body))
    text = script(Plan(name="p", tasks=(Task(name="t", steps=(step,)),)))
    assert "# not sent: disabled\n# curl" in text
    assert all(not line or line.startswith("#") for line in text.splitlines())


def test_bytes_with_nul_are_piped() -> None:
    body = Body(bytes=BytesBody(content=b"a\0\xff"))
    text = script(plan_of(Request(method="POST", url="http://h/", body=body)))
    assert "printf '%b' '\\0141\\0000\\0377' | curl" in text
    assert "--data-binary @-" in text


def test_a_large_text_is_no_word_of_a_command() -> None:
    body = Body(text=TextBody(content="x y" * 50_000), content_type="text/plain")
    plan = plan_of(Request(method="POST", url="http://h/", body=body, policies=RAW))
    assert "echo -n 'x y" in script(plan)
    assert messages(returned(plan))[0]["body"] == "x y" * 50_000


def test_values_of_a_form_are_encoded_when_the_command_runs() -> None:
    form = FormBody(fields=(Pair(name="a b", value="{{v}} &"),), encoding=FormEncoding.PLUS)
    request = Request(method="POST", url="http://h/", body=Body(urlencoded=form))
    text = script(plan_of(request, variables=(Variable(name="v", value="1"),)))
    assert '--data-urlencode "a+b=${v} &"' in text


def test_a_url_is_encoded_as_its_policy_says() -> None:
    query = (Pair(name="q=", value="a b&c"), Pair(name="off", disabled=True))
    text = script(plan_of(Request(url="http://h/a b/é", query=query)))
    assert "http://h/a%20b/%C3%A9?q%3D=a%20b%26c" in text


def test_graphql_is_json() -> None:
    body = Body(graphql=GraphqlBody(query='{ a(b: "c") }', variables='{"x":1}', operation_name="O"))
    request = requests_in(returned(plan_of(Request(method="POST", url="http://h/", body=body))))[0]
    assert request.body is not None
    assert request.body.text is not None
    assert json.loads(request.body.text.content) == {
        "query": '{ a(b: "c") }',
        "operationName": "O",
        "variables": {"x": 1},
    }
    assert Pair(name="Content-Type", value="application/json") in request.headers


def test_a_status_below_400_is_an_option() -> None:
    claim = Assertion(target=Target.STATUS, operator=Operator.LESS, expected="400")
    text, findings = export_plan(plan_of(Request(url="http://h/", assertions=(claim,))), "curl")
    assert "--fail" in text
    assert not findings


def test_what_a_command_cannot_say_is_a_finding() -> None:
    request = Request(
        url="http://h/",
        headers=(Pair(name="A", value="1", disabled=True), Pair(name="B:", value="2")),
        auth=Auth(hawk=HawkAuth(id="i", key="k")),
        extractors=(Extractor(variable="v", jmespath="a"),),
        assertions=(Assertion(name="fast", target=Target.LATENCY, operator=Operator.LESS),),
    )
    step = Step(name="s", request=request)
    task = Task(
        name="t",
        steps=(
            step,
            Step(name="again", loop=Loop(steps=(step,), times=3)),
            Step(name="p", pause=Pause(min_ms=1500, max_ms=3000)),
        ),
    )
    plan = Plan(
        name="p", tasks=(task,), stages=(Stage(to=1),), thresholds=(Threshold(rule="p95<1s"),)
    )
    text, findings = export_plan(plan, "curl")
    assert "sleep 1.5\n" in text
    found = {(finding.code, finding.where) for finding in findings}
    inside = "tasks[0].steps[0].request"
    assert found >= {
        ("disabled-left-out", f"{inside}.headers"),
        ("header-left-out", f"{inside}.headers[0]"),
        ("auth-not-expressed", f"{inside}.auth.hawk"),
        ("save-left-out", f"{inside}.extractors[0]"),
        ("assert-left-out", f"{inside}.assertions[0]"),
        ("flow-left-out", "tasks[0].steps[1].loop"),
        ("pause-fixed", "tasks[0].steps[2].pause"),
        ("load-left-out", "stages"),
        ("load-left-out", "thresholds"),
    }
    assert all(finding.severity is FindingSeverity.WARNING for finding in findings)


def test_an_oauth2_token_that_would_be_fetched_is_a_finding() -> None:
    auth = OAuth2Auth(access_token="t", grant_type="password", place=AuthPlace.QUERY)
    plan = plan_of(Request(url="http://h/?a=1", auth=Auth(oauth2=auth)))
    text, findings = export_plan(plan, "curl")
    assert "'http://h/?a=1&access_token=t'" in text
    assert codes(findings) == ["token-not-fetched"]
