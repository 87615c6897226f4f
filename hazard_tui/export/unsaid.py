"""What no other format says of a plan, in the words of a finding."""

from __future__ import annotations

from hazard_tui.export.losses import Losses
from hazard_tui.plan.base import Scope
from hazard_tui.plan.model import Plan, TaskOrder
from hazard_tui.plan.request import FileEncoding, FileMissing, FileRef
from hazard_tui.plan.variables import Path


def note_load(plan: Plan, losses: Losses, why: str) -> None:
    """Findings about who sends the requests, how often, and with which rows."""
    present = [name for name in ("stages", "thresholds") if getattr(plan, name)]
    present += [name for name in ("allowed_targets", "max_users", "seed") if getattr(plan, name)]
    if plan.task_order is not TaskOrder.WEIGHTED:
        present.append("task_order")
    for name in present:
        losses.lost((name,), "load-left-out", f"{name} are left out", why=why)
    if len({task.weight for task in plan.tasks}) > 1:
        losses.lost(("tasks",), "load-left-out", "task weights are left out", why=why)
    for index, feed in enumerate(plan.feeds):
        what = f"the data feed {feed.name!r} is left out"
        losses.lost(("feeds", index), "data-left-out", what, why=why)
    for index, variable in enumerate(plan.variables):
        if variable.scope is not Scope.USER and variable.choice != "value":
            what = f"{variable.name!r} is not made anew for each {variable.scope}"
            losses.lost(("variables", index, "scope"), "scope-left-out", what, why=why)


def note_file(file: FileRef | None, path: Path, losses: Losses, *, carried: bool = False) -> None:
    """A finding about how a file is read; `carried`: its encoding and newlines are said."""
    if file is None:
        return
    told = []
    if file.missing is not FileMissing.FAIL:
        told.append(f"made of {file.generate_bytes} bytes when it is missing")
    if file.content_sha256:
        told.append("checked for its content")
    if file.strip_newlines and not carried:
        told.append("read without line breaks")
    if file.encoding is not FileEncoding.NONE and not carried:
        told.append("percent-encoded")
    if told:
        what = f"the file {file.path!r} is not {', not '.join(told)}"
        losses.lost(path, "file-as-it-is", what, why=f"{losses.target} sends it as it is")
