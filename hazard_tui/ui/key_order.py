"""One key after the other.

Textual hands a key from the focused widget up to the application, through one message queue after
the other, and looks for bindings there; a letter is taken by the field at once. So keys that
arrive together, as they do over a slow line, overtake each other: of `a`, backspace, `b` the
backspace would delete the `b`, and what is typed ahead would not reach the dialog that the first
key opens. Here a key waits until the one before it has been done.
"""

from __future__ import annotations

import time
from collections import deque
from functools import partial
from typing import Any

from textual.app import App
from textual.events import Key, Paste
from textual.message_pump import MessagePump
from textual.screen import ModalScreen
from textual.worker import Worker

LONGEST_WAIT_S = 1.0
"""After that a key is taken for done: the widget that had it may be gone."""
_POLL_S = 0.02

Typed = Key | Paste


class KeyOrder:
    """Lets keys and pasted texts of an application through, in the order in which they came."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._opening: tuple[Worker[Any], int] | None = None
        """A flow that may open a dialog, and how many screens there were before."""
        self._waiting: deque[Typed] = deque()
        self._current: Typed | None = None
        self._since_s = 0.0

    def admit(self, event: Typed) -> bool:
        """True when the event's turn has come; otherwise it is posted again when it has."""
        if self._current is event:
            return True
        if self._current is None and not self._waiting:
            self._begin(event)
            return True
        if not self._waiting:
            # What has waited for too long is let go also when its widget never answers.
            self._app.set_timer(LONGEST_WAIT_S, partial(self._give_up, self._current))
        self._waiting.append(event)
        return False

    def expect_dialog(self, worker: Worker[Any]) -> None:
        """Keys wait until the dialog that a flow begins with takes them."""
        self._opening = (worker, len(self._app.screen_stack))

    def follow(self, event: Typed, node: MessagePump | None) -> None:
        """Follows an event from the widget that got it up to the application; None: it is done.

        Each queue is asked behind the event, so the event has left it when the answer comes. The
        second lap is behind what the widget told because of it, as that a line was accepted.
        """
        laps = [] if node is None else [node, node]
        self._climb(event, laps)

    def _climb(self, event: Typed, laps: list[MessagePump]) -> None:
        if not laps or not laps[0].call_later(self._passed, event, laps):
            self._done(event)

    def _passed(self, event: Typed, laps: list[MessagePump]) -> None:
        node, *later = laps
        above = [] if node is self._app or node._parent is None else [node._parent]
        self._climb(event, [*above, *later])

    def _begin(self, event: Typed) -> None:
        self._current, self._since_s = event, time.monotonic()

    def _give_up(self, event: Typed | None) -> None:
        if event is not None and event is self._current:
            self._next()

    def _done(self, event: Typed) -> None:
        if event is not self._current:
            return
        if self._is_opening() and time.monotonic() - self._since_s < LONGEST_WAIT_S:
            self._app.set_timer(_POLL_S, partial(self._done, event))
        else:
            self._next()

    def _is_opening(self) -> bool:
        screens = self._app.screen_stack
        if self._opening is not None:
            worker, depth = self._opening
            if worker.is_running and len(screens) <= depth:
                return True
            self._opening = None
        if not screens or not isinstance(screens[-1], ModalScreen):
            return False
        return screens[-1].focused is None and bool(screens[-1].focus_chain)

    def _next(self) -> None:
        self._current = None
        if not self._waiting:
            return
        event = self._waiting.popleft()
        self._begin(event)
        if self._waiting:
            self._app.set_timer(LONGEST_WAIT_S, partial(self._give_up, event))
        self._app.post_message(event)
