"""The life of a run from the common start to its last frame."""

from __future__ import annotations

import asyncio
import contextlib

from hazard_tui.controller.joining import leave_joins
from hazard_tui.controller.live_plan import repeat_switch
from hazard_tui.controller.load import Plateau, plateaus
from hazard_tui.controller.parts import now_ms, now_us
from hazard_tui.controller.reaching import why_unreached
from hazard_tui.controller.resharing import PAST_LOAD
from hazard_tui.controller.run import Run
from hazard_tui.controller.run_context import keep_context
from hazard_tui.controller.shared_steps import set_up, tear_down
from hazard_tui.controller.worker_link import WorkerLink
from hazard_tui.errors import RemoteError
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2
from hazard_tui.stats.compare import locust_differences
from hazard_tui.stats.floor import known_floors, near_floor_text
from hazard_tui.stats.recording import RecordingError
from hazard_tui.stats.thresholds import broken_for_good, judge_all
from hazard_tui.stats.totals import figures_of, request_entries
from hazard_tui.stats.verdict import DEGRADED, INVALID, VALID

START_LEAD_US = 500_000
"""The common start is this far ahead, so that every worker has heard of it."""
LOOK_EVERY_S = 0.2
ASK_EVERY_S = 1.0
OVERDUE_MS = 15_000
"""An engine that still runs this long after the planned end is stopped."""
DRAIN_MS = 10_000
FINISH_TIMEOUT_S = DRAIN_MS / 1000 + 15.0
LOCUST_SETTLES_S = 6.0
LAST_FRAME_S = 3.0
HISTORY_TIMEOUT_S = 5.0

FINISHED = worker_pb2.ENGINE_STATUS_FINISHED
AT_REST = (*PAST_LOAD, worker_pb2.ENGINE_STATUS_DONE)


async def live(run: Run) -> None:
    """Starts a prepared run, watches it to its end and finishes it."""
    try:
        await _start(run)
        await _watch(run)
    except RemoteError as exc:
        run.ask_stop(str(exc), force=True, final=control_pb2.RUN_STATE_FAILED)
    await finish(run)


async def live_on(run: Run) -> None:
    """Watches a run that an earlier controller started, and finishes it."""
    if run.record.state != control_pb2.RUN_STATE_STOPPING:
        run.spawn(repeat_switch(run), "plan version")
        await _watch(run)
    await finish(run)


# ---- start ----


async def _start(run: Run) -> None:
    """Waits until every worker reached Locust, then names the common instant."""
    run.set_state(control_pb2.RUN_STATE_STARTING)
    run.open_links()
    links = run.live_links
    answers = await asyncio.gather(*(why_unreached(run, link) for link in links))
    for link, why in zip(links, answers, strict=True):
        if why:
            raise RemoteError(f"worker {link.address} cannot take part: {why}")
    if run.stop_asked.is_set():
        return
    await _let_locust_run(run)
    shown = run.spawn(_show_seconds(run), "seconds of setup")
    try:
        await set_up(run)
    finally:
        shown.cancel()
    if run.stop_asked.is_set():
        return
    start_us = now_us() + START_LEAD_US
    errors = await run.command_all(
        links,
        lambda link: {"start": worker_pb2.Start(start_at_unix_us=start_us + link.clock_offset_us)},
    )
    if errors:
        raise RemoteError(f"the run cannot start: {'; '.join(errors)}")
    run.load_log.start_us = start_us
    run.record.started_unix_ms = start_us // 1000
    await keep_context(run)
    run.set_state(control_pb2.RUN_STATE_RUNNING)


async def _show_seconds(run: Run) -> None:
    """Gives the seconds of a long setup to the watchers."""
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        run.give_seconds()


async def _let_locust_run(run: Run) -> None:
    """Gives Locust the users of the first plateau and waits until it says so."""
    if run.locust is None:
        return
    first = plateaus(run.plan, len(run.live_links))[0]
    error = await run.tell_locust(first.users)
    if error:
        raise RemoteError(f"Locust does not start: {error}")
    deadline = asyncio.get_running_loop().time() + 5.0
    while asyncio.get_running_loop().time() < deadline:
        state = await run.locust.client.state()
        if state.state == "running":
            return
        await asyncio.sleep(0.05)
    run.event("locust", "Locust did not report all users in time; going on", level="warn")


# ---- watching ----


async def _watch(run: Run) -> None:
    """Looks after a running run until it should end."""
    if run.stop_asked.is_set():
        return
    run.spawn(_drive_locust(run), "plateaus")
    run.spawn(_tell_stages(run), "stages")
    next_ask = 0.0
    while not run.stop_asked.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(run.stop_asked.wait(), LOOK_EVERY_S)
        run.give_seconds()
        if not run.live_links:
            run.ask_stop("no worker is left", final=control_pb2.RUN_STATE_ABORTED)
            return
        at_rest = all(link.engine in AT_REST for link in run.live_links)
        if at_rest and not run.handing_over:
            return
        now = asyncio.get_running_loop().time()
        if now >= next_ask:
            next_ask = now + ASK_EVERY_S
            await _look_closer(run)


