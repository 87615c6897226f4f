"""What of a Postman script becomes assertions, saves and steps, and what stays JavaScript."""

from __future__ import annotations

import time

import pytest

from hazard_tui.plan.base import Scope
from hazard_tui.plan.rules import OnMiss, Source, Target
from importers.scripts import translate_script
from tests.importers.translations import claims, said, translated

JSON = "const json = pm.response.json();\n"

NUMBER = ("value:n", "type_is", "number")

EXPECTATIONS = [
    ("pm.response.to.have.status(200)", [("status", "equals", "200")]),
    ("pm.response.to.not.have.status(500)", [("status", "not_equals", "500")]),
    ("pm.response.to.be.ok", [("status", "equals", "200")]),
    ("pm.response.to.be.success", [("status", "matches", r"^2\d\d$")]),
    ("pm.response.to.be.json", [("value:@", "exists", "")]),
    ("pm.response.to.have.header('X-Id')", [("header:X-Id", "exists", "")]),
    ("pm.response.to.have.header('X-Id', 'a')", [("header:X-Id", "equals", "a")]),
    (
        "pm.response.to.have.jsonBody('a.b[0]', 1)",
        [("value:a.b[0]", "equals", "1"), ("value:a.b[0]", "type_is", "number")],
    ),
    ("pm.expect(pm.response.code).to.be.oneOf([200, 201])", [("status", "in", "[200, 201]")]),
    ("pm.expect(pm.response.responseTime).to.be.below(200)", [("latency", "less", "200")]),
    ("pm.expect(pm.response.text()).to.include('ok')", [("body", "contains", "ok")]),
    ("pm.expect(pm.response.headers.get('A')).to.eql('b')", [("header:A", "equals", "b")]),
    ("pm.expect(json.a.b).to.eql('x')", [("value:a.b", "equals", "x")]),
    ("pm.expect(json.a['c d'][0]).to.equal('x')", [('value:a["c d"][0]', "equals", "x")]),
    (
        "pm.expect(json?.a).to.be.a('string').and.to.match(/^x/i)",
        [("value:a", "type_is", "string"), ("value:a", "matches", "(?i)^x")],
    ),
    ("pm.expect(json.n).to.be.above(0)", [NUMBER, ("value:n", "greater", "0")]),
    ("pm.expect(json.n).to.be.at.least(1)", [NUMBER, ("value:n", "greater_or_equal", "1")]),
    (
        "pm.expect(json.n).to.be.within(1, 2)",
        [NUMBER, ("value:n", "greater_or_equal", "1"), ("value:n", "less_or_equal", "2")],
    ),
    ("pm.expect(json).to.have.property('a')", [("value:a", "exists", "")]),
    ("pm.expect(json).to.not.have.property('a')", [("value:a", "not_exists", "")]),
    ("pm.expect(json).to.not.have.property('a', 1)", None),
    (
        "pm.expect(json.list).to.be.an('array').that.has.lengthOf(2)",
        [("value:list", "type_is", "array"), ("value:list", "length_equals", "2")],
    ),
    ("pm.expect(json.list.length).to.be.above(2)", [("value:length(list)", "greater", "2")]),
    ("pm.expect(json.list).to.be.empty", [("value:list", "length_equals", "0")]),
    (
        "pm.expect(json.a).to.be.true",
        [("value:a", "equals", "true"), ("value:a", "type_is", "boolean")],
    ),
    ("pm.expect(json.a).to.be.null", [("value:a", "type_is", "null")]),
    ("pm.expect(json.a).to.be.undefined", [("value:a", "not_exists", "")]),
    ("pm.expect(json.id).to.eql(pm.environment.get('id'))", [("value:id", "equals", "{{id}}")]),
    ("pm.expect(`${pm.globals.get('a')}-x`).to.eql(json.id)", None),
    # On a JSON value this may look into a list or into a text, and assertions do not know which.
    ("pm.expect(json.a).to.include('x')", None),
    ("pm.expect(json.a).to.be.ok", None),
    ("pm.expect(json.a).to.match(/(?=x)/)", None),
]


@pytest.mark.parametrize(("source", "expected"), EXPECTATIONS, ids=[e[0] for e in EXPECTATIONS])
def test_an_expectation_becomes_assertions(
    source: str, expected: list[tuple[str, ...]] | None
) -> None:
    script = JSON + f"pm.test('t', function () {{ {source}; }});"
    if expected is None:
        assert not translate_script(script).complete
        return
    assert claims(script) == expected
    assert {assertion.name for assertion in translated(script).assertions} == {"t"}


