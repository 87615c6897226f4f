"""About the console itself: help for what has the focus, diagnostics, mouse, colours."""

from __future__ import annotations

import os
import platform
import sys
from typing import TYPE_CHECKING

from hazard_tui import __version__
from hazard_tui.ui.actions import BY_ID
from hazard_tui.ui.screens.dialogs import ChoiceDialog
from hazard_tui.ui.themes import SHIPPED, TERMINAL

if TYPE_CHECKING:
    from hazard_tui.ui.app import HazardApp


def focus_areas(app: HazardApp) -> tuple[list[str], str]:
    """Areas of the registry around the focus, nearest first, and what the focused thing is."""
    areas: list[str] = []
    about: list[str] = []
    nodes = app.focused.ancestors_with_self if app.focused is not None else [app.screen]
    for node in nodes:
        ids = [*(binding.id for _, binding in node._bindings), *getattr(node, "HANDLES", ())]
        areas += [BY_ID[one].area for one in ids if one in BY_ID and BY_ID[one].area != "app"]
        text = getattr(node, "about", "")
        if text and node is not app:
            about.append(text)
    return list(dict.fromkeys(areas)), "\n".join(about[:2])


async def list_findings(app: HazardApp) -> None:
    """Lists what is wrong with the plan."""
    app.show_findings("findings of the plan", await app.document.findings_now())


def toggle_mouse(app: HazardApp) -> None:
    """Turns the terminal's mouse reports off or on."""
    set_mouse = getattr(app._driver, "set_mouse", None)
    if set_mouse is None:
        app.notify("this terminal has no mouse to turn off", markup=False)
        return
    app.state.mouse = not app.state.mouse
    set_mouse(on=app.state.mouse)
    word = "on" if app.state.mouse else "off: the terminal selects text"
    app.notify(f"mouse {word}", markup=False, timeout=3)


async def choose_theme(app: HazardApp) -> None:
    """Chooses the colours; those of the config folder are offered too."""
    own = [name for name in app.available_themes if app.theme_files.has(name)]
    names = [*(theme.name for theme in SHIPPED), *TERMINAL, *own]
    texts = {"ansi-dark": "the terminal's colours, dark", "ansi-light": "the terminal's, light"}
    options = [(name, texts.get(name, name)) for name in dict.fromkeys(names)]
    chosen = await app.push_screen_wait(ChoiceDialog("colours", options))
    if chosen is not None:
        app.theme = chosen
        app.notify(f"to keep them: theme: {chosen} in the config file", markup=False, timeout=5)


def diagnostics_text(app: HazardApp) -> str:
    """Facts for a report of trouble; no secrets."""
    import textual

    size, meter, tier = app.size, app.meter, app.tier
    lines = [
        f"hazard      {__version__}, textual {textual.__version__}, "
        f"python {platform.python_version()} ({sys.executable})",
        f"terminal    {size.width}x{size.height}, TERM={os.environ.get('TERM', '')}, "
        f"glyphs {app.glyphs.name}, theme {app.theme}, NO_COLOR {_yes(app.no_color)}",
        f"            tmux {_yes('TMUX' in os.environ)}, "
        f"ssh {_yes('SSH_CONNECTION' in os.environ)}, "
        f"mouse {'on' if app.state.mouse else 'off'}",
        f"line        {tier.rate_bytes / 1000:.1f} kB/s, {tier.waiting_bytes} bytes wait, "
        f"tier {tier.tier}{' (fixed)' if tier.manual else ''}",
        f"written     {meter.written_bytes if meter else 0} bytes, waited "
        f"{meter.blocked_s if meter else 0:.1f} s for the terminal",
        f"loop        {app.loop_lag_s * 1000:.0f} ms late",
        f"controller  {app.link.controller_text()}",
        f"plan        {app.document.path or 'no file yet'}, "
        f"{len(app.document.history.edits) - 1} edits in the undo list",
        f"journal     {app.document.journal.path}",
        "",
        "setting          value                                    from",
    ]
    return "\n".join([*lines, *_settings_lines(app)])


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _settings_lines(app: HazardApp) -> list[str]:
    settings = app.settings
    tls = settings.tls
    values = {
        "config": (settings.config_path or "none", ""),
        "runtime_dir": (settings.runtime_dir, None),
        "data_dir": (settings.data_dir, None),
        "secrets": (settings.secrets_path, None),
        "etcd": (", ".join(settings.etcd) or "the lab's", None),
        "workers": (", ".join(settings.static_workers) or "none", None),
        "tls_ca": (tls.ca if tls else "none", None),
        "tls_cert": (tls.cert if tls else "none", None),
        "tls_key": (tls.key if tls else "none", None),
        "idle_exit_s": (f"{settings.idle_exit_s:g}", None),
        "keymap": (
            f"{len(app.keymap_config)} keys changed",
            str(settings.config_path or "default"),
        ),
    }
    lines = []
    for name, (value, origin) in values.items():
        where = settings.origin.get(name, "default") if origin is None else origin
        lines.append(f"{name:16} {value!s:40} {where}")
    return lines
