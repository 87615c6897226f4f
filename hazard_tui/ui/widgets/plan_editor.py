"""The right side of the plan screen: an editor for whatever the tree's cursor is on."""

from __future__ import annotations

from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static, TabbedContent, TabPane, Tabs

from hazard_tui.plan.base import Element
from hazard_tui.plan.edit import Path, at
from hazard_tui.plan.model import Pause, Plan, Step, Task
from hazard_tui.plan.request import Policies
from hazard_tui.ui.offers import Offers
from hazard_tui.ui.widgets.element_list import ElementList
from hazard_tui.ui.widgets.kinds import FEEDS, HOST_MAP, STAGES, THRESHOLDS, VARIABLES
from hazard_tui.ui.widgets.live_form import LiveForm
from hazard_tui.ui.widgets.request_editor import RequestEditor, pane_of

_HINTS = {
    "setup": "Steps that run before the tasks.",
    "teardown": "Steps that each user runs after its last iteration.",
    "shared_teardown": "Steps that run once per worker or run, after all users have ended.",
}
_PLAN_LISTS = {
    "stages": STAGES,
    "variables": VARIABLES,
    "thresholds": THRESHOLDS,
    "feeds": FEEDS,
    "host_map": HOST_MAP,
}
_PLAN_TITLES = {
    "stages": "Load",
    "variables": "Variables",
    "thresholds": "Thresholds",
    "feeds": "Data",
    "host_map": "Hosts",
    "defaults": "Defaults",
    "own": "Plan",
}
_PLAN_FIELDS = ("name", "description", "max_users", "seed", "task_order", "allowed_targets")
_TASK_FIELDS = ("name", "weight", "disabled", "pacing_ms", "description")


