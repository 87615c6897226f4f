"""One of each dialog of the console."""

from __future__ import annotations

from textual.screen import ModalScreen

from hazard_tui.plan.base import Pair
from hazard_tui.ui.glyphs import BRAILLE
from hazard_tui.ui.screens.check import CheckScreen
from hazard_tui.ui.screens.dialogs import (
    ChoiceDialog,
    ConfirmDialog,
    LetterDialog,
    TextDialog,
    TextScreen,
)
from hazard_tui.ui.screens.findings import FindingsScreen
from hazard_tui.ui.screens.importing import ImportDialog
from hazard_tui.ui.screens.review import ReviewScreen
from hazard_tui.ui.widgets.form import FormDialog
from importers.findings import ImportResult
from tests.ui.plans import shop

WITHOUT_PARTS = 1
"""Number of the dialog in which nothing can have the focus."""


def dialogs() -> list[ModalScreen]:
    """New ones, in an order that stays."""
    return [
        TextDialog("t"),
        ConfirmDialog("t", "text"),
        ConfirmDialog("t", "text", "word"),
        ChoiceDialog("t", [("a", "A")]),
        FormDialog("t", Pair()),
        ImportDialog(),
        FindingsScreen("t", [], BRAILLE),
        TextScreen("t", "text"),
        LetterDialog("t", [("a", "A")]),
        CheckScreen("t", BRAILLE),
        ReviewScreen(ImportResult(plan=shop(), format="curl"), "paste", BRAILLE),
    ]
