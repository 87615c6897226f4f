"""The collections whose requests and verdicts are compared with newman's."""

from __future__ import annotations

from tests.importers.builders import SAMPLES, SHARED
from tests.importers.wire.chained import Chained
from tests.importers.wire.chained_auth import AUTH
from tests.importers.wire.chained_changes import CHANGES
from tests.importers.wire.chained_claims import CLAIMS
from tests.importers.wire.chained_data import DATA_FILES
from tests.importers.wire.chained_flow import FLOW
from tests.importers.wire.chained_libraries import LIBRARIES
from tests.importers.wire.chained_odd import ODD
from tests.importers.wire.chained_responses import RESPONSES
from tests.importers.wire.chained_values import VALUES
from tests.importers.wire.conduit import conduit
from tests.importers.wire.exported_jumps import EXPORTED

CASES: tuple[Chained, ...] = (
    *FLOW,
    EXPORTED,
    *CHANGES,
    *VALUES,
    *ODD,
    RESPONSES,
    *DATA_FILES,
    *CLAIMS,
    *LIBRARIES,
    *AUTH,
    conduit("conduit-sample", SAMPLES / "postman" / "conduit.postman_collection.json"),
)

_REAL = SHARED / "real-inputs" / "postman" / "conduit.postman_collection.json"
if _REAL.is_file():
    CASES = (*CASES, conduit("conduit", _REAL))