class PlanEditor(VerticalScroll, can_focus=False):
    """Shows the editor of one element. Posts `Edited`: a path, its new value, and a label."""

    class Edited(Message):
        """The person changed the element at `path`."""

        def __init__(self, label: str, path: Path, value: Any) -> None:
            super().__init__()
            self.label = label
            self.path = path
            self.value = value

    def __init__(
        self,
        plan: Plan,
        id: str | None = None,
        offers: Offers | None = None,
        glyph: str = "!",
    ) -> None:
        super().__init__(id=id)
        self.plan = plan
        self.path: Path = ()
        self._shown: object = None
        self._offers = offers
        self._glyph = glyph
        self.wanted_tab = ""
        """Tab to open with the next element that has it."""

    def compose(self) -> ComposeResult:
        yield Static("", classes="hint", markup=False)

    def element(self) -> Any:
        """The element that is shown; None when it has gone."""
        if len(self.path) == 1 and self.path[0] in _HINTS:
            return getattr(self.plan, str(self.path[0]))
        try:
            return at(self.plan, self.path)
        except KeyError:
            return None

    async def show(self, plan: Plan, path: Path) -> None:
        """Shows the element at `path`. What is shown already is left alone."""
        same_place = path == self.path
        if not same_place:
            for edited in self.take():
                self.post_message(edited)
        self.plan = plan
        self.path = path
        element, before = self.element(), self._shown
        if same_place and element == before:
            return
        self._shown = element
        if await self._show_in_place(before, element, same_place=same_place):
            return
        tab = self.wanted_tab or self.active_tab()
        with self.app.batch_update():
            await self.remove_children()
            await self.mount(*self._widgets(element))
        if tab:
            self._activate(tab)

    async def _show_in_place(self, before: Any, element: Any, *, same_place: bool) -> bool:
        """Uses the widgets that are there; False when others are needed."""
        if isinstance(before, Step) and isinstance(element, Step):
            editors = list(self.query(RequestEditor))
            if element.request is not None and editors:
                self.query_one(".title", Static).update(element.name or "step")
                warning = self.query_one("#not-runnable", Static)
                warning.display = bool(element.not_runnable)
                warning.update(f"cannot run: {element.not_runnable}")
                await editors[0].show(element.request, self.path)
                return True
            return False
        if same_place and isinstance(element, Plan) and isinstance(before, Plan):
            for one in self.query(ElementList):
                one.show(getattr(element, (one.id or "").removeprefix("plan-")))
            for fields in self.query(LiveForm):
                own = fields.id == "plan-own"
                await fields.show(element if own else element.defaults or Policies())
            return True
        if isinstance(element, Task) and isinstance(before, Task):
            self.query_one(".title", Static).update(element.name or "task")
            for form, value in (("task-form", element), ("think-form", element.think_time)):
                live = self.query_one(f"#{form}", LiveForm)
                live.place = self.path
                await live.show(value or Pause())
            return True
        return False

    def active_tab(self) -> str:
        """Id of the open tab; empty when there are no tabs."""
        tabs = next(iter(self.query(TabbedContent)), None)
        return tabs.active if tabs is not None else ""

    def _activate(self, tab: str) -> None:
        for tabs in self.query(TabbedContent):
            if any(pane.id == tab for pane in tabs.query(TabPane)):
                self._leave_pane(tabs, tab)
                tabs.active = tab
                self.wanted_tab = ""

    def _leave_pane(self, tabs: TabbedContent, tab: str) -> None:
        """Takes the focus to the tab bar when it is in another pane than that of `tab`.

        A focused widget that is hidden hands the focus to its neighbour in the hidden pane, and a
        pane with the focus is made the active one: the old tab would come back.
        """
        focused = self.screen.focused
        around = set(focused.ancestors) if focused is not None else set()
        if any(pane.id != tab and pane in around for pane in tabs.query(TabPane)):
            self.screen.set_focus(tabs.query_one(Tabs))

    def open_tab(self, tab: str, row: int | None = None) -> None:
        """Opens a tab by its id and focuses what is in it; `row` is a row of its list."""
        self._activate(tab)
        # What a tab holds may be made only now.
        self.call_after_refresh(self._focus_in, tab, row, 20)

    def _focus_in(self, tab: str, row: int | None, tries: int) -> None:
        for pane in self.query(TabPane):
            if pane.id == tab:
                first = next((one for one in pane.query("*") if one.focusable), None)
                if first is None:
                    if tries:
                        self.call_after_refresh(self._focus_in, tab, row, tries - 1)
                    return
                first.focus()
                if row is not None and isinstance(first, ElementList):
                    first.go_to_row(row)

    def go_to(self, rest: Path) -> None:
        """Opens the field at `rest`, a path below the element that is shown, and focuses it."""
        row = next((key for key in rest if isinstance(key, int)), None)
        names = [str(key) for key in rest if isinstance(key, str)]
        if self.path == () and names:
            self.open_tab(f"tab-{names[0] if names[0] in _PLAN_TITLES else 'own'}", row)
        elif names[:1] == ["request"] and len(names) > 1:
            tab = pane_of(names[1])
            if tab:
                self.open_tab(tab, row)
            else:
                for field in self.query(f"#{names[1]}"):
                    field.focus()
        else:
            self.focus_first()

    def focus_first(self) -> bool:
        """Focuses what a person most likely wants to change; False when there is nothing."""
        found = [*self.query("#url"), *(one for one in self.query("*") if one.focusable)]
        if found:
            found[0].focus()
        return bool(found)

    def _widgets(self, element: Any) -> list[Widget]:
        if isinstance(element, Plan):
            return [self._plan_tabs()]
        if isinstance(element, Task):
            return self._task_widgets(element)
        if isinstance(element, Step):
            return self._step_widgets(element)
        if isinstance(element, tuple):
            text = _HINTS.get(str(self.path[0]), "")
            return [Static(text, classes="hint", markup=False)]
        text = "Nothing is selected. Choose a task or step in the tree at the left."
        return [Static(text, classes="hint", markup=False)]

    def _plan_tabs(self) -> TabbedContent:
        tabs = TabbedContent(id="plan-tabs")
        for name, title in _PLAN_TITLES.items():
            tabs.compose_add_child(TabPane(title, id=f"tab-{name}"))
        return tabs

    @on(TabbedContent.TabActivated, "#plan-tabs")
    async def _opened(self, event: TabbedContent.TabActivated) -> None:
        event.stop()
        # A tab is filled when it is first opened: a plan has many fields, few of which are wanted.
        if isinstance(self._shown, Plan) and not event.pane.children:
            await event.pane.mount(self._plan_pane((event.pane.id or "").removeprefix("tab-")))

    def _plan_pane(self, name: str) -> Widget:
        plan = self.plan
        if name in _PLAN_LISTS:
            items = getattr(plan, name)
            return ElementList(_PLAN_LISTS[name], items, offers=self._offers, id=f"plan-{name}")
        if name == "defaults":
            return LiveForm(plan.defaults or Policies(), id="plan-defaults")
        return LiveForm(plan, _PLAN_FIELDS, id="plan-own")

    def _task_widgets(self, task: Task) -> list[Widget]:
        return [
            Static(task.name or "task", classes="title", markup=False),
            LiveForm(task, _TASK_FIELDS, place=self.path, id="task-form"),
            Static("pause after each iteration (ms)", classes="hint", markup=False),
            LiveForm(task.think_time or Pause(), place=self.path, id="think-form"),
        ]

    def _step_widgets(self, step: Step) -> list[Widget]:
        title = Static(step.name or "step", classes="title", markup=False)
        warning = Static(
            f"cannot run: {step.not_runnable}", classes="warning", id="not-runnable", markup=False
        )
        warning.display = bool(step.not_runnable)
        if step.request is not None:
            editor = RequestEditor(step.request, self.path, self._offers, self._glyph)
            return [title, warning, editor]
        fields = ("name", "disabled", "description")
        widgets = [title, warning, LiveForm(step, fields, place=self.path, id="step-form")]
        if step.choice:
            inner = getattr(step, step.choice)
            widgets.append(LiveForm(inner, place=self.path, offers=self._offers, id="kind-form"))
        return widgets

    def take(self) -> list[Edited]:
        """Edits that are typed but not told yet; the editor then counts as having told them."""
        found = []
        for editor in self.query(RequestEditor):
            taken = editor.take()
            if taken is not None:
                found.append(self._edited(taken[0], (*editor.place, "request"), taken[1]))
        for form in self.query(LiveForm):
            owned = isinstance(form.parent, (PlanEditor, TabPane)) and not found
            element = form.take() if owned and not self.query(RequestEditor) else None
            if element is not None:
                found += self._form_edits(form, element)
        return found

    def _edited(self, label: str, path: Path, value: Any) -> Edited:
        if path[: len(self.path)] == self.path:
            self._shown = _replaced(self._shown, path[len(self.path) :], value)
        return self.Edited(label, path, value)

    @on(RequestEditor.Edited)
    def _request_edited(self, event: RequestEditor.Edited) -> None:
        event.stop()
        self.post_message(self._edited(event.label, (*event.place, "request"), event.request))

    @on(ElementList.Changed)
    def _list_changed(self, event: ElementList.Changed) -> None:
        event.stop()
        name = (event.list.id or "").removeprefix("plan-")
        self.post_message(self._edited(event.label, (name,), event.items))

    @on(LiveForm.Edited)
    def _form_edited(self, event: LiveForm.Edited) -> None:
        event.stop()
        if event.place == event.form.place:
            for edited in self._form_edits(event.form, event.element):
                self.post_message(edited)

    def _form_edits(self, form: LiveForm, element: Element) -> list[Edited]:
        name, place = form.id, form.place
        if name == "plan-defaults":
            value = element if element != Policies() else None
            return [self._edited("edit defaults", ("defaults",), value)]
        if name == "think-form":
            value = element if element != Pause() else None
            return [self._edited("edit think time", (*place, "think_time"), value)]
        try:
            current = at(self.plan, place)
        except KeyError:
            return []
        if name == "kind-form" and isinstance(current, Step):
            kind = current.choice
            return [self._edited(f"edit {kind}", (*place, kind), element)]
        if not isinstance(current, type(element)):
            return []
        return [
            self._edited(f"edit {field.replace('_', ' ')}", (*place, field), new)
            for field in type(element).model_fields
            if (new := getattr(element, field)) != getattr(current, field)
        ]


def _replaced(element: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    name = path[0]
    if isinstance(element, Element) and isinstance(name, str) and len(path) == 1:
        return element.model_copy(update={name: value})
    return element
