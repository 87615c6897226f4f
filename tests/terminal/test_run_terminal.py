"""A run watched in a real terminal: what it costs on the line, and what closing it leaves alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.support.commands import HAZARD, Machine, machine
from tests.support.pty_meter import Terminal, terminal

KEY_F5, KEY_ESCAPE, KEY_STOP = "\x1b[15~", "\x1b", "\x18"
HEAD_ROOM = 1.3
BUDGET_KB_S = {(120, 40): 12.0, (80, 24): 7.0}
IDLE_KB_S = 0.2


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine with a lab of one worker and a plan of twenty requests."""
    with machine(tmp_path_factory.mktemp("watch")) as here:
        here.ok("up", "--workers", "1")
        target = here.target
        steps = "\n".join(
            f"    - name: step {n}\n      request: {{method: GET, url: '{target}/?n={n}'}}"
            for n in range(20)
        )
        here.write(
            "many.hazard.yaml",
            f"hazard: 1\nname: many\ntasks:\n  - name: all\n    steps:\n{steps}\n"
            "stages:\n  - kind: arrivals\n    to: 10\n    duration_ms: 40000\n",
        )
        yield here


def start(here: Machine, seconds: int, rate: int = 10) -> str:
    """Starts a run and leaves it; its id."""
    options = ("--rate", str(rate), "--duration", f"{seconds}s", "--detach")
    return here.ok("run", "many.hazard.yaml", *options).strip().splitlines()[-1]


def end(here: Machine) -> None:
    """Ends the run and waits until its workers are free."""
    here.run("stop", "--force")
    wait_until_free(here)


def wait_until_free(here: Machine) -> None:
    """Waits until nothing runs."""
    deadline = time.monotonic() + 60
    while any(not one.get("ended_unix_ms") for one in here.lines("runs", "--json")):
        assert time.monotonic() < deadline, here.ok("runs")
        time.sleep(0.2)


def kilobytes_per_second(screen: Terminal, seconds: float) -> float:
    """What the console sends while it is only watched."""
    return screen.read(seconds) / seconds / 1000


@pytest.mark.parametrize("size", sorted(BUDGET_KB_S))
def test_watching_a_run_stays_within_the_budget_of_the_line(
    lab: Machine, size: tuple[int, int]
) -> None:
    start(lab, 30)
    try:
        with terminal([HAZARD, "attach"], lab.environ, lab.folder, size) as screen:
            screen.wait_for("all requests")
            screen.read(4)
            busy = kilobytes_per_second(screen, 8)
            shown = screen.text
            lab.run("stop", "--force")
            screen.wait_for("stopped")
            screen.read(3)
            idle = kilobytes_per_second(screen, 5)
    finally:
        end(lab)
    assert "step 3" in shown
    assert 0.2 < busy <= BUDGET_KB_S[size] * HEAD_ROOM, shown
    assert idle <= IDLE_KB_S * HEAD_ROOM, screen.text


def test_a_hung_up_terminal_leaves_the_load_alone_and_no_second_is_missing(lab: Machine) -> None:
    run_id = start(lab, 60)
    try:
        with terminal([HAZARD, "attach"], lab.environ, lab.folder) as screen:
            screen.wait_for("all requests")
            os.kill(screen.process.pid, signal.SIGHUP)
            screen.process.wait(10)
        follower = subprocess.Popen(
            [HAZARD, "attach", run_id, "--json"],
            env=lab.environ,
            cwd=lab.folder,
            stdout=subprocess.PIPE,
            text=True,
        )
        lines = []
        assert follower.stdout is not None
        for line in follower.stdout:
            lines.append(json.loads(line))
            if sum(1 for one in lines if one.get("type") == "second") >= 12:
                break
        lab.run("stop")
        follower.wait(60)
        follower.stdout.close()
    finally:
        end(lab)
    seconds = [one["second"] for one in lines if one.get("type") == "second"]
    assert seconds == list(range(seconds[0], seconds[0] + len(seconds)))
    assert len(seconds) >= 12


def test_five_keys_bring_load_from_an_opened_plan(tmp_path: Path) -> None:
    with machine(tmp_path) as here:
        here.write(
            "first.hazard.yaml",
            "hazard: 1\nname: first\ntasks:\n  - name: one\n    steps:\n"
            "      - name: hello\n        request: {method: GET, url: 'http://127.0.0.1:9/'}\n"
            "stages:\n  - to: 1\n    duration_ms: 20000\n",
        )
        with terminal([HAZARD, "first.hazard.yaml"], here.environ, here.folder) as screen:
            screen.wait_for("0 of 0 workers")
            screen.press(KEY_F5)
            screen.wait_for("Start a lab on this machine")
            screen.press("\r")
            screen.wait_for("start the run?", 60)
            for text in ("127.0.0.1:9", "1 user", "20s", "workers   "):
                screen.wait_for(text)
            screen.press("\r")
            screen.wait_for("running 0:0", 60)
            screen.wait_for("hello")
            # From inside a dialog as well.
            screen.press("m")
            screen.wait_for("what happened")
            screen.press(KEY_STOP)
            screen.wait_for("stopping: what")
            screen.press(KEY_ESCAPE)
            screen.wait_for("stopped 0:", 30)


