"""Whatever keys a person presses in the plan, undo leads back to the plan that was opened."""

from __future__ import annotations

import asyncio
import shutil

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.screen import press, until
from tests.ui.conftest import Opener
from tests.ui.plans import shop

KEYS = [
    ("D",),
    ("d",),
    ("space",),
    ("alt+down",),
    ("alt+up",),
    ("m",),
    ("a", "enter"),
    ("a", "down", "enter"),
    ("r", "'x", "enter"),
    ("number_sign", "'1", "enter"),
    ("b", "down", "down", "down", "enter"),
    ("down",),
    ("down", "down", "down"),
    ("up",),
    ("ctrl+z",),
    ("ctrl+y",),
    ("enter", "'y", "escape"),
]
"""Keys that belong together: each begins and ends at the tree."""


@settings(max_examples=4, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(KEYS), min_size=6, max_size=14))
def test_undo_leads_back_from_any_keys(console: Opener, pressed: list[tuple[str, ...]]) -> None:
    async def walk() -> None:
        # The edits of another example would come back from its journal.
        shutil.rmtree("data", ignore_errors=True)
        async with console(shop(), (120, 40)) as (app, pilot):
            await until(pilot, "browse")
            for keys in pressed:
                await press(pilot, *keys)
                # What a key asked for and was not answered is left.
                while len(app.screen_stack) > 1:
                    await press(pilot, "escape")
                app.action_app_back()
                await pilot.pause()
            app.flush_edits()
            while app.document.undo():
                pass
            assert app.document.plan == shop()
            while app.document.redo():
                pass
            assert app.document.history.position == len(app.document.history.edits) - 1

    asyncio.run(walk())
