"""Importing in the console: what to import, then a review of every request before it is taken."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, SelectionList, Static, TextArea
from textual.widgets.selection_list import Selection

from hazard_tui.plan.edit import Path
from hazard_tui.plan.findings import FindingSeverity
from hazard_tui.plan.model import Plan, Step
from hazard_tui.plan.variables import plan_steps
from importers.findings import Fate, ImportResult


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What a person wants to import: files, or pasted text."""

    paths: tuple[str, ...] = ()
    text: str = ""


class ImportDialog(ModalScreen[ImportRequest | None]):
    """Asks for a file or a pasted text."""

    BINDINGS = [
        Binding("escape", "cancel", "Cancel"),
        Binding("ctrl+s", "accept", "Import", priority=True),
        Binding("f7", "browse", "Browse", priority=True),
    ]

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide"):
            yield Static("import", classes="dialog-title", markup=False)
            yield Static(
                "file: Postman collection, HAR, curl or .http text, locust-hazard JSON", markup=False
            )
            yield Input(placeholder="path; several with spaces between", compact=True, id="path")
            yield Static("or paste: curl, URL, raw HTTP, fetch(), PowerShell, collection, HAR", markup=False)
            yield TextArea(compact=True, id="pasted", classes="field-area")
            yield Static(
                "enter import file   ^s import   f7 browse   esc cancel",
                classes="dialog-keys",
                markup=False,
            )

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_accept()

    def action_accept(self) -> None:
        """Imports the file, or the text when there is no file."""
        path = self.query_one("#path", Input).value.strip()
        text = self.query_one("#pasted", TextArea).text
        if path:
            self.dismiss(ImportRequest(paths=tuple(split_paths(path))))
        elif text.strip():
            self.dismiss(ImportRequest(text=text))

    def action_browse(self) -> None:
        """Opens the file picker."""
        self.run_worker(self._browse(), group="browse", exclusive=True)

    async def _browse(self) -> None:
        from textual_fspicker import FileOpen

        chosen = await self.app.push_screen_wait(FileOpen())
        if chosen is not None:
            self.query_one("#path", Input).value = str(chosen)
            self.query_one("#path", Input).focus()

    def action_cancel(self) -> None:
        """Closes without importing."""
        self.dismiss(None)


def split_paths(text: str) -> list[str]:
    """Paths in a line: one path with spaces when such a file exists, else words."""
    import shlex
    from pathlib import Path as FilePath

    if FilePath(text).expanduser().exists():
        return [str(FilePath(text).expanduser())]
    try:
        words = shlex.split(text)
    except ValueError:
        words = text.split()
    return [str(FilePath(word).expanduser()) for word in words]


