"""Finding the capacity of a target: one run whose rate is changed step after step.

The rates come from `stats.capacity`, what a step showed from `stats.load_step`. The arrivals are
evenly spaced iterations of the plan's tasks. After a step that broke the objective a rate far
below the lowest is held until what had piled up is done, so that no step pays for the one before.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from hazard_tui.errors import HazardError, Interrupted, RemoteError
from hazard_tui.plan.model import ArrivalSpacing, Plan, Stage, StageKind
from hazard_tui.rpc.clients import ControllerClient
from hazard_tui.rpc.gen.hazard.v1 import control_pb2, worker_pb2
from hazard_tui.stats.capacity import CapacitySearch, Trial
from hazard_tui.stats.load_step import Generators, LoadStep, StepResult, measured_s
from hazard_tui.stats.objective import Goal, limit_s
from hazard_tui.stats.recording import ACTIVE_STATES

END_S = 10.0
"""Kept of the time limit for the end of the run: what is in flight, Locust's last window."""
CHANGE_S = 2.5
"""A new rate begins with a second and reaches us as merged seconds about this much later."""
SILENCE_S = 20.0
"""A run without a second for this long is given up."""
STOP_TIMEOUT_S = 60.0
MOST_TRIES = 10
TRY_EVERY_S = 1.0
"""A controller that went away is asked for so often. Engines stop 15 s after they lost theirs."""
RECOVER_S = 15
"""Longest wait in seconds for a target to do what had piled up."""
REST_SHARE = 0.1
"""Of the lowest rate: what a target is given while it recovers."""
SPARE_MS = 60_000
DEFAULT_USERS = 1000
MOST_USERS = 10_000


@dataclass(frozen=True, slots=True)
class CapacitySettings:
    """What is sought and how. Rates are iterations per second."""

    objective: tuple[Goal, ...]
    lowest: float = 10.0
    highest: float = 10_000.0
    precision: float = 0.02
    """The ends of the interval are at most this share apart."""
    repeats: int = 2
    """Trials at each end of the interval."""
    step_s: int = 5
    warm_up_s: int = 1
    spacing: ArrivalSpacing | None = None
    """None: as the plan's arrivals have it."""
    limit_s: float = 180.0
    """The whole search, the end of the run included."""


@dataclass(frozen=True, slots=True)
class CapacityAnswer:
    """The highest rate at which the objective held. Rates are iterations per second."""

    run_id: str
    rate: float | None
    """None: it did not hold at any rate that was tried."""
    low: float
    """The interval of the answer; 0: it did not even hold at the lowest rate."""
    high: float | None
    """None: nothing broke it."""
    requests_per_s: float
    """Finished requests per second at the rate."""
    limited_by: str
    """Why the interval is not as narrow as asked: `min-rate`, `max-rate`, `generator`, `time`,
    `noise` (steps of this length cannot tell), `interrupt`; empty: it is about as narrow."""
    steps: tuple[StepResult, ...]
    seconds: float
    """How long the search took."""


def capacity_plan(plan: Plan, settings: CapacitySettings) -> Plan:
    """The plan of the run: arrivals at the lowest rate until they are changed, without thresholds.

    A plan that does not say its number of users gets enough for twice the times of the objective.
    """
    longest_s = limit_s(settings.objective)
    users = min(max(DEFAULT_USERS, math.ceil(2 * settings.highest * longest_s)), MOST_USERS)
    arrivals = [one.spacing for one in plan.stages if one.kind is StageKind.ARRIVALS]
    stage = Stage(
        kind=StageKind.ARRIVALS,
        to=settings.lowest,
        # Every change of the rate keeps the spacing of the stage.
        spacing=settings.spacing or (arrivals[-1] if arrivals else ArrivalSpacing.UNIFORM),
        duration_ms=round(settings.limit_s * 1000) + SPARE_MS,
    )
    changed = {"stages": (stage,), "thresholds": (), "max_users": plan.max_users or users}
    return plan.model_copy(update=changed)


@dataclass(slots=True)
class _Second:
    merged: worker_pb2.Frame
    of_workers: list[worker_pb2.Frame]


