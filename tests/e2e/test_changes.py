"""Running runs that are changed: the load, and the plan itself."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import HAZARD, Machine, machine

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Machine]:
    """A person with a lab."""
    with machine(tmp_path) as made:
        made.ok("up")
        yield made


def plan(person: Machine, version: int, *, name: str = "look") -> str:
    """A plan file whose request says its version."""
    return person.write(
        "plan.yaml",
        f"""hazard: 1
name: changing
tasks:
  - id: task
    name: task
    steps:
      - id: look
        name: {name}
        request:
          url: "{person.target}/echo?version={version}"
          assertions:
            - {{target: body, operator: contains, expected: "version={version}"}}
stages:
  - {{kind: arrivals, to: 50, duration_ms: 60000}}
""",
    )


def test_an_edited_plan_takes_over_on_every_worker_and_nothing_is_lost(person: Machine) -> None:
    run_id = person.ok("run", plan(person, 1), "--detach").strip()
    until_running(person, run_id)
    plan(person, 2)
    (said,) = person.lines("change", "--plan", "plan.yaml", "--json")
    assert said["plan_version"] == 2
    assert any("request.url" in change for change in said["changes"])
    again = person.run("change", "--plan", "plan.yaml")
    assert (again.returncode, "follows this plan already" in again.stderr) == (2, True)
    plan(person, 3, name="other")
    (said,) = person.lines("change", run_id[:15], "--plan", "plan.yaml", "--json")
    assert said["plan_version"] == 3
    person.write("broken.yaml", "hazard: 1\ntasks: []\n")
    refused = person.run("change", "--plan", "broken.yaml")
    assert (refused.returncode, "cannot be run" in refused.stderr) == (2, True)
    person.ok("change", "--rate", "80")
    person.run("stop")
    summary = ended(person, run_id)
    assert summary["failed"] == 0, "an answer did not have the version of its request"
    shown = person.ok("show", run_id)
    assert "plan-replaced: plan version 2: tasks[0].steps[0].request.url" in shown
    assert "hold 80 arrivals" in shown


def test_changes_that_make_no_sense_are_refused_in_a_sentence(person: Machine) -> None:
    for arguments, part in (
        (("change", "--users", "5"), "nothing is running"),
        (("change", "--users", "5", "--set", "a=1"), "belong to --plan"),
        (("change",), "required"),
    ):
        done = person.run(*arguments)
        assert done.returncode == 2, arguments
        assert part in done.stderr


def until_running(person: Machine, run_id: str) -> None:
    """Waits, by following the run, until it has had a second of load."""
    attach = [HAZARD, "attach", run_id, "--json"]
    with subprocess.Popen(
        attach, env=person.environ, cwd=person.folder, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if json.loads(line).get("ok"):
                break
        child.terminate()


def ended(person: Machine, run_id: str) -> dict[str, int]:
    """The figures of a run once it has ended."""
    person.run("attach", run_id, "--plain")
    total: dict[str, int] = json.loads(person.ok("show", run_id, "--json"))["total"]
    return total