async def _look_closer(run: Run) -> None:
    """Once a second: thresholds, Locust, the planned end, the record."""
    elapsed_ms = run.elapsed_ms
    broken = broken_for_good(run.plan.thresholds, run.merger.total, run.record.entries, elapsed_ms)
    if broken is not None:
        run.event("threshold", broken.text, level="error")
        run.ask_stop(f"threshold {broken.text}", final=control_pb2.RUN_STATE_ABORTED)
    await _look_at_locust(run)
    planned = run.record.planned_ms
    paused = run.paused_ms + (now_ms() - run.paused_since_ms if run.paused_since_ms else 0)
    if planned and elapsed_ms > planned + paused + OVERDUE_MS:
        run.event("log", "an engine runs longer than planned; stopping it", level="warn")
        run.ask_stop("", final=control_pb2.RUN_STATE_FINISHED)
    run.publish_record()


async def _look_at_locust(run: Run) -> None:
    locust = run.locust
    if locust is None:
        return
    try:
        totals = await locust.client.state(timeout_s=2.0)
    except RemoteError as exc:
        if not locust.is_alive:
            run.locust = None
            run.record.locust.known = False
            run.event("locust", f"the Locust master ended: {exc}", level="error")
            run.verdict.note("locust", "the Locust master ended during the run", status=DEGRADED)
        return
    run.record.locust.CopyFrom(totals)
    if totals.state == "stopped by a person":
        run.ask_stop("stopped in Locust's web page")


async def _drive_locust(run: Run) -> None:
    """Tells Locust the users of each plateau at its time."""
    steps: list[Plateau] = plateaus(run.plan, len(run.live_links))
    for step in steps[1:]:
        wait_s = (run.record.started_unix_ms + step.at_ms - now_ms()) / 1000
        if wait_s < -1:
            continue
        await asyncio.sleep(max(wait_s, 0))
        if run.load_changed or run.locust is None:
            return
        with contextlib.suppress(RemoteError):
            error = await run.tell_locust(step.users)
            if error:
                run.event("locust", f"Locust refused {step.users} users: {error}", level="warn")


async def _tell_stages(run: Run) -> None:
    """An event at the beginning of each stage."""
    at_ms, count = 0, len(run.plan.stages)
    for number, stage in enumerate(run.plan.stages, 1):
        wait_s = (run.record.started_unix_ms + at_ms - now_ms()) / 1000
        at_ms += stage.duration_ms
        if wait_s < -1:
            continue
        await asyncio.sleep(max(wait_s, 0))
        if run.load_changed:
            return
        length = f" in {stage.duration_ms / 1000:g} s" if stage.duration_ms else ""
        run.event(
            "stage", f"stage {number} of {count}: {stage.shape} {stage.to:g} {stage.kind}{length}"
        )
        if not stage.duration_ms:
            return


# ---- end ----


async def finish(run: Run) -> None:
    """Stops what still runs, waits for the last numbers, judges the run, frees everything.

    Watchers are told the end as soon as it is recorded. Their streams end when the workers are
    free for another run.
    """
    _note_load_end(run.record)
    run.set_state(control_pb2.RUN_STATE_STOPPING, run.record.reason)
    await leave_joins(run)
    links = run.live_links
    await asyncio.gather(*(_end_load(run, link) for link in links))
    await tear_down(run)
    await asyncio.gather(*(_end_link(run, link) for link in links))
    run.give_seconds(all_left=True)
    await _compare_with_locust(run)
    total = run.merger.total
    missing = sum(link.missing_frames for link in run.links.values())
    if missing:
        run.verdict.note("frames-lost", f"{missing} frames of workers are missing", status=INVALID)
    if run.record.started_unix_ms:
        seconds = max(run.record.load_ms, 1000) / 1000
        del run.record.thresholds[:]
        run.record.thresholds.extend(
            judge_all(run.plan.thresholds, total, run.record.entries, seconds)
        )
    elif not run.stop_asked.is_set():
        run.final_state = control_pb2.RUN_STATE_FAILED
    run.note_no_load()
    _note_floor(run)
    run.record.ended_unix_ms = now_ms()
    verdict = run.verdict.verdict()
    run.event("verdict", f"{verdict.status}", level="info" if verdict.status == VALID else "warn")
    run.set_state(run.final_state)
    if not await run.parts.journal.flush(HISTORY_TIMEOUT_S):
        run.verdict.note("not-recorded", f"not all is recorded: {run.parts.journal.trouble}")
        run.publish_record()
    await _stop_locust(run)
    await _free(run)
    await run.parts.fleet.ask_again(run.links)
    run.leave_watchers()
    await _end_locust(run)
    with contextlib.suppress(RecordingError):
        await run.parts.journal.call(run.parts.journal.recording.prune)


