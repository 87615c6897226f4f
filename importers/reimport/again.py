"""A later import in the form in which the earlier one went into the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hazard_tui.plan.findings import Finding, FindingSeverity
from hazard_tui.plan.import_base import ImportBase
from hazard_tui.plan.model import Plan, SecretRef, Variable
from importers.findings import ImportResult
from importers.renaming import free_names, renamed, with_free_keys
from importers.secrets import TAKEN_OUT


def as_before(
    result: ImportResult, base: ImportBase, mine: Plan, secrets: Mapping[str, str]
) -> tuple[ImportResult, dict[str, str]]:
    """The result with the names that the plan `mine` has for the variables and secrets of the
    earlier import, and what was renamed.

    What the source holds for the first time gets names that neither the plan nor the file of
    `secrets` has: it may have been called like something of another import.
    """
    before = {one.name: one for one in base.plan.variables}
    taken = {one.name: one for one in mine.variables}
    names = dict(base.renamed)
    fresh = [
        one.name
        for one in result.plan.variables
        if one.description == TAKEN_OUT
        and names.get(one.name, one.name) not in before
        and taken.get(one.name, one) != one
    ]
    names |= free_names(fresh, {*taken, *before, *(one.name for one in result.plan.variables)})
    result = replace(result, plan=renamed(result.plan, names))
    return _with_keys_of(before, result, secrets), names


def _with_keys_of(
    before: Mapping[str, Variable], result: ImportResult, secrets: Mapping[str, str]
) -> ImportResult:
    """The result whose secrets have the keys that the earlier import gave them."""
    keys: dict[str, str] = {}
    variables = []
    for variable in result.plan.variables:
        known = before.get(variable.name)
        if variable.secret is not None and known is not None and known.secret is not None:
            keys[variable.secret.key] = known.secret.key
            variable = variable.model_copy(update={"secret": SecretRef(key=known.secret.key)})
        variables.append(variable)
    plan = result.plan.model_copy(update={"variables": tuple(variables)})
    fresh = {key: value for key, value in result.secrets.items() if key not in keys}
    free = with_free_keys(replace(result, plan=plan, secrets=fresh), secrets)
    old = {keys[key]: value for key, value in result.secrets.items() if key in keys}
    return replace(free, secrets={**old, **free.secrets})


def keep_known_secrets(result: ImportResult, known: Mapping[str, str]) -> ImportResult:
    """The result without secrets that have a value already; a finding for each that differs."""
    differing = [key for key, value in result.secrets.items() if known.get(key, value) != value]
    findings = [
        Finding(
            FindingSeverity.INFO,
            "secret-kept",
            f"secrets.{key}",
            f"the source has another value of the secret {key}; the one on file was kept",
            fix="delete it from the file of secrets and import again to take the source's",
        )
        for key in differing
    ]
    fresh = {key: value for key, value in result.secrets.items() if key not in known}
    return replace(result, secrets=fresh, findings=(*result.findings, *findings))