class ReviewScreen(ModalScreen[Plan | None]):
    """The requests of an import with check boxes, and what was changed or dropped.

    Its result is the plan without the requests that were unticked; None when refused.
    """

    BINDINGS = [
        Binding("escape", "refuse", "Refuse"),
        Binding("ctrl+s", "accept", "Accept", priority=True),
        Binding("a", "all", "All"),
        Binding("n", "none", "None"),
        Binding("slash", "filter", "Filter"),
    ]

    def __init__(self, result: ImportResult, source: str) -> None:
        super().__init__()
        self.result = result
        self._source = source
        self._steps = [
            (path, step) for path, step in plan_steps(result.plan) if step.request is not None
        ]
        self._ticked = {path for path, step in self._steps if not step.disabled}

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide tall"):
            yield Static(self._title(), classes="dialog-title", markup=False)
            yield Input(placeholder="/ filter by method, host or path", compact=True, id="filter")
            with Horizontal(classes="review-panes"):
                yield SelectionList[int](id="requests", compact=True)
                with VerticalScroll(classes="review-findings"):
                    yield Static("", id="review-text", markup=False)
            yield Static(
                "space tick   a all   n none   / filter   ^s accept   esc refuse",
                classes="dialog-keys",
                markup=False,
            )

    def _title(self) -> str:
        counts = [self.result.total(fate) for fate in Fate]
        return (
            f"{self.result.format} {self._source}: {len(self._steps)} requests; "
            f"{counts[0]} elements kept, {counts[1]} changed, {counts[2]} dropped"
        )

    def on_mount(self) -> None:
        self._fill("")
        self.query_one("#requests").focus()
        self._show_findings(None)

    def _fill(self, pattern: str) -> None:
        from rich.text import Text

        listing = self.query_one("#requests", SelectionList)
        listing.clear_options()
        for number, (path, step) in enumerate(self._steps):
            line = request_line(step)
            if pattern and not _matches(pattern, line):
                continue
            listing.add_option(Selection(Text(line), number, path in self._ticked))

    @on(Input.Changed, "#filter")
    def _filter_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._fill(event.value)

    @on(Input.Submitted, "#filter")
    def _filter_left(self, event: Input.Submitted) -> None:
        event.stop()
        self.query_one("#requests").focus()

    @on(SelectionList.SelectionToggled)
    def _toggled(self, event: SelectionList.SelectionToggled[int]) -> None:
        self._ticked ^= {self._steps[event.selection.value][0]}

    @on(SelectionList.SelectionHighlighted)
    def _highlighted(self, event: SelectionList.SelectionHighlighted[int]) -> None:
        self._show_findings(event.selection.value)

    def _show_findings(self, number: int | None) -> None:
        lines = []
        findings = [
            one for one in self.result.findings if one.severity is not FindingSeverity.INFO
        ] or list(self.result.findings)
        if number is not None:
            step = self._steps[number][1]
            pointer = step.provenance.pointer if step.provenance else ""
            own = [one for one in self.result.findings if pointer and f"#{pointer}" in one.where]
            lines.append(step.request.url if step.request else "")
            lines += [f"- {one}" for one in own] or ["nothing was changed or dropped here"]
            lines.append("")
        lines.append(f"all findings ({len(self.result.findings)}):")
        lines += [f"- {one}" for one in findings[:200]]
        self.query_one("#review-text", Static).update("\n".join(lines))

    def _shown(self) -> list[int]:
        listing = self.query_one("#requests", SelectionList)
        return [int(listing.get_option_at_index(at).value) for at in range(listing.option_count)]

    def action_all(self) -> None:
        """Ticks everything that the filter shows."""
        self._ticked |= {self._steps[number][0] for number in self._shown()}
        self._fill(self.query_one("#filter", Input).value)

    def action_none(self) -> None:
        """Unticks everything that the filter shows."""
        self._ticked -= {self._steps[number][0] for number in self._shown()}
        self._fill(self.query_one("#filter", Input).value)

    def action_filter(self) -> None:
        """Goes to the filter."""
        self.query_one("#filter", Input).focus()

    def action_accept(self) -> None:
        """Takes the ticked requests."""
        self.dismiss(without_unticked(self.result.plan, self._steps, self._ticked))

    def action_refuse(self) -> None:
        """Takes nothing."""
        self.dismiss(None)


def request_line(step: Step) -> str:
    """One line for a request: method, host and path, name."""
    if step.request is None:
        return step.name
    parts = urlsplit(step.request.url) if "{{" not in step.request.url else None
    where = f"{parts.netloc}{parts.path}" if parts else step.request.url
    return f"{step.request.effective_method:6} {where}  {step.name}"


def _matches(pattern: str, line: str) -> bool:
    try:
        return re.search(pattern, line, re.IGNORECASE) is not None
    except re.error:
        return pattern.lower() in line.lower()


def without_unticked(plan: Plan, steps: list[tuple[Path, Step]], ticked: set[Path]) -> Plan:
    """The plan without the steps that are not ticked, and without groups that became empty."""
    from hazard_tui.plan import edit

    for path, _ in reversed(steps):
        if path not in ticked:
            plan = edit.remove(plan, path) if path[0] != "setup" else _without_setup(plan, path)
    for path, step in reversed(list(plan_steps(plan))):
        if step.choice == "group" and not step.children and path[0] != "setup":
            plan = edit.remove(plan, path)
    tasks = tuple(task for task in plan.tasks if task.steps or task.preparation)
    return plan.model_copy(update={"tasks": tasks})


def _without_setup(plan: Plan, path: Path) -> Plan:
    kept = tuple(one for index, one in enumerate(plan.setup) if index != path[1])
    return plan.model_copy(update={"setup": kept})
