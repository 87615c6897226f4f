"""Large bodies, sessions that are taken up again, and files that change under an open plan."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median

import pytest
from textual.pilot import Pilot
from textual.widgets import TabbedContent, TextArea

from hazard_tui.plan import edit
from hazard_tui.ui.app import HazardApp
from hazard_tui.ui.flows.outside import editor_command
from hazard_tui.ui.screens.plan import PlanScreen
from hazard_tui.ui.widgets import body_editor
from hazard_tui.ui.widgets.body_editor import EDIT_LIMIT, HIGHLIGHT_LIMIT, SHOWN_OF_LONG
from tests.support.screen import press, screen_text, until, until_still, until_true
from tests.support.work import counted_work
from tests.ui.conftest import Opener
from tests.ui.plans import saved, shop

BODY = ("tasks", 0, "steps", 0, "request", "body", "text", "content")


@pytest.mark.parametrize(
    ("size", "language", "read_only", "shown"),
    [
        (1000, "json", False, 1000),
        (HIGHLIGHT_LIMIT + 100, None, False, HIGHLIGHT_LIMIT + 100),
        (1_000_000, None, True, SHOWN_OF_LONG),
    ],
)
async def test_a_body_is_coloured_plain_or_shown_in_part_by_its_size(
    console: Opener, size: int, language: str | None, read_only: bool, shown: int
) -> None:
    text = json.dumps(["x" * 60] * (size // 64))
    text = text[:-1] + " " * (size - len(text)) + "]"
    async with console(edit.replace(shop(), BODY, text), (120, 40)) as (app, pilot):
        area = await shown_body(app, pilot)
        assert (area.language, area.read_only, len(area.text)) == (language, read_only, shown)
        if size > EDIT_LIMIT:
            await until(pilot, "characters; the first")


async def shown_body(app: HazardApp, pilot: Pilot[int]) -> TextArea:
    """The text of the body of the first step, once it is on the screen."""
    await press(pilot, "down", "down")
    await until(pilot, "{{host}}/login")
    app.screen.query_one("#request-tabs", TabbedContent).active = "tab-body"
    await until_true(pilot, lambda: app.screen.query("#body-text"), "the body")
    return app.screen.query_one("#body-text", TextArea)


async def work_of_a_move(console: Opener, size: int, keys: int) -> float:
    """Calls that a move of the cursor makes in a body of so many characters, drawing included."""
    text = json.dumps(["x" * 60] * (size // 64))
    async with console(edit.replace(shop(), BODY, text), (120, 40)) as (app, pilot):
        field = await shown_body(app, pilot)
        field.focus()
        await until_true(pilot, lambda: app.focused is field, "the focus")
        await until_still(pilot)
        spent: list[int] = []
        for _ in range(keys):
            with counted_work() as work:
                field.action_cursor_right()
                for y in range(field.size.height):
                    field.render_line(y)
            spent.append(work.calls)
        return median(spent)


async def test_a_body_of_a_megabyte_takes_keys_as_quickly_as_a_small_one(
    console: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = await work_of_a_move(console, 1_000, 7)
    large = await work_of_a_move(console, 1_000_000, 7)
    # The control: a third of it, shown as a whole.
    monkeypatch.setattr(body_editor, "EDIT_LIMIT", 2_000_000)
    uncut = await work_of_a_move(console, 300_000, 2)
    assert large < 10 * small < uncut, (small, large, uncut)


async def test_a_console_opens_where_it_was_left(console: Opener, tmp_path: Path) -> None:
    path = saved(shop(), tmp_path)
    async with console(path, (120, 40)) as (app, pilot):
        assert isinstance(app.screen, PlanScreen)
        tree = app.screen.plan_tree
        await until(pilot, "cart")
        tree.nearest(("tasks", 0, "steps", 2)).collapse()
        tree.select(("tasks", 0, "steps", 1))
        await until(pilot, "{{host}}/items")
        app.screen.query_one("#request-tabs", TabbedContent).active = "tab-query"
        await until(pilot, "page")
        left = screen_text(app)
        await press(pilot, "ctrl+q")
    async with console(path, (120, 40)) as (app, pilot):
        await until(pilot, "page")
        await until_true(pilot, lambda: screen_text(app) == left, f"the same screen as\n{left}")
        await press(pilot, "f4", "ctrl+q")
    async with console(path, (120, 40)) as (app, pilot):
        await until_true(pilot, lambda: app.current_mode == "history", "the history")


async def test_a_session_file_that_is_broken_is_no_reason_to_complain(
    console: Opener, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    for text in ("{", "[]", '{"": 5}', '{"": {"mode": "nothing", "plan": {"cursor": 3}}}'):
        (tmp_path / "data" / "console.json").write_text(text)
        async with console(None) as (app, pilot):
            await until(pilot, "The plan is empty")
            assert app.current_mode == "plan"


async def test_a_broken_file_leaves_the_plan_as_it_was_and_says_why(
    console: Opener, tmp_path: Path
) -> None:
    path = saved(shop(), tmp_path)
    async with console(path, (120, 40)) as (app, pilot):
        await until(pilot, "browse")
        path.write_text("hazard: 1\ntasks: 5\n")
        await until(pilot, "cannot be used; the plan is as it was")
        await press(pilot, "escape")
        assert app.document.plan == shop()


@pytest.mark.parametrize(
    ("editor", "wanted"),
    [
        ("vim", ["vim", "+7", "f"]),
        ("/usr/bin/nano -w", ["/usr/bin/nano", "-w", "+7", "f"]),
        ("code", ["code", "--wait", "--goto", "f:7"]),
        ("hx", ["hx", "f:7"]),
        ("myedit", ["myedit", "f"]),
    ],
)
def test_editors_are_told_the_line_in_their_own_way(editor: str, wanted: list[str]) -> None:
    assert editor_command(Path("f"), 7, {"EDITOR": editor}) == wanted
    assert editor_command(Path("f"), 7, {"EDITOR": "x", "VISUAL": editor}) == wanted
