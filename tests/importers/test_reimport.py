"""Importing a source again: what it changed comes in, what a person edited stays."""

from __future__ import annotations

import copy
import itertools
import json
import random
from pathlib import Path
from typing import Any

import pytest

from hazard_tui.plan import edit
from hazard_tui.plan.base import Pair
from hazard_tui.plan.model import Group, Plan, Step, Threshold
from hazard_tui.plan.request import Request
from hazard_tui.plan.rules import Assertion
from importers.detect import import_input
from importers.findings import ImportOptions, Source
from importers.reimport import Action, Merged, merge_plans, same_plan
from tests.importers.builders import SAMPLES, import_curl, import_har

Collection = dict[str, Any]
ACCOUNT, ARTICLES = ("tasks", 0, "steps", 0), ("tasks", 0, "steps", 1)


@pytest.fixture
def conduit() -> Collection:
    """The sample collection as a value that a test may change."""
    value = json.loads((SAMPLES / "postman" / "conduit.postman_collection.json").read_text())
    assert isinstance(value, dict)
    return value


def plan_of(collection: Collection) -> Plan:
    """The import of a collection."""
    source = Source("conduit.json", json.dumps(collection).encode())
    return import_input(source, ImportOptions()).plan


def request(name: str, url: str, method: str = "GET") -> dict[str, Any]:
    """An item of a collection."""
    return {"name": name, "request": {"method": method, "url": url}}


def said(merged: Merged, action: Action) -> list[str]:
    """Where an action happened, as paths."""
    return [change.where for change in merged.changes if change.action is action]


def names(plan: Plan) -> list[str]:
    """Names of all steps, in order."""
    return [step.name for step in plan.walk()]


def step(plan: Plan, name: str) -> Step:
    """The step of a name."""
    return next(one for one in plan.walk() if one.name == name)


def test_three_edits_and_two_changes_of_the_source_all_stand(conduit: Collection) -> None:
    base = plan_of(conduit)
    mine = edit.ensure_ids(base)
    mine = edit.change(mine, ("tasks", 0), weight=7)
    login = (*ACCOUNT, "group", "steps", 1)
    mine = edit.change(mine, login, name="Log in as reader")
    mine = edit.insert(
        mine, (*login, "request", "headers", 0), Pair(name="X-Trace", value="{{$guid}}")
    )
    conduit["item"][0]["item"][0]["request"]["method"] = "PUT"
    conduit["item"][1]["item"].append(request("Feed", "{{APIURL}}/articles/feed"))

    merged = merge_plans(base, mine, plan_of(conduit))

    assert merged.findings == ()
    assert merged.plan.tasks[0].weight == 7
    reader = step(merged.plan, "Log in as reader").request
    assert reader is not None
    assert reader.headers[0].name == "X-Trace"
    register = step(merged.plan, "Register").request
    assert register is not None
    assert register.method == "PUT"
    assert step(merged.plan, "Articles").children[-1].name == "Feed"
    assert said(merged, Action.ADDED) == ["tasks[0].steps[1].group.steps[6]"]
    assert said(merged, Action.UPDATED) == ["tasks[0].steps[0].group.steps[0].request.method"]
    assert said(merged, Action.KEPT) == [
        "tasks[0].weight",
        "tasks[0].steps[0].group.steps[1].name",
        "tasks[0].steps[0].group.steps[1].request.headers.X-Trace",
    ]


def test_a_field_that_both_changed_is_one_conflict_with_both_values(conduit: Collection) -> None:
    base = plan_of(conduit)
    mine = edit.replace(base, (*ACCOUNT, "group", "steps", 0, "request", "url"), "http://mine/a")
    conduit["item"][0]["item"][0]["request"]["url"] = "http://theirs/a"

    merged = merge_plans(base, mine, plan_of(conduit))

    (finding,) = merged.findings
    assert finding.code == "merge-conflict"
    assert finding.where == "tasks[0].steps[0].group.steps[0].request.url"
    assert "http://mine/a" in finding.what
    assert "http://theirs/a" in finding.what
    assert edit.at(merged.plan, (*ACCOUNT, "group", "steps", 0, "request", "url")) == (
        "http://mine/a"
    )
    again = merge_plans(plan_of(conduit), merged.plan, plan_of(conduit))
    assert again.findings == (), "a conflict is told once"
    assert again.plan == merged.plan


