"""Names of the variables that hold linked values."""

from __future__ import annotations

import re

from importers.correlation.linking import Link
from importers.correlation.words import singular, snake, words_of

_BARE_TEXT = "id uid uuid pk key value content href action url name code handle ref"
_BARE = frozenset(_BARE_TEXT.split())
_VERSION = re.compile(r"v\d+|api|rest|graphql|data|result|results|item|items|node|edges|attributes")
_MAX_NAME = 40


def variable_name(link: Link, path: str, taken: set[str]) -> str:
    """A name that is not taken: that of the value, with what it belongs to where it says little."""
    value = link.candidate.value
    name = snake(value.name) or snake(link.use.name) or "value"
    if name.startswith(("x_", "http_")):
        name = name.split("_", 1)[1]
    if name in _BARE or name.isdigit():
        name = _with_owner(name, value.parents, path)
    name = re.sub(r"^(\d)", r"v\1", name.strip("_"))[:_MAX_NAME] or "value"
    number, unique = 2, name
    while unique in taken:
        unique = f"{name}_{number}"
        number += 1
    taken.add(unique)
    return unique


def _with_owner(name: str, parents: tuple[str, ...], path: str) -> str:
    owners = [word for parent in parents for word in words_of(parent)]
    owners = [word for word in owners if not _VERSION.fullmatch(word)]
    if not owners:
        owners = [
            word
            for segment in path.split("/")
            if not any(character.isdigit() for character in segment)
            for word in words_of(segment)
            if not _VERSION.fullmatch(word)
        ]
    return f"{singular(owners[-1])}_{name}" if owners else name
