"""Thresholds over real runs and the exit codes that `hazard run` documents."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.support.commands import Machine, machine

HOLDS, BROKEN = 0, 1

# Two tasks of equal weight: quick answers, and slow ones of which a third fails.
PLAN = """\
hazard: 1
name: thresholds
variables: [{{name: T, value: "{target}"}}]
tasks:
- name: quick
  steps:
  - {{name: page, tags: [team=web], request: {{url: "{{{{T}}}}/static"}}}}
- name: slow
  steps:
  - name: report
    tags: [team=data]
    request:
      url: "{{{{T}}}}/delay?ms=60"
      assertions: [{{expected: "200"}}]
  - name: shaky
    tags: [team=data]
    request: {{url: "{{{{T}}}}/error?ratio=0.34&seed=4", assertions: [{{expected: "200"}}]}}
stages: [{{kind: arrivals, to: 60, duration_ms: {length_ms}}}]
thresholds:
{rules}
"""


@dataclass(frozen=True)
class Case:
    """A threshold and the exit code of the run."""

    rule: str
    code: int
    about: str = ""
    """More fields of the threshold, such as `step: page`."""
    seconds: float = 1
    aborts: bool = False


SHORT = (
    Case("p95<50ms", HOLDS, "step: page"),
    Case("p95<50ms", BROKEN, "step: report"),
    Case("errors<1%", BROKEN, "abort: true, abort_after_ms: 1000", seconds=30, aborts=True),
)
REST = (
    Case("p95<500ms", HOLDS),
    Case("p99.9<5s", HOLDS),
    Case("p90<10ms", BROKEN, "task: slow"),
    Case("med<50ms", HOLDS, "task: quick"),
    Case("avg<30ms", HOLDS, "step: page"),
    Case("avg<30ms", BROKEN, "step: report"),
    Case("min>=60ms", HOLDS, "step: report"),
    Case("max<60ms", BROKEN, "step: report"),
    Case("errors<1%", HOLDS, "step: page"),
    Case("errors<20%", BROKEN, "step: shaky"),
    Case("errors<50%", HOLDS, "step: shaky"),
    Case("failed<=0", BROKEN),
    Case("failed<=0", HOLDS, "tag: team=web"),
    Case("errors<10%", BROKEN, "tag: team=data"),
    Case("requests>=60", HOLDS),
    Case("requests>100000", BROKEN),
    Case("rps>1000", BROKEN),
    Case("checks>99%", BROKEN, "task: slow"),
    Case("checks>99%", HOLDS, "step: report"),
    Case("dropped<=0", HOLDS),
    Case("errors<1%", BROKEN, "abort: true, abort_after_ms: 60000", seconds=2),
    Case("p95<1us", BROKEN, "step: page, abort: true, abort_after_ms: 2500", seconds=30,
         aborts=True),
)  # fmt: skip


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine with a lab."""
    with machine(tmp_path_factory.mktemp("machine")) as found:
        found.ok("up", "--workers", "2")
        yield found


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "case",
    [
        *(pytest.param(one, id=f"{one.rule} {one.about}") for one in SHORT),
        *(pytest.param(one, id=f"{one.rule} {one.about}", marks=pytest.mark.soak) for one in REST),
    ],
)
def test_a_threshold_decides_the_exit_code(here: Machine, case: Case) -> None:
    about = f", {case.about}" if case.about else ""
    rules = f"- {{rule: '{case.rule}'{about}}}"
    plan = PLAN.format(target=here.target, length_ms=round(case.seconds * 1000), rules=rules)
    # The same answers fail in every run: of the first 20 to 35, between 36 and 45 %.
    urllib.request.urlopen(here.target + "/lab/reset", data=b"", timeout=10).close()
    name = re.sub(r"\W+", "-", case.rule + case.about) + ".hazard.yaml"
    done = here.run("run", here.write(name, plan), "--plain")
    said = done.stdout + done.stderr
    assert done.returncode == case.code, said
    assert ("BROKEN" in said) == (case.code == BROKEN)
    (state,) = re.findall(r"^run \S+ (finished|aborted)\b", said, re.MULTILINE)
    assert state == ("aborted" if case.aborts else "finished")


def test_a_rule_that_does_not_parse_is_a_usage_error(here: Machine) -> None:
    plan = PLAN.format(target=here.target, length_ms=1000, rules="- {rule: 'p95 is low'}")
    done = here.run("run", here.write("bad.hazard.yaml", plan), "--plain")
    assert done.returncode == 2, done.stdout + done.stderr
