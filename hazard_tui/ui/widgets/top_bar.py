"""The line above every screen: modes, plan, environment, workers, run."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rich.text import Text
from textual.widgets import Static


@dataclass(frozen=True, slots=True)
class TopLine:
    """What the line says."""

    mode: str = "plan"
    title: str = ""
    environment: str = ""
    protected: bool = False
    workers: str = ""
    run: str = ""
    run_style: str = ""
    link: str = ""


_MODES = (("F1", "Plan"), ("F2", "Fleet"), ("F3", "Run"), ("F4", "History"))


class TopBar(Static):
    """Draws a `TopLine`; repaints only when it differs from the last."""

    def __init__(self) -> None:
        super().__init__("", markup=False, classes="top-bar")
        self._line: TopLine | None = None
        self._width = 0

    def show(self, line: TopLine) -> None:
        """Shows what `line` says. The run screen has the run's clock on its own line."""
        if line.mode == "run":
            line = replace(line, run="")
        if line != self._line or self._width != self.size.width:
            self._line, self._width = line, self.size.width
            self.update(self._text(line))

    def on_resize(self) -> None:
        if self._line is not None:
            self.show(self._line)

    def _text(self, line: TopLine) -> Text:
        width = max(20, self.size.width)
        wide = width >= 100
        left = Text("hazard ", "bold") if wide else Text()
        for key, name in _MODES:
            chosen = name.lower() == line.mode
            left.append(f" {key} {name} ", "reverse bold" if chosen else "")
        right = Text()
        for part, style in self._parts(line):
            if part:
                right.append(" · " if right.plain else "", "dim")
                right.append(part, style)
        room = width - left.cell_len - 2
        right.truncate(max(0, room), overflow="ellipsis")
        gap = max(1, width - left.cell_len - right.cell_len)
        return Text.assemble(left, " " * gap, right, no_wrap=True, overflow="crop")

    @staticmethod
    def _parts(line: TopLine) -> list[tuple[str, str]]:
        environment = f"{line.environment} PROTECTED" if line.protected else line.environment
        return [
            (line.run, line.run_style),
            (line.title, ""),
            (environment, "bold red" if line.protected else "cyan"),
            (line.workers, "dim"),
            (line.link, "dim"),
        ]
