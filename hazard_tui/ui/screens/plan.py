"""The plan screen: the tree at the left, the editor of the chosen element at the right."""

from __future__ import annotations

import asyncio
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import Paste, Resize
from textual.timer import Timer
from textual.widgets import Static, Tree

from hazard_tui.errors import HazardError
from hazard_tui.plan import edit
from hazard_tui.plan.edit import Path
from hazard_tui.plan.findings import FindingSeverity
from hazard_tui.plan.model import Group, Pause, Plan, Step, Task
from hazard_tui.plan.request import Request
from hazard_tui.ui import actions
from hazard_tui.ui.number_text import counted
from hazard_tui.ui.offers import Offers
from hazard_tui.ui.plan_places import (
    NEW_NAME,
    bad_keys,
    empty_kind,
    insertion_path,
    parts_at,
    with_weight,
)
from hazard_tui.ui.screens.base import ModeScreen
from hazard_tui.ui.screens.dialogs import ChoiceDialog, LetterDialog, TextDialog
from hazard_tui.ui.widgets.body_editor import BodyEditor
from hazard_tui.ui.widgets.element_list import ElementList
from hazard_tui.ui.widgets.plan_editor import PlanEditor
from hazard_tui.ui.widgets.plan_tree import BRANCHES, Place, PlanTree
from hazard_tui.ui.widgets.request_editor import UrlInput

EMPTY_HINT = (
    "The plan is empty.  i import Postman, HAR, curl   a add a task   S sample   "
    "or paste a curl command"
)

NEW_STEPS: list[tuple[str, str]] = [
    ("request", "request"),
    ("group", "group of steps, timed as one"),
    ("pause", "pause"),
    ("loop", "loop"),
    ("condition", "if"),
    ("jump", "jump"),
    ("script", "script"),
    ("parallel", "parallel steps"),
    ("task", "a new task"),
]


