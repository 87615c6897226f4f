"""Screens compared with accepted pictures: SVG files with the screen as text in their `desc`."""

from __future__ import annotations

import difflib
import html
import os
import re
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from tests.support.screen import until_still

ACCEPT = "HAZARD_ACCEPT_PICTURES"
"""Set to 1, pictures are written instead of compared."""
_FONTS = re.compile(r"\s*@font-face\s*\{[^}]*\}")
_DESCRIBED = re.compile(r"<desc>(.*?)</desc>", re.DOTALL)


class Pictures:
    """The accepted pictures of a folder. Differences are collected, and told all at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._faults: list[str] = []

    async def take(self, pilot: Pilot[Any], name: str) -> None:
        """Compares the screen with the picture of this name, once it stands still."""
        text = await until_still(pilot)
        svg = _FONTS.sub("", pilot.app.export_screenshot(title="hazard"))
        start, opening, rest = svg.partition(">")
        drawn = f"{start}{opening}<desc>{html.escape(text)}</desc>{rest}"
        path = self._folder / f"{name}.svg"
        if os.environ.get(ACCEPT) == "1":
            self._folder.mkdir(exist_ok=True)
            path.write_text(drawn, "utf-8")
        elif not path.exists():
            self._faults.append(f"{name}: there is no accepted picture; the screen is\n{text}")
        elif path.read_text("utf-8") != drawn:
            self._faults.append(f"{name}: {_difference(path.read_text('utf-8'), text)}")

    def judge(self) -> None:
        """Fails with every screen that differs."""
        if self._faults:
            told = "\n\n".join(self._faults)
            raise AssertionError(f"{told}\n\n`make pictures` accepts the screens as they are now")


def _difference(accepted: str, text: str) -> str:
    found = _DESCRIBED.search(accepted)
    before = html.unescape(found.group(1)) if found else ""
    if before == text:
        return f"only colours or styles differ; the screen is\n{text}"
    lines = difflib.unified_diff(
        before.splitlines(), text.splitlines(), "accepted", "now", lineterm="", n=0
    )
    return "\n".join(["the text differs", *lines, "the screen is", text])


def name_of(what: str, size: tuple[int, int]) -> str:
    """Name of a picture."""
    return f"{what}-{size[0]}x{size[1]}"
