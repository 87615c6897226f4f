"""Runs that an earlier controller left behind: taken over with a higher epoch, or closed."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from hazard_tui.controller.handover import waiting_starts
from hazard_tui.controller.locust_child import adopt_locust
from hazard_tui.controller.parts import Parts, now_ms
from hazard_tui.controller.run import Run
from hazard_tui.controller.run_context import keep_context, take_context
from hazard_tui.controller.seconds import SecondMerger, merge_all
from hazard_tui.controller.worker_link import WorkerLink
from hazard_tui.errors import RemoteError
from hazard_tui.rpc.clients import WorkerClient
from hazard_tui.rpc.convert import plan_model
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2
from hazard_tui.stats.recording import Recording, StoredRun
from hazard_tui.stats.verdict import VerdictWatch

ADOPTABLE = (control_pb2.RUN_STATE_RUNNING, control_pb2.RUN_STATE_STOPPING)


async def adopt_runs(parts: Parts) -> list[Run]:
    """Runs that go on. One that had not started is closed as failed, its engines discarded."""
    journal, adopted = parts.journal, []
    for run_id in await journal.call(journal.recording.active_runs):
        stored = await journal.call(journal.recording.stored, run_id)
        try:
            run = await _rebuild(parts, stored)
        except (ValidationError, KeyError, ValueError) as exc:
            _close_unreadable(parts, stored, exc)
            continue
        if stored.record.state in ADOPTABLE:
            run.event("log", "the controller was started anew and took the run over", level="warn")
            run.was_adopted = True
            adopted.append(run)
        else:
            await _close(run)
    return adopted


async def _rebuild(parts: Parts, stored: StoredRun) -> Run:
    record, context = stored.record, stored.context
    journal = parts.journal
    run = Run(parts, record, plan_model(record.plan), stored.epoch + 1)
    take_context(run, context)
    run.events = await journal.call(journal.recording.events, record.run_id)
    run.merger, run.verdict, waiting = await journal.call(
        _replay, journal.recording, record.run_id, len(record.entries)
    )
    for reason in record.verdict.reasons:
        if reason.code == "worker-lost":
            run.verdict.note(
                reason.code,
                reason.text,
                worker_id=reason.worker_id,
                from_second=reason.from_second,
                to_second=reason.to_second,
            )
    seqs = await journal.call(journal.recording.last_seqs, record.run_id)
    run.last_seqs = dict(seqs)
    for row in record.workers:
        # A worker that was still being prepared when the controller ended never took part.
        if row.worker_id in context["workers"]:
            run.add_link(_link(run, row, context["workers"][row.worker_id], seqs))
            run.handover.note_waiting(row.worker_id, waiting[row.worker_id])
    run.handover.forgets_lost = any(not link.is_live for link in run.links.values())
    for feed, shares in context.get("feed_shares", {}).items():
        run.handover.begin_feed(feed, {worker: (one[0], one[1]) for worker, one in shares.items()})
    if context.get("locust"):
        run.locust = adopt_locust(context["locust"])
        if run.locust is None:
            run.verdict.note("locust", "the Locust master ended during the run")
            record.locust.known = False
    await keep_context(run)
    return run


def _replay(
    recording: Recording, run_id: str, entries: int
) -> tuple[SecondMerger, VerdictWatch, Counter[str]]:
    """Totals, verdict and waiting starts by worker from the stored frames.

    The merged seconds are made anew from them.
    """
    verdict = VerdictWatch()
    waiting: Counter[str] = Counter()

    def watched() -> Iterator[worker_pb2.Frame]:
        for frame in recording.frames(run_id):
            verdict.add(frame)
            waiting[frame.worker_id] += waiting_starts(frame)
            yield frame

    merger, merged = merge_all(run_id, entries, watched())
    recording.replace_seconds(run_id, merged)
    return merger, verdict, waiting


def _link(
    run: Run, row: control_pb2.RunWorker, known: dict[str, Any], seqs: dict[str, int]
) -> WorkerLink:
    info = worker_pb2.WorkerInfo(
        worker_id=row.worker_id,
        address=row.address,
        hostname=row.hostname,
        cpus=int(str(known["cpus"])),
        boot_id=str(known["boot_id"]),
    )
    client = WorkerClient(row.address, run.parts.settings.tls)
    seq_before = int(str(known.get("seq_before", 0)))
    link = WorkerLink(client, run, run.run_id, run.epoch, info, row.share, seq_before)
    link.state, link.reason, link.was_adopted = row.state, row.reason, True
    link.floor = row.floor if row.HasField("floor") else None
    if "share" in known:
        link.own_share = worker_pb2.Share(index=known["share"][0], count=known["share"][1])
    link.clock_offset_us = int(str(known["clock_offset_us"]))
    link.seen_seq = link.safe_seq = max(seqs.get(row.worker_id, 0), seq_before)
    link.last_frame_unix_ms = row.last_frame_unix_ms
    if run.events:
        link.logs_until_us = run.events[-1].at_unix_ms * 1000 + link.clock_offset_us
    return link


def _close_unreadable(parts: Parts, stored: StoredRun, exc: Exception) -> None:
    """Closes a run whose record this version cannot follow; its engines end after their grace."""
    record = stored.record
    record.state, record.ended_unix_ms = control_pb2.RUN_STATE_FAILED, now_ms()
    record.reason = f"the controller ended, and the next could not read the run's record: {exc}"
    parts.journal.put_record(record)


async def _close(run: Run) -> None:
    for link in run.links.values():
        with contextlib.suppress(RemoteError):
            await link.client.discard(run.run_id, run.epoch, timeout_s=2.0)
        await link.client.close()
    if run.locust is not None:
        with contextlib.suppress(RemoteError):
            await run.locust.end()
    run.note_no_load()
    run.record.ended_unix_ms = now_ms()
    run.set_state(control_pb2.RUN_STATE_FAILED, "the controller ended before the run had started")
    run.leave_watchers()
