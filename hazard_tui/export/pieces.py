"""Templates cut into literal text, variables and functions, for formats with their own syntax."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from hazard_tui.plan.base import Element
from hazard_tui.plan.model import Plan, Variable
from hazard_tui.plan.variables import Names as PlanNames
from hazard_tui.plan.variables import names_in, plan_names, plan_steps, uses

_TOKEN = re.compile(r"\{\{([^{}]*)\}\}")
_NAME_LIKE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_HOLE_FIRST = 0x100000
_HOLE_LAST = 0x10FFFD
_HOLE = re.compile(f"[{chr(_HOLE_FIRST)}-{chr(_HOLE_LAST)}]")


class Kind(StrEnum):
    """What a piece of a template is."""

    TEXT = "text"
    VARIABLE = "variable"
    FUNCTION = "function"


@dataclass(frozen=True, slots=True)
class Piece:
    """Literal text, the name of a variable, or a function call without its braces."""

    kind: Kind
    text: str

    @property
    def template(self) -> str:
        """The piece as it stands in a template."""
        return self.text if self.kind is Kind.TEXT else "{{" + self.text + "}}"


class Names:
    """Names of a plan that have a value; any other `{{name}}` is literal text."""

    def __init__(self, plan: Plan, *, with_undefined: bool = False) -> None:
        """`with_undefined`: what reads like the name of a variable is one, although nothing gives
        it a value; scripts can then name it once, at the top."""
        self._names = plan_names(plan)
        self.variables: dict[str, Variable] = {
            variable.name: variable for variable in plan.variables if not variable.disabled
        }
        self.saved = [name for name in self._names.saved if name not in self.variables]
        self.undefined = _undefined(plan, self._names) if with_undefined else []

    def pieces(self, template: str) -> list[Piece]:
        """The pieces of a template; neighbouring text is one piece."""
        found: list[Piece] = []
        text, at = "", 0
        for token in _TOKEN.finditer(template):
            name = token[1].strip()
            kind = Kind.FUNCTION if name.startswith("$") else Kind.VARIABLE
            if kind is Kind.VARIABLE and not self._is_known(name):
                continue
            text += template[at : token.start()]
            at = token.end()
            if text:
                found.append(Piece(Kind.TEXT, text))
            text = ""
            found.append(Piece(kind, name))
        if rest := template[at:]:
            found.append(Piece(Kind.TEXT, rest))
        return found

    def _is_known(self, name: str) -> bool:
        return self._names.known(name) or name in self.undefined

    def needed_first(self) -> list[Variable]:
        """The plan's variables, those that others need before them."""
        done: dict[str, Variable] = {}

        def visit(name: str, trail: tuple[str, ...]) -> None:
            variable = self.variables.get(name)
            if variable is None or name in done or name in trail:
                return
            path = variable.file.path if variable.file else ""
            for inner in names_in((variable.value or "") + path):
                visit(inner, (*trail, name))
            done[name] = variable

        for name in self.variables:
            visit(name, ())
        return list(done.values())

    def is_literal(self, template: str) -> bool:
        """True when nothing in the template is replaced."""
        return all(piece.kind is Kind.TEXT for piece in self.pieces(template))

    def mapped(self, template: str, change: Callable[[str], str]) -> str:
        """The template with `change` applied to its literal text."""
        return "".join(
            change(piece.text) if piece.kind is Kind.TEXT else piece.template
            for piece in self.pieces(template)
        )

    def resolved(self, template: str, depth: int = 0) -> str:
        """The template with constants of the plan in place; other variables stay as they are."""
        found = ""
        for piece in self.pieces(template):
            variable = self.variables.get(piece.text) if piece.kind is Kind.VARIABLE else None
            if variable is None or variable.value is None or depth > 20:
                found += piece.template
            else:
                found += self.resolved(variable.value, depth + 1)
        return found

    def constant(self, piece: Piece) -> str:
        """The value of a variable as far as the plan knows it; empty for other pieces."""
        variable = self.variables.get(piece.text) if piece.kind is Kind.VARIABLE else None
        if piece.text in self.undefined and piece.kind is Kind.VARIABLE:
            return piece.template
        return self.resolved(variable.value) if variable and variable.value else ""


def _undefined(plan: Plan, known: PlanNames) -> list[str]:
    found: dict[str, None] = {}
    elements: list[Element] = [step for _, step in plan_steps(plan)]
    for element in [*elements, *plan.variables]:
        for use in uses(element):
            if not known.known(use.name) and _NAME_LIKE.fullmatch(use.name):
                found[use.name] = None
    return list(found)


class Holes:
    """Replaces what a template leaves open by one character each, so that text can be cut."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._templates: list[str] = []

    def cover(self, template: str) -> str:
        """The template with a character of plane 16 for each variable and function."""
        return "".join(
            self._new(piece.template)
            if piece.kind is not Kind.TEXT
            else _HOLE.sub(lambda found: self._new(found[0]), piece.text)
            for piece in self._names.pieces(template)
        )

    def uncover(self, text: str) -> str:
        """The reverse of `cover`."""
        return _HOLE.sub(lambda found: self._templates[ord(found[0]) - _HOLE_FIRST], text)

    def _new(self, template: str) -> str:
        self._templates.append(template)
        return chr(_HOLE_FIRST + len(self._templates) - 1)


def is_hole(char: str) -> bool:
    """True for a character that stands for an open part of a template."""
    return _HOLE_FIRST <= ord(char) <= _HOLE_LAST
