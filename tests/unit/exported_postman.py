"""Collections that are exported and read back."""

from __future__ import annotations

import json
from typing import Any

from hazard_tui.export import export_plan
from hazard_tui.plan.model import (
    Plan,
)
from importers import postman
from importers.findings import ImportOptions
from importers.findings import Source as File


def collection(plan: Plan) -> dict[str, Any]:
    """The exported collection."""
    value: dict[str, Any] = json.loads(export_plan(plan, "postman")[0])
    return value


def read(data: bytes) -> Plan:
    """The import of a collection."""
    return postman.import_source(File("plan.json", data), ImportOptions()).plan


def returned(plan: Plan) -> Plan:
    """The plan after export and import."""
    return read(export_plan(plan, "postman")[0].encode())
