"""What the generator itself costs: the floor that workers measure at a target that does nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2

NEAR = 2.0
"""A median below this many times the floor's is mostly the generator's own."""
FEWEST = 100
"""Requests from which a median is compared with the floor."""


def known_floors(workers: Iterable[control_pb2.RunWorker]) -> list[worker_pb2.Floor]:
    """Floors of the workers that had measured theirs when the run began."""
    return [worker.floor for worker in workers if worker.HasField("floor")]


def floor_text(floors: Sequence[worker_pb2.Floor]) -> str:
    """Such as `floor p50 22 us, p99 60 us, 9.8 us of processor per request, 102000/s per core`.

    Of several workers every figure is the worst; empty without any.
    """
    if not floors:
        return ""
    cost_us = max(one.cost_us for one in floors)
    return (
        f"floor p50 {max(one.p50_us for one in floors):.0f} us, "
        f"p99 {max(one.p99_us for one in floors):.0f} us, "
        f"{cost_us:.1f} us of processor per request, "
        f"at most {min(one.rate_per_core for one in floors):.0f}/s per core"
    )


def near_floor_text(p50_us: float, requests: int, floors: Sequence[worker_pb2.Floor]) -> str:
    """What a median near the floor means; empty when it is not near, or nothing is known."""
    floor_us = max((one.p50_us for one in floors), default=0.0)
    if not floor_us or requests < FEWEST or p50_us >= NEAR * floor_us:
        return ""
    share = min(floor_us / max(p50_us, 1.0), 1.0)
    return (
        f"the median of {p50_us:.0f} us is near the floor of {floor_us:.0f} us: "
        f"{share:.0%} of it is the generator and its machine, not the target"
    )


def floor_value(floor: worker_pb2.Floor) -> dict[str, float | int]:
    """A floor as plain values."""
    return {
        "p50_us": round(floor.p50_us, 1),
        "p99_us": round(floor.p99_us, 1),
        "cost_us": round(floor.cost_us, 2),
        "rate_per_core": round(floor.rate_per_core),
        "measured_unix_ms": floor.measured_unix_ms,
    }
