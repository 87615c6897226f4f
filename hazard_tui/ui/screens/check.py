"""The result of a check: every request as it was sent, the answer, saves and asserts.

A value of the answer is picked with the cursor and becomes a save or an assert: a field of JSON, a
header, a cookie, the status, a field or link of a page, an element of XML, a line of text.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static, TabbedContent, TabPane, Tree
from textual.widgets.option_list import Option
from textual.widgets.tree import TreeNode

from hazard_tui.plan.rules import Assertion, Extractor
from hazard_tui.ui import actions
from hazard_tui.ui.actions import keys_line
from hazard_tui.ui.answer_values import (
    PickableValue,
    cookie_values,
    header_values,
    json_of,
    json_value,
    page_values,
    status_value,
)
from hazard_tui.ui.glyphs import Glyphs
from hazard_tui.ui.screens.dialogs import TextDialog


@dataclass(frozen=True, slots=True)
class CheckedStep:
    """One request of a check, in plain values."""

    step_id: str
    name: str
    ok: bool
    request_line: str
    request_headers: tuple[tuple[str, str], ...]
    request_body: bytes
    status_line: str
    response_headers: tuple[tuple[str, str], ...]
    response_body: bytes
    timing: str
    error: str
    saves: tuple[tuple[str, str, bool], ...]
    """Variable, value or error, found."""
    asserts: tuple[tuple[str, bool, str, str], ...]
    """Name, held, actual, expected."""
    tests: tuple[tuple[str, bool, str], ...] = ()
    """Name, held, message of the tests of scripts."""
    scripts: tuple[str, ...] = ()
    """When each script ran and what it cost."""
    notes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Line for the list."""
        status = self.status_line.partition(" ")[2] or self.error
        return f"{self.name}  {status}"


@dataclass(frozen=True, slots=True)
class Pick:
    """A rule that a person made of a value in the answer."""

    step_id: str
    rule: Extractor | Assertion
    value: str = ""
    """The value under the cursor."""


