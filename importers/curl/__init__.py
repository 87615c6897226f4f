"""curl commands as people paste them: Bash, cmd.exe or PowerShell, one or many.

Nothing is executed and no file is opened. A command that curl refuses gives an error finding and no
step; what the options of the others ask for is kept exactly as curl puts it on the wire.
"""

from __future__ import annotations

import codecs

from hazard_tui.errors import UnreadableInput
from importers.curl.convert import Converter
from importers.curl.dialect import Dialect, detect_dialect, read_commands
from importers.curl.marks import Marks
from importers.curl.words import Positions, Reading
from importers.findings import ImportOptions, ImportResult, Ledger, Source
from importers.text import encoding_of

__all__ = ["Dialect", "detect_dialect", "import_source"]


def import_source(
    source: Source, options: ImportOptions, dialect: Dialect | None = None
) -> ImportResult:
    """A plan with one task, whose steps are the requests of all commands in order.

    `dialect` None: found out from the text. Raises UnreadableInput when there is no curl command.
    """
    text = decode_text(source.data)
    if "curl" not in text.lower():
        raise UnreadableInput(
            f"{source.name}: there is no curl command in it",
            hint="paste the whole command, from the word curl on",
        )
    ledger = Ledger(source)
    marks = Marks(text)
    guarded = marks.guard(text)
    reading = Reading(Positions(guarded), ledger)
    chosen = dialect or detect_dialect(text)
    read_commands(guarded, chosen, reading, marks)
    converter = Converter(source, options, ledger, marks)
    for command in reading.commands:
        converter.add(command)
    return converter.result(chosen)


def decode_text(data: bytes) -> str:
    """Text of a paste: UTF-16 or UTF-32 where the first bytes show it, else UTF-8 in which other
    bytes stay as surrogates. Line ends become `\\n`."""
    encoding = encoding_of(data)
    if not encoding.startswith("utf-8"):
        text = data.decode(encoding, "replace").removeprefix("\ufeff")
    else:
        text = data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogateescape")
    return text.replace("\r\n", "\n")
