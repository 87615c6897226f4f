"""Starting the console in a terminal: quiet libraries, the keymap of the config, the way out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hazard_tui.settings import Settings

if TYPE_CHECKING:
    from hazard_tui.ui.app import HazardApp


def run_console(
    settings: Settings, plan: Path | None, *, attach: str | None = None, mouse: bool = True
) -> int | None:
    """Runs the console until the person leaves it; its exit code."""
    prepare_environment()
    from hazard_tui.ui.app import HazardApp

    config = _config(settings)
    app = HazardApp(
        settings, plan, keymap=_keymap(config), attach=attach, theme=str(config.get("theme") or "")
    )
    return run_app(app, mouse=mouse)


def prepare_environment() -> None:
    """Sets what libraries read when they are imported."""
    # The terminal is painted on; gRPC's own messages would land in the picture.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")


def run_app(app: HazardApp, *, mouse: bool = True) -> int | None:
    """Runs a console on the terminal; 1 after a bug, whose report is named on the terminal."""
    app.state.mouse = mouse
    result = app.run(mouse=mouse)
    return app.return_code if result is None else result


def _config(settings: Settings) -> dict[str, Any]:
    if settings.config_path is None:
        return {}
    from hazard_tui.plan import yaml_text

    value = yaml_text.parse(settings.config_path.read_text("utf-8")).value
    return value if isinstance(value, dict) else {}


def _keymap(config: dict[str, Any]) -> dict[str, str]:
    keymap = config.get("keymap")
    if not isinstance(keymap, dict):
        return {}
    return {str(key): "" if text is None else str(text) for key, text in keymap.items()}
