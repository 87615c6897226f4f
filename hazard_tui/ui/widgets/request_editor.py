"""The editor of one request: method and URL above, everything else in tabs.

A tab is filled when it is first opened, and the widgets stay when another request is shown, so
that going through many requests is quick.
"""

from __future__ import annotations

import re
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.events import Paste
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Static, TabbedContent, TabPane, TextArea

from hazard_tui.plan.auth import Auth
from hazard_tui.plan.edit import Path
from hazard_tui.plan.request import Policies, Request, Script
from hazard_tui.plan.variables import uses
from hazard_tui.ui.offers import Offers, preview
from hazard_tui.ui.widgets.body_editor import BodyEditor
from hazard_tui.ui.widgets.element_list import ElementList
from hazard_tui.ui.widgets.kinds import ASSERTS, HEADERS, PATH_VARIABLES, QUERY, SAVES
from hazard_tui.ui.widgets.live_form import SETTLE_S, LiveForm
from hazard_tui.ui.widgets.variable_field import UnknownNames, VariableArea, VariableInput

_LISTS = {
    "headers": HEADERS,
    "query": QUERY,
    "path_variables": PATH_VARIABLES,
    "extractors": SAVES,
    "assertions": ASSERTS,
}
PANES = (
    "headers",
    "query",
    "body",
    "auth",
    "extractors",
    "assertions",
    "scripts",
    "policies",
    "values",
)
_TITLES = {"extractors": "Saves", "assertions": "Asserts"}


def pane_of(field: str) -> str:
    """The tab that shows a field of a request."""
    shown_by = {"path_variables": "query", "before": "scripts", "after": "scripts"}
    name = shown_by.get(field, field)
    return f"tab-{name}" if name in PANES else ""


_CURL = re.compile(r"\s*(?:[$#>%]\s+)?(?:\S*/)?curl(?:\.exe)?\s", re.IGNORECASE)


