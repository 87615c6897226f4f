"""A plan that jumps in every way that a collection can say, and its export."""

from __future__ import annotations

import json
import re
from typing import Any

from hazard_tui.export import export_plan
from hazard_tui.plan.base import Operator, Pair, Scope
from hazard_tui.plan.model import Group, Jump, Pause, Plan, Step, Task, Test
from hazard_tui.plan.request import Request
from hazard_tui.plan.rules import Extractor, OnMiss, Source
from tests.importers.wire.chained import Chained

_STATUS = Extractor(
    variable="_jump_status", source=Source.STATUS, scope=Scope.ITERATION, on_miss=OnMiss.EMPTY
)
_ROUND = Extractor(variable="round", jsonpath="args.round", typed=True, default="null")


def _step(name: str, path: str, *saves: Extractor, **more: Any) -> Step:
    headers = (Pair(name="Accept-Encoding", value="gzip, deflate, br"),)
    url, _, query = path.partition("?")
    pairs = tuple(Pair(name=name, value=value) for name, value in re.findall("([^=]+)=(.*)", query))
    request = Request(
        method="GET", url="{{base}}" + url, query=pairs, headers=headers, extractors=saves
    )
    return Step(name=name, request=request, **more)


def _jump(
    to: str, left: str = "", operator: Operator = Operator.EQUALS, right: str = "", **more: Any
) -> Step:
    when = Test(left=left, operator=operator, right=right) if left else None
    return Step(name="jump", jump=Jump(to=to, when=when, **more))


STEPS = (
    _step("start", "/echo/start", _STATUS),
    _jump("never", "{{_jump_status}}", Operator.GREATER_OR_EQUAL, "400"),
    _jump("chosen", "{{_jump_status}}", right="200"),
    _jump("never"),
    _step("never", "/echo/never"),
    _step("chosen", "/echo/chosen?round=3", _ROUND),
    _jump("chosen", "{{round}}", Operator.LESS, "5", max=2),
    _jump("a-way-out", "{{round}}", right="3"),
    Step(
        name="folder",
        group=Group(
            timed=True,
            steps=(
                _step("same", "/echo/passed-by"),
                _step("same", "/echo/{{round}}", _STATUS, id="a-way-out"),
                Step(name="rest", pause=Pause(min_ms=30)),
                _jump("same", "{{_jump_status}}", Operator.NOT_EQUALS, "200", max=4),
                _step("last", "/echo/last", id="the-last"),
            ),
        ),
    ),
    _jump("last", max=1),
    _jump(""),
    _step("unreached", "/echo/unreached"),
)
PLAN = Plan(name="jumps", tasks=(Task(name="jumps", steps=STEPS),))
_ITEMS = tuple(json.loads(export_plan(PLAN, "postman")[0])["item"])
EXPORTED = Chained("exported-jumps", _ITEMS)
