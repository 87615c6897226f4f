"""Plans on disk: places in findings, comments, exact round trips."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hazard_tui.errors import PlanError
from hazard_tui.plan import yaml_text
from hazard_tui.plan.comments import comment_lines
from hazard_tui.plan.model import Pause, Plan, Stage, Step, Task, Variable
from hazard_tui.plan.request import Body, BytesBody, Request, TextBody
from hazard_tui.plan.store import json_schema, load_plan, parse_plan, plan_text, save_plan

COMMENTED = """\
# what this plan is for
hazard: 1
name: shop   # shown in the console
variables:
# where it runs
- name: host
  value: http://127.0.0.1:1
- {name: flag, value: no}  # stays text
tasks:
# buyers
- name: buy
  steps:
  # the door
  - name: enter
    request:
      url: "{{host}}/x"   # not # a comment inside "a # b"
      body: {text: {content: "a # b"}}
  - name: wait
    pause: {min_ms: 5}
"""


def one_request_plan(**fields: object) -> Plan:
    request = Request.model_validate({"url": "http://127.0.0.1/", **fields})
    return Plan(tasks=(Task(name="t", steps=(Step(name="s", request=request),)),))


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ("", "empty-plan", "plan"),
        ("- a", "not-a-plan", "plan"),
        ("name: x", "no-version", "hazard (line 1)"),
        ("name: x\nhazard: 7", "unknown-version", "hazard (line 2)"),
        ("hazard: 1\nfoo: 2", "extra-forbidden", "foo (line 2)"),
        ("hazard: 1\ntasks:\n- weight: x", "int-parsing", "tasks[0].weight (line 3)"),
        ("hazard: 1\ntasks:\n- weight: 0", "greater-than-equal", "tasks[0].weight (line 3)"),
        ("hazard: 1\nname: a\nname: b", "duplicate-key", "line 3"),
        (
            "hazard: 1\ntasks:\n- steps:\n  - {pause: {min_ms: 1}, jump: {to: x}}",
            "value-error",
            "tasks[0].steps[0] (line 4)",
        ),
    ],
)
def test_each_kind_of_broken_plan_names_its_place(text: str, code: str, where: str) -> None:
    findings = parse_plan(text).findings
    assert [(finding.code, finding.where) for finding in findings] == [(code, where)]


@pytest.mark.parametrize("text", ["a: [", "\t- x", "a: &x {b: *x}", "a: 'b"])
def test_text_that_is_not_yaml_is_refused_with_line_and_column(text: str) -> None:
    with pytest.raises(PlanError, match=r"line [12]"):
        parse_plan(text)


def test_nested_aliases_do_not_fill_the_memory() -> None:
    bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
    )
    with pytest.raises(PlanError, match="too many values"):
        parse_plan(bomb)


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="no plan") as caught:
        load_plan(tmp_path / "x.hazard.yaml")
    assert "hazard import" in caught.value.hint


def test_scalars_stay_the_text_that_was_written() -> None:
    plan = parse_plan(COMMENTED.replace("value: no", "value: 1.10")).plan
    assert plan is not None
    assert plan.variables[1].value == "1.10"


@pytest.mark.parametrize("nothing", ["null", "~", "Null", "NULL", ""])
def test_a_field_without_a_value_has_its_default(nothing: str) -> None:
    """As everywhere in YAML; the word in quotes is a text."""
    text = f"""\
