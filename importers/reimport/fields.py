"""Three-way merge of one element's fields, lists by what names their items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Any

from hazard_tui.plan.base import Element, Pair
from hazard_tui.plan.model import DataFeed, HostMapping, Stage, Threshold, Variable
from hazard_tui.plan.request import Part
from hazard_tui.plan.rules import Assertion, Extractor
from importers.reimport.changes import Action, Change, Path, shown
from importers.reimport.order import merged_order


class FieldMerge:
    """Merges values and notes what it did, with paths below the element that is merged."""

    def __init__(self) -> None:
        self.changes: list[Change] = []

    def merge(self, base: Any, mine: Any, theirs: Any, path: Path = ()) -> Any:
        """The value that both sides lead to; mine where they disagree."""
        if mine == theirs:
            return mine
        if base == theirs:
            self._note_difference(Action.KEPT, base, mine, path)
            return mine
        if base == mine:
            self._note_difference(Action.UPDATED, base, theirs, path)
            return theirs
        if _is_one_thing(mine, theirs):
            start = base if type(base) is type(mine) and base.choice == mine.choice else None
            return self._elements(start or type(mine)(), mine, theirs, path)
        if isinstance(mine, tuple) and isinstance(theirs, tuple):
            return self._lists(base if isinstance(base, tuple) else (), mine, theirs, path)
        self.conflict(path, mine, theirs)
        return mine

    def conflict(self, path: Path, mine: Any, theirs: Any, note: str = "") -> None:
        """Both sides changed the value at `path`."""
        self.changes.append(Change(Action.CONFLICT, "", path, shown(mine), shown(theirs), note))

    def _note(self, action: Action, path: Path, name: str = "") -> None:
        self.changes.append(Change(action, name, path))

    def _elements(self, base: Element, mine: Element, theirs: Element, path: Path) -> Element:
        merged = {
            name: self.merge(
                getattr(base, name), getattr(mine, name), getattr(theirs, name), (*path, name)
            )
            for name in type(mine).model_fields
        }
        return mine.model_copy(update=merged)

    def _lists(
        self,
        base: tuple[Any, ...],
        mine: tuple[Any, ...],
        theirs: tuple[Any, ...],
        path: Path,
    ) -> tuple[Any, ...]:
        old, ours, new = keyed(base), keyed(mine), keyed(theirs)
        merged: dict[Hashable, Any] = {}
        for key in dict.fromkeys([*ours, *new]):
            here: Path = (*path, _label(key, ours.get(key) or new.get(key)))
            if key in ours and key in new:
                merged[key] = self.merge(old.get(key), ours[key], new[key], here)
            elif key in ours:
                if self._keeps_mine(old.get(key), ours[key], here):
                    merged[key] = ours[key]
            elif self._takes_theirs(old.get(key), new[key], here):
                merged[key] = new[key]
        order = merged_order(list(old), list(ours), list(new), merged.keys())
        return tuple(merged[key] for key in order)

    def _keeps_mine(self, base: Any, mine: Any, path: Path) -> bool:
        """True when an item that the source does not have stays."""
        if base == mine:
            self._note(Action.REMOVED, path)
            return False
        if base is None:
            self._note(Action.KEPT, path)
        else:
            self.conflict(path, mine, None, "the source removed what was edited")
        return True

    def _takes_theirs(self, base: Any, theirs: Any, path: Path) -> bool:
        """True when an item that the plan does not have is taken over."""
        if base is None:
            self._note(Action.ADDED, path)
            return True
        if base == theirs:
            self._note(Action.DELETED, path)
        else:
            self.conflict(path, None, theirs, "the source changed what was deleted")
        return False

    def _note_difference(self, action: Action, base: Any, value: Any, path: Path) -> None:
        if _is_one_thing(base, value) and base.choice == value.choice:
            for name in type(base).model_fields:
                old, new = getattr(base, name), getattr(value, name)
                if old != new:
                    self._note_difference(action, old, new, (*path, name))
            return
        if isinstance(base, tuple) and isinstance(value, tuple):
            self._note_items(action, base, value, path)
            return
        self._note(action, path)

    def _note_items(
        self, action: Action, base: tuple[Any, ...], value: tuple[Any, ...], path: Path
    ) -> None:
        old, new = keyed(base), keyed(value)
        fresh = Action.ADDED if action is Action.UPDATED else Action.KEPT
        gone = Action.REMOVED if action is Action.UPDATED else Action.DELETED
        before = len(self.changes)
        for key in dict.fromkeys([*old, *new]):
            here = (*path, _label(key, old.get(key) or new.get(key)))
            if key not in old:
                self._note(fresh, here)
            elif key not in new:
                self._note(gone, here)
            elif old[key] != new[key]:
                self._note_difference(action, old[key], new[key], here)
        if len(self.changes) == before:
            self._note(action, path)


def _is_one_thing(mine: Any, theirs: Any) -> bool:
    return isinstance(mine, Element) and type(mine) is type(theirs) and mine.choice == theirs.choice


def keyed(items: Sequence[Any]) -> dict[Hashable, Any]:
    """Items by what names them and how often that name stood before."""
    seen: Counter[Hashable] = Counter()
    out: dict[Hashable, Any] = {}
    for position, item in enumerate(items):
        key = _key(item, position)
        out[key, seen[key]] = item
        seen[key] += 1
    return out


def _key(item: Any, position: int) -> Hashable:
    if isinstance(item, Pair | Part):
        return item.name.lower()
    if isinstance(item, Variable | DataFeed):
        return item.name
    if isinstance(item, Extractor):
        return item.variable
    if isinstance(item, Assertion):
        expression = getattr(item, item.choice) if item.choice else ""
        return (item.name, item.target, item.header, expression)
    if isinstance(item, HostMapping):
        return item.recorded
    if isinstance(item, Threshold):
        return (item.rule.split("<")[0].split(">")[0].strip(), item.task, item.step, item.tag)
    if isinstance(item, Stage):
        return position
    return item  # type: ignore[no-any-return]


def _label(key: Any, item: Any) -> str:
    """An item as part of a path: its name, else what its key begins with."""
    name = getattr(item, "name", "") or key[0]
    if isinstance(name, tuple):
        name = next((str(part) for part in name if part), "")
    return str(name)[:60] or "unnamed"
