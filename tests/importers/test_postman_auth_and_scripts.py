"""What a collection says beside its requests: auth, behaviour, variables, scripts, secrets."""

from __future__ import annotations

from typing import Any

import pytest

from hazard_tui.plan.findings import FindingSeverity
from hazard_tui.plan.model import SecretRef
from hazard_tui.plan.request import UrlEncoding
from hazard_tui.plan.store import plan_text
from importers import postman
from importers.findings import Fate, Source
from tests.importers.builders import finding, steps_of
from tests.importers.postman_samples import (
    POSTMAN,
    collection,
    item,
    named,
    request_named,
    request_of,
    sample,
    source,
    variable_named,
)

# Auth


def test_twelve_types_of_auth_are_read() -> None:
    plan = sample("auth.postman_collection.json").plan
    kinds = {}
    for step in steps_of(plan):
        auth = step.request.auth if step.request else None
        kinds[step.name] = auth.choice if auth else ""
    assert kinds == {
        "basic": "basic", "bearer": "bearer", "apikey": "api_key", "digest": "digest",
        "oauth1": "oauth1", "oauth2": "oauth2", "awsv4": "aws", "jwt": "jwt", "hawk": "hawk",
        "ntlm": "ntlm", "edgegrid": "edgegrid", "asap": "asap",
        "inherits from the collection": "bearer", "inherits from the folder": "basic",
        "none": "", "null inherits": "basic", "unknown type": "",
        "bearer without parameters": "", "OAuth 2.0 that needs a person": "",
        "literal secrets": "basic",
    }  # fmt: skip


def test_auth_that_cannot_be_made_is_never_left_out_silently() -> None:
    result = sample("auth.postman_collection.json")
    for name in ("unknown type", "OAuth 2.0 that needs a person"):
        assert named(result.plan, name).not_runnable
    assert sum(finding.code == "auth-not-runnable" for finding in result.findings) == 2


def test_lists_and_objects_of_parameters_mean_the_same() -> None:
    listed = [{"key": "username", "value": "a"}, {"key": "password", "value": "{{p}}"}]
    forms = [listed, {"username": "a", "password": "{{p}}"}]
    auths = [
        request_of(collection(item(auth={"type": "basic", "basic": form}))).auth for form in forms
    ]
    assert auths[0] == auths[1]


# Behaviour


def test_behaviour_is_inherited_key_by_key() -> None:
    plan = sample("behaviour.postman_collection.json").plan
    assert plan.defaults is not None
    assert (plan.defaults.verify_tls, plan.defaults.max_redirects) == (False, 3)
    inherits = request_named(plan, "inherits").policies
    assert inherits is not None
    assert (inherits.follow_redirects, inherits.cookies) == (False, False)
    own = request_named(plan, "sets its own").policies
    assert own is not None
    assert (own.follow_redirects, own.cookies, own.keep_method_on_redirect) == (True, False, True)
    assert (own.http_version, own.url_encoding) == ("2", UrlEncoding.POSTMAN_RAW)
    assert (own.tls_min, own.tls_max) == ("1.2", "1.3")
    assert own.omit_headers == ("accept-encoding",)
    assert all(
        pair.name != "Accept-Encoding" for pair in request_named(plan, "sets its own").headers
    )


# Variables


def test_the_strongest_scope_wins() -> None:
    environment = source("lab.postman_environment.json")
    everything = {
        "environments": (environment,),
        "globals": (source("lab.postman_globals.json"),),
        "data_feeds": (source("readers.csv"),),
    }
    result = sample("conduit.postman_collection.json", **everything)
    plan = result.plan
    assert [(feed.name, feed.columns) for feed in plan.feeds] == [
        ("readers", ("email", "nickname"))
    ]
    assert variable_named(plan, "email").column is not None
    url = variable_named(plan, "APIURL")
    assert url.description == "environment lab.postman_environment.json"
    assert sum(variable.name == "APIURL" for variable in plan.variables) == 1
    assert variable_named(plan, "region").value == "north"
    assert variable_named(plan, "oldUrl").disabled
    assert variable_named(plan, "adminKey").secret == SecretRef(key="CONDUIT_TOUR_ADMIN_KEY")
    hidden = [record for record in result.records if record.kind == "variable" and record.reason]
    assert [record.pointer for record in hidden] == [
        "lab.postman_globals.json#/values/0",
        "/variable/0",
    ]
    shadowed = [finding for finding in result.findings if finding.code == "shadowed-variable"]
    assert len(shadowed) == 1


def test_values_that_are_no_texts_read_as_javascript_prints_them() -> None:
    values = [
        {"key": "number", "value": 5},
        {"key": "null", "value": None},
        {"key": "object", "value": {"a": 1}},
        {"key": "true", "value": True},
        {"key": "twice", "value": "1"},
        {"key": "twice", "value": "2"},
        {"key": "on", "value": "1"},
        {"key": "on", "value": "2", "disabled": True},
    ]
    plan = collection(item(), variable=values).plan
    shown = {variable.name: variable.value for variable in plan.variables}
    assert shown == {
        "number": "5",
        "null": "null",
        "object": "[object Object]",
        "true": "true",
        "twice": "2",
        "on": "1",
    }


