"""The samples of each importer that are damaged, and crashes that were found before."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from tests.fuzz.damage import damaged_bytes, damaged_json
from tests.importers.builders import SAMPLES, SHARED
from tests.importers.law_samples import (
    COUNTED,
    ODD_COLLECTION,
    ODD_PRIOR_ART,
    ODD_RECORDING,
    ROWS,
    VALUES,
)
from tests.importers.wire.curl_commands import own_commands

FOUND = Path(__file__).parent / "found"
"""Inputs that broke an importer once, as FORMAT_what.bin; every run reads them."""
KINDS = ("postman", "har", "curl", "snippets", "locust-hazard", "variables")


@dataclass(frozen=True, slots=True)
class Seed:
    """A sample: its text, and its value when it is JSON."""

    format: str
    data: bytes
    value: Any = None

    def damaged(self, random: Random) -> bytes:
        """A damaged variant."""
        if self.value is not None and random.random() < 0.7:
            return damaged_json(self.value, random)
        return damaged_bytes(self.data, random)


def _json(format: str, value: Any) -> Seed:
    return Seed(format, json.dumps(value).encode(), value)


def _files(format: str, *patterns: str) -> list[Seed]:
    """JSON files of the samples and of other projects, where they are."""
    seeds = []
    for root in (SAMPLES, SHARED / "real-inputs"):
        for pattern in patterns:
            for path in sorted(root.glob(pattern)):
                data = path.read_bytes()
                try:
                    value = json.loads(data) if len(data) < 60_000 else None
                except ValueError:
                    value = None
                seeds.append(Seed(format, data, value))
    return seeds


def _real_commands() -> list[str]:
    path = SHARED / "real-inputs" / "curl" / "commands.json"
    return list(json.loads(path.read_text("utf-8")).values()) if path.is_file() else []


@cache
def seeds(kind: str) -> list[Seed]:
    """Samples of a kind of input."""
    if kind == "postman":
        return [_json("postman", ODD_COLLECTION), *_files("postman", "postman/**/*.json")]
    if kind == "har":
        return [_json("har", ODD_RECORDING), *_files("har", "har/**/*.har")]
    if kind == "locust-hazard":
        return [_json(kind, ODD_PRIOR_ART), *_files(kind, "locust-hazard/*.json")]
    if kind == "variables":
        texts = [ROWS, "A=1\nexport B='2'\n", "a: 1\nb: 2\n"]
        return [_json(kind, VALUES), *(Seed(kind, text.encode()) for text in texts)]
    named = {name: text for name, (text, _) in COUNTED.items()}
    if kind == "snippets":
        return [Seed(name, text.encode()) for name, text in named.items() if "curl" not in name]
    texts = [text for name, text in named.items() if "curl" in name]
    texts += [*own_commands().values(), *_real_commands()]
    texts += [path.read_text("utf-8") for path in sorted((SAMPLES / "curl").iterdir())]
    return [Seed("curl", text.encode()) for text in texts]


def found_before() -> list[tuple[str, bytes]]:
    """(format, data) of inputs that broke an importer once."""
    files = sorted(FOUND.glob("*.bin"))
    return [(path.name.partition("_")[0], path.read_bytes()) for path in files]
