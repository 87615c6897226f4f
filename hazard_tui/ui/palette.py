"""The command palette: every action of the registry by its name."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from hazard_tui.ui.actions import ACTIONS, AREAS, Action, key_text

if TYPE_CHECKING:
    from hazard_tui.ui.app import HazardApp


class ActionProvider(Provider):
    """Offers all actions; choosing one goes to its screen and does it."""

    @property
    def _console(self) -> HazardApp:
        return cast("HazardApp", self.app)

    @staticmethod
    def title(action: Action) -> str:
        """Line of the palette."""
        return f"{AREAS[action.area]}: {action.label}  ({key_text(action)})"

    async def discover(self) -> Hits:
        for action in ACTIONS:
            command = partial(self._console.run_registered, action)
            yield DiscoveryHit(self.title(action), command, help=action.help)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for action in ACTIONS:
            score = matcher.match(f"{self.title(action)} {action.help}")
            if score > 0:
                command = partial(self._console.run_registered, action)
                yield Hit(score, matcher.highlight(self.title(action)), command, help=action.help)


def help_text(focused_areas: list[str], keymap: dict[str, str]) -> str:
    """The help: actions of what has the focus first, then everything else."""
    first = [area for area in focused_areas if area in AREAS]
    order = list(dict.fromkeys([*first, *AREAS]))
    lines: list[str] = []
    for area in order:
        mark = "  (here)" if area in first else ""
        lines += ["", f"{AREAS[area]}{mark}"]
        lines += [
            f"  {key_text(action, keymap):14} {action.label:12} {action.help}"
            for action in ACTIONS
            if action.area == area
        ]
    return "\n".join(lines).strip("\n")
