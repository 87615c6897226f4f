"""Which task or step of one plan is which of another.

Sure signs come first: the place in the same file, the id that the source gives, equal content.
Then name, method and path; last, likeness. What several elements have in common is told apart by
its order.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from hazard_tui.plan.model import Step
from importers.reimport.nodes import Node

Pairs = dict[Node, Node]
"""Node of the base -> the same node of the other tree."""

Sign = Callable[[Node], Hashable]
"""What two nodes must have in common; None: this sign says nothing about the node."""

LEAST_LIKENESS = 0.6
MOST_COMPARISONS = 40_000
"""Pairs of nodes whose likeness is measured; more are left unmatched."""

_ADDRESS = re.compile(r"^(?:[a-zA-Z][\w+.-]*://[^/?#]*|\{\{[^}]*\}\})?([^?#]*)")


def match_edited(base: Node, mine: Node) -> Pairs:
    """Pairs of the base and the plan that a person made of it: provenance and ids still tell.

    A step whose provenance is of another import is none of the base, however alike.
    """
    signs: list[Sign] = [
        lambda node: (_origin(node), node.element) if _origin(node) else None,
        _origin,
        lambda node: (node.kind, node.id) if node.id else None,
    ]
    return _matched(base, mine, signs, lambda node: _origin(node) is None)


def match_source(base: Node, theirs: Node) -> Pairs:
    """Pairs of two imports of one source, which may have other versions."""

    def source_id(node: Node) -> Hashable:
        return node.provenance.source_id or None if node.provenance else None

    return _matched(base, theirs, [source_id])


def _matched(
    base: Node,
    other: Node,
    sure: Sequence[Sign],
    may_be_alike: Callable[[Node], bool] | None = None,
) -> Pairs:
    matcher = _Matcher(base, other)
    for sign in sure:
        matcher.by(sign)
    matcher.other = list(filter(may_be_alike, matcher.other)) if may_be_alike else matcher.other
    content: list[Sign] = [
        lambda node: (_names_above(node), node.element) if _tells(node) else None,
        lambda node: node.element if _tells(node) else None,
        lambda node: (_names_above(node), _title(node)) if _tells(node) else None,
        lambda node: _title(node) if _tells(node) else None,
        _call,
        lambda node: (_names_above(node), _method(node), node.name) if _method(node) else None,
    ]
    for sign in content:
        matcher.by(sign)
    matcher.by_likeness()
    matcher.containers()
    matcher.by_neighbour()
    matcher.by(lambda node: (_names_above(node), node.kind, node.name))
    return matcher.pairs


class _Matcher:
    def __init__(self, base: Node, other: Node) -> None:
        self.pairs: Pairs = {base: other}
        self.taken: set[Node] = {other}
        self.base = [node for node in base.walk() if node is not base]
        self.other = [node for node in other.walk() if node is not other]

    def add(self, old: Node, new: Node) -> None:
        self.pairs[old] = new
        self.taken.add(new)

    def free(self) -> tuple[list[Node], list[Node]]:
        """What has no partner yet, of both sides."""
        self.base = [node for node in self.base if node not in self.pairs]
        self.other = [node for node in self.other if node not in self.taken]
        return self.base, self.other

    def by(self, sign: Sign) -> None:
        """Matches nodes with the same sign; of several the first with the first."""
        base, other = self.free()
        waiting: dict[Hashable, list[Node]] = defaultdict(list)
        for node in reversed(other):
            key = sign(node)
            if key is not None:
                waiting[key].append(node)
        for node in base:
            key = sign(node)
            if key is not None and waiting.get(key):
                self.add(node, waiting[key].pop())

    def by_likeness(self) -> None:
        """Matches requests that are alike, the most alike first."""
        base, other = self.free()
        base = [node for node in base if _method(node)]
        other = [node for node in other if _method(node)]
        if len(base) * len(other) > MOST_COMPARISONS:
            return
        found = [
            (-likeness, i, j)
            for i, old in enumerate(base)
            for j, new in enumerate(other)
            if (likeness := _likeness(old, new)) >= LEAST_LIKENESS
        ]
        for _, i, j in sorted(found):
            if base[i] not in self.pairs and other[j] not in self.taken:
                self.add(base[i], other[j])

    def containers(self) -> None:
        """Matches tasks and groups by the steps that they have in common, innermost first."""
        votes: dict[Node, dict[Node, int]] = defaultdict(lambda: defaultdict(int))
        for old, new in self.pairs.items():
            if old.parent is not None and new.parent is not None:
                votes[old.parent][new.parent] += 1
        base, _ = self.free()
        for node in reversed(base):
            for new, _count in sorted(votes[node].items(), key=lambda vote: -vote[1]):
                if new not in self.taken and new.kind == node.kind:
                    self.add(node, new)
                    if node.parent is not None and new.parent is not None:
                        votes[node.parent][new.parent] += 1
                    break

    def by_neighbour(self) -> None:
        """Matches pauses and the like by the step that follows them."""
        ids = {node: number for number, node in enumerate(self.pairs)}
        partners = {new: ids[old] for old, new in self.pairs.items()}

        def sign(followers: dict[Node, Node], numbers: dict[Node, int]) -> Sign:
            def of(node: Node) -> Hashable:
                number = numbers.get(followers.get(node, node))
                return None if number is None else (node.kind, number)

            return of

        base, other = self.free()
        old_sign = sign(_followers(base), ids)
        new_sign = sign(_followers(other), partners)
        old_nodes = set(base)
        self.by(lambda node: old_sign(node) if node in old_nodes else new_sign(node))


def _followers(nodes: Sequence[Node]) -> dict[Node, Node]:
    found: dict[Node, Node] = {}
    for parent in dict.fromkeys(node.parent for node in nodes if node.parent is not None):
        for inner in parent.lists.values():
            found.update(pairwise(inner))
    return found


def _origin(node: Node) -> Hashable:
    origin = node.provenance
    return (origin.file, origin.file_sha256, origin.pointer) if origin and origin.pointer else None


def _tells(node: Node) -> bool:
    """True when the content of a node tells it from others; of a pause or a folder it does not."""
    return node.kind in ("request", "script", "task", "group")


def _names_above(node: Node) -> tuple[str, ...]:
    names = []
    above = node.parent
    while above is not None:
        names.append(above.name)
        above = above.parent
    return tuple(names[:-1])


def _method(node: Node) -> str:
    element = node.element
    if isinstance(element, Step) and element.request is not None:
        return element.request.effective_method
    return ""


def _path(node: Node) -> str:
    element = node.element
    if not isinstance(element, Step) or element.request is None:
        return ""
    found = _ADDRESS.match(element.request.url)
    return found.group(1) if found else element.request.url


def _title(node: Node) -> Hashable:
    return (node.kind, _method(node), _path(node), node.name)


def _call(node: Node) -> Hashable:
    return (_method(node), _path(node)) if _method(node) else None


def _likeness(old: Node, new: Node) -> float:
    """0 to 1: how much two requests are alike in method, path, name and place."""
    paths = SequenceMatcher(None, _path(old).split("/"), _path(new).split("/")).ratio()
    names = 1.0 if old.name == new.name else 0.0
    methods = 1.0 if _method(old) == _method(new) else 0.0
    places = 1.0 if _names_above(old) == _names_above(new) else 0.0
    return 0.45 * paths + 0.25 * names + 0.2 * methods + 0.1 * places
