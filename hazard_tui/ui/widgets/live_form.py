"""A form inside a page: what is typed becomes an edit a moment later, or on leaving the field."""

from __future__ import annotations

from pydantic import ValidationError
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Select, Static, TextArea

from hazard_tui.plan.base import Element
from hazard_tui.ui.widgets.form import ElementForm

SETTLE_S = 0.4
"""Pause in typing after which the element is taken over."""


class LiveForm(Vertical):
    """Posts `Edited` with the whole new element when it is valid; shows why when it is not."""

    class Edited(Message):
        """The person changed the element."""

        def __init__(self, control: LiveForm, element: Element) -> None:
            super().__init__()
            self.form = control
            self.element = element

        @property
        def control(self) -> LiveForm:
            """The form itself."""
            return self.form

    def __init__(
        self,
        element: Element,
        only: tuple[str, ...] = (),
        *,
        suggester: object = None,
        id: str | None = None,
        classes: str = "",
    ) -> None:
        super().__init__(id=id, classes=f"live-form {classes}")
        self.element = element
        self._form = ElementForm(element, only, suggester)
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        yield self._form
        yield Static("", classes="form-error", markup=False)

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Select.Changed)
    def _touched(self, event: Message) -> None:
        event.stop()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(SETTLE_S, self.commit)

    @on(Input.Submitted)
    @on(Input.Blurred)
    def _left(self, event: Message) -> None:
        event.stop()
        self.commit()

    def commit(self) -> None:
        """Takes over what is in the fields now."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if not self.is_mounted:
            return
        error = self.query_one(".form-error", Static)
        try:
            result = self._form.result()
        except ValidationError as exc:
            first = exc.errors(include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            error.update(f"{where}: {first['msg'].removeprefix('Value error, ')}".lstrip(": "))
            return
        error.update("")
        if result != self.element:
            self.element = result
            self._form.element = result
            self.post_message(self.Edited(self, result))
