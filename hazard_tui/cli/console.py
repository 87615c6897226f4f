"""`hazard` and `hazard open PLAN`: the console."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from hazard_tui.cli import options
from hazard_tui.errors import EXIT_OK, UsageError


def add_verbs(verbs: Any) -> None:
    """Adds `open`."""
    parser = verbs.add_parser("open", help="open the console (also: hazard [PLAN])")
    parser.add_argument("plan", nargs="?", type=Path)
    parser.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal")
    parser.set_defaults(handle=open_command)


def open_command(args: argparse.Namespace) -> int:
    """Opens the console on a plan."""
    return open_console(args, args.plan)


def open_console(
    args: argparse.Namespace, plan: Path | None = None, attach: str | None = None
) -> int:
    """Runs the console until the person leaves it."""
    settings = options.settings_of(args)
    if plan is not None and not plan.exists():
        raise UsageError(f"there is no plan {plan}", hint="`hazard import FILE -o PLAN` makes one")
    if plan is not None and plan.is_dir():
        raise UsageError(f"{plan} is a folder", hint="name a plan file in it")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "the console needs a terminal", hint="`hazard run PLAN --plain` runs a plan without one"
        )
    from hazard_tui.ui.run_console import run_console

    code = run_console(settings, plan, attach=attach, mouse=not getattr(args, "no_mouse", False))
    return code if code is not None else EXIT_OK
