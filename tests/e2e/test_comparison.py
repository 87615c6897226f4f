"""Comparisons of real runs: an unchanged target is called unchanged, a slower one is found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import Machine, machine

PAIRS = 20
RUN = ("--users", "10", "--duration", "6s")


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Machine]:
    """A person with a lab."""
    with machine(tmp_path) as made:
        made.ok("up")
        yield made


def plan(person: Machine, name: str, delay_ms: float) -> str:
    """A plan of one request whose answer takes `delay_ms` and up to a fifth more."""
    person.write(
        f"{name}.sh",
        f"curl '{person.target}/delay?ms={delay_ms}&jitter={delay_ms / 5}&seed={name}'",
    )
    person.ok("import", f"{name}.sh", "-o", f"{name}.yaml")
    return f"{name}.yaml"


def run(person: Machine, plan_file: str) -> str:
    """Id of a finished run."""
    lines = person.lines("run", plan_file, *RUN, "--json")
    return next(str(line["run_id"]) for line in lines if line.get("run_id"))


def regressions(person: Machine, base: str, other: str) -> list[str]:
    """What the comparison found; its exit code says the same."""
    done = person.run("compare", base, other, "--json")
    found: list[str] = json.loads(done.stdout)["regressions"]
    assert done.returncode == (1 if found else 0)
    return found


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_twenty_unchanged_and_twenty_slower_pairs_are_told_apart(person: Machine) -> None:
    same, slower = plan(person, "1", 20), plan(person, "2", 22)
    quiet = found = 0
    for _ in range(PAIRS):
        base, again, worse = run(person, same), run(person, same), run(person, slower)
        quiet += not regressions(person, base, again)
        found += bool(regressions(person, base, worse))
    print(f"{quiet} of {PAIRS} unchanged pairs unchanged, {found} of {PAIRS} slower ones found")
    assert quiet >= PAIRS - 1
    assert found >= PAIRS - 1
