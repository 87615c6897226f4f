"""Runs the console without a controller; `--crash-on KEY` makes a key raise."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from textual.events import Key

from hazard_tui.settings import load_settings
from hazard_tui.ui.app import HazardApp
from hazard_tui.ui.run_console import run_app


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("plan", nargs="?", type=Path)
    parser.add_argument("--crash-on", default="")
    parser.add_argument("--no-mouse", action="store_true")
    args = parser.parse_args()

    class Crashing(HazardApp):
        """Raises where a bug would."""

        CSS_PATH = str(
            Path(sys.modules[HazardApp.__module__].__file__ or "").parent / "hazard.tcss"
        )

        def on_key(self, event: Key) -> None:
            if event.key == args.crash_on:
                raise RuntimeError("injected by the test")

    app = Crashing(load_settings(), args.plan, offline=True)
    return run_app(app, mouse=not args.no_mouse) or 0


if __name__ == "__main__":
    sys.exit(main())