class CheckScreen(ModalScreen[Pick | None]):
    """Shows checked steps as they arrive; `add` is called for each."""

    BINDINGS = actions.bindings("check")

    def __init__(self, title: str, glyphs: Glyphs) -> None:
        super().__init__()
        self._title = title
        self._glyphs = glyphs
        self._steps: list[CheckedStep] = []
        self._is_laid_out = False
        """What came before is shown by `on_mount`."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide tall check"):
            yield Static(self._title, classes="dialog-title", id="check-title", markup=False)
            with Horizontal(classes="check-panes"):
                yield OptionList(id="check-steps", markup=False, compact=True)
                with TabbedContent(id="check-tabs"):
                    with TabPane("Answer", id="check-answer"):
                        yield Tree[PickableValue]("answer", id="check-values")
                        with VerticalScroll(id="check-raw"):
                            yield Static("", id="check-body", markup=False)
                    with TabPane("Rules", id="check-rules"), VerticalScroll():
                        yield Static("", id="check-rules-text", markup=False)
                    with TabPane("Exchange", id="check-exchange"), VerticalScroll():
                        yield Static("", id="check-exchange-text", markup=False)
            keys = keys_line(self.app, "check.save", "check.assert", "check.copy", "check.close")
            yield Static(keys, classes="dialog-keys", markup=False)

    def on_mount(self) -> None:
        self.query_one("#check-steps").focus()
        self._is_laid_out = True
        self.set_title(self._title)
        for step in self._steps:
            self._append(step)

    @property
    def steps(self) -> list[CheckedStep]:
        """The steps so far."""
        return self._steps

    def set_title(self, title: str) -> None:
        """Changes the title: progress, then the summary."""
        self._title = title
        if self._is_laid_out:
            self.query_one("#check-title", Static).update(title)

    def add(self, step: CheckedStep) -> None:
        """Adds a step to the list; the first failed one is shown, else the last."""
        self._steps.append(step)
        if self._is_laid_out:
            self._append(step)

    def _append(self, step: CheckedStep) -> None:
        listing = self.query_one("#check-steps", OptionList)
        glyph = self._glyphs.good if step.ok else self._glyphs.bad
        text = Text(f"{glyph} {step.title}", "green" if step.ok else "bold red", no_wrap=True)
        listing.add_option(Option(text))
        failed_before = any(not one.ok for one in self._steps[: listing.option_count - 1])
        if not failed_before:
            listing.highlighted = listing.option_count - 1

    @on(OptionList.OptionHighlighted, "#check-steps")
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_index < len(self._steps):
            self._show(self._steps[event.option_index])

    @property
    def shown(self) -> CheckedStep | None:
        """The step whose answer is shown."""
        at = self.query_one("#check-steps", OptionList).highlighted
        return self._steps[at] if at is not None and at < len(self._steps) else None

    def _show(self, step: CheckedStep) -> None:
        value, is_json = json_of(step.response_body)
        self.query_one("#check-raw").display = not is_json
        tree = self.query_one("#check-values", Tree)
        tree.display = bool(step.status_line)
        tree.clear()
        tree.root.set_label(Text(step.status_line))
        tree.root.data = status_value(step.status_line)
        tree.root.expand()
        if is_json:
            _add_json(tree.root, value, "", depth=0)
            tree.root.expand_all()
        else:
            _add_page(tree.root, step)
        _add_group(tree.root, "headers", list(header_values(step.response_headers)))
        _add_group(tree.root, "cookies", list(cookie_values(step.response_headers)))
        text = step.error or step.response_body.decode("utf-8", "replace") or "(empty answer)"
        self.query_one("#check-body", Static).update(text)
        self.query_one("#check-rules-text", Static).update(self._rules_text(step))
        self.query_one("#check-exchange-text", Static).update(exchange_text(step))

    def _rules_text(self, step: CheckedStep) -> Text:
        good, bad = self._glyphs.good, self._glyphs.bad
        text = Text()
        for name, held, actual, expected in step.asserts:
            text.append(f"{good if held else bad} {name}", "green" if held else "bold red")
            text.append("\n" if held else f"\n  expected {expected}, got {actual}\n")
        for name, held, message in step.tests:
            text.append(f"{good if held else bad} {name}", "green" if held else "bold red")
            text.append("\n" if held else f"\n  {message}\n")
        for variable, value, found in step.saves:
            text.append(f"{good if found else bad} {variable} = ", "" if found else "bold red")
            text.append(f"{value}\n")
        for script in step.scripts:
            text.append(f"{script}\n", "dim")
        for note in step.notes:
            text.append(f"{self._glyphs.warn} {note}\n", "yellow")
        return text if text.plain else Text("no saves, asserts or scripts", "dim")

    def _value(self) -> tuple[CheckedStep, PickableValue] | None:
        step, node = self.shown, self.query_one("#check-values", Tree).cursor_node
        if step is None or node is None or node.data is None:
            self.notify("put the cursor on a value of the answer", markup=False)
            return None
        return step, node.data

    def action_check_save(self) -> None:
        """Makes a save of the value under the cursor, after asking for its name."""
        found = self._value()
        if found is not None:
            self.run_worker(self._save(*found), group="save", exclusive=True)

    async def _save(self, step: CheckedStep, value: PickableValue) -> None:
        place = value.save.jmespath or value.label.split(": ", 1)[0]
        title = f"save {place} as"
        name = await self.app.push_screen_wait(TextDialog(title, value.name, "name of a variable"))
        if name and name.strip():
            rule = value.save.model_copy(update={"variable": name.strip()})
            self.dismiss(Pick(step.step_id, rule, value.text))

    def action_check_assert(self) -> None:
        """Makes an assert of the value under the cursor."""
        found = self._value()
        if found is None:
            return
        step, value = found
        if value.check is None:
            what = "an assert reads the first match of a rule, and this is a later one: save it"
            self.notify(what, severity="warning", markup=False)
            return
        self.dismiss(Pick(step.step_id, value.check))

    def action_check_copy(self) -> None:
        """Copies the answer's body to the terminal's clipboard."""
        if self.shown is not None:
            self.app.copy_to_clipboard(self.shown.response_body.decode("utf-8", "replace"))
            self.notify("answer copied by the terminal (OSC 52)", markup=False)

    def action_check_close(self) -> None:
        """Closes the screen."""
        self.dismiss(None)


def exchange_text(step: CheckedStep) -> str:
    """Request and answer as text, headers and bodies."""
    lines = [step.timing, "", step.request_line]
    lines += [f"{name}: {value}" for name, value in step.request_headers]
    if step.request_body:
        lines += ["", step.request_body.decode("utf-8", "replace")]
    lines += ["", step.status_line or step.error]
    lines += [f"{name}: {value}" for name, value in step.response_headers]
    if step.response_body:
        lines += ["", step.response_body.decode("utf-8", "replace")]
    return "\n".join(lines)


MOST_NODES_PER_LEVEL = 200
"""Items of one list or object that the tree shows."""


def _add_json(node: TreeNode[PickableValue], value: Any, path: str, depth: int) -> None:
    items = _children(value, path)
    for key, inner_path, inner in items[:MOST_NODES_PER_LEVEL]:
        pickable = json_value(inner, inner_path, key)
        if isinstance(inner, (dict, list)) and inner and depth < 12:
            count = f"{{{len(inner)}}}" if isinstance(inner, dict) else f"[{len(inner)}]"
            label = Text(f"{key} {count}" if isinstance(key, str) else f"[{key}] {count}")
            _add_json(node.add(label, pickable), inner, inner_path, depth + 1)
        else:
            node.add_leaf(Text(pickable.label), pickable)
    if len(items) > MOST_NODES_PER_LEVEL:
        node.add_leaf(Text(f"… {len(items) - MOST_NODES_PER_LEVEL} more", "dim"))


def _children(value: Any, path: str) -> list[tuple[str | int, str, Any]]:
    if isinstance(value, list):
        return [(at, f"{path}[{at}]", inner) for at, inner in enumerate(value)]
    prefix = f"{path}." if path else ""
    return [(key, f"{prefix}{_quoted(key)}", inner) for key, inner in value.items()]


def _quoted(key: str) -> str:
    """A JMESPath identifier, quoted when it needs to be."""
    plain = key.isascii() and key.replace("_", "a").isalnum() and not key[:1].isdigit()
    return key if plain and key else json.dumps(key)


def _add_page(node: TreeNode[PickableValue], step: CheckedStep) -> None:
    """The values of a body that is no JSON, by their kind."""
    kinds: dict[str, list[PickableValue]] = {}
    for kind, value in page_values(step.response_headers, step.response_body):
        kinds.setdefault(kind, []).append(value)
    for kind, values in kinds.items():
        if len(values) > 1:
            _add_group(node, f"{kind}s", values, is_open=True)
        else:
            node.add_leaf(Text(values[0].label, no_wrap=True), values[0])


def _add_group(
    node: TreeNode[PickableValue], name: str, values: list[PickableValue], is_open: bool = False
) -> None:
    if not values:
        return
    group = node.add(Text(f"{name} ({len(values)})", "dim"), expand=is_open)
    for value in values[:MOST_NODES_PER_LEVEL]:
        group.add_leaf(Text(value.label, no_wrap=True), value)
    if len(values) > MOST_NODES_PER_LEVEL:
        group.add_leaf(Text(f"… {len(values) - MOST_NODES_PER_LEVEL} more", "dim"))
