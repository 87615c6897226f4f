"""Runs the console on a run whose seconds are made here, at a wanted pace and number of steps.

`--as-textual` writes as Textual does by itself: the control of what the painter is good for.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from hazard_tui.settings import load_settings
from hazard_tui.ui.app import HazardApp
from hazard_tui.ui.run_console import prepare_environment, run_app
from tests.ui.recorded import record, second, view_of

BEFORE = 70
"""Seconds that have passed when the console opens."""


class Watching(HazardApp):
    """Shows the run; every second has new numbers in every row and chart."""

    CSS_PATH = str(Path(sys.modules[HazardApp.__module__].__file__ or "").parent / "hazard.tcss")

    def __init__(self, steps: int, hertz: float) -> None:
        super().__init__(load_settings(), None, offline=True)
        self._steps, self._pause_s, self._second = steps, 1 / hertz, BEFORE
        made = record(steps)
        self.state.run = view_of(made, [self._frame(n) for n in range(BEFORE)])
        self.state.run.caught_up = True

    def _frame(self, n: int) -> object:
        took = [2000 + 1300 * (k % 23) + 97 * (n * (k + 3) % 53) for k in range(self._steps)]
        return second(n, took, failed=n % 3, count=10 + n % 7)

    def on_mount(self) -> None:
        super().on_mount()
        self.switch_mode("run")
        self.perform(self._go_on())

    async def _go_on(self) -> None:
        run = self.state.run
        assert run is not None
        while True:
            await asyncio.sleep(self._pause_s)
            run.take_frame(self._frame(self._second))
            self._second += 1
            self.run_changed(run, "replay" if self._pause_s < 1 else "frame")


class Unpainted(Watching):
    """Without the painter."""

    @property
    def line(self) -> None:
        """No terminal that the painter knows."""
        return


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--hz", type=float, default=1.0)
    parser.add_argument("--as-textual", action="store_true")
    args = parser.parse_args()
    prepare_environment()
    kind = Unpainted if args.as_textual else Watching
    return run_app(kind(args.steps, args.hz)) or 0


if __name__ == "__main__":
    sys.exit(main())
