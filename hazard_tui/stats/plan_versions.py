"""What a run says of the versions of its plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2


def plan_version(record: control_pb2.RunRecord) -> int:
    """Version of the plan that the run followed last; 1 is the plan of the start."""
    return max(int(record.plan_version), 1)


def plan_title(record: control_pb2.RunRecord) -> str:
    """Name of the plan, with its version when it was replaced during the run."""
    version = plan_version(record)
    name = record.plan_name or record.plan_path
    return f"{name} (plan version {version})" if version > 1 else str(name)


def version_note(entry: worker_pb2.StepEntry) -> str:
    """Which versions of the run's plan have an entry; empty: all of them."""
    first, last = entry.plan_version_from, entry.plan_version_to
    if first and last:
        return f"plan {first}" if first == last else f"plans {first} to {last}"
    if first:
        return f"since plan {first}"
    return f"until plan {last}" if last else ""
