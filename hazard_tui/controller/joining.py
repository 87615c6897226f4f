"""Workers that join a run which goes on.

They are prepared beside the run, with its plan, files, secrets and what its setup saved. Then every
worker changes its share at one moment, so that no arrival is lost or doubled. A worker that cannot
join leaves the run as it was; an event says which one and why.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path

from hazard_tui.controller.claims import Claims
from hazard_tui.controller.handover import NoRows
from hazard_tui.controller.joinable import why_never, why_not
from hazard_tui.controller.load import plateaus
from hazard_tui.controller.parts import now_us
from hazard_tui.controller.reaching import why_unreached
from hazard_tui.controller.recall import rows_recalled
from hazard_tui.controller.resharing import PAST_LOAD
from hazard_tui.controller.run import Run
from hazard_tui.controller.run_context import keep_context
from hazard_tui.controller.run_start import link_to, prepare_request
from hazard_tui.controller.shared_steps import SETUP_OF_RUN, set_up_one
from hazard_tui.controller.worker_link import WorkerLink
from hazard_tui.errors import HazardError, PlanError, RemoteError
from hazard_tui.plan.findings import FindingSeverity
from hazard_tui.plan.inputs import Inputs, collect_inputs
from hazard_tui.plan.model import Plan
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2

JOIN_LEAD_US = 1_000_000
"""The moment of the change is this far ahead, so that every worker has heard of it."""
DISCARD_TIMEOUT_S = 5.0
LAST_FRAME_S = 3.0
TRY_AGAIN = "try again"
GATHER_S = 0.3
"""Workers that come up together join together."""

READY = control_pb2.WORKER_HEALTH_READY
INCOMPATIBLE = control_pb2.WORKER_HEALTH_INCOMPATIBLE
WorkerRecord = control_pb2.WorkerRecord
NOTHING = worker_pb2.Share(index=1, count=1)
"""A share to which no number belongs."""
Rows = dict[str, list[worker_pb2.RowStream]]
"""Worker -> streams of rows that it is told."""


async def join_named(run: Run, names: Sequence[str], claims: Claims) -> control_pb2.JoinRunResponse:
    """Lets workers join that a person names; none named: all that are ready."""
    response = control_pb2.JoinRunResponse()
    chosen: dict[str, WorkerRecord] = {}
    async with claims.choosing:
        for name in names or [""]:
            try:
                found = await run.parts.fleet.choose_soon([name] if name else [], claims)
            except RemoteError as exc:
                text = f"worker {name} cannot join: {exc}" if name else f"nobody can join: {exc}"
                response.problems.append(tell_failure(run, text))
                response.hint = exc.hint
                continue
            chosen.update({one.info.worker_id: one for one in found})
        claims.claim(chosen)
    try:
        if chosen:
            joined, problems = await join(run, list(chosen.values()))
            response.joined.extend(joined)
            response.problems.extend(problems)
    finally:
        claims.free(chosen)
    return response


async def join_who_comes(run: Run, claims: Claims) -> None:
    """Lets workers join as they become ready, each once per start of its agent."""
    seen: set[tuple[str, str]] = set()
    told = ""

    def fresh() -> list[WorkerRecord]:
        return [
            one
            for one in run.parts.fleet.records()
            if one.health == READY
            and (one.info.worker_id, one.info.boot_id) not in seen
            and one.info.worker_id not in claims
            and not run.handover.owns(one.info.worker_id)
            and _is_invited(run, one)
        ]

    with run.parts.fleet.changes() as changed:
        while True:
            await changed.wait()
            changed.clear()
            running = run.record.state == control_pb2.RUN_STATE_RUNNING
            why = why_never(run) if running else ""
            if why and why != told:
                told = why
                run.event("log", f"workers cannot join this run: {why}", level="warn")
            if why_not(run):
                continue
            _tell_incompatible(run, seen)
            if not fresh():
                continue
            await asyncio.sleep(GATHER_S)
            async with claims.choosing:
                chosen = fresh()
                claims.claim([one.info.worker_id for one in chosen])
            seen.update((one.info.worker_id, one.info.boot_id) for one in chosen)
            try:
                _, problems = await join(run, chosen)
            finally:
                claims.free([one.info.worker_id for one in chosen])
            if any(text.endswith(TRY_AGAIN) for text in problems):
                seen.clear()


def _is_invited(run: Run, record: WorkerRecord) -> bool:
    info = record.info
    return not run.join_names or any(
        name == info.address or info.worker_id.startswith(name) for name in run.join_names
    )


def _tell_incompatible(run: Run, seen: set[tuple[str, str]]) -> None:
    for one in run.parts.fleet.records():
        key = (one.info.worker_id, one.info.boot_id)
        if one.health == INCOMPATIBLE and key not in seen and _is_invited(run, one):
            seen.add(key)
            text = f"worker {one.info.address} cannot join: {one.reason}"
            tell_failure(run, text, one.info.worker_id)


async def join(run: Run, chosen: Sequence[WorkerRecord]) -> tuple[list[str], list[str]]:
    """Ids of the workers that carry a share now, and why the others do not.

    Everything is told as events as well. `chosen` are claimed by the caller.
    """
    task = run.spawn(_join(run, chosen), "join")
    run.join_tasks.add(task)
    task.add_done_callback(run.join_tasks.discard)
    # Who asks may go away meanwhile; the run's end cancels it.
    await asyncio.wait({task})
    if task.cancelled():
        return [], ["the run has ended"]
    found: tuple[list[str], list[str]] = task.result()
    return found


async def leave_joins(run: Run) -> None:
    """Lets go of workers that were about to join a run which ends."""
    for task in run.join_tasks:
        task.cancel()
    if run.join_tasks:
        await asyncio.wait(run.join_tasks)


def tell_failure(run: Run, text: str, worker_id: str = "") -> str:
    """Writes the event of a worker that cannot join; the text again."""
    run.event("join-failed", text, worker_id=worker_id, level="error")
    return text


async def _join(run: Run, chosen: Sequence[WorkerRecord]) -> tuple[list[str], list[str]]:
    plan, links = run.plan, [_link(run, worker) for worker in chosen]
    try:
        problems = await _prepare(run, links)
        ready = [link for link in links if not problems[link.worker_id]]
        if ready:
            async with run.changing:
                why = await _take_in(run, ready, plan)
            problems.update({link.worker_id: why for link in ready})
        texts = [
            tell_failure(run, f"worker {link.address} cannot join: {why}", link.worker_id)
            for link in links
            if (why := problems[link.worker_id])
        ]
        return [link.worker_id for link in links if run.links.get(link.worker_id) is link], texts
    finally:
        await asyncio.shield(_let_go(run, links))


def _link(run: Run, worker: WorkerRecord) -> WorkerLink:
    """A worker that joins, perhaps one that the run has lost."""
    worker_id = worker.info.worker_id
    share = worker_pb2.Share(index=len(run.links), count=len(run.links) + 1)
    link = link_to(run, worker, share, run.last_seqs.get(worker_id, 0))
    link.state, link.shares = "joining", [(0, NOTHING)]
    before = run.links.get(worker_id)
    if before is not None:
        link.missing_frames = before.missing_frames
        if SETUP_OF_RUN in before.shared_steps:
            link.shared_steps[SETUP_OF_RUN] = before.shared_steps[SETUP_OF_RUN]
    return link


async def _prepare(run: Run, links: list[WorkerLink]) -> dict[str, str]:
    """Gets engines ready beside the run; worker -> why it is not, empty: it is."""
    why = why_not(run)
    if why:
        return {link.worker_id: why for link in links}
    try:
        inputs = await _inputs_again(run)
    except HazardError as exc:
        return {link.worker_id: str(exc) for link in links}
    for link in links:
        run.joining[link.worker_id] = link
        run.verdict.add_worker(link.worker_id, link.cpus)
    run.publish_record()
    found = await asyncio.gather(*(_prepare_one(run, link, inputs) for link in links))
    return {link.worker_id: why for link, why in zip(links, found, strict=True)}


async def _inputs_again(run: Run) -> Inputs:
    """Rows, files and secrets of the plan; they must be what the others have."""
    inputs = await asyncio.to_thread(
        collect_inputs, run.plan, Path(run.base_dir or "."), run.parts.settings.secrets_path
    )
    errors = [one for one in inputs.findings if one.severity is FindingSeverity.ERROR]
    if errors:
        raise PlanError(errors[0].what)
    digests = await asyncio.to_thread(inputs.digests)
    changed = [name for name, one in digests.items() if run.input_digests.get(name) != one]
    if changed:
        raise PlanError(f"{', '.join(changed)} has changed on disk since the others got it")
    counts = {name: len(table.rows) for name, table in inputs.feeds.items()}
    run.handover.row_counts = {**run.handover.row_counts, **counts}
    return inputs


async def _prepare_one(run: Run, link: WorkerLink, inputs: Inputs) -> str:
    """Why a worker does not get ready; empty: it waits for its start."""
    before = run.links.get(link.worker_id)
    try:
        if before is not None:
            # What is left of its engine must not go on beside the new one.
            for task in before.tasks:
                task.cancel()
            await link.client.discard(run.run_id, run.epoch, timeout_s=DISCARD_TIMEOUT_S)
        request = prepare_request(run, link, inputs)
        request.joins = True
        answer = await link.client.prepare(request)
    except HazardError as exc:
        return str(exc)
    if answer.HasField("floor"):
        link.floor = answer.floor
    errors = [one for one in answer.findings if one.severity == worker_pb2.FINDING_SEVERITY_ERROR]
    if errors:
        return f"{errors[0].where}: {errors[0].what}"
    if not answer.ready:
        return "it is not ready and does not say why"
    if list(answer.entries) != list(run.record.entries):
        return "it counts the steps of the plan differently; is it of another version?"
    run.open_link(link)
    if why := await why_unreached(run, link):
        return why
    if run.stop_asked.is_set():
        return "the run is about to end"
    try:
        await set_up_one(run, link)
    except RemoteError as exc:
        return str(exc)
    return link.reason if link.has_ended else ""


async def _take_in(run: Run, ready: list[WorkerLink], plan: Plan) -> str:
    """Changes everybody's share at one moment; why not, and then nothing has changed.

    `plan` is what they were prepared with.
    """
    why = why_not(run)
    there = [link for link in run.live_links if link.engine not in PAST_LOAD]
    if why or not there:
        return why or "nobody is left whom it could join"
    if any(run.handover.owns(link.worker_id) for link in ready):
        return f"what it carried before is still being given to the others; {TRY_AGAIN}"
    if run.plan is not plan:
        return f"the plan of the run was replaced meanwhile; {TRY_AGAIN}"
    at_us = 0
    try:
        async with rows_recalled(run, there):
            names = [link.worker_id for link in (*there, *ready)]
            rows = run.handover.deal(names, names[len(there) :])
            await _tell_locust(run)
            at_us = await _change_shares(run, there, ready, rows)
    except NoRows as exc:
        return str(exc)
    await asyncio.sleep(max(at_us - now_us(), 0) / 1e6)
    for link in ready:
        again = " again" if link.seq_before else ""
        text = f"worker {link.address} joined{again}: {len(names)} workers carry the load"
        run.event("worker-joined", text, worker_id=link.worker_id)
    await keep_context(run)
    run.publish_record()
    return ""


async def _change_shares(
    run: Run, there: list[WorkerLink], ready: list[WorkerLink], rows: Rows
) -> int:
    """Takes the workers into the run and tells everybody; the moment of the change."""
    links = [*there, *ready]
    for index, link in enumerate(links):
        link.share = worker_pb2.Share(index=index, count=len(links))
    before = [one for link in ready if (one := run.links.get(link.worker_id)) is not None]
    for link in ready:
        run.joining.pop(link.worker_id, None)
        link.own_share, link.state = worker_pb2.Share(), "ready"
        run.links[link.worker_id] = link
    at_us = now_us() + JOIN_LEAD_US
    for link in links:
        link.shares.append((at_us, link.share))
    errors = await asyncio.gather(
        run.command_all(there, lambda link: _reshare(link, at_us, rows[link.worker_id])),
        run.command_all(ready, lambda link: _start(run, link, at_us, rows[link.worker_id])),
    )
    if now_us() > at_us:
        text = "not every worker heard in time that workers joined: starts may be lost or doubled"
        run.verdict.note("late-join", text, from_second=at_us // 1_000_000)
    for error in [*errors[0], *errors[1]]:
        run.event("load-changed", error, level="error")
    for old in before:
        await old.client.close()
    return at_us


def _reshare(
    link: WorkerLink, at_us: int, rows: list[worker_pb2.RowStream]
) -> dict[str, worker_pb2.Reshare]:
    at = at_us + link.clock_offset_us
    return {"reshare": worker_pb2.Reshare(at_unix_us=at, share=link.share, rows=rows, joined=True)}


def _start(
    run: Run, link: WorkerLink, at_us: int, rows: list[worker_pb2.RowStream]
) -> dict[str, worker_pb2.Start]:
    offset_us = link.clock_offset_us
    join = worker_pb2.JoinLoad(
        at_unix_us=at_us + offset_us,
        share=link.share,
        rows=rows,
        changes=run.load_log.in_clock_of(offset_us),
    )
    start = worker_pb2.Start(start_at_unix_us=run.load_log.start_us + offset_us, join=join)
    return {"start": start}


async def _tell_locust(run: Run) -> None:
    """Gives every worker a user in Locust, without which boomer throws its samples away."""
    told = run.locust_users or run.record.locust.users
    if run.locust is None or told >= len(run.live_links) + len(run.joining):
        return
    with contextlib.suppress(RemoteError):
        await run.tell_locust(told or plateaus(run.plan, 1)[0].users)


async def _let_go(run: Run, links: list[WorkerLink]) -> None:
    """Frees the workers that did not get into the run."""

    async def one(link: WorkerLink) -> None:
        if link.shared_steps.keys() - {SETUP_OF_RUN} and not link.has_ended:
            # Its setup sent requests, and what became of them counts.
            await link.command(LAST_FRAME_S, stop=worker_pb2.Stop(force=True))
            await link.wait_last_frame(LAST_FRAME_S)
        run.joining.pop(link.worker_id, None)
        for task in link.tasks:
            task.cancel()
        with contextlib.suppress(RemoteError):
            await link.client.discard(run.run_id, run.epoch, timeout_s=DISCARD_TIMEOUT_S)
        await link.client.close()

    out = [link for link in links if run.links.get(link.worker_id) is not link]
    await asyncio.gather(*(one(link) for link in out))
    if out:
        run.publish_record()
