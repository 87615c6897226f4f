"""The run screen: how the run is going, second by second, and what went wrong."""

from __future__ import annotations

from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import ContentSwitcher

from hazard_tui.ui import actions, run_tables, run_texts, step_table
from hazard_tui.ui.flows import holding, reviewing, running
from hazard_tui.ui.number_text import clock, count_text, time_text
from hazard_tui.ui.run_layout import VIEWS, WINDOWS, RunLayout
from hazard_tui.ui.run_view import RunView
from hazard_tui.ui.screens.base import ModeScreen
from hazard_tui.ui.screens.dialogs import TextDialog, TextScreen
from hazard_tui.ui.screens.picking import PickDialog
from hazard_tui.ui.widgets.heat import LABEL_WIDTH, Heat, heat_columns
from hazard_tui.ui.widgets.line import Line, NewRoom
from hazard_tui.ui.widgets.live_table import LiveTable
from hazard_tui.ui.widgets.spark import Pointed, Spark, Zoomed

SPARKS = (
    ("rps", "rps", "green", count_text),
    ("failed", "failed/s", "red", count_text),
    ("p95", "p95", "yellow", time_text),
    ("users", "users", "cyan", count_text),
)
"""Field of `Point`, title, colour and text of each chart."""
EMPTY = "No run yet.  F5 starts the plan, F4 shows earlier runs"


