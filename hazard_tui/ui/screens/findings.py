"""Findings as a list: Enter goes to the element and the field that one is about."""

from __future__ import annotations

import re

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from hazard_tui.plan.edit import Path
from hazard_tui.plan.findings import Finding, FindingSeverity
from hazard_tui.ui import actions
from hazard_tui.ui.actions import keys_line
from hazard_tui.ui.glyphs import Glyphs

_KEY = re.compile(r"\[(\d+)\]|([A-Za-z_]+)")


def path_of(where: str) -> Path | None:
    """The path that `store.path_text` printed; None for a place outside a plan."""
    text = where.partition(" ")[0]
    if "#" in text or not re.fullmatch(r"[A-Za-z_]+(\[\d+\]|\.[A-Za-z_]+)*", text):
        return None
    if text == "plan":
        return ()
    return tuple(int(number) if number else name for number, name in _KEY.findall(text))


class FindingsScreen(ModalScreen[Finding | None]):
    """A list of findings, errors first; its result is the chosen one."""

    BINDINGS = actions.bindings("findings")

    def __init__(self, title: str, findings: list[Finding], glyphs: Glyphs) -> None:
        super().__init__()
        self._title, self._findings, self._glyphs = title, findings, glyphs

    def compose(self) -> ComposeResult:
        keys = keys_line(self.app, "enter go there", "findings.copy", "findings.close")
        with Vertical(classes="dialog wide tall"):
            count = len(self._findings)
            yield Static(f"{self._title} ({count})", classes="dialog-title", markup=False)
            yield OptionList(
                *(Option(self._line(one)) for one in self._findings), markup=False, compact=True
            )
            yield Static("", classes="finding-text", markup=False)
            if not self._findings:
                found = "nothing was found: F5 starts the plan"
                keys = keys_line(self.app, found, "findings.close")
            yield Static(keys, classes="dialog-keys", markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()

    def _line(self, finding: Finding) -> Text:
        glyph, style = {
            FindingSeverity.ERROR: (self._glyphs.bad, "bold red"),
            FindingSeverity.WARNING: (self._glyphs.warn, "yellow"),
            FindingSeverity.INFO: (self._glyphs.off, ""),
        }[finding.severity]
        line = Text(f"{glyph} {finding.severity.value} ", style, no_wrap=True, overflow="ellipsis")
        return line.append(finding.what, "not bold default")

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        one = self._findings[event.option_index]
        parts = [one.where, one.what, one.why, f"-> {one.fix}" if one.fix else ""]
        self.query_one(".finding-text", Static).update("\n".join(filter(None, parts)))

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._findings[event.option_index])

    def action_findings_copy(self) -> None:
        """Copies all findings to the terminal's clipboard."""
        self.app.copy_to_clipboard("\n".join(map(str, self._findings)))

    def action_findings_close(self) -> None:
        """Closes without going anywhere."""
        self.dismiss(None)
