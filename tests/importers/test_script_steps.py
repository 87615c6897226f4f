"""What of a Postman script becomes steps: requests, jumps and pauses."""

from __future__ import annotations

import pytest

from hazard_tui.plan.base import Operator
from hazard_tui.plan.rules import OnMiss, Source
from importers.scripts import translate_script
from tests.importers.translations import translated


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