class UrlInput(VariableInput):
    """The URL; a whole curl command that is pasted into it is told to the owner."""

    about = (
        "The URL: type {{ for a list of the variables that have a value here. A curl command that "
        "is pasted here becomes this request; ^z takes it back. Escape goes back to the tree."
    )

    class CurlPasted(Message):
        """A curl command was pasted."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def on_paste(self, event: Paste) -> None:
        """Keeps a curl command out of the field."""
        if _CURL.match(event.text):
            event.stop()
            event.prevent_default()
            self.post_message(self.CurlPasted(event.text))


class RequestEditor(Vertical):
    """Shows a request; posts `Edited` with the new one and a label for the undo list."""

    class Edited(Message):
        """The person changed the request at `place`."""

        def __init__(self, label: str, place: Path, request: Request) -> None:
            super().__init__()
            self.label = label
            self.place = place
            self.request = request

    def __init__(
        self, request: Request, place: Path, offers: Offers | None = None, glyph: str = "!"
    ) -> None:
        super().__init__(classes="request-editor")
        self.request = request
        self.place = place
        self._offers = offers
        self._glyph = glyph
        self._timer: Timer | None = None
        self._filled: dict[str, Request] = {}
        """Name of a tab -> the request that it shows."""

    def compose(self) -> ComposeResult:
        with Horizontal(classes="request-line"):
            yield VariableInput(self.request.method, placeholder="GET", id="method", max_length=40)
            yield UrlInput(
                self.request.url,
                placeholder="http://host/path  or  {{variable}}/path",
                offers=self._offers,
                id="url",
            )
        yield Static("", classes="hint", id="url-now", markup=False)
        yield UnknownNames(self._glyph, id="unknown")
        with TabbedContent(id="request-tabs"):
            for name in PANES:
                yield TabPane(self._title(name), id=f"tab-{name}")

    async def on_mount(self) -> None:
        self._show_unknown()

    async def show(self, request: Request, place: Path) -> None:
        """Shows another request, or another version of this one."""
        self._stop_timer()
        self.place = place
        self.request = request
        method, url = self.query_one("#method", Input), self.query_one("#url", Input)
        if method.value != request.method:
            method.value = request.method
        if url.value != request.url:
            url.value = request.url
        self._retitle()
        self._show_unknown()
        await self._fill(self.query_one("#request-tabs", TabbedContent).active)

    @on(TabbedContent.TabActivated)
    async def _opened(self, event: TabbedContent.TabActivated) -> None:
        event.stop()
        await self._fill(event.pane.id or "")

    async def _fill(self, pane_id: str) -> None:
        """Makes a tab show the request; a tab that was never open is filled first."""
        name = pane_id.removeprefix("tab-")
        shown = self._filled.get(name)
        if not name or shown is self.request:
            return
        self._filled[name] = self.request
        pane = self.query_one(f"#{pane_id}", TabPane)
        if shown is None:
            await pane.mount(*self._widgets(name))
        else:
            await self._refresh_pane(pane, name)

    def _widgets(self, name: str) -> list[Widget]:
        if name == "query":
            return [self._list("query"), self._list("path_variables")]
        if name in _LISTS:
            return [self._list(name)]
        if name == "body":
            return [BodyEditor(self.request.body, self.place, self._offers)]
        if name == "auth":
            return [LiveForm(self.request.auth or Auth(), place=self.place, offers=self._offers)]
        if name == "policies":
            return [LiveForm(self.request.policies or Policies(), place=self.place)]
        if name == "values":
            return [VerticalScroll(Static(self.values_text(), id="values", markup=False))]
        parts: list[Widget] = []
        for when in ("before", "after"):
            parts.append(Static(f"{when} the request", classes="hint", markup=False))
            parts.append(VariableArea(self._script(when), id=f"s-{when}"))
        return [VerticalScroll(*parts)]

    def _list(self, name: str) -> ElementList:
        items = getattr(self.request, name)
        return ElementList(_LISTS[name], items, offers=self._offers, id=f"list-{name}")

    def _script(self, when: str) -> str:
        script: Script | None = getattr(self.request, when)
        return script.source if script else ""

    async def _refresh_pane(self, pane: TabPane, name: str) -> None:
        request = self.request
        for form in pane.query(LiveForm):
            form.place = self.place
        for one in pane.query(ElementList):
            list_name = (one.id or "").removeprefix("list-")
            if list_name in _LISTS:
                one.show(getattr(request, list_name))
        if name == "body":
            await pane.query_one(BodyEditor).show(request.body, self.place)
        elif name == "auth":
            await pane.query_one(LiveForm).show(request.auth or Auth())
        elif name == "policies":
            await pane.query_one(LiveForm).show(request.policies or Policies())
        elif name == "values":
            pane.query_one("#values", Static).update(self.values_text())
        elif name == "scripts":
            for when in ("before", "after"):
                area = pane.query_one(f"#s-{when}", TextArea)
                if area.text != self._script(when):
                    area.load_text(self._script(when))

    def values_text(self) -> str:
        """The request with values filled in, and what every name in it stands for now."""
        if self._offers is None:
            return ""
        names = list(dict.fromkeys(one.name for one in uses(self.request)))
        lines = [
            "as it would be sent (c sends it once)",
            "",
            preview(self.request, self._offers),
            "",
        ]
        if not names:
            return "\n".join([*lines, "It uses no variables. Type {{ in a field to insert one."])
        width = min(30, max(map(len, names)))
        lines += [f"{name:{width}}  {self._offers.value_now(name)}" for name in names]
        return "\n".join(lines)

    def _unknown_names(self) -> list[str]:
        if self._offers is None:
            return []
        names = dict.fromkeys(one.name for one in uses(self.request))
        return [name for name in names if not self._offers.is_known(name)]

    def _show_url_now(self, url: str) -> None:
        """The URL with its values below the field, where it has names."""
        line = self.query_one("#url-now", Static)
        filled = self._offers.filled_in(url) if self._offers is not None else url
        line.display = filled != url
        line.update(filled)

    @on(Input.Changed, "#url")
    def _url_typed(self, event: Input.Changed) -> None:
        self._show_url_now(event.value)

    def _show_unknown(self) -> None:
        self._show_url_now(self.query_one("#url", Input).value)
        self.query_one("#unknown", UnknownNames).show(self._unknown_names())

    def _title(self, name: str) -> str:
        request = self.request
        title = _TITLES.get(name, name.capitalize())
        counts: dict[str, int | str] = {
            "headers": len(request.headers),
            "query": len(request.query) + len(request.path_variables),
            "body": request.body.choice if request.body else "",
            "auth": request.auth.choice if request.auth else "",
            "extractors": len(request.extractors),
            "assertions": len(request.assertions),
            "scripts": sum(1 for one in (request.before, request.after) if one),
            "policies": 1 if request.policies else 0,
        }
        return f"{title} {counts[name]}" if counts.get(name) else title

    def _retitle(self) -> None:
        tabs = self.query_one("#request-tabs", TabbedContent)
        for name in PANES:
            tab, title = tabs.get_tab(f"tab-{name}"), self._title(name)
            if tab.label_text != title:
                tab.label = title

    def _edit(self, label: str, **fields: Any) -> bool:
        request = self.request.model_copy(update=fields)
        if request == self.request:
            return False
        for name, shown in self._filled.items():
            if shown is self.request and name != "values":
                self._filled[name] = request
        self.request = request
        self._retitle()
        self._show_unknown()
        self._label = label
        return True

    def _post(self) -> None:
        self.post_message(self.Edited(self._label, self.place, self.request))

    @on(Input.Changed, "#method,#url")
    @on(TextArea.Changed, "#s-before,#s-after")
    def _typed(self, event: Message) -> None:
        event.stop()
        self._stop_timer()
        self._timer = self.set_timer(SETTLE_S, self.commit)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    @on(Input.Submitted, "#method,#url")
    @on(Input.Blurred, "#method,#url")
    def _left(self, event: Message) -> None:
        event.stop()
        self.commit()

    def commit(self) -> None:
        """Takes over what is typed now."""
        if self.take() is not None:
            self._post()

    def take(self) -> tuple[str, Request] | None:
        """(label, request) when a field holds something new; the editor then counts as told."""
        self._stop_timer()
        if not self.is_mounted or not self.query("#url"):
            return None
        changed = self._take_line() | self._take_scripts()
        for body in self.query(BodyEditor):
            if self._filled.get("body") is self.request and body.take():
                changed |= self._edit("edit body", body=body.body)
        for name in ("auth", "policies"):
            for form in self.query(f"#tab-{name} LiveForm").results(LiveForm):
                element = form.take() if self._filled.get(name) is self.request else None
                changed |= element is not None and self._take_form(element)
        return (self._label, self.request) if changed else None

    def _take_line(self) -> bool:
        method = self.query_one("#method", Input).value.strip()
        url = self.query_one("#url", Input).value
        label = "edit URL" if url != self.request.url else "edit method"
        return self._edit(label, method=method, url=url)

    def _take_scripts(self) -> bool:
        changed = False
        for when in ("before", "after"):
            areas = self.query(f"#s-{when}").results(TextArea)
            area = next(iter(areas), None)
            if area is None or self._filled.get("scripts") is not self.request:
                continue
            old: Script | None = getattr(self.request, when)
            if area.text != self._script(when):
                script = (old or Script()).model_copy(update={"source": area.text})
                changed |= self._edit("edit script", **{when: script if area.text else None})
        return changed

    @on(ElementList.Changed)
    def _list_changed(self, event: ElementList.Changed) -> None:
        event.stop()
        name = (event.list.id or "").removeprefix("list-")
        if name in _LISTS and self._edit(event.label, **{name: event.items}):
            self._post()

    @on(BodyEditor.Edited)
    def _body_edited(self, event: BodyEditor.Edited) -> None:
        event.stop()
        if event.place == self.place and self._edit("edit body", body=event.body):
            self._post()

    @on(LiveForm.Edited)
    def _form_edited(self, event: LiveForm.Edited) -> None:
        event.stop()
        if event.place == self.place and self._take_form(event.element):
            self._post()

    def _take_form(self, element: Any) -> bool:
        if isinstance(element, Auth):
            return self._edit("edit auth", auth=element if element.choice else None)
        policies = element if element != Policies() else None
        return self._edit("edit policies", policies=policies)
