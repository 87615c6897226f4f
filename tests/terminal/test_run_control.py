"""A run steered from the console in a real terminal: more users, a stop from a dialog, the log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import HAZARD, Machine, machine
from tests.support.pty_meter import Terminal, terminal

KEY_F5, KEY_F9, KEY_ESCAPE, KEY_STOP = "\x1b[15~", "\x1b[20~", "\x1b", "\x18"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine with a lab of two workers, and a plan whose requests take three seconds."""
    with machine(tmp_path_factory.mktemp("control")) as here:
        here.ok("up", "--workers", "2")
        secrets = Path(here.environ["HAZARD_DATA_DIR"]) / "secrets.yaml"
        secrets.parent.mkdir(parents=True, exist_ok=True)
        secrets.write_text("api: k-7777\n")
        secrets.chmod(0o600)
        url = f"{here.target}/delay?ms=3000"
        here.write(
            "slow.hazard.yaml",
            "hazard: 1\nname: slow\nvariables:\n  - {name: key, secret: {key: api}}\n"
            "tasks:\n  - name: one\n    steps:\n      - name: wait\n        request:\n"
            f"          url: '{url}'\n          headers: [{{name: X-Key, value: '{{{{key}}}}'}}]\n"
            "stages:\n  - {to: 2, duration_ms: 90000}\n",
        )
        yield here


def begin(screen: Terminal) -> None:
    """Starts the plan from the console."""
    screen.wait_for("2 of 2 workers")
    screen.press(KEY_F5)
    screen.wait_for("start the run?")
    screen.press("\r")
    screen.wait_for("running 0:0", 60)
    screen.wait_for("2 users")


def test_users_change_within_three_seconds_and_a_second_stop_cuts_off(lab: Machine) -> None:
    with terminal([HAZARD, "slow.hazard.yaml"], lab.environ, lab.folder) as screen:
        begin(screen)
        # All at once, as keys come over a slow line.
        screen.press("+\x1520\r")
        screen.wait_for("20 users")
        # From inside a dialog: the first stop lets requests end, the second one does not.
        screen.press("m")
        screen.wait_for("what happened")
        screen.press(KEY_STOP)
        screen.wait_for("stopping: what")
        screen.press(KEY_STOP)
        screen.wait_for("cut off")
        screen.press(KEY_ESCAPE)
        screen.wait_for("stopped 0:", 30)
        screen.press(KEY_F9)
        screen.wait_for("stop run: controller")
        log = screen.text
    for line in ("connect: controller", "start run: worker 127.0.0.1:", "is ready", "set load 20"):
        assert line in log
    assert "k-7777" not in log
    run_id = lab.lines("runs", "--json")[0]["run_id"]
    # Of a run that a person stopped it ends as an interrupted command does.
    told = lab.run("attach", run_id, "--json")
    assert told.returncode == 130, told.stderr
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    (changed,) = (one["at_unix_ms"] for one in lines if one.get("kind") == "load-changed")
    reached = next(one["second"] for one in lines if one.get("users", 0) >= 20)
    assert reached - changed // 1000 <= 3
    assert lines[-1]["state"] == "stopped"
    assert lines[-1]["total"]["aborted"] > 0, "what was in flight was not cut off"
