"""Everything a person can do, in one registry.

Key bindings, footer, command palette and help are made of `ACTIONS`; the ids are the names that a
keymap in the config file uses and do not change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from textual.app import App
from textual.binding import Binding, BindingType

AREAS = {
    "app": "Everywhere",
    "plan": "Plan",
    "tree": "Plan tree",
    "list": "Lists",
    "fleet": "Fleet",
    "run": "Run",
    "history": "History",
    "table": "Live tables",
    "heat": "Heat map",
    "import": "Import dialog",
    "review": "Review of an import",
    "diff": "Diff of a correlation",
    "check": "Answers of a check",
    "findings": "List of findings",
    "preparing": "Workers that prepare",
    "wait": "Work that takes long",
    "compare": "Comparison",
    "form": "Forms",
    "offers": "List of variables while typing",
    "dialog": "Questions",
    "confirm": "Yes or no",
    "pick": "Choices of several",
    "letters": "Choices with letters",
    "text": "Long texts",
    "jump": "Jump labels",
}
"""Areas in the order of the help, with their titles."""

MAIN_AREAS = ("app", "plan", "tree", "list", "fleet", "run", "history", "table", "heat")
"""Areas of the four main screens; the others are dialogs, and work while theirs is open."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person can do."""

    id: str
    """`area.verb`; frozen, since keymaps use it."""
    keys: str
    """Default keys, comma separated; the first is shown."""
    label: str
    """A word or two for the footer."""
    help: str
    """One sentence for help and palette."""
    footer: bool = True
    priority: bool = False
    """Works inside text fields as well."""
    does: str = ""
    """What Textual calls it, with parameters; empty: named by the id."""
    bound: bool = True
    """False: the keys are letters of the moment, or pass through a field that is being typed in;
    a handler takes them."""

    @property
    def area(self) -> str:
        """The area whose widget or screen handles it."""
        return self.id.partition(".")[0]

    @property
    def method(self) -> str:
        """Name of the action method: `tree.move_up` is `action_tree_move_up`."""
        return self.does or self.id.replace(".", "_")


