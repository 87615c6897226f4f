"""How each collection compares with newman's recording: `python -m tests.importers.wire.table`."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import zip_longest
from typing import Any

from tests.importers.wire.chained import Chained
from tests.importers.wire.chained_cases import CASES
from tests.importers.wire.imported import behaviour_of_engine
from tests.importers.wire.newman import as_recorded, recording_of, unsigned


async def row(case: Chained) -> str:
    """One line of the table."""
    with case.server() as capture:
        ours = as_recorded(await behaviour_of_engine(case, capture), case, capture.port)
    ours, newmans = unsigned(ours, case), unsigned(recording_of(case), case)
    pairs = list(zip_longest(newmans["requests"], ours["requests"]))
    equal = sum(one == other for one, other in pairs)
    verdicts = _counted(newmans["tests"])
    same = (verdicts & _counted(ours["tests"])).total()
    failed = sum(count for (_, ok), count in verdicts.items() if not ok)
    return f"{case.name:24}{equal:5} of {len(pairs):3}{same:10} of {verdicts.total():3}{failed:14}"


def _counted(tests: list[list[Any]]) -> Counter[tuple[str, bool]]:
    return Counter((name, ok) for name, ok in tests)


async def main() -> None:
    """Prints the table."""
    print(f"{'collection':24}{'requests equal':>14}{'verdicts equal':>16}{'of these not':>14}")
    for case in CASES:
        if case.refused:
            print(f"{case.name:24}refused by name: {', '.join(case.refused)}")
        else:
            print(await row(case))


if __name__ == "__main__":
    asyncio.run(main())
