"""The same element in the three plans, and the one id that it keeps."""

from __future__ import annotations

from dataclasses import dataclass

from hazard_tui.plan.model import Step
from importers.reimport.matching import match_edited, match_source
from importers.reimport.nodes import Node


@dataclass(eq=False, slots=True)
class Element3:
    """One task or step, as up to three plans have it. Compared by identity."""

    base: Node | None = None
    mine: Node | None = None
    theirs: Node | None = None
    id: str = ""

    @property
    def nodes_by_side(self) -> tuple[Node | None, Node | None, Node | None]:
        """Base, mine, theirs."""
        return (self.base, self.mine, self.theirs)

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The nodes that there are."""
        return tuple(node for node in self.nodes_by_side if node is not None)

    @property
    def is_request(self) -> bool:
        """True for a step that sends something."""
        return any(node.kind == "request" for node in self.nodes)


def identified(base: Node, mine: Node, theirs: Node) -> list[Element3]:
    """All elements of three plans, the plan itself first.

    Ids of `theirs` are made those of the plan, so that jumps go on finding their steps.
    """
    to_mine, to_theirs = match_edited(base, mine), match_source(base, theirs)
    elements = [Element3(node, to_mine.get(node), to_theirs.get(node)) for node in base.walk()]
    in_base_mine, in_base_theirs = set(to_mine.values()), set(to_theirs.values())
    added = [Element3(mine=node) for node in mine.walk() if node not in in_base_mine]
    fresh = [node for node in theirs.walk() if node not in in_base_theirs]
    waiting: dict[object, list[Element3]] = {}
    for one in reversed(added):
        if one.mine is not None and one.is_request:
            for sign in _signs(one.mine):
                waiting.setdefault(sign, []).append(one)
    for node in fresh:
        twins = [one for sign in _signs(node) for one in reversed(waiting.get(sign, ()))]
        twin = next((one for one in twins if one.theirs is None), None)
        if twin is not None:
            twin.theirs = node
        else:
            added.append(Element3(theirs=node))
    elements += added
    _give_ids(elements)
    return elements


def _signs(node: Node) -> list[object]:
    """What two nodes have in common that both sides added: the same import, or equal content."""
    origin = node.provenance
    place = [(origin.file_sha256, origin.pointer)] if origin and origin.file_sha256 else []
    return [*place, node.element]


def _give_ids(elements: list[Element3]) -> None:
    taken = {one.mine.id for one in elements if one.mine is not None and one.mine.id}
    renamed: dict[str, str] = {}
    for one in elements:
        if one.mine is not None:
            one.id = one.mine.id or (one.theirs.id if one.theirs is not None else "")
            one.id = one.id if one.mine.id or one.id not in taken else ""
        elif one.theirs is not None and one.theirs.id:
            one.id = _free(one.theirs.id, taken)
        taken.add(one.id)
        if one.theirs is not None and one.theirs.id and one.id:
            renamed[one.theirs.id] = one.id
    for one in elements:
        if one.theirs is not None:
            _follow(one.theirs, renamed)


def _free(wanted: str, taken: set[str]) -> str:
    number, made = 2, wanted
    while made in taken:
        made = f"{wanted}-{number}"
        number += 1
    return made


def _follow(node: Node, renamed: dict[str, str]) -> None:
    """Lets a jump go to the step that its own plan means."""
    step = node.element
    if isinstance(step, Step) and step.jump is not None:
        to = renamed.get(step.jump.to, step.jump.to)
        jump = step.jump.model_copy(update={"to": to})
        node.element = step.model_copy(update={"jump": jump})
