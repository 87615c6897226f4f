"""Files of options that a curl command names with `-K`: only those beside the command are read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from importers.findings import ImportOptions, Source

LARGEST_CONFIG_BYTES = 1024 * 1024


def options_of(source: Source, options: ImportOptions) -> ImportOptions:
    """The options with leave to read what lies in the folder of a source, or below it.

    A source that is no file, as a pasted text, gets no such leave.
    """
    path = Path(source.name)
    if not path.is_file():
        return options
    root = path.resolve().parent

    def read(name: str) -> str | None:
        try:
            file = (root / name).resolve()
            if not file.is_relative_to(root) or not file.is_file():
                return None
            with file.open("rb") as opened:
                data = opened.read(LARGEST_CONFIG_BYTES + 1)
        except (OSError, ValueError):
            return None
        return (
            data.decode("utf-8", "surrogateescape") if len(data) <= LARGEST_CONFIG_BYTES else None
        )

    return replace(options, read_config=read)
