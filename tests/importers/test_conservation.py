"""Kept + changed + dropped = what stands in the input, for every importer and every input; and each
place that records an element is needed for that."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from importers.detect import import_input
from importers.findings import Fate, ImportOptions, ImportResult, Source
from tests.importers import test_har_account, test_locust_hazard, test_postman_account
from tests.importers.builders import SAMPLES, SHARED
from tests.importers.law_samples import (
    COUNTED,
    ODD_COLLECTION,
    ODD_PRIOR_ART,
    ODD_RECORDING,
    ROWS,
    VALUES,
)
from tests.importers.record_sites import Site, record_sites, watched_imports
from tests.importers.walk_postman import count_elements

REAL = SHARED / "real-inputs"


@dataclass(frozen=True)
class Sample:
    """An input, and what an independent walker finds in it."""

    data: bytes
    expected: Counter[str]
    options: ImportOptions = field(default_factory=ImportOptions)

    def imported(self) -> ImportResult:
        return import_input(Source("input", self.data), self.options)

    def holds(self) -> bool:
        """True when the law holds."""
        return accounted(self.imported()) == self.expected


def accounted(result: ImportResult) -> Counter[str]:
    return Counter(record.kind for record in result.records)


def as_json(value: Any) -> bytes:
    return json.dumps(value).encode()


def of_file(path: Path, walker: Callable[[Any], Counter[str]]) -> Sample:
    return Sample(path.read_bytes(), walker(test_postman_account.load(path)))


def with_variables() -> Sample:
    """A collection with an environment, globals and a data file: all their values count."""
    expected = count_elements(ODD_COLLECTION)
    expected["variable"] += 2 * len(VALUES["values"])
    values = as_json(VALUES)
    options = ImportOptions(
        environments=(Source("environment", values),),
        globals=(Source("globals", values),),
        data_feeds=(Source("rows.csv", ROWS.encode()),),
    )
    return Sample(as_json(ODD_COLLECTION), expected, options)


@lru_cache(maxsize=1)
def own_samples() -> dict[str, Sample]:
    """Name -> sample that belongs to this project."""
    har, prior = test_har_account.elements, test_locust_hazard.count_elements
    found = {
        "odd collection": Sample(as_json(ODD_COLLECTION), count_elements(ODD_COLLECTION)),
        "odd collection with variables": with_variables(),
        "odd recording": Sample(as_json(ODD_RECORDING), har(ODD_RECORDING)),
        "mixed recording": Sample(as_json(test_har_account.MIXED), har(test_har_account.MIXED)),
        "odd plan of the prior art": Sample(as_json(ODD_PRIOR_ART), prior(ODD_PRIOR_ART)),
        "environment": Sample(as_json(VALUES), Counter(variable=len(VALUES["values"]))),
        "shop.har": of_file(SAMPLES / "har" / "shop.har", har),
        "main.json": of_file(SAMPLES / "locust-hazard" / "main.json", prior),
    }
    for path in test_postman_account.SAMPLE_FILES:
        found[path.name] = of_file(path, count_elements)
    for name, (text, counts) in COUNTED.items():
        found[name] = Sample(text.encode(), Counter(counts))
    return found


@pytest.mark.parametrize("name", own_samples())
def test_every_element_of_a_sample_has_one_fate(name: str) -> None:
    sample = own_samples()[name]
    result = sample.imported()
    assert accounted(result) == sample.expected
    pointers = Counter((record.pointer, record.kind, record.name) for record in result.records)
    assert result.format in ("curl", "postman") or max(pointers.values()) <= 2
    assert all(record.reason for record in result.records if record.fate is not Fate.KEPT)


def real_files() -> dict[str, tuple[Path, Callable[[Any], Counter[str]]]]:
    walkers = {"har/*/*.har": test_har_account.elements, "postman/**/*.json": count_elements}
    return {
        str(path.relative_to(REAL)): (path, walker)
        for pattern, walker in walkers.items()
        for path in sorted(REAL.glob(pattern))
    }


def test_every_element_of_every_real_file_has_one_fate() -> None:
    if not REAL.is_dir():
        pytest.skip("../shared/real-inputs is not there, so inputs of other projects are not tried")
    broken = [
        name for name, (path, walk) in real_files().items() if not of_file(path, walk).holds()
    ]
    assert broken == []
    assert len(real_files()) > 80


SITES = record_sites()


@lru_cache(maxsize=1)
def places_of_samples() -> dict[str, set[tuple[str, int]]]:
    """Sample -> (file, line) of all calls through which its elements were recorded."""
    found = {}
    for name, sample in own_samples().items():
        with watched_imports() as seen:
            sample.imported()
            found[name] = set(seen)
    return found


def samples_through(site: Site) -> list[str]:
    return [
        name
        for name, places in places_of_samples().items()
        if any(file == site.file and site.first_line <= at <= site.last_line for file, at in places)
    ]


def test_there_are_places_of_every_importer() -> None:
    names = {Path(site.file).parent.name for site in SITES}
    assert {"curl", "har", "postman", "snippets", "importers"} <= names
    assert len(SITES) > 120


@pytest.mark.parametrize("site", SITES, ids=str)
def test_the_law_breaks_when_a_place_records_nothing(site: Site) -> None:
    through = samples_through(site)
    assert through, "no sample holds an element that is recorded here"
    with watched_imports(muted=site):
        assert not own_samples()[through[0]].holds()