class RunScreen(ModeScreen):
    """Shows the state's run. One tick per second; widgets repaint only what differs."""

    mode = "run"
    BINDINGS = actions.bindings("run")

    def body(self) -> ComposeResult:
        self.look = RunLayout()
        self.frozen_at = 0
        self._shown: RunView | None = None
        glyphs = self.console.glyphs
        yield Line(id="run-head")
        yield Line(id="run-hold", classes="run-line warning")
        with Horizontal(classes="sparks"):
            for field, title, colour, _ in SPARKS:
                yield Spark(title, glyphs, colour, id=f"spark-{field}")
        yield Line(id="run-verdict")
        with ContentSwitcher(initial="steps", id="run-views"):
            columns = step_table.step_columns(None, self.look.columns)
            yield LiveTable(columns, "steps", EMPTY)
            yield LiveTable(run_tables.WORKER_COLUMNS, "workers", "no workers")
            yield LiveTable(run_tables.ERROR_COLUMNS, "errors", "no errors")
            quiet = "neither p95 nor failures jumped"
            yield LiveTable(run_tables.CHANGE_COLUMNS, "changes", quiet)
            yield Heat(glyphs, id="heat")
            yield LiveTable(run_tables.EVENT_COLUMNS, "events", "nothing happened")
        yield Line(id="run-foot")

    def on_mount(self) -> None:
        self.query_one("#steps", LiveTable).focus()
        self.show_run()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self.show_run()

    def state_to_keep(self) -> dict[str, Any]:
        """View, window, order, filter, groups and columns."""
        return {"view": self.view, **self.look.kept()}

    def restore_state(self, state: dict[str, Any]) -> None:
        """Takes back what `state_to_keep` said."""
        self.look.take(state)
        if state.get("view") in VIEWS:
            self.show_view(state["view"])
        self.show_run()

    @property
    def view(self) -> str:
        """Which of `VIEWS` is shown."""
        return self.query_one("#run-views", ContentSwitcher).current or "steps"

    @property
    def run_view(self) -> RunView | None:
        """The run that is followed or replayed."""
        return self.console.state.run

    def show_run(self) -> None:
        """Shows the run as it is now, or as it was at the frozen second."""
        run = self.run_view
        if not self.is_mounted or self not in self.app.screen_stack:
            return
        if run is None:
            self.query_one("#run-head", Line).show(EMPTY)
            return
        if run is not self._shown:
            self._shown = run
            self.frozen_at = 0
        self.look.span.until = self.frozen_at
        self._show_head(run)
        self.query_one("#run-hold", Line).show_or_hide(self.console.state.read_only)
        self._show_sparks(run)
        self._show_verdict(run)
        self._show_view(run)
        self._show_foot(run)

    def _show_head(self, run: RunView) -> None:
        parts = run_texts.head_text(run, self.frozen_at, self.console.glyphs)
        head = self.query_one("#run-head", Line)
        head.show(("   " if head.size.width >= 100 else "  ").join(parts))

    def _show_sparks(self, run: RunView) -> None:
        now = run.point_at(self.frozen_at)
        for number, (field, _, _, text) in enumerate(SPARKS):
            spark = self.query_one(f"#spark-{field}", Spark)
            if number >= self.console.tier.charts:
                # A slow line gets the number without its columns.
                spark.show([], text(getattr(now, field)) if now is not None else "")
                continue
            width = spark.size.width
            values = run.series(field, width, self.look.span)
            top = max((value for value in values if value is not None), default=0.0)
            spark.show(
                values,
                text(getattr(now, field)) if now is not None else "",
                text(top) if top else "",
                run.ghost_series(field, width, self.look.span),
                run_texts.marked_columns(run, width, self.look.span),
            )

    def _show_verdict(self, run: RunView) -> None:
        at = self._as_of(run)
        glyphs = self.console.glyphs
        parts = [run_texts.verdict_text(run, at, glyphs)]
        parts[1:1] = run_texts.threshold_texts(run, at, glyphs)
        parts += run_texts.change_parts(run, at, glyphs)
        self.query_one("#run-verdict", Line).show("   ".join(parts))

    def _as_of(self, run: RunView) -> int:
        """The second whose knowledge is shown; 0: all there is."""
        if run.replay is not None and run.points:
            return self.frozen_at or run.points[-1].second
        return self.frozen_at

    def _show_view(self, run: RunView) -> None:
        at, glyphs = self._as_of(run), self.console.glyphs
        if self.view == "heat":
            self._show_heat(run)
            return
        table = self.query_one(f"#{self.view}", LiveTable)
        if self.view == "steps":
            table.empty_text = "no request has ended yet"
            table.columns = step_table.step_columns(run, self.look.columns)
            rows, foot = step_table.step_rows(
                run,
                at,
                grouping=self.look.grouping,
                pattern=self.look.pattern,
                sort=self.look.sort,
                folded=self.look.folded,
                visible=table.rows_in_view,
            )
            table.show(rows, foot, self.look.sort)
        elif self.view == "workers":
            table.columns = run_tables.worker_columns(run)
            table.show(run_tables.worker_rows(run, at, glyphs))
        elif self.view == "errors":
            table.show(run_tables.error_rows(run, at))
        elif self.view == "changes":
            table.show(run_tables.change_rows(run, at))
        else:
            table.show(run_tables.event_rows(run, at))

    def _show_heat(self, run: RunView) -> None:
        heat = self.query_one("#heat", Heat)
        points = run.points_of(self.look.span)
        if points:
            width = max(1, heat.size.width - LABEL_WIDTH)
            columns, seconds = heat_columns(run, points[0].second, points[-1].second, width)
            heat.show(columns, seconds, run.first_second)

    def _show_foot(self, run: RunView) -> None:
        at = self._as_of(run)
        errors = sum(count for *_, count in run.errors(at))
        parts = [f"{self.view} (tab)"]
        if errors:
            parts.append(f"{count_text(errors)} errors")
        if self.look.pattern:
            parts.append(f"filter {self.look.pattern}")
        if self.look.sort != "plan":
            parts.append(f"sorted by {self.look.sort}")
        parts += run_texts.numbers_text(run, at)
        window = self.look.span.window_s
        parts.append(f"charts {clock(window) if window else 'all'}")
        if run.ghost is not None:
            parts.append(f"behind: run {run.ghost.run_id[-8:]}")
        foot = self.query_one("#run-foot", Line)
        foot.show(("   " if foot.size.width >= 100 else "  ").join(parts))

    # actions

    def action_run_users(self) -> None:
        """Changes users or rate; in a replay its speed."""
        run = self.run_view
        replay = run.replay if run is not None else None
        if replay is not None:
            self.console.flow(reviewing.ask_speed(self.console, replay), "dialog")
        else:
            self.console.flow(running.change_load(self.console), "dialog")

    def action_run_pause(self) -> None:
        """Pauses or resumes the load, or the replay."""
        run = self.run_view
        if run is not None and run.replay is not None:
            run.replay.pause()
            self.show_run()
            return
        flow = running.pause_or_resume(self.console)
        self.console.flow(flow, "pause")

    def action_run_take_over(self) -> None:
        """Takes the run from the console that holds it."""
        self.console.flow(holding.take_over(self.console), "dialog")

    def action_run_marker(self) -> None:
        """Writes a note on the time line."""
        self.console.flow(running.add_marker(self.console), "dialog")

    def action_run_freeze(self) -> None:
        """Holds the picture, or goes back to live."""
        run = self.run_view
        if run is not None and run.points:
            self.frozen_at = 0 if self.frozen_at else run.points[-1].second
            self.show_run()

    def _scrub(self, by: int) -> None:
        run = self.run_view
        if run is None or not run.points or self.view == "heat":
            return
        replay = run.replay
        if by > 0 and not self.frozen_at and replay is not None and replay.is_paused:
            replay.step()
        at = (self.frozen_at or run.points[-1].second) + by
        last = run.points[-1].second
        self.frozen_at = 0 if at > last else max(run.points[0].second, at)
        self.show_run()

    def action_run_back(self) -> None:
        """Looks one second further back."""
        self._scrub(-1)

    def action_run_forward(self) -> None:
        """Looks one second further on."""
        self._scrub(1)

    def action_run_live(self) -> None:
        """Shows the newest second again."""
        self.frozen_at = 0
        self.show_run()

    def action_run_sort(self) -> None:
        """Sorts the table by the next column."""
        self.look.sort = run_texts.after(self.look.sort, step_table.SORTS)
        self.show_run()

    def action_run_filter(self) -> None:
        """Asks for a pattern; `!` before it hides what matches."""
        self.console.flow(self._ask_filter(), "dialog")

    async def _ask_filter(self) -> None:
        hint = "regular expression; ! hides what matches; empty shows all"
        text = await self.app.push_screen_wait(TextDialog("filter", self.look.pattern, hint))
        if text is not None:
            self.look.pattern = text
            self.show_run()

    def action_run_window(self) -> None:
        """Shows the next longer window."""
        self.look.span.window_s = run_texts.after(self.look.span.window_s, WINDOWS)
        self.show_run()

    def action_run_narrow(self) -> None:
        """Shows the next shorter window."""
        self.look.zoom(-1)
        self.show_run()

    @on(Zoomed)
    def _zoomed(self, event: Zoomed) -> None:
        self.look.zoom(event.by)
        self.show_run()

    @on(Pointed)
    def _pointed(self, event: Pointed) -> None:
        run = self.run_view
        if run is not None and run.points:
            self.frozen_at = run_texts.second_of(run, event.column, event.width, self.look.span)
            self.show_run()

    def show_view(self, name: str) -> None:
        """Shows one of `VIEWS`."""
        self.query_one("#run-views", ContentSwitcher).current = name
        self.query_one(f"#{name}").focus()
        self.call_after_refresh(self.show_run)

    def action_run_view(self) -> None:
        """Shows the next view."""
        self.show_view(run_texts.after(self.view, VIEWS))

    def action_run_changes(self) -> None:
        """Shows what moved in the last jump."""
        self.show_view("changes")

    @on(LiveTable.Moved)
    def _moved(self) -> None:
        # Rows that come into view have no numbers yet.
        run = self.run_view
        if run is not None:
            self._show_view(run)

    @on(NewRoom)
    def _resized(self) -> None:
        self.show_run()

    @on(LiveTable.Chosen)
    def _chosen(self, event: LiveTable.Chosen) -> None:
        event.stop()
        self.action_run_open()

    def _row_text(self) -> str:
        """The whole of the row under the cursor."""
        run = self.run_view
        if run is None or self.view == "heat":
            return ""
        table = self.query_one(f"#{self.view}", LiveTable)
        key, at = table.cursor_key, self._as_of(run)
        if not key:
            return ""
        if self.view == "workers":
            return run_tables.worker_text(run.workers[key])
        if self.view == "errors":
            return run_tables.error_text(run, at, key)
        if self.view == "events":
            return str(run.events_until(at)[int(key)].text)
        return table.cursor_text

    def action_run_open(self) -> None:
        """Shows the whole text of the row."""
        text = self._row_text()
        if text:
            self.app.push_screen(TextScreen(self.view, text))

    def action_run_copy(self) -> None:
        """Copies the whole text of the row."""
        text = self._row_text()
        if text:
            self.app.copy_to_clipboard(text)

    def _change_speed(self, times: float) -> None:
        run = self.run_view
        if run is not None and run.replay is not None:
            run.replay.set_speed(run.replay.speed * times)
            self.show_run()

    def action_run_faster(self) -> None:
        """Plays twice as fast."""
        self._change_speed(2)

    def action_run_slower(self) -> None:
        """Plays half as fast."""
        self._change_speed(0.5)

    def action_run_collapse(self) -> None:
        """Puts steps under their tasks, shows tasks alone, or steps alone."""
        self.look.grouping = run_texts.after(self.look.grouping, step_table.GROUPINGS)
        self.show_run()

    def action_run_fold(self) -> None:
        """Hides the steps of the task under the cursor, or shows them again."""
        run, table = self.run_view, self.query_one("#steps", LiveTable)
        task = step_table.task_of(run, table.cursor_key) if run and self.view == "steps" else ""
        if task:
            self.look.fold(task)
            self.show_run()
            table.put_cursor(step_table.task_key(task))

    def action_run_columns(self) -> None:
        """Asks which columns the steps have."""
        self.console.flow(self._ask_columns(), "dialog")

    async def _ask_columns(self) -> None:
        options = [(one.key, one.title) for one in step_table.OPTIONAL_COLUMNS]
        dialog = PickDialog("columns of the steps", options, self.look.columns)
        chosen = await self.app.push_screen_wait(dialog)
        if chosen is not None:
            self.look.choose_columns(chosen)
            self.show_run()
