"""The console application: modes, the document, and the way from an action to its work."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from textual.app import App
from textual.binding import Binding
from textual.screen import ModalScreen

from hazard_tui.errors import HazardError, write_crash_report
from hazard_tui.plan.edit import Path as PlanPath
from hazard_tui.plan.findings import Finding
from hazard_tui.plan.model import Plan
from hazard_tui.settings import Settings
from hazard_tui.ui import actions
from hazard_tui.ui.actions import Action
from hazard_tui.ui.document import Document, open_document
from hazard_tui.ui.flows import checking, importing, planning, running
from hazard_tui.ui.glyphs import choose_glyphs
from hazard_tui.ui.link import Link
from hazard_tui.ui.palette import ActionProvider, help_text
from hazard_tui.ui.run_view import RunView
from hazard_tui.ui.screens.base import ModeScreen
from hazard_tui.ui.screens.dialogs import TextScreen
from hazard_tui.ui.screens.fleet import FleetScreen
from hazard_tui.ui.screens.history import HistoryScreen
from hazard_tui.ui.screens.plan import PlanScreen
from hazard_tui.ui.screens.run import RunScreen
from hazard_tui.ui.state import ConsoleState
from hazard_tui.ui.widgets.top_bar import TopLine

SMALLEST = (60, 16)


class HazardApp(App[int]):
    """Holds the document and the link to the controller; screens show them."""

    TITLE = "hazard"
    CSS_PATH = "hazard.tcss"
    MODES = {"plan": PlanScreen, "fleet": FleetScreen, "run": RunScreen, "history": HistoryScreen}
    DEFAULT_MODE = "plan"
    COMMANDS = {ActionProvider}
    COMMAND_PALETTE_BINDING = "ctrl+p"
    BINDINGS = [
        *actions.bindings("app"),
        Binding("ctrl+c", "app_quit_hint", show=False, system=True),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]

    def __init__(
        self,
        settings: Settings,
        plan_path: Path | None = None,
        keymap: dict[str, str] | None = None,
        attach: str | None = None,
        offline: bool = False,
    ) -> None:
        """`offline`: plans are edited, nothing is asked of a controller."""
        super().__init__()
        self.settings = settings
        self.glyphs = choose_glyphs()
        self.keymap_config = keymap or {}
        self.document: Document = open_document(plan_path, settings.data_dir / "journal")
        self.document.on_change = self._document_changed
        self.state = ConsoleState()
        self.link = Link(settings, self)
        self._attach_run = attach
        self._offline = offline

    def on_mount(self) -> None:
        faults = actions.keymap_faults(self.keymap_config)
        if faults:
            self.notify("\n".join(faults), severity="warning", markup=False, timeout=15)
        else:
            self.set_keymap(self.keymap_config)
        if self.document.recovered:
            self.notify(
                "edits of a session that ended unsaved are back; ^z takes them off",
                markup=False,
                timeout=8,
            )
        if self._offline:
            self.state.controller_error = "offline"
        else:
            self.link.start()
        if self._attach_run is not None:
            self.action_app_run()
            self.link.follow(self._attach_run)

    # the document

    def edit(self, label: str, change: Callable[[Plan], Plan]) -> bool:
        """Makes one edit; tells the person when it cannot be made. True when it was."""
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
        for screen in self._mode_screens():
            if isinstance(screen, PlanScreen) and screen.is_mounted:
                act(screen)

    def _mode_screens(self) -> list[ModeScreen]:
        stacks = self._screen_stacks.values()
        return [screen for stack in stacks for screen in stack if isinstance(screen, ModeScreen)]

    def open_plan(self, path: Path | None) -> None:
        """Opens another plan; unsaved edits of the old one stay in its journal."""
        try:
            document = open_document(path, self.settings.data_dir / "journal")
        except HazardError as exc:
            self.complain(exc)
            return
        self.document = document
        self.document.on_change = self._document_changed
        self._document_changed()

    # what the link tells

    def workers_changed(self) -> None:
        """The list of workers or the link to the controller changed."""
        self.state.workers_news.tell()
        if isinstance(self.screen, FleetScreen):
            self.screen.show_workers()
        self.refresh_top()

    def run_changed(self, view: RunView, kind: str) -> None:
        """The run that is followed has news."""
        if view is self.state.run:
            if isinstance(self.screen, RunScreen):
                self.screen.show_run()
            if kind in ("record", "frame"):
                self.refresh_top()

    def reload_history(self) -> None:
        """The list of runs changed."""
        for screen in self._mode_screens():
            if isinstance(screen, HistoryScreen) and screen.is_mounted:
                self.flow(screen.load(), "history")

    # messages to the person

    def flow(self, work: Coroutine[Any, Any, object], group: str) -> None:
        """Runs a flow as a task; one per group. What it raises becomes a notice."""
        self.run_worker(self._guarded(work), group=group, exclusive=True, exit_on_error=False)

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
        text = "\n".join(f"{finding}" for finding in findings) or "nothing was found"
        self.push_screen(TextScreen(title, text))

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
                environment=state.environment.name if state.environment else "",
                protected=bool(state.environment and state.environment.protected),
                workers=state.workers_text(),
                run=state.run_text(self.glyphs),
                run_style=state.run_style(),
                link=state.link_text,
            )
        )

    # actions everywhere

    def run_registered(self, action: Action) -> None:
        """Does an action of the registry from the palette, on the screen that it belongs to."""
        mode = {"tree": "plan", "list": "plan"}.get(action.area, action.area)
        if mode in self.MODES and self.current_mode != mode:
            self.switch_mode(mode)
        self.call_after_refresh(self._run_action_method, action)

    async def _run_action_method(self, action: Action) -> None:
        owners = [self.focused, self.screen, self]
        for owner in owners:
            method = getattr(owner, f"action_{action.method}", None) if owner else None
            if method is not None:
                result = method()
                if hasattr(result, "__await__"):
                    await result
                return

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Plan and mode actions are off while a dialog is open; stopping never is."""
        if isinstance(self.screen, ModalScreen) and action.startswith(("plan_", "app_")):
            return action in ("app_stop", "app_quit")
        return True

    def _go(self, mode: str) -> None:
        if self.current_mode != mode:
            self.switch_mode(mode)

    def action_app_plan(self) -> None:
        """Shows the plan."""
        self._go("plan")

    def action_app_fleet(self) -> None:
        """Shows the workers."""
        self._go("fleet")

    def action_app_run(self) -> None:
        """Shows the run."""
        self._go("run")

    def action_app_history(self) -> None:
        """Shows recorded runs."""
        self._go("history")

    def action_app_start(self) -> None:
        """Starts the plan on the chosen workers."""
        self.flow(running.start_run(self), "start")

    def action_app_stop(self) -> None:
        """Stops the run; a second time forces it."""
        self.flow(running.stop_run(self), "stop")

    def action_app_help(self) -> None:
        """Shows the help, what has the focus first."""
        areas = [name for node in self.screen.focus_chain[:0] for name in node.classes]
        if self.focused is not None:
            for node in self.focused.ancestors_with_self:
                areas += [one.removeprefix("area-") for one in node.classes if "area-" in one]
        mode = self.current_mode
        keymap = dict(self.keymap_config)
        self.push_screen(TextScreen("help", help_text([*areas, mode], keymap)))

    def action_app_palette(self) -> None:
        """Opens the command palette."""
        self.action_command_palette()

    def action_app_findings(self) -> None:
        """Lists what is wrong with the plan."""
        self.show_findings("findings of the plan", self.document.findings())

    def action_app_log(self) -> None:
        """Lists the calls to controller and workers."""
        self.push_screen(TextScreen("log of calls", self.link.log_text()))

    def action_app_diagnostics(self) -> None:
        """Shows versions, settings and the terminal's facts."""
        self.push_screen(TextScreen("diagnostics", planning.diagnostics_text(self)))

    def action_app_jump(self) -> None:
        """Puts a letter on every part of the screen."""
        from hazard_tui.ui.screens.jump import JumpScreen

        self.push_screen(JumpScreen(self.screen))

    def action_app_mouse(self) -> None:
        """Turns reports of the mouse off or on, so that the terminal can select text."""
        planning.toggle_mouse(self)

    def action_app_quit(self) -> None:
        """Leaves the console. Unsaved edits are in the journal, runs go on."""
        self.exit(0)

    def action_app_quit_hint(self) -> None:
        """Says how to leave."""
        self.notify("^q leaves the console; ^x stops the run", markup=False)

    # actions of the plan screen that need the app

    def action_plan_save(self) -> None:
        """Writes the plan."""
        self.flow(planning.save(self), "dialog")

    def action_plan_undo(self) -> None:
        """Takes the last edit back."""
        label = self.document.undo()
        self.notify(f"undone: {label}" if label else "nothing to undo", markup=False, timeout=2)

    def action_plan_redo(self) -> None:
        """Does an edit again."""
        label = self.document.redo()
        self.notify(f"done again: {label}" if label else "nothing to redo", markup=False, timeout=2)

    def action_plan_import(self) -> None:
        """Imports a file or a pasted text."""
        self.flow(importing.ask_and_import(self), "dialog")

    def import_text(self, text: str) -> None:
        """Imports a pasted text."""
        self.flow(importing.import_pasted(self, text), "dialog")

    def action_plan_open(self) -> None:
        """Opens another plan."""
        self.flow(planning.ask_and_open(self), "dialog")

    def action_plan_check(self) -> None:
        """Sends the chosen step or task once."""
        self.flow(checking.check_here(self), "check")

    def action_plan_check_all(self) -> None:
        """Sends every task once."""
        self.flow(checking.check_all(self), "check")

    def action_plan_load(self) -> None:
        """Goes to the stages of the load."""
        planning.go_to_plan_tab(self, "tab-stages")

    def action_plan_variables(self) -> None:
        """Goes to the variables."""
        planning.go_to_plan_tab(self, "tab-variables")

    def action_plan_back(self) -> None:
        """Goes back to the tree."""
        self.plan_screen_do(lambda screen: screen.plan_tree.focus())

    def action_plan_environment(self) -> None:
        """Chooses the environment."""
        self.flow(planning.choose_environment(self), "dialog")

    def action_plan_find(self) -> None:
        """Finds and replaces in the plan."""
        self.flow(planning.find_and_replace(self), "dialog")

    def action_plan_editor(self) -> None:
        """Edits the plan file in the person's editor."""
        planning.edit_outside(self)

    def action_plan_workers(self) -> None:
        """Shows the workers to choose from."""
        self._go("fleet")

    def bulk_edit(self, paths: list[PlanPath]) -> None:
        """Edits several elements at once."""
        self.flow(planning.bulk_edit(self, paths), "dialog")
