"""The requests of an import as a tree with check boxes: tasks, groups, requests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rich.style import Style
from rich.text import Text
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from hazard_tui.plan.edit import Path, at
from hazard_tui.plan.model import Plan, Step
from hazard_tui.plan.variables import plan_steps
from hazard_tui.ui import actions
from hazard_tui.ui.glyphs import Glyphs
from hazard_tui.ui.review_items import ReviewItem
from importers.proposals import Correlation, Origin, origin_of

_REQUEST_LEFT = ("its request is left", "yellow")


@dataclass(slots=True)
class Entry:
    """What a node stands for: a branch, one request, or one correlation."""

    path: Path
    title: str
    item: ReviewItem | None = None
    requests: list[Path] = field(default_factory=list)
    """Paths of the requests below, or of the one that this is."""
    correlation: Correlation | None = None
    keys: list[str] = field(default_factory=list)
    """Keys of the correlations below, or of the one that this is."""


class ReviewTree(Tree[Entry]):
    """Shows the items that are wanted; the owner ticks them."""

    about = (
        "The requests of the import, and the values that its server makes anew each time: space "
        "takes or leaves one, or all in a branch; right and left open and close a branch. What is "
        "said about a request stands beside it, and what a correlation changes; enter shows that "
        "as a whole. A correlation that is left leaves the recorded value in the requests."
    )

    # The tree's own keys for space, enter and the arrows come before those of the screen.
    BINDINGS = actions.bindings("review", "screen")

    def __init__(self, plan: Plan, glyphs: Glyphs, id: str | None = None) -> None:
        super().__init__("import", Entry((), "import"), id=id)
        self._plan = plan
        self._paths: dict[Origin, list[Path]] = {}
        for path, step in plan_steps(plan):
            if (origin := origin_of(step)) is not None:
                self._paths.setdefault(origin, []).append(path)
        self._glyphs = glyphs
        self.ticked: set[Path] = set()
        self.taken: set[str] = set()
        """Keys of the correlations that are taken."""
        self.guide_depth = 2
        self.auto_expand = False
        self.show_root = False

    def show(self, items: list[ReviewItem], correlations: Sequence[Correlation] = ()) -> None:
        """Shows these correlations in a branch, and these requests in those that they are in."""
        current = self.entry
        self.root.remove_children()
        self.root.data = Entry((), "import", requests=[item.path for item in items])
        if correlations:
            self._add_correlations(correlations)
        branches: dict[Path, TreeNode[Entry]] = {(): self.root}
        for item in items:
            parent = self.root
            for path, title in _branches(self._plan, item.path):
                node = branches.get(path)
                if node is None:
                    node = parent.add("", Entry(path, title), expand=True)
                    branches[path] = node
                if node.data is not None:
                    node.data.requests.append(item.path)
                parent = node
            parent.add_leaf("", Entry(item.path, item.title, item, [item.path]))
        self.root.expand()
        wanted = next(
            (one for one in self.nodes() if one.data and one.data.path == current.path), None
        )
        self.call_after_refresh(self._put_cursor, wanted)

    def _add_correlations(self, correlations: Sequence[Correlation]) -> None:
        keys = [one.key for one in correlations]
        path: Path = ("correlations",)
        entry = Entry(path, "values made anew by the server", keys=keys)
        branch = self.root.add("", entry, expand=True)
        for one in correlations:
            title = f"{one.variable}  {one.confidence} %  "
            branch.add_leaf("", Entry((*path, one.key), title, correlation=one, keys=[one.key]))

    def _put_cursor(self, wanted: TreeNode[Entry] | None) -> None:
        if wanted is not None and wanted is not self.root:
            self.move_cursor(wanted)
        else:
            self.cursor_line = 0

    def is_possible(self, one: Correlation) -> bool:
        """True when the request that gives the value is taken, and one that sends it."""
        return self._is_ticked(one.origin) and any(
            self._is_ticked(sending.origin) for sending in one.sendings
        )

    def _is_ticked(self, origin: Origin) -> bool:
        return any(path in self.ticked for path in self._paths.get(origin, ()))

    def nodes(self) -> Iterator[TreeNode[Entry]]:
        """All nodes."""
        stack = [self.root]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(node.children)

    @property
    def entry(self) -> Entry:
        """What the cursor is on."""
        node = self.cursor_node
        return node.data if node is not None and node.data is not None else Entry((), "import")

    @property
    def shown(self) -> list[Path]:
        """Paths of the requests that are shown."""
        return self.root.data.requests if self.root.data is not None else []

    def take(self) -> None:
        """Takes what the cursor is on; leaves it when all of it was taken."""
        entry = self.entry
        all_taken = self._count(entry) == len(entry.requests) + len(entry.keys)
        self._set(entry, taken=not all_taken)

    def _set(self, entry: Entry, *, taken: bool) -> None:
        if taken:
            self.ticked |= set(entry.requests)
            self.taken |= set(entry.keys)
        else:
            self.ticked -= set(entry.requests)
            self.taken -= set(entry.keys)
        self._invalidate()

    def _count(self, entry: Entry) -> int:
        """How much of an entry is taken."""
        return sum(path in self.ticked for path in entry.requests) + sum(
            key in self.taken for key in entry.keys
        )

    def open_branch(self) -> None:
        """Opens the branch under the cursor."""
        if self.cursor_node is not None:
            self.cursor_node.expand()

    def close_branch(self) -> None:
        """Closes the branch under the cursor, or goes to the one around it."""
        node = self.cursor_node
        if node is None:
            return
        if node.allow_expand and node.is_expanded:
            node.collapse()
        elif node.parent is not None and node.parent is not self.root:
            self.move_cursor(node.parent)

    def tick(self, *, taken: bool) -> None:
        """Takes or leaves all correlations when the cursor is on one, else all requests that are
        shown."""
        if self.entry.keys:
            branch = next(one.data for one in self.root.children if one.data and one.data.keys)
            self._set(branch, taken=taken)
        else:
            self._set(Entry((), "", requests=self.shown), taken=taken)

    def render_label(self, node: TreeNode[Entry], base_style: Style, style: Style) -> Text:
        """Check box, method, place, name; imported text is never parsed as markup."""
        entry = node.data or Entry((), "")
        label = Text(style=style, no_wrap=True, overflow="ellipsis")
        if node.allow_expand:
            label.append("▾ " if node.is_expanded else "▸ ", base_style)
        taken, count = self._count(entry), len(entry.requests) + len(entry.keys)
        box = "[x]" if taken == count else "[-]" if taken else "[ ]"
        label.append(f"{box} ", "bold" if taken else "dim")
        if entry.correlation is not None:
            label.append(entry.title, "" if taken else "dim")
            is_possible = self.is_possible(entry.correlation)
            label.append(*((entry.correlation.step, "dim") if is_possible else _REQUEST_LEFT))
            return label
        if entry.item is None:
            label.append(entry.title, "bold")
            label.append(f"  {taken} of {count}", "dim")
            return label
        label.append(f"{entry.item.method[:7]} ", "cyan" if taken else "dim")
        label.append(entry.title, "" if taken else "dim")
        if entry.item.findings:
            label.append(f" {self._glyphs.warn} {len(entry.item.findings)}", "yellow")
        return label


def _branches(plan: Plan, path: Path) -> Iterator[tuple[Path, str]]:
    """Setup, task or teardown of a request, then the steps around it, with their titles."""
    if path[0] in ("setup", "teardown"):
        yield path[:1], str(path[0])
    for end in range(2, len(path)):
        if isinstance(path[end - 1], int):
            element = at(plan, path[:end])
            if isinstance(element, Step) or path[:end] == path[:2]:
                name = getattr(element, "name", "")
                if name or path[0] == "tasks":
                    yield path[:end], name or "task"
