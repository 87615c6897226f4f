"""The review of an import: every request with a check box, and what was changed or dropped."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static, Tree

from hazard_tui.plan.findings import Finding, FindingSeverity
from hazard_tui.plan.model import Plan
from hazard_tui.ui.glyphs import Glyphs
from hazard_tui.ui.number_text import counted
from hazard_tui.ui.review_items import (
    ReviewItem,
    facet_words,
    filtered,
    review_items,
    without_unticked,
)
from hazard_tui.ui.screens.dialogs import ChoiceDialog
from hazard_tui.ui.widgets.review_tree import Entry, ReviewTree
from importers.findings import Fate, ImportResult

MOST_LINES = 200
"""Findings that are listed beside the tree."""


class ReviewScreen(ModalScreen[Plan | None]):
    """Its result is the plan without the requests that were unticked; None when refused."""

    BINDINGS = [
        Binding("escape", "refuse", "Refuse"),
        Binding("ctrl+s", "accept", "Accept", priority=True),
        Binding("a", "all", "Take all that is shown"),
        Binding("n", "none", "Leave all that is shown"),
        Binding("slash", "filter", "Filter"),
        Binding("f", "facet", "Filter by host, method or type"),
    ]

    def __init__(self, result: ImportResult, source: str, glyphs: Glyphs) -> None:
        super().__init__()
        self.result = result
        self._source = source
        self._glyphs = glyphs
        self.items = review_items(result)
        self._texts: dict[tuple[str | int, ...], str] = {}

    def compose(self) -> ComposeResult:
        keys = "space take  a all  n none  / filter  f by host …  ^s accept  esc refuse"
        with Vertical(classes="dialog wide tall review"):
            yield Static(self._title(), classes="dialog-title", markup=False)
            yield Input(
                placeholder="/ filter: words, host:… method:… type:…  !word leaves out",
                compact=True,
                id="filter",
            )
            with Horizontal(classes="review-panes"):
                yield ReviewTree(self.result.plan, self._glyphs, id="requests")
                with VerticalScroll(classes="review-findings", can_focus=True):
                    yield Static("", id="review-text", markup=False)
            yield Static(keys, classes="dialog-keys", markup=False)

    @property
    def requests(self) -> ReviewTree:
        """The requests."""
        return self.query_one("#requests", ReviewTree)

    def _title(self) -> str:
        kept, changed, dropped = (self.result.total(fate) for fate in Fate)
        return (
            f"{self.result.format} {self._source}: {counted(len(self.items), 'request')}; "
            f"{counted(kept, 'element')} kept, {changed} changed, {dropped} dropped"
        )

    def on_mount(self) -> None:
        self.requests.ticked = {item.path for item in self.items if not item.step.disabled}
        self.requests.show(self.items)
        self.requests.focus()
        self._show_text(None)

    @on(Input.Changed, "#filter")
    def _filter_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.requests.show(filtered(self.items, event.value))

    @on(Input.Submitted, "#filter")
    def _filter_left(self, event: Input.Submitted) -> None:
        event.stop()
        self.requests.focus()

    @on(Tree.NodeHighlighted)
    def _highlighted(self, event: Tree.NodeHighlighted[Entry]) -> None:
        event.stop()
        self._show_text(event.node.data)

    def _show_text(self, entry: Entry | None) -> None:
        lines = []
        if entry is not None and entry.item is not None:
            lines = [*_item_lines(entry.item), ""]
        elif entry is not None and len(entry.path) > len(("tasks", 0)):
            inside = set(entry.requests)
            marked = [one for one in self.items if one.path in inside and one.findings]
            lines = [f"{entry.title}: {counted(len(inside), 'request')}"]
            lines += [f"- {one.title}: {_said(said)}" for one in marked for said in one.findings]
            lines = [*lines[:MOST_LINES], ""]
        findings = sorted(self.result.findings, key=lambda one: _ORDER[one.severity])
        lines.append(f"all findings ({len(findings)}):")
        lines += [f"- {_place(one)}{_said(one)}" for one in findings[:MOST_LINES]]
        if len(findings) > MOST_LINES:
            lines.append(f"… {len(findings) - MOST_LINES} more: hazard import --report table")
        self.query_one("#review-text", Static).update("\n".join(lines))

    def action_all(self) -> None:
        """Takes everything that the filter shows."""
        self.requests.tick(taken=True)

    def action_none(self) -> None:
        """Leaves everything that the filter shows."""
        self.requests.tick(taken=False)

    def action_filter(self) -> None:
        """Goes to the filter."""
        self.query_one("#filter", Input).focus()

    def action_facet(self) -> None:
        """Offers hosts, methods and types to filter by."""
        self.run_worker(self._choose_facet(), group="facet", exclusive=True)

    async def _choose_facet(self) -> None:
        field = self.query_one("#filter", Input)
        options = [("", "everything")]
        options += [(word, f"{word}  ({count})") for word, count in facet_words(self.items)]
        chosen = await self.app.push_screen_wait(ChoiceDialog("show only", options))
        if chosen is not None:
            field.value = chosen
            self.requests.focus()

    def action_accept(self) -> None:
        """Takes the ticked requests."""
        if not self.requests.ticked:
            self.notify("nothing is taken: space takes a request, esc refuses all", markup=False)
            return
        self.dismiss(without_unticked(self.result.plan, self.items, self.requests.ticked))

    def action_refuse(self) -> None:
        """Takes nothing."""
        self.dismiss(None)


def _said(finding: Finding) -> str:
    """A finding without its place."""
    why = f" ({finding.why})" if finding.why else ""
    fix = f"; {finding.fix}" if finding.fix else ""
    return f"{finding.severity.value}: {finding.what}{why}{fix}"


def _place(finding: Finding) -> str:
    """Where in the file a finding is; the file's name is in the title."""
    pointer = finding.where.rpartition("#")[2]
    return f"{pointer} " if pointer else ""


_ORDER = {FindingSeverity.ERROR: 0, FindingSeverity.WARNING: 1, FindingSeverity.INFO: 2}


def _item_lines(item: ReviewItem) -> list[str]:
    """A request, and what was said about it."""
    request = item.step.request
    lines = [f"{item.method} {request.url if request else ''}"]
    if request is not None:
        parts = [counted(len(request.headers), "header"), f"body: {item.type}"]
        parts += [counted(len(request.extractors), "save")] if request.extractors else []
        parts += [counted(len(request.assertions), "assert")] if request.assertions else []
        lines.append(", ".join(parts))
    said = [f"- {_said(one)}" for one in item.findings]
    told = " ".join(said)
    said += [
        f"- {one.kind} {one.name} was {one.fate}: {one.reason}"
        for one in item.records
        if one.reason not in told
    ]
    return [*lines, *(said or ["nothing was changed or dropped here"])]
