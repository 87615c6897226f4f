"""Every construct of a plan is carried by an export or told: nothing is left out in silence.

Each field of each element is changed alone, in a plan that holds the element. The export has to
change with it, or to have a finding more.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any

import pytest

from hazard_tui.export import export_plan
from hazard_tui.plan import auth, base, model, request, rules
from hazard_tui.plan.base import Element, Pair
from hazard_tui.plan.model import (
    Condition,
    DataColumn,
    DataFeed,
    FeedRow,
    Group,
    HostMapping,
    Jump,
    Loop,
    Parallel,
    Pause,
    Plan,
    SecretRef,
    SetupStep,
    Stage,
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
    FormBody,
    GraphqlBody,
    MultipartBody,
    Part,
    Policies,
    Request,
    Script,
    TextBody,
    UrlEncoding,
)
from hazard_tui.plan.rules import (
    Assertion,
    Boundaries,
    Choices,
    Extractor,
    IntRange,
    Regex,
    Source,
    Target,
)
from hazard_tui.plan.store import path_text

URL = "http://h.test/a"
NOT_THE_PLAN = {"id", "description", "provenance", "tags", "not_runnable", "hazard", "origin"}
"""What a person or hazard itself notes; no part of what is sent."""
DEFAULTS: dict[str, object] = {
    "follow_redirects": False, "keep_method_on_redirect": False, "keep_auth_on_redirect": False,
    "cookies": True, "verify_tls": True, "keep_alive": True, "send_body_with_get": True,
    "decompress": True, "add_default_headers": True, "expect_continue": False,
    "url_encoding": UrlEncoding.WHATWG,
}  # fmt: skip
"""Policies that say what holds anyway."""


def sending(**fields: Any) -> Plan:
    """A plan of one request."""
    return plan_of(Step(name="s", request=Request(**{"method": "POST", "url": URL} | fields)))


def plan_of(*steps: Step, **fields: Any) -> Plan:
    """A plan of one task, whose request uses a variable and a file."""
    given: dict[str, Any] = {"variables": (Variable(name="v", value="1"),)}
    return Plan(name="p", tasks=(Task(name="t", steps=steps),), **(given | fields))


def call(name: str = "c") -> Step:
    """A request that uses the variable `v`."""
    return Step(name=name, request=Request(url=URL + "?v={{v}}"))


def with_body(**kind: Any) -> Plan:
    return sending(body=Body(**kind))


def in_part(part: Part) -> Plan:
    return with_body(multipart=MultipartBody(parts=(part,)))


def saving(rule: Extractor) -> Plan:
    return sending(extractors=(rule,))


def judging(rule: Assertion) -> Plan:
    return sending(assertions=(rule,))


def authorised(**kind: Any) -> Plan:
    return sending(auth=auth.Auth(**kind))


FILE = FileRef(path="f.bin")
COLUMN = Variable(name="v", column=DataColumn(feed="f", column="v"))
HOSTS: list[tuple[Element, Callable[[Any], Plan]]] = [
    (plan_of(call(), thresholds=()), lambda one: one),
    (Task(name="t", steps=(call(),)), lambda one: Plan(name="p", tasks=(one,))),
    (call(), plan_of),
    (SetupStep(step=call()), lambda one: plan_of(call(), setup=(one,))),
    (SetupStep(step=call()), lambda one: plan_of(call(), shared_teardown=(one,))),
    (Variable(name="v", value="1"), lambda one: plan_of(call(), variables=(one,))),
    (Variable(name="v", generator="$guid"), lambda one: plan_of(call(), variables=(one,))),
    (DataFeed(name="f", columns=("v",), rows=(FeedRow(values=("1",)),)), lambda one: plan_of(
        call(), feeds=(one,), variables=(COLUMN,)
    )),
    (HostMapping(recorded="h.test", test="t.test"), lambda one: plan_of(call(), host_map=(one,))),
    (Stage(to=5), lambda one: plan_of(call(), stages=(one,))),
    (Threshold(rule="p95<1s"), lambda one: plan_of(call(), thresholds=(one,))),
    (Pause(min_ms=100, max_ms=200), lambda one: plan_of(call(), Step(pause=one), call("d"))),
    (Pause(min_ms=100, max_ms=200), lambda one: Plan(
        tasks=(Task(steps=(call(),), think_time=one),)
    )),
    (Group(steps=(call(),)), lambda one: plan_of(Step(name="g", group=one))),
    (Loop(steps=(call(),), times=2), lambda one: plan_of(Step(name="l", loop=one))),
    (Condition(then=(call(),)), lambda one: plan_of(Step(name="i", condition=one))),
    (Parallel(steps=(call(),)), lambda one: plan_of(Step(name="m", parallel=one))),
    (Jump(to="d"), lambda one: plan_of(call(), Step(name="j", jump=one), call("x"), call("d"))),
    (Test(left="{{v}}", right="1"), lambda one: plan_of(
        call(), Step(name="j", jump=Jump(to="d", when=one)), call("x"), call("d")
    )),
    (Script(source="f();"), lambda one: plan_of(call(), Step(name="s", script=one))),
    (Script(source="f();"), lambda one: sending(before=one)),
    (Script(source="f();"), lambda one: sending(after=one)),
    (Request(method="POST", url=URL + "/:id"), lambda one: plan_of(Step(name="s", request=one))),
    (Pair(name="X-A", value="1"), lambda one: sending(headers=(one,))),
    (Pair(name="a", value="1"), lambda one: sending(query=(one,))),
    (Pair(name="id", value="1"), lambda one: sending(url=URL + "/:id", path_variables=(one,))),
    (Policies(follow_redirects=True, cert_file="c"), lambda one: sending(
        url=URL + "?a=é'", method="GET", policies=one, body=Body(text=TextBody(content="x"))
    )),
    (Body(text=TextBody(content="x")), lambda one: sending(body=one)),
    (TextBody(content="[1] // x"), lambda one: with_body(
        text=one, content_type="application/json"
    )),
    (BytesBody(content=b"\xff"), lambda one: with_body(bytes=one)),
    (FormBody(fields=(Pair(name="a", value="~ *"),)), lambda one: with_body(urlencoded=one)),
    (Pair(name="a", value="1"), lambda one: with_body(urlencoded=FormBody(fields=(one,)))),
    (GraphqlBody(query="{ a }"), lambda one: with_body(graphql=one)),
    (MultipartBody(parts=(Part(name='a"', text="1"),)), lambda one: with_body(multipart=one)),
    (Part(name="a", text="1"), in_part),
    (FILE, lambda one: with_body(file=FileBody(file=one))),
    (FILE, lambda one: in_part(Part(name="a", file=one))),
    (Extractor(variable="w", jsonpath="a"), saving),
    (Extractor(variable="w", source=Source.HEADER, header="X"), saving),
    (Regex(pattern="a(b)(c)(d)"), lambda one: saving(Extractor(variable="w", regex=one))),
    (Boundaries(left="a", right="b"), lambda one: saving(Extractor(variable="w", boundaries=one))),
    (IntRange(min=1, max=9), lambda one: saving(Extractor(variable="w", random_int=one))),
    (Choices(values=("a",)), lambda one: saving(Extractor(variable="w", random_choice=one))),
    (Assertion(name="n", target=Target.STATUS, expected="200"), judging),
    (Assertion(name="n", target=Target.VALUE, jsonpath="a", expected="b"), judging),
    (Assertion(name="n", target=Target.HEADER, header="X", expected="b"), judging),
    (auth.BasicAuth(username="u", password="p"), lambda one: authorised(basic=one)),
    (auth.BearerAuth(token="t"), lambda one: authorised(bearer=one)),
    (auth.ApiKeyAuth(key="k", value="v"), lambda one: authorised(api_key=one)),
    (auth.DigestAuth(username="u"), lambda one: authorised(digest=one)),
    (auth.OAuth1Auth(consumer_key="k"), lambda one: authorised(oauth1=one)),
    (auth.OAuth2Auth(access_token="t"), lambda one: authorised(oauth2=one)),
    (auth.OAuth2Auth(grant_type="password", token_url=URL), lambda one: authorised(oauth2=one)),
    (auth.AwsAuth(access_key="k"), lambda one: authorised(aws=one)),
    (auth.JwtAuth(secret="s"), lambda one: authorised(jwt=one)),
    (auth.HawkAuth(id="i"), lambda one: authorised(hawk=one)),
    (auth.NtlmAuth(username="u"), lambda one: authorised(ntlm=one)),
    (auth.EdgeGridAuth(access_token="t"), lambda one: authorised(edgegrid=one)),
    (auth.AsapAuth(key_id="k"), lambda one: authorised(asap=one)),
]  # fmt: skip
SAMPLES: dict[type, Any] = {
    str: "zz", int: 7, float: 7.5, bool: True, bytes: b"zz",
    Pair: Pair(name="n", value="v"), Step: call("more"), SecretRef: SecretRef(key="k"),
    DataColumn: DataColumn(feed="f", column="v"), FileRef: FileRef(path="other.bin"),
    TextBody: TextBody(content="other"), BytesBody: BytesBody(content=b"other"),
    FormBody: FormBody(fields=(Pair(name="a", value="b"),)),
    MultipartBody: MultipartBody(parts=(Part(name="a", text="b"),)),
    FileBody: FileBody(file=FILE), GraphqlBody: GraphqlBody(query="{ b }"),
    Body: Body(text=TextBody(content="other")), Policies: Policies(timeout_ms=7),
    auth.Auth: auth.Auth(bearer=auth.BearerAuth(token="other")), Script: Script(source="g();"),
    Regex: Regex(pattern="b"), Boundaries: Boundaries(left="c", right="d"),
    IntRange: IntRange(min=1, max=2), Choices: Choices(values=("c",)),
    Test: Test(left="{{v}}", right="2"), Pause: Pause(min_ms=7), Group: Group(steps=(call(),)),
    Loop: Loop(steps=(call(),), times=3), Condition: Condition(then=(call(),)),
    Jump: Jump(to="d"), Parallel: Parallel(steps=(call(),)),
    Variable: Variable(name="o", value="2"),
    Request: Request(url=URL + "/other"), SetupStep: SetupStep(step=call("more")),
    Task: Task(name="o", steps=(call("more"),)), Stage: Stage(to=7), DataFeed: DataFeed(name="o"),
    Threshold: Threshold(rule="p95<2s"), HostMapping: HostMapping(recorded="h.test", test="o.test"),
    FeedRow: FeedRow(values=("2",)), Part: Part(name="b", text="2"),
    Extractor: Extractor(variable="x", jsonpath="b"), Assertion: Assertion(expected="201"),
}  # fmt: skip


def changes(element: Element) -> Iterator[tuple[str, Element]]:
    """The element with one field changed, for every field and every value of an enumeration."""
    for name, field in type(element).model_fields.items():
        if name in NOT_THE_PLAN:
            continue
        now = getattr(element, name)
        for value in others(field.annotation, now):
            if isinstance(element, Policies) and DEFAULTS.get(name) == value:
                continue
            if isinstance(element, auth.OAuth2Auth) and _is_idle(element, name):
                continue
            update = {name: value}
            if name in element.one_of:
                update = dict.fromkeys(element.one_of) | update
            yield f"{name}={str(value)[:12]}", element.model_copy(update=update)


def _is_idle(oauth2: auth.OAuth2Auth, name: str) -> bool:
    """True for what belongs to fetching a token, where the token is given."""
    given = ("access_token", "place", "header_prefix", "grant_type")
    return not oauth2.grant_type and name not in given


def others(annotation: Any, now: Any) -> list[Any]:
    """Values of a type that differ from the present one."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return others(arguments[0], now)
    if origin in (typing.Union, types.UnionType):
        (inner,) = [one for one in arguments if one is not type(None)]
        return [one for one in others(inner, now) if one != now]
    if origin is tuple:
        return [(*now, *others(arguments[0], None)[:1])]
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return [one for one in annotation if one != now]
    if annotation is bool:
        return [not now] if now is not None else [True, False]
    if annotation in SAMPLES:
        return [SAMPLES[annotation]]
    return []


