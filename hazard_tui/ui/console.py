"""What the console consists of below its actions: document, link, themes, the tick, the way out."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from rich.text import Text
from textual.events import AppBlur, AppFocus, DescendantFocus
from textual.filter import LineFilter
from textual.widgets import Input, TextArea
from textual.worker import Worker

from hazard_tui.errors import HazardError, write_crash_report
from hazard_tui.plan.findings import Finding
from hazard_tui.plan.model import Plan
from hazard_tui.settings import Settings
from hazard_tui.ui import actions
from hazard_tui.ui.document import Document, open_document
from hazard_tui.ui.driver import LinkMeter, metered_driver
from hazard_tui.ui.glyphs import ASCII, AsciiFilter, choose_glyphs
from hazard_tui.ui.link import Link
from hazard_tui.ui.painter import PaintedApp
from hazard_tui.ui.pending import Pending
from hazard_tui.ui.reading import Reading, is_large, read
from hazard_tui.ui.run_view import RunView
from hazard_tui.ui.screens.base import ModeScreen
from hazard_tui.ui.screens.fleet import FleetScreen
from hazard_tui.ui.screens.history import HistoryScreen
from hazard_tui.ui.screens.plan import PlanScreen
from hazard_tui.ui.screens.run import RunScreen
from hazard_tui.ui.session import Session
from hazard_tui.ui.state import ConsoleState
from hazard_tui.ui.themes import SHIPPED, ThemeFiles, default_theme, theme_folder
from hazard_tui.ui.tier import LinkTier
from hazard_tui.ui.widgets.top_bar import TopLine

if TYPE_CHECKING:
    from hazard_tui.ui.app import HazardApp

TICK_S = 1.0
"""Pace of the looks at files and at the meter; a tick paints nothing when nothing changed."""
LONGEST_COPY = 74_000
"""Bytes that terminals take in one clipboard sequence: 100 000 characters of base64."""


class Console(PaintedApp):
    """Holds the document and the link to the controller; screens show them."""

    def __init__(
        self,
        settings: Settings,
        plan_path: Path | None = None,
        keymap: dict[str, str] | None = None,
        attach: str | None = None,
        offline: bool = False,
        theme: str | None = None,
    ) -> None:
        """`offline`: plans are edited, nothing is asked of a controller."""
        super().__init__(driver_class=metered_driver())
        self.animation_level = "none"
        self.settings = settings
        self.glyphs = choose_glyphs()
        self.keymap_config = keymap or {}
        self.reading: Reading | None = None
        """The plan that is being read; until it is there the document is an empty one."""
        self.document: Document = self._opened(plan_path)
        self.document.on_change = self._document_changed
        self.state = ConsoleState()
        self.link = Link(settings, cast("HazardApp", self))
        self.tier = LinkTier()
        self.session = Session(settings.data_dir / "console.json")
        self.theme_files = ThemeFiles(theme_folder(settings))
        self.loop_lag_s = 0.0
        """How much later than asked the last tick came."""
        self._theme_wanted = theme or default_theme()
        self._attach_run = attach
        self._offline = offline
        self.link.offline = offline
        self._next_tick = 0.0
        self._run_is_behind = False
        """The line's tier left out the newest picture of the run."""
        self._ascii = AsciiFilter(enabled=self.glyphs is ASCII)

    def on_mount(self) -> None:
        for theme in SHIPPED:
            self.register_theme(theme)
        self._read_themes()
        known = self._theme_wanted in self.available_themes
        self.theme = self._theme_wanted if known else default_theme()
        if not known:
            self.complain(f"there is no theme {self._theme_wanted!r}")
        faults = actions.keymap_faults(self.keymap_config)
        if faults:
            lines = [*faults, "the keys are as if there was no keymap"]
            self.notify("\n".join(lines), severity="warning", markup=False, timeout=15)
        else:
            self.set_keymap(self.keymap_config)
        if self.reading is not None:
            self.perform(read(cast("HazardApp", self), self.reading))
        self._tell_about_document()
        if self._offline:
            self.state.controller_error = "offline"
        else:
            self.link.start()
        now = time.monotonic()
        self._look_at_line(now)
        self._next_tick = now + TICK_S
        self.set_interval(TICK_S, self._tick)
        self.call_after_refresh(self._restore_session)

    def _tell_about_document(self) -> None:
        if self.document.recovered:
            text = "edits of a session that ended unsaved are back; ^z takes them off, ^s saves"
            self.notify(text, markup=False, timeout=10)
        elif not self.document.journal.is_open and self.reading is None:
            text = "another console edits this plan: edits here survive no crash"
            self.notify(text, severity="warning", markup=False, timeout=10)

    def _restore_session(self) -> None:
        state = {} if self.reading else self.session.read(self.document.path)
        for screen in self.mode_screens():
            screen.restore_state(state.get(screen.mode) or {})
        mode = state.get("mode")
        if self._attach_run is not None:
            self.switch_mode("run")
            self.link.follow(self._attach_run)
        elif mode in self.MODES and mode != self.current_mode:
            self.switch_mode(mode)

    def _remember_session(self) -> None:
        if not self.is_running or self.current_mode not in self.MODES or self.reading:
            return
        state = dict(self.session.read(self.document.path))
        state["mode"] = self.current_mode
        for screen in self.mode_screens():
            if screen.is_mounted:
                state[screen.mode] = screen.state_to_keep()
        self.session.write(self.document.path, state)

    # the tick

    @property
    def meter(self) -> LinkMeter | None:
        """Counters of the terminal; None where the driver has none."""
        return getattr(self._driver, "meter", None)

    def _tick(self) -> None:
        now = time.monotonic()
        self.loop_lag_s = max(0.0, now - self._next_tick)
        self._next_tick = now + TICK_S
        self._look_at_line(now)
        self.show_tier()
        if self._run_is_behind and self.state.run is not None:
            self.run_changed(self.state.run, "frame")
        self._read_themes()
        if self.document.file_has_changed():
            self.file_changed()

    def _look_at_line(self, now: float) -> None:
        meter = self.meter
        if meter is not None:
            blocked = meter.blocked_until(now) + self.painter.held_until(now)
            self.tier.observe(now, meter.written_bytes, blocked, meter.waiting_bytes)

    def show_tier(self) -> None:
        """Brings the word of the tier into the top line."""
        if self.state.link_text != self.tier.word:
            self.state.link_text = self.tier.word
            self.refresh_top()

    def file_changed(self) -> None:
        """Somebody else wrote the plan's file."""

    def _read_themes(self) -> None:
        themes, faults = self.theme_files.changed()
        for theme in themes:
            self.register_theme(theme)
            if theme.name == self.theme:
                self.refresh_css(animate=False)
        if faults:
            self.complain("\n".join(faults[:5]))

    def on_app_blur(self, event: AppBlur) -> None:
        self.tier.is_blurred = True

    def on_app_focus(self, event: AppFocus) -> None:
        self.tier.is_blurred = False

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        # A cursor that blinks costs a remote line bytes while nothing happens.
        if isinstance(event.widget, (Input, TextArea)):
            event.widget.cursor_blink = False

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Filters of painted lines; the last makes them ASCII where the terminal needs it."""
        return [*super().get_line_filters(), *([self._ascii] if self._ascii.enabled else [])]

    # the document

    def edit(self, label: str, change: Callable[[Plan], Plan]) -> bool:
        """Makes one edit; tells the person when it cannot be made. True when it was."""
        if self.is_reading():
            return False
        try:
            self.document.do(label, change(self.document.plan))
        except HazardError as exc:
            self.complain(exc)
            return False
        return True

    def _document_changed(self) -> None:
        self.plan_screen_do(lambda screen: screen.show_document())
        self.refresh_top()

    def plan_screen_do(self, act: Callable[[PlanScreen], object]) -> None:
        """Does something with the plan screen when it is there."""
        for screen in self.mode_screens():
            if isinstance(screen, PlanScreen) and screen.is_mounted:
                act(screen)

    def flush_edits(self) -> None:
        """Takes over what is typed in fields and not an edit yet."""
        self.plan_screen_do(lambda screen: screen.flush())

    def mode_screens(self) -> list[ModeScreen]:
        """The main screens that were opened."""
        stacks = self._screen_stacks.values()
        return [screen for stack in stacks for screen in stack if isinstance(screen, ModeScreen)]

    def open_plan(self, path: Path | None) -> None:
        """Opens another plan; unsaved edits of the old one stay in its journal."""
        self.flush_edits()
        self._remember_session()
        old = self.document
        same = path is not None and old.path is not None and path.resolve() == old.path.resolve()
        if same:
            old.close()
        try:
            document = self._opened(path)
        except HazardError as exc:
            self.complain(exc)
            return
        if not same:
            old.close()
        self.take_document(document)
        if self.reading is not None:
            self.perform(read(cast("HazardApp", self), self.reading))

    def is_reading(self) -> bool:
        """True while the plan is not there yet; the person is told."""
        if self.reading is not None:
            self.notify(f"{self.reading.path.name} is still being read", markup=False)
        return self.reading is not None

    def _opened(self, path: Path | None) -> Document:
        """The document of a file; a large one is read afterwards, and an empty one is there."""
        if self.reading is not None:
            self.reading.leave()
        self.reading = Reading(path) if path is not None and is_large(path) else None
        if self.reading is not None:
            return Document.placeholder(self.reading.path)
        return open_document(path, self.settings.data_dir / "journal")

    def take_document(self, document: Document) -> None:
        """Shows another document from now on."""
        self.document = document
        self.document.on_change = self._document_changed
        self._document_changed()
        self._tell_about_document()

    # what the link tells

    def workers_changed(self) -> None:
        """The list of workers or the link to the controller changed."""
        self.state.workers_news.tell()
        if isinstance(self.screen, FleetScreen):
            self.screen.show_workers()
        self.refresh_top()

    def run_changed(self, view: RunView, kind: str) -> None:
        """The run that is followed has news; `kind` is that of the update, `worker` for the frame
        of one worker, which is shown with the merged one of its second."""
        if view is not self.state.run or kind == "worker":
            return
        # A dialog may be open above it: the picture goes on below.
        screen = next((one for one in self.screen_stack if isinstance(one, RunScreen)), None)
        if screen is not None:
            self._run_is_behind = kind == "frame" and not self.tier.is_due(time.monotonic())
            if not self._run_is_behind:
                screen.show_run()
        if kind in ("record", "frame", "replay"):
            self.refresh_top()

    def reload_history(self) -> None:
        """The list of runs changed."""
        for screen in self.mode_screens():
            if isinstance(screen, HistoryScreen) and screen.is_mounted:
                self.flow(screen.load(), "history")

    # messages to the person

    def flow(self, work: Coroutine[Any, Any, object], group: str) -> Worker[None]:
        """Runs a flow as a task; one per group. What it raises becomes a notice."""
        pending = Pending(work, self._guarded)
        return self.run_worker(pending.run, group=group, exclusive=True, exit_on_error=False)

    def perform(self, work: Coroutine[Any, Any, object]) -> Worker[None]:
        """Runs work that nothing else may cut off. What it raises becomes a notice."""
        return self.run_worker(Pending(work, self._guarded).run, exit_on_error=False)

    async def _guarded(self, work: Coroutine[Any, Any, object]) -> None:
        try:
            await work
        except HazardError as exc:
            self.complain(exc)
        except Exception as exc:  # noqa: BLE001 - the border of a task: the console goes on
            self.log.error(f"{type(exc).__name__}: {exc}")
            report = write_crash_report(self.settings.data_dir)
            self.complain(f"a bug: {type(exc).__name__}: {exc}\nthe report is in {report}")

    def complain(self, error: HazardError | str) -> None:
        """Shows an error as a notice: what happened, and what to do next."""
        hint = error.hint if isinstance(error, HazardError) else ""
        text = f"{error}\n{hint}" if hint else str(error)
        self.notify(text, severity="error", markup=False, timeout=12)

    def show_findings(self, title: str, findings: list[Finding]) -> None:
        """Shows findings as a list."""
        raise NotImplementedError

    def refresh_top(self) -> None:
        """Brings the top line of the current screen up to date."""
        screen = next(
            (one for one in reversed(self.screen_stack) if isinstance(one, ModeScreen)), None
        )
        if screen is None or not screen.is_mounted:
            return
        state = self.state
        screen.show_top(
            TopLine(
                mode=screen.mode,
                title=self.document.title,
                environment=state.environment.name if state.environment else "no env",
                protected=bool(state.environment and state.environment.protected),
                workers=state.workers_text(),
                run=state.run_text(self.glyphs),
                run_style=state.run_style(),
                link=state.link_text,
            )
        )

    def copy_to_clipboard(self, text: str) -> None:
        """Copies by the terminal (OSC 52) and says so; refuses what terminals would cut off."""
        size = len(text.encode("utf-8"))
        if size > LONGEST_COPY:
            limit = f"terminals take at most {LONGEST_COPY} (OSC 52)"
            self.complain(f"{size} bytes are too many to copy: {limit}")
            return
        super().copy_to_clipboard(text)
        self.notify(f"{size} bytes copied by the terminal (OSC 52)", markup=False, timeout=4)

    # the way out

    def leave(self) -> None:
        """Leaves the console; unsaved edits are in the journal, runs go on."""
        self.flush_edits()
        self._remember_session()
        self.exit(0)

    def on_unmount(self) -> None:
        if self.reading is not None:
            self.reading.leave()
        self.document.close()

    def _handle_exception(self, error: Exception) -> None:
        # The border of the whole console: the terminal is given back, and the report says more.
        if self.is_headless:
            super()._handle_exception(error)
            return
        self._return_code = 1
        try:
            report = write_crash_report(self.settings.data_dir)
        except OSError as exc:
            report = f"(it could not be written: {exc})"
        plan = self.document.path or ""
        kept = "Edits are in the journal" if self.document.journal.is_open else "Save was not done"
        self.panic(
            Text(
                f"hazard stopped because of a bug: {type(error).__name__}: {error}\n"
                f"The report is in {report}\n"
                f"A run that was going on goes on. {kept}; open the plan again: hazard {plan}",
                overflow="fold",
            )
        )
        print(file=sys.__stderr__)
