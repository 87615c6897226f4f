"""The Conduit collection against the lab's target."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from hazard_tui.rpc.binaries import find_binary
from tests.importers.wire.application import forwarding
from tests.importers.wire.chained import Chained
from tests.support.capture import Captured


def conduit(name: str, file: Path) -> Chained:
    """The collection, or a part of it, as one user who registers first."""
    return Chained(
        name,
        (),
        file=file,
        environment={
            "APIURL": "{base}/api",
            "EMAIL": "ann@lab.example",
            "USERNAME": "ann",
            "PASSWORD": "a-long-word",
        },
        random=(
            r"Token \S+",
            r"tour-\d+-[0-9a-f-]{36}",
            r"tour-of-[a-z-]+-[0-9a-f-]{36}",
            r'"(title|description|body)": "(Tour of [^"]*|[A-Z][a-z ]+\.[^"]*)"',
        ),
        application=Lab,
    )


class Lab:
    """A fresh target of the lab; a request is passed on to it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [find_binary("hazard-lab"), "target", "--listen", "127.0.0.1:0", "--exit-with-stdin"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        ready = json.loads(self._process.stdout.readline())
        self._answer = forwarding(int(ready["listen"].rpartition(":")[2]))

    def __call__(self, request: Captured) -> bytes:
        return self._answer(request)

    def close(self) -> None:
        """Ends the target."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)
