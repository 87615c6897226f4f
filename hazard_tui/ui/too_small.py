"""What a terminal that is too small does to keys and focus: what is not seen gets no key."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from textual.app import App
from textual.events import Key, Paste
from textual.geometry import Size
from textual.screen import ModalScreen, Screen
from textual.widget import Widget

from hazard_tui.ui.actions import BY_ID
from hazard_tui.ui.screens.base import TOO_SMALL_CLASSES, is_too_small

WORKS_UNSEEN = ("app.stop", "app.quit")
"""Actions whose keys work while a dialog is open that cannot be seen."""


class Unseen:
    """Keeps the keys from hidden dialogs, and the focus of screens until they are seen again."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._focused: WeakKeyDictionary[Screen[Any], Widget] = WeakKeyDictionary()
        """Screen -> what had the focus when it was hidden; a hidden widget loses it."""

    def refuses(self, event: Key | Paste) -> bool:
        """True for what a hidden dialog would take: nobody answers a question that is not seen."""
        if not is_too_small(self._app.size) or not isinstance(self._app.screen, ModalScreen):
            return False
        return not isinstance(event, Key) or event.key not in self._keys()

    def _keys(self) -> set[str]:
        keymap = self._app._keymap
        lists = [keymap.get(name, BY_ID[name].keys) for name in WORKS_UNSEEN]
        return {key.strip() for keys in lists for key in keys.split(",")}

    def resized(self, size: Size) -> None:
        """Keeps the focus of every screen, or gives it back once a screen is shown again."""
        for screen in self._app.screen_stack:
            if not is_too_small(size):
                if _is_hidden(screen):
                    screen.screen_layout_refresh_signal.subscribe(self._app, self._laid_out)
            elif screen.focused is not None and not _is_hidden(screen):
                self._focused[screen] = screen.focused

    def _laid_out(self, screen: Screen[Any]) -> None:
        if _is_hidden(screen):
            return
        screen.screen_layout_refresh_signal.unsubscribe(self._app)
        kept = self._focused.pop(screen, None)
        if kept is None or not kept.is_attached:
            # It was opened while nothing could be seen, and nothing on it could have the focus.
            kept = screen.focused or next(iter(screen.focus_chain), None)
        if kept is not None and screen.focused is not kept:
            # Like the return to a window: a field keeps its cursor and selects nothing.
            screen.set_focus(kept, scroll_visible=False, from_app_focus=True)


def _is_hidden(screen: Screen[Any]) -> bool:
    return any(screen.has_class(name) for name in TOO_SMALL_CLASSES)
