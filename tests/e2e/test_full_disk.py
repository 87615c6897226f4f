"""A disk that is full: before a run, and from within one. The disk is a small tmpfs of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import HAZARD, Machine, machine

pytestmark = pytest.mark.timeout(150)

PLAN = """\
hazard: 1
name: shop
tasks:
- name: t
  think_time: {{min_ms: 20}}
  steps: [{{name: get, request: {{url: "{target}/json"}}}}]
stages: [{{to: 2, duration_ms: 3000}}]
"""


def can_mount() -> bool:
    """True where a namespace with a disk of its own can be made."""
    command = ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]
    try:
        return subprocess.run(command, capture_output=True, timeout=20, check=False).returncode == 0
    except OSError:
        return False


needs_mount = pytest.mark.skipif(not can_mount(), reason="user namespaces may not mount here")


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Machine]:
    """A machine with a lab that knows nothing of the small disk."""
    with machine(tmp_path) as made:
        made.ok("up")
        made.write("plan.hazard.yaml", PLAN.format(target=made.target))
        yield made


def on_small_disk(here: Machine, size: str, script: str) -> list[str]:
    """Lines that a shell script prints whose controller has a small disk for its history."""
    data = here.environ["HAZARD_DATA_DIR"]
    Path(data).mkdir(exist_ok=True)
    text = f'mount -t tmpfs -o size={size} none "$HAZARD_DATA_DIR" || exit 9\n{script}'
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", text],
        cwd=here.folder,
        env={**here.environ, "HAZARD": HAZARD},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return (done.stdout + done.stderr).splitlines()


FILL = 'dd if=/dev/zero of="$HAZARD_DATA_DIR/fill" bs=1k 2>/dev/null\n'


@needs_mount
def test_no_run_begins_on_a_full_disk(here: Machine) -> None:
    run = '"$HAZARD" run plan.hazard.yaml --plain; echo "exit $?"; "$HAZARD" runs --json\n'
    lines = on_small_disk(here, "8m", '"$HAZARD" workers >/dev/null\n' + FILL + run + "exit 0")
    assert any("the disk is full" in line for line in lines), lines
    assert "exit 2" in lines
    assert not any('"type": "run"' in line for line in lines)


@needs_mount
def test_no_controller_begins_on_a_full_disk(here: Machine) -> None:
    run = '"$HAZARD" run plan.hazard.yaml --plain; echo "exit $?"\n'
    lines = on_small_disk(here, "1m", FILL + run)
    assert any("the disk is full" in line for line in lines), lines
    assert "exit 2" in lines


@needs_mount
def test_a_run_whose_disk_fills_up_ends_and_says_that_it_is_not_recorded(here: Machine) -> None:
    script = (
        '"$HAZARD" run plan.hazard.yaml --detach\n'
        + FILL
        + '"$HAZARD" attach --plain; echo "exit $?"\n'
        + '"$HAZARD" runs --json\nrm "$HAZARD_DATA_DIR/fill"\n'
    )
    lines = on_small_disk(here, "6m", script)
    assert "exit 1" in lines, lines
    assert any("not all is recorded: the disk is full" in line for line in lines)
    (listed,) = [line for line in lines if '"type": "run"' in line]
    assert '"state": "finished"' in listed