def _note_load_end(record: control_pb2.RunRecord) -> None:
    """Records how long load was offered; a plan's schedule never lasts longer than planned."""
    if record.load_ms or not record.started_unix_ms:
        return
    lasted_ms = max(1, now_ms() - record.started_unix_ms)
    record.load_ms = min(record.planned_ms or lasted_ms, lasted_ms)


def _note_floor(run: Run) -> None:
    """Says of times that are near the floor of the workers that they are mostly the generator's."""
    figures = figures_of(run.merger.total, request_entries(run.record.entries), 1.0)
    floors = known_floors(run.record.workers)
    text = near_floor_text(figures.service.p50_us, figures.requests, floors)
    if text:
        run.verdict.note("near-floor", text, status=VALID)


async def _end_load(run: Run, link: WorkerLink) -> None:
    """Stops one worker's load and waits until nothing is in flight."""
    if link.engine not in PAST_LOAD:
        forced = run.force_asked.is_set()
        command = asyncio.create_task(_stop(link, force=forced))
        force = asyncio.create_task(_stop_when_forced(run, link, already=forced))
        ended = await link.wait_until(*PAST_LOAD, timeout_s=FINISH_TIMEOUT_S)
        force.cancel()
        command.cancel()
        if not ended and link.is_live:
            run.event("log", f"worker {link.address} does not drain; cutting it off", level="error")
            await _stop(link, force=True)


async def _end_link(run: Run, link: WorkerLink) -> None:
    """Waits for one worker's last frame and for boomer's last window."""
    await link.wait_until(FINISHED, timeout_s=FINISH_TIMEOUT_S)
    await link.wait_last_frame(LAST_FRAME_S)
    if link.is_live:
        stopped = run.final_state != control_pb2.RUN_STATE_FINISHED
        link.state = "stopped" if stopped else "finished"


async def _stop(link: WorkerLink, *, force: bool) -> None:
    await link.command(stop=worker_pb2.Stop(force=force, drain_ms=DRAIN_MS))


async def _stop_when_forced(run: Run, link: WorkerLink, *, already: bool) -> None:
    if not already:
        await run.force_asked.wait()
        await _stop(link, force=True)


async def _compare_with_locust(run: Run) -> None:
    """Reads Locust's totals once they are complete, and compares them with ours."""
    if run.locust is None:
        return
    complete = all(
        link.state in ("finished", "stopped") and not link.seq_before for link in run.links.values()
    )
    cut = run.was_adopted or any(tunnel.was_cut for tunnel in run.tunnels)
    try:
        # What a lost worker had not reported yet, or a cut link did not carry, never comes.
        await _settle(run, LOCUST_SETTLES_S if complete and not cut else 0)
    except RemoteError as exc:
        run.event("locust", str(exc), level="error")
    entries = run.record.entries
    differences = (
        locust_differences(entries, run.merger.total, run.record.locust)
        if run.record.locust.known and run.record.started_unix_ms
        else []
    )
    if differences:
        why = " because its link to a worker was cut" if cut else ""
        text = f"Locust's totals differ{why}: {'; '.join(differences[:3])}"
        run.verdict.note("locust-differs", text)
        run.event("locust", text, level="warn")


async def _stop_locust(run: Run) -> None:
    """Ends Locust's test while its workers can still answer."""
    if run.locust is not None:
        with contextlib.suppress(RemoteError):
            await run.locust.client.stop_test()


async def _end_locust(run: Run) -> None:
    """Ends Locust's process."""
    locust, run.locust = run.locust, None
    if locust is None:
        return
    try:
        await locust.end()
    except RemoteError as exc:
        run.event("locust", str(exc), level="error")


async def _settle(run: Run, wait_s: float) -> None:
    """Reads Locust's totals until they equal ours, or until they had the time to."""
    assert run.locust is not None
    deadline = asyncio.get_running_loop().time() + wait_s
    while True:
        totals = await run.locust.client.state(with_entries=True)
        run.record.locust.CopyFrom(totals)
        agree = not locust_differences(run.record.entries, run.merger.total, totals)
        if agree or asyncio.get_running_loop().time() >= deadline:
            return
        await asyncio.sleep(0.1)


async def fail(run: Run, reason: str) -> None:
    """Closes a run that a bug ended: its engines are killed, what was recorded stays."""
    run.event("log", reason, level="error")
    if run.locust is not None:
        with contextlib.suppress(RemoteError):
            await run.locust.end()
    run.note_no_load()
    run.record.ended_unix_ms = now_ms()
    run.set_state(control_pb2.RUN_STATE_FAILED, reason)
    await _free(run)
    run.leave_watchers()


async def _free(run: Run) -> None:
    """Lets go of workers and tasks."""
    await asyncio.gather(*(_discard(run, link) for link in run.links.values()))
    await run.cancel_tasks()
    await asyncio.gather(*(link.client.close() for link in run.links.values()))


async def _discard(run: Run, link: WorkerLink) -> None:
    with contextlib.suppress(RemoteError):
        await link.client.discard(run.run_id, run.epoch, timeout_s=3.0)
