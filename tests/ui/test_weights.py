"""Weights as numbers and as shares, of one task and of several at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.widgets import Input

from hazard_tui.errors import HazardError
from hazard_tui.plan.model import Plan, Task
from hazard_tui.ui.flows.planning import bulk
from hazard_tui.ui.plan_places import with_shares, with_weight
from hazard_tui.ui.widgets.plan_tree import PlanTree, shares
from tests.support.screen import press, until
from tests.ui.conftest import Opener
from tests.ui.plans import request_step, shop


def weighed(*weights: int) -> Plan:
    """Tasks of these weights."""
    return Plan(
        tasks=tuple(
            Task(
                id=f"t{number}",
                name=f"t{number}",
                weight=weight,
                steps=(request_step(f"{number}"),),
            )
            for number, weight in enumerate(weights)
        )
    )


def weights_of(plan: Plan) -> list[int]:
    return [task.weight for task in plan.tasks]


@given(st.lists(st.integers(1, 50), min_size=2, max_size=6), st.integers(1, 99), st.data())
def test_a_share_is_met_and_the_others_keep_their_proportions(
    weights: list[int], percent: int, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(weights) - 1))
    plan = with_shares(weighed(*weights), [index], f"{percent}%")
    found = shares(plan)
    assert found[index] == pytest.approx(percent / 100, abs=0.001)
    rest = [number for number in range(len(weights)) if number != index]
    for number in rest:
        wanted = (1 - percent / 100) * weights[number] / sum(weights[one] for one in rest)
        assert found[number] == pytest.approx(wanted, abs=0.001)


def test_setting_the_same_share_again_changes_no_weight() -> None:
    plan = with_weight(weighed(3, 1, 1), 0, "40%")
    assert weights_of(plan) == [4, 3, 3]
    assert with_weight(plan, 0, "40%") == plan


def test_several_tasks_get_a_share_each() -> None:
    plan = bulk(weighed(5, 1, 1, 2), [("tasks", 0), ("tasks", 1)], "weight", "20%")
    assert shares(plan) == pytest.approx({0: 0.2, 1: 0.2, 2: 0.2, 3: 0.4})
    assert weights_of(bulk(weighed(1, 1), [("tasks", 0), ("tasks", 1)], "weight", "50%")) == [1, 1]


@pytest.mark.parametrize(
    ("tasks", "text"),
    [([0, 1], "50%"), ([0], "100%"), ([0], "0%"), ([0], "x%"), ([0, 1, 2], "20%"), ([0], "-5%")],
)
def test_shares_that_do_not_fit_are_refused(tasks: list[int], text: str) -> None:
    with pytest.raises(HazardError):
        with_shares(weighed(1, 1, 1), tasks, text)


def test_a_weight_is_for_tasks_only() -> None:
    with pytest.raises(HazardError, match="only tasks"):
        bulk(shop(), [("tasks", 0, "steps", 0)], "weight", "3")


async def test_marked_tasks_are_weighed_in_one_edit_and_refusals_are_told(console: Opener) -> None:
    async with console(weighed(3, 1, 1), (120, 40)) as (app, pilot):
        await until(pilot, "t0  3 = 60%")
        for number in range(2):
            tree = app.screen.query_one(PlanTree)
            tree.select(("tasks", number))
            await pilot.pause()
            await press(pilot, "m")
        await press(pilot, "b")
        await until(pilot, "edit 2 elements")
        await press(pilot, "down", "down", "down", "down", "enter")
        await until(pilot, "25% for each")
        app.screen.query_one(Input).value = "60%"
        await press(pilot, "enter")
        await until(pilot, "make 120%")
        assert app.document.history.position == 0
        await press(pilot, "b", "down", "down", "down", "down", "enter")
        await until(pilot, "25% for each")
        app.screen.query_one(Input).value = "25%"
        await press(pilot, "enter")
        await until(pilot, "t2  2 = 50%")
        assert app.document.history.position == 1
        await press(pilot, "ctrl+z")
        await until(pilot, "t0  3 = 60%")