ACTIONS: tuple[Action, ...] = (
    Action("app.plan", "f1", "Plan", "Show the plan.", footer=False, priority=True),
    Action("app.fleet", "f2", "Fleet", "Show the workers.", footer=False, priority=True),
    Action("app.run", "f3", "Run", "Show the running or last run.", footer=False, priority=True),
    Action("app.history", "f4", "History", "Show recorded runs.", footer=False, priority=True),
    Action(
        "app.start",
        "f5",
        "Start",
        "Start the plan on the chosen workers; let a running run go on with the edited one.",
        priority=True,
    ),
    Action("app.help", "question_mark", "Help", "Help for what has the focus."),
    Action("app.help_here", "ctrl+g", "Help", "The same help, also while typing.", False, True),
    Action("app.back", "escape", "Back", "Go back to the tree, or to the plan."),
    Action("app.stop", "ctrl+x", "Stop", "Stop the run; again to force it.", priority=True),
    Action(
        "app.palette",
        "ctrl+p",
        "Commands",
        "Find any action by its name.",
        footer=False,
        priority=True,
    ),
    Action("app.jump", "ctrl+o", "Jump", "Put a letter on every part, jump to one.", False, True),
    Action("app.findings", "f8", "Findings", "List what is wrong with the plan.", False, True),
    Action("app.log", "f9", "Log", "List what was asked of controller and workers.", False, True),
    Action("app.diagnostics", "f12", "Diagnostics", "Versions, settings, link speed.", False, True),
    Action("app.mouse", "f10", "Mouse", "Turn the mouse off or on.", False, True),
    Action("app.line", "ctrl+t", "Line", "Paint less for a slow line, or more.", False, True),
    Action("app.theme", "f11", "Colours", "Choose the colours.", False, True),
    Action("app.quit", "ctrl+q", "Quit", "Leave the console; runs go on.", False, True),
    Action("app.quit_hint", "ctrl+c", "How to quit", "Say which keys leave and stop.", False),
    Action("plan.save", "ctrl+s", "Save", "Write the plan to its file.", priority=True),
    Action("plan.undo", "ctrl+z", "Undo", "Take the last edit back.", priority=True),
    Action("plan.redo", "ctrl+y", "Redo", "Do an edit again.", footer=False, priority=True),
    Action("plan.import", "i", "Import", "Import a file or pasted text.", priority=False),
    Action("plan.sample", "S", "Sample", "Begin with a sample plan and a lab.", footer=False),
    Action("plan.open", "o", "Open", "Open another plan.", footer=False),
    Action("plan.check", "c", "Check", "Send this step or task once, show the answer."),
    Action("plan.check_all", "C", "Check all", "Send every task once.", footer=False),
    Action("plan.load", "l", "Load", "Edit the stages of the load."),
    Action("plan.variables", "v", "Variables", "Edit variables, data feeds, thresholds.", False),
    Action("plan.editor", "f6", "Editor", "Edit the plan file in your editor.", False, True),
    Action("plan.environment", "e", "Environment", "Choose the environment.", footer=False),
    Action("plan.find", "slash", "Find", "Find and replace in the plan.", footer=False),
    Action("plan.workers", "w", "Workers", "Choose the workers of the next run.", footer=False),
    Action("tree.add", "a", "Add", "Add a step behind this one, or a task."),
    Action("tree.edit", "enter", "Edit", "Go to the editor."),
    Action("tree.part", "g", "Go to", "Go to a part of the request or the plan by a letter."),
    Action("tree.delete", "d,delete", "Delete", "Delete marked ones, or this one.", footer=False),
    Action("tree.duplicate", "D", "Duplicate", "Copy this one behind itself.", footer=False),
    Action("tree.rename", "r", "Rename", "Rename this task or step.", footer=False),
    Action("tree.weight", "number_sign", "Weight", "Set the weight or the share of a task.", False),
    Action("tree.toggle", "space", "On/off", "Enable or disable.", footer=False),
    Action("tree.mark", "m", "Mark", "Mark for an edit of several at once.", footer=False),
    Action("tree.bulk", "b", "Bulk edit", "Edit all marked ones at once.", footer=False),
    Action(
        "tree.open", "right", "Open", "Open a branch; go into it, or into the editor.", footer=False
    ),
    Action("tree.close", "left", "Close", "Close a branch, or go to the one around.", footer=False),
    Action("tree.move_up", "alt+up,K", "Up", "Move up.", footer=False),
    Action("tree.move_down", "alt+down,J", "Down", "Move down.", footer=False),
    Action("list.add", "a", "Add", "Add a row."),
    Action("list.edit", "enter", "Edit", "Edit this row."),
    Action("list.delete", "d,delete", "Delete", "Delete this row."),
    Action("list.toggle", "space", "On/off", "Enable or disable this row."),
    Action("list.move_up", "alt+up,K", "Up", "Move this row up.", footer=False),
    Action("list.move_down", "alt+down,J", "Down", "Move this row down.", footer=False),
    Action("fleet.choose", "space", "Choose", "Take this worker for the next run, or leave it."),
    Action("fleet.all", "a", "All", "Take all ready workers."),
    Action("fleet.join", "J", "Join", "Let this worker join the run that goes on.", footer=False),
    Action("fleet.lab", "u", "Lab", "Start workers and a target on this machine."),
    Action("fleet.sort", "s", "Sort", "Sort the workers by another column.", footer=False),
    Action("fleet.filter", "slash", "Filter", "Show only workers that match.", footer=False),
    Action("fleet.open", "enter", "Open", "Show all about this worker, with the reason."),
    Action("run.users", "plus", "Load", "Change users or rate of the run, speed of a replay."),
    Action(
        "run.take_over", "H", "Take over", "Take the run from the console that holds it.", False
    ),
    Action("run.pause", "p", "Pause", "Pause or resume the load, or a replay."),
    Action("run.freeze", "space", "Freeze", "Hold the picture; data go on."),
    Action("run.back", "left", "Back", "Look one second further back.", footer=False),
    Action("run.forward", "right", "Forward", "Look one second further on.", footer=False),
    Action("run.live", "end", "Live", "Show the newest second again.", footer=False),
    Action("run.marker", "m", "Marker", "Write a note on the time line."),
    Action("run.sort", "s", "Sort", "Sort the table by another column.", footer=False),
    Action("run.filter", "slash", "Filter", "Show only names that match.", footer=False),
    Action("run.window", "t", "Window", "Last minute, 5, 15 minutes, or all.", footer=False),
    Action("run.narrow", "T", "Narrow", "Charts of fewer minutes, as the wheel does.", False),
    Action("run.view", "tab", "View", "Next view: steps, workers, errors …", footer=False),
    Action("run.collapse", "g", "Group", "Steps alone, under their tasks, or tasks.", footer=False),
    Action("run.fold", "f", "Fold", "Hide the steps of this task, or show them.", footer=False),
    Action("run.columns", "o", "Columns", "Choose the columns of the steps.", footer=False),
    Action("run.changes", "w", "What changed", "Show what moved in the last jump.", footer=False),
    Action("run.open", "enter", "Open", "Show the whole text of this row.", footer=False),
    Action("run.copy", "y", "Copy", "Copy the whole text of this row.", footer=False),
    Action("run.faster", "greater_than_sign", "Faster", "Replay twice as fast.", footer=False),
    Action("run.slower", "less_than_sign", "Slower", "Replay half as fast.", footer=False),
    Action("history.open", "enter", "Open", "Show this run."),
    Action("history.compare", "c", "Compare", "Mark a run and compare another with it."),
    Action("history.report", "e", "Export", "Write a report of this run."),
    Action("history.replay", "r", "Replay", "Play this run again, second by second.", footer=False),
    Action("history.ghost", "b", "Behind", "Draw this run behind the charts of the open one."),
    Action("history.delete", "d,delete", "Delete", "Delete this run.", footer=False),
    Action("table.up", "up,k", "Up", "Go to the row above.", False, does="cursor(-1)"),
    Action("table.down", "down,j", "Down", "Go to the row below.", False, does="cursor(1)"),
    Action("table.page_up", "pageup", "Page up", "Go ten rows up.", False, does="cursor(-10)"),
    Action("table.page_down", "pagedown", "Page down", "Ten rows down.", False, does="cursor(10)"),
    Action("table.first", "home", "First", "Go to the first row.", False, does="cursor(-100000)"),
    Action("table.last", "G", "Last", "Go to the last row.", False, does="cursor(100000)"),
    Action("table.choose", "enter", "Open", "Show more about this row.", False, does="choose"),
    Action("heat.left", "left", "Earlier", "Read an earlier second.", False, does="move(-1,0)"),
    Action("heat.right", "right", "Later", "Read a later second.", False, does="move(1,0)"),
    Action("heat.up", "up", "Slower", "Read a slower band.", False, does="move(0,1)"),
    Action("heat.down", "down", "Faster", "Read a faster band.", False, does="move(0,-1)"),
    Action("import.accept", "ctrl+s", "Import", "Import the file or the text.", priority=True),
    Action("import.browse", "f7", "Browse", "Choose the file from a list.", priority=True),
    Action("review.take", "space", "Take", "Take or leave this one, or all in a branch."),
    Action("review.diff", "enter", "Diff", "Show what a correlation changes."),
    Action("review.all", "a", "All", "Take all that is shown here."),
    Action("review.none", "n", "None", "Leave all that is shown here."),
    Action("review.filter", "slash", "Filter", "Show only requests that match."),
    Action("review.facet", "f", "Filter by …", "Filter by host, method or type."),
    Action("review.accept", "ctrl+s", "Accept", "Import what is taken.", priority=True),
    Action("review.refuse", "escape", "Refuse", "Import nothing."),
    Action("review.open", "right", "Open", "Open a branch.", False),
    Action("review.close", "left", "Close", "Close a branch, or go to the one around.", False),
    Action("diff.take", "space,enter", "Take or leave", "Take the correlation, or leave it."),
    Action("diff.close", "escape,q", "Close", "Go back to the review."),
    Action("check.save", "s", "Save this value", "Save the value under the cursor."),
    Action("check.assert", "e", "Assert this value", "Assert the value under the cursor."),
    Action("check.copy", "y", "Copy answer", "Copy the body of the answer."),
    Action("check.close", "escape,q", "Close", "Go back to the plan; end a check that goes on."),
    Action("findings.copy", "y", "Copy", "Copy all findings."),
    Action("findings.close", "escape,q", "Close", "Go back without going to a finding."),
    Action(
        "preparing.again",
        "r,enter",
        "Try failed ones again",
        "Prepare the workers that failed once more.",
        does="choose('again')",
    ),
    Action(
        "preparing.without",
        "w",
        "Start without them",
        "Start on the workers that are ready.",
        does="choose('without')",
    ),
    Action(
        "preparing.leave",
        "escape",
        "Give the start up",
        "Start nothing.",
        does="choose('leave')",
    ),
    Action("wait.leave", "escape", "Leave it", "Give the work up; nothing is changed."),
    Action("compare.close", "escape,q", "Close", "Go back to the history."),
    Action(
        "form.accept",
        "ctrl+s",
        "Accept in a text",
        "Take the form over, also from a text.",
        True,
        True,
    ),
    Action("form.enter", "enter", "Accept", "Take the form over."),
    Action("offers.previous", "up", "Up", "Go to the name above.", False, bound=False),
    Action("offers.next", "down", "Down", "Go to the name below.", False, bound=False),
    Action("offers.take", "enter,tab", "Take", "Write this name.", False, bound=False),
    Action("offers.close", "escape", "Close", "Write on without a name.", False, bound=False),
    Action("dialog.cancel", "escape", "Cancel", "Go back without an answer."),
    Action("confirm.yes", "enter,y", "Yes", "Agree."),
    Action("confirm.no", "escape,n", "No", "Refuse."),
    Action("pick.toggle", "space", "Choose", "Choose this one, or leave it.", priority=True),
    Action("pick.accept", "enter", "Accept", "Take what is chosen.", priority=True),
    Action("letters.choose", "a-z", "Choose", "Take the choice of that letter.", bound=False),
    Action("text.copy", "y", "Copy", "Copy the whole text."),
    Action("text.close", "escape,q,enter,question_mark", "Close", "Go back."),
    Action("jump.go", "a-z", "Go", "Go to the part with that letter; else close.", bound=False),
)

