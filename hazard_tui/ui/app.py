"""The console application: its modes, and the way from an action to its work."""

from __future__ import annotations

from collections.abc import Coroutine
from functools import cached_property
from typing import Any

from textual.events import Event, Key, Paste, Resize
from textual.screen import ModalScreen
from textual.worker import Worker

from hazard_tui.plan.edit import Path as PlanPath
from hazard_tui.plan.findings import Finding
from hazard_tui.ui import actions
from hazard_tui.ui.actions import AREAS, Action
from hazard_tui.ui.console import Console
from hazard_tui.ui.flows import (
    checking,
    diagnosing,
    holding,
    importing,
    outside,
    planning,
    running,
    sample,
)
from hazard_tui.ui.key_order import KeyOrder
from hazard_tui.ui.palette import ActionProvider, help_text
from hazard_tui.ui.screens.base import LARGEST_TOO_SMALL, TOO_SMALL_CLASSES
from hazard_tui.ui.screens.dialogs import TextScreen
from hazard_tui.ui.screens.findings import FindingsScreen, path_of
from hazard_tui.ui.screens.fleet import FleetScreen
from hazard_tui.ui.screens.history import HistoryScreen
from hazard_tui.ui.screens.jump import JumpScreen, jump_targets
from hazard_tui.ui.screens.plan import PlanScreen
from hazard_tui.ui.screens.run import RunScreen
from hazard_tui.ui.state import Hold
from hazard_tui.ui.too_small import Unseen

IN_DIALOGS = frozenset(actions.BY_ID[name].method for name in actions.IN_DIALOGS)


