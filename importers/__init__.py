"""Foreign files to plans: bytes in, `ImportResult` out.

Importing executes nothing, opens no file that the input names, and never raises on content: every
element of the input is kept, changed or dropped with a reason and a place. Only bytes that are no
known format raise `UnreadableInput`.

`import_input` (in `importers.detect`) chooses the importer; each format is a package with one
function `import_source(source, options) -> ImportResult`.
"""
