"""k6 scripts: readable, valid JavaScript, and honest about what is missing."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from hazard_tui.export import export_plan
from hazard_tui.export.javascript import json_access, regex
from hazard_tui.plan.auth import Auth, BasicAuth, DigestAuth
from hazard_tui.plan.base import Operator, Pair
from hazard_tui.plan.model import (
    Condition,
    DataColumn,
    Group,
    Jump,
    Loop,
    Pause,
    Plan,
    SecretRef,
    SetupStep,
    Stage,
    StageKind,
    StageShape,
    Step,
    Task,
    Test,
    Threshold,
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
    Script,
    TextBody,
)
from hazard_tui.plan.rules import Assertion, Extractor, OnMiss, Regex, Source, Target
from tests.unit.exported import plan_of


def script(plan: Plan) -> str:
    """The exported text."""
    return export_plan(plan, "k6")[0]


def sending(body: Body) -> Step:
    """A step that sends a body."""
    return Step(name="send", request=Request(method="POST", url="http://h/", body=body))


def rich_plan() -> Plan:
    """A plan with something of everything."""
    login = Request(
        method="POST",
        url="{{base}}/login?x={{the key}}",
        headers=(Pair(name="X-{{key}}", value="`${a}` \u2028"), Pair(name="A", value="b")),
        body=Body(text=TextBody(content='{"a": "{{key}}\n`"}'), content_type="application/json"),
        auth=Auth(basic=BasicAuth(username="u", password="{{secret}}")),
        extractors=(
            Extractor(variable="token", jsonpath='a.b[0]["c d"]', on_miss=OnMiss.KEEP),
            Extractor(variable="loc", source=Source.HEADER, header="x-request-id"),
            Extractor(variable="id", regex=Regex(pattern="(?i)id=(\\d+)/")),
            Extractor(variable="css", css="a.next@href", default="none"),
        ),
        assertions=(
            Assertion(name="created", target=Target.STATUS, expected="201"),
            Assertion(name="fast", target=Target.LATENCY, operator=Operator.LESS, expected="500"),
            Assertion(
                name="fast", target=Target.BODY, operator=Operator.CONTAINS, expected="{{key}}"
            ),
        ),
    )
    upload = Request(
        method="POST",
        url="http://h/",
        body=Body(
            multipart=MultipartBody(
                parts=(Part(name="f", file=FileRef(path="a.png"), content_type="image/png"),)
            )
        ),
    )
    once = Step(name="once", request=Request(url="http://h/once"))
    steps = (
        Step(name="login", request=login, tags=("kind=auth",)),
        Step(name="in a group", group=Group(steps=(once,), timed=True)),
        Step(name="p", pause=Pause(min_ms=500, max_ms=1500)),
        Step(name="l", loop=Loop(steps=(once,), until=Test(left="{{token}}", right="x"), max=9)),
        Step(
            name="c",
            condition=Condition(
                test=Test(left="{{token}}", operator=Operator.EXISTS),
                then=(once,),
                otherwise=(Step(name="up", request=upload),),
            ),
        ),
        Step(
            name="f",
            request=Request(url="http://h/", body=Body(file=FileBody(file=FileRef(path="b")))),
        ),
        Step(
            name="b",
            request=Request(url="http://h/", body=Body(bytes=BytesBody(content=b"\xff\0"))),
        ),
    )
    return Plan(
        name="rich\nplan",
        variables=(
            Variable(name="base", value="http://{{host}}"),
            Variable(name="host", value="127.0.0.1:8080"),
            Variable(name="the key", generator="$guid"),
            Variable(name="key", value="k"),
            Variable(name="secret", secret=SecretRef(key="SHOP_PASSWORD")),
            Variable(name="text", file=FileRef(path="t.txt")),
        ),
        setup=(SetupStep(step=once),),
        tasks=(
            Task(name="buy", weight=3, steps=steps, think_time=Pause(min_ms=1000)),
            Task(name="look", steps=(once,)),
        ),
        stages=(
            Stage(kind=StageKind.USERS, shape=StageShape.LINEAR, to=20, duration_ms=30_000),
            Stage(kind=StageKind.USERS, to=20, duration_ms=60_000),
            Stage(kind=StageKind.USERS, to=5, duration_ms=10_000),
            Stage(
                kind=StageKind.ARRIVALS,
                shape=StageShape.STEP,
                from_=0,
                to=100,
                steps=2,
                duration_ms=20_000,
            ),
            Stage(kind=StageKind.ITERATIONS, to=500, users=10, duration_ms=60_000),
        ),
        thresholds=(
            Threshold(rule="p99.9<1.5s", step="login", abort=True),
            Threshold(rule="errors<1%"),
            Threshold(rule="rps>100"),
            Threshold(rule="checks>=99.5%", tag="kind=auth"),
        ),
    )


@pytest.mark.skipif(not shutil.which("node"), reason="node is not installed, nothing reads scripts")
def test_scripts_are_javascript(tmp_path: Path) -> None:
    path = tmp_path / "plan.mjs"
    path.write_text(script(rich_plan()))
    done = subprocess.run(
        ["node", "--check", str(path)], capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


def test_everything_of_a_rich_plan_is_said() -> None:
    text, findings = export_plan(rich_plan(), "k6")
    assert [(one.code, one.where) for one in findings] == []
    for line in (
        "// Plan: rich plan",
        'import { check, group, sleep } from "k6";',
        'import encoding from "k6/encoding";',
        'const FILE_1 = open("a.png", "b");',
        "  v.base = `http://${v.host}`;",
        '  v["the key"] = `${crypto.randomUUID()}`;',
        "  v.secret = __ENV.SHOP_PASSWORD;  // secret: give it with -e",
        'tags: { "name": "login", "task": "buy", "kind": "auth" },',
        '"Authorization": `Basic ${encoding.b64encode(`u:${v.secret}`)}`,',
        '[`X-${v.key}`]: "`${a}` \\u2028",',
        'v.token = found(() => res.json().a.b[0]["c d"], v.token);',
        'v.loc = found(() => res.headers["X-Request-Id"], undefined);',
        "v.id = found(() => (res.body.match(/id=(\\d+)\\//i) || [])[1], undefined);",
        'v.css = found(() => res.html("a.next").first().attr("href"), "none");',
        '"created": (r) => found(() => r.status === 201, false),',
        '"fast": (r) => found(() => r.timings.duration < 500 && String(r.body).includes(',
        "sleep(0.5 + Math.random() * 1);",
        'if (String(`${v.token}`) === "x") break;',
        '{ "f": http.file(FILE_1, "a.png", "image/png") }',
        "pick([{ weight: 3, run: task1 }, { weight: 1, run: task2 }]).run();",
    ):
        assert line in text, line
    assert text.index("v.host =") < text.index("v.base =")


def test_stages_follow_each_other() -> None:
    text = script(rich_plan())
    for line in (
        'executor: "ramping-vus"',
        "startVUs: 0",
        'executor: "ramping-arrival-rate"',
        'startTime: "100s"',
        'executor: "shared-iterations"',
        'startTime: "120s"',
        'maxDuration: "60s"',
    ):
        assert line in text, line
    compact = "".join(text.split())
    assert (
        'stages:[{duration:"30s",target:20},{duration:"60s",target:20},'
        '{duration:"0s",target:5},{duration:"10s",target:5}]' in compact
    )
    assert (
        'stages:[{duration:"0s",target:50},{duration:"10s",target:50},'
        '{duration:"0s",target:100},{duration:"10s",target:100}]' in compact
    )


def test_thresholds_are_said_in_k6s_measures() -> None:
    compact = "".join(script(rich_plan()).split())
    assert (
        '"http_req_duration{name:login}":[{threshold:"p(99.9)<1500",abortOnFail:true,'
        'delayAbortEval:"10s"}]' in compact
    )
    assert 'http_req_failed:["rate<0.01"]' in compact
    assert 'http_reqs:["rate>100"]' in compact
    assert '"checks{kind:auth}":["rate>=0.995"]' in compact


def test_a_plan_without_stages_runs_every_task_once() -> None:
    call = Step(name="a", request=Request(url="http://h/"))
    tasks = (Task(name="one", weight=2, steps=(call,)), Task(name="two", steps=(call,)))
    text = script(Plan(name="p", tasks=tasks))
    assert 'executor: "per-vu-iterations"' in text
    assert "  task1();\n  task2();\n" in text


def test_redirects_and_time_are_those_of_the_plan() -> None:
    follow = Policies(follow_redirects=True, max_redirects=3, timeout_ms=500, cookies=False)
    text = script(plan_of(Request(url="http://h/"), Request(url="http://h/", policies=follow)))
    assert 'redirects: 0,\n      timeout: "30000ms"' in text
    assert 'redirects: 3,\n      timeout: "500ms"' in text
    assert "jar: new http.CookieJar()" in text


def test_what_k6_cannot_say_is_a_finding() -> None:
    request = Request(
        url="http://h/{{$randomBs}}",
        headers=(Pair(name="A", value="1"), Pair(name="a", value="2")),
        auth=Auth(digest=DigestAuth(username="u")),
        policies=Policies(proxy="http://127.0.0.1:1"),
        body=Body(multipart=MultipartBody(parts=(Part(name="a", text="1"),))),
        extractors=(Extractor(variable="v", jmespath="a[?b].c"),),
        assertions=(Assertion(name="x", target=Target.VALUE, xpath="//a"),),
        after=Script(source="x"),
    )
    call = Step(name="s", request=request)
    plan = Plan(
        name="p",
        variables=(Variable(name="c", column=DataColumn(feed="f", column="c")),),
        tasks=(Task(name="t", steps=(call, Step(name="j", jump=Jump())), pacing_ms=5),),
        teardown=(call,),
        shared_teardown=(SetupStep(step=call),),
        thresholds=(Threshold(rule="failed<10"),),
    )
    inside = "tasks[0].steps[0].request"
    found = {(one.code, one.where) for one in export_plan(plan, "k6")[1]}
    assert found == {
        ("function-not-expressed", f"{inside}.url"),
        ("header-once", f"{inside}.headers[1]"),
        ("auth-not-expressed", f"{inside}.auth.digest"),
        ("policies-left-out", f"{inside}.policies"),
        ("form-urlencoded", f"{inside}.body.multipart"),
        ("save-left-out", f"{inside}.extractors[0]"),
        ("assert-left-out", f"{inside}.assertions[0]"),
        ("script-left-out", f"{inside}.after"),
        ("flow-left-out", "tasks[0].steps[1].jump"),
        ("pacing-left-out", "tasks[0].pacing_ms"),
        ("data-left-out", "variables[0].column"),
        ("teardown-left-out", "teardown"),
        ("teardown-left-out", "shared_teardown"),
        ("threshold-left-out", "thresholds[0].rule"),
    }


@pytest.mark.parametrize(
    ("path", "expression"),
    [
        ("a.b[0]", "b.a.b[0]"),
        ('a["c d"].e', 'b.a["c d"].e'),
        ('a."c d"', 'b.a["c d"]'),
        ("length(a.b)", "b.a.b.length"),
        ("@", "b"),
        ("a[?x].b", None),
        ("a | b", None),
        ("a[*].b", None),
    ],
)
def test_places_in_json_are_members(path: str, expression: str | None) -> None:
    assert json_access("b", path) == expression


@pytest.mark.parametrize(
    ("pattern", "expression"),
    [
        ("a/b", "/a\\/b/"),
        ("a\\/b", "/a\\/b/"),
        ("(?is)a.(?P<n>x)", "/a.(?<n>x)/is"),
        ("line\nend", "/line\\nend/"),
        ("", "/(?:)/"),
        ("\\Aa\\z", None),
        ("[[:alpha:]]", None),
        ("a(?i)b", None),
    ],
)
def test_patterns_are_javascripts_where_they_mean_the_same(
    pattern: str, expression: str | None
) -> None:
    assert regex(pattern) == expression