LEGACY = [
    ("responseCode.code === 200", [("status", "equals", "200")]),
    ("200 === responseCode.code", [("status", "equals", "200")]),
    ("responseTime < 500", [("latency", "less", "500")]),
    ("responseBody.has('ok')", [("body", "contains", "ok")]),
    ("json.hasOwnProperty('user')", [("value:user", "exists", "")]),
    ("'user' in json", [("value:user", "exists", "")]),
    ("Array.isArray(json.tags)", [("value:tags", "type_is", "array")]),
    ("Number.isInteger(json.n)", [("value:n", "type_is", "integer")]),
    ("/^[01]\\d/.test(json.at)", [("value:at", "matches", "^[01]\\d")]),
    (
        "json.liked === true",
        [("value:liked", "equals", "true"), ("value:liked", "type_is", "boolean")],
    ),
    ("json.n == 1", [("value:n", "equals", "1")]),
    ("json.n > 0 && json.m !== 'x'", [("value:n", "greater", "0"), ("value:m", "not_equals", "x")]),
    ("typeof json.a === 'string'", [("value:a", "type_is", "string")]),
    ("json.id === undefined", [("value:id", "not_exists", "")]),
    ("postman.getResponseHeader('A') === 'b'", [("header:A", "equals", "b")]),
    ("environment.user === json.name", [("value:name", "equals", "{{user}}")]),
    ("!(json.n > 0)", None),
    ("json.a", None),
    ("json.a || json.b", None),
    ("Date.now() > 1", None),
]


@pytest.mark.parametrize(("source", "expected"), LEGACY, ids=[e[0] for e in LEGACY])
def test_a_legacy_test_becomes_assertions(
    source: str, expected: list[tuple[str, ...]] | None
) -> None:
    script = f"var json = JSON.parse(responseBody);\ntests['t'] = {source};"
    if expected is None:
        assert not translate_script(script).complete
    else:
        assert claims(script) == expected


def test_saves_become_extractors_with_the_life_of_their_scope() -> None:
    found = translated(
        JSON + "pm.environment.set('token', json.token);\n"
        "pm.collectionVariables.set('id', json['id']);\n"
        "pm.globals.set('where', pm.response.headers.get('Location'));\n"
        "pm.variables.set('code', pm.response.code);\n"
        "postman.setGlobalVariable('fixed', 'a' + 1);\n"
        "pm.environment.set('body', responseBody);\n"
        "pm.environment.set('copy', `v${pm.variables.get('base')}`);"
    ).extractors
    assert [one.variable for one in found] == [
        "token",
        "id",
        "where",
        "code",
        "fixed",
        "body",
        "copy",
    ]
    token, number, where, code, fixed, body, copy = found
    assert token.jsonpath == "token"
    # What is not there is saved as Postman does it.
    assert (token.default, token.on_miss) == ("null", OnMiss.FAIL)
    assert number.jsonpath == "id"
    assert (where.source, where.header) == (Source.HEADER, "Location")
    assert (code.source, code.scope) == (Source.STATUS, Scope.ITERATION)
    assert token.scope is Scope.USER
    assert fixed.constant == "a1"
    assert body.whole is True
    assert copy.constant == "v{{base}}"


def test_names_are_followed_through_declarations() -> None:
    found = translated(
        "const { article, count: n } = pm.response.json();\n"
        "let first;\n"
        "first = article.tags[0];\n"
        "var user = article.author || {};\n"
        "pm.test('t', () => {\n"
        "    const name = user.name;\n"
        "    pm.expect(name).to.eql('ann');\n"
        "    pm.expect(n).to.eql(2);\n"
        "});\n"
        "pm.environment.set('tag', first);"
    )
    assert said(found.assertions[0]) == ("value:article.author.name", "equals", "ann")
    assert said(found.assertions[1]) == ("value:count", "equals", "2")
    assert found.extractors[0].jsonpath == "article.tags[0]"


def test_a_condition_that_is_asserted_itself_guards_nothing_more() -> None:
    found = translated(
        "var ok = responseCode.code === 200;\n"
        "tests['ok'] = ok;\n"
        "if (ok) {\n"
        "    var json = JSON.parse(responseBody);\n"
        "    tests['has id'] = json.hasOwnProperty('id');\n"
        "    if (tests['has id']) { pm.globals.set('id', json.id); }\n"
        "}"
    )
    assert [assertion.name for assertion in found.assertions] == ["ok", "has id"]
    assert found.extractors[0].on_miss is OnMiss.KEEP


