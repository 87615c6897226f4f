"""Blocks of authorisation as a collection holds them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

BASE = "http://api.example"
PRIVATE_KEY = (Path(__file__).parent / "newman" / "private-key.pem").read_text("utf-8")
"""Made for these tests; it guards nothing."""


def auth(kind: str, **parameters: Any) -> dict[str, Any]:
    """An auth block as version 2.1 writes it."""
    pairs = [
        {"key": key, "value": value, "type": "boolean" if isinstance(value, bool) else "string"}
        for key, value in parameters.items()
    ]
    return {"type": kind, kind: pairs}
