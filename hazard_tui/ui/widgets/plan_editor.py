"""The right side of the plan screen: an editor for whatever the tree's cursor is on."""

from __future__ import annotations

from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static, TabbedContent, TabPane

from hazard_tui.plan.base import Element
from hazard_tui.plan.edit import Path, at
from hazard_tui.plan.model import Pause, Plan, Step, Task
from hazard_tui.plan.request import Policies
from hazard_tui.ui.widgets.element_list import ElementList
from hazard_tui.ui.widgets.kinds import FEEDS, HOST_MAP, STAGES, THRESHOLDS, VARIABLES
from hazard_tui.ui.widgets.live_form import LiveForm
from hazard_tui.ui.widgets.request_editor import RequestEditor

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

    def __init__(self, plan: Plan, id: str | None = None, suggester: object = None) -> None:
        super().__init__(id=id)
        self.plan = plan
        self.path: Path = ()
        self._shown: object = None
        self._suggester = suggester

    def compose(self) -> ComposeResult:
        yield Static("", classes="hint", markup=False)

    def element(self) -> Any:
        """The element that is shown; None when it has gone."""
        if self.path in (("setup",), ("teardown",)):
            return getattr(self.plan, str(self.path[0]))
        try:
            return at(self.plan, self.path)
        except KeyError:
            return None

    async def show(self, plan: Plan, path: Path) -> None:
        """Shows the element at `path`. What is shown already is left alone."""
        self.plan = plan
        same_place = path == self.path
        self.path = path
        element = self.element()
        if same_place and element == self._shown:
            return
        self._shown = element
        tab = self._active_tab() if same_place else ""
        await self.remove_children()
        await self.mount(*self._widgets(element))
        if tab:
            self._activate(tab)

    def _active_tab(self) -> str:
        tabs = next(iter(self.query(TabbedContent)), None)
        return tabs.active if tabs is not None else ""

    def _activate(self, tab: str) -> None:
        for tabs in self.query(TabbedContent):
            if any(pane.id == tab for pane in tabs.query(TabPane)):
                tabs.active = tab

    def open_tab(self, tab: str) -> None:
        """Opens a tab by its id and focuses what is in it."""
        self._activate(tab)
        for pane in self.query(TabPane):
            if pane.id == tab:
                first = next((one for one in pane.query("*") if one.focusable), None)
                if first is not None:
                    first.focus()

    def _widgets(self, element: Any) -> list[Widget]:
        if isinstance(element, Plan):
            return [self._plan_tabs(element)]
        if isinstance(element, Task):
            return self._task_widgets(element)
        if isinstance(element, Step):
            return self._step_widgets(element)
        if isinstance(element, tuple):
            text = (
                "Steps that run before the tasks."
                if self.path == ("setup",)
                else ("Steps that each user runs after its last iteration.")
            )
            return [Static(text, classes="hint", markup=False)]
        return [Static("Nothing is selected.", classes="hint", markup=False)]

    def _plan_tabs(self, plan: Plan) -> TabbedContent:
        titles = [*(_PLAN_TITLES[name] for name in _PLAN_LISTS), "Defaults", "Plan"]
        lists: list[Widget] = [
            ElementList(kind, getattr(plan, name), suggester=self._suggester, id=f"plan-{name}")
            for name, kind in _PLAN_LISTS.items()
        ]
        defaults = LiveForm(plan.defaults or Policies(), id="plan-defaults")
        own = LiveForm(plan, _PLAN_FIELDS, id="plan-own")
        panes = [*lists, defaults, own]
        tabs = TabbedContent(id="plan-tabs")
        for title, widget in zip(titles, panes, strict=True):
            pane = TabPane(title, widget, id=f"tab-{(widget.id or '').removeprefix('plan-')}")
            tabs.compose_add_child(pane)
        return tabs

    def _task_widgets(self, task: Task) -> list[Widget]:
        return [
            Static(task.name or "task", classes="title", markup=False),
            LiveForm(task, _TASK_FIELDS, id="task-form"),
            Static("pause after each iteration (ms)", classes="hint", markup=False),
            LiveForm(task.think_time or Pause(), id="think-form"),
        ]

    def _step_widgets(self, step: Step) -> list[Widget]:
        widgets: list[Widget] = [Static(step.name or "step", classes="title", markup=False)]
        if step.not_runnable:
            text = f"cannot run: {step.not_runnable}"
            widgets.append(Static(text, classes="warning", markup=False))
        if step.request is not None:
            return [*widgets, RequestEditor(step.request, self._suggester)]
        widgets.append(LiveForm(step, ("name", "disabled", "description"), id="step-form"))
        if step.choice:
            inner = getattr(step, step.choice)
            widgets.append(LiveForm(inner, suggester=self._suggester, id="kind-form"))
        return widgets

    def _post(self, label: str, path: Path, value: Any) -> None:
        self._shown = _replaced(self._shown, path[len(self.path) :], value)
        self.post_message(self.Edited(label, path, value))

    @on(RequestEditor.Edited)
    def _request_edited(self, event: RequestEditor.Edited) -> None:
        event.stop()
        self._post(event.label, (*self.path, "request"), event.request)

    @on(ElementList.Changed)
    def _list_changed(self, event: ElementList.Changed) -> None:
        event.stop()
        self._post(event.label, ((event.list.id or "").removeprefix("plan-"),), event.items)

    @on(LiveForm.Edited)
    def _form_edited(self, event: LiveForm.Edited) -> None:
        event.stop()
        name, element = event.form.id, event.element
        if name == "plan-defaults":
            self._post("edit defaults", ("defaults",), element if element != Policies() else None)
        elif name == "think-form":
            value = element if element != Pause() else None
            self._post("edit think time", (*self.path, "think_time"), value)
        elif name == "kind-form" and isinstance(self.element(), Step):
            kind = self.element().choice
            self._post(f"edit {kind}", (*self.path, kind), element)
        else:
            self._edit_fields(element)

    def _edit_fields(self, element: Element) -> None:
        current = self.element()
        for name in type(element).model_fields:
            value = getattr(element, name)
            if isinstance(current, type(element)) and getattr(current, name) != value:
                self._post(f"edit {name.replace('_', ' ')}", (*self.path, name), value)


def _replaced(element: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    name = path[0]
    if isinstance(element, Element) and isinstance(name, str) and len(path) == 1:
        return element.model_copy(update={name: value})
    return element