class PlanScreen(ModeScreen):
    """Edits the app's document. Every change of the plan goes through `Document.do`."""

    mode = "plan"
    BINDINGS = actions.bindings("plan", "app")

    def body(self) -> ComposeResult:
        document = self.console.document
        self.offers = Offers(
            lambda: (self.console.document.plan, self.path),
            self.console.state.environment_values,
            lambda: self.console.state.checked_values,
        )
        glyphs = self.console.glyphs
        with Horizontal(id="plan-panes"):
            yield PlanTree(document.plan, glyphs, id="tree")
            yield PlanEditor(document.plan, id="editor", offers=self.offers, glyph=glyphs.warn)
        yield Static("", id="plan-status", markup=False)

    def on_mount(self) -> None:
        self._changing = asyncio.Lock()
        self._timer: Timer | None = None
        self.plan_tree.focus()
        self.show_document()

    @property
    def plan_tree(self) -> PlanTree:
        """The tree."""
        return self.query_one("#tree", PlanTree)

    @property
    def editor(self) -> PlanEditor:
        """The editor."""
        return self.query_one("#editor", PlanEditor)

    @property
    def path(self) -> Path:
        """Path of the element under the cursor."""
        return self.plan_tree.place.path if self.is_mounted else ()

    def show_document(self) -> None:
        """Shows the document as it is now, in tree, editor and status line."""
        self.plan_tree.show(self.console.document.plan)
        self._show_editor()
        self.show_status()

    def show_status(self) -> None:
        """Brings the status line up to date: what is being read, or what is wrong."""
        document, reading = self.console.document, self.console.reading
        findings = document.findings() if document.is_checked else document.last_findings
        errors = [one for one in findings if one.severity is FindingSeverity.ERROR]
        bad = bad_keys(document.plan, [one.where for one in errors])
        if bad != self.plan_tree.bad:
            self.plan_tree.bad = bad
            self.plan_tree.repaint()
        if reading is not None:
            status = reading.text
        elif not document.plan.tasks:
            status = EMPTY_HINT
        elif errors:
            status = f"{counted(len(errors), 'error')}: {errors[0]}   F8 all findings"
        elif findings:
            status = f"{counted(len(findings), 'warning')}: {findings[0].what}   F8 all findings"
        else:
            status = f"{self.console.glyphs.good} no findings"
        if not document.is_checked:
            status = f"checking the plan …   before: {status}"
            self.console.flow(self._look_for_findings(), "findings")
        self.query_one("#plan-status", Static).update(status)

    async def _look_for_findings(self) -> None:
        # More edits may follow at once, and each begins this anew.
        await asyncio.sleep(0.3)
        await self.console.document.findings_now()
        self.show_status()

    @on(Tree.NodeHighlighted)
    def _highlighted(self, event: Tree.NodeHighlighted[Place]) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(0.06, self._show_editor)

    def _show_editor(self) -> None:
        self._timer = None
        self.console.perform(self._show_current())

    async def _show_current(self) -> None:
        # Half a change of widgets cannot be undone, so changes wait for each other.
        async with self._changing:
            await self.editor.show(self.console.document.plan, self.path)

    @property
    def is_at_tree(self) -> bool:
        """True when there is nothing to go back to."""
        return self.focused is None or self.focused is self.plan_tree

    def flush(self) -> None:
        """Makes edits of what is typed in fields and was not told yet."""
        for one in self.editor.take():
            self._make(one)

    def go_to(self, path: Path) -> None:
        """Puts the cursor on the element at a path, and the focus into its field."""
        self.console.perform(self._go_to(path))

    async def _go_to(self, path: Path) -> None:
        node = self.plan_tree.nearest(path)
        place = node.data.path if node.data else ()
        self.plan_tree.move_to(node)
        if self._timer is not None:
            self._timer.stop()
        async with self._changing:
            await self.editor.show(self.console.document.plan, place)
        self.query_one("#plan-panes").add_class("-editing")
        self.editor.go_to(path[len(place) :])

    def focus_list(self) -> None:
        """Focuses the first list that is shown."""
        lists = [one for one in self.query(ElementList) if one.region.area > 0]
        if lists:
            lists[0].focus()

    def body_with_focus(self) -> BodyEditor | None:
        """The editor of a text body that has the focus; None when the focus is elsewhere."""
        around = self.focused.ancestors_with_self if self.focused is not None else []
        found = next((node for node in around if isinstance(node, BodyEditor)), None)
        return found if found is not None and found.text is not None else None

    def state_to_keep(self) -> dict[str, Any]:
        """Cursor, closed branches and the open tab."""
        return {**self.plan_tree.state_to_keep(), "tab": self.editor.active_tab()}

    def restore_state(self, state: dict[str, Any]) -> None:
        """Cursor, closed branches and the open tab as they were."""
        self.plan_tree.restore_state(state)
        self.editor.wanted_tab = str(state.get("tab") or "")

    @on(PlanEditor.Edited)
    def _edited(self, event: PlanEditor.Edited) -> None:
        self._make(event)

    def _make(self, edited: PlanEditor.Edited) -> None:
        self.console.edit(edited.label, lambda plan: edit.replace(plan, edited.path, edited.value))

    @on(Paste)
    def _pasted(self, event: Paste) -> None:
        if self.focused is self.plan_tree and event.text.strip():
            event.stop()
            self.console.import_text(event.text)

    @on(UrlInput.CurlPasted)
    def _curl_pasted(self, event: UrlInput.CurlPasted) -> None:
        event.stop()
        self.console.import_into(self.path, event.text)

    # tree actions

    async def action_tree_edit(self) -> None:
        """Goes to the editor's first field; opens or closes a branch when there is none."""
        if self._timer is not None:
            self._timer.stop()
        # Keys that are typed ahead belong to the field, so the editor is there before they are.
        await self._show_current()
        self.query_one("#plan-panes").add_class("-editing")
        if self.editor.display and self.editor.region.area > 0:
            self._enter_editor()
        else:
            self.call_after_refresh(self._enter_editor)

    def _enter_editor(self) -> None:
        if not self.editor.focus_first():
            self.back_to_tree()
            self.plan_tree.action_toggle_node()

    def action_tree_part(self) -> None:
        """Offers the parts of the request and of the plan, each with its letter."""
        self.console.flow(self._go_to_part(), "dialog")

    async def _go_to_part(self) -> None:
        parts = parts_at(self.console.document.plan, self.path)
        options = [(letter, name) for letter, (_, name) in parts.items()]
        chosen = await self.app.push_screen_wait(LetterDialog("go to", options))
        if chosen is not None:
            self.go_to(parts[chosen][0])

    def back_to_tree(self) -> None:
        """Gives the focus to the tree; on a narrow terminal the tree comes back."""
        self.query_one("#plan-panes").remove_class("-editing")
        if self.plan_tree.region.area > 0:
            self.plan_tree.focus()
        else:
            self.call_after_refresh(self.plan_tree.focus)

    def on_resize(self, event: Resize) -> None:
        super().on_resize(event)
        self.query_one("#plan-panes").set_class(not self.is_at_tree, "-editing")

    def action_tree_add(self) -> None:
        """Asks what to add, and puts it behind the cursor."""
        self.console.flow(self._add(), "dialog")

    async def _add(self) -> None:
        if not self.console.document.plan.tasks:
            self._add_task()
            return
        kind = await self.app.push_screen_wait(ChoiceDialog("add", NEW_STEPS))
        if kind == "task":
            self._add_task()
        elif kind is not None:
            self._add_step(kind)

    def _add_task(self) -> None:
        count = len(self.console.document.plan.tasks)
        request = Step(
            id=edit.new_id(), name=NEW_NAME, request=Request(method="GET", url="http://")
        )
        task = Task(id=edit.new_id("t"), name=f"task {count + 1}", steps=(request,))
        path: Path = ("tasks", count)
        self.console.edit("add task", lambda plan: edit.insert(plan, path, task))
        self.plan_tree.select((*path, "steps", 0))

    def _add_step(self, kind: str) -> None:
        made: dict[str, Any] = {
            "request": Request(method="GET", url="http://"),
            "pause": Pause(min_ms=1000),
            "group": Group(timed=True),
        }
        value = made.get(kind) or empty_kind(kind)
        step = Step.model_validate({"id": edit.new_id(), "name": kind, kind: value})
        target = insertion_path(self.console.document.plan, self.path)
        self.console.edit(f"add {kind}", lambda plan: edit.insert(plan, target, step))
        self.plan_tree.select(target)

    def action_tree_delete(self) -> None:
        """Deletes the marked elements, or the one under the cursor."""
        paths = [path for path in self.plan_tree.marked_paths() if isinstance(path[-1], int)]
        if not paths:
            return
        self.plan_tree.clear_marks()

        def without(plan: Plan) -> Plan:
            for path in reversed(paths):
                plan = edit.remove(plan, path)
            return plan

        self.console.edit(f"delete {len(paths)}" if len(paths) > 1 else "delete", without)
        self.notify("deleted; ^z brings it back", markup=False, timeout=3)

    def action_tree_duplicate(self) -> None:
        """Copies the element under the cursor behind itself."""
        path = self.path
        if path and isinstance(path[-1], int):
            self.console.edit("duplicate", lambda plan: edit.duplicate(plan, path))
            self.plan_tree.select((*path[:-1], path[-1] + 1))

    def action_tree_rename(self) -> None:
        """Asks for a new name."""
        self.console.flow(self._rename(), "dialog")

    async def _rename(self) -> None:
        path = self.path
        plan = self.console.document.plan
        current = None if path and path[0] in BRANCHES and len(path) == 1 else edit.at(plan, path)
        if current is None or not hasattr(current, "name"):
            return
        name = await self.app.push_screen_wait(TextDialog("name", current.name))
        if name is not None:
            self.console.edit("rename", lambda plan: edit.change(plan, path, name=name))

    def action_tree_weight(self) -> None:
        """Asks for the weight, or the share in per cent, of the task under the cursor."""
        self.console.flow(self._weight(), "dialog")

    async def _weight(self) -> None:
        path = self.path[:2]
        if len(path) < 2 or path[0] != "tasks":
            self.notify("only tasks have a weight", markup=False)
            return
        index = int(path[1])
        weight = self.console.document.plan.tasks[index].weight
        text = await self.app.push_screen_wait(
            TextDialog("weight", str(weight), "3, or 25% for a share of all iterations")
        )
        if text is None:
            return
        try:
            self.console.edit("set weight", lambda plan: with_weight(plan, index, text))
        except HazardError as exc:
            self.console.complain(exc)

    def action_tree_toggle(self) -> None:
        """Enables or disables the marked elements, or the one under the cursor."""
        paths = self.plan_tree.marked_paths()

        def toggled(plan: Plan) -> Plan:
            for path in paths:
                element = edit.at(plan, path)
                if hasattr(element, "disabled"):
                    plan = edit.change(plan, path, disabled=not element.disabled)
            return plan

        self.console.edit("enable or disable", toggled)

    def action_tree_mark(self) -> None:
        """Marks the element for an edit of several, and goes on to the next."""
        self.plan_tree.toggle_mark()
        self.plan_tree.action_cursor_down()

    def action_tree_bulk(self) -> None:
        """Edits all marked elements at once."""
        self.console.bulk_edit(self.plan_tree.marked_paths())

    async def action_tree_open(self) -> None:
        """Opens a branch, or goes into it; from a step on to the editor."""
        if not self.plan_tree.open_or_enter():
            await self.action_tree_edit()

    def action_tree_close(self) -> None:
        """Closes a branch, or goes to the one around it."""
        self.plan_tree.close_or_leave()

    def action_tree_move_up(self) -> None:
        """Moves the element one place up."""
        self._move(-1)

    def action_tree_move_down(self) -> None:
        """Moves the element one place down."""
        self._move(1)

    def _move(self, by: int) -> None:
        path = self.path
        if not path or not isinstance(path[-1], int) or self.plan_tree.place.key in BRANCHES:
            return
        siblings = edit.at(self.console.document.plan, path[:-1])
        target = path[-1] + by
        if isinstance(siblings, tuple) and 0 <= target < len(siblings):
            destination = (*path[:-1], target + 1 if by > 0 else target)
            self.console.edit("move", lambda plan: edit.move(plan, path, destination))
            self.plan_tree.select((*path[:-1], target))
