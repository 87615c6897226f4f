"""New names for what an import took out of its source, where another import took the same names."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from hazard_tui.plan.model import Plan, SecretRef, Variable
from importers.findings import ImportResult
from importers.secrets import TAKEN_OUT


def with_free_keys(result: ImportResult, known: Mapping[str, str]) -> ImportResult:
    """The result whose secrets do not overwrite others: a key that has another value in `known` is
    given a number. Two pasted commands, for example, both call their token the same."""
    keys = free_names(
        [key for key, value in result.secrets.items() if known.get(key, value) != value],
        {*known, *result.secrets},
    )
    if not keys:
        return result
    variables = tuple(
        one.model_copy(update={"secret": SecretRef(key=keys.get(one.secret.key, one.secret.key))})
        if one.secret is not None
        else one
        for one in result.plan.variables
    )
    return replace(
        result,
        plan=result.plan.model_copy(update={"variables": variables}),
        secrets={keys.get(key, key): value for key, value in result.secrets.items()},
    )


def apart(results: Sequence[ImportResult]) -> list[ImportResult]:
    """The results with different names for the secrets that their imports took out, so that each
    request keeps the one it was sent with."""
    seen: dict[str, Variable] = {}
    values: dict[str, str] = {}
    made: list[ImportResult] = []
    for result in results:
        own = with_free_keys(result, values)
        clashing = [
            one.name
            for one in own.plan.variables
            if one.description == TAKEN_OUT and seen.get(one.name, one) != one
        ]
        taken = {*seen, *(one.name for one in own.plan.variables)}
        plan = renamed(own.plan, free_names(clashing, taken))
        made.append(replace(own, plan=plan))
        values |= own.secrets
        seen = {**{one.name: one for one in plan.variables}, **seen}
    return made


def free_names(names: Sequence[str], taken: set[str]) -> dict[str, str]:
    """Name -> the same with the first number that nothing has."""
    free: dict[str, str] = {}
    for name in names:
        number = 2
        while f"{name}_{number}" in taken:
            number += 1
        free[name] = f"{name}_{number}"
        taken.add(free[name])
    return free


def renamed(plan: Plan, names: Mapping[str, str]) -> Plan:
    """The plan with other names for some of its variables."""
    if not names:
        return plan
    text = plan.model_dump_json(by_alias=True)
    for old, new in names.items():
        text = text.replace("{{" + old + "}}", "{{" + new + "}}")
    made = Plan.model_validate(json.loads(text))
    variables = tuple(
        one.model_copy(update={"name": names.get(one.name, one.name)}) for one in made.variables
    )
    return made.model_copy(update={"variables": variables})
