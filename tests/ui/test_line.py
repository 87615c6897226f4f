"""The terminal's line: what is counted, how the tier follows, colours and characters."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.segment import Segment
from textual.color import Color

from hazard_tui.errors import PlanError
from hazard_tui.ui.driver import LinkMeter, MeteredFile
from hazard_tui.ui.glyphs import ASCII, BLOCKS, BRAILLE, AsciiFilter, ascii_text, choose_glyphs
from hazard_tui.ui.themes import (
    DARK,
    LEAST_CONTRAST,
    SHIPPED,
    ThemeFiles,
    contrast,
    contrast_faults,
    default_theme,
    read_theme,
)
from hazard_tui.ui.tier import BLURRED_FACTOR, UP_AFTER, LinkTier, Tier
from tests.support.screen import press, until, until_true
from tests.ui.conftest import Opener
from tests.ui.plans import shop


class Line:
    """A line with a speed, fed one second at a time into a tier."""

    def __init__(self) -> None:
        self.tier = LinkTier()
        self.now = 0.0
        self.written = 0
        self.blocked = 0.0
        self.tier.observe(0.0, 0, 0.0, 0)

    def second(self, *, busy: float, waiting: int = 0, count: int = 1) -> Tier:
        for _ in range(count):
            self.now += 1
            self.written += 5000
            self.blocked += busy
            self.tier.observe(self.now, self.written, self.blocked, waiting)
        return self.tier.tier


def test_a_full_line_lowers_the_tier_within_five_seconds() -> None:
    line = Line()
    assert line.second(busy=0.9, count=4) is Tier.SLOW
    assert line.tier.rate_bytes == 5000
    assert (line.tier.refresh_s, line.tier.charts) == (2.0, 1)


def test_seconds_in_which_the_line_held_up_the_console_count_all() -> None:
    tier = LinkTier()
    tier.observe(0.0, 0, 0.0, 0)
    assert tier.observe(5.0, 8000, 4.5, 60_000)
    assert tier.tier is Tier.LEAN


def test_bytes_that_wait_lower_the_tier_too() -> None:
    line = Line()
    assert line.second(busy=0.1, waiting=20_000, count=2) is Tier.LEAN
    assert line.tier.word == "lean line"


def test_a_calm_line_raises_the_tier_again() -> None:
    line = Line()
    line.second(busy=0.9, count=4)
    assert line.second(busy=0.0, count=UP_AFTER) is Tier.LEAN
    assert line.second(busy=0.0, count=UP_AFTER) is Tier.FULL
    assert line.tier.word == ""


def test_a_line_that_was_raised_too_early_is_raised_later_the_next_time() -> None:
    line = Line()
    line.second(busy=0.9, count=2)
    line.second(busy=0.0, count=UP_AFTER)
    line.second(busy=0.9, count=2)
    assert line.second(busy=0.0, count=UP_AFTER) is Tier.LEAN
    assert line.second(busy=0.0, count=UP_AFTER) is Tier.FULL


def test_one_full_second_changes_nothing() -> None:
    line = Line()
    assert line.second(busy=0.9) is Tier.FULL
    assert line.second(busy=0.0) is Tier.FULL
    assert line.second(busy=0.9) is Tier.FULL


def test_a_person_fixes_the_tier_and_lets_it_go_again() -> None:
    line = Line()
    words = [line.tier.cycle() for _ in range(4)]
    assert words == ["full", "lean", "slow", "by itself, now full"]
    line.tier.manual = Tier.SLOW
    assert line.second(busy=0.0, count=30) is Tier.SLOW
    assert line.tier.word == "slow line (fixed)"


def test_a_terminal_without_the_focus_is_painted_less_often() -> None:
    tier = LinkTier()
    tier.is_blurred = True
    assert tier.refresh_s == 1.0 * BLURRED_FACTOR


def test_the_meter_counts_bytes_and_the_time_that_a_write_waits() -> None:
    meter = LinkMeter()
    MeteredFile(io.StringIO(), meter).write("häz")
    assert (meter.written_bytes, meter.waiting_bytes) == (4, 0)
    meter.begin()
    assert meter.blocked_until(float("inf")) > 1000
    meter.end(0)


@pytest.mark.parametrize("theme", SHIPPED, ids=lambda theme: theme.name)
def test_every_theme_is_readable(theme: object) -> None:
    from textual.theme import Theme

    assert isinstance(theme, Theme)
    assert contrast_faults(theme) == []
    colours = theme.to_color_system().generate()
    for name in ("foreground", "primary", "error", "warning", "success"):
        assert contrast(colours[name], colours["background"]) >= LEAST_CONTRAST


def test_contrast_is_what_the_standard_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_over_ssh_the_terminal_s_own_colours_are_used() -> None:
    assert default_theme({"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}) == "ansi-dark"
    assert default_theme({}) == DARK.name


async def test_a_theme_of_the_config_folder_is_used_and_read_again_when_it_changes(
    console: Opener, tmp_path: Path
) -> None:
    folder = tmp_path / "config" / "hazard" / "themes"
    folder.mkdir(parents=True)
    file = folder / "mine.yaml"
    file.write_text("primary: '#88ccff'\nbackground: '#101010'\nforeground: '#eeeeee'\n")
    async with console(shop(), theme="mine") as (app, pilot):
        await until(pilot, "browse")
        assert app.theme == "mine"
        assert app.current_theme.background == "#101010"
        file.write_text("primary: '#88ccff'\nbackground: '#202020'\nforeground: '#eeeeee'\n")
        await until_true(pilot, lambda: app.current_theme.background == "#202020", "the new colour")
        await until_true(
            pilot,
            lambda: app.screen.styles.background == Color.parse("#202020"),
            "the new colour on the screen",
        )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("primary: nocolour\n", "nocolour"),
        ("background: '#000000'\n", "no `primary`"),
        ("primary: '#ffffff'\nsize: 3\n", "unknown names: size"),
        ("[", "cannot be read"),
    ],
)
def test_a_theme_that_is_none_is_told(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text)
    with pytest.raises(PlanError, match=what):
        read_theme(path)


def test_a_theme_of_a_person_that_is_hard_to_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "grey.yaml").write_text("primary: '#444444'\nbackground: '#333333'\n")
    themes, faults = ThemeFiles(tmp_path).changed()
    assert [theme.name for theme in themes] == ["grey"]
    assert any("primary on background" in fault for fault in faults)


async def test_an_unknown_theme_is_told_and_another_taken(console: Opener) -> None:
    async with console(shop(), theme="nothing") as (app, pilot):
        await until(pilot, "there is no theme 'nothing'")
        assert app.theme == DARK.name


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({"LANG": "C"}, ASCII),
        ({"LANG": "en_GB.UTF-8", "TERM": "xterm"}, BRAILLE),
        ({"LANG": "en_GB.UTF-8", "TERM": "linux"}, BLOCKS),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "C"}, ASCII),
        ({"HAZARD_GLYPHS": "ascii", "LANG": "en_GB.UTF-8"}, ASCII),
    ],
)
def test_the_glyphs_are_those_that_the_terminal_shows(
    environ: dict[str, str], wanted: object
) -> None:
    assert choose_glyphs(environ) is wanted


def test_a_text_in_ascii_keeps_its_width() -> None:
    assert ascii_text("├─ ▾ größe… 日") == "+- v gr??e~ ??"
    segments = AsciiFilter().apply([Segment("│ a")], Color.parse("black"))
    assert segments[0].text == "| a"


async def test_the_tier_stands_in_the_top_line_when_it_is_not_full(console: Opener) -> None:
    async with console(shop(), (120, 40)) as (app, pilot):
        await press(pilot, "ctrl+t", "ctrl+t")
        await until(pilot, "lean line (fixed)")
        assert app.tier.charts == 1
        await press(pilot, "ctrl+t", "ctrl+t")
        await until_true(pilot, lambda: app.tier.manual is None, "by itself")


async def test_diagnostics_name_what_is_in_force_and_where_it_comes_from(console: Opener) -> None:
    async with console(shop(), (120, 40)) as (_, pilot):
        await press(pilot, "f12")
        shown = await until(pilot, "diagnostics")
        for word in ("kB/s", "bytes wait", "ms late", "HAZARD_DATA_DIR", "tier full", "textual"):
            assert word in shown, word
        await press(pilot, "y")
        await until(pilot, "copied by the terminal (OSC 52)")


async def test_a_text_that_terminals_would_cut_is_not_copied(console: Opener) -> None:
    async with console(shop(), (120, 40)) as (app, pilot):
        app.copy_to_clipboard("x" * 80_000)
        await until(pilot, "too many to copy")


async def test_nothing_is_painted_while_nothing_happens(
    console: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with console(shop(), (120, 40)) as (app, pilot):
        await press(pilot, "down", "down", "enter")
        await until_true(pilot, lambda: app.focused and app.focused.id == "url", "the URL")
        await pilot.pause(0.3)
        painted: list[object] = []
        monkeypatch.setattr(app, "_display", lambda *what: painted.append(what))
        ticks = app._next_tick
        await until_true(pilot, lambda: app._next_tick > ticks + 1.5, "two ticks")
        assert painted == []
