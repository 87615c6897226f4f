"""The review of an import: every request with a check box, what was changed or dropped, and the
values that its server makes anew, each with what taking it changes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static, Tree

from hazard_tui.plan.edit import Path
from hazard_tui.plan.findings import Finding, FindingSeverity
from hazard_tui.plan.model import Plan
from hazard_tui.ui import actions
from hazard_tui.ui.actions import keys_line
from hazard_tui.ui.correlation_diff import correlation_lines
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
from importers.proposals import Correlation, origin_of

MOST_LINES = 200
"""Findings that are listed beside the tree."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a person took of an import."""

    items: list[ReviewItem]
    ticked: frozenset[Path]
    correlations: frozenset[str]
    """Keys of those that were taken."""

    def taken_of(self, plan: Plan) -> Plan:
        """The plan of the import, or one of the same shape, without what was left."""
        return without_unticked(plan, self.items, set(self.ticked))


class ReviewScreen(ModalScreen[Reviewed | None]):
    """Its result is what was taken; None when refused."""

    BINDINGS = actions.bindings("review")

    def __init__(self, result: ImportResult, source: str, glyphs: Glyphs) -> None:
        super().__init__()
        self.result = result
        self._source = source
        self._glyphs = glyphs
        self.items = review_items(result)
        self._diffs: dict[str, Text] = {}
        self._plain: Plan | None = None
        """The plan with recorded values only."""

    def compose(self) -> ComposeResult:
        names = ["take", "all", "none", "filter", "accept", "refuse"]
        names[1:1] = ["diff"] if self.result.correlations else []
        keys = keys_line(self.app, *(f"review.{one}" for one in names)).replace("   ", "  ")
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
        requests = counted(len(self.items), "request")
        elements = f"{counted(kept, 'element')} kept, {changed} changed, {dropped} dropped"
        return f"{self.result.format}, {requests}: {elements}   {self._source}"

    def on_mount(self) -> None:
        self.requests.ticked = {item.path for item in self.items if not item.step.disabled}
        self.requests.taken = set(self.result.sure)
        self.requests.show(self.items, self.result.correlations)
        self.requests.focus()
        self._show_text(None)

    @on(Input.Changed, "#filter")
    def _filter_changed(self, event: Input.Changed) -> None:
        event.stop()
        items = filtered(self.items, event.value)
        shown = {origin_of(item.step) for item in items}
        self.requests.show(
            items,
            [
                one
                for one in self.result.correlations
                if shown & {one.origin, *(sending.origin for sending in one.sendings)}
            ],
        )

    @on(Input.Submitted, "#filter")
    def _filter_left(self, event: Input.Submitted) -> None:
        event.stop()
        self.requests.focus()

    @on(Tree.NodeHighlighted)
    def _highlighted(self, event: Tree.NodeHighlighted[Entry]) -> None:
        event.stop()
        one = event.node.data.correlation if event.node.data is not None else None
        if one is None:
            self._show_text(event.node.data)
        else:
            self.run_worker(self._show_correlation(one), group="diff", exclusive=True)

    async def _show_correlation(self, one: Correlation) -> None:
        self.query_one("#review-text", Static).update(await self.diff(one))

    async def diff(self, one: Correlation) -> Text:
        """What a correlation changes, made once."""
        if one.key not in self._diffs:
            self._diffs[one.key] = await asyncio.to_thread(self._diff, one)
        return self._diffs[one.key]

    def _diff(self, one: Correlation) -> Text:
        choose = self.result.choose
        if choose is None:
            return Text()
        if self._plain is None:
            self._plain = choose(()).plan
        lines = correlation_lines(one, self._plain, choose([one.key]).plan)
        text = Text()
        for kind, line in lines:
            mark = f"{kind} " if kind in ("+", "-") else ""
            text.append(f"{mark}{line}\n", _STYLES.get(kind, ""))
        return text

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

    def action_review_take(self) -> None:
        """Takes or leaves what the cursor is on."""
        self.requests.take()

    def action_review_open(self) -> None:
        """Opens the branch under the cursor."""
        self.requests.open_branch()

    def action_review_close(self) -> None:
        """Closes the branch under the cursor."""
        self.requests.close_branch()

    def action_review_diff(self) -> None:
        """Shows what the correlation under the cursor changes."""
        one = self.requests.entry.correlation
        if one is None:
            self.notify("space takes or leaves this; its findings stand beside it", timeout=4)
        else:
            self.run_worker(self._open_diff(one), group="dialog", exclusive=True)

    async def _open_diff(self, one: Correlation) -> None:
        text = await self.diff(one)
        is_taken = one.key in self.requests.taken
        if await self.app.push_screen_wait(DiffScreen(text, is_taken=is_taken)):
            self.requests.take()

    def action_review_all(self) -> None:
        """Takes everything that is shown."""
        self.requests.tick(taken=True)

    def action_review_none(self) -> None:
        """Leaves everything that is shown."""
        self.requests.tick(taken=False)

    def action_review_filter(self) -> None:
        """Goes to the filter."""
        self.query_one("#filter", Input).focus()

    def action_review_facet(self) -> None:
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

    def action_review_accept(self) -> None:
        """Takes what is ticked."""
        tree = self.requests
        if not tree.ticked:
            self.notify("nothing is taken: space takes a request, esc refuses all", markup=False)
            return
        correlations = frozenset(
            one.key
            for one in self.result.correlations
            if one.key in tree.taken and tree.is_possible(one)
        )
        self.dismiss(Reviewed(self.items, frozenset(tree.ticked), correlations))

    def action_review_refuse(self) -> None:
        """Takes nothing."""
        self.dismiss(None)


class DiffScreen(ModalScreen[bool]):
    """The changes of one correlation; its result is True when it is to be taken or left."""

    BINDINGS = actions.bindings("diff")

    def __init__(self, text: Text, *, is_taken: bool) -> None:
        super().__init__()
        self._text = text
        self._state = "taken" if is_taken else "left: the recorded value is sent"

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide tall"):
            yield Static(f"correlation, {self._state}", classes="dialog-title", markup=False)
            with VerticalScroll(classes="dialog-body"):
                yield Static(self._text, markup=False)
            keys = keys_line(self.app, "arrows scroll", "diff.take", "diff.close")
            yield Static(keys, classes="dialog-keys", markup=False)

    def on_mount(self) -> None:
        self.query_one(".dialog-body").focus()

    def action_diff_take(self) -> None:
        """Takes what was left, or leaves what was taken."""
        self.dismiss(True)

    def action_diff_close(self) -> None:
        """Closes without a change."""
        self.dismiss(False)


_STYLES = {"title": "bold", "step": "bold", "-": "red", "+": "green"}


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
