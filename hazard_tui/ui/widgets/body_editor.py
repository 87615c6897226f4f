"""The body of a request: its kind, and an editor for each kind."""

from __future__ import annotations

from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Select, Static, TextArea

from hazard_tui.plan.request import (
    Body,
    BytesBody,
    FileBody,
    FileRef,
    FormBody,
    GraphqlBody,
    MultipartBody,
    TextBody,
)
from hazard_tui.ui.widgets.element_list import ElementList
from hazard_tui.ui.widgets.kinds import FORM_FIELDS, PARTS
from hazard_tui.ui.widgets.live_form import SETTLE_S, LiveForm

HIGHLIGHT_LIMIT = 64 * 1024
EDIT_LIMIT = 256 * 1024
"""Characters; a longer text is shown in part and edited in an external editor."""

_EMPTY: dict[str, Any] = {
    "text": TextBody,
    "bytes": BytesBody,
    "urlencoded": FormBody,
    "multipart": MultipartBody,
    "file": lambda: FileBody(file=FileRef()),
    "graphql": GraphqlBody,
}


class BodyEditor(Vertical):
    """Posts `Edited` with the new body, None for no body."""

    class Edited(Message):
        """The person changed the body."""

        def __init__(self, body: Body | None) -> None:
            super().__init__()
            self.body = body

    def __init__(self, body: Body | None, suggester: object = None) -> None:
        super().__init__(classes="body-editor")
        self.body = body
        self._suggester = suggester
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        options = [("no body", ""), *((name, name) for name in Body.one_of)]
        with Horizontal(classes="field-row"):
            yield Static("kind", classes="field-label", markup=False)
            yield Select(options, value=self._kind, allow_blank=False, compact=True, id="body-kind")
            yield Input(
                self.body.content_type if self.body else "",
                placeholder="Content-Type: by kind",
                compact=True,
                select_on_focus=False,
                id="body-type",
            )
        yield Vertical(*self._editor(), id="body-content")

    @property
    def _kind(self) -> str:
        return self.body.choice if self.body else ""

    def _editor(self) -> list[Widget]:
        body = self.body
        if body is None:
            return [Static("This request sends no body.", classes="hint", markup=False)]
        if body.text is not None:
            return self._text_area(body.text.content)
        if body.urlencoded is not None:
            return [ElementList(FORM_FIELDS, body.urlencoded.fields, suggester=self._suggester)]
        if body.multipart is not None:
            return [ElementList(PARTS, body.multipart.parts, suggester=self._suggester)]
        if body.graphql is not None:
            return [LiveForm(body.graphql, suggester=self._suggester)]
        if body.file is not None:
            return [LiveForm(body.file.file or FileRef(), ("path", "missing", "generate_bytes"))]
        size = len(body.bytes.content) if body.bytes else 0
        return [Static(f"{size} bytes, kept as they are.", classes="hint", markup=False)]

    def _text_area(self, text: str) -> list[Widget]:
        if len(text) > EDIT_LIMIT:
            note = f"{len(text)} characters; the first {EDIT_LIMIT} are shown. F6 opens an editor."
            area = TextArea(text[:EDIT_LIMIT], read_only=True, compact=True, id="body-text")
            return [Static(note, classes="hint", markup=False), area]
        language = (
            "json" if text.lstrip()[:1] in ("{", "[") and len(text) < HIGHLIGHT_LIMIT else None
        )
        area = TextArea(text, language=_known(language), compact=True, id="body-text")
        area.show_line_numbers = False
        return [area]

    @on(Select.Changed, "#body-kind")
    async def _kind_changed(self, event: Select.Changed) -> None:
        event.stop()
        kind = str(event.value)
        if kind == self._kind:
            return
        content_type = self.body.content_type if self.body else ""
        if not kind:
            self.body = None
        else:
            made = self._converted(kind)
            self.body = Body.model_validate({kind: made, "content_type": content_type})
        content = self.query_one("#body-content")
        await content.remove_children()
        await content.mount(*self._editor())
        self.post_message(self.Edited(self.body))

    def _converted(self, kind: str) -> Any:
        """An empty body of a kind, with what can be carried over from the old one."""
        old = self.body
        if kind == "text" and old is not None and old.urlencoded is not None:
            pairs = (f"{pair.name}={pair.value}" for pair in old.urlencoded.fields)
            return TextBody(content="&".join(pairs))
        if kind == "text" and old is not None and old.graphql is not None:
            return TextBody(content=old.graphql.query)
        return _EMPTY[kind]()

    @on(TextArea.Changed, "#body-text")
    def _typed(self, event: TextArea.Changed) -> None:
        event.stop()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(SETTLE_S, self._commit_text)

    def _commit_text(self) -> None:
        self._timer = None
        areas = self.query("#body-text").results(TextArea)
        area = next(iter(areas), None)
        if area is None or area.read_only or self.body is None or self.body.text is None:
            return
        if area.text != self.body.text.content:
            text = self.body.text.model_copy(update={"content": area.text})
            self._replace(text=text)

    @on(Input.Changed, "#body-type")
    def _type_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.body is not None and event.value != self.body.content_type:
            self._replace(content_type=event.value)

    @on(ElementList.Changed)
    def _list_changed(self, event: ElementList.Changed) -> None:
        event.stop()
        if self.body is None:
            return
        if self.body.urlencoded is not None:
            form = self.body.urlencoded.model_copy(update={"fields": event.items})
            self._replace(urlencoded=form)
        elif self.body.multipart is not None:
            multipart = self.body.multipart.model_copy(update={"parts": event.items})
            self._replace(multipart=multipart)

    @on(LiveForm.Edited)
    def _form_edited(self, event: LiveForm.Edited) -> None:
        event.stop()
        if isinstance(event.element, FileRef):
            self._replace(file=FileBody(file=event.element))
        elif isinstance(event.element, GraphqlBody):
            self._replace(graphql=event.element)

    def _replace(self, **fields: Any) -> None:
        if self.body is not None:
            self.body = self.body.model_copy(update=fields)
            self.post_message(self.Edited(self.body))


def _known(language: str | None) -> str | None:
    """The language when a grammar for it is installed."""
    from importlib.util import find_spec

    return language if language and find_spec(f"tree_sitter_{language}") else None
