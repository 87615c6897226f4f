"""The order of a list that two sides changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def merged_order(
    base: Sequence[Key],
    mine: Sequence[Key],
    theirs: Sequence[Key],
    kept: AbstractSet[Key],
    behind: Mapping[Key, Key] | None = None,
) -> list[Key]:
    """The keys in `kept`, in the order of the side that moved things; mine when both did.

    What only the other side has stands behind what precedes it there; `behind` gives the
    predecessor of keys that neither side has. An ordered `kept` gives the same result every time.
    """
    in_mine, in_theirs = set(mine), set(theirs)
    common = [key for key in base if key in in_mine and key in in_theirs]
    shared = set(common)
    moved_by_me = [key for key in mine if key in shared] != common
    first, second = (mine, theirs) if moved_by_me else (theirs, mine)
    primary = [key for key in first if key in kept]
    placed = set(primary)
    followers: dict[Key | None, list[Key]] = defaultdict(list)
    before: Key | None = None
    for key in second:
        if key not in kept:
            continue
        if key not in placed:
            followers[before].append(key)
            placed.add(key)
        before = key
    nearest: dict[Key | None, list[Key]] = defaultdict(list)
    for key in kept:
        if key not in placed:
            after = (behind or {}).get(key)
            nearest[after if after in placed else (primary[-1] if primary else None)].append(key)
    for after, keys in nearest.items():
        followers[after] = keys + followers[after]
    return _woven(primary, followers)


def _woven(primary: Sequence[Key], followers: Mapping[Key | None, list[Key]]) -> list[Key]:
    """`primary` with the followers of each key, and theirs, behind it."""
    out: list[Key] = []
    for head in (None, *primary):
        stack: list[Key | None] = [head]
        while stack:
            key = stack.pop()
            if key is not None:
                out.append(key)
            stack += reversed(followers.get(key, []))
    return out
