"""`hazard find-capacity` against a target that answers a known number of requests per second."""

from __future__ import annotations

import json
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from tests.support.commands import HAZARD, Machine, machine

pytestmark = pytest.mark.timeout(300)

OBJECTIVE = "p95<200ms,errors<1%"
PLAN = """\
hazard: 1
name: bucket
variables: [{name: T, value: "TARGET"}]
tasks:
- name: buy
  steps:
  - {name: take, request: {url: "{{T}}/bucket", assertions: [{expected: "200"}]}}
"""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine with a lab of two workers and the plan."""
    with machine(tmp_path_factory.mktemp("machine")) as found:
        found.ok("up", "--workers", "2")
        found.write("bucket.hazard.yaml", PLAN)
        yield found


def give_the_target(here: Machine, rate: float, queue: int = 0) -> None:
    """Lets the target answer so many requests a second; `queue` 0: any number may wait."""
    body = json.dumps({"rate": rate, "queue": queue}).encode()
    for path, data in (("/lab/bucket", body), ("/lab/reset", b"")):
        request = urllib.request.Request(here.target + path, data=data, method="POST")
        with urllib.request.urlopen(request, timeout=5) as answer:
            assert answer.status == 200


def hits(here: Machine) -> int:
    """Requests that the target counted."""
    with urllib.request.urlopen(f"{here.target}/lab/hits", timeout=5) as answer:
        found: int = json.load(answer)["total"]
        return found


def arguments(here: Machine, *more: str) -> tuple[str, ...]:
    """The command line of a search."""
    return ("find-capacity", "bucket.hazard.yaml", "--set", f"T={here.target}",
            "--objective", OBJECTIVE, "--json", *more)  # fmt: skip


def assert_the_run_is_over_and_exact(here: Machine, run_id: str) -> dict[str, Any]:
    """The search's run has ended and counted what the target did; its summary."""
    assert here.lines("status", "--json")[-1]["runs"] == []
    (summary,) = here.lines("show", run_id, "--json")
    total = summary["total"]
    assert total["ok"] + total["failed"] + total["aborted"] == hits(here)
    assert summary["locust"]["requests"] == total["ok"] + total["failed"]
    return summary


def test_a_slow_target_has_its_capacity_found(here: Machine) -> None:
    give_the_target(here, 100)
    lines = here.lines(
        *arguments(here, "--min-rate", "80", "--max-rate", "160", "--step-time", "5s"),
        "--precision", "10%", "--repeats", "1", "--seed", "7",
    )  # fmt: skip
    assert [lines[0]["type"], lines[-1]["type"]] == ["start", "capacity"]
    steps, answer = lines[1:-1], lines[-1]
    assert {step["type"] for step in steps} == {"step"}
    assert answer["rate"] == pytest.approx(100, rel=0.1), steps
    assert answer["low"] <= 100 * 1.03
    assert answer["high"] >= 100 * 0.97
    assert answer["requests_per_s"] == pytest.approx(answer["rate"], rel=0.05)
    assert (answer["limited_by"], answer["steps"]) == ("", len(steps))
    held = [step for step in steps if step["rate"] == answer["rate"]]
    assert "step" in {step["length"] for step in held}
    summary = assert_the_run_is_over_and_exact(here, answer["run_id"])
    assert summary["seed"] == 7


def test_a_target_that_refuses_what_is_too_much_is_judged_by_its_errors(here: Machine) -> None:
    give_the_target(here, 20, queue=1)
    done = here.run(*arguments(here, "--min-rate", "60", "--step-time", "2s"))
    assert done.returncode == 1, done.stderr
    answer = json.loads(done.stdout.splitlines()[-1])
    assert (answer["rate"], answer["low"], answer["high"]) == (None, 0, 60)
    assert answer["limited_by"] == "min-rate"
    assert "errors" in done.stderr
    assert_the_run_is_over_and_exact(here, answer["run_id"])


def test_an_interrupt_stops_the_run_and_tells_what_is_known(here: Machine) -> None:
    give_the_target(here, 100_000)
    command = [HAZARD, *arguments(here, "--min-rate", "20", "--step-time", "2s")]
    with subprocess.Popen(command, cwd=here.folder, env=here.environ, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:  # fmt: skip
        assert child.stdout is not None
        lines = []
        for text in child.stdout:
            lines.append(json.loads(text))
            if lines[-1]["type"] == "step":
                child.send_signal(signal.SIGINT)
                break
        rest = [json.loads(text) for text in child.stdout]
        assert child.wait(60) == 130
    answer = rest[-1]
    assert (answer["type"], answer["limited_by"]) == ("capacity", "interrupt")
    assert (answer["rate"], answer["high"]) == (20, None)
    assert_the_run_is_over_and_exact(here, answer["run_id"])


@pytest.mark.soak
def test_a_search_goes_on_when_its_controller_is_killed(here: Machine) -> None:
    give_the_target(here, 100_000)
    more = ("--min-rate", "20", "--max-rate", "40", "--step-time", "2s", "--spacing", "poisson")
    killed = 0
    command = [HAZARD, *arguments(here, *more)]
    with subprocess.Popen(command, cwd=here.folder, env=here.environ, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:  # fmt: skip
        assert child.stdout is not None
        lines = []
        for text in child.stdout:
            lines.append(json.loads(text))
            if lines[-1]["type"] == "step" and not killed:
                killed = here.lines("status", "--json")[-1]["controller"]["pid"]
                psutil.Process(killed).kill()
        assert child.wait(60) == 0, child.stderr and child.stderr.read()
    answer = lines[-1]
    assert (answer["type"], answer["rate"], answer["limited_by"]) == ("capacity", 40, "max-rate")
    (status,) = here.lines("status", "--json")
    assert status["runs"] == []
    # The control: another controller did the rest.
    assert status["controller"]["pid"] != killed
    (summary,) = here.lines("show", answer["run_id"], "--json")
    total = summary["total"]
    assert total["ok"] + total["failed"] + total["aborted"] == hits(here)
    shown = here.ok("show", answer["run_id"])
    assert "took the run over" in shown
    assert "hold 40 random arrivals per second" in shown


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--objective", "p95"), "not a threshold"),
        (("--objective", "rps>10"), "nothing about capacity"),
        (("--min-rate", "0"), "--min-rate must be above 0"),
        (("--min-rate", "nan"), "invalid number"),
        (("--step-time", "1s"), "at least 2"),
        (("--step-time", "2500ms"), "whole seconds"),
        (("--precision", "much"), "--precision"),
        (("--limit", "3s"), "--limit must be at least"),
    ],
)
def test_what_cannot_be_sought_is_exit_2(here: Machine, more: tuple[str, ...], says: str) -> None:
    done = here.run(*arguments(here, *more))
    assert done.returncode == 2, done.stderr
    assert says in done.stderr


@pytest.mark.soak
def test_a_bucket_of_800_a_second_is_found_within_3_minutes(here: Machine) -> None:
    give_the_target(here, 800)
    done = subprocess.run(
        [HAZARD, *arguments(here)],
        cwd=here.folder, env=here.environ, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout.splitlines()[-1])
    assert answer["rate"] == pytest.approx(800, rel=0.05), done.stderr
    assert answer["low"] <= 800 * 1.03
    assert answer["high"] >= 800 * 0.97
    assert answer["seconds"] <= 180
    ends = [step for step in map(json.loads, done.stdout.splitlines()[1:-1])
            if step["rate"] == answer["rate"]]  # fmt: skip
    assert "long" in {step["length"] for step in ends}
    assert_the_run_is_over_and_exact(here, answer["run_id"])
