"""What of a Postman script becomes assertions, saves and steps, and what stays JavaScript."""

from __future__ import annotations

import re
import time

import pytest

from hazard_tui.plan.base import Operator, Scope
from hazard_tui.plan.rules import Assertion, OnMiss, Source, Target
from importers.scripts import Translation, missing_libraries, translate_script
from importers.scripts.libraries import LODASH_MISSING, PROVIDED
from tests.importers.builders import ROOT


def translated(source: str, undefined: tuple[str, ...] = ()) -> Translation:
    """The translation of a script that a plan can say."""
    found = translate_script(source, lambda name: name in undefined)
    assert found.complete, found.obstacle
    return found


def said(assertion: Assertion) -> tuple[str, ...]:
    """An assertion as short text: what, how, against what."""
    what = assertion.header or assertion.jsonpath or assertion.jmespath or assertion.variable
    place = assertion.target.value if what is None or what == "" else f"{assertion.target}:{what}"
    return place, assertion.operator.value, assertion.expected


def claims(source: str) -> list[tuple[str, ...]]:
    return [said(assertion) for assertion in translated(source).assertions]


JSON = "const json = pm.response.json();\n"

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
    ("pm.expect(json.n).to.be.above(0)", [("value:n", "greater", "0")]),
    ("pm.expect(json.n).to.be.at.least(1)", [("value:n", "greater_or_equal", "1")]),
    (
        "pm.expect(json.n).to.be.within(1, 2)",
        [("value:n", "greater_or_equal", "1"), ("value:n", "less_or_equal", "2")],
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


def test_a_request_of_a_script_is_read_with_its_answer() -> None:
    found = translated(
        "const body = { user: 'ann', pin: pm.environment.get('pin') };\n"
        "pm.sendRequest({\n"
        "    url: pm.variables.get('base') + '/login', method: 'post',\n"
        "    header: [{ key: 'A', value: 'b' }, 'C: d'],\n"
        "    body: { mode: 'raw', raw: JSON.stringify(body),\n"
        "            options: { raw: { language: 'json' } } },\n"
        "}, (err, res) => { pm.environment.set('token', res.json().token); });\n"
        "pm.sendRequest('http://127.0.0.1/plain');"
    )
    (request, saves, _), (plain, _, _) = found.requests
    assert (request.method, request.url) == ("POST", "{{base}}/login")
    assert [(pair.name, pair.value) for pair in request.headers] == [("A", "b"), ("C", "d")]
    assert request.body is not None
    assert request.body.text is not None
    assert request.body.text.content == '{"user":"ann","pin":"{{pin}}"}'
    assert request.body.content_type == "application/json"
    assert saves[0].jsonpath == "token"
    assert (plain.method, plain.url) == ("GET", "http://127.0.0.1/plain")


@pytest.mark.parametrize(
    "source",
    [
        "pm.sendRequest({ url: f() })",
        "pm.sendRequest({ url: 'x', body: { mode: 'formdata', formdata: [] } })",
        "pm.sendRequest('x', (e, r) => { pm.expect(pm.response.code).to.eql(1); })",
        "pm.sendRequest('x', (e, r) => { if (e) { console.log(e); } })",
        "pm.sendRequest('x', (e, r) => { pm.sendRequest('y'); })",
    ],
)
def test_a_request_that_only_the_running_script_knows_keeps_it(source: str) -> None:
    assert not translate_script(source).complete


def test_the_next_request_becomes_a_jump() -> None:
    (always,) = translated("postman.setNextRequest('Poll');").jumps
    assert (always.to, always.when) == ("Poll", None)
    (end,) = translated("pm.execution.setNextRequest(null);").jumps
    assert end.to == ""
    found = translated(
        "if (pm.response.json().state !== 'done') { postman.setNextRequest('Poll'); }"
    )
    (jump,) = found.jumps
    assert jump.when is not None
    assert jump.when.operator is Operator.NOT_EQUALS
    assert jump.when.right == "done"
    save = found.extractors[0]
    assert jump.when.left == "{{" + save.variable + "}}"
    assert (save.jsonpath, save.on_miss) == ("state", OnMiss.EMPTY)
    by_status = translated("if (responseCode.code == 202) postman.setNextRequest('Poll');")
    assert by_status.extractors[0].source is Source.STATUS


def test_the_last_call_of_set_next_request_counts() -> None:
    found = translated(
        "postman.setNextRequest('a'); if (pm.response.code == 404) postman.setNextRequest('b');"
        "if (responseCode.code === 500) { postman.setNextRequest('c'); }"
        "else if (pm.environment.get('x') == 'y') { console.log(1); postman.setNextRequest('d'); }"
    )
    told = [(one.to, one.when.left if one.when else "") for one in found.jumps]
    assert told == [
        ("c", "{{_jump_status}}"), ("d", "{{x}}"), ("b", "{{_jump_status}}"), ("a", ""),
    ]  # fmt: skip
    assert len(found.extractors) == 1
    assert found.console == 1


@pytest.mark.parametrize(
    "source",
    [
        "pm.test('t', () => { pm.response.to.be.ok; postman.setNextRequest('a'); });",
        "if (pm.response.json().a == 1) { postman.setNextRequest('a'); }"
        "else { postman.setNextRequest('b'); }",
        "if (x) { f(); postman.setNextRequest('a'); }",
        "if (Number(pm.variables.get('n') || 0) < 3) { postman.setNextRequest('a'); }",
    ],
)
def test_a_jump_that_depends_on_the_running_script_keeps_it(source: str) -> None:
    assert not translate_script(source).complete


def test_a_timer_that_does_nothing_is_a_pause() -> None:
    assert translated("setTimeout(function () {}, 5000)").pauses[0].min_ms == 5000
    assert not translate_script("setTimeout(() => { f(); }, 10)").complete


@pytest.mark.parametrize(
    ("source", "missing"),
    [
        ("const _ = require('lodash'); _.map(a, b);", ()),
        ("_.debounce(x, f); moment().format();", ("lodash's debounce",)),
        ("var moment = require('moment'); moment().add(1, 'day').format()", ()),
        ("moment.updateLocale('en', {}); moment.tz('UTC')", ("moment.updateLocale", "moment.tz")),
        ("let d = moment(x).parsingFlags()", ("moment.parsingFlags",)),
        ("moment(x).weekYear(); moment(x).isoWeekYear(2020)", ("moment.isoWeekYear",)),
        ("const $ = require('cheerio').load(t); $('a').first().attr('href')", ()),
        ("const $ = cheerio.load(t); $('a').append('x')", ("cheerio's append",)),
        ("$('a').append('x')", ()),
        ("require('util').format('a'); util.inspect(x)", ("util.inspect",)),
        ("require('postman-collection')", ("postman-collection",)),
        ("CryptoJS.Rabbit.encrypt('a', 'b'); CryptoJS.RC4.encrypt('a', 'b')", ("CryptoJS.Rabbit",)),
        ("CryptoJS.SHA256('a'); atob('b'); xml2Json(responseBody);", ()),
        ("const ajv = new (require('ajv'))(); tv4.validate(a, b)", ()),
        ("pm.require('npm:left-pad@1')", ("left-pad",)),
        ("// require('backbone')\nvar a_ = 1; b._.c;", ()),
        ("pm.vault.get('a')", ("the vault of Postman",)),
    ],
)
def test_libraries_that_the_engine_lacks_are_named(source: str, missing: tuple[str, ...]) -> None:
    assert missing_libraries(source) == missing


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


def test_what_lodash_lacks_is_what_the_engine_refuses() -> None:
    modules = ROOT / "go_worker" / "internal" / "script" / "modules"
    source = (modules / "lodash-functions.js").read_text("utf-8")
    (refusing,) = [line for line in source.splitlines() if "is not provided" in line]
    assert set(re.findall(r"'(\w+)'", refusing.split("].")[0])) == LODASH_MISSING


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


def test_every_library_that_is_there_stands_in_the_documentation() -> None:
    text = (ROOT / "docs" / "engine.md").read_text("utf-8")
    assert [name for name in PROVIDED if f"`{name}`" not in text] == []


def test_the_engine_has_the_libraries_that_the_import_takes_for_granted() -> None:
    prelude = ROOT / "go_worker" / "internal" / "script" / "prelude"
    source = "".join(file.read_text("utf-8") for file in sorted(prelude.glob("*.js")))
    missing = [
        name
        for name in PROVIDED
        if not re.search(rf"""'{re.escape(name)}'|\b{re.escape(name)}(?:: \(\)| =)""", source)
    ]
    assert missing == []
