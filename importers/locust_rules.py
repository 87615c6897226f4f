"""Saves and asserts of locust-hazard as extractors and assertions."""

from __future__ import annotations

import re
from typing import Any

from hazard_tui.plan.base import Operator, Scope
from hazard_tui.plan.rules import Choices, Extractor, IntRange, OnMiss, Regex, Target
from importers.postman.document import Node

ASSERTS = {
    0: (Target.STATUS, Operator.EQUALS),
    1: (Target.SIZE, Operator.GREATER),
    2: (Target.SIZE, Operator.EQUALS),
    3: (Target.SIZE, Operator.LESS),
}
"""AssertType -> what is judged, as the code of its worker does. The article that describes the tool
has 1 and 3 the other way round."""


def extractor_of(node: Node, scope: Scope, local: dict[str, str]) -> Extractor | None:
    """The extractor of an element of SaveParamChain; None for a rule that is not known.

    `local`: names in the file -> names in the plan.
    """
    kind, rule = node.get("SaveType").value, node.get("RuleValue").text()
    name = node.get("ParamName").text()
    common: dict[str, Any] = {
        "variable": local.get(name, name),
        "scope": scope,
        "on_miss": OnMiss.KEEP,
    }
    if not name or isinstance(kind, bool):
        return None
    if kind == 0:
        return Extractor(**common, xpath=rule)
    if kind == 1:
        return Extractor(**common, jsonpath=dotted(rule))
    if kind == 2:
        return Extractor(**common, regex=Regex(pattern=rule))
    if kind == 3:
        return Extractor(**common, constant=rule)
    if kind == 4:
        bounds = re.fullmatch(r"\s*(-?\d{1,18})\s*[,-]\s*(-?\d{1,18})\s*", rule)
        if bounds is None:
            return None
        low, high = sorted((int(bounds.group(1)), int(bounds.group(2))))
        return Extractor(**common, random_int=IntRange(min=low, max=high))
    if kind == 5 and len(rule.strip()) > 2:
        # The first character separates the choices.
        return Extractor(**common, random_choice=Choices(values=tuple(rule[1:].split(rule[0]))))
    return None


def dotted(rule: str) -> str:
    """`dataList.2.name` as `dataList[2].name`."""
    out = ""
    for part in rule.split("."):
        if part.isascii() and part.isdigit():
            out += f"[{int(part)}]" if len(part) < 10 else f'["{part}"]'
        elif re.fullmatch(r"[A-Za-z_$][\w$]*", part):
            out += f".{part}" if out else part
        else:
            escaped = part.replace("\\", "\\\\").replace('"', '\\"')
            out += f'["{escaped}"]'
    return out


def quoted(text: str) -> str:
    """An argument of a template function."""
    if re.fullmatch(r"[\w.:/@+-]+", text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
