"""The floor: what the generator itself costs, beside the numbers of a run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.commands import Machine, machine

PLAN = """\
hazard: 1
name: static
variables: [{name: T, value: "TARGET"}]
tasks:
- name: browse
  steps: [{name: static, request: {url: "{{T}}/static"}}]
"""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine with a lab of one worker."""
    with machine(tmp_path_factory.mktemp("machine")) as found:
        found.ok("up", "--workers", "1")
        found.write("static.hazard.yaml", PLAN)
        yield found


def run(here: Machine, *form: str) -> str:
    """Output of a short run."""
    target = f"T={here.target}"
    return here.ok("run", "static.hazard.yaml", "--set", target, "--stage", "2s@50/s", *form)


def test_a_run_shows_the_floor_that_its_worker_measured(here: Machine) -> None:
    # The control: without a measurement nothing is claimed.
    before = run(here, "--plain")
    assert "floor" not in before
    (worker,) = here.lines("workers", "--calibrate", "--json")
    floor = worker["floor"]
    assert 0 < floor["p50_us"] <= floor["p99_us"]
    assert floor["rate_per_core"] == pytest.approx(1e6 / floor["cost_us"], rel=0.01)
    assert f"floor p50 {floor['p50_us']:.0f} us" in run(here, "--plain")
    (summary,) = here.lines("show", "--json")
    assert summary["workers"][0]["floor"] == floor