@pytest.mark.parametrize(
    "source",
    [
        "if (responseCode.code === 200) { tests['a'] = responseTime < 1; }",
        "var j = JSON.parse(responseBody); if (j.list.length) { tests['a'] = j.n === 1; }",
        "tests['x'] = responseCode.code === 200;"
        "if (responseCode.code === 200) { tests['a'] = responseTime < 1; }"
        "else { tests['b'] = responseTime < 2; }",
    ],
)
def test_a_condition_that_decides_something_keeps_the_script(source: str) -> None:
    found = translate_script(source)
    assert not found.complete
    assert "line 1" in found.obstacle
    assert not found.assertions


def test_a_condition_on_a_variable_that_nothing_defines_is_decided() -> None:
    source = "if (!(environment.isIntegrationTest)) { tests['a'] = responseCode.code === 200; }"
    found = translated(source, undefined=("isIntegrationTest",))
    assert len(found.assertions) == 1
    assert found.decided == ["isIntegrationTest"]
    assert not translate_script(source).complete


def test_nothing_is_half_translated() -> None:
    found = translate_script(
        "pm.test('a', () => pm.response.to.have.status(200));\nfor (const a of []) { }"
    )
    assert found.obstacle.startswith("line 2: for (const a of [])")
    assert (found.assertions, found.extractors) == ([], [])
    assert found.statements == 2


@pytest.mark.parametrize(
    "source",
    [
        "eval(pm.environment.get('lib'))",
        "function f() {}",
        "try { JSON.parse(responseBody) } catch (e) {}",
        "pm.environment.unset('a')",
        "pm.environment.set('a', Math.random())",
        "pm.test('t', function (done) { done(); })",
        "pm.test('t', () => {})",
        "pm.environment.set(pm.environment.get('a'), 1)",
        "const a = pm.environment.get('a'); pm.environment.set('a', 'b')",
        "tests['t'] = true",
        "this is no JavaScript",
        "let x = ",
        "return;",
        "await pm.sendRequest('http://127.0.0.1')",
    ],
)
def test_what_a_plan_cannot_say_keeps_the_script(source: str) -> None:
    assert not translate_script(source).complete


def test_comments_and_prints_are_nothing_to_translate() -> None:
    found = translated("'use strict';\n// a\nconsole.log('x', pm.response.json()); /* b */;")
    assert (found.console, found.assertions) == (1, [])


def test_a_monstrous_script_is_kept_and_read_in_no_time() -> None:
    assert not translate_script("a" * 2_000_000).complete
    assert not translate_script("(" * 20_000).complete
    nested = "if (x) {" * 3000 + "}" * 3000
    assert not translate_script(nested).complete


@pytest.mark.parametrize(
    "source",
    [
        'pm.test("' + '{"a":' * 50_000 + "1" + "}" * 50_000,
        "'a" * 100_000,
        "()" * 100_000,
        "switch(a){case " * 13_000,
    ],
    ids=["braces", "quotes", "brackets", "cases"],
)
def test_a_script_that_is_none_is_kept_and_given_up_soon(source: str) -> None:
    """Reading these takes the square of their length: minutes."""
    started = time.process_time()
    assert translate_script(source).obstacle == "it takes too long to read"
    took = time.process_time() - started
    started = time.process_time()
    translated("let a = 1;" * (len(source) // 10))
    assert took < 10 * max(time.process_time() - started, 0.3)


def test_long_javascript_is_read_whole() -> None:
    source = "".join(f"pm.expect(pm.response.code).to.equal({code});" for code in range(5000))
    assert len(translated(source).assertions) == 5000


def test_targets_have_the_words_of_the_plan() -> None:
    assert translated("tests['t'] = responseBody === 'x'").assertions[0].target is Target.BODY


def test_a_save_inside_a_missing_object_leaves_the_variable() -> None:
    source = "var u = pm.response.json().user; pm.globals.set('a', u.id);"
    (save,) = translated(source).extractors
    assert (save.default, save.on_miss) == (None, OnMiss.KEEP)
    (save,) = translated(source.replace(".user;", ".user || {};")).extractors
    assert save.default == "null"


def test_claims_of_one_test_are_one_verdict() -> None:
    found = translated(
        JSON
        + "pm.test('a', () => { pm.expect(json.x).to.be.true; pm.expect(json.y).to.eql('z') });"
        + "pm.test('a', () => pm.expect(json.y).to.eql('z'));"
        "tests['b'] = responseCode.code === 200; tests['c'] = json.x === 1;"
    )
    assert [(one.name, one.joined) for one in found.assertions] == [
        ("a", False),
        ("a", True),
        ("a", True),
        ("a", False),
        ("b", False),
        ("c", False),
        ("c", True),
    ]


def test_the_last_value_of_a_legacy_test_counts() -> None:
    source = "tests['a'] = responseCode.code === 200; tests['a'] = responseCode.code === 201;"
    assert translate_script(source).obstacle.startswith("line 1: tests['a'] = ")
