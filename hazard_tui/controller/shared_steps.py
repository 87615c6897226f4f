"""Setup and teardown that the users of a run have in common: one worker runs them for all.

Values of the run's scope may be secrets. They go from worker to worker and are neither logged nor
recorded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from hazard_tui.controller.run import Run
from hazard_tui.controller.worker_link import WorkerLink
from hazard_tui.errors import RemoteError
from hazard_tui.plan.model import SetupScope, SetupStep
from hazard_tui.rpc.gen.hazard.v1 import worker_pb2
from hazard_tui.stats.verdict import INVALID, SETUP_FAILED

SETUP_TIMEOUT_S = 600.0
"""A request of a setup step has its own timeout; this bounds all of them together."""
TEARDOWN_TIMEOUT_S = 20.0
"""An engine gives its last steps ten seconds."""

ANSWERED = frozenset({"status", "assert", "save", "script"})
"""Kinds of failures with an answer: the target was reached, and what it said is judged."""

SETUP_OF_RUN = worker_pb2.SHARED_STEPS_SETUP_OF_RUN
SETUP_OF_WORKER = worker_pb2.SHARED_STEPS_SETUP_OF_WORKER
TEARDOWN_OF_RUN = worker_pb2.SHARED_STEPS_TEARDOWN_OF_RUN
AWAITS = worker_pb2.ENGINE_STATUS_AWAITS_TEAR_DOWN


def has_scope(steps: Iterable[SetupStep], *scopes: SetupScope) -> bool:
    """True when an enabled step is of one of the scopes."""
    return any(
        one.scope in scopes and one.step is not None and not one.step.disabled for one in steps
    )


async def set_up(run: Run) -> None:
    """Runs the setup steps of the run on one worker, then those of the workers on each.

    Returns when every worker has the values and is ready for its load, or when the run is stopped.
    Raises `RemoteError` with the place of the first step that failed.
    """
    setup = run.plan.setup
    if not has_scope(setup, SetupScope.RUN, SetupScope.WORKER):
        return
    links = run.live_links
    values: list[worker_pb2.RunValue] = []
    if has_scope(setup, SetupScope.RUN):
        (done,) = await _on_each(run, links[:1], worker_pb2.SetUp(of_run=True), SETUP_OF_RUN)
        if done is None:
            return
        values = list(done.values)
        names = ", ".join(sorted(value.name for value in values)) or "nothing"
        text = f"setup of the run is done on {links[0].address}; {len(links)} workers get: {names}"
        run.event("setup", text, worker_id=links[0].worker_id)
    await _on_each(run, links, worker_pb2.SetUp(values=values), SETUP_OF_WORKER)


async def set_up_one(run: Run, link: WorkerLink) -> None:
    """Gives a worker that joins what the setup of the run saved; runs the setup of workers on it.

    Raises `RemoteError` with the place of the first step that failed.
    """
    setup = run.plan.setup
    if not has_scope(setup, SetupScope.RUN, SetupScope.WORKER):
        return
    values: list[worker_pb2.RunValue] = []
    if has_scope(setup, SetupScope.RUN):
        known = [one.shared_steps.get(SETUP_OF_RUN) for one in run.links.values()]
        done = next((one for one in known if one is not None), None)
        if done is None:
            raise RemoteError("what the setup of the run saved is not known any more")
        values = list(done.values)
    await _on_each(run, [link], worker_pb2.SetUp(values=values), SETUP_OF_WORKER)


async def _on_each(
    run: Run, links: list[WorkerLink], command: worker_pb2.SetUp, steps: worker_pb2.SharedSteps
) -> list[worker_pb2.SharedStepsDone | None]:
    """What each worker answered; None for those that were interrupted by a stop."""

    async def one(link: WorkerLink) -> worker_pb2.SharedStepsDone | None:
        error = await link.command(set_up=command)
        if error:
            raise RemoteError(f"setup cannot run on {link.address}: {error}")
        return await link.wait_shared_steps(steps, SETUP_TIMEOUT_S)

    tasks = [asyncio.create_task(one(link)) for link in links]
    work = asyncio.gather(*tasks)
    stop = asyncio.ensure_future(run.stop_asked.wait())
    waits: list[asyncio.Future[Any]] = [work, stop]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            return [None for _ in links]
        answers = work.result()
    finally:
        for task in (*tasks, stop):
            task.cancel()
    for link, done in zip(links, answers, strict=True):
        _judge(run, link, done)
    return list(answers)


def _judge(run: Run, link: WorkerLink, done: worker_pb2.SharedStepsDone | None) -> None:
    if done is None:
        why = link.reason or f"it took longer than {SETUP_TIMEOUT_S:g} s"
        raise RemoteError(f"worker {link.address} did not finish its setup: {why}")
    if done.HasField("failure"):
        text = f"setup failed on worker {link.address}: {failure_text(done.failure)}"
        if done.failure.kind in ANSWERED:
            run.verdict.note(SETUP_FAILED, text, status=INVALID, worker_id=link.worker_id)
        raise RemoteError(text)


def failure_text(failure: worker_pb2.StepFailure) -> str:
    """Where and why a step failed."""
    return f"{failure.where} ({failure.name}): {failure.kind}: {failure.text}"


async def tear_down(run: Run) -> None:
    """Lets one worker run the teardown of the run, the next when that one is lost.

    Every worker that waits for the word is let go. A forced stop leaves the teardown out.
    """
    if not has_scope(run.plan.shared_teardown, SetupScope.RUN):
        return
    done = any(TEARDOWN_OF_RUN in link.shared_steps for link in run.links.values())
    waiting = [link for link in run.live_links if link.engine == AWAITS]
    for link in waiting:
        if done or run.force_asked.is_set():
            break
        done = await _tear_down_on(run, link)
    if not done and run.record.started_unix_ms:
        why = "the stop was forced" if run.force_asked.is_set() else "no worker is left for it"
        run.event("teardown", f"the teardown of the run was left out: {why}", level="warn")
    command = {"tear_down": worker_pb2.TearDown()}
    await run.command_all([link for link in waiting if link.is_live], lambda _: command)


async def _tear_down_on(run: Run, link: WorkerLink) -> bool:
    """True when the worker ran the steps, whatever came of them."""
    if await link.command(tear_down=worker_pb2.TearDown(of_run=True)):
        return False
    force = asyncio.create_task(_cut_when_forced(run, link))
    try:
        answer = await link.wait_shared_steps(TEARDOWN_OF_RUN, TEARDOWN_TIMEOUT_S)
    finally:
        force.cancel()
    if answer is None:
        return False
    if answer.HasField("failure"):
        text = f"teardown failed on worker {link.address}: {failure_text(answer.failure)}"
        run.event("teardown", text, worker_id=link.worker_id, level="error")
    else:
        word = "was cut off" if answer.interrupted else "is done"
        text = f"the teardown of the run {word} on {link.address}"
        run.event("teardown", text, worker_id=link.worker_id)
    return True


async def _cut_when_forced(run: Run, link: WorkerLink) -> None:
    await run.force_asked.wait()
    await link.command(stop=worker_pb2.Stop(force=True))
