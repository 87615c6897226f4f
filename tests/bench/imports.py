"""Import of every real input: elements kept, changed and dropped, findings, and the time."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

from importers.detect import import_input
from importers.findings import Fate, ImportOptions, ImportResult, Source

ROOT = Path(__file__).resolve().parent.parent.parent
REAL = ROOT.parent / "shared" / "real-inputs"


def sources() -> Iterator[tuple[str, Source]]:
    """Every file, and every command of the list of curl commands."""
    for folder, pattern in (("postman", "**/*.json"), ("har", "**/*.har")):
        for path in sorted((REAL / folder).glob(pattern)):
            yield str(path.relative_to(REAL)), Source(path.name, path.read_bytes())
    commands = json.loads((REAL / "curl" / "commands.json").read_text("utf-8"))
    for name, text in commands.items():
        yield f"curl/{name}", Source(name, text.encode("utf-8", "surrogatepass"))


def large_collection() -> Source:
    """Copies of the sample collection, 2.5 MB together."""
    path = ROOT / "samples" / "postman" / "conduit.postman_collection.json"
    one = json.loads(path.read_text("utf-8"))
    copies = 2_500_000 // len(json.dumps(one["item"])) + 1
    items = [{"name": f"copy {number}", "item": one["item"]} for number in range(copies)]
    return Source("large.json", json.dumps({**one, "item": items}).encode())


def imported() -> Iterator[tuple[str, ImportResult, float]]:
    """Each input with its result and the seconds it took."""
    for name, source in sources():
        started = time.perf_counter()
        result = import_input(source, ImportOptions())
        yield name, result, time.perf_counter() - started


def row(name: str, results: list[ImportResult], seconds: float) -> str:
    """One line of the table."""
    counts = [sum(result.total(fate) for result in results) for fate in Fate]
    steps = sum(1 for result in results for step in result.plan.walk() if step.request is not None)
    cells = [steps, *counts, sum(len(result.findings) for result in results)]
    return f"{name:52}" + "".join(f"{cell:9}" for cell in cells) + f"{seconds * 1000:9.1f}"


def main() -> None:
    """Prints the table; curl commands are one line together."""
    if not REAL.exists():
        print("../shared/real-inputs is missing: skipped")
        return
    heads = ("requests", "kept", "changed", "dropped", "findings", "ms")
    print(f"{'input':52}" + "".join(f"{head:>9}" for head in heads))
    curl: list[ImportResult] = []
    curl_s = 0.0
    for name, result, seconds in imported():
        if name.startswith("curl/"):
            curl.append(result)
            curl_s += seconds
        else:
            print(row(name, [result], seconds))
    large = large_collection()
    started = time.perf_counter()
    result = import_input(large, ImportOptions())
    name = f"a collection of {len(large.data) / 1e6:.1f} MB"
    print(row(name, [result], time.perf_counter() - started))
    print(row(f"curl/commands.json ({len(curl)} commands)", curl, curl_s))
