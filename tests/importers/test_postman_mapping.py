"""How the elements of a collection stand in the plan, file by file of the samples."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hazard_tui.plan.findings import FindingSeverity, has_errors
from hazard_tui.plan.model import Plan, SecretRef, Step, Variable
from hazard_tui.plan.request import Body, FileMissing, Request, UrlEncoding
from hazard_tui.plan.rules import Target
from hazard_tui.plan.store import parse_plan, plan_text
from hazard_tui.plan.validate import validate_plan
from importers import postman
from importers.detect import import_input
from importers.findings import Fate, ImportOptions, ImportResult, Source
from tests.importers.builders import SAMPLES, SHARED, needs_shared, steps_of

POSTMAN = SAMPLES / "postman"


def sample(name: str, **options: Any) -> ImportResult:
    """The import of a sample."""
    return import_input(Source(name, (POSTMAN / name).read_bytes()), ImportOptions(**options))


def source(name: str) -> Source:
    return Source(name, (POSTMAN / name).read_bytes())


def collection(*items: Any, **root: Any) -> ImportResult:
    """The import of a collection with these items."""
    value = {"info": {"name": "c"}, "item": list(items), **root}
    return import_input(Source("c.json", json.dumps(value).encode()), ImportOptions())


def item(**request: Any) -> dict[str, Any]:
    return {"name": "r", "request": {"method": "GET", "url": "http://127.0.0.1/", **request}}


def request_of(result: ImportResult) -> Request:
    """The only request."""
    (step,) = steps_of(result.plan)
    assert step.request is not None
    return step.request


def named(plan: Plan, name: str) -> Step:
    return next(step for step in plan.walk() if step.name == name)


def request_named(plan: Plan, name: str) -> Request:
    request = named(plan, name).request
    assert request is not None
    return request


def body_named(plan: Plan, name: str) -> Body | None:
    return request_named(plan, name).body


def variable_named(plan: Plan, name: str) -> Variable:
    return next(variable for variable in plan.variables if variable.name == name)


# Structure


def test_a_collection_is_one_task_whose_folders_are_timed_groups() -> None:
    (task,) = sample("conduit.postman_collection.json").plan.tasks
    assert task.name == "Conduit tour"
    kinds = [(step.name, step.choice) for step in task.steps]
    assert kinds == [
        ("Account", "group"),
        ("Articles", "group"),
        ("Clean up", "group"),
        ("Tags", "request"),
    ]
    assert all(step.group.timed for step in task.steps if step.group)
    assert task.steps[0].description == "A new user for every iteration."


def test_folders_become_tasks_when_asked() -> None:
    tasks = sample("conduit.postman_collection.json", tasks="folders").plan.tasks
    assert [task.name for task in tasks] == ["Conduit tour", "Account", "Articles", "Clean up"]


def test_the_tour_is_translated_whole() -> None:
    result = sample(
        "conduit.postman_collection.json", environments=(source("lab.postman_environment.json"),)
    )
    assert not has_errors(result.findings)
    requests = [step.request for step in steps_of(result.plan) if step.request]
    assert len(requests) == 12
    assert not any(request.before or request.after for request in requests)
    saved = [rule.variable for request in requests for rule in request.extractors]
    assert saved == ["username", "email", "token", "slug", "commentId"]
    assert all(len(request.assertions) >= 2 for request in requests)
    assert validate_plan(result.plan) == []
    assert parse_plan(plan_text(result.plan)).plan == result.plan


def test_scripts_of_the_collection_come_before_those_of_the_request() -> None:
    request = request_named(sample("conduit.postman_collection.json").plan, "Register")
    assert request.assertions[0].target is Target.LATENCY
    assert request.assertions[1].target is Target.STATUS


def test_a_step_knows_where_it_came_from() -> None:
    result = sample("conduit.postman_collection.json")
    step = named(result.plan, "Like it")
    assert step.provenance is not None
    assert step.provenance.pointer == "/item/1/item/3"
    assert len(step.provenance.file_sha256) == len(step.provenance.imported_sha256) == 64
    again = sample("conduit.postman_collection.json")
    assert again.plan == result.plan


def test_newman_defaults_are_explicit() -> None:
    defaults = sample("envelope.json").plan.defaults
    assert defaults is not None
    assert (defaults.follow_redirects, defaults.max_redirects) == (True, 10)
    assert (defaults.send_body_with_get, defaults.verify_tls) == (False, True)
    assert defaults.url_encoding is UrlEncoding.POSTMAN
    headers = request_of(sample("envelope.json")).headers
    assert [(pair.name, pair.value) for pair in headers] == [
        ("Accept-Encoding", "gzip, deflate, br")
    ]


@pytest.mark.parametrize(
    "name",
    [
        "utf16.postman_collection.json",
        "utf16be-without-mark.json",
        "utf8-mark.postman_collection.json",
    ],
)
def test_every_unicode_encoding_is_read(name: str) -> None:
    result = sample(name)
    assert result.plan.name == "Sechzehn Bit: äöü"
    assert request_of(result).query[0].value == "größe"


# Format versions


def test_version_1_is_read_with_its_order_and_folders() -> None:
    plan = sample("version1.json").plan
    (task,) = plan.tasks
    assert [step.name for step in task.steps] == ["Folder", "raw", "in no order"]
    assert [step.disabled for step in task.steps] == [False, False, True]
    form = request_named(plan, "form")
    assert [(pair.name, pair.disabled) for pair in form.headers] == [
        ("Accept", False),
        ("X-Off", True),
        ("Accept-Encoding", False),
    ]
    assert [(pair.name, pair.value) for pair in form.query] == [("x", "1")]
    assert form.body is not None
    assert form.body.urlencoded is not None
    assert [pair.disabled for pair in form.body.urlencoded.fields] == [False, True]
    assert form.auth is not None
    assert form.auth.basic is not None
    assert form.auth.basic.password == "{{password}}"
    assert len(form.assertions) == 1
    assert request_named(plan, "raw").path_variables[0].value == "7"


def test_version_2_0_is_read_with_texts_and_objects() -> None:
    plan = sample("version2.0.postman_collection.json").plan
    search = request_named(plan, "search")
    assert (search.method, search.url) == ("GET", "{{host}}/search")
    assert [(pair.name, pair.value, pair.no_equals) for pair in search.query] == [
        ("q", "a b", False),
        ("empty", "", False),
        ("flag", "", True),
    ]
    assert [(pair.name, pair.disabled) for pair in search.headers[:3]] == [
        ("Accept", False),
        ("Off", True),
        ("X-One", False),
    ]
    assert search.auth is not None
    assert search.auth.basic is not None
    by_id = request_named(plan, "by id")
    assert by_id.url == "{{host}}/users/:id"
    # A variable without a value leaves its name in the path; a header of null sends the word.
    assert [(pair.name, pair.disabled) for pair in by_id.path_variables] == [
        ("id", False),
        ("rest", True),
    ]
    assert [(pair.name, pair.value) for pair in by_id.headers[:1]] == [("X-Null", "null")]
    assert request_named(plan, "only a text").url == "{{host}}/plain"


TRIPLETS = [
    "apikeyAuthTest", "bearerAuthTest", "edgegridAuthTest", "github", "hackernews", "hawkAuthTest",
    "httpMethods", "jsonblob", "reqBodyGraphQL", "reqBodyNull", "req-body-file-src-null",
    "responseBodyNull", "syncapi", "collection",
]  # fmt: skip
"""The examples whose files say the same in all versions; the others differ in their data."""


@needs_shared
@pytest.mark.parametrize("name", TRIPLETS)
def test_three_versions_of_one_collection_give_one_plan(name: str) -> None:
    folder = SHARED / "real-inputs" / "postman" / "schemas"
    versions = ["v1.0.0", "v2.0.0"] + ([] if name == "apikeyAuthTest" else ["v2.1.0"])
    plans = [bare_plan(folder / version / f"{name}.json") for version in versions]
    assert plans[0]["tasks"]
    assert all(plan == plans[0] for plan in plans)


def bare_plan(path: Path) -> dict[str, Any]:
    """The plan without where it came from."""
    result = import_input(Source("c.json", path.read_bytes()), ImportOptions())
    value: dict[str, Any] = json.loads(result.plan.model_dump_json(exclude_defaults=True))
    without(value, "provenance")
    return value


def without(value: Any, key: str) -> None:
    if isinstance(value, dict):
        value.pop(key, None)
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, (dict, list)):
            without(inner, key)


@needs_shared
def test_the_conduit_collection_saves_what_later_requests_need() -> None:
    path = SHARED / "real-inputs" / "postman" / "conduit.postman_collection.json"
    plan = import_input(Source(path.name, path.read_bytes()), ImportOptions()).plan
    requests = [step.request for step in steps_of(plan) if step.request]
    assert len(requests) == 32
    saved = [rule.variable for request in requests for rule in request.extractors]
    assert saved == ["token", "slug", "commentId"]
    kept = [request for request in requests if request.after]
    assert len(kept) == 11
    assert all(not request.assertions and not request.extractors for request in kept)


# URL


@pytest.mark.parametrize(
    ("url", "expected", "query"),
    [
        ("http://127.0.0.1/a?b=c#d", "http://127.0.0.1/a#d", [("b", "c", False)]),
        ("{{base}}?x", "{{base}}", [("x", "", True)]),
        (
            {"protocol": "https", "host": ["a", "b"], "port": "8", "path": ["c", {"value": "d"}]},
            "https://a.b:8/c/d",
            [],
        ),
        (
            {"auth": {"user": "u"}, "host": "h", "path": "/a/b/", "hash": "f"},
            "u@h/a/b/#f",
            [],
        ),
        (
            {"raw": "http://h/x?own=1", "host": ["h"], "query": [{"key": "a", "value": "b&c"}]},
            "h",
            [("a", "b&c", False)],
        ),
        ({"raw": "http://h/x?own=1"}, "http://h/x", [("own", "1", False)]),
        ({"host": ["h"], "query": [{"key": "n", "value": None}]}, "h", [("n", "", True)]),
        # Postman sends the name alone for a value that is no text.
        ({"host": ["h"], "query": [{"key": "n", "value": 5}]}, "h", [("n", "", True)]),
        ({"host": ["h"], "query": "a=1&b"}, "h", [("a", "1", False), ("b", "", True)]),
    ],
)
def test_an_address_is_read_by_its_parts(
    url: Any, expected: str, query: list[tuple[str, str, bool]]
) -> None:
    request = request_of(collection(item(url=url)))
    assert request.url == expected
    assert [(pair.name, pair.value, pair.no_equals) for pair in request.query] == query


def test_a_path_variable_ends_at_a_dot() -> None:
    url = {"host": ["h"], "path": [":id.json", ":name"], "variable": [
        {"key": "id", "value": "7"}, {"key": "name", "value": "x"}]}  # fmt: skip
    request = request_of(collection(item(url=url)))
    assert request.url == "h/7.json/:name"
    assert [pair.name for pair in request.path_variables] == ["name"]


def test_a_request_without_an_address_is_not_runnable() -> None:
    result = collection({"name": "r", "request": {"method": "GET"}})
    (step,) = steps_of(result.plan)
    assert step.not_runnable == "the request has no URL"
    assert result.total(Fate.CHANGED) == 1


# Bodies


def test_raw_bodies_have_the_type_of_their_language() -> None:
    plan = sample("bodies.postman_collection.json").plan
    plain = body_named(plan, "raw text")
    assert plain is not None
    assert plain.text is not None
    assert (plain.text.content, plain.content_type) == ("plain {{name}}", "text/plain")
    commented = body_named(plan, "raw JSON with comments")
    assert commented is not None
    assert commented.text is not None
    assert (commented.text.strip_json_comments, commented.content_type) == (
        True,
        "application/json",
    )
    assert body_named(plan, "DELETE without") is None


def test_form_fields_keep_values_and_stand_as_the_runtime_sends_them() -> None:
    body = body_named(sample("bodies.postman_collection.json").plan, "urlencoded")
    assert body is not None
    assert body.urlencoded is not None
    assert [(pair.name, pair.value, pair.disabled) for pair in body.urlencoded.fields] == [
        ("2", "first", False),
        ("a", "1 2", False),
        ("a", "again", False),
        ("b", "é", False),
        ("nothing", "", False),
        ("off", "x", True),
    ]


def test_parts_keep_their_order_types_and_files() -> None:
    body = body_named(sample("bodies.postman_collection.json").plan, "form data")
    assert body is not None
    assert body.multipart is not None
    parts = body.multipart.parts
    assert [part.name for part in parts] == [
        "text", "json", "text", "file", "several", "several", "unchosen", "off",
    ]  # fmt: skip
    assert parts[1].content_type == "application/json"
    assert [part.file.path for part in parts if part.file and part.file.path] == [
        "files/report.pdf", "files/a.txt", "files/b.txt",
    ]  # fmt: skip
    assert parts[6].file is not None
    assert (parts[6].file.path, parts[6].file.missing) == ("", FileMissing.GENERATE)
    assert parts[7].disabled


def test_file_and_graphql_bodies() -> None:
    plan = sample("bodies.postman_collection.json").plan
    file = body_named(plan, "file")
    assert file is not None
    assert file.file is not None
    assert file.file.file is not None
    assert (file.file.file.path, file.content_type) == ("files/photo.png", "image/png")
    graphql = body_named(plan, "GraphQL")
    assert graphql is not None
    assert graphql.graphql is not None
    assert graphql.graphql.variables == '{"id": "{{id}}"}'
    assert graphql.graphql.operation_name == "User"


def test_bodies_that_are_off_or_stale_are_not_sent() -> None:
    result = sample("bodies.postman_collection.json")
    assert body_named(result.plan, "switched off") is None
    kept = body_named(result.plan, "left from another mode")
    assert kept is not None
    assert kept.choice == "text"
    keeps = request_named(result.plan, "GET that keeps its body").policies
    assert keeps is not None
    assert keeps.send_body_with_get is True
    assert request_named(result.plan, "GET with a body").policies is None


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
    assert (own.http_version, own.url_encoding) == ("2", UrlEncoding.NONE)
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
    assert "moment" in record.reason


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
        for finding in sample(path.name).findings:
            assert finding.where.startswith(f"{path.name}#")
            assert finding.what
            if finding.severity is FindingSeverity.ERROR:
                assert finding.fix
    assert postman.is_collection({"info": {}, "item": []})
