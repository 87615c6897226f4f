"""Screenshots of the console for the README: real screens over a real lab, as SVG.

Starts a lab in a folder of its own, runs the sample plan, and writes docs/images/*.svg.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
HAZARD = str(ROOT / ".venv" / "bin" / "hazard")
COLLECTION = ROOT / "samples" / "postman" / "conduit.postman_collection.json"
IMAGES = ROOT / "docs" / "images"
SIZE = (112, 32)
RUN_S = 40
_FONTS = re.compile(r"@font-face\s*\{[^}]*\}")


def hazard(*arguments: str) -> str:
    """Runs the command; what it printed."""
    done = subprocess.run(
        [HAZARD, *arguments], capture_output=True, text=True, timeout=120, check=True
    )
    return done.stdout.strip()


async def take(plan: Path) -> None:
    """Opens the console, starts the plan, and saves the screens."""
    from hazard_tui.settings import load_settings
    from hazard_tui.ui.app import HazardApp
    from hazard_tui.ui.screens.run import RunScreen

    app = HazardApp(load_settings(), plan)

    def save(name: str) -> None:
        # The picture names fonts of this machine only; nothing is fetched when it is shown.
        svg = _FONTS.sub("", app.export_screenshot(title="hazard"))
        (IMAGES / f"{name}.svg").write_text(svg, "utf-8")
        print(f"docs/images/{name}.svg")

    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(3)
        for _ in range(4):
            await pilot.press("down")
        await pilot.pause(1)
        save("plan")
        await pilot.press("f2")
        await pilot.pause(2)
        save("fleet")
        await pilot.press("f5")
        await pilot.pause(1)
        await pilot.press("enter")
        await pilot.pause(RUN_S * 0.6)
        save("run")
        screen = app.screen
        assert isinstance(screen, RunScreen), screen
        screen.show_view("heat")
        await pilot.pause(1)
        save("heat")
        await pilot.press("ctrl+x")
        await pilot.pause(8)
        await pilot.press("f4")
        await pilot.pause(1)
        save("history")


def main() -> None:
    """Takes all screenshots."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="hz-") as folder:
        os.environ.update(HAZARD_RUNTIME_DIR=f"{folder}/r", HAZARD_DATA_DIR=f"{folder}/d")
        os.environ.update(LANG="C.UTF-8", TERM="xterm-256color")
        try:
            hazard("up", "--workers", "2")
            target = hazard("up", "--print-target")
            environment = Path(folder, "lab.env")
            environment.write_text(f"APIURL={target}/api\n")
            plan = Path(folder, "conduit.hazard.yaml")
            hazard("import", str(COLLECTION), "--env", str(environment), "-o", str(plan))
            stage = f"{{kind: arrivals, shape: linear, to: 60, duration_ms: {RUN_S}000}}"
            plan.write_text(f"{plan.read_text()}stages: [{stage}]\n", "utf-8")
            asyncio.run(take(plan))
        finally:
            hazard("down", "--force")


if __name__ == "__main__":
    main()
