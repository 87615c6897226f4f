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

from hazard_tui.plan.edit import Path
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
from hazard_tui.ui.offers import Offers
from hazard_tui.ui.widgets.element_list import ElementList
from hazard_tui.ui.widgets.kinds import FORM_FIELDS, PARTS
from hazard_tui.ui.widgets.live_form import SETTLE_S, LiveForm
from hazard_tui.ui.widgets.variable_field import VariableArea, VariableInput

HIGHLIGHT_LIMIT = 64 * 1024
EDIT_LIMIT = 256 * 1024
"""Characters; a longer text is shown in part and edited in an external editor."""
SHOWN_OF_LONG = 16 * 1024
"""Characters of a longer text that are shown."""

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

        def __init__(self, place: Path, body: Body | None) -> None:
            super().__init__()
            self.place = place
            self.body = body

    def __init__(self, body: Body | None, place: Path = (), offers: Offers | None = None) -> None:
        super().__init__(classes="body-editor")
        self.body = body
        self.place = place
        self._offers = offers
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        options = [("no body", ""), *((name, name) for name in Body.one_of)]
        with Horizontal(classes="field-row"):
            yield Static("kind", classes="field-label", markup=False)
            yield Select(options, value=self._kind, allow_blank=False, compact=True, id="body-kind")
            yield VariableInput(
                self.body.content_type if self.body else "",
                placeholder="Content-Type: by kind",
                offers=self._offers,
                id="body-type",
            )
        yield Vertical(*self._editor(), id="body-content")

    @property
    def _kind(self) -> str:
        return self.body.choice if self.body else ""

    @property
    def text(self) -> str | None:
        """The body as one text that an external editor can hold; None for other kinds."""
        return self.body.text.content if self.body and self.body.text else None

    async def show(self, body: Body | None, place: Path) -> None:
        """Shows another body, in the same widgets where they fit."""
        self.place = place
        if body == self.body:
            return
        self._stop_timer()
        same = body is not None and self.body is not None and self._fits(body)
        self.body = body
        self.query_one("#body-kind", Select).value = self._kind
        self.query_one("#body-type", Input).value = body.content_type if body else ""
        if same and body is not None and body.text is not None:
            self._area().load_text(body.text.content)
        else:
            await self._rebuild()

    def _fits(self, body: Body) -> bool:
        old = self.body
        if old is None or old.text is None or body.text is None:
            return False
        limits = (HIGHLIGHT_LIMIT, EDIT_LIMIT)
        sizes = [sum(len(one.content) > limit for limit in limits) for one in (old.text, body.text)]
        return sizes == [0, 0] and _language(old.text.content) == _language(body.text.content)

    async def _rebuild(self) -> None:
        content = self.query_one("#body-content")
        await content.remove_children()
        await content.mount(*self._editor())

    def _area(self) -> TextArea:
        return self.query_one("#body-text", TextArea)

    def _editor(self) -> list[Widget]:
        body = self.body
        if body is None:
            text = "This request sends no body. Choose a kind above."
            return [Static(text, classes="hint", markup=False)]
        if body.text is not None:
            return self._text_area(body.text.content)
        if body.urlencoded is not None:
            return [ElementList(FORM_FIELDS, body.urlencoded.fields, offers=self._offers)]
        if body.multipart is not None:
            return [ElementList(PARTS, body.multipart.parts, offers=self._offers)]
        if body.graphql is not None:
            return [LiveForm(body.graphql, offers=self._offers)]
        if body.file is not None:
            return [LiveForm(body.file.file or FileRef(), ("path", "missing", "generate_bytes"))]
        size = len(body.bytes.content) if body.bytes else 0
        return [Static(f"{size} bytes, kept as they are.", classes="hint", markup=False)]

    def _text_area(self, text: str) -> list[Widget]:
        if len(text) > EDIT_LIMIT:
            note = (
                f"{len(text)} characters; the first {SHOWN_OF_LONG} are shown. "
                "f6 edits all of them in your editor."
            )
            area = VariableArea(text[:SHOWN_OF_LONG], read_only=True, id="body-text")
            return [Static(note, classes="hint", markup=False), area]
        language = _language(text)
        offers = self._offers if len(text) <= HIGHLIGHT_LIMIT else None
        return [VariableArea(text, offers=offers, language=language, id="body-text")]

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
        await self._rebuild()
        self.post_message(self.Edited(self.place, self.body))

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
    @on(Input.Changed, "#body-type")
    def _typed(self, event: Message) -> None:
        event.stop()
        self._stop_timer()
        self._timer = self.set_timer(SETTLE_S, self._commit)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def take(self) -> bool:
        """Takes over what is typed now; True when `body` changed by it."""
        self._stop_timer()
        before = self.body
        for form in self.query(LiveForm):
            element = form.take()
            if element is not None:
                self.body = self._with_form(element)
        if self.body is None or not self.query("#body-type"):
            return self.body is not before
        content_type = self.query_one("#body-type", Input).value
        if content_type != self.body.content_type:
            self.body = self.body.model_copy(update={"content_type": content_type})
        if self.body.text is not None and self.query("#body-text"):
            area = self._area()
            if not area.read_only and area.text != self.body.text.content:
                text = self.body.text.model_copy(update={"content": area.text})
                self.body = self.body.model_copy(update={"text": text})
        return self.body is not before

    def _commit(self) -> None:
        if self.is_mounted and self.take():
            self.post_message(self.Edited(self.place, self.body))

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
        self.body = self._with_form(event.element)
        self.post_message(self.Edited(self.place, self.body))

    def _with_form(self, element: Any) -> Body | None:
        if self.body is None:
            return None
        if isinstance(element, FileRef):
            return self.body.model_copy(update={"file": FileBody(file=element)})
        return self.body.model_copy(update={"graphql": element})

    def _replace(self, **fields: Any) -> None:
        if self.body is not None:
            self.body = self.body.model_copy(update=fields)
            self.post_message(self.Edited(self.place, self.body))


def _language(text: str) -> str | None:
    """The language to highlight, when a grammar for it is installed and the text is short."""
    from importlib.util import find_spec

    if len(text) > HIGHLIGHT_LIMIT or text.lstrip()[:1] not in ("{", "["):
        return None
    return "json" if find_spec("tree_sitter_json") else None
