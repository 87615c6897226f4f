"""What only a real terminal shows: paste, suspend, resize, signals, colours, the clipboard."""

from __future__ import annotations

import os
import re
import signal
import stat
import time
from collections.abc import Callable
from pathlib import Path

from hazard_tui.plan.store import load_plan
from tests.support.terminal import MeteredPty, Tmux, is_alive
from tests.terminal.conftest import console_command

CURL = "curl 'http://127.0.0.1:9/orders' \\\n  -H 'Accept: a/b' \\\n  --data-raw '{\"a\": 1}'\n"

MakeTmux = Callable[..., Tmux]
MakePty = Callable[..., MeteredPty]


def opened(tmux: MakeTmux, environment: dict[str, str], plan: Path | None, **changes: str) -> Tmux:
    pane = tmux()
    pane.start(console_command(plan), {**environment, **changes})
    pane.until("F1 Plan")
    return pane


def ended(pane: Tmux) -> str:
    """Waits until the shell answers again; the screen then."""
    pane.until("F1 Plan", gone=True)
    pane.type_line("echo ba''ck; stty -a | tr ';' '\\n' | grep -w echo")
    return pane.until("back")


def assert_echoes(shown: str) -> None:
    """The terminal shows what is typed, as it does not while a console has it."""
    assert re.search(r"\secho\s", shown), shown
    assert not re.search(r"\s-echo\s", shown), shown


def editor(folder: Path, script: str) -> str:
    """An editor that does what a script says with its last argument, and writes its arguments."""
    path = folder / "vim"
    path.write_text(f'#!/bin/sh\necho "$@" > {folder}/arguments\nfor file; do :; done\n{script}\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_a_bracketed_paste_of_several_lines_becomes_one_step(
    tmux: MakeTmux, environment: dict[str, str]
) -> None:
    pane = opened(tmux, environment, None)
    pane.until("The plan is empty")
    pane.paste(CURL)
    pane.until("space take")
    pane.press("C-s")
    pane.until("POST")
    pane.until("space take", gone=True)
    pane.until("http://127.0.0.1:9/orders")


def test_a_killed_console_finds_its_text_and_undo_list_again(
    tmux: MakeTmux, environment: dict[str, str], plan_file: Path
) -> None:
    pane = opened(tmux, environment, plan_file)
    pane.press("Down", "Down", "D")
    pane.until("shop *")
    pane.press("r")
    pane.until("enter accept")
    pane.type_line("login again")
    pane.until("enter accept", gone=True)
    pane.until("login again")
    os.kill(pane.child(), signal.SIGKILL)
    pane.until("Killed")
    # The terminal is as the console left it: Enter sends what no shell takes for a line's end.
    pane.tell("send-keys", "-l", "stty sane; tput rmcup; tput clear; echo re''ady")
    pane.press("C-j")
    pane.until("ready")
    pane.start_again(console_command(plan_file), environment)
    shown = pane.until("edits of a session")
    assert "shop *" in shown
    pane.until("login again")
    pane.press("C-z", "C-z")
    pane.until("login again", gone=True)
    pane.until("shop *", gone=True)
    assert load_plan(plan_file).tasks[0].steps[1].name == "list"


def test_the_editor_opens_at_the_line_and_a_renamed_file_is_read_again(
    tmux: MakeTmux, environment: dict[str, str], plan_file: Path, tmp_path: Path
) -> None:
    script = 'sed "s#/items#/edited#" "$file" > "$file.new" && mv "$file.new" "$file"'
    vim = editor(tmp_path, script)
    pane = opened(tmux, environment, plan_file, EDITOR=vim)
    pane.press("Down", "Down", "Down")
    pane.until("{{host}}/items")
    pane.press("F6")
    pane.until("{{host}}/edited")
    line = int((tmp_path / "arguments").read_text().split()[0].removeprefix("+"))
    assert "s-list" in plan_file.read_text().split("\n")[line - 1]
    pane.press("C-z")
    pane.until("{{host}}/items")


def test_a_file_that_another_program_renames_into_place_is_read_again(
    tmux: MakeTmux, environment: dict[str, str], plan_file: Path, tmp_path: Path
) -> None:
    pane = opened(tmux, environment, plan_file)
    new = tmp_path / "new"
    new.write_text(plan_file.read_text().replace("name: browse", "name: wander"))
    os.replace(new, plan_file)
    pane.until("wander")
    pane.press("Down", "D")
    pane.until("shop *")
    plan_file.write_text(plan_file.read_text().replace("name: wander", "name: third"))
    pane.until("was written by another program")
    pane.press("Down", "Enter")
    pane.until("take the file", gone=True)
    assert "third" not in pane.screen()


