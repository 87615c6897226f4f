"""How the elements of a collection stand in the plan, file by file of the samples."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hazard_tui.plan.findings import has_errors
from hazard_tui.plan.request import FileMissing, UrlEncoding
from hazard_tui.plan.rules import Target
from hazard_tui.plan.store import parse_plan, plan_text
from hazard_tui.plan.validate import validate_plan
from importers.detect import import_input
from importers.findings import Fate, ImportOptions, Source
from tests.importers.builders import SHARED, needs_shared, steps_of
from tests.importers.postman_samples import (
    body_named,
    collection,
    item,
    named,
    request_named,
    request_of,
    sample,
    source,
)

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
