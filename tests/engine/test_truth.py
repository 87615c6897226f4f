"""Users that stay apart, requests that are sent once, numbers that stay small."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from hazard_tui.plan.model import Pause, Plan, Stage, StageKind, Step, Task
from hazard_tui.plan.request import Request
from hazard_tui.plan.rules import Assertion
from hazard_tui.plan.rules import Target as Part
from tests.engine.conftest import BareRun
from tests.support.engine import LEAD_S, Engine, Target, count_of, merged, plan_for, users

pytestmark = pytest.mark.timeout(300)
"""The first test may have to build the control."""

WHO = '{"user": "u{{$user}}"}'


def login_plan(target: Target, claims: str, count: int, iterations: int) -> Plan:
    """Users that log in and then say who they are: by their cookie, and by name."""
    login = Request.model_validate({
        "method": "POST", "url": target.url + "/login",
        "body": {"text": {"content": WHO}, "content_type": "application/json"},
        "assertions": [Assertion(target=Part.STATUS, expected="200")],
    })  # fmt: skip
    me = Request.model_validate({
        "url": target.url + "/me", "headers": [{"name": "X-Hazard-User", "value": claims}]
    })  # fmt: skip
    steps = (Step(id="login", name="login", request=login), Step(id="me", name="me", request=me))
    stage = Stage(kind=StageKind.ITERATIONS, to=count * iterations, users=count)
    return Plan(name="sessions", tasks=(Task(name="t", steps=steps),), stages=(stage,))


@pytest.mark.parametrize(
    ("count", "iterations"),
    [
        pytest.param(40, 10, id="short"),
        pytest.param(200, 50, marks=pytest.mark.soak, id="full"),
    ],
)
def test_no_user_sends_the_cookie_of_another(target: Target, count: int, iterations: int) -> None:
    with Engine(login_plan(target, "u{{$user}}", count, iterations)) as engine:
        engine.start(time.time())
        frames = engine.finished(60)
    sessions = target.hits()["sessions"]
    total = count * iterations
    assert count_of(frames, 0) == count_of(frames, 1) == (total, 0, 0)
    assert sessions == {
        "logins": total, "recognised": total, "unrecognised": 0, "cross_user": 0
    }  # fmt: skip
    # The control: a request that names another user than its cookie is seen.
    target.reset()
    with Engine(login_plan(target, "somebody else", 4, 5)) as engine:
        engine.start(time.time())
        engine.finished(60)
    assert target.hits()["sessions"]["cross_user"] == 20


@pytest.mark.parametrize(
    ("seconds", "off"),
    [
        pytest.param(4, 0.25, id="short"),
        pytest.param(20, 0.02, marks=pytest.mark.soak, id="full"),
    ],
)
def test_the_mean_think_time_is_as_planned(target: Target, seconds: int, off: float) -> None:
    plan = plan_for(target.url + "/static", users(100, seconds))
    (task,) = plan.tasks
    task = task.model_copy(update={"think_time": Pause(min_ms=100, max_ms=300)})
    with Engine(plan.model_copy(update={"tasks": (task,)})) as engine:
        engine.start(time.time() + LEAD_S)
        frames = engine.finished(seconds + 30)
    done = sum(count_of(frames))
    # Every user begins with a request; between two requests it thinks and waits for an answer.
    service_s = merged(frames, "service").mean_us / 1e6
    mean_s = (seconds * 100 - done * service_s) / (done - 100 / 2)
    print(f"mean think time {mean_s * 1000:.1f} ms over {done} iterations")
    assert mean_s == pytest.approx(0.2, rel=off)


def test_a_connection_that_dies_costs_one_counted_retry(target: Target) -> None:
    plan = plan_for(target.url + "/close-after/7?when=next", users(10, 2))
    with Engine(plan) as engine:
        engine.start(time.time())
        frames = engine.finished(30)
    ok, failed, aborted = count_of(frames)
    stale = sum(step.stale_reuse for frame in frames for step in frame.steps if step.entry == 0)
    assert target.hits()["total"] == ok + failed + aborted
    assert (failed, aborted) == (0, 0)
    assert stale == pytest.approx(ok / 7, rel=0.05)


def test_a_request_that_was_read_is_not_sent_again(target: Target, bare_boomer: BareRun) -> None:
    with Engine(plan_for(target.url + "/drop", users(5, 1))) as engine:
        engine.start(time.time())
        frames = engine.finished(30)
    assert target.hits()["total"] == sum(count_of(frames)) > 0
    target.reset()
    bare = bare_boomer(target.url + "/drop", 2, 100, 1.0, attempts=5)
    time.sleep(0.1)  # what was in flight when the program ended
    assert target.hits()["total"] >= 3 * bare.tried, "the control does not send again"


CONTROL = """
import psutil, locust.stats
stats = locust.stats.RequestStats()
before = psutil.Process().memory_info().rss
for number in range({count}):
    stats.log_request("GET", f"/item/{{number}}", 5, 100)
    stats.log_error("GET", f"/item/{{number}}", f"expected {{number}}")
print(len(stats.entries), len(stats.errors), psutil.Process().memory_info().rss - before)
"""


@pytest.mark.parametrize(
    "count",
    [
        pytest.param(10_000, id="short"),
        pytest.param(100_000, marks=[pytest.mark.soak, pytest.mark.timeout(240)], id="full"),
    ],
)
def test_distinct_addresses_and_errors_do_not_make_the_numbers_grow(
    target: Target, count: int
) -> None:
    request = Request.model_validate({
        "url": target.url + "/static?item={{$guid}}",
        "after": {"source": "throw new Error('odd answer ' + Math.random())"},
    })  # fmt: skip
    step = Step(id="get", name="item", request=request)
    stage = Stage(kind=StageKind.ITERATIONS, to=count, users=50)
    plan = Plan(name="many", tasks=(Task(name="t", steps=(step,)),), stages=(stage,))
    with Engine(plan) as engine:
        engine.start(time.time())
        frames = engine.finished(200)
    assert count_of(frames) == (0, count, 0)
    entries = {step.entry for frame in frames for step in frame.steps}
    texts: dict[str, int] = {}
    for frame in frames:
        for stats in frame.steps:
            if stats.entry == 0:
                for error in stats.errors:
                    texts[error.text] = texts.get(error.text, 0) + error.count
    assert len(entries) <= 2, "one request and its iteration"
    assert 2 <= len(texts) <= 51, "the control: the texts differ"
    assert sum(texts.values()) == count, "every error is in a bucket"
    sizes = [frame.generator.rss_bytes for frame in frames if not frame.last]
    sizes.append(frames[-1].generator.rss_bytes)
    grown = sizes[-1] - sizes[min(1, len(sizes) - 1)]
    done = subprocess.run([sys.executable, "-c", CONTROL.format(count=count)], check=True,
                          capture_output=True, text=True, timeout=120)  # fmt: skip
    locust_entries, _, locust_bytes = map(int, done.stdout.split())
    print(f"{count} addresses and errors: {len(entries)} entries, {len(texts)} texts, "
          f"{grown / 1e6:.1f} MB more; Locust: {locust_entries} entries, "
          f"{locust_bytes / 1e6:.0f} MB more")  # fmt: skip
    assert grown < 20e6
    assert locust_entries == count