def test_a_body_is_edited_in_the_editor(
    tmux: MakeTmux, environment: dict[str, str], plan_file: Path, tmp_path: Path
) -> None:
    pane = opened(tmux, environment, plan_file, EDITOR=editor(tmp_path, 'echo "[1]" > "$file"'))
    pane.press("Down", "Down")
    pane.until("{{host}}/login")
    pane.press("Enter", "Tab", "Right", "Right")
    pane.until('"user"')
    pane.press("Tab", "Tab", "Tab", "F6")
    pane.until("[1]")
    assert (tmp_path / "arguments").read_text().strip().endswith(".json")


def test_a_storm_of_resizes_leaves_a_right_screen(
    tmux: MakeTmux, environment: dict[str, str], plan_file: Path
) -> None:
    pane = opened(tmux, environment, plan_file)
    for number in range(20):
        pane.resize(50 + number * 7 % 90, 12 + number * 5 % 40)
    pane.resize(60, 16)
    pane.until("too small")
    pane.resize(100, 30)
    shown = pane.until("browse").rstrip("\n").split("\n")
    assert len(shown) == 30
    assert "F1 Plan" in shown[0]
    assert "? Help" in shown[-1]


def test_a_terminal_that_is_hung_up_leaves_no_process(
    tmux: MakeTmux, environment: dict[str, str], plan_file: Path
) -> None:
    pane = opened(tmux, environment, plan_file)
    pid = pane.child()
    os.kill(pid, signal.SIGHUP)
    end = time.monotonic() + 10
    while is_alive(pid) and time.monotonic() < end:
        time.sleep(0.02)
    assert not is_alive(pid)


def test_a_bug_gives_the_terminal_back_and_names_its_report(
    tmux: MakeTmux, environment: dict[str, str], plan_file: Path
) -> None:
    pane = tmux()
    pane.start(console_command(plan_file, "--crash-on", "f7"), environment)
    pane.until("F1 Plan")
    pane.press("F7")
    shown = ended(pane)
    flat = shown.replace("\n", "")
    assert "hazard stopped because of a bug: RuntimeError: injected by the test" in flat
    report = re.search(r"The report is in\s*(\S+?\.txt)", flat)
    assert report, shown
    assert "injected by the test" in Path(report.group(1)).read_text()
    assert_echoes(shown)


def test_leaving_gives_the_terminal_back(
    tmux: MakeTmux, environment: dict[str, str], plan_file: Path
) -> None:
    pane = opened(tmux, environment, plan_file)
    pane.press("C-q")
    shown = ended(pane)
    assert_echoes(shown)


def test_without_colour_every_state_is_still_told(
    tmux: MakeTmux, environment: dict[str, str], plan_file: Path
) -> None:
    pane = opened(tmux, environment, plan_file, NO_COLOR="1")
    pane.press("Down", "Space")
    pane.until("browse off")
    coloured = pane.screen(colours=True)
    colours = re.findall(r"\x1b\[[0-9;]*?[34]8;2;(\d+);(\d+);(\d+)m", coloured)
    assert all(len(set(colour)) == 1 for colour in colours), colours


def test_an_ascii_terminal_gets_ascii(metered: MakePty, plan_file: Path) -> None:
    terminal = metered(plan_file, LANG="C", LC_ALL="C")
    terminal.until("browse")
    terminal.press("down", "down")
    terminal.until("{{host}}/login")
    assert terminal.raw.isascii(), terminal.screen()


def test_copied_text_arrives_in_the_buffer_of_the_terminal(
    tmux: MakeTmux, environment: dict[str, str], plan_file: Path
) -> None:
    pane = opened(tmux, environment, plan_file)
    pane.press("F12")
    pane.until("diagnostics")
    pane.press("y")
    pane.until("copied by the terminal (OSC 52)")
    assert pane.tell("show-buffer").startswith("hazard ")


def test_the_mouse_is_off_when_asked_and_comes_back(metered: MakePty, plan_file: Path) -> None:
    terminal = metered(plan_file)
    terminal.until("browse")
    assert b"\x1b[?1003h" in terminal.raw
    terminal.raw.clear()
    terminal.write("\x1b[21~")
    terminal.until("mouse off")
    assert b"\x1b[?1003l" in terminal.raw
    terminal.raw.clear()
    terminal.write("\x1b[21~")
    terminal.until("mouse on")
    assert b"\x1b[?1003h" in terminal.raw


def test_over_ssh_only_the_palette_of_the_terminal_is_used(
    metered: MakePty, plan_file: Path
) -> None:
    terminal = metered(plan_file, SSH_CONNECTION="127.0.0.1 1 127.0.0.1 22")
    terminal.until("browse")
    terminal.press("down", "down")
    terminal.until("{{host}}/login")
    assert not re.search(rb"[34]8;2;", terminal.raw)
