"""Small dialogs: a text, a yes or no, a choice, a long text to read."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from hazard_tui.ui import actions
from hazard_tui.ui.actions import keys_line


class TextDialog(ModalScreen[str | None]):
    """Asks for one line; None when cancelled."""

    BINDINGS = actions.bindings("dialog")

    def __init__(self, title: str, value: str = "", hint: str = "", password: bool = False) -> None:
        super().__init__()
        self._title, self._value, self._hint, self._password = title, value, hint, password

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._title, classes="dialog-title", markup=False)
            yield Input(self._value, placeholder=self._hint, password=self._password, compact=True)
            keys = keys_line(self.app, "enter accept", "dialog.cancel")
            yield Static(keys, classes="dialog-keys", markup=False)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value)

    def action_dialog_cancel(self) -> None:
        """Closes without an answer."""
        self.dismiss(None)


class ConfirmDialog(ModalScreen[bool]):
    """Asks yes or no. With `typed`, yes needs that word written out."""

    BINDINGS = actions.bindings("confirm")

    def __init__(self, title: str, text: str, typed: str = "") -> None:
        super().__init__()
        self._title, self._text, self._typed = title, text, typed

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._title, classes="dialog-title", markup=False)
            yield Static(self._text, markup=False)
            if self._typed:
                yield Static(f"Type {self._typed} to go on:", markup=False)
                yield Input(compact=True)
                keys = "enter accept   esc cancel"
            else:
                keys = keys_line(self.app, "confirm.yes", "confirm.no")
            yield Static(keys, classes="dialog-keys", markup=False)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip() == self._typed:
            self.dismiss(True)

    def action_confirm_yes(self) -> None:
        """Agrees, where no word has to be typed."""
        if not self._typed:
            self.dismiss(True)

    def action_confirm_no(self) -> None:
        """Refuses."""
        self.dismiss(False)


class ChoiceDialog(ModalScreen[str | None]):
    """Offers options (key, text); the key of the chosen one."""

    BINDINGS = actions.bindings("dialog")

    def __init__(self, title: str, options: list[tuple[str, str]]) -> None:
        super().__init__()
        self._title, self._options = title, options

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._title, classes="dialog-title", markup=False)
            yield OptionList(
                *(Option(text, id=f"o{number}") for number, (_, text) in enumerate(self._options)),
                markup=False,
                compact=True,
            )
            keys = keys_line(self.app, "enter choose", "dialog.cancel")
            yield Static(keys, classes="dialog-keys", markup=False)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._options[event.option_index][0])

    def action_dialog_cancel(self) -> None:
        """Closes without a choice."""
        self.dismiss(None)


class LetterDialog(ChoiceDialog):
    """Offers options (letter, text): the letter chooses at once."""

    HANDLES = ("letters.choose",)

    def __init__(self, title: str, options: list[tuple[str, str]]) -> None:
        super().__init__(title, [(letter, f"{letter}  {text}") for letter, text in options])
        self._letters = {letter for letter, _ in options}

    def on_key(self, event: Key) -> None:
        """Takes the option of a letter."""
        if event.character in self._letters:
            event.stop()
            self.dismiss(event.character)


class TextScreen(ModalScreen[None]):
    """Shows a long text."""

    BINDINGS = actions.bindings("text")

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._title, self._text = title, text

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide tall"):
            yield Static(self._title, classes="dialog-title", markup=False)
            with VerticalScroll(classes="dialog-body"):
                yield Static(self._text, markup=False)
            keys = keys_line(self.app, "arrows scroll", "text.copy", "text.close")
            yield Static(keys, classes="dialog-keys", markup=False)

    def on_mount(self) -> None:
        self.query_one(".dialog-body").focus()

    def action_text_copy(self) -> None:
        """Copies the text to the terminal's clipboard."""
        self.app.copy_to_clipboard(self._text)
        self.notify("copied by the terminal (OSC 52)", markup=False)

    def action_text_close(self) -> None:
        """Closes the screen."""
        self.dismiss(None)
