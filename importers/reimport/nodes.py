"""A plan as a tree of nodes: tasks and steps without what is in them, and where each stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hazard_tui.plan.base import Element, Provenance
from hazard_tui.plan.model import Plan, SetupStep, Step, Task

_LIST_KINDS = ("group", "loop", "parallel")
_OF_PLAN = tuple(
    name for name in ("setup", "tasks", "teardown", "shared_teardown") if name in Plan.model_fields
)


@dataclass(eq=False, slots=True)
class Node:
    """A plan, task or step. Compared by identity."""

    element: Element
    """Without the steps in it, its id and its provenance."""
    id: str = ""
    provenance: Provenance | None = None
    wrapper: SetupStep | None = None
    """Of a setup step: what stands around the step, without it."""
    parent: Node | None = None
    slot: str = ""
    """Which list of the parent holds it: `steps`, `then`, `tasks` …"""
    lists: dict[str, list[Node]] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """`plan`, `task`, or the kind of the step."""
        if isinstance(self.element, Step):
            return self.element.choice or "step"
        return type(self.element).__name__.lower()

    @property
    def name(self) -> str:
        """Name of the element."""
        return str(getattr(self.element, "name", ""))

    @property
    def label(self) -> str:
        """How a person is told which element it is."""
        if isinstance(self.element, Step) and self.element.request is not None:
            request = self.element.request
            method = request.effective_method
            return self.name if self.name.startswith(method) else f"{method} {self.name}"
        return self.name or self.kind

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in the order of the plan."""
        yield self
        for inner in self.lists.values():
            for node in inner:
                yield from node.walk()


def tree_of(plan: Plan) -> Node:
    """The nodes of a plan."""
    bare: dict[str, Any] = dict.fromkeys(_OF_PLAN, ())
    root = Node(plan.model_copy(update=bare))
    for slot in _OF_PLAN:
        for item in getattr(plan, slot):
            _add(root, slot, item)
    return root


def _add(parent: Node, slot: str, item: Task | Step | SetupStep) -> None:
    wrapper = None
    if isinstance(item, SetupStep):
        if item.step is None:
            return
        wrapper, item = item.model_copy(update={"step": None}), item.step
    lists = _lists_of(item)
    update: dict[str, Any] = {"id": "", "provenance": None, **_emptied(item)}
    node = Node(item.model_copy(update=update), item.id, item.provenance, wrapper, parent, slot)
    parent.lists.setdefault(slot, []).append(node)
    for inner_slot, steps in lists.items():
        node.lists[inner_slot] = []
        for step in steps:
            _add(node, inner_slot, step)


def _lists_of(item: Task | Step) -> dict[str, tuple[Step, ...]]:
    if isinstance(item, Task):
        return {"preparation": item.preparation, "steps": item.steps}
    if item.condition is not None:
        return {"then": item.condition.then, "otherwise": item.condition.otherwise}
    inner = item.group or item.loop or item.parallel
    return {"steps": inner.steps} if inner is not None else {}


def _emptied(item: Task | Step) -> dict[str, Any]:
    return _filled(item, dict.fromkeys(_lists_of(item), ()))


def _filled(item: Element, lists: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Fields of a task or step that hold these lists."""
    if isinstance(item, Step):
        if item.condition is not None:
            branches = {name: tuple(lists.get(name, ())) for name in ("then", "otherwise")}
            return {"condition": item.condition.model_copy(update=branches)}
        for kind in _LIST_KINDS:
            inner = getattr(item, kind)
            if inner is not None:
                steps = tuple(lists.get("steps", ()))
                return {kind: inner.model_copy(update={"steps": steps})}
        return {}
    return {name: tuple(lists.get(name, ())) for name in ("preparation", "steps")}


def slots_of(element: Element) -> tuple[str, ...]:
    """The lists that an element may hold steps in."""
    if isinstance(element, Plan):
        return _OF_PLAN
    return tuple(_lists_of(element)) if isinstance(element, Task | Step) else ()


def plan_of(root: Node) -> Plan:
    """The plan of a tree of nodes."""
    lists: dict[str, Any] = {}
    for slot in _OF_PLAN:
        lists[slot] = tuple(map(_item_of, root.lists.get(slot, ())))
    plan = root.element.model_copy(update=lists)
    assert isinstance(plan, Plan)
    return plan


def _item_of(node: Node) -> Any:
    lists = {slot: [_item_of(inner) for inner in nodes] for slot, nodes in node.lists.items()}
    update: dict[str, Any] = {"id": node.id, "provenance": node.provenance}
    item = node.element.model_copy(update=update | _filled(node.element, lists))
    if node.slot in ("setup", "shared_teardown"):
        wrapper = node.wrapper or SetupStep()
        return wrapper.model_copy(update={"step": item})
    return item