@dataclass(slots=True)
class CapacityFinder:
    """One search over a controller. `tell` hears every finished step."""

    client: ControllerClient
    settings: CapacitySettings
    tell: Callable[[StepResult], None]
    revive: Callable[[], Awaitable[object]]
    """Starts a controller when none answers. Raises `HazardError`."""
    record: control_pb2.RunRecord = field(default_factory=control_pb2.RunRecord)
    _news: asyncio.Queue[control_pb2.RunUpdate | Exception] = field(default_factory=asyncio.Queue)
    _of_workers: dict[int, list[worker_pb2.Frame]] = field(default_factory=dict)
    _steps: list[StepResult] = field(default_factory=list)
    _presses: int = 0
    _asked: set[asyncio.Task[object]] = field(default_factory=set)
    _calm: tuple[float, float] = (1.0, 1.0)
    """(users, requests in flight) at the lowest rate."""
    _rate: float = 0.0
    _deadline: float = 0.0

    @property
    def is_interrupted(self) -> bool:
        """True once `interrupt` was called."""
        return self._presses > 0

    def interrupt(self) -> None:
        """Ends the search and the run; the second time what is in flight is cut off."""
        self._presses += 1
        self._news.put_nowait(Interrupted("stopped"))
        if self._presses > 1 and self.record.run_id:
            self._ask_stop(force=True)

    def _ask_stop(self, *, force: bool) -> None:
        stop = asyncio.ensure_future(self.client.stop_run(self.record.run_id, force=force))
        self._asked.add(stop)
        stop.add_done_callback(self._asked.discard)

    async def find(self, run_id: str) -> CapacityAnswer:
        """Searches on a run that was just started with `capacity_plan`, and stops it.

        Raises `RemoteError` when the run ends by itself, `Interrupted` when it was stopped from
        elsewhere. After `interrupt` the answer is what was known until then.
        """
        began = asyncio.get_running_loop().time()
        self._deadline = began + self.settings.limit_s - END_S
        self.record.run_id = run_id
        reader = asyncio.create_task(self._read(run_id))
        search = CapacitySearch(
            self.settings.lowest,
            self.settings.highest,
            precision=self.settings.precision,
            repeats=self.settings.repeats,
            limit_s=limit_s(self.settings.objective),
        )
        limited_by = ""
        try:
            limited_by = await self._search(search)
        except Interrupted:
            if not self.is_interrupted:
                raise
            limited_by = "interrupt"
        finally:
            await self._end(reader)
        seconds = asyncio.get_running_loop().time() - began
        return self._answer(search, limited_by, seconds)

    async def _search(self, search: CapacitySearch) -> str:
        """Tries rates until the answer is known; what limits it."""
        generators = await self._generators()
        self._rate = self.settings.lowest
        while (trial := search.next_trial()) is not None:
            if self._time_left() < self._length_of(trial):
                return "time"
            result = await self._try(trial, generators)
            if result is None:
                return "time"
            search.record(trial, result.held, sure=result.sure, wander=result.wander)
            self._steps.append(result)
            self.tell(result)
            word = {True: "holds", False: "broken", None: "generator disturbed"}[result.held]
            await self._mark(f"capacity: {trial.rate:g} per second {word}: {result.why}")
            if result.held is False:
                await self._recover()
        if search.unreachable is not None:
            return "generator"
        if search.held is None:
            return "min-rate"
        if search.broken is None:
            return "max-rate"
        return "" if search.is_narrow else "noise"

    def _time_left(self) -> float:
        return self._deadline - asyncio.get_running_loop().time()

    def _length_of(self, trial: Trial) -> float:
        measured = measured_s(trial, self.settings.step_s)
        return CHANGE_S + self.settings.warm_up_s + measured

    async def _try(self, trial: Trial, generators: Generators) -> StepResult | None:
        """Holds a rate until it can be judged; None: the time ran out before."""
        await self._set_rate(trial.rate)
        step = LoadStep(
            trial,
            self.settings.objective,
            self.record.entries,
            generators,
            self.settings.step_s,
            self.settings.warm_up_s,
        )
        waited_s = 0
        while not step.is_done:
            if self._time_left() <= 0:
                return step.result() if len(step.seconds) >= step.wanted_s else None
            second = await self._next_second()
            step.take(second.merged, second.of_workers)
            if not self._steps:
                self._calm = (
                    max(self._calm[0], second.merged.users),
                    max(self._calm[1], float(second.merged.in_flight)),
                )
            waited_s += 1
            if not step.has_begun and waited_s > SILENCE_S:
                raise RemoteError(
                    f"run {self.record.run_id} does not reach {trial.rate:g} per second",
                    hint="`hazard workers` shows whether a cap of a worker is lower",
                )
        return step.result()

    async def _recover(self) -> None:
        """Lets the target rest until no more is in flight than there was at the lowest rate."""
        rest = self.settings.lowest * REST_SHARE
        await self._set_rate(rest)
        users, in_flight = self._calm
        for _ in range(RECOVER_S):
            merged = (await self._next_second()).merged
            calm = merged.users <= 2 * users + 1 and merged.in_flight <= 2 * in_flight + 1
            if calm and math.isclose(merged.target_rate, rest, rel_tol=1e-6):
                return
            if self._time_left() <= 0:
                return
        await self._mark(f"capacity: the target did not recover within {RECOVER_S} s")

    async def _set_rate(self, rate: float) -> None:
        if rate == self._rate:
            return
        for tries in range(MOST_TRIES + 1):
            try:
                error = await self.client.set_run_load(self.record.run_id, rate=rate)
                break
            except RemoteError:
                # The reader starts a controller again.
                if tries == MOST_TRIES:
                    raise
                await asyncio.sleep(TRY_EVERY_S)
        if error:
            raise RemoteError(f"the rate cannot be changed: {error}")
        self._rate = rate

    async def _mark(self, text: str) -> None:
        # A run that ended meanwhile takes no mark; its end is told by the next second.
        with contextlib.suppress(RemoteError):
            await self.client.add_marker(self.record.run_id, text)

    # hearing the run

    async def _generators(self) -> Generators:
        """Waits until the run goes on; processors of its workers."""
        while self.record.state != control_pb2.RUN_STATE_RUNNING:
            await self._take_next()
        cpus: dict[str, int] = {}
        async for listing in self.client.watch_workers():
            cpus = {one.info.worker_id: one.info.cpus for one in listing.workers}
            break
        return Generators(cpus, self.record.plan.max_users or DEFAULT_USERS)

    async def _read(self, run_id: str) -> None:
        """Puts what the run tells into the queue, its end or an error last.

        A controller that went away is started again: it takes the run over, and the search goes on
        with the seconds that it missed.
        """
        error: HazardError = RemoteError("the controller ended the stream of the run")
        over, from_second, tries = False, 0, 0
        while not over and tries <= MOST_TRIES:
            try:
                async for update in self._updates(run_id, from_second):
                    tries = 0
                    self._news.put_nowait(update)
                    if update.WhichOneof("kind") == "record":
                        over = update.record.state not in ACTIVE_STATES
                    elif update.frame.second and not update.frame.worker_id:
                        from_second = update.frame.second + 1
                tries += 1
            except HazardError as exc:
                error, tries = exc, tries + 1
            if not over:
                await asyncio.sleep(TRY_EVERY_S)
                with contextlib.suppress(HazardError):
                    await self.revive()
        self._news.put_nowait(error)

    def _updates(self, run_id: str, from_second: int) -> AsyncIterator[control_pb2.RunUpdate]:
        return self.client.watch_run(run_id, from_second=from_second, per_worker=True)

    async def _next_second(self) -> _Second:
        while True:
            merged = await self._take_next()
            if merged is not None:
                of_workers = [
                    frame
                    for second in sorted(self._of_workers)
                    if second <= merged.second
                    for frame in self._of_workers.pop(second)
                ]
                return _Second(merged, of_workers)

    async def _take_next(self) -> worker_pb2.Frame | None:
        """Takes one piece of news; the merged second that it is, if it is one."""
        try:
            update = await asyncio.wait_for(self._news.get(), SILENCE_S)
        except TimeoutError as exc:
            raise RemoteError(
                f"run {self.record.run_id} tells nothing any more",
                hint="`hazard status` shows what is up",
            ) from exc
        if isinstance(update, Exception):
            raise update
        kind = update.WhichOneof("kind")
        if kind == "record":
            self.record = update.record
            if self.record.state not in ACTIVE_STATES or (
                self.record.state == control_pb2.RUN_STATE_STOPPING
            ):
                self._tell_end()
        elif kind == "frame":
            if not update.frame.worker_id:
                return update.frame
            known = self._of_workers.setdefault(update.frame.second, [])
            # After a break the last seconds are told again.
            if all(one.worker_id != update.frame.worker_id for one in known):
                known.append(update.frame)
        return None

    def _tell_end(self) -> None:
        """Raises what says why the run is over."""
        record = self.record
        reason = record.reason or "its time is over"
        if reason == "stopped by a person":
            raise Interrupted(f"run {record.run_id} was stopped")
        raise RemoteError(f"run {record.run_id} ended during the search: {reason}")

    async def _end(self, reader: asyncio.Task[None]) -> None:
        """Stops the run and waits for its end."""
        try:
            with contextlib.suppress(RemoteError):
                await self.client.stop_run(self.record.run_id, force=self._presses > 1)
            # The stream ends when the workers are free again.
            await asyncio.wait({reader}, timeout=STOP_TIMEOUT_S)
        finally:
            reader.cancel()
            await asyncio.wait({reader, *self._asked})

    def _answer(self, search: CapacitySearch, limited_by: str, seconds: float) -> CapacityAnswer:
        low, high = search.interval
        rate = search.held
        long = [one for one in self._steps if one.trial.rate == rate and one.held]
        measured = sum(one.seconds for one in long)
        return CapacityAnswer(
            run_id=self.record.run_id,
            rate=rate,
            low=low,
            high=high,
            requests_per_s=sum(one.requests for one in long) / measured if measured else 0.0,
            limited_by=limited_by,
            steps=tuple(self._steps),
            seconds=seconds,
        )
