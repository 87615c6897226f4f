"""The plan as a tree: setup, tasks with weight and share, steps, teardown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.style import Style
from rich.text import Text
from textual import on
from textual.message import Message
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from hazard_tui.plan.edit import Path
from hazard_tui.plan.model import Plan, Step, Task
from hazard_tui.plan.variables import plan_steps
from hazard_tui.ui import actions
from hazard_tui.ui.glyphs import Glyphs
from hazard_tui.ui.number_text import counted

METHOD_STYLES = {
    "GET": "green",
    "POST": "yellow",
    "PUT": "blue",
    "PATCH": "cyan",
    "DELETE": "red",
}

KIND_WORDS = {
    "group": "group",
    "pause": "pause",
    "loop": "loop",
    "condition": "if",
    "jump": "jump",
    "script": "script",
    "parallel": "parallel",
}

BRANCHES = ("setup", "teardown", "shared_teardown")
MOST_AT_ONCE = 2000
"""A plan with more steps is shown with its tasks closed at first."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a node of the tree stands for."""

    path: Path
    """Path of the element in the plan; empty for the plan itself."""
    key: str
    """Stable over rebuilds: an id, or a word for the fixed nodes."""


def shares(plan: Plan) -> dict[int, float]:
    """Index of a task -> its share of all iterations, 0 to 1; disabled tasks have none."""
    total = sum(task.weight for task in plan.tasks if not task.disabled)
    return {
        index: task.weight / total
        for index, task in enumerate(plan.tasks)
        if not task.disabled and total
    }


