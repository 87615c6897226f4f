"""Themes: three of our own, the terminal's palette, and a person's own from the config folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from textual.color import Color, ColorParseError
from textual.theme import Theme

from hazard_tui.errors import PlanError
from hazard_tui.plan import yaml_text
from hazard_tui.settings import Settings

LEAST_CONTRAST = 4.5
"""Contrast of text on its background that people with weak eyes need."""

DARK = Theme(
    name="hazard-dark",
    primary="#7aa2f7",
    secondary="#7dcfff",
    accent="#e0af68",
    warning="#e0af68",
    error="#ff7a93",
    success="#9ece6a",
    foreground="#d5d9e5",
    background="#16171d",
    surface="#1d1f27",
    panel="#2a2d39",
)
LIGHT = Theme(
    name="hazard-light",
    primary="#1f4fa3",
    secondary="#0b5d75",
    accent="#7a4a00",
    warning="#7a4a00",
    error="#a11230",
    success="#22610f",
    foreground="#1b1c22",
    background="#f7f7f5",
    surface="#eeeeea",
    panel="#dfdfda",
    dark=False,
)
CONTRAST = Theme(
    name="hazard-contrast",
    primary="#66b3ff",
    secondary="#66ffff",
    accent="#ffd000",
    warning="#ffd000",
    error="#ff8080",
    success="#66ff66",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#262626",
)
SHIPPED = (DARK, LIGHT, CONTRAST)
TERMINAL = ("ansi-dark", "ansi-light")
"""Textual's themes that use the terminal's own 16 colours."""

_TEXTS = ("foreground", "primary", "secondary", "accent", "warning", "error", "success")
_GROUNDS = ("background", "surface", "panel")


def default_theme(environ: Mapping[str, str] | None = None) -> str:
    """The theme when none is configured: the terminal's palette over SSH, which costs less."""
    environ = os.environ if environ is None else environ
    return "ansi-dark" if environ.get("SSH_CONNECTION") else DARK.name


def contrast(text: str, ground: str) -> float:
    """Contrast of two colours as WCAG 2 defines it, 1 to 21."""
    first, second = sorted((_luminance(text), _luminance(ground)), reverse=True)
    return (first + 0.05) / (second + 0.05)


def _luminance(name: str) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return float(share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4)

    color = Color.parse(name)
    return 0.2126 * linear(color.r) + 0.7152 * linear(color.g) + 0.0722 * linear(color.b)


def contrast_faults(theme: Theme) -> list[str]:
    """Pairs of a theme's colours that are hard to read, one sentence each."""
    if theme.ansi:
        return []
    colours = theme.to_color_system().generate()
    faults = []
    for ground in _GROUNDS:
        for text in _TEXTS:
            value = contrast(colours[text], colours[ground])
            if value < LEAST_CONTRAST:
                faults.append(f"theme {theme.name}: {text} on {ground} has contrast {value:.1f}")
    return faults


def theme_folder(settings: Settings) -> Path:
    """Where a person's own themes lie, one YAML file each."""
    if settings.config_path is not None:
        return settings.config_path.parent / "themes"
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "hazard" / "themes"


def read_theme(path: Path) -> Theme:
    """A theme from a YAML file with the fields of `Theme`; the name is the file's.

    Raises `PlanError` that says what is wrong with it.
    """
    try:
        value = yaml_text.parse(path.read_text("utf-8")).value
    except (OSError, UnicodeDecodeError, PlanError) as exc:
        raise PlanError(f"the theme {path} cannot be read: {exc}") from exc
    known = {one.name for one in fields(Theme)} - {"name", "variables"}
    if not isinstance(value, dict) or "primary" not in value:
        raise PlanError(f"the theme {path} holds no `primary` colour")
    unknown = sorted(set(map(str, value)) - known)
    if unknown:
        raise PlanError(f"the theme {path} holds unknown names: {', '.join(unknown)}")
    try:
        return _theme(path.stem, value)
    except (ColorParseError, ValueError, TypeError) as exc:
        raise PlanError(f"the theme {path} holds no colour: {exc}") from exc


def _theme(name: str, value: dict[str, Any]) -> Theme:
    options: dict[str, Any] = {}
    for key, inner in value.items():
        if key in ("dark", "ansi"):
            options[key] = str(inner).lower() in ("true", "yes", "1")
        elif key in ("luminosity_spread", "text_alpha"):
            options[key] = float(inner)
        else:
            Color.parse(str(inner))
            options[key] = str(inner)
    return Theme(name=name, **options)


class ThemeFiles:
    """A person's own themes; told once a second to look whether one was changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamps: dict[Path, int] = {}

    def has(self, name: str) -> bool:
        """True when a file of the folder holds this theme."""
        return any(path.stem == name for path in self._stamps)

    def changed(self) -> tuple[list[Theme], list[str]]:
        """Themes that are new or changed since the last call, and what is wrong with others."""
        themes: list[Theme] = []
        faults: list[str] = []
        for path in sorted(self._folder.glob("*.yaml")):
            try:
                stamp = path.stat().st_mtime_ns
            except OSError:
                continue
            if self._stamps.get(path) == stamp:
                continue
            self._stamps[path] = stamp
            try:
                theme = read_theme(path)
            except PlanError as exc:
                faults.append(str(exc))
                continue
            themes.append(theme)
            faults += contrast_faults(theme)[:3]
        return themes, faults
