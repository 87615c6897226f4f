"""The command line: arguments to calls, and errors to one sentence and an exit code.

Every verb imports what it needs inside its function, so that `hazard validate` loads neither
Textual, grpc nor Locust.

Exit codes: 0 fine; 1 a check or threshold failed; 2 usage, plan or import error; 3 a remote part
could not be reached; 130 stopped by the person.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from hazard_tui import __version__
from hazard_tui.errors import (
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    EXIT_OK,
    HazardError,
    write_crash_report,
)

_EPILOG = """\
exit codes: 0 fine - 1 a check or threshold failed - 2 usage, plan or import error -
            3 a remote part could not be reached - 130 stopped by the person

start here: hazard up            etcd, workers and a sample target on this machine
            hazard import FILE   a Postman collection, HAR, curl command
            hazard               the console
"""

VERB_MODULES = {
    "console": ("open",),
    "plans": ("import", "validate", "convert", "schema"),
    "check": ("check",),
    "run": ("run", "attach", "stop", "status"),
    "change": ("change",),
    "capacity": ("find-capacity",),
    "lab": ("up", "down", "serve", "workers", "doctor"),
    "history": ("runs", "show", "compare", "report"),
}
"""Modules of this package with the verbs that they add, in the order of the help."""


def modules_for(arguments: Sequence[str]) -> list[str]:
    """Modules that a command line needs: that of its verb, or all when it names no verb."""
    named = next((word for word in arguments if not word.startswith("-")), "")
    return [name for name, verbs in VERB_MODULES.items() if named in verbs] or list(VERB_MODULES)


def build_parser(modules: Sequence[str] = tuple(VERB_MODULES)) -> argparse.ArgumentParser:
    """The parser of the verbs of some modules; the others are not loaded."""
    parser = argparse.ArgumentParser(
        prog="hazard",
        description="Load test with the requests you already have.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"hazard {__version__}")
    parser.add_argument("--etcd", metavar="ENDPOINTS", help="etcd endpoints, host:port,…")
    parser.add_argument(
        "--worker",
        dest="static_workers",
        action="append",
        metavar="HOST:PORT",
        default=[],
        help="use this worker without etcd (repeatable)",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", title="verbs")
    for name in modules:
        import_module(f"hazard_tui.cli.{name}").add_verbs(verbs)
    return parser


_WITH_VALUE = ("--etcd", "--worker")


def _arguments(argv: Sequence[str]) -> list[str]:
    """Arguments with `open` put before what is no verb but looks like a plan file."""
    arguments = list(argv)
    index = 0
    while index < len(arguments) and arguments[index].startswith("-"):
        index += 2 if arguments[index] in _WITH_VALUE else 1
    if index >= len(arguments):
        return arguments
    first = arguments[index]
    if Path(first).suffix in (".yaml", ".yml", ".json") or os.sep in first or first in (".", ".."):
        arguments.insert(index, "open")
    return arguments


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; its exit code."""
    # Looking for plugins of the model library reads the metadata of every installed package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    _print_whatever_the_terminal_can()
    arguments = _arguments(sys.argv[1:] if argv is None else argv)
    parser = build_parser(modules_for(arguments))
    args = parser.parse_args(arguments)
    if args.verb is None:
        args = parser.parse_args([*arguments, "open"])
    try:
        code: int = args.handle(args)
        sys.stdout.flush()
        return code
    except HazardError as exc:
        _complain(str(exc), exc.hint)
        return exc.exit_code
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of the output went away, as `head` does; nothing more can be said to it.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_OK
    except Exception as exc:  # noqa: BLE001 - the border of the command line: a bug is reported
        _complain(f"a bug: {type(exc).__name__}: {exc}", f"the report is in {write_crash_report()}")
        return EXIT_FAILED


def _print_whatever_the_terminal_can() -> None:
    """Makes text beyond the encoding of an output (`LC_ALL=C`) come as `?`, not as an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _complain(message: str, hint: str) -> None:
    print(f"hazard: {message}", file=sys.stderr)
    if hint:
        print(f"        {hint}", file=sys.stderr)