def said(plan: Plan, form: str) -> tuple[str, list[str], set[str]]:
    """Text of an export, the places of its findings, and the findings."""
    text, findings = export_plan(plan, form)
    told = {f"{one.code} {one.where} {one.what}" for one in findings}
    return text, [one.where for one in findings], told


def place_of(before: Any, after: Any, path: tuple[str | int, ...] = ()) -> str:
    """Where two values differ first."""
    if isinstance(before, dict) and isinstance(after, dict):
        names = [*before, *(name for name in after if name not in before)]
        for name in names:
            if before.get(name) != after.get(name):
                return place_of(before.get(name), after.get(name), (*path, name))
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            if one != other:
                return place_of(one, other, (*path, index))
    return path_text(path)


def silent(form: str) -> set[str]:
    """Fields of elements that an export leaves out without a word."""
    found = set()
    for element, host in HOSTS:
        plan = host(element)
        before, _, told = said(plan, form)
        for label, changed in changes(element):
            after, places, now_told = said(host(changed), form)
            place = place_of(plan.model_dump(mode="json"), host(changed).model_dump(mode="json"))
            covered = any(place.startswith(one) for one in places)
            if after == before and not covered and now_told == told:
                found.add(f"{type(element).__name__}.{label} at {place}")
    return found


MEANINGLESS = (
    r"Pair\.no_equals=.*\.(headers|path_variables)\[",  # only a query and a form have a sign
    r"(ApiKey|Aws|OAuth2)Auth\.place=body",  # these have no place in a body
    r"Request\.path_variables=",  # the URL does not name it
    r"Plan\.variables=",  # nothing uses it
    r"Variable\.scope=.* at variables\[0\]\.scope",  # a constant is the same in every scope
    r"Task\.weight=",  # of the only task
    r"Task\.name=",  # of the only task: the collection has a name
    r"Policies\.keep_method_on_redirect=True",  # of a GET
    r"FileRef\.generate_bytes=",  # of a file that has to be there
    r"Assertion\.\w+=zz at",  # what another kind of assertion reads
    r"Assertion\.joined=",  # to the assertion before it, and it is the first
    r"Extractor\.(header|whole|typed)=",  # what another kind of save reads; texts have no types
)
"""Changes without a meaning in the plan that holds the element."""
NOT_ON_THE_WIRE = (
    r"Group\.timed=",  # an entry of the numbers
    r"MultipartBody\.boundary=",  # any boundary says the same
    r"Policies\.decompress=",  # what the engine does with an answer
    r"Policies\.(send_body_with_get|url_encoding)=postman",
)
"""Nothing of it is sent."""
CARRIED_ELSEWHERE = {
    "har": (r"Variable\.",),  # told at the request that uses it: it stands as it is
}


@pytest.mark.parametrize("form", ["curl", "har", "postman"])
def test_every_construct_is_carried_or_told(form: str) -> None:
    known = [*MEANINGLESS, *NOT_ON_THE_WIRE, *CARRIED_ELSEWHERE.get(form, ())]
    lost = {one for one in silent(form) if not any(re.match(sign, one) for sign in known)}
    assert lost == set()


def test_every_element_of_a_plan_is_tried() -> None:
    tried = {type(element) for element, _ in HOSTS} | set(SAMPLES)
    known = {
        one
        for module in (base, model, request, rules, auth)
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Element) and one.model_fields
    }
    assert known - tried - {base.Provenance} == set()
