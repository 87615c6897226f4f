"""The editor of one request: method and URL above, everything else in tabs."""

from __future__ import annotations

from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Static, TabbedContent, TabPane, TextArea

from hazard_tui.plan.auth import Auth
from hazard_tui.plan.request import Policies, Request, Script
from hazard_tui.ui.widgets.body_editor import BodyEditor
from hazard_tui.ui.widgets.element_list import ElementList
from hazard_tui.ui.widgets.kinds import ASSERTS, HEADERS, PATH_VARIABLES, QUERY, SAVES
from hazard_tui.ui.widgets.live_form import SETTLE_S, LiveForm

_LISTS = {
    "headers": HEADERS,
    "query": QUERY,
    "path_variables": PATH_VARIABLES,
    "extractors": SAVES,
    "assertions": ASSERTS,
}


class RequestEditor(Vertical):
    """Shows a request; posts `Edited` with the new one and a label for the undo list."""

    class Edited(Message):
        """The person changed the request."""

        def __init__(self, label: str, request: Request) -> None:
            super().__init__()
            self.label = label
            self.request = request

    def __init__(self, request: Request, suggester: object = None) -> None:
        super().__init__(classes="request-editor")
        self.request = request
        self._suggester = suggester
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        with Horizontal(classes="request-line"):
            yield Input(
                self.request.method, placeholder="GET", compact=True, id="method", max_length=40
            )
            yield Input(
                self.request.url,
                placeholder="http://host/path  or  {{variable}}/path",
                compact=True,
                select_on_focus=False,
                suggester=self._suggester,  # type: ignore[arg-type]
                id="url",
            )
        with TabbedContent(id="request-tabs"):
            yield self._list_pane("headers")
            with TabPane(self._title("query"), id="tab-query"):
                yield self._list("query")
                yield self._list("path_variables")
            with TabPane(self._title("body"), id="tab-body"):
                yield BodyEditor(self.request.body, self._suggester)
            with TabPane(self._title("auth"), id="tab-auth"):
                auth = self.request.auth or Auth()
                yield LiveForm(auth, suggester=self._suggester, classes="auth-form")
            yield self._list_pane("extractors")
            yield self._list_pane("assertions")
            with TabPane(self._title("scripts"), id="tab-scripts"), VerticalScroll():
                for name in ("before", "after"):
                    script = getattr(self.request, name)
                    yield Static(f"{name} the request", classes="hint", markup=False)
                    yield TextArea(script.source if script else "", compact=True, id=f"s-{name}")
            with TabPane(self._title("policies"), id="tab-policies"):
                yield LiveForm(self.request.policies or Policies(), classes="policy-form")

    def _list(self, name: str) -> ElementList:
        items = getattr(self.request, name)
        return ElementList(_LISTS[name], items, suggester=self._suggester, id=f"list-{name}")

    def _list_pane(self, name: str) -> TabPane:
        return TabPane(self._title(name), self._list(name), id=f"tab-{name}")

    def _title(self, name: str) -> str:
        request = self.request
        words = {"extractors": "Saves", "assertions": "Asserts"}
        title = words.get(name, name.capitalize())
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
        return f"{title} {counts[name]}" if counts[name] else title

    def _edit(self, label: str, **fields: Any) -> None:
        request = self.request.model_copy(update=fields)
        if request != self.request:
            self.request = request
            self._retitle()
            self.post_message(self.Edited(label, request))

    def _retitle(self) -> None:
        tabs = self.query_one("#request-tabs", TabbedContent)
        for name in (*_LISTS, "body", "auth", "scripts", "policies"):
            if name != "path_variables":
                tabs.get_tab(f"tab-{name}").label = self._title(name)

    @on(Input.Changed, "#method,#url")
    @on(TextArea.Changed, "#s-before,#s-after")
    def _typed(self, event: Message) -> None:
        event.stop()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(SETTLE_S, self.commit)

    @on(Input.Submitted, "#method,#url")
    @on(Input.Blurred, "#method,#url")
    def _left(self, event: Message) -> None:
        event.stop()
        self.commit()

    def commit(self) -> None:
        """Takes over method, URL and scripts as they are now."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if not self.is_mounted:
            return
        method = self.query_one("#method", Input).value.strip()
        url = self.query_one("#url", Input).value
        if (method, url) != (self.request.method, self.request.url):
            self._edit(
                "edit URL" if url != self.request.url else "edit method", method=method, url=url
            )
        for name in ("before", "after"):
            source = self.query_one(f"#s-{name}", TextArea).text
            old = getattr(self.request, name)
            if source != (old.source if old else ""):
                script = (old or Script()).model_copy(update={"source": source})
                self._edit("edit script", **{name: script if source else None})

    @on(ElementList.Changed)
    def _list_changed(self, event: ElementList.Changed) -> None:
        event.stop()
        name = (event.list.id or "").removeprefix("list-")
        if name in _LISTS:
            self._edit(event.label, **{name: event.items})

    @on(BodyEditor.Edited)
    def _body_edited(self, event: BodyEditor.Edited) -> None:
        event.stop()
        self._edit("edit body", body=event.body)

    @on(LiveForm.Edited)
    def _form_edited(self, event: LiveForm.Edited) -> None:
        event.stop()
        if isinstance(event.element, Auth):
            self._edit("edit auth", auth=event.element if event.element.choice else None)
        elif isinstance(event.element, Policies):
            policies = event.element if event.element != Policies() else None
            self._edit("edit policies", policies=policies)
