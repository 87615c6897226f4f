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
from hazard_tui.plan.edit import Path
from hazard_tui.ui.offers import Offers
from hazard_tui.ui.widgets.form import ElementForm, first_message

SETTLE_S = 0.4
"""Pause in typing after which the element is taken over."""


class LiveForm(Vertical):
    """Posts `Edited` with the whole new element when it is valid; shows why when it is not."""

    class Edited(Message):
        """The person changed the element."""

        def __init__(self, control: LiveForm, element: Element) -> None:
            super().__init__()
            self.form = control
            self.place = control.place
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
        place: Path = (),
        offers: Offers | None = None,
        id: str | None = None,
        classes: str = "",
    ) -> None:
        super().__init__(id=id, classes=f"live-form {classes}")
        self.element = element
        self.place = place
        """Path of the element, for the owner."""
        self._only = only
        self._offers = offers
        self._form = ElementForm(element, only, offers)
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        yield self._form
        yield Static("", classes="form-error", markup=False)

    async def show(self, element: Element) -> None:
        """Shows another element, or another version of this one."""
        if element == self.element:
            return
        self._stop_timer()
        self.element = element
        if self._form.is_mounted:
            await self._form.show(element)
            self.query_one(".form-error", Static).update("")
        else:
            self._form = ElementForm(element, self._only, self._offers)

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Select.Changed)
    def _touched(self, event: Message) -> None:
        event.stop()
        self._stop_timer()
        self._timer = self.set_timer(SETTLE_S, self.commit)

    @on(Input.Submitted)
    @on(Input.Blurred)
    def _left(self, event: Message) -> None:
        event.stop()
        self.commit()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def take(self) -> Element | None:
        """The element when its fields hold something new and valid; the form then counts as told.

        Says under the fields what is wrong with them.
        """
        self._stop_timer()
        if not self.is_mounted or not self._form.is_mounted:
            return None
        if not self._form.is_touched:
            return None
        error = self.query_one(".form-error", Static)
        try:
            result = self._form.result()
        except ValidationError as exc:
            error.update(first_message(exc))
            return None
        error.update("")
        if result == self.element:
            return None
        self.element = result
        self._form.accept(result)
        return result

    def commit(self) -> None:
        """Takes over what is in the fields now."""
        result = self.take()
        if result is not None:
            self.post_message(self.Edited(self, result))
