"""Whom a plan addresses, as far as that is known before it runs."""

from __future__ import annotations

from hazard_tui.plan.model import Plan
from hazard_tui.plan.urls import split_authority, split_scheme
from hazard_tui.plan.variables import names_in

NESTED = 5
"""How deep variables may stand in variables."""


def target_hosts(plan: Plan) -> list[str]:
    """Hosts that the plan's requests go to, variables filled in where they are constant."""
    values = {one.name: one.value for one in plan.variables if one.value is not None}
    mapped = {one.recorded: one.test for one in plan.host_map}
    hosts = set()
    for step in plan.walk():
        if step.request is None or step.disabled:
            continue
        url = step.request.url
        for _ in range(NESTED):
            for name in names_in(url):
                url = url.replace(f"{{{{{name}}}}}", values.get(name) or f"<{name}>")
        host = split_authority(split_scheme(url)[1])[0].rpartition("@")[2]
        hosts.add(mapped.get(host, host) or "?")
    return sorted(hosts)