class PlanTree(Tree[Place]):
    """Shows a plan. Posts only `Marked`; the screen acts on the cursor's place."""

    BINDINGS = actions.bindings("tree", "screen")
    about = (
        "The plan: tasks with their weight and share of all iterations, and the steps of each. "
        "What the cursor is on is shown at the right; enter goes there. A curl command, a URL, a "
        "collection or a HAR can be pasted here."
    )

    class Marked(Message):
        """The set of marked places changed."""

    def __init__(self, plan: Plan, glyphs: Glyphs, id: str | None = None) -> None:
        super().__init__("plan", Place((), "plan"), id=id)
        self.plan = plan
        self.glyphs = glyphs
        self.marks: set[str] = set()
        self.bad: set[str] = set()
        """Keys of elements with an error."""
        self.results: dict[str, bool] = {}
        """Step id -> whether its last check was fine."""
        self.guide_depth = 2
        self.auto_expand = False
        self._shape: tuple[object, ...] = ()

    def on_mount(self) -> None:
        self.root.expand()
        self.show(self.plan)

    def show(self, plan: Plan) -> None:
        """Shows another version of the plan; the cursor and what is open stay where they were."""
        self.plan = plan
        shape = tuple(_shape(plan))
        if shape == self._shape:
            self.repaint()
            return
        first = not self._shape
        self._shape = shape
        closed = {node.data.key for node in self.walk_nodes() if node.data and not node.is_expanded}
        current = self.cursor_node.data if self.cursor_node and self.cursor_node.data else None
        line = self.cursor_line
        self.root.remove_children()
        if first and len(shape) > MOST_AT_ONCE:
            closed |= {task.id for task in plan.tasks}
        self._grow(closed)
        self._restore(current, line)

    def repaint(self) -> None:
        """Draws all labels anew; their texts are cached by the tree."""
        self._invalidate()

    def walk_nodes(self) -> Iterator[TreeNode[Place]]:
        """All nodes of the tree."""
        stack = [self.root]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(node.children)

    def _grow(self, closed: set[str]) -> None:
        places = [Place(("tasks", index), task.id) for index, task in enumerate(self.plan.tasks)]
        if self.plan.setup:
            places.insert(0, Place(("setup",), "setup"))
        last = [name for name in BRANCHES[1:] if getattr(self.plan, name)]
        places += [Place((name,), name) for name in last]
        for place in places:
            self._branch(self.root, place, closed)

    def _branch(self, parent: TreeNode[Place], place: Place, closed: set[str]) -> None:
        node = parent.add("", place, expand=place.key not in closed)
        # What is closed gets its nodes when it is opened: a plan may have ten thousands of steps.
        if node.is_expanded:
            self._fill(node, closed)

    def _fill(self, node: TreeNode[Place], closed: set[str]) -> None:
        """Makes the nodes inside a branch when they are not there yet."""
        if node.children or node.data is None or node is self.root:
            return
        for path, step in _inner_steps(self.plan, node.data.path):
            place = Place(path, step.id)
            if step.children or step.choice in ("group", "loop", "parallel", "condition"):
                self._branch(node, place, closed)
            else:
                node.add_leaf("", place)

    @on(Tree.NodeExpanded)
    def _opened(self, event: Tree.NodeExpanded[Place]) -> None:
        self._fill(event.node, set())

    def _restore(self, current: Place | None, line: int) -> None:
        nodes = {node.data.key: node for node in self.walk_nodes() if node.data}
        wanted = nodes.get(current.key) if current else None
        if wanted is not None:
            self.call_after_refresh(self.move_cursor, wanted)
        else:
            self.call_after_refresh(self._to_line, line)

    def _to_line(self, line: int) -> None:
        self.cursor_line = max(0, min(line, self.last_line))

    def select(self, path: Path) -> None:
        """Puts the cursor on the element at `path`, or on the nearest above."""
        self.move_to(self.nearest(path))

    def nearest(self, path: Path) -> TreeNode[Place]:
        """The node of the element at `path`, or of the nearest above that has one."""
        node = self.root
        while True:
            self._fill(node, set())
            inner = [
                one
                for one in node.children
                if one.data is not None and path[: len(one.data.path)] == one.data.path
            ]
            if not inner:
                return node
            node = inner[0]

    def move_to(self, node: TreeNode[Place]) -> None:
        """Opens what is above a node and puts the cursor on it."""
        parent = node.parent
        while parent is not None:
            parent.expand()
            parent = parent.parent
        self.call_after_refresh(self.move_cursor, node)

    def open_or_enter(self) -> bool:
        """Opens the branch under the cursor, or goes into an open one; False on a leaf."""
        node = self.cursor_node
        if node is None or not node.allow_expand:
            return False
        if node.is_expanded:
            self.action_cursor_down()
        else:
            node.expand()
        return True

    def close_or_leave(self) -> None:
        """Closes the branch under the cursor; goes to the node around it when it is closed."""
        node = self.cursor_node
        if node is None:
            return
        if node.allow_expand and node.is_expanded and node is not self.root:
            node.collapse()
        elif node.parent is not None:
            self.move_cursor(node.parent)

    def state_to_keep(self) -> dict[str, Any]:
        """Cursor and closed branches, for the next session."""
        closed = [one.data.key for one in self.walk_nodes() if one.data and _is_closed(one)]
        return {"cursor": self.place.key, "path": list(self.place.path), "closed": closed}

    def restore_state(self, state: dict[str, Any]) -> None:
        """Cursor and closed branches as they were."""
        nodes = {node.data.key: node for node in self.walk_nodes() if node.data}
        for key in state.get("closed") or ():
            if key in nodes:
                nodes[key].collapse()
        node = nodes.get(str(state.get("cursor")))
        if node is not None:
            self.call_after_refresh(self.move_cursor, node)
        elif state.get("path"):
            self.select(tuple(state["path"]))

    @property
    def place(self) -> Place:
        """What the cursor is on; the plan when it is on nothing."""
        node = self.cursor_node
        return node.data if node is not None and node.data is not None else Place((), "plan")

    def toggle_mark(self) -> None:
        """Marks or unmarks the element under the cursor."""
        place = self.place
        if place.path and isinstance(place.path[-1], (int, str)) and place.key != "plan":
            self.marks ^= {place.key}
            self.refresh()
            self.post_message(self.Marked())

    def marked_paths(self) -> list[Path]:
        """Paths of the marked elements in the order of the tree; the cursor's when none is."""
        if not self.marks:
            return [self.place.path] if self.place.path else []
        places: list[tuple[Path, str]] = [((name,), name) for name in BRANCHES]
        places += [(("tasks", index), task.id) for index, task in enumerate(self.plan.tasks)]
        places += [(path, step.id) for path, step in plan_steps(self.plan)]
        paths = sorted((path for path, key in places if key in self.marks), key=_order)
        return paths or ([self.place.path] if self.place.path else [])

    def clear_marks(self) -> None:
        """Unmarks everything."""
        self.marks.clear()
        self.refresh()

    def render_label(self, node: TreeNode[Place], base_style: Style, style: Style) -> Text:
        """The line of one node; user data is never parsed as markup."""
        place = node.data or Place((), "plan")
        label = Text(style=style, no_wrap=True, overflow="ellipsis")
        if node.allow_expand:
            label.append("▾ " if node.is_expanded else "▸ ", base_style)
        if place.key in self.marks:
            label.append(f"{self.glyphs.on} ", "bold magenta")
        self._append_content(label, place)
        if place.key in self.bad:
            label.append(f" {self.glyphs.bad}", "bold red")
        if place.key in self.results:
            fine = self.results[place.key]
            glyph = self.glyphs.good if fine else self.glyphs.bad
            label.append(f" {glyph}", "green" if fine else "bold red")
        return label

    def _append_content(self, label: Text, place: Place) -> None:
        path = place.path
        if not path:
            label.append(self.plan.name or "plan", "bold")
            label.append(f"  {counted(len(self.plan.tasks), 'task')}", "dim")
        elif path[0] in BRANCHES and len(path) == 1:
            label.append(str(path[0]).replace("_", " "), "italic")
        elif path[0] == "tasks" and len(path) == 2:
            index = int(path[1])
            if index < len(self.plan.tasks):
                self._append_task(label, self.plan.tasks[index], index)
        else:
            step = step_at(self.plan, path)
            if step is not None:
                self._append_step(label, step, preparation="preparation" in path)

    def _append_task(self, label: Text, task: Task, index: int) -> None:
        label.append(task.name or "task", "dim strike" if task.disabled else "bold")
        if task.disabled:
            label.append(" off", "dim")
            return
        share = shares(self.plan).get(index, 0)
        label.append(f"  {task.weight} = {share:.0%}", "dim")

    def _append_step(self, label: Text, step: Step, *, preparation: bool) -> None:
        if preparation:
            label.append("prep ", "dim italic")
        style = "dim strike" if step.disabled else ""
        if step.request is not None:
            method = step.request.effective_method
            label.append(f"{method[:7]} ", style or METHOD_STYLES.get(method, "magenta"))
            label.append(step.name or step.request.url, style)
        else:
            label.append(f"{KIND_WORDS.get(step.choice, 'empty')} ", style or "cyan")
            label.append(step.name or _summary(step), style)
        if step.disabled:
            label.append(" off", "dim")
        if step.not_runnable:
            label.append(f" {self.glyphs.warn} cannot run", "yellow")


