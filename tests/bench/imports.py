"""Import of every real input: elements kept, changed and dropped, findings, and the time; and what
whole commands cost, the start of Python included."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from importers.detect import import_input
from importers.findings import Fate, ImportOptions, ImportResult, Source

TURNS = 5
HAR_BYTES = 200_000_000
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
    print_commands()


def large_recording(path: Path) -> None:
    """Writes a HAR of 200 MB, most of it answers."""
    answer = {"size": 20_000, "mimeType": "text/html", "text": "<p>some text</p>" * 1250}
    path.write_text(
        '{"log": {"version": "1.2", "creator": {"name": "bench"}, "entries": ['
        + ",".join(_entry(number, answer) for number in range(HAR_BYTES // 20_500))
        + "]}}"
    )


def _entry(number: int, answer: dict[str, object]) -> str:
    url = f"http://127.0.0.1/pages/{number}?token={number:x}"
    request = {"method": "GET", "url": url, "headers": [{"name": "Accept", "value": "*/*"}]}
    started = f"2026-01-01T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}.000Z"
    response = {"status": 200, "headers": [], "content": answer}
    return json.dumps(
        {"startedDateTime": started, "time": 5, "request": request, "response": response}
    )


def print_commands() -> None:
    """Processor time and time on the clock of `hazard import` and `hazard validate`."""
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        (at / "large.json").write_bytes(large_collection().data)
        paste = "\n".join(f"curl http://127.0.0.1/a/{n} -H 'A: b' -d a={n}" for n in range(100))
        (at / "paste.txt").write_text(paste)
        large_recording(at / "large.har")
        sample = ROOT / "samples" / "postman" / "conduit.postman_collection.json"
        print(f"\n{'whole command':44}{'CPU s':>10}{'of':>3} turns{'clock s':>10}")
        for name, words in (
            ("import, collection of 2.5 MB", ["import", "large.json"]),
            ("import, paste of 100 curl commands", ["import", "paste.txt"]),
            ("import, HAR of 200 MB", ["import", "large.har"]),
            ("import, sample collection", ["import", str(sample), "-o", "sample.yaml"]),
            ("validate, sample collection", ["validate", "sample.yaml"]),
        ):
            words = [*words, "--overwrite"] if words[0] == "import" else words
            cpu, clock = zip(*(command_cost(words, at) for _ in range(TURNS)), strict=True)
            cells = statistics.median(cpu), TURNS, statistics.median(clock)
            print(f"{name:44}{cells[0]:10.2f}{cells[1]:3} turns{cells[2]:10.2f}")


def command_cost(words: list[str], folder: Path) -> tuple[float, float]:
    """Seconds of processor and of the clock of one command."""
    environment = {**os.environ, "HAZARD_DATA_DIR": str(folder), "HAZARD_RUNTIME_DIR": str(folder)}
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [str(Path(sys.executable).with_name("hazard")), *words]
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    clock, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, clock
