"""Two runs side by side: what each step did, and by how much it changed."""

from __future__ import annotations

import asyncio

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from hazard_tui.report.comparison import TOLERANCE, Comparison, Side
from hazard_tui.stats.compare import Compared
from hazard_tui.stats.plan_versions import plan_version
from hazard_tui.stats.totals import Figures
from hazard_tui.ui import actions
from hazard_tui.ui.actions import keys_line
from hazard_tui.ui.number_text import change_text, count_text, share_text, time_text
from hazard_tui.ui.run_view import RunView
from hazard_tui.ui.screens.dialogs import TextScreen
from hazard_tui.ui.widgets.line import Line
from hazard_tui.ui.widgets.live_table import Column, LiveTable, Row

COLUMNS = (
    Column("name", "step", 0, right=False, optional=False),
    Column("per_s", "rps", 6, optional=False),
    Column("per_s_change", "", 5, optional=False),
    Column("failed", "fail", 6, optional=False),
    Column("failed_change", "", 6, optional=False),
    Column("p95", "p95", 6, optional=False),
    Column("p95_change", "", 5, optional=False),
    Column("p50", "p50", 6),
    Column("p50_change", "", 5),
    Column("p99", "p99", 6),
    Column("p99_change", "", 5),
)
FIGURES = (
    ("rps", "per_s"),
    ("failed", "failed_share"),
    ("p50", "p50_us"),
    ("p95", "p95_us"),
    ("p99", "p99_us"),
)


class CompareScreen(ModalScreen[None]):
    """Shows the later run with its changes against the earlier one."""

    BINDINGS = actions.bindings("compare")

    def __init__(self, before: RunView, after: RunView) -> None:
        super().__init__()
        self._before, self._after = before, after
        self._comparison = Comparison(_side_of(before), _side_of(after))
        self._compared = self._comparison.rows

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog check tall"):
            title = f"{_named(self._after)} against {_named(self._before)}"
            yield Static(title, classes="dialog-title", markup=False)
            yield Line(id="compare-head")
            yield LiveTable(COLUMNS, id="compare")
            keys = keys_line(self.app, "enter both values", "compare.close")
            yield Static(keys, classes="dialog-keys", markup=False)

    def on_mount(self) -> None:
        self.query_one("#compare-head", Line).show("comparing …")
        self.run_worker(self._judge())
        table = self.query_one(LiveTable)
        whole, *steps = self._compared
        table.show([_row(number + 1, one) for number, one in enumerate(steps)], _row(0, whole))
        table.focus()

    async def _judge(self) -> None:
        # Drawing the seconds of long runs again takes longer than a key may.
        worse = await asyncio.to_thread(lambda: self._comparison.regressions)
        text = f"{len(worse)} worse: {'; '.join(worse)}" if worse else "nothing is worse"
        shown = f"{text} (beyond {TOLERANCE:.0%} and chance)"
        self.query_one("#compare-head", Line).show(shown)

    @on(LiveTable.Chosen)
    def _chosen(self, event: LiveTable.Chosen) -> None:
        event.stop()
        one = self._compared[int(event.key)]
        self.app.push_screen(TextScreen(_name(one), both_text(one)))

    def action_compare_close(self) -> None:
        """Closes the screen."""
        self.dismiss(None)


def _named(view: RunView) -> str:
    """A run's id; with the version of its plan when that was replaced while it ran."""
    version = plan_version(view.record)
    return f"{view.run_id} (plan version {version})" if version > 1 else view.run_id


def _side_of(run: RunView) -> Side:
    return Side(run.record, run.total, tuple(run.frames))


def _name(one: Compared) -> str:
    return f"{one.method} {one.name}".strip() or "all requests"


def _row(number: int, one: Compared) -> Row:
    name = _name(one)
    if one.after is None:
        return Row(f"{number}", {"name": name, "per_s": "gone"}, "dim")
    service = one.after.service
    cells = {
        "name": name,
        "per_s": count_text(one.after.per_s),
        "per_s_change": change_text(one.change("per_s")) if one.before else "new",
        "failed": share_text(one.after.failed_share),
        "p50": time_text(service.p50_us),
        "p50_change": change_text(one.change("p50_us")),
        "p95": time_text(service.p95_us),
        "p95_change": change_text(one.change("p95_us")),
        "p99": time_text(service.p99_us),
        "p99_change": change_text(one.change("p99_us")),
    }
    if one.before is not None:
        # A share of shares would be hard to read: failures change in points.
        moved = (one.after.failed_share - one.before.failed_share) * 100
        cells["failed_change"] = f"{moved:+.1f}pt" if abs(moved) >= 0.05 else "="
    return Row(f"{number}", cells)


def both_text(one: Compared) -> str:
    """Every figure before and after."""
    lines = [f"{'':8} {'before':>12} {'after':>12} {'change':>8}"]
    for title, figure in FIGURES:
        texts = [_value_text(side, figure) for side in (one.before, one.after)]
        change = "" if figure == "failed_share" else change_text(one.change(figure))
        lines.append(f"{title:8} {texts[0]:>12} {texts[1]:>12} {change:>8}")
    return "\n".join(lines)


def _value_text(figures: Figures | None, figure: str) -> str:
    if figures is None:
        return "-"
    if figure == "per_s":
        return count_text(figures.per_s)
    if figure == "failed_share":
        return f"{figures.failed_share:.2%}"
    return time_text(getattr(figures.service, figure))
