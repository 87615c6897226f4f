"""Editing outside: the person's editor on a body or on the plan file, and files others wrote."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from hazard_tui.errors import HazardError, PlanError
from hazard_tui.plan import edit, yaml_text
from hazard_tui.plan.edit import Path as PlanPath
from hazard_tui.plan.store import parse_plan, plan_text, read_plan
from hazard_tui.ui.screens.dialogs import ChoiceDialog
from hazard_tui.ui.widgets.body_editor import BodyEditor

if TYPE_CHECKING:
    from hazard_tui.ui.app import HazardApp

_LINE_BEFORE = {"vi", "vim", "nvim", "view", "nano", "emacs", "emacsclient", "micro", "joe", "kak"}
"""Editors that take `+LINE FILE`."""
_LINE_BEHIND = {"hx", "helix", "subl", "zed"}
"""Editors that take `FILE:LINE`."""
_CODE = {"code", "codium", "cursor"}
"""Editors that take `--goto FILE:LINE` and return at once without `--wait`."""


def editor_command(path: Path, line: int, environ: dict[str, str] | None = None) -> list[str]:
    """The command that opens a file at a line in the person's editor."""
    environ = dict(os.environ) if environ is None else environ
    words = shlex.split(environ.get("VISUAL") or environ.get("EDITOR") or "vi")
    name = Path(words[0]).name if words else "vi"
    if name in _LINE_BEFORE:
        return [*words, f"+{line}", str(path)]
    if name in _CODE:
        wait = [] if "--wait" in words or "-w" in words else ["--wait"]
        return [*words, *wait, "--goto", f"{path}:{line}"]
    return [*words, f"{path}:{line}" if name in _LINE_BEHIND else str(path)]


def run_editor(app: HazardApp, path: Path, line: int = 1) -> bool:
    """Gives the terminal to the editor until it ends; False when there is none to run."""
    try:
        command = editor_command(path, line)
    except ValueError as exc:
        app.complain(f"EDITOR cannot be understood: {exc}")
        return False
    try:
        with app.suspend():
            subprocess.run(command, check=False)
    except SuspendNotSupported:
        app.notify("this terminal cannot be handed to an editor", markup=False)
        return False
    except OSError as exc:
        app.complain(f"the editor {command[0]!r} cannot be started: {exc.strerror}; set EDITOR")
        return False
    app.refresh(layout=True)
    return True


def edit_outside(app: HazardApp, path: PlanPath, body: BodyEditor | None) -> None:
    """Opens the body that has the focus, else the plan at the line of the chosen element."""
    if body is not None:
        _edit_body(app, body)
    elif app.document.path is None:
        _edit_new_plan(app, path)
    else:
        _edit_file(app, path)


def _edit_file(app: HazardApp, path: PlanPath) -> None:
    try:
        file = app.document.save()
    except HazardError as exc:
        app.complain(exc)
        return
    if run_editor(app, file, line_of(file.read_text("utf-8"), path)):
        take_file(app)


def line_of(text: str, path: PlanPath) -> int:
    """Line of the element at a path in a plan's text."""
    try:
        return yaml_text.parse(text).place(path)[0]
    except PlanError:
        return 1


def _edit_new_plan(app: HazardApp, path: PlanPath) -> None:
    """A plan without a file is edited in a temporary one."""
    text = plan_text(app.document.plan)
    new = _edited_text(app, text, ".hazard.yaml", line_of(text, path))
    if new is None or new == text:
        return
    try:
        read = parse_plan(new)
    except PlanError as exc:
        app.complain(exc)
        return
    if read.plan is None:
        app.show_findings("the text cannot be used; the plan is as it was", list(read.findings))
        return
    plan = read.plan
    app.edit("edit the text", lambda _: plan)


def _edit_body(app: HazardApp, body: BodyEditor) -> None:
    text = body.text or ""
    suffix = ".json" if text.lstrip()[:1] in ("{", "[") else ".txt"
    new = _edited_text(app, text, suffix, 1)
    if new is None:
        return
    # Editors end a file with a line feed that the body did not have.
    if new.endswith("\n") and not text.endswith("\n"):
        new = new[:-1]
    path = (*body.place, "request", "body", "text", "content")
    if new != text:
        app.edit("edit body", lambda plan: edit.replace(plan, path, new))


def _edited_text(app: HazardApp, text: str, suffix: str, line: int) -> str | None:
    """The text as the editor left it; None when it was not edited."""
    with tempfile.TemporaryDirectory(prefix="hazard-") as folder:
        file = Path(folder) / f"edit{suffix}"
        file.write_bytes(text.encode("utf-8", "surrogatepass"))
        if not run_editor(app, file, line):
            return None
        try:
            return file.read_bytes().decode("utf-8", "surrogatepass")
        except (OSError, UnicodeDecodeError) as exc:
            app.complain(f"what the editor wrote cannot be read: {exc}")
            return None


def take_file(app: HazardApp) -> bool:
    """Takes over the plan file as one edit; a broken file is shown and changes nothing."""
    path = app.document.path
    if path is None:
        return False
    try:
        if app.document.take_file() is not None:
            app.refresh_top()
            return True
        findings = list(read_plan(path).findings)
    except HazardError as exc:
        app.complain(exc)
        return False
    app.document.remember_file()
    app.show_findings(f"{path.name} cannot be used; the plan is as it was", findings)
    return False


async def file_changed(app: HazardApp) -> None:
    """Reads a file that somebody else wrote; asks when there are unsaved edits."""
    path = app.document.path
    if path is None:
        return
    app.flush_edits()
    if app.document.is_changed:
        options = [
            ("take", "take the file; ^z brings your edits back"),
            ("keep", "keep your edits; ^s would overwrite the file"),
        ]
        title = f"{path.name} was written by another program"
        if await app.push_screen_wait(ChoiceDialog(title, options)) != "take":
            return
    if take_file(app):
        text = f"{path.name} was written by another program and is read again; ^z takes it back"
        app.notify(text, markup=False, timeout=6)
