"""What newman sends for a collection and how it judges: live where it is installed, or as recorded.

`npm install newman@6` puts it into `node_modules` of this project; `newman` on PATH and the path in
the variable NEWMAN serve as well. `python -m tests.importers.wire.newman --record` writes the
recordings in `tests/importers/wire/newman/` anew.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.importers.wire.chained import Chained, content_of
from tests.support.capture import Capture, Captured
from tests.support.commands import ROOT

RECORDINGS = Path(__file__).parent / "newman"
LONGEST_S = 60
_OF_THE_CLIENT = frozenset(
    [
        "user-agent",
        "accept",
        "accept-encoding",
        "connection",
        "postman-token",
        "cache-control",
        "content-length",
        "host",
    ]
)


@dataclass(slots=True)
class Behaviour:
    """What was sent, and every verdict: newman's or ours."""

    requests: list[Captured] = field(default_factory=list)
    tests: list[tuple[str, bool]] = field(default_factory=list)
    broken_scripts: list[str] = field(default_factory=list)
    """Names of requests with a script that threw outside of a test."""
    unresolved: set[str] = field(default_factory=set)
    """Names that were sent with their braces, as the engine tells."""


def newman_command() -> list[str] | None:
    """How newman is started; None when it is not there."""
    if shutil.which("node") is None:
        return None
    named = os.environ.get("NEWMAN", "")
    for place in (named, str(ROOT / "node_modules" / ".bin" / "newman")):
        if place and Path(place).is_file():
            return ["node", place] if place.endswith(".js") else [place]
    found = shutil.which("newman")
    return [found] if found else None


def behaviour_of_newman(command: list[str], case: Chained, capture: Capture) -> Behaviour:
    """One run of newman against the capture server."""
    with tempfile.TemporaryDirectory(prefix="newman") as name:
        folder = Path(name)
        arguments = [
            "run",
            "collection.json",
            "-r",
            "json",
            "--reporter-json-export",
            "report.json",
        ]
        address = f"http://127.0.0.1:{capture.port}"
        for flag, file, content in case.files(case.base or address):
            (folder / file).write_bytes(content_of(content))
            arguments += [flag, file] if flag else []
        environ = {"PATH": os.environ["PATH"], "HOME": name}
        if case.base:
            environ["HTTP_PROXY"] = address
        done = subprocess.run(
            [*command, *arguments],
            cwd=folder,
            env=environ,
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            check=False,
        )
        report = folder / "report.json"
        if not report.is_file():
            raise RuntimeError(f"newman made no report: {done.stdout[-500:]} {done.stderr[-500:]}")
        run = json.loads(report.read_text("utf-8"))["run"]
    return Behaviour(capture.taken(), *_judgements(run))


def _judgements(run: dict[str, Any]) -> tuple[list[tuple[str, bool]], list[str]]:
    # A script that sends requests makes an execution of each, all with the same list of tests.
    executions = {one["cursor"]["ref"]: one for one in run["executions"]}
    tests = [
        (one["assertion"], "error" not in one)
        for execution in executions.values()
        for one in execution.get("assertions") or []
        if not one.get("skipped")
    ]
    if len(tests) != run["stats"]["assertions"]["total"] - _skipped(executions.values()):
        raise RuntimeError(
            f"newman counted {run['stats']['assertions']}, its report has {len(tests)}"
        )
    broken = [
        failure["source"]["name"]
        for failure in run["failures"]
        if failure["at"].startswith(("test-script", "prerequest-script"))
    ]
    return tests, broken


def _skipped(executions: Iterable[dict[str, Any]]) -> int:
    return sum(
        bool(one.get("skipped"))
        for execution in executions
        for one in execution.get("assertions") or []
    )


def comparable(request: Captured, case: Chained, port: int) -> dict[str, Any]:
    """A request without what differs from run to run and what only the client knows."""

    def plain(text: str) -> str:
        text = re.sub(rf"127\.0\.0\.1(:|%3A){port}\b", "HOST", text)
        for pattern in case.random:
            text = re.sub(pattern, "<*>", text)
        return text

    # Over a proxy the target is the whole address.
    target = re.sub(r"^http://[^/]*", "", request.target)
    kinds = [value for name, value in request.headers if name.lower() == "content-type"]
    found = re.search(r'boundary="?([^";]+)', kinds[0]) if kinds else None
    boundary = found.group(1) if found else "\0"
    return {
        "method": request.method,
        "target": plain(target),
        "headers": sorted(
            [name.lower(), plain(value.replace(boundary, "BOUNDARY"))]
            for name, value in request.headers
            if name.lower() not in _OF_THE_CLIENT
        ),
        "body": plain(request.body.decode("latin-1").replace(boundary, "BOUNDARY")),
    }


def unsigned(value: Any, case: Chained) -> Any:
    """A recording without the signatures that differ from run to run."""
    if isinstance(value, str):
        for pattern in case.signed:
            value = re.sub(pattern, "", value)
        return value
    if isinstance(value, list):
        return [unsigned(one, case) for one in value]
    if isinstance(value, dict):
        return {key: unsigned(one, case) for key, one in value.items()}
    return value


def as_recorded(behaviour: Behaviour, case: Chained, port: int) -> dict[str, Any]:
    """A behaviour as it stands in a recording."""
    return {
        "requests": [comparable(one, case, port) for one in behaviour.requests],
        "tests": [list(one) for one in behaviour.tests],
        "broken scripts": behaviour.broken_scripts,
    }


def recording_of(case: Chained) -> dict[str, Any]:
    """The committed recording of newman."""
    value: dict[str, Any] = json.loads((RECORDINGS / f"{case.name}.json").read_text("utf-8"))
    return value


def record_scopes(command: list[str]) -> None:
    """Records the table of scopes and places, which is one file."""
    from tests.importers.wire.scope_table import CELLS, RECORDING, sent

    table = {}
    for name, case in CELLS.items():
        with case.server() as capture:
            requests = behaviour_of_newman(command, case, capture).requests
        table[name] = [sent(one, case) for one in requests]
    text = json.dumps(table, indent=1, ensure_ascii=False)
    (RECORDINGS / f"{RECORDING}.json").write_text(text + "\n", "utf-8")
    print(f"{RECORDING}: {len(table)} collections")


def main() -> int:
    """Records newman's behaviour for every collection, or for those that are named."""
    from tests.importers.wire.chained_cases import CASES
    from tests.importers.wire.scope_table import RECORDING

    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--record", action="store_true", required=True)
    parser.add_argument("names", nargs="*", help="only these collections")
    names = parser.parse_args().names
    command = newman_command()
    if command is None:
        print("newman is not installed; npm install newman@6 gets it", file=sys.stderr)
        return 2
    RECORDINGS.mkdir(exist_ok=True)
    if not names or RECORDING in names:
        record_scopes(command)
    for case in CASES:
        if names and case.name not in names:
            continue
        with case.server() as capture:
            recorded = as_recorded(behaviour_of_newman(command, case, capture), case, capture.port)
        text = json.dumps(recorded, indent=1, ensure_ascii=False)
        (RECORDINGS / f"{case.name}.json").write_text(text + "\n", "utf-8")
        failed = sum(not ok for _, ok in recorded["tests"])
        print(
            f"{case.name}: {len(recorded['requests'])} requests, {len(recorded['tests'])} tests, "
            f"{failed} failed, broken scripts: {recorded['broken scripts']}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
