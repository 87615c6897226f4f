"""A form for one element: a row per field, made from the model, checked when it is accepted."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Select, Static, TextArea

from hazard_tui.plan.base import Element
from hazard_tui.ui import actions
from hazard_tui.ui.actions import keys_line
from hazard_tui.ui.fields import Field, element_from, fields_of, has_fields, value_text
from hazard_tui.ui.offers import Offers
from hazard_tui.ui.widgets.variable_field import VariableArea, VariableInput

UNSET = "unset"


def first_message(error: ValidationError) -> str:
    """The first fault of a form in words."""
    first = error.errors(include_url=False)[0]
    where = ".".join(map(str, first["loc"]))
    return f"{where}: {first['msg'].removeprefix('Value error, ')}".lstrip(": ")


class FieldRow(Horizontal):
    """Label and control of one field."""

    def __init__(self, field: Field, text: str, offers: Offers | None = None) -> None:
        super().__init__(classes="field-row")
        self.field = field
        self._text = text
        self._offers = offers

    def compose(self) -> ComposeResult:
        yield Static(self.field.label, classes="field-label", markup=False)
        yield self._control()

    def _control(self) -> Widget:
        field = self.field
        if field.kind in ("choice", "boolean"):
            words = field.choices or ("yes", "no")
            options = [(word.replace("_", " "), word) for word in words]
            if field.optional:
                options.insert(0, ("as the plan's defaults", UNSET))
            if not self._text and not field.optional:
                self._text = words[0]
            value = self._text or UNSET
            return Select(options, value=value, allow_blank=False, compact=True)
        if field.kind == "multiline":
            return VariableArea(self._text, offers=self._offers, classes="field-area")
        kind = {"integer": "integer", "number": "number"}.get(field.kind, "text")
        offers = self._offers if kind == "text" else None
        return VariableInput(self._text, offers=offers, type=kind, valid_empty=True)

    def show(self, text: str) -> None:
        """Shows another value."""
        if text == self._text and text == self.text:
            return
        self._text = text
        control = self.children[1] if self.children else None
        if isinstance(control, Select):
            control.value = text or UNSET
        elif isinstance(control, TextArea):
            control.load_text(text)
        elif isinstance(control, Input):
            control.value = text

    def accept(self) -> None:
        """What the control holds now is the field's value."""
        self._text = self.text

    @property
    def is_touched(self) -> bool:
        """True when the control holds something else than it was given."""
        return self.text != self._text

    @property
    def text(self) -> str:
        """What the control holds now."""
        if not self.children:
            return self._text
        control = self.children[1]
        if isinstance(control, Select):
            return "" if control.value == UNSET else str(control.value)
        if isinstance(control, TextArea):
            return control.text
        return control.value if isinstance(control, Input) else ""


class ElementForm(VerticalScroll, can_focus=False):
    """Rows for the fields of an element; only the rows of the chosen kind exist."""

    def __init__(
        self,
        element: Element,
        only: tuple[str, ...] = (),
        offers: Offers | None = None,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id, classes="element-form")
        self.element = element
        self.form_fields = fields_of(type(element), only)
        self._offers = offers
        offered = {field.choice_of for field in self.form_fields}
        self._kinds = [
            name
            for name in type(element).one_of
            if name in offered or (not only and not has_fields(type(element), name))
        ]
        self._chosen = element.choice if element.choice in self._kinds else ""

    @property
    def has_choice(self) -> bool:
        """True when the element is of one of several kinds."""
        return len(self._kinds) > 1

    def compose(self) -> ComposeResult:
        if self.has_choice:
            with Horizontal(classes="field-row"):
                yield Static("kind", classes="field-label", markup=False)
                options = [("none", ""), *((kind.replace("_", " "), kind) for kind in self._kinds)]
                yield Select(
                    options,
                    value=self._chosen,
                    allow_blank=False,
                    compact=True,
                    classes="form-kind",
                )
        yield from self._rows_of_kind()

    def _rows_of_kind(self) -> Iterator[FieldRow]:
        for field in self.form_fields:
            if self.chosen is None or field.choice_of in ("", self.chosen):
                yield FieldRow(field, value_text(self.element, field), self._offers)

    @on(Select.Changed, ".form-kind")
    async def _kind_changed(self, event: Select.Changed) -> None:
        chosen = str(event.value)
        if chosen == self._chosen:
            event.stop()
            return
        self._chosen = chosen
        await self.query(FieldRow).remove()
        await self.mount(*self._rows_of_kind())

    @property
    def chosen(self) -> str | None:
        """The chosen kind; None when the element has no kinds."""
        return self._chosen if self.has_choice else None

    async def show(self, element: Element) -> None:
        """Shows another element of the same type, in the same rows where they fit."""
        self.element = element
        chosen = element.choice if element.choice in self._kinds else ""
        if chosen == self._chosen:
            for row in self.rows():
                row.show(value_text(element, row.field))
            return
        self._chosen = chosen
        self.query_one(".form-kind", Select).value = chosen
        await self.query(FieldRow).remove()
        await self.mount(*self._rows_of_kind())

    def accept(self, element: Element) -> None:
        """The element is what the form says now."""
        self.element = element
        for row in self.rows():
            row.accept()

    @property
    def is_touched(self) -> bool:
        """True when a person changed something since the element was shown."""
        kind = self.element.choice if self.element.choice in self._kinds else ""
        return kind != self._chosen or any(row.is_touched for row in self.rows())

    def rows(self) -> Iterator[FieldRow]:
        """All rows in order."""
        yield from self.query(FieldRow)

    def result(self) -> Element:
        """The element as the form says. Raises `pydantic.ValidationError`."""
        rows = {row.field.key: row.text for row in self.rows()}
        texts = {
            field.key: rows.get(field.key, value_text(self.element, field))
            for field in self.form_fields
        }
        return element_from(self.element, self.form_fields, texts, self.chosen)


class FormDialog(ModalScreen[Element | None]):
    """A form in a dialog; its result is the new element, or None when it was cancelled."""

    BINDINGS = [*actions.bindings("dialog"), *actions.bindings("form")]

    def __init__(
        self,
        title: str,
        element: Element,
        only: tuple[str, ...] = (),
        offers: Offers | None = None,
    ) -> None:
        super().__init__()
        self._title = title
        self._form = ElementForm(element, only, offers)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide"):
            yield Static(self._title, classes="dialog-title", markup=False)
            yield self._form
            yield Static("", classes="dialog-error", markup=False)
            keys = keys_line(self.app, "form.enter", "form.accept", "dialog.cancel")
            yield Static(keys, classes="dialog-keys", markup=False)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_form_accept()

    def action_form_enter(self) -> None:
        """Closes the dialog with the new element."""
        self.action_form_accept()

    def action_form_accept(self) -> None:
        """Closes the dialog with the new element, or shows what is wrong."""
        try:
            self.dismiss(self._form.result())
        except ValidationError as exc:
            self.query_one(".dialog-error", Static).update(first_message(exc))

    def action_dialog_cancel(self) -> None:
        """Closes the dialog without a result."""
        self.dismiss(None)
