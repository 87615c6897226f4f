"""The merge of three plans: which elements stand, what is in them, where they stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hazard_tui.plan.base import Element
from hazard_tui.plan.findings import Finding
from hazard_tui.plan.model import Plan, Step
from importers.reimport.changes import Action, Change, Path
from importers.reimport.fields import FieldMerge
from importers.reimport.identity import Element3, identified
from importers.reimport.nodes import Node, plan_of, slots_of, tree_of
from importers.reimport.order import merged_order


@dataclass(frozen=True, slots=True)
class Merged:
    """A merged plan and what was done to make it."""

    plan: Plan
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    """One for each conflict."""
    shared: int
    """Requests of the earlier import that the new one has too; 0 of some: another source."""

    def total(self, action: Action) -> int:
        """How many elements an action befell."""
        return sum(1 for change in self.changes if change.action is action)


def same_plan(one: Plan, other: Plan) -> bool:
    """True when two plans differ in nothing but ids and provenance."""
    mine, theirs = tree_of(one), tree_of(other)
    return _shape(mine) == _shape(theirs)


def _shape(root: Node) -> list[tuple[Element, str, int]]:
    return [(node.element, node.slot, sum(map(len, node.lists.values()))) for node in root.walk()]


def merge_plans(base: Plan, mine: Plan, theirs: Plan) -> Merged:
    """The plan `mine` with what the source changed between `base` and `theirs`.

    Where both changed the same, mine stays and a finding says so. Pure: no input is altered.
    """
    roots = (tree_of(base), tree_of(mine), tree_of(theirs))
    return _Merge(identified(*roots)).run()


class _Merge:
    def __init__(self, elements: list[Element3]) -> None:
        self.elements = elements
        self.root = elements[0]
        self.of_node = {node: one for one in elements for node in one.nodes}
        self.made: dict[Element3, Node] = {}
        self.notes: dict[Element3, list[Change]] = {}
        self.places: dict[Element3, tuple[Element3, str]] = {}
        self.behind: dict[Element3, Element3] = {}
        roots = (node for node in self.root.nodes)
        self.places_before = {node: path for root in roots for node, path in paths_of(root).items()}

    def run(self) -> Merged:
        standing = [one for one in self.elements if one is self.root or self._stands(one)]
        alive = set(standing)
        for one in standing:
            self.notes[one] = self._make(one)
        # What the source added may fall away, so it goes before what could be moved into it.
        for one in sorted(standing, key=lambda one: one.mine is not None):
            if one is not self.root and not self._place(one, alive):
                alive.discard(one)
        self._break_cycles(alive)
        placed = self._fill(alive)
        plan = plan_of(self.made[self.root])
        changes = [*self._changes(placed), *self._gone(placed)]
        found = (change.finding() for change in changes)
        return Merged(
            plan,
            tuple(changes),
            tuple(finding for finding in found if finding is not None),
            sum(1 for one in self.elements if one.base and one.theirs and one.is_request),
        )

    def _stands(self, one: Element3) -> bool:
        """True when the element itself is in the merged plan; containers may come back later."""
        if one.mine is not None:
            if one.theirs is not None or one.base is None:
                return True
            return one.base.element != one.mine.element
        return one.base is None

    def _make(self, one: Element3) -> list[Change]:
        """Makes the merged node; the changes of its fields."""
        base, mine, theirs = one.nodes_by_side
        node = mine or theirs or base
        assert node is not None
        merge = FieldMerge()
        element, provenance, wrapper = node.element, node.provenance, node.wrapper
        if mine is not None and theirs is not None:
            start = base.element if base is not None else theirs.element
            element = merge.merge(start, mine.element, theirs.element)
            provenance = theirs.provenance
            if provenance is not None and element != theirs.element:
                provenance = provenance.model_copy(update={"edited": True})
            if base is not None and base.wrapper == mine.wrapper:
                wrapper = theirs.wrapper or mine.wrapper
        elif theirs is not None:
            merge.changes.append(Change(Action.ADDED, "", ()))
        elif base is None:
            merge.changes.append(Change(Action.KEPT, "", (), note="added in the plan"))
        else:
            merge.conflict((), node.element, None, "the source removed what was edited")
        self.made[one] = Node(element, one.id, provenance, wrapper)
        return merge.changes

    def _place(self, one: Element3, alive: set[Element3]) -> bool:
        """Finds the list that the element stands in; False when there is none any more."""
        old, ours, new = (self._spot(node) for node in one.nodes_by_side)
        spot = ours if new is None or (ours is not None and ours != old) else new
        if spot is None:
            return False
        if not self._holds(spot, alive) and ours is not None:
            spot = ours
            self._revive(spot[0], alive)
        elif not self._holds(spot, alive):
            fallback = self._beside(one, alive)
            if fallback is None:
                return False
            spot = fallback
        self.places[one] = spot
        return True

    def _spot(self, node: Node | None) -> tuple[Element3, str] | None:
        if node is None or node.parent is None:
            return None
        return self.of_node[node.parent], node.slot

    def _holds(self, spot: tuple[Element3, str], alive: set[Element3]) -> bool:
        holder, slot = spot
        return holder in alive and slot in slots_of(self.made[holder].element)

    def _revive(self, holder: Element3, alive: set[Element3]) -> None:
        """Brings back a folder that the source removed but that holds what the person made."""
        if holder in alive:
            return
        assert holder.mine is not None
        mine = holder.mine
        self.made[holder] = Node(mine.element, holder.id, mine.provenance, mine.wrapper)
        self.notes[holder] = [Change(Action.KEPT, "", (), note="it holds what was kept")]
        alive.add(holder)
        spot = self._spot(mine)
        assert spot is not None
        self._revive(spot[0], alive)
        self.places[holder] = spot

    def _beside(self, one: Element3, alive: set[Element3]) -> tuple[Element3, str] | None:
        """A place for what the source added to a folder that is not in the plan any more: behind
        its neighbour, wherever the person moved that to."""
        node = one.theirs
        if node is None or node.parent is None:
            return None
        siblings = node.parent.lists[node.slot]
        position = siblings.index(node)
        for sibling in [*reversed(siblings[:position]), *siblings[position + 1 :]]:
            neighbour = self.of_node[sibling]
            spot = self._spot(neighbour.mine)
            if neighbour in alive and spot is not None and self._holds(spot, alive):
                self.behind[one] = neighbour
                return spot
        return None

    def _break_cycles(self, alive: set[Element3]) -> None:
        """Two moves into each other: then everything stands where the person has it."""
        safe: set[Element3] = {self.root}
        for one in filter(alive.__contains__, self.elements):
            way: list[Element3] = []
            here = one
            while here not in safe and here not in way:
                way.append(here)
                here = self.places[here][0]
            if here in way:
                for element in filter(alive.__contains__, self.elements):
                    spot = self._spot(element.mine)
                    if spot is not None:
                        self._revive(spot[0], alive)
                        self.places[element] = spot
                return
            safe.update(way)

    def _fill(self, alive: set[Element3]) -> list[Element3]:
        """Puts every node into its list, in order; the elements that the plan then holds."""
        inside: dict[tuple[Element3, str], dict[Element3, None]] = {}
        for one in self.elements:
            if one in alive and one is not self.root:
                inside.setdefault(self.places[one], {})[one] = None
        reached: list[Element3] = []
        stack = [self.root]
        while stack:
            holder = stack.pop()
            reached.append(holder)
            made = self.made[holder]
            for slot in slots_of(made.element):
                kept = inside.get((holder, slot), {}).keys()
                base, mine, theirs = (self._listed(node, slot) for node in holder.nodes_by_side)
                order = merged_order(base, mine, theirs, kept, self.behind)
                made.lists[slot] = [self.made[one] for one in order]
                for one in order:
                    self.made[one].parent, self.made[one].slot = made, slot
                stack += order
        return reached

    def _listed(self, node: Node | None, slot: str) -> list[Element3]:
        return [self.of_node[inner] for inner in node.lists.get(slot, ())] if node else []

    def _changes(self, placed: Iterable[Element3]) -> list[Change]:
        """What was done to the elements of the merged plan, in its order."""
        places = paths_of(self.made[self.root])
        of_made = {self.made[one]: one for one in placed}
        return [
            change.within(path, node.label if node is not self.made[self.root] else "")
            for node, path in places.items()
            for change in self.notes.get(of_made[node], ())
        ]

    def _gone(self, placed: list[Element3]) -> list[Change]:
        """What is not in the merged plan: removed in the source, or deleted by the person."""
        there = set(placed)
        places = self.places_before
        gone = []
        for one in self.elements:
            if one in there:
                continue
            base, mine, theirs = one.nodes_by_side
            node = mine or theirs or base
            if node is None or (mine is None and theirs is None):
                continue
            path = places[node]
            if mine is not None:
                gone.append(Change(Action.REMOVED, node.label, path))
            elif base is None:
                note = "the source added it to what was deleted"
                gone.append(_lost(node, path, note))
            elif theirs is not None and theirs.element != base.element:
                gone.append(_lost(node, path, "the source changed what was deleted"))
            else:
                gone.append(Change(Action.DELETED, node.label, path))
        return gone


def _lost(node: Node, path: Path, note: str) -> Change:
    return Change(Action.CONFLICT, node.label, path, "that it is deleted", node.label, note)


def paths_of(root: Node) -> dict[Node, Path]:
    """Every node of a tree and its path in the plan, in the order of the plan."""
    places: dict[Node, Path] = {root: ()}
    for node in root.walk():
        for slot, inner in node.lists.items():
            for position, child in enumerate(inner):
                places[child] = (*places[node], *_below(node, child), slot, position)
                if slot in ("setup", "shared_teardown"):
                    places[child] = (*places[child], "step")
    return places


def _below(holder: Node, child: Node) -> Path:
    """The fields between a step and the list inside it: `group`, `loop` …"""
    return (holder.kind,) if isinstance(holder.element, Step) and child is not holder else ()
