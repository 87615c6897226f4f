"""A form for one element: a row per field, made from the model, checked when it is accepted."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Select, Static, TextArea

from hazard_tui.plan.base import Element
from hazard_tui.ui.fields import Field, element_from, fields_of, has_fields, value_text

UNSET = "unset"


class FieldRow(Horizontal):
    """Label and control of one field."""

    def __init__(self, field: Field, text: str, suggester: object = None) -> None:
        super().__init__(classes="field-row")
        self.field = field
        self._text = text
        self._suggester = suggester

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
            value = self._text or (UNSET if field.optional else words[0])
            return Select(options, value=value, allow_blank=False, compact=True)
        if field.kind == "multiline":
            return TextArea(self._text, compact=True, classes="field-area")
        kind = {"integer": "integer", "number": "number"}.get(field.kind, "text")
        return Input(
            self._text,
            type=kind,  # type: ignore[arg-type]
            valid_empty=True,
            compact=True,
            select_on_focus=False,
            suggester=self._suggester,  # type: ignore[arg-type]
        )

    @property
    def text(self) -> str:
        """What the control holds now."""
        control = self.children[1]
        if isinstance(control, Select):
            return "" if control.value == UNSET else str(control.value)
        if isinstance(control, TextArea):
            return control.text
        return control.value if isinstance(control, Input) else ""


class ElementForm(VerticalScroll, can_focus=False):
    """Rows for the fields of an element; a choice of kind hides the rows of other kinds."""

    def __init__(
        self,
        element: Element,
        only: tuple[str, ...] = (),
        suggester: object = None,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id, classes="element-form")
        self.element = element
        self.form_fields = fields_of(type(element), only)
        self._suggester = suggester
        offered = {field.choice_of for field in self.form_fields}
        self._kinds = [
            name
            for name in type(element).one_of
            if name in offered or (not only and not has_fields(type(element), name))
        ]

    @property
    def has_choice(self) -> bool:
        """True when the element is of one of several kinds."""
        return len(self._kinds) > 1

    def compose(self) -> ComposeResult:
        if self.has_choice:
            with Horizontal(classes="field-row"):
                yield Static("kind", classes="field-label", markup=False)
                options = [("none", ""), *((kind.replace("_", " "), kind) for kind in self._kinds)]
                chosen = self.element.choice if self.element.choice in self._kinds else ""
                yield Select(
                    options, value=chosen, allow_blank=False, compact=True, classes="form-kind"
                )
        for field in self.form_fields:
            yield FieldRow(field, value_text(self.element, field), self._suggester)

    def on_mount(self) -> None:
        self._show_rows()

    @on(Select.Changed, ".form-kind")
    def _kind_changed(self, event: Select.Changed) -> None:
        event.stop()
        self._show_rows()

    @property
    def chosen(self) -> str | None:
        """The chosen kind; None when the element has no kinds."""
        if not self.has_choice:
            return None
        return str(self.query_one(".form-kind", Select).value)

    def _show_rows(self) -> None:
        chosen = self.chosen
        for row in self.rows():
            row.display = chosen is None or row.field.choice_of in ("", chosen)

    def rows(self) -> Iterator[FieldRow]:
        """All rows in order."""
        yield from self.query(FieldRow)

    def result(self) -> Element:
        """The element as the form says. Raises `pydantic.ValidationError`."""
        texts = {row.field.key: row.text for row in self.rows()}
        return element_from(self.element, self.form_fields, texts, self.chosen)


class FormDialog(ModalScreen[Element | None]):
    """A form in a dialog; its result is the new element, or None when it was cancelled."""

    BINDINGS = [
        Binding("escape", "cancel", "Cancel"),
        Binding("ctrl+s", "accept", "Accept", priority=True),
        Binding("enter", "accept", "Accept"),
    ]

    def __init__(
        self, title: str, element: Element, only: tuple[str, ...] = (), suggester: object = None
    ) -> None:
        super().__init__()
        self._title = title
        self._form = ElementForm(element, only, suggester)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide"):
            yield Static(self._title, classes="dialog-title", markup=False)
            yield self._form
            yield Static("", classes="dialog-error", markup=False)
            yield Static("enter accept   ^s accept in a text   esc cancel", classes="dialog-keys")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_accept()

    def action_accept(self) -> None:
        """Closes the dialog with the new element, or shows what is wrong."""
        try:
            self.dismiss(self._form.result())
        except ValidationError as exc:
            error = exc.errors(include_url=False)[0]
            where = ".".join(map(str, error["loc"]))
            message = f"{where}: {error['msg'].removeprefix('Value error, ')}".lstrip(": ")
            self.query_one(".dialog-error", Static).update(message)

    def action_cancel(self) -> None:
        """Closes the dialog without a result."""
        self.dismiss(None)
