"""What a running run says of a plan that it cannot go on with."""

from __future__ import annotations

from pathlib import Path

from hazard_tui.controller.handover import Handover, Heir
from hazard_tui.controller.live_plan import setup_is_over, worker_findings
from hazard_tui.plan.delta import change_text, changes_between
from hazard_tui.plan.findings import FindingSeverity
from hazard_tui.plan.inputs import collect_inputs
from hazard_tui.plan.model import DataFeed, FeedOrder, Plan, SetupScope, SetupStep, Step, Task
from hazard_tui.plan.request import Request
from hazard_tui.rpc.gen.hazard.v1 import worker_pb2

ERROR = worker_pb2.FINDING_SEVERITY_ERROR
WARNING = worker_pb2.FINDING_SEVERITY_WARNING


def says(*findings: tuple[int, str]) -> worker_pb2.PlanReady:
    """An answer with findings."""
    ready = worker_pb2.PlanReady()
    for severity, what in findings:
        ready.findings.add(severity=severity, code="c", where="tasks[0]", what=what)  # type: ignore[arg-type]
    return ready


def test_every_worker_that_refuses_or_says_nothing_is_named_with_its_reason() -> None:
    found = worker_findings([
        ("a:1", says()),
        ("b:2", says((WARNING, "odd"))),
        ("c:3", says((ERROR, "denied"), (ERROR, "broken"))),
        ("d:4", says((ERROR, "broken"))),
        ("e:5", "worker e:5 did not answer a command in 10 s"),
    ])  # fmt: skip
    assert [one.what for one in found] == [
        "worker e:5 did not answer a command in 10 s",
        "worker c:3: denied",
        "workers c:3, d:4: broken",
    ]
    assert all(one.severity is FindingSeverity.ERROR for one in found)
    many = worker_findings([(f"w:{number}", says((ERROR, "no"))) for number in range(9)])
    assert [one.what for one in many] == ["9 of 9 workers (w:0, w:1, w:2 …): no"]
    assert worker_findings([("a:1", says()), ("b:2", says((WARNING, "odd")))]) == []


def setup(scope: SetupScope, name: str, url: str = "http://a.example", **fields: bool) -> SetupStep:
    """A setup step."""
    return SetupStep(scope=scope, step=Step(name=name, request=Request(url=url), **fields))


def test_setup_that_has_run_is_not_added_to_and_its_changes_are_told() -> None:
    kept = setup(SetupScope.RUN, "seed")
    old = Plan(setup=(kept, setup(SetupScope.WORKER, "warm"), setup(SetupScope.USER, "login")))
    new = Plan(
        setup=(
            setup(SetupScope.USER, "login", "http://b.example"),
            kept,
            setup(SetupScope.WORKER, "warm", "http://b.example"),
            setup(SetupScope.WORKER, "more"),
            setup(SetupScope.RUN, "off", disabled=True),
        )
    )
    assert [(one.severity, one.where) for one in setup_is_over(old, new)] == [
        (FindingSeverity.WARNING, "setup[0]"),
        (FindingSeverity.WARNING, "setup[2]"),
        (FindingSeverity.ERROR, "setup[3]"),
    ]
    assert list(setup_is_over(old, Plan())) == []


def test_a_feed_that_begins_anew_is_left_by_its_new_rows() -> None:
    plan = Plan(feeds=(DataFeed(name="f", path="f.csv", order=FeedOrder.UNIQUE),))
    handover = Handover(plan)
    handover.row_counts = {"f": 100}
    for index, worker in enumerate("ab"):
        handover.add_worker(worker, worker_pb2.Share(index=index, count=2))
    used = worker_pb2.RowStream(feed="f", start=0, step=2, taken=40, allowed=50)
    handover.allow("a", worker_pb2.RowsAsked(streams=[used]))
    handover.follow(plan, {"f": 10})
    handover.begin_feed("f", {"a": (0, 2), "b": (1, 2)})
    assert handover.begun_shares() == {"f": {"a": [0, 2], "b": [1, 2]}}
    heir = Heir("b", 0)
    told = handover.leave("a", None, [heir])
    assert [(row.start, row.step) for row in heir.rows] == [(0, 2)]
    assert told[0] == "5 rows of f go to the others"


def test_rows_of_a_feed_that_begins_anew_are_dealt_whoever_was_lost_before() -> None:
    plan = Plan(feeds=(DataFeed(name="f", path="f.csv", order=FeedOrder.UNIQUE),))
    handover = Handover(plan)
    handover.row_counts = {"f": 100}
    for index, worker in enumerate("ab"):
        handover.add_worker(worker, worker_pb2.Share(index=index, count=2))
        used = worker_pb2.RowStream(feed="f", start=index, step=2, taken=40, allowed=45)
        handover.allow(worker, worker_pb2.RowsAsked(streams=[used]))
    handover.leave("a", None, [Heir("b", 0)])
    handover.follow(plan, {"f": 10})
    handover.begin_feed("f", {"b": (0, 1)})
    told = handover.deal(["b", "c"], ["c"])
    assert [row.start < 10 for row in told["c"]] == [True]


def test_changes_of_lists_name_what_is_put_in() -> None:
    old = Plan(tasks=(Task(name="main"),))
    new = Plan(tasks=(Task(name="main", weight=2), *(Task(name=f"t{n}") for n in range(6))))
    (change,) = changes_between(old, new)
    assert change_text(change) == "tasks: 1 taken out, 7 put in (main, t0, t1, t2, t3, and 2 more)"
    (change,) = changes_between(new, new.model_copy(update={"tasks": new.tasks[:-1]}))
    assert change_text(change) == "tasks: 1 taken out, 0 put in"


def test_a_file_that_changed_beside_the_plan_is_seen(tmp_path: Path) -> None:
    plan = Plan(feeds=(DataFeed(name="people", path="people.csv"),))
    digests = []
    for text in ("id\n1\n", "id\n1\n2\n", "id\n1\n"):
        (tmp_path / "people.csv").write_text(text)
        digests.append(collect_inputs(plan, tmp_path, tmp_path / "none").digests())
    assert list(digests[0]) == ["data feed people"]
    assert digests[0] == digests[2] != digests[1]
