"""Edits make new plans and can all be taken back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hazard_tui.errors import PlanError
from hazard_tui.plan import edit
from hazard_tui.plan.model import Group, Pause, Plan, Step, Task
from hazard_tui.plan.request import Request


def pause(name: str) -> Step:
    return Step(name=name, pause=Pause(min_ms=1))


def sample() -> Plan:
    group = Step(name="g", group=Group(steps=(pause("c"), pause("d"))))
    request = Step(name="r", request=Request(url="http://127.0.0.1/"))
    return Plan(tasks=(Task(name="t", steps=(pause("a"), group, request)),))


def names(plan: Plan) -> list[object]:
    return [
        [step.name, [child.name for child in step.children]] if step.children else step.name
        for step in plan.tasks[0].steps
    ]


def test_an_edit_shares_what_it_does_not_touch() -> None:
    old = sample()
    new = edit.replace(old, ("tasks", 0, "steps", 2, "request", "url"), "http://127.0.0.2/")
    assert new.tasks[0].steps[1] is old.tasks[0].steps[1]
    assert old.tasks[0].steps[2].request != new.tasks[0].steps[2].request


def test_a_step_moves_into_a_group_that_stands_behind_it() -> None:
    steps = ("tasks", 0, "steps")
    moved = edit.move(sample(), (*steps, 0), (*steps, 1, "group", "steps", 1))
    assert names(moved) == [["g", ["c", "a", "d"]], "r"]


def test_a_step_moves_down_before_the_one_that_is_named() -> None:
    steps = ("tasks", 0, "steps")
    assert names(edit.move(sample(), (*steps, 0), (*steps, 2))) == [["g", ["c", "d"]], "a", "r"]


def test_nothing_moves_into_itself() -> None:
    steps = ("tasks", 0, "steps")
    with pytest.raises(PlanError, match="into itself"):
        edit.move(sample(), (*steps, 1), (*steps, 1, "group", "steps", 0))


def test_a_value_that_cannot_stand_there_is_refused_with_its_place() -> None:
    with pytest.raises(PlanError, match=r"tasks\[0\]\.weight"):
        edit.replace(sample(), ("tasks", 0, "weight"), 0)


def test_an_unknown_place_is_refused() -> None:
    with pytest.raises(PlanError, match=r"tasks\[4\]"):
        edit.replace(sample(), ("tasks", 4, "name"), "x")


def test_a_copy_has_ids_of_its_own_all_the_way_down() -> None:
    plan = edit.ensure_ids(sample())
    copied = edit.duplicate(plan, ("tasks", 0))
    ids = [step.id for step in copied.walk()] + [task.id for task in copied.tasks]
    assert len(set(ids)) == len(ids)
    assert all(ids)


def test_undo_after_the_first_edit_brings_the_opened_plan() -> None:
    history = edit.History(sample())
    history.do("rename", edit.replace(history.plan, ("tasks", 0, "name"), "x"))
    assert history.is_changed
    assert history.undo() == "rename"
    assert history.plan == sample()
    assert history.undo() == ""
    assert history.redo() == "rename"


operations = st.lists(
    st.tuples(
        st.sampled_from(["rename", "remove", "duplicate", "move", "undo"]), st.integers(0, 9)
    ),
    max_size=25,
)


@given(operations)
def test_undoing_everything_brings_the_plan_back(steps: list[tuple[str, int]]) -> None:
    history = edit.History(sample())
    for kind, number in steps:
        count = len(history.plan.tasks[0].steps)
        path = ("tasks", 0, "steps", number % count) if count else ("tasks", 0, "steps", 0)
        if kind == "undo":
            history.undo()
        elif kind == "rename":
            task_name = ("tasks", 0, "name")
            history.do(kind, edit.replace(history.plan, task_name, str(number)))
        elif count and kind == "remove":
            history.do(kind, edit.remove(history.plan, path))
        elif count and kind == "duplicate":
            history.do(kind, edit.duplicate(history.plan, path))
        elif count and kind == "move":
            history.do(kind, edit.move(history.plan, path, ("tasks", 0, "steps", 0)))
    while history.undo():
        pass
    assert history.plan == sample()
