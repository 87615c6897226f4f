"""Exceptions of hazard. Each carries a hint for the person and the exit code of the command line.

- HazardError
  - UsageError          wrong arguments or an option that cannot be met          exit 2
  - PlanError           a plan that cannot be read or run                        exit 2
  - UnreadableInput     an import file whose bytes cannot be read as any format  exit 2
  - RemoteError         controller, worker, etcd or Locust cannot be reached     exit 3
  - SetupError          something this machine lacks                             exit 3
  - Interrupted         stopped by the person                                    exit 130
"""

from __future__ import annotations

from pathlib import Path

EXIT_OK = 0
EXIT_FAILED = 1
"""A check or a threshold failed."""
EXIT_USAGE = 2
EXIT_REMOTE = 3
EXIT_INTERRUPTED = 130


class HazardError(Exception):
    """Something a person can act on: `str(error)` says what happened to which object."""

    exit_code = EXIT_USAGE

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint
        """What to do next; empty when the message says it."""


class UsageError(HazardError):
    """The command line or a setting is wrong."""


class PlanError(HazardError):
    """A plan file cannot be read, or holds errors that prevent a run."""


class UnreadableInput(HazardError):
    """An import file is not readable as any known format."""


class RemoteError(HazardError):
    """Something on the other end of a connection cannot be reached or refused."""

    exit_code = EXIT_REMOTE


class SetupError(HazardError):
    """This machine lacks something hazard needs."""

    exit_code = EXIT_REMOTE


class Interrupted(HazardError):
    """The person stopped the command."""

    exit_code = EXIT_INTERRUPTED


def write_crash_report(folder: Path | None = None) -> str:
    """Writes the traceback of the exception that is being handled to a file; the file's name."""
    import sys
    import tempfile
    import traceback

    from hazard_tui import __version__

    place = folder if folder is not None and folder.is_dir() else None
    with tempfile.NamedTemporaryFile(
        "w", prefix="crash-", suffix=".txt", dir=place, delete=False, encoding="utf-8"
    ) as out:
        out.write(f"hazard {__version__}, python {sys.version}\n")
        traceback.print_exc(file=out)
        return out.name