def test_what_was_deleted_stays_deleted_and_what_was_added_stays(conduit: Collection) -> None:
    base = plan_of(conduit)
    mine = edit.remove(base, (*ARTICLES, "group", "steps", 0))
    own = Step(name="my own", request=Request(url="http://x/own"))
    mine = edit.insert(mine, (*ARTICLES, "group", "steps", 2), own)
    conduit["item"][1]["item"].insert(0, request("First", "{{APIURL}}/first"))

    merged = merge_plans(base, mine, plan_of(conduit))

    inner = [one.name for one in step(merged.plan, "Articles").children]
    before = [one.name for one in edit.at(mine, ARTICLES).children]
    assert inner == ["First", *before]
    assert said(merged, Action.DELETED) == ["tasks[0].steps[1].group.steps[1]"]


def test_a_request_removed_in_the_source_goes_unless_it_was_edited(conduit: Collection) -> None:
    base = plan_of(conduit)
    edited = (*ACCOUNT, "group", "steps", 0)
    mine = edit.insert(base, (*edited, "request", "assertions", 0), Assertion(expected="201"))
    gone = [item["name"] for item in conduit["item"][0]["item"]]
    conduit["item"][0]["item"] = []

    merged = merge_plans(base, mine, plan_of(conduit))

    left = [one.name for one in step(merged.plan, "Account").children]
    assert left == gone[:1]
    assert len(said(merged, Action.REMOVED)) == 2
    assert [finding.why for finding in merged.findings] == ["the source removed what was edited"]


def test_a_removed_folder_stays_for_what_a_person_put_into_it(conduit: Collection) -> None:
    base = plan_of(conduit)
    own = Step(name="my own", request=Request(url="http://x/own"))
    mine = edit.insert(base, (*ACCOUNT, "group", "steps", 0), own)
    del conduit["item"][0]

    merged = merge_plans(base, mine, plan_of(conduit))

    assert [one.name for one in step(merged.plan, "Account").children] == ["my own"]


def test_a_moved_request_follows_its_source(conduit: Collection) -> None:
    base = plan_of(conduit)
    mine = edit.move(base, (*ARTICLES, "group", "steps", 3), (*ACCOUNT, "group", "steps", 0))
    moved = edit.at(mine, (*ACCOUNT, "group", "steps", 0))
    conduit["item"][1]["item"][3]["request"]["method"] = "PATCH"

    merged = merge_plans(base, mine, plan_of(conduit))

    found = edit.at(merged.plan, (*ACCOUNT, "group", "steps", 0))
    assert (found.name, found.request.method) == (moved.name, "PATCH")
    assert names(merged.plan).count(moved.name) == 1


def test_a_request_added_to_a_folder_that_was_dissolved_follows_its_neighbour(
    conduit: Collection,
) -> None:
    base = plan_of(conduit)
    steps = edit.at(base, ARTICLES).children
    mine = edit.remove(base, ARTICLES)
    for one in reversed(steps):
        mine = edit.insert(mine, ("tasks", 0, "steps", 1), one)
    conduit["item"][1]["item"].insert(2, request("Added", "{{APIURL}}/added"))

    merged = merge_plans(base, mine, plan_of(conduit))

    order = [one.name for one in merged.plan.tasks[0].steps]
    assert order[1:5] == [steps[0].name, steps[1].name, "Added", steps[2].name]


def test_what_is_added_to_a_deleted_folder_is_told(conduit: Collection) -> None:
    base = plan_of(conduit)
    mine = edit.remove(base, ARTICLES)
    conduit["item"][1]["item"].append(request("Added", "{{APIURL}}/added"))

    merged = merge_plans(base, mine, plan_of(conduit))

    assert "Added" not in names(merged.plan)
    assert [finding.why for finding in merged.findings] == [
        "the source added it to what was deleted"
    ]


def test_a_renamed_and_moved_request_is_known_by_its_id(conduit: Collection) -> None:
    for number, item in enumerate(conduit["item"][1]["item"]):
        item["id"] = f"id-{number}"
    base = plan_of(conduit)
    mine = edit.change(base, (*ARTICLES, "group", "steps", 2), description="look at this")
    item = conduit["item"][1]["item"].pop(2)
    item["name"] = "another name"
    item["request"]["url"] = "http://elsewhere/entirely"
    conduit["item"].insert(0, item)

    merged = merge_plans(base, mine, plan_of(conduit))

    first = merged.plan.tasks[0].steps[0]
    assert (first.name, first.description) == ("another name", "look at this")


def test_a_jump_goes_on_finding_its_renamed_step() -> None:
    def collection(name: str, more: list[Any]) -> Collection:
        script = f'pm.execution.setNextRequest("{name}")'
        jumping = request("go", "http://x/go")
        jumping["event"] = [{"listen": "test", "script": {"exec": [script]}}]
        info = {"name": "c", "schema": "x/v2.1.0/collection.json"}
        return {"info": info, "item": [*more, request(name, "http://x/aim"), jumping]}

    base = plan_of(collection("aim", []))
    theirs = plan_of(collection("target", [request("aim", "http://x/other", "POST")]))

    merged = merge_plans(base, edit.ensure_ids(base), theirs).plan

    jump = next(one.jump for one in merged.walk() if one.jump is not None)
    (found,) = [one for one in merged.walk() if one.id == jump.to]
    assert found.name == "target"