class HazardApp(Console):
    """Routes every action of the registry."""

    TITLE = "hazard"
    CSS_PATH = "hazard.tcss"
    MODES = {"plan": PlanScreen, "fleet": FleetScreen, "run": RunScreen, "history": HistoryScreen}
    DEFAULT_MODE = "plan"
    COMMANDS = {ActionProvider}
    COMMAND_PALETTE_BINDING = "ctrl+p"
    BINDINGS = actions.bindings("app")
    HORIZONTAL_BREAKPOINTS = [
        (0, TOO_SMALL_CLASSES[0]),
        (LARGEST_TOO_SMALL[0] + 1, "-single"),
        (80, "-narrow"),
        (100, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [
        (0, TOO_SMALL_CLASSES[1]),
        (LARGEST_TOO_SMALL[1] + 1, "-short"),
        (30, "-tall"),
    ]

    def flow(self, work: Coroutine[Any, Any, object], group: str) -> Worker[None]:
        """Runs a flow as a task; keys wait for the dialog that it begins with."""
        worker = super().flow(work, group)
        if group == "dialog":
            self.ordered_keys.expect_dialog(worker)
        return worker

    @cached_property
    def ordered_keys(self) -> KeyOrder:
        """The keys that wait for their turn."""
        return KeyOrder(self)

    @cached_property
    def unseen(self) -> Unseen:
        """What a terminal that is too small hides."""
        return Unseen(self)

    def on_resize(self, event: Resize) -> None:
        self.unseen.resized(event.size)

    async def on_event(self, event: Event) -> None:
        """Keys and pasted texts are handled one after the other, everything else as it comes."""
        if not isinstance(event, (Key, Paste)) or event.is_forwarded:
            await super().on_event(event)
        elif self.unseen.refuses(event):
            return
        elif self.ordered_keys.admit(event):
            receiver = self.focused or self.screen
            await super().on_event(event)
            self.ordered_keys.follow(event, receiver if event.is_forwarded else None)

    def run_registered(self, action: Action) -> None:
        """Does an action of the registry from the palette, on the screen that it belongs to."""
        mode = {"tree": "plan", "list": "plan"}.get(action.area, action.area)
        if not isinstance(self.screen, ModalScreen):
            if mode in self.MODES and self.current_mode != mode:
                self.switch_mode(mode)
        elif action.area in actions.MAIN_AREAS and action.id not in actions.IN_DIALOGS:
            self.notify(f"{action.label} works when this dialog is closed", markup=False)
            return
        self.call_after_refresh(self._run_action_method, action)

    async def _run_action_method(self, action: Action) -> None:
        if action.area == "list" and not hasattr(self.focused, f"action_{action.method}"):
            self.plan_screen_do(lambda screen: screen.focus_list())
        around = self.focused.ancestors_with_self if self.focused is not None else [self.screen]
        # Two areas may call a method the same: the binding tells whose it is.
        for node in (*around, *self.screen.query("*"), self):
            for _, binding in node._bindings:
                if binding.id == action.id and await self.run_action(binding.action, node):
                    return
        place = AREAS[action.area]
        text = f"{action.label} works in {place[:1].lower()}{place[1:]}, and that is not open here"
        self.notify(text, severity="warning", markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Plan and mode actions are off while a dialog is open; stopping never is."""
        if isinstance(self.screen, ModalScreen) and action.startswith(("plan_", "app_")):
            return action in IN_DIALOGS
        if action == "app_back":
            # The footer shows the way back only where there is one.
            at_tree = isinstance(self.screen, PlanScreen) and self.screen.is_at_tree
            return not at_tree or self.reading is not None
        return True

    def show_findings(self, title: str, findings: list[Finding]) -> None:
        """Shows findings as a list; the chosen one is gone to."""

        def go(finding: Finding | None) -> None:
            path = path_of(finding.where) if finding else None
            if path is not None:
                self._go("plan")
                self.call_after_refresh(self.plan_screen_do, lambda screen: screen.go_to(path))

        self.push_screen(FindingsScreen(title, findings, self.glyphs), go)

    def _go(self, mode: str) -> None:
        if self.current_mode != mode:
            self.switch_mode(mode)

    def file_changed(self) -> None:
        """Somebody else wrote the plan's file: it is read again, or the person is asked."""
        self.flow(outside.file_changed(self), "file")

    def hold_changed(self, before: Hold | None) -> None:
        """This console got the run that it follows, lost it, or another one did."""
        holding.tell_of_hold(self, before)
        for screen in self.mode_screens():
            if isinstance(screen, RunScreen) and screen.is_mounted:
                screen.show_run()
        self.refresh_top()

    # actions everywhere

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

    def action_app_back(self) -> None:
        """Goes back: from a field to the tree, from another screen to the plan."""
        if self.reading is not None:
            self.notify(f"{self.reading.path.name} was left; o opens a plan", markup=False)
            self.open_plan(None)
        elif isinstance(self.screen, PlanScreen):
            self.screen.back_to_tree()
        else:
            self._go("plan")

    def action_app_start(self) -> None:
        """Starts the plan on the chosen workers."""
        if self.is_reading():
            return
        self.flush_edits()
        self.flow(running.start_run(self), "start")

    def action_app_stop(self) -> None:
        """Stops the run; a second time forces it."""
        self.flow(running.stop_run(self), "stop")

    def action_app_help(self) -> None:
        """Shows the help, what has the focus first."""
        if isinstance(self.screen, TextScreen):
            return
        areas, about = diagnosing.focus_areas(self)
        text = help_text([*areas, self.current_mode], dict(self.keymap_config))
        self.push_screen(TextScreen("help", f"{about}\n\n{text}" if about else text))

    def action_app_help_here(self) -> None:
        """Shows the help while typing."""
        self.action_app_help()

    def action_app_palette(self) -> None:
        """Opens the command palette."""
        self.action_command_palette()

    def action_app_findings(self) -> None:
        """Lists what is wrong with the plan."""
        self.flush_edits()
        self.flow(diagnosing.list_findings(self), "dialog")

    def action_app_log(self) -> None:
        """Lists the calls to controller and workers."""
        self.push_screen(TextScreen("log of calls", self.link.log_text()))

    def action_app_diagnostics(self) -> None:
        """Shows versions, settings and the terminal's facts."""
        self.push_screen(TextScreen("diagnostics", diagnosing.diagnostics_text(self)))

    def action_app_jump(self) -> None:
        """Puts a letter on every part of the screen."""
        if isinstance(self.screen, JumpScreen):
            self.screen.dismiss(None)
        elif targets := jump_targets(self.screen):
            self.push_screen(JumpScreen(targets))
        else:
            self.notify("nothing here takes the focus; the keys are named below", timeout=3)

    def action_app_mouse(self) -> None:
        """Turns reports of the mouse off or on, so that the terminal can select text."""
        diagnosing.toggle_mouse(self)

    def action_app_line(self) -> None:
        """Fixes how much is painted, or leaves it to the meter."""
        self.notify(f"line: {self.tier.cycle()}", markup=False, timeout=3)
        self.show_tier()

    def action_app_theme(self) -> None:
        """Chooses the colours."""
        self.flow(diagnosing.choose_theme(self), "dialog")

    def action_app_quit(self) -> None:
        """Leaves the console. Unsaved edits are in the journal, runs go on."""
        self.leave()

    def action_app_quit_hint(self) -> None:
        """Says how to leave."""
        self.notify("^q leaves the console; ^x stops the run", markup=False)

    # actions of the plan screen that need the app

    def action_plan_save(self) -> None:
        """Writes the plan."""
        if self.is_reading():
            return
        self.flush_edits()
        self.flow(planning.save(self), "dialog")

    def action_plan_undo(self) -> None:
        """Takes the last edit back."""
        self.flush_edits()
        label = self.document.undo()
        self.notify(f"undone: {label}" if label else "nothing to undo", markup=False, timeout=2)

    def action_plan_redo(self) -> None:
        """Does an edit again."""
        self.flush_edits()
        label = self.document.redo()
        self.notify(f"done again: {label}" if label else "nothing to redo", markup=False, timeout=2)

    def action_plan_import(self) -> None:
        """Imports a file or a pasted text."""
        if self.is_reading():
            return
        self.flow(importing.ask_and_import(self), "dialog")

    def import_text(self, text: str) -> None:
        """Imports a pasted text."""
        self.flow(importing.import_pasted(self, text), "dialog")

    def action_plan_sample(self) -> None:
        """Begins with a sample plan and a lab on this machine."""
        if self.is_reading():
            return
        self.flow(sample.use_sample(self), "sample")

    def import_into(self, path: PlanPath, text: str) -> None:
        """Makes the request of a step what a pasted curl command says."""
        self.flush_edits()
        self.flow(importing.import_into_step(self, path, text), "dialog")

    def action_plan_open(self) -> None:
        """Opens another plan."""
        self.flow(planning.ask_and_open(self), "dialog")

    def action_plan_check(self) -> None:
        """Sends the chosen step or task once."""
        if self.is_reading():
            return
        self.flush_edits()
        path = self.screen.path if isinstance(self.screen, PlanScreen) else ()
        self.flow(checking.check_here(self, path), "check")

    def action_plan_check_all(self) -> None:
        """Sends every task once."""
        if self.is_reading():
            return
        self.flush_edits()
        self.flow(checking.check_all(self), "check")

    def action_plan_load(self) -> None:
        """Goes to the stages of the load."""
        self.plan_screen_do(lambda screen: screen.go_to(("stages",)))

    def action_plan_variables(self) -> None:
        """Goes to the variables."""
        self.plan_screen_do(lambda screen: screen.go_to(("variables",)))

    def action_plan_environment(self) -> None:
        """Chooses the environment."""
        self.flow(planning.choose_environment(self), "dialog")

    def action_plan_find(self) -> None:
        """Finds and replaces in the plan."""
        if self.is_reading():
            return
        self.flow(planning.find_and_replace(self), "dialog")

    def action_plan_editor(self) -> None:
        """Edits the body, or the plan file, in the person's editor."""
        if self.is_reading():
            return
        self.flush_edits()
        if isinstance(self.screen, PlanScreen):
            outside.edit_outside(self, self.screen.path, self.screen.body_with_focus())

    def action_plan_workers(self) -> None:
        """Shows the workers to choose from."""
        self._go("fleet")

    def bulk_edit(self, paths: list[PlanPath]) -> None:
        """Edits several elements at once."""
        self.flow(planning.bulk_edit(self, paths), "dialog")
