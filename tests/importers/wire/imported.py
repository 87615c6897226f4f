"""What the engine does with an imported collection."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hazard_tui.plan.inputs import Inputs, read_feed
from hazard_tui.rpc.engine_check import check
from hazard_tui.rpc.payload import check_request
from importers.detect import import_input
from importers.findings import ImportOptions, ImportResult, Source
from tests.importers.wire.chained import Chained, content_of
from tests.importers.wire.newman import Behaviour
from tests.support.capture import Capture


def imported(case: Chained, capture: Capture) -> ImportResult:
    """The import of a collection with everything that belongs to it."""
    sources: dict[str, Source] = {
        file: Source(file, content_of(content))
        for _, file, content in case.files(case.base or f"http://127.0.0.1:{capture.port}")
    }
    environment, data = sources.get("environment.json"), _data_of(case, sources)
    global_values = sources.get("globals.json")
    options = ImportOptions(
        environments=(environment,) if environment else (),
        globals=(global_values,) if global_values else (),
        data_feeds=(data,) if data else (),
    )
    return import_input(sources["collection.json"], options)


def _data_of(case: Chained, sources: dict[str, Source]) -> Source | None:
    return sources.get(case.data_file[0] if case.data_file else "data.json")


async def behaviour_of_engine(case: Chained, capture: Capture) -> Behaviour:
    """One iteration of the imported collection."""
    return await behaviour_of_plan(case, imported(case, capture), capture)


async def behaviour_of_plan(case: Chained, result: ImportResult, capture: Capture) -> Behaviour:
    """One iteration of a plan, with each row of the data of a case in turn."""
    with tempfile.TemporaryDirectory(prefix="rows") as name:
        for option, file, content in case.files(""):
            if option == "-d":
                (Path(name) / file).write_bytes(content_of(content))
        feeds = {feed.name: read_feed(feed, Path(name)) for feed in result.plan.feeds}
    inputs = Inputs(feeds=feeds, secrets=dict(result.secrets))
    found = Behaviour()
    connect_to = [f"::127.0.0.1:{capture.port}"] if case.base else []
    for row in range(max([1, *(len(table.rows) for table in feeds.values())])):
        pinned = row + 1 if feeds else 0
        request = check_request(result.plan, inputs, connect_to=connect_to, data_row=pinned)
        async for event in check(request, timeout_s=60):
            step = event.step
            found.tests += [(test.name, test.ok) for test in step.tests]
            found.broken_scripts += [step.name for script in step.scripts if script.error]
            found.unresolved |= set(step.unresolved)
    found.requests = capture.taken()
    return found