def _is_closed(node: TreeNode[Place]) -> bool:
    return node.allow_expand and not node.is_expanded


def _order(path: Path) -> tuple[tuple[int, str], ...]:
    return tuple((key, "") if isinstance(key, int) else (-1, key) for key in path)


def _summary(step: Step) -> str:
    if step.pause is not None:
        top = f"-{step.pause.max_ms}" if step.pause.max_ms else ""
        return f"{step.pause.min_ms}{top} ms"
    if step.jump is not None:
        return f"to {step.jump.to or 'the end'}"
    return ""


def _inner_steps(plan: Plan, path: Path) -> Iterator[tuple[Path, Step]]:
    """The steps right inside what is at a path, with their paths."""
    if path in (("setup",), ("shared_teardown",)):
        for index, one in enumerate(getattr(plan, str(path[0]))):
            if one.step is not None:
                yield (*path, index, "step"), one.step
        return
    if path == ("teardown",):
        parts: list[tuple[Path, tuple[Step, ...]]] = [(path, plan.teardown)]
    elif path[0] == "tasks" and len(path) == 2:
        task = plan.tasks[int(path[1])]
        parts = [((*path, "preparation"), task.preparation), ((*path, "steps"), task.steps)]
    else:
        parts = _parts_of(step_at(plan, path), path)
    for place, steps in parts:
        for index, step in enumerate(steps):
            yield (*place, index), step


def _parts_of(step: Step | None, path: Path) -> list[tuple[Path, tuple[Step, ...]]]:
    if step is None:
        return []
    if step.condition is not None:
        names = ("then", "otherwise")
        return [((*path, "condition", name), getattr(step.condition, name)) for name in names]
    return [((*path, step.choice, "steps"), step.children)]


def step_at(plan: Plan, path: Path) -> Step | None:
    """The step at a path; None when something else is there."""
    value: object = plan
    for key in path:
        if isinstance(key, int):
            if not isinstance(value, tuple) or key >= len(value):
                return None
            value = value[key]
        else:
            value = getattr(value, key, None)
    return value if isinstance(value, Step) else None


def _shape(plan: Plan) -> Iterator[object]:
    for one in (*plan.setup, None, *plan.shared_teardown):
        if one is not None and one.step is not None:
            yield from _step_shape(one.step)
    for task in plan.tasks:
        yield task.id, len(task.preparation)
        for step in task.preparation + task.steps:
            yield from _step_shape(step)
        yield "end"
    for step in plan.teardown:
        yield from _step_shape(step)


def _step_shape(step: Step) -> Iterator[object]:
    yield step.id, step.choice
    if step.condition is not None:
        yield len(step.condition.then)
    for child in step.children:
        yield from _step_shape(child)
    if step.children:
        yield "end"
