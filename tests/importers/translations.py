"""Scripts of Postman as translated, in short text."""

from __future__ import annotations

from hazard_tui.plan.rules import Assertion
from importers.scripts import Translation, translate_script


def translated(source: str, undefined: tuple[str, ...] = ()) -> Translation:
    """The translation of a script that a plan can say."""
    found = translate_script(source, lambda name: name in undefined)
    assert found.complete, found.obstacle
    return found


def said(assertion: Assertion) -> tuple[str, ...]:
    """An assertion as short text: what, how, against what."""
    what = assertion.header or assertion.jsonpath or assertion.jmespath or assertion.variable
    place = assertion.target.value if what is None or what == "" else f"{assertion.target}:{what}"
    return place, assertion.operator.value, assertion.expected


def claims(source: str) -> list[tuple[str, ...]]:
    return [said(assertion) for assertion in translated(source).assertions]
