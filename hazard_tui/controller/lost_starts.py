"""Planned starts of lost workers: who asks for them, and what the run says of them.

A planned start belongs to one worker. When that worker is lost, others take the load over from a
moment on; what lies between its last frame and that moment was not sent, or was sent and is not
counted. A worker that is left knows the same schedule and lists it by second, so that planned
starts are always those that were started, dropped, given up at a stop, or lost.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from hazard_tui.controller.worker_link import WorkerLink
from hazard_tui.rpc.gen.hazard.v1 import worker_pb2


class LostStarts:
    """The lost workers of one run that nobody was asked about with success."""

    def __init__(self) -> None:
        self._lost: dict[str, worker_pb2.LostWorker] = {}
        """By worker id; moments and seconds in our clock."""

    def note(self, link: WorkerLink, waiting: int, started_us: int) -> None:
        """A worker was lost. `waiting`: starts that had come due and not begun, by its frames."""
        last = link.last_frame
        if link.worker_id in self._lost or not started_us or (last is None and link.was_adopted):
            return
        self._lost[link.worker_id] = worker_pb2.LostWorker(
            worker_id=link.worker_id,
            reached=last.arrivals_reached if last is not None else 0,
            waiting=max(waiting, 0),
            last_second=last.second if last is not None else started_us // 1_000_000,
            shares=[
                worker_pb2.HeldShare(since_unix_us=since_us, share=share)
                for since_us, share in link.shares
            ],
        )

    def ask(self, told: Collection[str], clock_offset_us: int) -> Iterator[worker_pb2.LostWorker]:
        """What to ask a worker: all that were lost but the `told` ones, in its clock."""
        for worker_id, ours in self._lost.items():
            if worker_id in told:
                continue
            theirs = worker_pb2.LostWorker()
            theirs.CopyFrom(ours)
            theirs.last_second = round(ours.last_second + clock_offset_us / 1e6)
            for held in theirs.shares:
                held.since_unix_us += clock_offset_us
            yield theirs