IN_DIALOGS = frozenset(
    (
        "app.stop",
        "app.quit",
        "app.quit_hint",
        "app.help",
        "app.help_here",
        "app.palette",
        "app.jump",
        "app.mouse",
    )
)
"""Actions of the app that work while a dialog is open."""

BY_ID = {action.id: action for action in ACTIONS}


def area_actions(area: str) -> tuple[Action, ...]:
    """Actions of one area in the order of the registry."""
    return tuple(action for action in ACTIONS if action.area == area)


def bindings(area: str, handler: str = "") -> list[BindingType]:
    """Key bindings of one area, for the `BINDINGS` of its screen or widget.

    `handler` is `screen` or `app` where that one has the action methods, not the widget itself.
    """
    made = [_binding(action, handler) for action in area_actions(area) if action.bound]
    if area not in (*MAIN_AREAS, "text"):
        # What the app binds does not reach a dialog, unless it works while typing as well.
        made.append(_binding(BY_ID["app.help"], "app"))
    return [*made]


def _binding(action: Action, handler: str) -> Binding:
    return Binding(
        key=action.keys,
        action=f"{handler}.{action.method}" if handler else action.method,
        description=action.label,
        show=action.footer,
        priority=action.priority,
        tooltip=action.help,
        id=action.id,
    )


