"""What the libraries in newman's sandbox give for expressions: live where it is, or as recorded.

Each file of `go_worker/internal/script/testdata/libraries` holds `setup` (a statement before each
expression), `zone` (the time zone of both sides) and `cases` (expression and result as JSON).
`python -m tests.importers.wire.libraries --record` evaluates all of them anew; an expression is
added with an empty result.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.importers.wire.chained import SCHEMA, events, values_file
from tests.importers.wire.newman import LONGEST_S, newman_command
from tests.support.commands import ROOT

RECORDINGS = ROOT / "go_worker" / "internal" / "script" / "testdata" / "libraries"


def recordings() -> list[Path]:
    """The files, in order."""
    return sorted(RECORDINGS.glob("*.json"))


def evaluated_by_newman(command: list[str], recording: dict[str, Any]) -> list[str]:
    """The result of every expression, in order; an error as `throws` and its words."""
    script = (RECORDINGS / "evaluate.js").read_text("utf-8")
    collection = {
        "info": {"name": "expressions", "schema": SCHEMA},
        "item": [{"name": "one", "request": "http://127.0.0.1:1/", "event": events(script)}],
    }
    expressions = [expression for expression, _ in recording["cases"]]
    cases = json.dumps({"setup": recording["setup"], "list": expressions})
    export = ("--export-globals", "after.json")
    with tempfile.TemporaryDirectory(prefix="newman") as name:
        folder = Path(name)
        (folder / "collection.json").write_text(json.dumps(collection), "utf-8")
        globals_file = values_file("globals", {"cases": cases})
        (folder / "globals.json").write_text(json.dumps(globals_file), "utf-8")
        done = subprocess.run(
            [*command, "run", "collection.json", "-g", "globals.json", *export],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": name, "TZ": recording["zone"]},
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            check=False,
        )
        after = {
            one["key"]: one["value"]
            for one in json.loads((folder / "after.json").read_text("utf-8"))["values"]
        }
    if "results" not in after:
        raise RuntimeError(f"newman evaluated nothing: {done.stdout[-500:]}")
    results: list[str] = json.loads(after["results"])
    return results


def main() -> int:
    """Evaluates the expressions of every file, or of those that are named, in newman."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--record", action="store_true", required=True)
    parser.add_argument("names", nargs="*", help="only these libraries")
    names = parser.parse_args().names
    command = newman_command()
    if command is None:
        print("newman is not installed; npm install newman@6 gets it", file=sys.stderr)
        return 2
    for file in recordings():
        if names and file.stem not in names:
            continue
        recording = json.loads(file.read_text("utf-8"))
        results = evaluated_by_newman(command, recording)
        pairs = zip((one[0] for one in recording["cases"]), results, strict=True)
        lines = ",\n".join(
            "  " + json.dumps([expression, result], ensure_ascii=False)
            for expression, result in pairs
        )
        head = json.dumps({"zone": recording["zone"], "setup": recording["setup"]}, indent=1)
        file.write_text(f'{head[:-2]},\n "cases": [\n{lines}\n ]\n}}\n', "utf-8")
        print(f"{file.stem}: {len(results)} expressions")
    return 0


if __name__ == "__main__":
    sys.exit(main())