hazard: 1
description: {nothing}
tasks:
- name: 'null'
  steps:
  - name: "~"
    request: {{url: http://h/, body: {nothing}}}
    pause: {nothing}
"""
    plan = parse_plan(text).plan
    bare = Plan(
        tasks=(Task(name="null", steps=(Step(name="~", request=Request(url="http://h/")),)),)
    )
    assert plan == bare


def test_what_is_needed_and_has_no_value_is_missing() -> None:
    findings = parse_plan("hazard:\ntasks: []\n").findings
    assert [one.code for one in findings] == ["no-version"]


@pytest.mark.parametrize("key", ["null", "~"])
def test_a_key_is_always_text(key: str) -> None:
    assert yaml_text.parse(f"{key}: a\n").value == {key: "a"}


def test_libyaml_and_pyyaml_read_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: null\nb: ~\nc:\nd: 'null'\ne: no\nf: |\n  ~\ng: [~, '', x]\n"
    value = {
        "a": None,
        "b": None,
        "c": None,
        "d": "null",
        "e": "no",
        "f": "~\n",
        "g": [None, "", "x"],
    }
    for loader in (yaml.BaseLoader, yaml_text._Loader):
        monkeypatch.setattr(yaml_text, "_Loader", loader)
        assert yaml_text.parse(text).value == value


def test_reading_tells_how_far_it_is_and_makes_the_same_plan(tmp_path: Path) -> None:
    steps = tuple(Step(id=f"s{n}", name="né" * 50, pause=Pause(min_ms=1)) for n in range(400))
    plan = Plan(name="long", tasks=(Task(id="t", name="t", steps=steps),))
    path = tmp_path / "long.hazard.yaml"
    save_plan(plan, path)
    told: list[tuple[int, int]] = []
    assert load_plan(path, lambda done, size: told.append((done, size))) == plan
    assert len(told) > 2
    assert told == sorted(told)
    assert told[-1] == (path.stat().st_size, path.stat().st_size)


def test_what_the_progress_raises_ends_the_reading(tmp_path: Path) -> None:
    path = tmp_path / "a.hazard.yaml"
    save_plan(Plan(name="a"), path)

    def stop(done: int, size: int) -> None:
        raise PlanError("left")

    with pytest.raises(PlanError, match="left"):
        load_plan(path, stop)


def test_a_fault_in_a_step_has_its_place_also_when_progress_is_told() -> None:
    text = "hazard: 1\ntasks:\n- name: a\n  steps:\n  - pause: {min_ms: x}\n"
    told = parse_plan(text, lambda done, size: None)
    assert told.findings == parse_plan(text).findings
    assert "line 5" in told.findings[0].where or "steps[0]" in told.findings[0].where


def test_saving_keeps_every_comment_and_the_place_of_the_kept_ones(tmp_path: Path) -> None:
    path = tmp_path / "p.hazard.yaml"
    path.write_text(COMMENTED)
    plan = load_plan(path)
    enter = plan.tasks[0].steps[0]
    steps = (Step(name="new", pause=Pause(min_ms=1)), enter)
    changed = plan.model_copy(
        update={
            "name": "market",
            "tasks": (plan.tasks[0].model_copy(update={"steps": steps}),),
            "variables": plan.variables[1:],
        }
    )
    save_plan(changed, path)
    text = path.read_text()
    assert load_plan(path) == changed
    kept = comment_lines(text)
    assert all(line in kept for line in comment_lines(COMMENTED))
    assert re.search("name: market +# shown in the console", text)
    assert text.index("# buyers") < text.index("name: buy")


def test_a_broken_old_file_does_not_keep_a_plan_from_being_saved(tmp_path: Path) -> None:
    path = tmp_path / "p.hazard.yaml"
    path.write_text("# old\n{{{")
    save_plan(one_request_plan(), path)
    assert load_plan(path) == one_request_plan()


def test_a_plan_that_cannot_be_written_leaves_the_old_file(tmp_path: Path) -> None:
    folder = tmp_path / "a-file"
    folder.write_text("x")
    with pytest.raises(PlanError, match="cannot be written"):
        save_plan(one_request_plan(), folder / "p.hazard.yaml")
    assert os.listdir(tmp_path) == ["a-file"]


@given(st.text())
def test_any_text_survives_the_way_to_disk_and_back(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    plan = Plan(
        name=text,
        variables=(Variable(name="v", value=text),),
        tasks=one_request_plan(body=Body(text=TextBody(content=text))).tasks,
        stages=(Stage(to=3, from_=1, duration_ms=5),),
    )
    assert parse_plan(plan_text(plan)).plan == plan


@given(st.binary())
def test_bytes_survive_the_way_to_disk_and_back(content: bytes) -> None:
    plan = one_request_plan(body=Body(bytes=BytesBody(content=content)))
    assert parse_plan(plan_text(plan)).plan == plan


def test_the_schema_describes_every_field_of_a_step() -> None:
    schema = json_schema()
    assert all(f'"{name}"' in schema for name in Step.model_fields)