_SHOWN = {
    "question_mark": "?",
    "slash": "/",
    "plus": "+",
    "number_sign": "#",
    "greater_than_sign": ">",
    "less_than_sign": "<",
    "space": "space",
    "enter": "enter",
}


def key_text(action: Action, keymap: Mapping[str, str] | None = None) -> str:
    """The keys of an action as a person reads them."""
    keys = (keymap or {}).get(action.id, action.keys).split(",")
    return " ".join(_SHOWN.get(key.strip(), key.strip()).replace("ctrl+", "^") for key in keys)


def keys_line(app: App[Any], *parts: str) -> str:
    """The line at the foot of a dialog: ids of actions become their first key and their word in the
    keymap of the app, other parts stand as they are."""
    keymap: Mapping[str, str] = getattr(app, "keymap_config", {})
    return "   ".join(_key_and_word(BY_ID[one], keymap) if one in BY_ID else one for one in parts)


def _key_and_word(action: Action, keymap: Mapping[str, str]) -> str:
    shown = key_text(action, keymap).split(" ")[0].replace("escape", "esc")
    return f"{shown} {action.label.lower()}"


@dataclass(frozen=True, slots=True)
class Clash:
    """Two actions that a keymap puts on one key."""

    key: str
    first: str
    second: str


def keymap_faults(keymap: Mapping[str, str]) -> list[str]:
    """What is wrong with a keymap from the config file, one sentence each."""
    faults = [f"keymap: there is no action {name!r}" for name in keymap if name not in BY_ID]
    faults += [
        f"keymap: the keys of {name} cannot be changed"
        for name in keymap
        if name in BY_ID and not BY_ID[name].bound
    ]
    faults += [
        f"keymap: {clash.key} is bound to both {clash.first} and {clash.second}"
        for clash in _clashes(keymap)
    ]
    return faults


def _clashes(keymap: Mapping[str, str]) -> list[Clash]:
    clashes = []
    for area in AREAS:
        taken: dict[str, str] = {}
        everywhere = area_actions("app")
        if area not in MAIN_AREAS:
            everywhere = tuple(action for action in everywhere if action.id in IN_DIALOGS)
        for action in (*everywhere, *(area_actions(area) if area != "app" else ())):
            for key in keymap.get(action.id, action.keys).split(","):
                other = taken.setdefault(key.strip(), action.id)
                if other != action.id and {other, action.id} & set(keymap):
                    clashes.append(Clash(key.strip(), other, action.id))
    counted = Counter((clash.key, clash.first, clash.second) for clash in clashes)
    return [Clash(*key) for key in counted]