def test_a_recording_made_again_keeps_edits_though_places_shifted() -> None:
    recording = json.loads((SAMPLES / "har" / "shop.har").read_text())
    base = import_har(recording).plan
    requests = [one for one in base.walk() if one.request is not None]
    mine = edit.ensure_ids(base)
    places = {
        path: one for path, one in _request_places(mine).items() if one.name == requests[-1].name
    }
    path = list(places)[-1]
    mine = edit.change(mine, path, tags=("slow",))
    later = copy.deepcopy(recording)
    entry = copy.deepcopy(later["log"]["entries"][0])
    entry["request"]["url"] = entry["request"]["url"].rstrip("/") + "/before-all"
    later["log"]["entries"].insert(0, entry)

    merged = merge_plans(base, mine, import_har(later).plan)

    tagged = [one for one in merged.plan.walk() if one.tags]
    assert [one.name for one in tagged] == [requests[-1].name]


def _request_places(plan: Plan) -> dict[edit.Path, Step]:
    found: dict[edit.Path, Step] = {}

    def look(value: Any, path: edit.Path) -> None:
        if isinstance(value, Step) and value.request is not None:
            found[path] = value
        elif isinstance(value, tuple):
            for position, item in enumerate(value):
                look(item, (*path, position))
        elif isinstance(value, Step | Group) or path == ():
            for name in type(value).model_fields:
                look(getattr(value, name), (*path, name))
        elif hasattr(value, "steps"):
            look(value.steps, (*path, "steps"))

    look(plan, ())
    return found


def test_one_of_many_equal_curl_commands_keeps_its_edit() -> None:
    base = import_curl("curl http://x/a\n" * 3).plan
    mine = edit.change(base, ("tasks", 0, "steps", 1), description="the second")
    merged = merge_plans(base, mine, import_curl("curl http://x/a\n" * 3 + "curl http://x/b").plan)
    told = [one.description for one in merged.plan.tasks[0].steps]
    assert told == ["", "the second", "", ""]


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*/*.*")), ids=lambda path: path.name)
def test_without_edits_a_plan_follows_its_source_and_without_changes_it_stays(path: Path) -> None:
    if path.name.endswith(("environment.json", "globals.json", ".csv", ".md")):
        return
    plan = import_input(Source(path.name, path.read_bytes()), ImportOptions()).plan
    edited = edit.ensure_ids(plan).model_copy(update={"thresholds": (Threshold(rule="p95<1s"),)})
    assert merge_plans(plan, edited, plan).plan == edited
    assert same_plan(merge_plans(plan, plan, plan).plan, plan)


@pytest.mark.parametrize("seed", range(25))
def test_any_shuffling_of_both_sides_ends_in_one_whole_plan(conduit: Collection, seed: int) -> None:
    chance = random.Random(seed)
    base = plan_of(conduit)
    mine = edit.ensure_ids(base)
    counter = itertools.count()
    for _ in range(6):
        paths = list(_request_places(mine))
        path = chance.choice(paths)
        match chance.randrange(4):
            case 0:
                mine = edit.remove(mine, path)
            case 1:
                mine = edit.change(mine, path, name=f"mine {next(counter)}")
            case 2:
                mine = edit.move(mine, path, chance.choice(paths))
            case _:
                step_at = edit.at(mine, path)
                grouped = Step(name=f"group {next(counter)}", group=Group(steps=(step_at,)))
                mine = edit.replace(mine, path, grouped)
    folders = [item["item"] for item in conduit["item"] if "item" in item]
    for _ in range(6):
        folder = chance.choice([one for one in folders if one])
        item = folder.pop(chance.randrange(len(folder)))
        if chance.random() < 0.7:
            item["name"] = chance.choice([item["name"], f"theirs {next(counter)}"])
            chance.choice(folders).append(item)

    theirs = plan_of(conduit)
    merged = merge_plans(base, mine, theirs)

    by_hand = {one.name for one in mine.walk() if one.name.startswith(("mine", "group"))}
    assert by_hand <= set(names(merged.plan))
    ids = [one.id for one in merged.plan.walk() if one.id]
    assert len(ids) == len(set(ids))
    assert merge_plans(base, mine, theirs) == merged, "the same every time"
    assert merge_plans(theirs, merged.plan, theirs).plan == merged.plan