def test_a_running_run_goes_on_with_the_edited_plan(lab: Machine) -> None:
    def write(version: int) -> None:
        lab.write(
            "edited.hazard.yaml",
            "hazard: 1\nname: edited\ntasks:\n  - {id: t, name: t, steps: [{id: s, name: look, "
            f"request: {{method: GET, url: '{lab.target}/?v={version}'}}}}]}}\n"
            "stages:\n  - {to: 1, duration_ms: 60000}\n",
        )

    write(1)
    try:
        with terminal([HAZARD, "edited.hazard.yaml"], lab.environ, lab.folder) as screen:
            screen.wait_for("1 of 1 workers")
            screen.press(KEY_F5)
            screen.wait_for("start the run?")
            screen.press("\r")
            screen.wait_for("running 0:0", 60)
            screen.press(KEY_F5)
            screen.wait_for("the run follows this plan")
            write(2)
            screen.wait_for("read again")
            screen.press(KEY_F5)
            screen.wait_for("go on with this plan?")
            screen.wait_for("?v=2")
            screen.press("\r")
            screen.wait_for("plan version 2: 1 change")
    finally:
        end(lab)
    assert "plan-replaced: plan version 2" in lab.ok("show")


def test_keys_answer_soon_while_numbers_change(lab: Machine) -> None:
    start(lab, 40)
    waits = []
    try:
        with terminal([HAZARD, "attach"], lab.environ, lab.folder) as screen:
            screen.wait_for("all requests")
            for name in ("workers", "errors", "changes", "heat", "events", "steps") * 3:
                screen.read(0.15)
                screen.press("\t")
                waits.append(screen.wait_for(f"{name} (tab)"))
    finally:
        end(lab)
    # The machine that runs the tests may be busy with others of them.
    assert sorted(waits)[len(waits) // 2] < 0.25, waits


def attached(here: Machine) -> AbstractContextManager[Terminal]:
    """Another console on the newest run."""
    return terminal([HAZARD, "attach"], here.environ, here.folder)


def take_over(screen: Terminal) -> None:
    """Takes the run over with the key and the answer that it asks for."""
    screen.press("H")
    screen.wait_for("take the run over?")
    screen.press("\r")
    screen.wait_for("this console holds the run now")


def changes_of(here: Machine, run_id: str) -> list[str]:
    """What was changed of a run, and the notes on its time line."""
    lines = [line.partition(" ")[2] for line in here.ok("show", run_id).splitlines()]
    return [line for line in lines if line.startswith(("load-changed: ", "marker: "))]


def test_a_second_console_reads_until_it_takes_the_run_over(lab: Machine) -> None:
    run_id = start(lab, 240)
    try:
        with attached(lab) as holder:
            holder.wait_for("all requests")
            with attached(lab) as reader:
                reader.wait_for("read-only: ")
                reader.wait_for(" holds the run")
                assert "read-only" not in holder.text
                for key in ("m", "+", KEY_F5, KEY_STOP, "p"):
                    reader.press(key)
                    reader.read(0.3)
                reader.wait_for("takes it over")
                for asked in ("what happened", "hold from now on", "go on with", "stopping"):
                    assert asked not in reader.text
                assert changes_of(lab, run_id) == []
                os.kill(holder.process.pid, signal.SIGHUP)
                holder.process.wait(10)
                reader.wait_for("read-only: nobody holds the run")
                take_over(reader)
                with attached(lab) as third:
                    third.wait_for("read-only: ")
                    take_over(third)
                    reader.wait_for("read-only: ")
                    third.press("p")
                    third.wait_for("paused")
                    third.press("p")
                    third.wait_for("running")
        lab.ok("change", run_id, "--rate", "11")
    finally:
        end(lab)
    assert changes_of(lab, run_id) == [
        f"load-changed: {what}" for what in ("paused", "resumed", "hold 11 arrivals per second")
    ]
    told = map(json.loads, lab.run("attach", run_id, "--json").stdout.splitlines())
    seconds = [one["second"] for one in told if one["type"] == "second"]
    assert seconds == list(range(seconds[0], seconds[0] + len(seconds)))
