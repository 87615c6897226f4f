"""Starting the console in a terminal: quiet libraries, the keymap of the config, the way out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from hazard_tui.settings import Settings


def run_console(
    settings: Settings, plan: Path | None, *, attach: str | None = None, mouse: bool = True
) -> int | None:
    """Runs the console until the person leaves it; its exit code."""
    # The terminal is painted on; gRPC's own messages would land in the picture.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    from hazard_tui.ui.app import HazardApp

    config = _config(settings)
    app = HazardApp(
        settings, plan, keymap=_keymap(config), attach=attach, theme=str(config.get("theme") or "")
    )
    app.state.mouse = mouse
    return app.run(mouse=mouse)


def _config(settings: Settings) -> dict[str, Any]:
    if settings.config_path is None:
        return {}
    from hazard_tui.plan import yaml_text

    value = yaml_text.parse(settings.config_path.read_text("utf-8")).value
    return value if isinstance(value, dict) else {}


def _keymap(config: dict[str, Any]) -> dict[str, str]:
    keymap = config.get("keymap")
    return {str(key): str(text) for key, text in keymap.items()} if isinstance(keymap, dict) else {}