@pytest.mark.parametrize(
    "text",
    [
        "APIURL=http://h/api\n# c\nexport b='x y'\n",
        "APIURL: http://h/api\nb: 'x y'\n",
        '{"APIURL": "http://h/api", "b": "x y"}',
        '\ufeff{"values": [{"key": "APIURL", "value": "http://h/api"},'
        ' {"key": "b", "value": "x y"}]}',
    ],
)
def test_an_environment_may_be_lines_or_a_mapping(text: str) -> None:
    plan = sample(
        "conduit.postman_collection.json", environments=(Source("e", text.encode()),)
    ).plan
    assert variable_named(plan, "APIURL").value == "http://h/api"
    assert variable_named(plan, "b").value == "x y"


# Scripts in the plan


def test_requests_jumps_and_pauses_of_scripts_become_steps() -> None:
    result = sample("scripts.postman_collection.json")
    steps = result.plan.tasks[0].steps
    assert [step.choice for step in steps] == [
        "request", "request", "request", "pause", "jump", "request", "request", "request", "jump",
        "request",
    ]  # fmt: skip
    login = steps[0].request
    assert login is not None
    assert (login.method, login.url) == ("POST", "{{base}}/login")
    assert login.extractors[0].variable == "session"
    poll = steps[4].jump
    assert poll is not None
    assert poll.to == steps[2].id == "poll"
    computed = request_named(result.plan, "computed")
    assert computed.before is not None
    assert computed.after is not None
    assert not computed.assertions
    assert steps[8].jump is not None
    assert steps[8].jump.to == ""


def test_a_script_that_needs_a_missing_library_is_named() -> None:
    (record,) = [
        record
        for record in sample("scripts.postman_collection.json").records
        if record.kind == "script" and record.fate is Fate.CHANGED
    ]
    assert "postman-collection" in record.reason


def event(listen: str, *lines: str) -> dict[str, Any]:
    return {"listen": listen, "script": {"exec": list(lines)}}


def test_several_kept_scripts_run_in_functions_of_their_own() -> None:
    first, second = "let a = f();", "let a = g();"
    result = collection({**item(), "event": [event("test", second)]}, event=[event("test", first)])
    after = request_of(result).after
    assert after is not None
    assert after.source == f"(function () {{\n{first}\n}})();\n(function () {{\n{second}\n}})();"


def test_translated_and_kept_scripts_stand_together_only_when_independent() -> None:
    check = event("test", "pm.test('ok', () => pm.response.to.have.status(200));")
    kept = event("test", "for (const one of [1]) { pm.environment.set('x', one); }")
    free = request_of(collection({**item(), "event": [kept]}, event=[check]))
    assert len(free.assertions) == 1
    assert free.after is not None
    reads = event("test", "tests['x'] = environment.x === '1';")
    bound = request_of(collection({**item(), "event": [reads]}, event=[kept]))
    assert not bound.assertions
    assert bound.after is not None
    assert "environment.x" in bound.after.source


def test_a_jump_to_no_request_ends_the_iteration_with_a_warning() -> None:
    result = collection({**item(), "event": [event("test", "postman.setNextRequest('gone')")]})
    jump = result.plan.tasks[0].steps[1].jump
    assert jump is not None
    assert jump.to == ""
    assert any(finding.code == "unknown-request" for finding in result.findings)


# Secrets


def test_secrets_leave_the_plan() -> None:
    result = sample("auth.postman_collection.json")
    assert set(result.secrets.values()) == {"Tr0ub4dor&3", "0f9c4b7d2e6a8135"}
    text = plan_text(result.plan)
    assert not any(value in text for value in result.secrets.values())
    request = request_named(result.plan, "literal secrets")
    assert request.auth is not None
    assert request.auth.basic is not None
    # {{password}} stands elsewhere in the file and must stay what it is: undefined.
    assert request.auth.basic.password == "{{password_2}}"
    reference = variable_named(result.plan, "password_2").secret
    assert reference == SecretRef(key="AUTH_PASSWORD_2")


def test_every_finding_says_what_and_where() -> None:
    for path in sorted(POSTMAN.glob("*.json")):
        for one in sample(path.name).findings:
            assert one.where.startswith(f"{path.name}#")
            assert one.what
            if one.severity is FindingSeverity.ERROR:
                assert one.fix
    assert postman.is_collection({"info": {}, "item": []})


def test_variables_in_what_a_script_sends_are_told() -> None:
    sends = "pm.sendRequest({ url: '{{base}}/a', method: 'POST' }, () => { f(); });"
    result = collection({**item(), "event": [event("test", sends)]})
    assert finding(result, "variables-in-sent-request").severity is FindingSeverity.INFO
    resolved = "pm.sendRequest(pm.variables.replaceIn('{{base}}/a'), () => { f(); });"
    result = collection({**item(), "event": [event("test", resolved)]})
    assert not [one for one in result.findings if one.code == "variables-in-sent-request"]


def test_a_body_under_the_key_of_early_files_is_sent_and_told() -> None:
    request = {"method": "POST", "url": "http://x/", "data": {"mode": "raw", "raw": "hello"}}
    result = collection({"name": "early", "request": request})
    body = request_of(result).body
    assert body is not None
    assert body.text is not None
    assert body.text.content == "hello"
    assert finding(result, "early-body").severity is FindingSeverity.WARNING
