"""Commented plan files after random edits: the plan is right and no comment is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from hazard_tui.plan import comments
from hazard_tui.plan.base import Pair
from hazard_tui.plan.comments import comment_lines
from hazard_tui.plan.model import Group, Plan, Script, Step, Task
from hazard_tui.plan.request import Body, Request, TextBody
from hazard_tui.plan.store import parse_plan, plan_text, plan_value, save_plan
from tests.support.work import counted_work


def request(number: int, random: Random) -> Step:
    """A step whose texts look like comments, markers and values of other types."""
    odd = [
        "null",
        "no",
        "1",
        "a # b",
        "# a",
        "- a",
        "a: b",
        "a\n# b\n",
        "a\n\n# b\n\n",
        "'",
        "é",
        "",
    ]
    return Step(
        id=f"step-{number}",
        name=random.choice(["one", "two", odd[3], f"n{number}"]),
        description=random.choice(odd),
        request=Request(
            url=f"http://h/{number}",
            headers=tuple(Pair(name="A", value=random.choice(odd)) for _ in range(number % 3)),
            body=Body(text=TextBody(content=random.choice(odd))) if number % 2 else None,
            after=Script(source=random.choice(odd)) if number % 4 == 1 else None,
        ),
    )


def steps(random: Random, first: int, depth: int = 0) -> tuple[Step, ...]:
    made = []
    for number in range(first, first + random.randint(1, 6)):
        if depth < 2 and random.random() < 0.3:
            inner = steps(random, number * 10, depth + 1)
            made.append(Step(name=f"group {number}", group=Group(steps=inner)))
        else:
            made.append(request(number, random))
    return tuple(made)


def commented(text: str, random: Random) -> str:
    """The text with comments before elements, behind values, and at its ends."""
    lines = ["# top"]
    for number, line in enumerate(text.splitlines()):
        bare = line.lstrip(" ")
        starts = bare.startswith(("- id: step", "- name: group", "tasks:", "method:", "url: http"))
        if starts and random.random() < 0.3:
            lines.append(f"{' ' * (len(line) - len(bare))}# before {number}")
        if starts and not bare.endswith(":") and random.random() < 0.2:
            line += f"  # behind {number}"
        lines.append(line)
    return "\n".join([*lines, "# end", ""])


def edited(made: tuple[Step, ...], random: Random) -> tuple[Step, ...]:
    """Some steps changed, moved, added and removed, at any depth."""
    out = []
    for step in made:
        chance = random.random()
        if step.group is not None:
            group = Group(steps=edited(step.group.steps, random), timed=step.group.timed)
            out.append(step.model_copy(update={"group": group}))
        elif chance < 0.15:
            out.append(step.model_copy(update={"description": "edited\n# line"}))
        elif chance < 0.25:
            out += [request(random.randint(1000, 9999), random), step]
        elif chance > 0.1 * len(made):
            continue
        else:
            out.append(step)
    if random.random() < 0.3:
        random.shuffle(out)
    return tuple(out)


@pytest.mark.parametrize("seed", range(20))
def test_a_save_loses_no_comment_and_writes_the_plan(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    plan = Plan(
        tasks=(Task(name="t", steps=steps(random, 0)), Task(name="u", steps=steps(random, 50)))
    )
    text = commented(plan_text(plan), random)
    assert parse_plan(text).plan == plan
    path = tmp_path / "p.hazard.yaml"
    path.write_text(text)
    after = plan.model_copy(
        update={
            "tasks": tuple(
                task.model_copy(update={"steps": edited(task.steps, random)}) for task in plan.tasks
            )
        }
    )
    save_plan(after, path)
    saved = path.read_text()
    assert parse_plan(saved).plan == after, saved
    assert not Counter(comment_lines(text)) - Counter(comment_lines(saved)), saved


def test_a_save_changes_no_line_but_those_of_the_edited_element() -> None:
    plan = Plan(tasks=(Task(name="t", steps=tuple(request(n, Random(n)) for n in range(30))),))
    text = commented(plan_text(plan), Random(1))
    text = text.replace("  - id: step-20\n", "  - id:   'step-20'   # so\n", 1)
    text = text.replace("\n    name:", "\n    name:   ")
    value = plan_value(plan)
    value["tasks"][0]["steps"][3]["description"] = "edited"
    old, new = text.splitlines(), comments.rewrite(text, value).splitlines()
    first = next(at for at, line in enumerate(old) if "id: step-3" in line)
    end = next(at for at, line in enumerate(old) if "id: step-4" in line) - 1
    assert new[:first] == old[:first]
    assert new[end - len(old) :] == old[end:]


def test_a_large_commented_plan_is_saved_in_a_small_part_of_the_round_trip() -> None:
    plan = Plan(tasks=(Task(name="t", steps=tuple(request(n, Random(n)) for n in range(200))),))
    text = commented(plan_text(plan), Random(1))
    value = plan_value(plan)
    value["tasks"][0]["steps"][70]["description"] = "edited"

    def work_of(rewrite: Callable[[str, dict[str, Any]], str]) -> int:
        with counted_work() as work:
            rewrite(text, value)
        return work.calls

    assert work_of(comments.rewrite) < work_of(comments._round_trip) / 3
