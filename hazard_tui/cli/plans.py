"""`hazard import`, `validate`, `convert`, `schema`: plans without a network."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hazard_tui.errors import EXIT_OK, EXIT_USAGE, UsageError

if TYPE_CHECKING:
    from hazard_tui.plan.findings import Finding
    from importers.findings import ImportOptions, ImportResult, Source
    from importers.reimport import Merged

FORMATS = ("auto", "postman", "har", "curl", "http", "fetch", "powershell", "locust-hazard")
EXPORTS = ("curl", "har", "postman", "k6")
LARGEST_IMPORT_BYTES = 512 * 1024 * 1024
"""Of one input that is read as a whole."""


def add_verbs(verbs: Any) -> None:
    """Adds the verbs of this module."""
    _add_import(verbs)
    validate = verbs.add_parser("validate", help="check a plan without running it")
    validate.add_argument("plan", type=Path)
    validate.add_argument("--json", action="store_true", help="findings as JSON lines")
    validate.set_defaults(handle=validate_command)
    convert = verbs.add_parser("convert", help="write a plan in another tool's format")
    convert.add_argument("plan", type=Path)
    convert.add_argument("--to", choices=EXPORTS, required=True)
    convert.add_argument("-o", "--output", type=Path, help="file to write; default: the terminal")
    convert.set_defaults(handle=convert_command)
    schema = verbs.add_parser("schema", help="print the JSON Schema of plan files")
    schema.set_defaults(handle=schema_command)


def _add_import(verbs: Any) -> None:
    parser = verbs.add_parser(
        "import",
        help="make a plan of Postman collections, HAR files, curl commands",
        description="Makes a plan. Nothing in the input is executed and no file that it names is "
        "opened. Several files become tasks of one plan. '-' reads standard input.",
    )
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="PLAN", help="plan file; default: NAME.hazard.yaml"
    )
    parser.add_argument("--format", choices=FORMATS, default="auto")
    parser.add_argument("--env", action="append", default=[], metavar="FILE")
    parser.add_argument("--globals", action="append", default=[], metavar="FILE")
    parser.add_argument("--data", action="append", default=[], metavar="FILE")
    parser.add_argument("--host", action="append", default=[], help="HAR: keep only this host")
    parser.add_argument("--static", action="store_true", help="HAR: keep images, fonts, styles")
    parser.add_argument(
        "--pair",
        action="store_true",
        help="two HAR files of one session: what differs tells which values change, and who made "
        "them",
    )
    parser.add_argument("--report", choices=("table", "json"), default="table")
    parser.add_argument("--strict", action="store_true", help="exit 2 when anything was lost")
    parser.add_argument(
        "--overwrite",
        "--force",
        action="store_true",
        help="replace an existing plan; else the import is merged into it and edits are kept",
    )
    parser.set_defaults(handle=import_command)


def read_source(name: str, *, stream: bool = False) -> Source:
    """The bytes of a file or of standard input. Raises `UsageError` naming the file."""
    from importers.findings import Source

    path = Path(name)
    try:
        if name == "-":
            name = "standard input"
            data = sys.stdin.buffer.read(LARGEST_IMPORT_BYTES + 1)
        elif stream and path.suffix.lower() == ".har":
            path.open("rb").close()
            return Source(name, b"", str(path))
        else:
            # A pipe or device has no size that could be asked for.
            with path.open("rb") as file:
                data = file.read(LARGEST_IMPORT_BYTES + 1)
    except OSError as exc:
        hint = "name a file in it" if path.is_dir() else ""
        raise UsageError(f"{name} cannot be read: {exc.strerror}", hint=hint) from exc
    if len(data) > LARGEST_IMPORT_BYTES:
        raise UsageError(
            f"{name} has more than {LARGEST_IMPORT_BYTES} bytes",
            hint="split it, or give a HAR as a file that ends in .har: it is read as a stream",
        )
    return Source(name, data)


def _import_options(args: argparse.Namespace) -> ImportOptions:
    from importers.findings import ImportOptions

    return ImportOptions(
        environments=tuple(map(read_source, args.env)),
        globals=tuple(map(read_source, args.globals)),
        data_feeds=tuple(map(read_source, args.data)),
        hosts=tuple(args.host),
        include_static=args.static,
        progress=_progress() if sys.stderr.isatty() else None,
    )


def import_command(args: argparse.Namespace) -> int:
    """Imports files into one plan and prints the account of every element."""
    import gc

    # Among the values of a plan are no cycles; looking for them, also at the end of the
    # interpreter, takes a tenth of the time.
    was_on = gc.isenabled()
    gc.disable()
    try:
        return _import(args)
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


def _import(args: argparse.Namespace) -> int:
    import gc

    from hazard_tui.cli.reimport import print_merge, write_import
    from hazard_tui.plan.findings import FindingSeverity
    from hazard_tui.plan.store import SUFFIX
    from importers.config_files import options_of
    from importers.detect import import_input, import_pair
    from importers.findings import Fate
    from importers.merge import merge_results

    options = _import_options(args)
    sources = [read_source(name, stream=True) for name in args.files]
    if any(source.path for source in sources):
        gc.enable()  # a recording larger than the memory is read as a stream
    if args.pair:
        results = [import_pair(sources, options)]
    else:
        results = [
            import_input(source, options_of(source, options), args.format) for source in sources
        ]
    _refuse_unused(args, results)
    result = merge_results(results)
    output = args.output or Path(f"{_stem(args.files[0])}{SUFFIX}")
    runnable = bool(result.plan.tasks or result.plan.setup)
    merged = None
    if runnable:
        if not output.exists():
            result = _with_free_secrets(args, result)
        result, merged = write_import(args, result, output)
        result = _save_secrets(args, result, keep_known=merged is not None)
    if args.report == "json":
        place = str(output) if runnable else ""
        print(json.dumps(report_value(result, place, merged), indent=1))
    else:
        _print_report(result)
    if not runnable:
        raise UsageError(
            f"nothing in {', '.join(args.files)} could be imported", hint="see the findings above"
        )
    if args.report == "table":
        if merged is not None:
            print_merge(merged, output)
        print(f"wrote {output}    next: hazard check {output}    hazard {output}")
    dropped = result.total(Fate.DROPPED)
    warnings = sum(one.severity is not FindingSeverity.INFO for one in result.findings)
    if not args.strict or not (dropped or warnings):
        return EXIT_OK
    told = f"--strict: {dropped} elements were dropped, {warnings} findings are no mere information"
    print(f"hazard: {told}", file=sys.stderr)
    return EXIT_USAGE


def _refuse_unused(args: argparse.Namespace, results: list[ImportResult]) -> None:
    """Files of variables belong to collections; without one they would be ignored in silence."""
    given = [name for name in ("env", "globals", "data") if getattr(args, name)]
    if given and all(result.format != "postman" for result in results):
        raise UsageError(
            f"--{given[0]} belongs to a Postman collection, and {', '.join(args.files)} is none",
            hint=f"leave --{given[0]} out, or name the collection too",
        )


def _with_free_secrets(args: argparse.Namespace, result: ImportResult) -> ImportResult:
    """The result whose secrets overwrite none that another plan refers to."""
    if not result.secrets:
        return result
    from hazard_tui.cli.options import settings_of
    from hazard_tui.plan.secrets import read_secrets
    from importers.renaming import with_free_keys

    return with_free_keys(result, read_secrets(settings_of(args).secrets_path))


def _save_secrets(
    args: argparse.Namespace, result: ImportResult, *, keep_known: bool
) -> ImportResult:
    if not result.secrets:
        return result
    from hazard_tui.cli.options import settings_of
    from hazard_tui.plan.secrets import add_secrets, read_secrets
    from importers.reimport import keep_known_secrets

    path = settings_of(args).secrets_path
    if keep_known:
        result = keep_known_secrets(result, read_secrets(path))
    added = add_secrets(path, result.secrets)
    if result.secrets:
        told = f"{added} secret values went to {path} (mode 0600); the plan refers to them by name"
        print(told, file=sys.stderr)
    return result


def _stem(name: str) -> str:
    return "imported" if name == "-" else Path(name).name.split(".")[0] or "imported"


def _progress() -> Any:
    last = [-1]

    def show(done: int, whole: int) -> None:
        percent = done * 100 // whole if whole else 0
        if percent != last[0]:
            last[0] = percent
            end = "\n" if percent >= 100 else ""
            print(f"\rreading {percent:3d} %", end=end, file=sys.stderr, flush=True)

    return show


def report_value(result: ImportResult, output: str, merged: Merged | None = None) -> dict[str, Any]:
    """The import report as plain values; the schema is in docs/json.md."""
    from hazard_tui.cli.reimport import change_value
    from importers.findings import Fate

    return {
        "type": "import",
        "plan": output,
        "format": result.format,
        "counts": {kind: dict(counter) for kind, counter in sorted(result.counts().items())},
        "kept": result.total(Fate.KEPT),
        "changed": result.total(Fate.CHANGED),
        "dropped": result.total(Fate.DROPPED),
        "findings": [finding_value(finding) for finding in result.findings],
        "elements": [
            {
                "where": record.pointer,
                "kind": record.kind,
                "fate": record.fate.value,
                "name": record.name,
                "reason": record.reason,
            }
            for record in result.records
        ],
        "merge": [change_value(change) for change in merged.changes] if merged else [],
    }


def finding_value(finding: Finding) -> dict[str, str]:
    """A finding as plain values."""
    return {
        "severity": finding.severity.value,
        "code": finding.code,
        "where": finding.where,
        "what": finding.what,
        "why": finding.why,
        "fix": finding.fix,
    }


def _print_report(result: ImportResult) -> None:
    from importers.findings import Fate

    print(f"{'element':14} {'kept':>7} {'changed':>8} {'dropped':>8}")
    for kind, counter in sorted(result.counts().items()):
        cells = [counter[fate.value] for fate in Fate]
        print(f"{kind:14} {cells[0]:7} {cells[1]:8} {cells[2]:8}")
    totals = [result.total(fate) for fate in Fate]
    print(f"{'all':14} {totals[0]:7} {totals[1]:8} {totals[2]:8}")
    for finding in result.findings:
        print(finding)


def validate_command(args: argparse.Namespace) -> int:
    """Prints the findings of a plan; exit 2 when one is an error."""
    import gc

    # Editors run this on every save: loading the model makes no garbage, looking for it costs 5 ms.
    gc.disable()
    from hazard_tui.plan.findings import has_errors
    from hazard_tui.plan.store import read_plan
    from hazard_tui.plan.validate import validate_plan

    read = read_plan(args.plan)
    findings = list(read.findings)
    if read.plan is not None:
        findings += validate_plan(read.plan)
    for finding in findings:
        print(json.dumps(finding_value(finding)) if args.json else finding)
    if has_errors(findings):
        return EXIT_USAGE
    if not args.json and read.plan is not None:
        steps = sum(1 for _ in read.plan.walk())
        print(f"{args.plan} is valid: {len(read.plan.tasks)} tasks, {steps} steps")
    return EXIT_OK


def convert_command(args: argparse.Namespace) -> int:
    """Writes a plan as curl commands, HAR, Postman collection or k6 script."""
    from hazard_tui.export import export_plan
    from hazard_tui.plan.store import load_plan, write_atomically

    text, findings = export_plan(load_plan(args.plan), args.to)
    if args.output:
        write_atomically(args.output, text)
    else:
        sys.stdout.write(text)
    for finding in findings:
        print(finding, file=sys.stderr)
    return EXIT_OK


def schema_command(args: argparse.Namespace) -> int:
    """Prints the JSON Schema of plan files."""
    from hazard_tui.plan.store import json_schema

    sys.stdout.write(json_schema())
    return EXIT_OK
