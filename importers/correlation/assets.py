"""Hashes in the names of static files, which change with a release and not with a session."""

from __future__ import annotations

import re

from importers.correlation.answers import Answer
from importers.correlation.tokens import token_spans

_ASSET = re.compile(
    r"[\w./:@%+~-]{3,300}\.(?:m?js|css|png|jpe?g|gif|svg|webp|ico|woff2?|ttf|map|wasm)"
    r"(?:\?[\w=&.%-]{1,200})?(?=[\s\"'<>)\\]|$)"
)
_ENDING = re.compile(r"\.(?:m?js|css|png|jpe?g|gif|svg|webp|ico|woff2?|ttf|map|wasm)\b")


def asset_tokens(answer: Answer) -> frozenset[str]:
    """Parts of the addresses of static files in an answer."""
    body = answer.body
    if not _ENDING.search(body):
        return frozenset()
    found: set[str] = set()
    for match in _ASSET.finditer(body):
        address = match[0].rsplit("/", 1)[-1]
        parts = (address[start:end] for start, end in token_spans(address))
        found.update(part for part in parts if len(part) >= 6 and not part.isdigit())
    return frozenset(found)
