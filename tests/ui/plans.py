"""Plans and random edits for tests of the console."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from hazard_tui.plan import edit
from hazard_tui.plan.base import Pair
from hazard_tui.plan.edit import ensure_ids
from hazard_tui.plan.model import Group, Pause, Plan, Stage, Step, Task, Variable
from hazard_tui.plan.request import Body, FormBody, Request, TextBody
from hazard_tui.plan.rules import Extractor
from hazard_tui.plan.store import save_plan
from hazard_tui.ui.flows.importing import joined, with_command
from hazard_tui.ui.flows.planning import bulk, replaced
from hazard_tui.ui.plan_places import with_shares
from importers.detect import import_input
from importers.findings import ImportOptions, Source

TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)


def request_step(name: str, url: str = "http://127.0.0.1:9/", **fields: object) -> Step:
    """A step with a GET request."""
    request = Request.model_validate({"method": "GET", "url": url, **fields})
    return Step(id=f"s-{name}", name=name, request=request)


def shop() -> Plan:
    """Two tasks: one logs in, saves a token and lists; the other pays."""
    login = request_step(
        "login",
        "{{host}}/login",
        method="POST",
        body=Body(text=TextBody(content='{"user": "{{user}}"}')),
        extractors=(Extractor(variable="token", jmespath="token"),),
    )
    listing = request_step(
        "list",
        "{{host}}/items",
        headers=(Pair(name="Authorization", value="Bearer {{token}}"),),
        query=(Pair(name="page", value="1"),),
        body=Body(urlencoded=FormBody(fields=(Pair(name="a", value="b"),))),
    )
    group = Step(id="s-group", name="cart", group=Group(steps=(request_step("add"),), timed=True))
    pause = Step(id="s-pause", name="think", pause=Pause(min_ms=10))
    return Plan(
        name="shop",
        variables=(
            Variable(name="host", value="http://127.0.0.1:9"),
            Variable(name="user", value="ann"),
        ),
        tasks=(
            Task(id="t-browse", name="browse", weight=3, steps=(login, listing, group)),
            Task(id="t-buy", name="buy", steps=(request_step("pay"), pause)),
        ),
        stages=(Stage(to=3, duration_ms=5000),),
    )


def many_steps(count: int) -> Plan:
    """One task with many requests."""
    steps = tuple(request_step(f"r{n}", f"http://127.0.0.1:9/{n}") for n in range(count))
    return ensure_ids(Plan(name="many", tasks=(Task(id="t-many", name="many", steps=steps),)))


def saved(plan: Plan, folder: Path, name: str = "shop") -> Path:
    """The plan in a file."""
    path = folder / f"{name}.hazard.yaml"
    save_plan(plan, path)
    return path


WHOLE = ("weight", "share", "bulk", "replace", "import", "command", "setting")
"""Edits that work on any plan with tasks."""


@st.composite
def edited(draw: st.DrawFn, plan: Plan) -> Plan:
    """The plan after one random edit of those that the console can make."""
    single = ["add", "remove", "rename", "url", "move", "copy"]
    kind = draw(st.sampled_from([*single, *WHOLE]))
    index = draw(st.integers(0, len(plan.tasks) - 1))
    task = plan.tasks[index]
    where = ("tasks", index, "steps")
    if kind in WHOLE:
        return draw(edited_whole(plan, kind, index))
    if kind == "add" or not task.steps:
        step = Step(id=edit.new_id(), name=draw(TEXTS), pause=Pause(min_ms=1))
        return edit.insert(plan, (*where, draw(st.integers(0, len(task.steps)))), step)
    at = draw(st.integers(0, len(task.steps) - 1))
    if kind == "remove":
        return edit.remove(plan, (*where, at))
    if kind == "rename":
        return edit.replace(plan, (*where, at, "name"), draw(TEXTS))
    if kind == "url" and task.steps[at].request is not None:
        return edit.replace(plan, (*where, at, "request", "url"), draw(TEXTS))
    if kind == "move":
        target = draw(st.integers(0, len(plan.tasks) - 1))
        return edit.move(plan, (*where, at), ("tasks", target, "steps", 0))
    return edit.duplicate(plan, (*where, at))


@st.composite
def edited_whole(draw: st.DrawFn, plan: Plan, kind: str, index: int) -> Plan:
    """The plan after an edit that goes beyond one element."""
    if kind == "weight":
        return edit.replace(plan, ("tasks", index, "weight"), draw(st.integers(1, 99)))
    if kind == "share" and len(plan.tasks) > 1:
        return with_shares(plan, [index], f"{draw(st.integers(1, 99))}%")
    if kind == "bulk":
        change = draw(
            st.sampled_from([("header", "X-A: 1"), ("remove-header", "X-A"), ("timeout", "5")])
        )
        return bulk(plan, [("tasks", index)], *change)
    if kind == "replace":
        return replaced(plan, "127.0.0.1", draw(st.sampled_from(["localhost", "127.0.0.1:1"])))
    if kind == "import":
        return ensure_ids(joined(plan, Plan(name="other", tasks=(Task(name=draw(TEXTS)),))))
    requests = [at for at, one in enumerate(plan.tasks[index].steps) if one.request is not None]
    if kind == "command" and requests:
        result = import_input(Source("paste", b"curl http://127.0.0.1/ -d a=1"), ImportOptions())
        at = draw(st.sampled_from(requests))
        return with_command(plan, ("tasks", index, "steps", at), result)
    return edit.replace(plan, ("seed",), draw(st.integers(0, 99)))


def large_file(folder: Path, tasks: int, steps: int, body: int = 1000) -> Path:
    """A plan file of `tasks` times `steps` requests, each with a body of so many bytes."""
    lines = ["hazard: 1", "name: large", "tasks:"]
    for task in range(tasks):
        lines += [f"- id: t{task}", f"  name: task {task}", "  steps:"]
        for step in range(steps):
            lines += [
                f"  - id: s{task}-{step}",
                f"    name: r{task}-{step}",
                "    request:",
                "      method: POST",
                f"      url: http://127.0.0.1:9/{task}/{step}",
                "      body:",
                "        text:",
                f"          content: {'x' * body}",
            ]
    path = folder / "large.hazard.yaml"
    path.write_text("\n".join([*lines, "stages:", "- to: 1", "  duration_ms: 1000", ""]))
    return path
