"""The dialog that asks what to import: a file, or a pasted text."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static, TextArea

from hazard_tui.ui import actions
from hazard_tui.ui.actions import keys_line


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What a person wants to import: files, or pasted text."""

    paths: tuple[str, ...] = ()
    text: str = ""


class ImportDialog(ModalScreen[ImportRequest | None]):
    """Asks for a file or a pasted text."""

    BINDINGS = [*actions.bindings("dialog"), *actions.bindings("import")]

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide"):
            yield Static("import", classes="dialog-title", markup=False)
            yield Static(
                "file: Postman collection, HAR, curl or .http text, locust-hazard JSON",
                markup=False,
            )
            yield Input(placeholder="path; several with spaces between", compact=True, id="path")
            yield Static(
                "or paste: curl, URL, raw HTTP, fetch(), PowerShell, collection, HAR", markup=False
            )
            yield TextArea(compact=True, id="pasted", classes="field-area")
            keys = ("enter import file", "import.accept", "import.browse", "dialog.cancel")
            yield Static(keys_line(self.app, *keys), classes="dialog-keys", markup=False)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_import_accept()

    def action_import_accept(self) -> None:
        """Imports the file, or the text when there is no file."""
        path = self.query_one("#path", Input).value.strip()
        text = self.query_one("#pasted", TextArea).text
        if path:
            self.dismiss(ImportRequest(paths=tuple(split_paths(path))))
        elif text.strip():
            self.dismiss(ImportRequest(text=text))

    def action_import_browse(self) -> None:
        """Opens the file picker."""
        self.run_worker(self._browse(), group="browse", exclusive=True)

    async def _browse(self) -> None:
        from textual_fspicker import FileOpen

        chosen = await self.app.push_screen_wait(FileOpen())
        if chosen is not None:
            self.query_one("#path", Input).value = str(chosen)
            self.query_one("#path", Input).focus()

    def action_dialog_cancel(self) -> None:
        """Closes without importing."""
        self.dismiss(None)


def split_paths(text: str) -> list[str]:
    """Paths in a line: one path with spaces when such a file exists, else words."""
    import shlex
    from pathlib import Path as FilePath

    if FilePath(text).expanduser().exists():
        return [str(FilePath(text).expanduser())]
    try:
        words = shlex.split(text)
    except ValueError:
        words = text.split()
    return [str(FilePath(word).expanduser()) for word in words]
