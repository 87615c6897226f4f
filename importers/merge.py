"""Several imports as one plan: every source keeps its tasks, same variables are merged."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial

from hazard_tui.plan.findings import Finding, FindingSeverity
from hazard_tui.plan.model import Plan, Variable
from importers.findings import ImportResult
from importers.renaming import apart


def merge_results(results: Sequence[ImportResult]) -> ImportResult:
    """One result of several. A variable that two sources define differently keeps the first value,
    with a finding; secrets that the imports took out are kept apart."""
    if len(results) == 1:
        return results[0]
    imported, results = results, apart(results)
    first = results[0].plan
    variables: dict[str, Variable] = {}
    findings: list[Finding] = []
    for result in results:
        for variable in result.plan.variables:
            known = variables.setdefault(variable.name, variable)
            if known != variable:
                findings.append(_conflict(variable.name))
    plans = [result.plan for result in results]
    merged = first.model_copy(
        update={
            "variables": tuple(variables.values()),
            "feeds": _joined(plans, "feeds"),
            "setup": _joined(plans, "setup"),
            "tasks": _joined(plans, "tasks"),
            "teardown": _joined(plans, "teardown"),
            "shared_teardown": _joined(plans, "shared_teardown"),
            "allowed_targets": _joined(plans, "allowed_targets"),
            "host_map": _joined(plans, "host_map"),
        }
    )
    if any(plan.defaults != first.defaults for plan in plans):
        merged = _with_own_defaults(merged, plans)
    return ImportResult(
        plan=merged,
        format="+".join(dict.fromkeys(result.format for result in results)),
        records=tuple(record for result in results for record in result.records),
        findings=tuple(one for result in results for one in result.findings) + tuple(findings),
        secrets={key: value for result in results for key, value in result.secrets.items()},
        correlations=tuple(
            replace(one, key=_key(index, one.key))
            for index, result in enumerate(imported)
            for one in result.correlations
        ),
        choose=partial(_chosen, imported),
    )


def _key(index: int, key: str) -> str:
    """Key of a correlation among those of several sources."""
    return f"{index}:{key}"


def _chosen(results: Sequence[ImportResult], keys: Collection[str]) -> ImportResult:
    """The merged result with the correlations of these keys and no others."""
    made = [
        result.choose([one.key for one in result.correlations if _key(index, one.key) in keys])
        if result.choose is not None
        else result
        for index, result in enumerate(results)
    ]
    return merge_results(made)


def _joined(plans: Sequence[Plan], field: str) -> tuple[object, ...]:
    return tuple(dict.fromkeys(item for plan in plans for item in getattr(plan, field)))


def _conflict(name: str) -> Finding:
    return Finding(
        FindingSeverity.WARNING,
        "variable-conflict",
        f"variables.{name}",
        f"variable {name!r} has different values in the sources; the first is used",
        fix="rename one of them",
    )


def _with_own_defaults(merged: Plan, plans: Sequence[Plan]) -> Plan:
    """The merged plan whose requests carry the defaults of the source they came from."""
    from importers.shape import with_defaults

    tasks = tuple(with_defaults(task, plan.defaults) for plan in plans for task in plan.tasks)
    return merged.model_copy(update={"tasks": tasks, "defaults": None})
